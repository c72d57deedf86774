import type { Static } from '@sinclair/typebox';
import type { Stepped } from '../../api/schemas/common.ts';
import type { OrderDetail, OrderRow } from '../../api/schemas/orders.ts';
import { type Context, more, type Outcome, type Page, readRows } from '../command.ts';
import { CliFault } from '../exit-codes.ts';
import { loggedIn } from '../session.ts';
import { amount, plain, table, time } from '../text.ts';

type Row = Static<typeof OrderRow>;
type Detail = Static<typeof OrderDetail>;

export interface ListOptions {
  readonly state?: string;
  readonly brand?: string;
  readonly connection?: string;
  readonly search?: string;
  readonly limit: number;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The id behind a code that people use. @throws CliFault notFound */
export async function idOfCode(context: Context, what: 'brands' | 'connections', code: string): Promise<string> {
  const client = await loggedIn(context.options);
  const query = what === 'connections' ? `?q=${encodeURIComponent(code)}&limit=200` : '';
  const { rows } = await client.get<{ rows: { id: string; code: string }[] }>(`/api/${what}${query}`);
  const found = rows.find((row) => row.code === code || row.id === code);
  if (!found) throw new CliFault('notFound', `There is no ${what.slice(0, -1)} with the code ${code}.`);
  return found.id;
}

export async function listOrders(context: Context, options: ListOptions): Promise<Outcome> {
  const query = {
    state: options.state?.toUpperCase(),
    brand: options.brand === undefined ? undefined : await idOfCode(context, 'brands', options.brand),
    connection:
      options.connection === undefined ? undefined : await idOfCode(context, 'connections', options.connection),
    q: options.search,
  };
  const page = await readRows<Row>(context, '/api/orders', query, options.limit);
  const rows = page.rows.map((row) => [
    row.number,
    row.state,
    row.brand.code,
    row.connection.code,
    row.channelOrderNumber,
    amount(row.total),
    row.problems === 0 ? '' : row.problems,
    time(row.orderedAt),
  ]);
  const heads = ['NUMBER', 'STATE', 'BRAND', 'CHANNEL', 'THERE', 'TOTAL', 'PROBLEMS', 'ORDERED'];
  return { json: page, text: table(heads, rows) + more(page) };
}

/** The order behind a number that people see, or its id. @throws CliFault notFound */
export async function findOrderRow(context: Context, number: string): Promise<{ id: string; version?: number }> {
  if (uuid.test(number)) return { id: number };
  const client = await loggedIn(context.options);
  const { rows } = await client.get<Page<Row>>(`/api/orders?limit=200&q=${encodeURIComponent(number)}`);
  const wanted = number.toLowerCase();
  const exact = rows.filter((row) =>
    [row.number, row.channelOrderNumber].some((text) => text.toLowerCase() === wanted),
  );
  const [first, second] = exact;
  if (!first) throw new CliFault('notFound', `There is no order ${number}.`);
  if (second) {
    const numbers = exact.map((row) => row.number).join(', ');
    throw new CliFault('refused', `${number} became several orders: ${numbers}.`, { remedy: 'Name one of them.' });
  }
  return first;
}

async function readOrder(context: Context, number: string): Promise<Detail> {
  const { id } = await findOrderRow(context, number);
  return (await loggedIn(context.options)).get<Detail>(`/api/orders/${id}`);
}

export async function showOrder(context: Context, number: string): Promise<Outcome> {
  const order = await readOrder(context, number);
  return { json: order, text: renderOrder(order) };
}

function renderOrder(order: Detail): string {
  const lines = table(
    ['SKU', 'ORDERED', 'CANCELLED', 'SHIPPED', 'RETURNED', 'HELD', 'TITLE'],
    order.lines.map((line) => [
      line.sku,
      line.ordered,
      line.cancelled,
      line.shipped,
      line.returned,
      line.reserved,
      line.title,
    ]),
  );
  const timeline = table(
    ['AT', 'THERE', 'WHO', 'WHAT'],
    order.timeline.map((entry) => [
      time(entry.at),
      entry.otherClock === undefined ? '' : time(entry.otherClock),
      entry.actor,
      [entry.title, entry.from === undefined ? null : `${entry.from || '∅'} → ${entry.to}`, entry.detail]
        .filter(Boolean)
        .join(' · '),
    ]),
  );
  const facts = [
    ['Total', amount(order.total)],
    ['Ordered', time(order.orderedAt)],
    ['Ship by', time(order.shipBy)],
    ['In the shop', order.shopOrderNumber ?? order.shopOrderId ?? '-'],
    ['Tracking', order.trackingNumber ?? '-'],
    ['Approved', order.approvedBy === null ? '-' : `${order.approvedBy}, ${time(order.approvedAt)}`],
    ['Process', order.temporalUrl ?? '-'],
  ].map(([name = '', value = '']) => `${name.padEnd(12)} ${plain(value)}`);
  return [
    `${order.number}  ${order.state}  version ${order.version}`,
    plain(`${order.brand.name} · ${order.connection.name} ${order.channelOrderNumber} (${order.nativeState ?? '-'})`),
    '',
    `Path         ${order.path.join(' → ')}`,
    ...facts,
    '',
    lines,
    '',
    'What happened',
    timeline,
    '',
    'What can be done now',
    ...order.allowed.map(({ type, label, means, ok, why }) =>
      ok ? `  ${type.padEnd(24)} ${label}: ${means}` : `  ${type.padEnd(24)} not now: ${why ?? ''}`,
    ),
  ].join('\n');
}

/** Sends one event to each of the named orders, at the version that they are at now. */
export async function sendToOrders(
  context: Context,
  numbers: readonly string[],
  event: { type: string; why?: string | undefined },
): Promise<Outcome> {
  const client = await loggedIn(context.options);
  const results: { number: string; ok: boolean; state?: string; code?: string; why?: string }[] = [];
  let exit: Outcome['exit'] = 'ok';
  for (const number of numbers) {
    try {
      const { id, version } = await readOrder(context, number);
      const body = { type: event.type, version, ...(event.why === undefined ? {} : { why: event.why }) };
      const { state } = await client.post<Static<typeof Stepped>>(`/api/orders/${id}/events`, body);
      results.push({ number, ok: true, state });
    } catch (error) {
      if (!(error instanceof CliFault) || error.exit === 'unreachable' || numbers.length === 1) throw error;
      results.push({ number, ok: false, code: error.extras.code ?? error.exit, why: error.message });
      exit = 'refused';
    }
  }
  const rows = results.map(({ number, ok, state, why }) => [number, ok ? 'done' : 'refused', ok ? state : why]);
  return { json: { results }, text: table(['ORDER', 'OUTCOME', 'NOW'], rows), exit };
}
