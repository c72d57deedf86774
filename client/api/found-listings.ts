import type { Tx } from '../../db/database.ts';
import { listingsKey } from '../../db/follow-ups.ts';
import type { Command } from '../../db/steps.ts';
import { wake } from '../../db/stock.ts';
import { ApiError } from './errors.ts';

interface Upload {
  readonly connection_id: string;
  readonly entity_id: string;
}

const uploadOf = async (trx: Tx, effectId: string): Promise<Upload | null> =>
  (await trx('effects').where({ id: effectId, kind: 'create-listing' }).first('connection_id', 'entity_id')) ?? null;

/**
 * An upload that was found goes on under the number that it has over there, and nobody but the person who found it knows
 * it. Other calls may have none. @throws ApiError
 */
export async function demandListingNumber(trx: Tx, effectId: string, foundAs: string | undefined): Promise<void> {
  const upload = await uploadOf(trx, effectId);
  if (!upload) return;
  if (foundAs === undefined) {
    const remedy = 'Send its number in `foundAs`, as the seller portal shows it.';
    throw new ApiError('InvalidInput', 'A listing that was found has a number over there.', { remedy });
  }
  const other = await trx('listings')
    .where({ connection_id: upload.connection_id, external_id: foundAs })
    .whereNot({ id: upload.entity_id })
    .first('title');
  if (!other) return;
  const details = { field: 'foundAs' };
  throw new ApiError('InvalidInput', `${foundAs} is the number of another listing: ${other.title}.`, { details });
}

/** The account's listings go on: the outcome of one's upload is known now. */
export async function wakeListingsOf(trx: Tx, effectId: string, command: Command): Promise<void> {
  const upload = await uploadOf(trx, effectId);
  if (!upload) return;
  const { connection_id: connectionId, entity_id: id } = upload;
  await wake(trx, [{ topic: 'listings', key: listingsKey(connectionId), payload: { id } }], command);
}
