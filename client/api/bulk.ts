import type { FastifyReply, FastifyRequest } from 'fastify';
import { scopeOf } from '../../db/users.ts';
import type { MachineName } from '../../state-machines/index.ts';
import { approveMany } from './approvals.ts';
import type { ApiDeps } from './deps.ts';
import { asApiError, untilNotBusy } from './errors.ts';
import { type Asked, answerOnce, answerOnceInParts } from './idempotency.ts';
import type { BulkAnswer, BulkBody } from './schemas/common.ts';
import { refuseBareEdit, stepAny } from './stepping.ts';

type Result = BulkAnswer['results'][number];

/** How one row of a bulk is stepped; the transaction is this row's own. */
export type StepOne = (item: BulkBody['items'][number], asked: Asked) => Promise<Result>;

/**
 * Steps many rows, each in a transaction of its own: one that is refused is listed with its reason and holds up nobody.
 * Repeated after a crash, rows that were already done answer as they did, because each has a command id of its own.
 */
export async function answerBulk(
  request: FastifyRequest,
  reply: FastifyReply,
  deps: ApiDeps,
  body: BulkBody,
  stepOne: StepOne,
): Promise<FastifyReply> {
  refuseBareEdit(body.type);
  return answerOnceInParts(request, reply, deps, async (asked) => {
    const results: Result[] = [];
    for (const item of body.items) results.push(await oneResult(item, asked, stepOne));
    return { status: 200, body: { results } };
  });
}

/** Approves up to 500 in one transaction with its answer: within seconds, and a repetition is answered as before. */
export async function answerApprovals(
  request: FastifyRequest,
  reply: FastifyReply,
  deps: ApiDeps,
  { machine, items }: { machine: 'product' | 'listing' | 'order'; items: BulkBody['items'] },
): Promise<FastifyReply> {
  return untilNotBusy(() =>
    answerOnce(request, reply, deps, async (trx, { command }) => ({
      status: 200,
      body: { results: await approveMany(trx, machine, items, command) },
    })),
  );
}

async function oneResult(item: BulkBody['items'][number], asked: Asked, stepOne: StepOne): Promise<Result> {
  const own = { ...asked, command: { ...asked.command, commandId: `${asked.command.commandId}/${item.id}` } };
  try {
    return await stepOne(item, own);
  } catch (error) {
    const shown = asApiError(error);
    // An outage is an answer to the whole request, and so is a fault of our own: neither says anything about this row.
    if (shown.status >= 500 && shown.code !== 'Busy') throw error;
    return { id: item.id, ok: false, code: shown.code, why: shown.message };
  }
}

/** The plain way: the machine's own step, with the same changes for every row. */
export function stepsOf(
  deps: ApiDeps,
  machine: MachineName,
  type: string,
  changes: Readonly<Record<string, unknown>> = {},
): StepOne {
  return async ({ id, version }, { user, command }) => {
    const result = await deps.db.tx(scopeOf(user), (trx) =>
      stepAny(trx, machine, { id, event: type, expectedVersion: version, changes }, command),
    );
    if (result.ok) return { id, ok: true, state: result.state, version: result.version };
    return {
      id,
      ok: false,
      code: result.code,
      why: result.why,
      ...(result.state === null ? {} : { state: result.state }),
      ...(result.version === null ? {} : { version: result.version }),
    };
  };
}
