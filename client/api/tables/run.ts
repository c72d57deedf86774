import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Tx } from '../../../db/database.ts';
import { scopeOf } from '../../../db/users.ts';
import type { ApiDeps } from '../deps.ts';
import { untilNotBusy } from '../errors.ts';
import { type Asked, answerOnce, askedOf } from '../idempotency.ts';
import type { EditAnswer } from '../schemas/tables.ts';
import { type EditRequest, saveEdit, withoutPersonalData } from './edit.ts';

/** Carries the answer of a dry run out of the transaction that it rolls back. */
class DryRun extends Error {
  readonly answer: EditAnswer;

  constructor(answer: EditAnswer) {
    super('a dry run is rolled back');
    this.answer = answer;
  }
}

/**
 * Answers an edit. `requestOf` reads what is to be saved (an undo reads it from what was kept). A dry run does the same in a
 * transaction that is rolled back, so that its answer is the one that a save would give now.
 */
export async function answerEdit(
  request: FastifyRequest,
  reply: FastifyReply,
  deps: ApiDeps,
  {
    dryRun,
    requestOf,
  }: { dryRun: boolean; requestOf: (trx: Tx, asked: Asked) => Promise<Omit<EditRequest, 'dryRun'>> },
): Promise<FastifyReply> {
  if (dryRun) return reply.code(200).send(await untilNotBusy(() => tryEdit(request, deps, requestOf)));
  return untilNotBusy(() =>
    answerOnce(request, reply, deps, async (trx, asked) => {
      const edit = { ...(await requestOf(trx, asked)), dryRun };
      const body = await saveEdit(trx, edit, asked, deps);
      return { status: 200, body, kept: withoutPersonalData(body, edit.table) };
    }),
  );
}

async function tryEdit(
  request: FastifyRequest,
  deps: ApiDeps,
  requestOf: (trx: Tx, asked: Asked) => Promise<Omit<EditRequest, 'dryRun'>>,
): Promise<EditAnswer> {
  const { user, command: real } = await askedOf(request, deps);
  // A dry run answers no command: it must not meet one that was answered under the same key.
  const asked = { user, command: { ...real, commandId: `dry-run/${deps.newId()}` }, requestHash: '' };
  try {
    return await deps.db.tx(scopeOf(user), async (trx) => {
      const answer = await saveEdit(trx, { ...(await requestOf(trx, asked)), dryRun: true }, asked, deps);
      // What PostgreSQL would only check at the commit.
      await trx.raw('set constraints all immediate');
      throw new DryRun(answer);
    });
  } catch (error) {
    if (error instanceof DryRun) return error.answer;
    throw error;
  }
}
