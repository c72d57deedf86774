import type { Knex } from 'knex';
import type { ChannelOrderContext } from '../state-machines/channel-order.ts';
import type { ConnectionContext } from '../state-machines/connection.ts';
import type { ConsignmentContext } from '../state-machines/consignment.ts';
import type { EffectContext } from '../state-machines/effect.ts';
import type { IncidentContext } from '../state-machines/incident.ts';
import type { MachineName } from '../state-machines/index.ts';
import type { ListingContext } from '../state-machines/listing.ts';
import type { OrderContext } from '../state-machines/order.ts';
import type { ParcelContext } from '../state-machines/parcel.ts';
import type { PriceProposalContext } from '../state-machines/price-proposal.ts';
import type { ProblemContext } from '../state-machines/problem.ts';
import type { ProductContext } from '../state-machines/product.ts';
import type { ReturnContext } from '../state-machines/return.ts';
import type { Tx } from './database.ts';
import { pricesMended } from './listing-prices.ts';
import { grouped } from './queries/paging.ts';
import type { Row } from './steps.ts';

/** Who sends the event, or looks at the buttons: an e-mail address, a process's name. */
export interface Asker {
  readonly actor: string;
}

/** Reads what a machine's guards may consider, and says which of it the row keeps. */
export interface ContextLoader<Context extends object = object> {
  load(trx: Tx, row: Row, asker?: Asker): Promise<Context>;
  /** The same for many rows in their order, with a fixed number of queries. Absent where `load` asks the database nothing. */
  loadMany?(trx: Tx, rows: readonly Row[], asker?: Asker): Promise<Context[]>;
  /** Columns for the parts of the context that the machine itself changes. */
  persist(context: Context): Record<string, unknown>;
}

const nothing = () => ({});

/** The ledger's key of the call that creates an order in the brand's shop; a new round begins after a refusal. */
export const pushKey = (orderId: string, round: number): string => `order/${orderId}/push/${round}`;
/** The ledger's key of the booking of one consignment revision. */
export const bookingKey = (consignmentId: string, revision: number): string =>
  `consignment/${consignmentId}/book/${revision}`;

/** The outcome so far of each of these calls, by the key under which the ledger keeps it. */
async function effectStates(trx: Tx, keys: readonly string[]): Promise<Map<string, string>> {
  const rows: { key: string; state: string }[] = await trx('effects')
    .whereIn('key', [...keys])
    .select('key', 'state');
  return new Map(rows.map(({ key, state }) => [key, state]));
}

const isInFlight = (state: string | undefined): boolean =>
  state !== undefined && ['ATTEMPTED', 'AMBIGUOUS'].includes(state);

/** Runs a reader of many for one row. */
const first = async <Context>(loaded: Promise<Context[]>): Promise<Context> => {
  const [context] = await loaded;
  if (context === undefined) throw new Error('a context was read for no row');
  return context;
};

/** Which of these rows their brand does not let `asker` approve: four eyes, and it edited them last itself. */
async function ownEdits(trx: Tx, rows: readonly Row[], asker: Asker | undefined): Promise<(row: Row) => boolean> {
  const own = rows.filter((row) => asker !== undefined && row.last_edited_by === asker.actor);
  if (own.length === 0) return () => false;
  const brands: string[] = await trx('brands')
    .whereIn('id', [...new Set(own.map((row) => String(row.brand_id)))])
    .where({ four_eyes: true })
    .pluck('id');
  const ids = new Set(own.filter((row) => brands.includes(String(row.brand_id))).map(({ id }) => id));
  return ({ id }) => ids.has(id);
}

async function orderContexts(trx: Tx, rows: readonly Row[], asker?: Asker): Promise<OrderContext[]> {
  const all = await trx('order_lines').whereIn(
    'order_id',
    rows.map(({ id }) => id),
  );
  const lines = grouped(all, (line) => line.order_id as string);
  const consignees: { id: string; address_complete: boolean }[] = await trx('consignees')
    .whereIn(
      'id',
      rows.map((row) => row.consignee_id as string),
    )
    .select('id', 'address_complete');
  const complete = new Map(consignees.map((row) => [row.id, row.address_complete]));
  const returning: string[] = await trx('confirmations')
    .whereIn(
      'order_id',
      rows.map(({ id }) => id),
    )
    .where({ outcome: null, on_decline: 'ops' })
    .pluck('order_id');
  const keyOf = (row: Row) => pushKey(row.id, row.push_round as number);
  const pushes = await effectStates(trx, rows.map(keyOf));
  const isOwnEdit = await ownEdits(trx, rows, asker);
  return rows.map((row) => {
    const open = (lines.get(row.id) ?? []).filter((line) => line.quantity_ordered > line.quantity_cancelled);
    const push = pushes.get(keyOf(row));
    return {
      ownEdit: isOwnEdit(row),
      linesKnown: open.length > 0 && open.every((line) => line.sku_id !== null),
      stockReserved: open.every(
        (line) => line.reserved_quantity + line.taken_quantity >= line.quantity_ordered - line.quantity_cancelled,
      ),
      // Brands cannot see consignees; the flag is then not theirs to judge and was checked before.
      addressComplete: complete.get(row.consignee_id as string) ?? true,
      pushInFlight: isInFlight(push),
      // For a brand without shop: the mail with it was accepted.
      inShop:
        row.shop_order_id !== null || push === 'DONE' || (row.store_connection_id === null && row.in_shop_at !== null),
      handedOver: row.handed_over_at !== null,
      goodsOutside: row.goods_outside === true,
      declineToOps: returning.includes(row.id),
      resumeState: (row.resume_state as string | null) ?? null,
    };
  });
}

const order: ContextLoader<OrderContext> = {
  load: (trx, row, asker) => first(orderContexts(trx, [row], asker)),
  loadMany: orderContexts,
  persist: ({ resumeState }) => ({ resume_state: resumeState }),
};

const channelOrder: ContextLoader<ChannelOrderContext> = {
  load: async (_trx, row) => ({ hasContent: row.lines !== null }),
  persist: nothing,
};

const parcel: ContextLoader<ParcelContext> = {
  load: async (_trx, row) => ({ hasTrackingNumber: row.tracking_number !== null }),
  persist: nothing,
};

async function countsBy(query: Knex.QueryBuilder): Promise<Map<string, number>> {
  const rows: { consignment_id: string; n: number }[] = await query
    .groupBy('consignment_id')
    .select('consignment_id')
    .count({ n: '*' });
  return new Map(rows.map(({ consignment_id, n }) => [consignment_id, Number(n)]));
}

async function consignmentContexts(trx: Tx, rows: readonly Row[]): Promise<ConsignmentContext[]> {
  const ids = rows.map(({ id }) => id);
  const orders = await countsBy(trx('consignment_orders').whereIn('consignment_id', ids).whereNull('left_at'));
  const unlabelled = await countsBy(
    trx('parcels').whereIn('consignment_id', ids).whereNull('tracking_number').whereNot({ state: 'VOIDED' }),
  );
  const keyOf = (row: Row) => bookingKey(row.id, row.revision as number);
  const bookings = await effectStates(trx, rows.map(keyOf));
  return rows.map((row) => ({
    orderCount: orders.get(row.id) ?? 0,
    allLabelled: (unlabelled.get(row.id) ?? 0) === 0 && row.label_document_id !== null,
    // Booked, and its label is still to come: it cannot be taken apart either.
    bookingInFlight: isInFlight(bookings.get(keyOf(row))) || (row.label_due_at ?? null) !== null,
  }));
}

const consignment: ContextLoader<ConsignmentContext> = {
  load: (trx, row) => first(consignmentContexts(trx, [row])),
  loadMany: consignmentContexts,
  persist: nothing,
};

async function productContexts(trx: Tx, rows: readonly Row[], asker?: Asker): Promise<ProductContext[]> {
  const isOwnEdit = await ownEdits(trx, rows, asker);
  return rows.map((row) => ({ ownEdit: isOwnEdit(row), blockingFindings: row.blocking_findings as number }));
}

const product: ContextLoader<ProductContext> = {
  load: (trx, row, asker) => first(productContexts(trx, [row], asker)),
  loadMany: productContexts,
  persist: nothing,
};

async function listingContexts(trx: Tx, rows: readonly Row[], asker?: Asker): Promise<ListingContext[]> {
  const open: { listing_id: string; n: number }[] = await trx('price_proposals')
    .whereIn(
      'listing_id',
      rows.map(({ id }) => id),
    )
    .where({ state: 'PROPOSED' })
    .groupBy('listing_id')
    .select('listing_id')
    .count({ n: '*' });
  const prices = new Map(open.map(({ listing_id, n }) => [listing_id, Number(n)]));
  const isOwnEdit = await ownEdits(trx, rows, asker);
  const isPriceMended = await pricesMended(trx, rows);
  return rows.map((row) => ({
    ownEdit: isOwnEdit(row),
    remoteExists: row.external_id !== null,
    remoteLive: row.remote === 'LIVE',
    contentChanged: row.content_hash !== row.submitted_hash,
    priceMended: isPriceMended(row),
    locked: row.remote === 'LOCKED',
    blockingFindings: row.blocking_findings as number,
    openPrices: prices.get(row.id) ?? 0,
  }));
}

const listing: ContextLoader<ListingContext> = {
  load: (trx, row, asker) => first(listingContexts(trx, [row], asker)),
  loadMany: listingContexts,
  persist: nothing,
};

const connection: ContextLoader<ConnectionContext> = {
  load: async (_trx, row) => ({ credentialsProved: row.credentials_proved === true }),
  persist: nothing,
};

const effect: ContextLoader<EffectContext> = {
  load: async (_trx, row) => ({ attempts: row.attempts as number }),
  persist: nothing,
};

const problem: ContextLoader<ProblemContext> = {
  load: async (_trx, row) => ({ occurrences: row.occurrences as number }),
  persist: nothing,
};

const goodsReturn: ContextLoader<ReturnContext> = {
  async load(_trx, row) {
    const lines = (row.lines as { quantity: number }[]) ?? [];
    return { unitsExpected: lines.reduce((sum, { quantity }) => sum + quantity, 0) };
  },
  persist: nothing,
};

const priceProposal: ContextLoader<PriceProposalContext> = {
  load: async (_trx, row) => {
    const [expiresAt, decidedAt] = [row.expires_at as Date | null, row.decided_at as Date | null];
    return {
      floorHolds: row.floor_holds === true,
      floorPassed: row.floor_passed_by !== null,
      isOver: expiresAt !== null && decidedAt !== null && expiresAt <= decidedAt,
    };
  },
  persist: nothing,
};

const incident: ContextLoader<IncidentContext> = {
  load: async (_trx, row) => ({
    caughtUp: ['drained_at', 'caught_up_at', 'compared_at', 'stock_read_at'].every((step) => row[step] !== null),
  }),
  persist: nothing,
};

export const contextLoaders: { readonly [Name in MachineName]: ContextLoader<never> } = {
  channel_order: channelOrder as ContextLoader<never>,
  order: order as ContextLoader<never>,
  parcel: parcel as ContextLoader<never>,
  consignment: consignment as ContextLoader<never>,
  product: product as ContextLoader<never>,
  listing: listing as ContextLoader<never>,
  connection: connection as ContextLoader<never>,
  effect: effect as ContextLoader<never>,
  problem: problem as ContextLoader<never>,
  return: goodsReturn as ContextLoader<never>,
  price_proposal: priceProposal as ContextLoader<never>,
  incident: incident as ContextLoader<never>,
};

/** What the guards of one machine see of many rows, in their order: a fixed number of queries, however many there are. */
export async function contextsOf(
  trx: Tx,
  machine: MachineName,
  rows: readonly Row[],
  asker?: Asker,
): Promise<object[]> {
  if (rows.length === 0) return [];
  const loader = contextLoaders[machine] as ContextLoader;
  if (loader.loadMany) return loader.loadMany(trx, rows, asker);
  const contexts: object[] = [];
  for (const row of rows) contexts.push(await loader.load(trx, row, asker));
  return contexts;
}
