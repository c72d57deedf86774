import type { Static } from '@sinclair/typebox';
import type { Tx } from '../../db/database.ts';
import { decidePrice } from '../../db/prices-proposals.ts';
import { riseToStaff } from '../../db/queries/rise.ts';
import type { Command, Row } from '../../db/steps.ts';
import type { User } from '../../db/users.ts';
import { ApiError, notFound, refusal } from './errors.ts';
import type { Proposal } from './schemas/prices.ts';
import { allowedForMany } from './stepping.ts';

type Shown = Static<typeof Proposal>;

const iso = (at: unknown): string | null => (at instanceof Date ? at.toISOString() : null);

function shown(row: Row & { seller_sku: string }, allowed: Shown['allowed']): Shown {
  const text = (column: string): string | null => (row[column] as string | null) ?? null;
  return {
    id: row.id,
    state: row.state,
    version: row.version,
    kind: String(row.kind),
    listingId: String(row.listing_id),
    listingSkuId: String(row.listing_sku_id),
    sellerSku: row.seller_sku,
    amountMinor: Number(row.amount_minor),
    currency: String(row.currency),
    seenMinor: row.seen_minor as number | null,
    seenRuleMinor: row.seen_rule_minor as number | null,
    reason: String(row.reason),
    proposedBy: String(row.proposed_by),
    proposedAt: iso(row.proposed_at) ?? '',
    expiresAt: iso(row.expires_at),
    floorHolds: row.floor_holds === true,
    floorFormula: text('floor_formula'),
    floorPassedBy: text('floor_passed_by'),
    floorPassedReason: text('floor_passed_reason'),
    decidedBy: text('decided_by'),
    decidedAt: iso(row.decided_at),
    decisionReason: text('decision_reason'),
    allowed,
  };
}

export interface ProposalFilter {
  readonly listingSku?: string | undefined;
  readonly listing?: string | undefined;
  readonly states?: readonly string[] | undefined;
  readonly after?: string | undefined;
  readonly limit?: number;
}

const narrowed = (trx: Tx, { listingSku, listing, states }: ProposalFilter) =>
  trx('price_proposals as p').modify((query) => {
    if (listingSku !== undefined) query.where('p.listing_sku_id', listingSku);
    if (listing !== undefined) query.where('p.listing_id', listing);
    if (states !== undefined) query.whereIn('p.state', [...states]);
  });

/** Prices on which somebody decides or decided, newest first, with what the caller may do with each. */
export async function proposalsOf(trx: Tx, filter: ProposalFilter, user: User): Promise<Shown[]> {
  const rows: (Row & { seller_sku: string })[] = await narrowed(trx, filter)
    .join('listing_skus as ls', 'ls.id', 'p.listing_sku_id')
    .modify((query) => {
      if (filter.after === undefined) return;
      const before = trx('price_proposals').where({ id: filter.after }).select('created_at', 'id');
      query.whereRaw('(p.created_at, p.id) < ?', [before]);
    })
    .orderBy([
      { column: 'p.created_at', order: 'desc' },
      { column: 'p.id', order: 'desc' },
    ])
    .limit(filter.limit ?? 20)
    .select('p.*', 'ls.seller_sku');
  await riseToStaff(trx);
  const allowed = await allowedForMany(trx, 'price_proposal', rows, user);
  // Its own end is the ticker's business.
  const isBrand = user.role === 'brand';
  const own = isBrand ? rows.map((row) => ({ ...row, floor_formula: null, floor_passed_reason: null })) : rows;
  return own.map((row, index) =>
    shown(
      row,
      (allowed[index] ?? []).filter(({ type }) => type !== 'EXPIRE'),
    ),
  );
}

/** How many there are. */
export async function countProposals(trx: Tx, filter: ProposalFilter): Promise<number> {
  const row = await narrowed(trx, filter).count({ n: '*' }).first();
  return Number(row?.n ?? 0);
}

export interface Decided {
  readonly id: string;
  readonly type: 'APPROVE' | 'REJECT' | 'WITHDRAW';
  readonly version?: number | undefined;
  readonly passFloor?: string | undefined;
}

/** Decides on a price that the caller can see. @throws ApiError */
export async function decide(trx: Tx, { id, type, version, passFloor }: Decided, command: Command) {
  if (!(await trx('price_proposals').where({ id }).first('id'))) throw notFound('price', id);
  const result = await decidePrice(trx, { id, event: type, expectedVersion: version, passFloor }, command);
  if (result.ok) return { ok: true as const, state: result.state, version: result.version };
  if (result.code === 'NotFound') throw notFound('price', id);
  if (type === 'APPROVE' && result.code === 'GuardRefused') {
    throw new ApiError(result.code, result.why, {
      remedy: 'Type a higher price, or let an approver or admin pass it with `passFloor` and a reason.',
      details: { state: result.state, version: result.version },
    });
  }
  throw refusal(result);
}
