import type { Row } from '../../db/steps.ts';
import type { ApiDeps } from './deps.ts';
import { notFound } from './errors.ts';

/** The row of an account, read with the staff's eyes. @throws ApiError NotFound */
export async function connectionRow(deps: ApiDeps, id: string): Promise<Row> {
  const row = await deps.db.tx('staff', (trx) => trx('connections').where({ id }).first());
  if (!row) throw notFound('connection', id);
  return row;
}
