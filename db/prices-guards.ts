import { randomUUID } from 'node:crypto';
import type { PriceResult } from '../pricing/marketplace-price.ts';
import type { Tx } from './database.ts';
import type { PriceRow } from './prices-input.ts';
import { type Command, create, mustStep, type Row, step } from './steps.ts';

/**
 * Lets the listing show that a price of it waits for a person, or that none does any more. Only a listing that is live
 * shows it; all others are approved as a whole.
 */
export async function showOnListing(
  trx: Tx,
  listingId: string,
  event: 'PRICE_PROPOSED' | 'PRICE_DECIDED',
  command: Command,
): Promise<void> {
  const listing: { state: string; version: number } | undefined = await trx('listings')
    .where({ id: listingId })
    .forNoKeyUpdate()
    .first('state', 'version');
  const states = event === 'PRICE_PROPOSED' ? ['LIVE', 'UPDATE'] : ['UPDATE'];
  if (!listing || !states.includes(listing.state)) return;
  await step(
    trx,
    { machine: 'listing', id: listingId, event },
    { ...command, commandId: `${command.commandId}/listing/${listingId}/${event}/${listing.version}`, role: 'system' },
  );
}

/**
 * For rule prices that moved too far: one open proposal each, always of the present rule price; withdrawn when the rule
 * price came back. While a typed price is open, that is decided first.
 */
export async function settleGuards(
  trx: Tx,
  computed: readonly { readonly row: PriceRow; readonly result: PriceResult }[],
  command: Command,
): Promise<void> {
  const open: Row[] = await trx('price_proposals')
    .where({ state: 'PROPOSED' })
    .whereIn(
      'listing_sku_id',
      computed.map(({ row }) => row.id),
    )
    .orderBy('id');
  const known = new Map(open.map((proposal) => [String(proposal.listing_sku_id), proposal]));
  for (const { row, result } of computed) {
    const proposal = known.get(row.id);
    const wanted = result.waits === null ? null : result.rulePriceMinor;
    if (!proposal && wanted === null) continue;
    if (proposal && (proposal.kind === 'hand' || proposal.amount_minor === wanted)) continue;
    const own = { ...command, commandId: `${command.commandId}/guard/${row.id}`, role: 'system' as const };
    if (proposal) {
      const why = wanted === null ? 'The rule price came back.' : 'The rule price moved once more.';
      await mustStep(
        trx,
        { machine: 'price_proposal', id: proposal.id, event: 'WITHDRAW', changes: { decided_at: command.at } },
        { ...own, commandId: `${own.commandId}/withdraw/${proposal.id}`, why },
      );
    }
    if (wanted !== null) await proposeGuard(trx, row, result, wanted, own);
    await showOnListing(trx, row.listing_id, wanted === null ? 'PRICE_DECIDED' : 'PRICE_PROPOSED', own);
  }
}

async function proposeGuard(
  trx: Tx,
  row: PriceRow,
  result: PriceResult,
  amountMinor: number,
  command: Command,
): Promise<void> {
  const id = randomUUID();
  await create(
    trx,
    'price_proposal',
    {
      id,
      brand_id: row.brand_id,
      connection_id: row.connection_id,
      listing_id: row.listing_id,
      listing_sku_id: row.id,
      kind: 'guard',
      amount_minor: amountMinor,
      regular_minor: result.regularRuleMinor,
      currency: row.currency,
      seen_minor: row.price_desired_minor,
      seen_rule_minor: row.price_rule_minor,
      reason: result.waits ?? '',
      proposed_by: 'price rule',
      proposed_at: command.at,
      floor_holds: result.floor?.holds ?? true,
      floor_formula: result.floor?.formula ?? null,
      created_at: command.at,
    },
    { ...command, commandId: `${command.commandId}/propose/${id}` },
  );
}
