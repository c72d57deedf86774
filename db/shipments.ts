import type { CustomsLine, ShipmentPiece, ShipmentRequest } from '../connectors/contract/carrier.ts';
import type { PostalAddress } from '../connectors/contract/common.ts';
import { ConnectorError } from '../connectors/errors.ts';
import { readConsignees } from './consignees.ts';
import type { Tx } from './database.ts';
import type { Sealer } from './sealing.ts';
import type { Row } from './steps.ts';

/** Pick-up is asked for some hours ahead: carriers refuse a planned time that is past when the call arrives. */
const pickupAheadMs = 4 * 60 * 60 * 1000;
/** Carriers' labels have no room for more. */
const descriptionLength = 70;

export interface ShippedParcel {
  readonly id: string;
  readonly orderId: string;
  readonly weightGrams: number;
  readonly lengthMm: number;
  readonly widthMm: number;
  readonly heightMm: number;
}

export interface ShipmentInput {
  /** What people call it, in messages. */
  readonly name: string;
  readonly reference: string;
  readonly brandId: string;
  readonly incoterm: 'DDP' | 'DAP';
  readonly orderIds: readonly string[];
  readonly parcels: readonly ShippedParcel[];
  readonly now: Date;
  /** Default PDF. */
  readonly labelFormat?: 'PDF' | 'ZPL';
}

/** What a carrier is asked for: all pieces of all orders, with the customs lines of all of them. */
export async function shipmentOf(trx: Tx, sealer: Sealer, input: ShipmentInput): Promise<ShipmentRequest> {
  const brand = await trx('brands').where({ id: input.brandId }).first();
  const orders: Row[] = await trx('orders')
    .whereIn('id', [...input.orderIds])
    .orderBy('number');
  const [first] = orders;
  if (!first) throw new ConnectorError('Rejected', `${input.name}: no order is in it any more.`);
  const lines = await openLines(trx, input.orderIds);
  const addresses = await readConsignees(
    trx,
    sealer,
    orders.map(({ consignee_id }) => String(consignee_id)),
  );
  const addressOf = (order: Row): PostalAddress => {
    const address = addresses.get(String(order.consignee_id));
    if (!address) throw new ConnectorError('Rejected', `${input.name}: the consignee's data was erased.`);
    return address;
  };
  const shipFrom = brand.ship_from as PostalAddress;
  const shipTo = addressOf(first);
  const other = orders.find(({ currency }) => currency !== first.currency);
  if (other) throw new ConnectorError('Rejected', `${input.name}: ${other.number} is in another currency.`);
  const describe = (orderId: string | null) => {
    const own = lines.filter(({ order_id }) => orderId === null || order_id === orderId);
    return own
      .map(({ title }) => title)
      .join(', ')
      .slice(0, descriptionLength);
  };
  const pieces = input.parcels.map(
    (parcel): ShipmentPiece => ({
      pieceId: parcel.id,
      weightGrams: parcel.weightGrams,
      lengthMm: parcel.lengthMm,
      widthMm: parcel.widthMm,
      heightMm: parcel.heightMm,
      description: describe(parcel.orderId),
    }),
  );
  return {
    reference: input.reference,
    shipFrom,
    shipTo,
    pieces,
    incoterm: input.incoterm,
    declaredValue: {
      amountMinor: orders.reduce((sum, { total_minor }) => sum + Number(total_minor), 0),
      currency: String(first.currency),
    },
    customs: shipFrom.countryCode === shipTo.countryCode ? [] : lines.map(customsLine),
    invoiceNumber: input.reference,
    plannedAt: new Date(input.now.getTime() + pickupAheadMs),
    originTimeZone: brand.time_zone,
    description: describe(null),
    ...(input.labelFormat === 'ZPL' ? { labelFormat: input.labelFormat } : {}),
  };
}

/** What of a line is still to be shipped, with its SKU's facts. */
export interface OpenLine {
  readonly order_id: string;
  readonly title: string;
  readonly quantity_ordered: number;
  readonly quantity_cancelled: number;
  readonly unit_price_minor: number;
  readonly currency: string;
  readonly weight_grams: number;
  readonly hs_code: string | null;
  readonly origin_country_code: string | null;
  readonly sku: string;
  /** The product's. */
  readonly attributes: unknown;
}

export async function openLines(trx: Tx, orderIds: readonly string[]): Promise<OpenLine[]> {
  return trx('order_lines as l')
    .join('skus as s', 's.id', 'l.sku_id')
    .join('orders as o', 'o.id', 'l.order_id')
    .leftJoin('products as p', 'p.id', 's.product_id')
    .whereIn('l.order_id', [...orderIds])
    .whereRaw('l.quantity_ordered > l.quantity_cancelled')
    .orderBy(['o.number', 'l.external_line_id'])
    .select('l.*', 'o.currency', 's.sku', 's.weight_grams', 's.hs_code', 's.origin_country_code', 'p.attributes');
}

const customsLine = (line: OpenLine): CustomsLine => ({
  description: line.title,
  quantity: line.quantity_ordered - line.quantity_cancelled,
  unitValue: { amountMinor: line.unit_price_minor, currency: line.currency },
  netWeightGrams: line.weight_grams,
  hsCode: line.hs_code ?? '',
  // Asked for when the order was planned. Where it is gone since, the carrier's refusal says so: it is never guessed.
  originCountryCode: line.origin_country_code ?? '',
});

/** What a consignment's parcels are to a carrier: pieces that were not taken out of it. */
export async function parcelsOf(trx: Tx, consignmentId: string): Promise<ShippedParcel[]> {
  const rows = await trx('parcels')
    .where({ consignment_id: consignmentId })
    .whereNot({ state: 'VOIDED' })
    .orderBy('piece_number');
  return rows.map((parcel) => ({
    id: parcel.id,
    orderId: parcel.order_id,
    weightGrams: parcel.weight_grams,
    lengthMm: parcel.length_mm,
    widthMm: parcel.width_mm,
    heightMm: parcel.height_mm,
  }));
}
