import { randomUUID } from 'node:crypto';
import type { PostalAddress } from '../connectors/contract/common.ts';
import type { PlanningFault } from '../freight/carrier-limits.ts';
import { type DeclaredLine, declarationFaults } from '../freight/customs.ts';
import type { Tx } from './database.ts';
import { orderKey } from './follow-ups.ts';
import { type OpenLine, openLines } from './shipments.ts';
import type { Command, Row } from './steps.ts';
import { wake } from './stock.ts';

const declaredLine = (line: OpenLine): DeclaredLine => ({
  sku: line.sku,
  description: line.title,
  hsCode: line.hs_code,
  originCountryCode: line.origin_country_code,
  unitValueMinor: line.unit_price_minor,
  netWeightGrams: line.weight_grams,
});

/** A person's word that goods go although their papers lack something. */
export interface CustomsRelease {
  readonly why: string;
  readonly missing: readonly { readonly field: string; readonly message: string }[];
  readonly by: string;
  readonly at: Date;
}

/** Releases in force, by order. */
async function releasesOf(trx: Tx, orderIds: readonly string[]): Promise<Map<string, CustomsRelease>> {
  const rows = await trx('customs_releases')
    .whereIn('order_id', [...orderIds])
    .whereNull('withdrawn_at');
  return new Map(
    rows.map((row) => [row.order_id, { why: row.why, missing: row.missing, by: row.released_by, at: row.released_at }]),
  );
}

/** Countries, ISO 3166-1 alpha-2. */
interface Lane {
  readonly from: string;
  readonly to: string;
}

/**
 * What customs at the destination would miss: goods whose HS code, origin, value, weight or description is missing do not
 * get in. Empty within a country. What a person released for an order is left out; what came to lack since is not.
 */
export async function undeclaredFaults(trx: Tx, lane: Lane, lines: readonly OpenLine[]): Promise<PlanningFault[]> {
  if (lane.from === lane.to) return [];
  const lacking = lines.flatMap((line) =>
    declarationFaults([declaredLine(line)]).map((fault) => ({ fault, orderId: line.order_id })),
  );
  if (lacking.length === 0) return [];
  const releases = await releasesOf(
    trx,
    lacking.map(({ orderId }) => orderId),
  );
  return lacking
    .filter(({ fault, orderId }) => !releases.get(orderId)?.missing.some(({ field }) => field === fault.field))
    .map(({ fault }) => fault);
}

/** The same of a consignment as its products are now: asked before it is booked, for products change after the planning. */
export async function consignmentCustoms(trx: Tx, row: Row): Promise<PlanningFault[]> {
  const from = await shipsFrom(trx, String(row.brand_id));
  if (from === null) return [];
  const orderIds: string[] = await trx('consignment_orders')
    .where({ consignment_id: row.id, left_at: null })
    .pluck('order_id');
  return undeclaredFaults(trx, { from, to: String(row.destination_country_code) }, await openLines(trx, orderIds));
}

/** What is missing in one sentence, with what a person can do. */
export function missingSaid(faults: readonly PlanningFault[]): { why: string; remedy: string } {
  const remedies = [...new Set(faults.map(({ remedy }) => remedy))].join(' ');
  return {
    why: faults.map(({ field, message }) => (field ? `${message} (${field})` : message)).join('; '),
    remedy: `${remedies} Or let it go without: release it on the order’s page, with the reason.`,
  };
}

/**
 * Open consignments that are due, cross a border and hold a line that may lack something: found in one question, to be looked
 * at closely (`consignmentCustoms`).
 */
export async function dueWithGaps(trx: Tx, at: Date): Promise<Row[]> {
  return trx('consignments as c')
    .join('brands as b', 'b.id', 'c.brand_id')
    .where({ 'c.state': 'OPEN' })
    .where('c.close_due_at', '<=', at)
    .whereRaw(`b.ship_from ->> 'countryCode' <> c.destination_country_code`)
    .whereExists((gap) =>
      gap
        .from('consignment_orders as co')
        .join('order_lines as l', 'l.order_id', 'co.order_id')
        .join('skus as s', 's.id', 'l.sku_id')
        .whereRaw('co.consignment_id = c.id and co.left_at is null and l.quantity_ordered > l.quantity_cancelled')
        .whereRaw(
          `not (coalesce(regexp_replace(s.hs_code, '[. ]', '', 'g') ~ '^[0-9]{6,12}$', false) and coalesce(s.origin_country_code ~ '^[A-Z]{2}$', false)
            and l.unit_price_minor > 0 and coalesce(s.weight_grams > 0, false) and l.title ~ '[A-Za-z]{2}')`,
        ),
    )
    .orderBy('c.id')
    .select('c.*');
}

async function shipsFrom(trx: Tx, brandId: string): Promise<string | null> {
  const brand = await trx('brands').where({ id: brandId }).first('ship_from');
  return (brand?.ship_from as PostalAddress | null)?.countryCode ?? null;
}

export type ReleaseOutcome =
  | { readonly ok: true; readonly missing: CustomsRelease['missing'] }
  | { readonly ok: false; readonly why: string };

/**
 * Lets an order go although its customs papers lack something: by a person, with the reason. It covers what is missing now
 * and nothing that comes to lack later. The carrier's own demands stay: what it refuses before the booking, it refuses.
 */
export async function releaseCustoms(trx: Tx, order: Row, why: string, command: Command): Promise<ReleaseOutcome> {
  const { missing } = await customsPapersOf(trx, order);
  if (missing.length === 0) return { ok: false, why: 'Its customs papers lack nothing.' };
  await withdrawRelease(trx, order.id, command);
  await trx('customs_releases').insert({
    id: randomUUID(),
    brand_id: order.brand_id,
    order_id: order.id,
    why,
    missing: JSON.stringify(missing),
    released_by: command.actor,
    released_at: command.at,
  });
  await wake(trx, [{ topic: 'order', key: orderKey(order.id), payload: { id: order.id } }], command);
  return { ok: true, missing };
}

/** Takes a release back; it stays in the books. False where none is in force. What is booked already stays booked. */
export async function withdrawRelease(trx: Tx, orderId: string, command: Command): Promise<boolean> {
  const ended = await trx('customs_releases')
    .where({ order_id: orderId, withdrawn_at: null })
    .update({ withdrawn_by: command.actor, withdrawn_at: command.at });
  return ended > 0;
}

/** What an order's papers lack now (empty within a country), released or not, and its release that is in force. */
export async function customsPapersOf(
  trx: Tx,
  order: Row,
): Promise<{ readonly missing: CustomsRelease['missing']; readonly release: CustomsRelease | null }> {
  const from = await shipsFrom(trx, String(order.brand_id));
  const { country_code: to } = await trx('consignees')
    .where({ id: String(order.consignee_id) })
    .first('country_code');
  const release = (await releasesOf(trx, [order.id])).get(order.id) ?? null;
  if (from === null || from === to) return { missing: [], release };
  const faults = declarationFaults((await openLines(trx, [order.id])).map(declaredLine));
  return { missing: faults.map(({ field, message }) => ({ field: field ?? '', message })), release };
}
