import type { ChannelOrderContext } from '../state-machines/channel-order.ts';
import type { ConnectionContext } from '../state-machines/connection.ts';
import type { ConsignmentContext } from '../state-machines/consignment.ts';
import type { EffectContext } from '../state-machines/effect.ts';
import type { MachineName } from '../state-machines/index.ts';
import type { ListingContext } from '../state-machines/listing.ts';
import type { OrderContext } from '../state-machines/order.ts';
import type { ParcelContext } from '../state-machines/parcel.ts';
import type { ProblemContext } from '../state-machines/problem.ts';
import type { ProductContext } from '../state-machines/product.ts';
import type { ReturnContext } from '../state-machines/return.ts';
import type { Tx } from './database.ts';
import type { Row } from './steps.ts';

/** Reads what a machine's guards may consider, and says which of it the row keeps. */
export interface ContextLoader<Context extends object = object> {
  load(trx: Tx, row: Row): Promise<Context>;
  /** Columns for the parts of the context that the machine itself changes. */
  persist(context: Context): Record<string, unknown>;
}

const nothing = () => ({});

/** The ledger's key of the call that creates an order in the brand's shop; a new round begins after a refusal. */
export const pushKey = (orderId: string, round: number): string => `order/${orderId}/push/${round}`;
/** The ledger's key of the booking of one consignment revision. */
export const bookingKey = (consignmentId: string, revision: number): string =>
  `consignment/${consignmentId}/book/${revision}`;

const order: ContextLoader<OrderContext> = {
  async load(trx, row) {
    const lines = await trx('order_lines').where({ order_id: row.id });
    const open = lines.filter((line) => line.quantity_ordered > line.quantity_cancelled);
    const consignee = await trx('consignees')
      .where({ id: row.consignee_id as string })
      .first('address_complete');
    const push = await trx('effects')
      .where({ key: pushKey(row.id, row.push_round as number) })
      .first('state');
    return {
      linesKnown: open.length > 0 && open.every((line) => line.sku_id !== null),
      stockReserved: open.every(
        (line) => line.reserved_quantity + line.taken_quantity >= line.quantity_ordered - line.quantity_cancelled,
      ),
      // Brands cannot see consignees; the flag is then not theirs to judge and was checked before.
      addressComplete: consignee?.address_complete ?? true,
      pushInFlight: push !== undefined && ['ATTEMPTED', 'AMBIGUOUS'].includes(push.state),
      inShop: row.shop_order_id !== null || push?.state === 'DONE',
      handedOver: row.handed_over_at !== null,
      goodsOutside: row.goods_outside === true,
      resumeState: (row.resume_state as string | null) ?? null,
    };
  },
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

const consignment: ContextLoader<ConsignmentContext> = {
  async load(trx, row) {
    const orders = await trx('consignment_orders')
      .where({ consignment_id: row.id, left_at: null })
      .count({ n: '*' })
      .first();
    const unlabelled = await trx('parcels')
      .where({ consignment_id: row.id, tracking_number: null })
      .whereNot({ state: 'VOIDED' })
      .count({ n: '*' })
      .first();
    const booking = await trx('effects')
      .where({ key: bookingKey(row.id, row.revision as number) })
      .first('state');
    return {
      orderCount: Number(orders?.n ?? 0),
      allLabelled: Number(unlabelled?.n ?? 0) === 0 && row.label_document_id !== null,
      bookingInFlight: booking !== undefined && ['ATTEMPTED', 'AMBIGUOUS'].includes(booking.state),
    };
  },
  persist: nothing,
};

const product: ContextLoader<ProductContext> = {
  load: async (_trx, row) => ({ blockingFindings: row.blocking_findings as number }),
  persist: nothing,
};

const listing: ContextLoader<ListingContext> = {
  load: async (_trx, row) => ({
    remoteExists: row.external_id !== null,
    remoteLive: row.remote === 'LIVE',
    contentChanged: row.content_hash !== row.submitted_hash,
    locked: row.remote === 'LOCKED',
    blockingFindings: row.blocking_findings as number,
  }),
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
};
