import type { FastifyRequest } from 'fastify';
import type { Tx } from '../../db/database.ts';
import { riseToStaff } from '../../db/queries/rise.ts';
import type { Row } from '../../db/steps.ts';
import { scopeOf, type User } from '../../db/users.ts';
import type { MachineName } from '../../state-machines/index.ts';
import { userOf } from './auth.ts';
import type { ApiDeps } from './deps.ts';
import type { Allowed } from './schemas/common.ts';
import { allowedForMany } from './stepping.ts';

/** Runs a reading inside the caller's wall, in one transaction. */
export async function reading<Result>(
  request: FastifyRequest,
  { db }: Pick<ApiDeps, 'db'>,
  read: (trx: Tx, user: User) => Promise<Result>,
): Promise<Result> {
  const user = userOf(request);
  return db.tx(scopeOf(user), (trx) => read(trx, user));
}

/**
 * The buttons of the given rows, in their order. The rows were read inside the wall; the guards' facts may lie outside
 * of it, so this ends the walled part of the transaction.
 */
export async function buttonsOf(
  trx: Tx,
  machine: MachineName,
  items: readonly { readonly row: Row }[],
  user: User,
): Promise<Allowed[][]> {
  await riseToStaff(trx);
  return allowedForMany(
    trx,
    machine,
    items.map(({ row }) => row),
    user,
  );
}
