import type { Tx } from '../db/database.ts';
import { machines } from '../state-machines/index.ts';
import { type Connections, connectionOf, withoutConnection } from './connections.ts';
import { type AuditLine, factsOf, newestBy, ofKind } from './facts.ts';
import type { OpenProblems } from './problems.ts';
import type { Finding, Source, Verdict } from './types.ts';

interface StoredLine {
  readonly externalLineId: string;
  readonly sellerSku: string | null;
  readonly externalSkuId: string;
  readonly quantity: number;
  readonly unitPrice: { readonly amountMinor: number; readonly currency: string };
}

/** A channel order as it stands here. */
export interface StoredChannelOrder {
  readonly id: string;
  readonly connection_id: string;
  readonly external_id: string;
  /** Null = only its number and a state are known. */
  readonly lines: readonly StoredLine[] | null;
  readonly currency: string | null;
  readonly total_minor: number | null;
  /** What the buyer paid for shipping of the whole basket; absent = not looked at. */
  readonly shipping_minor?: number | null;
  readonly orders: readonly {
    readonly id: string;
    readonly number: string;
    readonly state: string;
    readonly lineIds: readonly string[];
    /** Its share of the shipping charge. */
    readonly shippingMinor?: number;
  }[];
}

export interface AnnouncedOrder {
  readonly externalId: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: number; readonly unitPriceMinor: number }[];
  readonly totalMinor: number;
  readonly currency: string;
}

/** What a marketplace announced, with its newest content. */
export function announcedOrders(lines: readonly AuditLine[]): AnnouncedOrder[] {
  return [...newestBy(factsOf(lines, 'order.announced'), ({ externalId }) => externalId).values()];
}

export async function loadChannelOrders(trx: Tx): Promise<StoredChannelOrder[]> {
  const { rows } = await trx.raw(
    `select c.id, c.connection_id, c.external_id, c.lines, c.currency, c.total_minor, c.shipping_minor, coalesce(o.orders, '[]') as orders
     from channel_orders c
     left join (
       select o.channel_order_id, jsonb_agg(jsonb_build_object('id', o.id, 'number', o.number, 'state', o.state,
         'shippingMinor', o.shipping_minor,
         'lineIds', coalesce((select jsonb_agg(l.external_line_id) from order_lines l where l.order_id = o.id), '[]'))
         order by o.number) as orders
       from orders o group by o.channel_order_id
     ) o on o.channel_order_id = c.id`,
  );
  return rows;
}

/** One spelling for lines, whatever their order; lines of one SKU and price are added up. */
function content(lines: readonly { sku: string; quantity: number; unitPriceMinor: number }[]): string {
  const sums = new Map<string, number>();
  for (const { sku, quantity, unitPriceMinor } of lines) {
    const key = `${sku} at ${unitPriceMinor}`;
    sums.set(key, (sums.get(key) ?? 0) + quantity);
  }
  return [...sums]
    .map(([key, quantity]) => `${quantity} × ${key}`)
    .toSorted()
    .join(', ');
}

const contentHere = (lines: readonly StoredLine[]): string =>
  content(
    lines.map((line) => ({
      sku: line.sellerSku ?? line.externalSkuId,
      quantity: line.quantity,
      unitPriceMinor: line.unitPrice.amountMinor,
    })),
  );

/** L1: every order that a marketplace ever announced exists here once, with equal lines and totals. */
export function checkOrders(input: {
  sources: readonly Source[];
  connections: Connections;
  stored: readonly StoredChannelOrder[];
  problems: OpenProblems;
}): Verdict {
  const { connections, stored, problems } = input;
  const findings: Finding[] = [];
  let checked = 0;
  for (const source of ofKind(input.sources, 'marketplace')) {
    const announced = announcedOrders(source.lines);
    checked += announced.length;
    const connection = connectionOf(connections, source);
    if (!connection) {
      if (announced.length > 0) findings.push(withoutConnection(source));
      continue;
    }
    const here = stored.filter(({ connection_id }) => connection_id === connection.id);
    const known = new Set(announced.map(({ externalId }) => externalId));
    for (const order of announced) {
      const same = here.filter(({ external_id }) => external_id === order.externalId);
      findings.push(...compare(source.name, order, same, problems));
    }
    for (const { external_id, id } of here) {
      if (known.has(external_id)) continue;
      findings.push({
        what: 'an order that nobody announced',
        ids: [external_id, id],
        detail: `${source.name} has never announced it since its last reset.`,
      });
    }
  }
  const note = checked === 0 ? 'no marketplace announced an order' : undefined;
  return { checked, findings, figures: { 'L1.announced': checked }, ...(note ? { note } : {}) };
}

function compare(
  from: string,
  announced: AnnouncedOrder,
  here: readonly StoredChannelOrder[],
  problems: OpenProblems,
): Finding[] {
  const { externalId } = announced;
  const [row, ...more] = here;
  if (!row) return [{ what: 'an announced order is missing', ids: [externalId], detail: `${from} announced it.` }];
  if (more.length > 0)
    return [
      { what: 'an announced order is here twice', ids: here.map(({ id }) => id), detail: `${from} ${externalId}` },
    ];
  const ids = [externalId, row.id];
  if (row.lines === null) {
    if (problems.about(row.id)) return [];
    return [{ what: 'an announced order has no lines here', ids, detail: `${from}: ${content(announced.lines)}` }];
  }
  const [there, ours] = [content(announced.lines), contentHere(row.lines)];
  const findings: Finding[] = [];
  if (there !== ours) findings.push({ what: 'lines differ', ids, detail: `there: ${there}; here: ${ours}` });
  const total = `${announced.totalMinor} ${announced.currency}`;
  const totalHere = `${row.total_minor} ${row.currency}`;
  if (total !== totalHere) findings.push({ what: 'totals differ', ids, detail: `there: ${total}; here: ${totalHere}` });
  return [...findings, ...shippingShares(row, row.lines, problems), ...linesWithoutOrder(row, row.lines, problems)];
}

/** The shares of the brands' orders add up to what the buyer paid for shipping, to the minor unit. */
function shippingShares(row: StoredChannelOrder, lines: readonly StoredLine[], problems: OpenProblems): Finding[] {
  const charge = row.shipping_minor ?? null;
  const shown = new Set(lines.map(({ externalLineId }) => externalLineId));
  // An order whose lines have all gone from the basket keeps the share that it had.
  const parts = row.orders.filter(({ lineIds }) => lineIds.some((id) => shown.has(id)));
  if (charge === null || parts.length === 0 || problems.about(row.id)) return [];
  if (parts.some(({ id }) => problems.about(id))) return [];
  const sum = parts.reduce((all, { shippingMinor = 0 }) => all + shippingMinor, 0);
  if (sum === charge) return [];
  const shares = parts.map(({ number, shippingMinor }) => `${number} ${shippingMinor ?? 0}`).join(', ');
  return [{ what: 'shipping shares do not add up', ids: [row.external_id, row.id], detail: `${shares} of ${charge}` }];
}

/** Each line belongs to exactly one brand's order, unless a problem says why not or all its orders are closed. */
function linesWithoutOrder(row: StoredChannelOrder, lines: readonly StoredLine[], problems: OpenProblems): Finding[] {
  if (problems.about(row.id, ...row.orders.map(({ id }) => id))) return [];
  const isClosed = (state: string) => machines.order.closed.includes(state) || state.startsWith('CANCEL_');
  if (row.orders.length > 0 && row.orders.every(({ state }) => isClosed(state))) return [];
  return lines.flatMap(({ externalLineId }) => {
    const holders = row.orders.filter(({ lineIds }) => lineIds.includes(externalLineId));
    if (holders.length === 1) return [];
    return [
      {
        what: holders.length === 0 ? 'a line is in no order' : 'a line is in several orders',
        ids: [row.external_id, ...holders.map(({ number }) => number)],
        detail: `line ${externalLineId}`,
      },
    ];
  });
}
