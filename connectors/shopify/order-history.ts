import { type Static, Type } from '@sinclair/typebox';
import type { Money, Page } from '../contract/common.ts';
import { toMinor } from '../contract/minor-units.ts';
import type { StoreOrderDetail, StoreOrderLine } from '../contract/store-writing.ts';
import { ConnectorError } from '../errors.ts';
import type { AdminClient } from './client.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { instant, quoted } from './ids.ts';
import { toStoreRefund } from './order-extras.ts';
import { referenceOf } from './order-mapping.ts';
import type { answers } from './schema.ts';
import type { DetailLine, OrderDetailRow } from './schema-writing.ts';
import { statusOf } from './tags.ts';

/** Clocks differ, and the index behind searches lags. */
const OVERLAP_MS = 2 * 60 * 1000;
const DEFAULT_PAGE_SIZE = 20;
const MAX_PAGE_SIZE = 50;
/** A listing ends at 25,000 objects; a new one begins before. */
const LISTING_LIMIT = 20_000;

const cursorSchema = Type.Object({
  mode: Type.Literal('orders'),
  after: Type.Union([Type.Null(), Type.String({ minLength: 1, maxLength: 2_000 })]),
  /** Only orders changed from then on; null = all. */
  since: Type.Union([Type.Null(), Type.String({ minLength: 10, maxLength: 40 })]),
  read: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
});
type OrderCursor = Static<typeof cursorSchema>;

/**
 * All orders of the shop by their last change, whatever their state. An order that changes while the list is read moves
 * to its end and comes again. Older ones than 60 days need the scope `read_all_orders`, which Shopify grants.
 */
export async function readOrders(
  client: AdminClient,
  input: { readonly cursor: string | null; readonly changedSince: Date | null; readonly pageSize?: number },
): Promise<Page<StoreOrderDetail>> {
  const cursor = input.cursor === null ? firstCursor(input.changedSince) : decodeCursor(cursorSchema, input.cursor);
  const wanted = Math.max(1, Math.min(input.pageSize ?? DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE));
  const { orders } = await client.askSized('orders', wanted, (first) => ({
    first,
    after: cursor.after,
    query: cursor.since === null ? null : `updated_at:>=${quoted(cursor.since)}`,
  }));
  const items: StoreOrderDetail[] = [];
  for (const row of orders.nodes) items.push(toDetail(row, await allLines(client, row)));
  const next = nextCursor(cursor, orders);
  return { items, next: next === null ? null : encodeCursor(next), total: null };
}

function firstCursor(changedSince: Date | null): OrderCursor {
  const since = changedSince === null ? null : new Date(changedSince.getTime() - OVERLAP_MS).toISOString();
  return { mode: 'orders', after: null, since, read: 0 };
}

function nextCursor(
  cursor: OrderCursor,
  { nodes, pageInfo }: Static<typeof answers.orders>['orders'],
): OrderCursor | null {
  const last = nodes.at(-1);
  if (!pageInfo.hasNextPage || last === undefined) return null;
  const read = cursor.read + nodes.length;
  const isOneInstant = cursor.since !== null && Date.parse(last.updatedAt) <= Date.parse(cursor.since);
  if (read < LISTING_LIMIT || isOneInstant) return { ...cursor, after: pageInfo.endCursor, read };
  return { ...cursor, after: null, since: last.updatedAt, read: 0 };
}

async function allLines(client: AdminClient, { id, lineItems }: OrderDetailRow): Promise<readonly DetailLine[]> {
  const all = [...lineItems.nodes];
  let { pageInfo } = lineItems;
  while (pageInfo.hasNextPage) {
    const { order }: Static<typeof answers.orderLines> = await client.askOn('orderLines', {
      id,
      after: pageInfo.endCursor,
    });
    // Deleted between two calls; its next read says so.
    if (order === null) break;
    all.push(...order.lineItems.nodes);
    pageInfo = order.lineItems.pageInfo;
  }
  return all;
}

/** An order in our words. Where the shop's prices hold the tax, it is taken out of them. */
export function toDetail(row: OrderDetailRow, rows: readonly DetailLine[]): StoreOrderDetail {
  const { currencyCode: currency, taxesIncluded } = row;
  const money = (amountMinor: number): Money => ({ amountMinor, currency });
  const minor = ({ shopMoney }: Bag) => exact(row, shopMoney.amount, shopMoney.currencyCode);
  const lines = rows.map((line) => toLine(line, { taxesIncluded, currency, minor }));
  const { status, native } = statusOf(row);
  const shipping = row.shippingLines.nodes.map((line) => {
    const [original, discounted, tax] = [
      minor(line.originalPriceSet),
      minor(line.discountedPriceSet),
      sumOf(line.taxLines.map(({ priceSet }) => minor(priceSet))),
    ];
    const net = discounted - (taxesIncluded ? tax : 0);
    return { net, discount: withoutTax(original - discounted, line.taxLines, taxesIncluded) };
  });
  return {
    externalId: row.id,
    number: row.name,
    reference: referenceOf(row),
    status,
    nativeStatus: native,
    total: money(minor(row.totalPriceSet)),
    modifiedAt: instant(row.updatedAt) ?? new Date(0),
    placedAt: instant(row.processedAt) ?? instant(row.createdAt) ?? new Date(0),
    lines,
    shipping: money(sumOf(shipping.map(({ net }) => net))),
    tax: money(row.totalTaxSet === null ? 0 : minor(row.totalTaxSet)),
    discount: money(sumOf([...lines.map((line) => line.discount.amountMinor), ...shipping.map((one) => one.discount)])),
    refunds: row.refunds.map((one) => toStoreRefund(one, currency)),
    fulfilments: row.fulfillments
      .filter(({ status: state }) => state !== 'CANCELLED')
      .map(({ id, createdAt, trackingInfo }) => ({
        externalId: id,
        at: instant(createdAt) ?? new Date(0),
        carrier: trackingInfo.find(({ company }) => company !== null)?.company ?? null,
        trackingNumbers: trackingInfo.flatMap(({ number }) => (number === null ? [] : [number])),
      })),
  };
}

interface Bag {
  readonly shopMoney: { readonly amount: string; readonly currencyCode: string };
}

function toLine(
  line: DetailLine,
  order: { readonly taxesIncluded: boolean; readonly currency: string; readonly minor: (bag: Bag) => number },
): StoreOrderLine {
  const { taxesIncluded, currency, minor } = order;
  const tax = sumOf(line.taxLines.map(({ priceSet }) => minor(priceSet)));
  const off = sumOf(line.discountAllocations.map(({ allocatedAmountSet }) => minor(allocatedAmountSet)));
  const net = minor(line.originalTotalSet) - off - (taxesIncluded ? tax : 0);
  return {
    externalId: line.id,
    sku: line.sku || null,
    title: line.title,
    externalProductId: line.product?.id ?? null,
    externalVariantId: line.variant?.id ?? null,
    quantity: line.quantity,
    net: { amountMinor: net, currency },
    tax: { amountMinor: tax, currency },
    discount: { amountMinor: withoutTax(off, line.taxLines, taxesIncluded), currency },
  };
}

/** The part of an amount that is no tax, by the line's rates; rounded to the smallest unit. */
function withoutTax(amountMinor: number, taxLines: DetailLine['taxLines'], taxesIncluded: boolean): number {
  if (!taxesIncluded) return amountMinor;
  const rate = taxLines.reduce((sum, one) => sum + (one.rate ?? 0), 0);
  return Math.round(amountMinor / (1 + rate));
}

function sumOf(amounts: readonly number[]): number {
  return amounts.reduce((sum, one) => sum + one, 0);
}

function exact({ name }: OrderDetailRow, amount: string, currency: string): number {
  const amountMinor = toMinor(amount, currency);
  if (amountMinor !== null) return amountMinor;
  throw new ConnectorError('Unavailable', `Order ${name}: "${amount}" is no exact amount in ${currency}.`, {
    code: 'unreadable_answer',
  });
}
