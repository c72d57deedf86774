import type { PostalAddress } from '../connectors/contract/common.ts';
import type { ConsignmentPrint } from '../labels/batch.ts';
import { type ConsignmentLabelInput, pieceCode } from '../labels/consignment-label.ts';
import { marksOf } from '../labels/marks.ts';
import type { PackingSlipInput } from '../labels/packing-slip.ts';
import { readConsignee } from './consignees.ts';
import type { Tx } from './database.ts';
import { goodsOf } from './freight-input.ts';
import { openLinesOf } from './order-lines.ts';
import type { Sealer } from './sealing.ts';
import type { Row } from './steps.ts';

/** Which documents of a consignment are wanted. */
export interface PrintParts {
  readonly carrier: boolean;
  /** `consolidated`: only for consignments of several pieces or orders. */
  readonly ownLabels: 'consolidated' | 'always' | 'never';
  readonly packingSlips: boolean;
}

/** A longer address would make a QR code finer than a 203 dpi printer prints it. */
const longestQrText = 140;

const qrText = (url: string, otherwise: string): string => (url.length <= longestQrText ? url : otherwise);

/**
 * Reads what is printed for consignments: the carriers' documents as they were stored, and what our own labels and slips
 * show. Nothing is booked. Needs the staff's view: addresses are sealed and closed to brands.
 */
export async function readPrints(
  trx: Tx,
  sealer: Sealer,
  input: { consignmentIds: readonly string[]; parts: PrintParts; linkUrl: string },
): Promise<ConsignmentPrint[]> {
  const rows: Row[] = await trx('consignments')
    .whereIn('id', [...input.consignmentIds])
    .orderBy('number');
  const prints: ConsignmentPrint[] = [];
  for (const row of rows) {
    const facts = await readFacts(trx, row);
    const { orders, parcels } = facts;
    const wantsOwn =
      input.parts.ownLabels === 'always' ||
      (input.parts.ownLabels === 'consolidated' && (orders.length > 1 || parcels.length > 1));
    prints.push({
      consignmentNumber: String(row.number),
      ...(input.parts.carrier ? await carrierLabel(trx, row) : { carrierLabel: null }),
      ownLabels: wantsOwn ? await ownLabels(trx, sealer, row, facts, input.linkUrl) : [],
      packingSlips: input.parts.packingSlips ? await packingSlips(trx, row, facts, input.linkUrl) : [],
    });
  }
  return prints;
}

interface PrintedOrder {
  id: string;
  number: string;
  consignee_id: string;
  external_id: string;
  channel: string;
}

interface Facts {
  brand: { name: string; ship_from: PostalAddress | null };
  carrier: string;
  orders: PrintedOrder[];
  parcels: { order_id: string; weight_grams: number; tracking_number: string | null }[];
}

async function readFacts(trx: Tx, row: Row): Promise<Facts> {
  const brand = await trx('brands')
    .where({ id: row.brand_id as string })
    .first('name', 'ship_from');
  const carrier = await trx('connections')
    .where({ id: row.carrier_connection_id as string })
    .first('name');
  const orders: PrintedOrder[] = await trx('consignment_orders as co')
    .join('orders as o', 'o.id', 'co.order_id')
    .join('channel_orders as ch', 'ch.id', 'o.channel_order_id')
    .join('connections as c', 'c.id', 'o.connection_id')
    .where({ 'co.consignment_id': row.id, 'co.left_at': null })
    .orderBy('o.number')
    .select('o.id', 'o.number', 'o.consignee_id', 'ch.external_id', 'c.name as channel');
  const parcels = await trx('parcels')
    .where({ consignment_id: row.id })
    .whereNot({ state: 'VOIDED' })
    .orderBy('piece_number')
    .select('order_id', 'weight_grams', 'tracking_number');
  return { brand, carrier: carrier?.name ?? '', orders, parcels };
}

async function carrierLabel(trx: Tx, row: Row): Promise<Pick<ConsignmentPrint, 'carrierLabel' | 'printerLabel'>> {
  if (row.label_document_id === null) return { carrierLabel: null };
  const document = await trx('documents')
    .where({ id: row.label_document_id as string })
    .first('bytes', 'format');
  const bytes = document.bytes as Buffer;
  return document.format === 'ZPL' ? { carrierLabel: null, printerLabel: bytes } : { carrierLabel: bytes };
}

async function ownLabels(
  trx: Tx,
  sealer: Sealer,
  row: Row,
  { brand, carrier, orders, parcels }: Facts,
  linkUrl: string,
): Promise<ConsignmentLabelInput[]> {
  const labels: ConsignmentLabelInput[] = [];
  if (brand.ship_from === null) return labels;
  for (const [index, parcel] of parcels.entries()) {
    const own = orders.find(({ id }) => id === parcel.order_id) ?? orders[0];
    const to = own ? await readConsignee(trx, sealer, own.consignee_id) : null;
    if (!to) continue;
    const number = { consignmentNumber: String(row.number), piece: index + 1, pieces: parcels.length };
    labels.push({
      ...number,
      qrText: qrText(`${linkUrl}/consignments/${row.id}?piece=${number.piece}`, pieceCode(number)),
      from: brand.ship_from,
      to,
      // A piece holds one order's goods; the others of the consignment are on the cover sheet.
      orderNumbers: own ? [own.number] : [],
      weightGrams: parcel.weight_grams,
      slotDate: String(row.slot_date),
      slotTime: String(row.slot_time),
      carrier,
      trackingNumber: parcel.tracking_number ?? (row.tracking_number as string | null),
      incoterm: String(row.incoterm),
      marks: own ? marksOf(await goodsIn(trx, own.id)) : [],
    });
  }
  return labels;
}

/** Categories of everything that an order sends. */
async function goodsIn(trx: Tx, orderId: string): Promise<string[]> {
  const rows: { attributes: unknown }[] = await trx('order_lines')
    .join('skus', 'skus.id', 'order_lines.sku_id')
    .join('products', 'products.id', 'skus.product_id')
    .where({ order_id: orderId })
    .whereRaw('quantity_ordered > quantity_cancelled')
    .select('products.attributes');
  return rows.flatMap(({ attributes }) => goodsOf(attributes));
}

async function packingSlips(
  trx: Tx,
  row: Row,
  { brand, orders, parcels }: Facts,
  linkUrl: string,
): Promise<PackingSlipInput[]> {
  const slips: PackingSlipInput[] = [];
  for (const { id, number, external_id, channel } of orders) {
    slips.push({
      brandName: brand.name,
      consignmentNumber: String(row.number),
      pieces: parcels.length,
      orderNumber: number,
      channelOrderNumber: external_id,
      channelName: channel,
      lines: await openLinesOf(trx, id),
      qrText: qrText(`${linkUrl}/orders/${id}`, number),
    });
  }
  return slips;
}
