import { createHash } from 'node:crypto';
import type { CarrierCapabilities, CarrierLimits } from '../connectors/contract/carrier.ts';
import type { PostalAddress } from '../connectors/contract/common.ts';
import type { PlanInput, PlanOrder, PlanRules } from '../consolidation/orders.ts';
import type { RateCard } from '../freight/card.ts';
import { mostPieces } from '../freight/carrier-limits.ts';
import { minorDigits } from '../freight/decimal.ts';
import { readConsignees } from './consignees.ts';
import type { Tx } from './database.ts';
import { cardFor, type StoredCard } from './freight-cards.ts';
import type { Sealer } from './sealing.ts';

/** What is planned together: one brand, one slot, one carrier account. */
export interface PlanScope {
  readonly brandId: string;
  readonly slotDate: string;
  readonly slotTime: string;
  readonly connectionId: string;
}

/** An order with the consignment that it is in, and the versions that were read. */
export interface PlanMember {
  readonly orderId: string;
  readonly orderNumber: string;
  readonly orderVersion: number;
  readonly consignmentId: string;
  readonly consignmentNumber: string;
  readonly consignmentVersion: number;
}

export interface FreightInput {
  readonly scope: PlanScope;
  /** Null: no card holds on that day, and every order ships alone without a price. */
  readonly card: StoredCard | null;
  readonly orders: readonly PlanOrder[];
  readonly members: readonly PlanMember[];
}

/** What of a carrier's capabilities and limits the planner asks for. */
export interface CarrierRules {
  readonly multiPiece: boolean;
  readonly breakBulk: boolean;
  readonly maxPieces: number;
  readonly limits: CarrierLimits | null;
}

/** What a carrier's connector says, as the planner wants it. */
export function carrierRulesOf(carrier: {
  readonly capabilities: Pick<CarrierCapabilities, 'multiPiece' | 'breakBulk' | 'maxPieces'>;
  readonly limits?: CarrierLimits | undefined;
}): CarrierRules {
  const { multiPiece, breakBulk } = carrier.capabilities;
  return { multiPiece, breakBulk, maxPieces: mostPieces(carrier), limits: carrier.limits ?? null };
}

export const planRulesOf = ({ multiPiece, breakBulk, maxPieces }: CarrierRules): PlanRules => ({
  multiPiece,
  breakBulk,
  maxPieces,
  recipientDayMinor: null,
  sentToday: {},
});

/** A card with the carrier's own limits, the narrower of both: what is cheap on paper must be taken, too. */
export function limitedCard(card: RateCard, limits: CarrierLimits | null): RateCard {
  if (limits === null) return card;
  const least = (one: number | null, other: number | null): number | null =>
    one === null ? other : other === null ? one : Math.min(one, other);
  const { pieceGrams, lengthMm, girthMm, shipmentGrams } = card.limits;
  return {
    ...card,
    limits: {
      ...card.limits,
      pieceGrams: least(pieceGrams, limits.maxPieceGrams),
      lengthMm: least(lengthMm, limits.maxLongestSideMm),
      girthMm: least(girthMm, limits.maxGirthMm),
      shipmentGrams: least(shipmentGrams, limits.maxShipmentGrams),
    },
  };
}

export function planInputOf({ orders, scope }: FreightInput, card: StoredCard, carrier: CarrierRules): PlanInput {
  const { limits } = carrier;
  return { card: limitedCard(card.card, limits), orders, shipOn: scope.slotDate, rules: planRulesOf(carrier) };
}

/** Slots with open consignments, those due at `dueAt` only where it is given. */
export async function openScopes(trx: Tx, filter: { brandId?: string; dueAt?: Date }): Promise<PlanScope[]> {
  const query = trx('consignments').where({ state: 'OPEN' });
  if (filter.brandId !== undefined) query.where({ brand_id: filter.brandId });
  if (filter.dueAt !== undefined) query.where('close_due_at', '<=', filter.dueAt);
  const rows = await query
    .distinct('brand_id', 'slot_date', 'slot_time', 'carrier_connection_id')
    .orderBy(['brand_id', 'slot_date', 'slot_time', 'carrier_connection_id']);
  return rows.map((row) => ({
    brandId: row.brand_id,
    slotDate: row.slot_date,
    slotTime: row.slot_time,
    connectionId: row.carrier_connection_id,
  }));
}

/**
 * Reads the open, unlocked consignments of a scope with their orders as the planner wants them. Consignments with an
 * order that may not ship now (a cancellation is asked for) are left out: they wait as a whole.
 */
export async function readFreightInput(trx: Tx, sealer: Sealer, scope: PlanScope): Promise<FreightInput> {
  const rows = await trx('consignments as c')
    .join('consignment_orders as co', 'co.consignment_id', 'c.id')
    .join('orders as o', 'o.id', 'co.order_id')
    .where({
      'c.state': 'OPEN',
      'c.brand_id': scope.brandId,
      'c.slot_date': scope.slotDate,
      'c.slot_time': scope.slotTime,
      'c.carrier_connection_id': scope.connectionId,
      'co.left_at': null,
      'c.locked_by': null,
    })
    .orderBy('o.id')
    .select(
      'o.id',
      'o.number',
      'o.version',
      'o.state',
      'c.id as c_id',
      'c.number as c_number',
      'c.version as c_version',
    );
  const frozen = new Set(rows.filter(({ state }) => !['QUEUE', 'SYNCED'].includes(state)).map(({ c_id }) => c_id));
  const members: PlanMember[] = rows
    .filter(({ c_id }) => !frozen.has(c_id))
    .map((row) => ({
      orderId: row.id,
      orderNumber: row.number,
      orderVersion: row.version,
      consignmentId: row.c_id,
      consignmentNumber: row.c_number,
      consignmentVersion: row.c_version,
    }));
  const card = await cardFor(trx, { ...scope, shipOn: scope.slotDate });
  const orders = await readPlanOrders(
    trx,
    sealer,
    members.map(({ orderId }) => orderId),
    card,
    scope.slotDate,
  );
  return { scope, card, orders, members };
}

/** Orders with their parcels, goods and destination; a recipient is known by a digest only, never by name. */
export async function readPlanOrders(
  trx: Tx,
  sealer: Sealer,
  orderIds: readonly string[],
  card: StoredCard | null,
  shipOn: string,
): Promise<PlanOrder[]> {
  const rows = await trx('consignment_orders as co')
    .join('orders as o', 'o.id', 'co.order_id')
    .join('consignments as c', 'c.id', 'co.consignment_id')
    .join('brands as b', 'b.id', 'o.brand_id')
    .whereIn('o.id', [...orderIds])
    .where({ 'co.left_at': null })
    .orderBy('o.id')
    .select('o.*', 'c.incoterm', 'c.id as c_id', 'b.ship_from');
  const parcels = await trx('parcels')
    .whereIn('order_id', [...orderIds])
    .whereNot({ state: 'VOIDED' })
    .orderBy('piece_number');
  const lines = await trx('order_lines as l')
    .leftJoin('skus as s', 's.id', 'l.sku_id')
    .leftJoin('products as p', 'p.id', 's.product_id')
    .whereIn('l.order_id', [...orderIds])
    .whereRaw('l.quantity_ordered > l.quantity_cancelled')
    .select('l.order_id', 'p.attributes');
  const addresses = await readConsignees(
    trx,
    sealer,
    rows.map(({ consignee_id }) => consignee_id),
  );
  const rates = card ? await readRates(trx, card.card.currency, shipOn) : new Map<string, number>();
  return rows.map((row) => {
    const address = addresses.get(row.consignee_id) ?? null;
    const from = row.ship_from as PostalAddress | null;
    const own = lines.filter(({ order_id }) => order_id === row.id);
    const goods = [...new Set(own.flatMap(({ attributes }) => goodsOf(attributes)))].sort();
    return {
      id: row.id,
      brandId: row.brand_id,
      from: { countryCode: from?.countryCode ?? '', postcode: from?.postcode ?? null },
      to: { countryCode: address?.countryCode ?? '', postcode: address?.postcode ?? null },
      consignee: address ? recipientDigest(address) : `erased ${row.id}`,
      incoterm: row.incoterm,
      // A customs invoice has one currency.
      customsParty: `consignee, ${row.currency}`,
      residential: address?.company === null,
      insured: false,
      valueMinor: card ? inCurrency(row.total_minor, row.currency, card.card.currency, rates) : null,
      lines: own.length,
      pieces: parcels
        .filter(({ order_id, consignment_id }) => order_id === row.id && consignment_id === row.c_id)
        .map((parcel) => ({
          id: parcel.id,
          weightGrams: parcel.weight_grams,
          lengthMm: parcel.length_mm,
          widthMm: parcel.width_mm,
          heightMm: parcel.height_mm,
          goods,
        })),
      pin: null,
    };
  });
}

/** Equal for equal recipients at equal addresses, whatever the case and spacing. */
export function recipientDigest(address: PostalAddress): string {
  const plain = [
    address.name,
    address.company ?? '',
    ...address.lines,
    address.city,
    address.postcode ?? '',
    address.countryCode,
  ]
    .map((text) =>
      text
        .normalize('NFKC')
        .toLowerCase()
        .replaceAll(/[\s,.]+/g, ' ')
        .trim(),
    )
    .join('|');
  return createHash('sha256').update(plain).digest('hex').slice(0, 32);
}

/** Categories for goods rules stand in the product's attribute `goods`: `lithium, dangerous`. */
export function goodsOf(attributes: unknown): string[] {
  const { goods } = (attributes ?? {}) as { goods?: unknown };
  const texts = Array.isArray(goods) ? goods.map(String) : typeof goods === 'string' ? goods.split(',') : [];
  return texts.map((text) => text.trim().toLowerCase()).filter((text) => text !== '');
}

/** Newest rates to a currency on a day, by currency. */
export async function readRates(trx: Tx, currency: string, onDate: string): Promise<Map<string, number>> {
  const rows = await trx('exchange_rates')
    .where((any) => any.where({ to_currency: currency }).orWhere({ from_currency: currency }))
    .where('on_date', '<=', onDate)
    .orderBy('on_date')
    .select('from_currency', 'to_currency', 'rate');
  return new Map(
    rows.map(({ from_currency, to_currency, rate }) =>
      to_currency === currency ? [from_currency, Number(rate)] : [to_currency, 1 / Number(rate)],
    ),
  );
}

/** A value in another currency, rounded up; null without a rate. */
export function inCurrency(minor: number, from: string, to: string, rates: ReadonlyMap<string, number>): number | null {
  if (from === to) return minor;
  const rate = rates.get(from);
  if (rate === undefined) return null;
  return Math.ceil((minor * rate * 10 ** minorDigits(to)) / 10 ** minorDigits(from));
}
