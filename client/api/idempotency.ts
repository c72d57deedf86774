import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Tx } from '../../db/database.ts';
import type { Command } from '../../db/steps.ts';
import { scopeOf, type User } from '../../db/users.ts';
import { userOf } from './auth.ts';
import type { ApiDeps } from './deps.ts';
import { ApiError, errorBody } from './errors.ts';

const keyPattern = /^[A-Za-z0-9._:-]{1,128}$/;

export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
  /** What is kept for a repetition instead of the body, where that shows personal data. */
  readonly kept?: Body;
}

/** A request that changes something: who, when, under which command id, and what was asked. */
export interface Asked {
  readonly user: User;
  readonly command: Command;
  readonly requestHash: string;
}

/** JSON with sorted keys: equal for equal content. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** Reads `Idempotency-Key`; a request without one is a command of its own. */
export async function askedOf(request: FastifyRequest, { clock, newId }: ApiDeps): Promise<Asked> {
  const user = userOf(request);
  const given = request.headers['idempotency-key'];
  const key = given === undefined ? newId() : String(given);
  if (!keyPattern.test(key)) {
    throw new ApiError(
      'InvalidIdempotencyKey',
      'Idempotency-Key takes 1 to 128 letters, digits, dots, colons, - or _.',
    );
  }
  // A body that comes piece by piece is nothing that could be compared.
  const body = request.body instanceof Readable ? null : (request.body ?? null);
  const { why } = (body ?? {}) as { why?: unknown };
  const command: Command = {
    commandId: `api/${user.id}/${key}`,
    actor: user.email,
    role: user.role,
    at: await clock.now(),
    correlationId: request.id,
    ...(typeof why === 'string' ? { why } : {}),
  };
  const asked = canonical([request.method, request.url, body]);
  return { user, command, requestHash: createHash('sha256').update(asked).digest('hex') };
}

async function answeredBefore(trx: Tx, { command, requestHash }: Asked): Promise<Answer<unknown> | null> {
  const known = await trx('answered_commands').where({ command_id: command.commandId }).first();
  if (!known) return null;
  if (known.request_hash !== requestHash) {
    throw new ApiError('IdempotencyKeyReused', 'This Idempotency-Key was used for another request.', {
      remedy: 'Use a new key for every new request.',
    });
  }
  return { status: known.status, body: known.answer };
}

async function remember(trx: Tx, { command, requestHash }: Asked, answer: Answer<unknown>): Promise<void> {
  const { status, body, kept = body } = answer;
  await trx('answered_commands')
    .insert({
      command_id: command.commandId,
      request_hash: requestHash,
      status,
      answer: JSON.stringify(kept),
      at: command.at,
    })
    .onConflict('command_id')
    .ignore();
}

/** Refusals that are the answer to the command, not to its form: asked again, they are given again. */
const isAnswer = (error: unknown): error is ApiError =>
  error instanceof ApiError && [404, 409, 422].includes(error.status);

/**
 * Runs a command in one transaction with the caller's wall, and answers a repetition of it with the first answer. The
 * answer is stored with the change: there is no moment at which one exists without the other.
 */
export async function answerOnce<Body>(
  request: FastifyRequest,
  reply: FastifyReply,
  deps: ApiDeps,
  work: (trx: Tx, asked: Asked) => Promise<Answer<Body>>,
): Promise<FastifyReply> {
  const asked = await askedOf(request, deps);
  const scope = scopeOf(asked.user);
  try {
    const answer = await deps.db.tx(scope, async (trx) => {
      await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [asked.command.commandId]);
      const before = await answeredBefore(trx, asked);
      if (before) return before;
      const made = await work(trx, asked);
      await remember(trx, asked, made);
      return made;
    });
    return send(reply, answer);
  } catch (error) {
    if (isAnswer(error) && error.code !== 'IdempotencyKeyReused') {
      await deps.db.tx(scope, (trx) => remember(trx, asked, { status: error.status, body: errorBody(error) }));
    }
    throw error;
  }
}

/**
 * The same for work that cannot be one transaction (many rows, outside calls). `work` itself must be harmless when it
 * is repeated after a crash; its answer is remembered at the end.
 */
export async function answerOnceInParts<Body>(
  request: FastifyRequest,
  reply: FastifyReply,
  deps: ApiDeps,
  work: (asked: Asked) => Promise<Answer<Body>>,
): Promise<FastifyReply> {
  const asked = await askedOf(request, deps);
  const scope = scopeOf(asked.user);
  const before = await deps.db.tx(scope, (trx) => answeredBefore(trx, asked));
  if (before) return send(reply, before);
  const made = await work(asked);
  await deps.db.tx(scope, (trx) => remember(trx, asked, made));
  return send(reply, made);
}

function send(reply: FastifyReply, { status, body }: Answer<unknown>): FastifyReply {
  return reply.code(status).send(body);
}
