import type { ListingDetail } from '../../api/schemas/catalogue.ts';
import type { Context, Outcome } from '../command.ts';
import { CliFault } from '../exit-codes.ts';
import { loggedIn } from '../session.ts';

/** Says what became of an upload whose answer was lost. */
export async function settleUpload(
  { options }: Context,
  id: string,
  { found, why }: { readonly found?: string; readonly why: string },
): Promise<Outcome> {
  const client = await loggedIn(options);
  const { unknownCall } = await client.get<(typeof ListingDetail)['static']>(`/api/listings/${encodeURIComponent(id)}`);
  if (!unknownCall) throw new CliFault('refused', 'Nothing is unknown about the upload of this listing.');
  const said = found === undefined ? { type: 'NOT_FOUND' } : { type: 'FOUND', foundAs: found };
  const answer = await client.post(`/api/effects/${unknownCall.id}/events`, {
    ...said,
    version: unknownCall.version,
    why,
  });
  return { json: answer, text: found === undefined ? 'It is uploaded again.' : `It goes on as ${found}.` };
}
