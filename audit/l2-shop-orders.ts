import type { Tx } from '../db/database.ts';
import { type AuditLine, factsOf, ofKind } from './facts.ts';
import type { OpenProblems } from './problems.ts';
import type { Finding, Source, Verdict } from './types.ts';
import { orderNumberOf, shopOrderLife } from './vocabulary.ts';

export interface AuditedOrder {
  readonly id: string;
  readonly number: string;
  readonly state: string;
  /** The brand's shop; null = a brand without one. */
  readonly store_code: string | null;
  readonly shop_order_id: string | null;
  /** Our books say that the shop has it. */
  readonly pushed: boolean;
  /** Sent label mails that its consignments are in. */
  readonly label_mails: number;
  readonly partly_cancelled: boolean;
  /** Open units per SKU of the shop. */
  readonly units: Readonly<Record<string, number>>;
}

/** An order of ours as a shop has it. */
export interface ShopOrder {
  readonly source: string;
  readonly storeCode: string | null;
  readonly externalId: string;
  readonly number: string;
  readonly reference: string;
  readonly status: string;
  readonly units: Readonly<Record<string, number>>;
}

export async function loadOrders(trx: Tx): Promise<AuditedOrder[]> {
  const { rows } = await trx.raw(
    `select o.id, o.number, o.state, s.code as store_code, o.shop_order_id,
       o.in_shop_at is not null or exists (select 1 from transitions t
         where t.machine = 'order' and t.entity_id = o.id and t.to_state = 'SYNCED') as pushed,
       (select count(distinct m.id) from consignment_orders co
         join mail_consignments mc on mc.consignment_id = co.consignment_id
         join mails m on m.id = mc.mail_id and m.kind = 'labels' and m.sent_at is not null
         where co.order_id = o.id)::int as label_mails,
       coalesce(l.partly_cancelled, false) as partly_cancelled, coalesce(l.units, '{}') as units
     from orders o
     left join connections s on s.id = o.store_connection_id
     left join lateral (
       select bool_or(cancelled > 0) as partly_cancelled, jsonb_object_agg(sku, open) as units from (
         select coalesce(k.sku, l.seller_sku, 'unknown') as sku, sum(l.quantity_cancelled) as cancelled,
           sum(l.quantity_ordered - l.quantity_cancelled) as open
         from order_lines l left join skus k on k.id = l.sku_id where l.order_id = o.id group by 1) per_sku
     ) l on true
     order by o.number`,
  );
  return rows;
}

function unitsOf(lines: readonly { sku: string; quantity: number }[]): Record<string, number> {
  const units: Record<string, number> = {};
  for (const { sku, quantity } of lines) units[sku] = (units[sku] ?? 0) + quantity;
  return units;
}

/** The shop's orders under references of ours, with the status that each has now. */
export function shopOrdersOf(source: { name: string; connectionCode: string | null; lines: readonly AuditLine[] }) {
  const orders = new Map<string, ShopOrder>();
  for (const line of factsOf(source.lines, 'shop-order.created', 'shop-order.status')) {
    if (line.fact === 'shop-order.status') {
      const order = orders.get(line.externalId);
      if (order) orders.set(line.externalId, { ...order, status: line.to });
      continue;
    }
    const number = orderNumberOf(line.reference);
    if (number === null) continue;
    const { externalId, reference, status } = line;
    const units = unitsOf(line.lines);
    const { name, connectionCode } = source;
    orders.set(externalId, { source: name, storeCode: connectionCode, externalId, number, reference, status, units });
  }
  return [...orders.values()];
}

const sameUnits = (a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): boolean =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].every((sku) => (a[sku] ?? 0) === (b[sku] ?? 0));

const shown = (orders: readonly ShopOrder[]): string =>
  orders
    .map(({ source, externalId, reference, status }) => `${source} #${externalId} (${reference}) ${status}`)
    .join(', ') || 'none';

/** L2: one living shop order if and only if the order was pushed, never two; a cancelled one is cancelled there. */
export function checkShopOrders(input: {
  sources: readonly Source[];
  orders: readonly AuditedOrder[];
  problems: OpenProblems;
}): Verdict {
  const { orders, problems } = input;
  const stores = ofKind(input.sources, 'store');
  const witnessed = new Set(stores.map(({ connectionCode }) => connectionCode));
  const there = Map.groupBy(stores.flatMap(shopOrdersOf), ({ number }) => number);
  const findings: Finding[] = [];
  let checked = 0;
  let taken = 0;
  for (const order of orders) {
    const found = there.get(order.number) ?? [];
    there.delete(order.number);
    if (order.store_code !== null && !witnessed.has(order.store_code)) continue;
    checked += 1;
    const judged = order.store_code === null ? judgeMailed(order, found) : judge(order, found, problems);
    findings.push(...judged);
    if (found.length > 1 && judged.length === 0) taken += 1;
  }
  for (const [number, found] of there) {
    findings.push({ what: 'a shop order under a number that we never gave', ids: [number], detail: shown(found) });
  }
  const unseen = orders.length - checked;
  const note = unseen > 0 ? `${unseen} orders of shops without a readable log were left out` : undefined;
  return { checked, findings, figures: { 'L2.doubledAndTakenBack': taken }, ...(note ? { note } : {}) };
}

function judge(order: AuditedOrder, found: readonly ShopOrder[], problems: OpenProblems): Finding[] {
  const finding = (what: string): Finding[] => [
    { what, ids: [order.number, order.id], detail: `${order.state} here; in shops: ${shown(found)}` },
  ];
  const foreign = found.filter(({ storeCode }) => storeCode !== order.store_code);
  if (foreign.length > 0) return finding('in a shop that is not the brand’s');
  const alive = found.filter(({ status }) => shopOrderLife(status) === 'alive');
  if (alive.length > 1) return finding('two living shop orders');
  // From here on an open problem may say why it is as it is.
  if (problems.about(order.id)) return [];
  if (order.state === 'CANCEL_CONFLICT') return finding('a cancel conflict that no open problem shows');
  if (order.state === 'CANCELLED') return alive.length > 0 ? finding('cancelled here, alive in the shop') : [];
  if (order.state === 'CANCEL_PENDING' || order.state === 'CANCEL_REQUESTED') return [];
  if (!order.pushed) return alive.length > 0 ? finding('in the shop, and our books do not know it') : [];
  const standing = found.filter(({ status }) => shopOrderLife(status) !== 'cancelled');
  if (standing.length === 0) return finding('pushed, and the shop has none that stands');
  if (order.shop_order_id !== null && !found.some(({ externalId }) => externalId === order.shop_order_id))
    return finding(`our books name shop order ${order.shop_order_id}`);
  const [only] = alive;
  if (only && !order.partly_cancelled && !sameUnits(only.units, order.units))
    return finding(`other units there: ${JSON.stringify(only.units)} instead of ${JSON.stringify(order.units)}`);
  return [];
}

/** A brand without a shop has the order when the mail with it was accepted. */
function judgeMailed(order: AuditedOrder, found: readonly ShopOrder[]): Finding[] {
  const ids = [order.number, order.id];
  if (found.length > 0) return [{ what: 'in a shop although its brand has none', ids, detail: shown(found) }];
  if (!order.pushed || order.label_mails > 0) return [];
  return [{ what: 'counts as given to the brand, and no mail with it was sent', ids, detail: order.state }];
}
