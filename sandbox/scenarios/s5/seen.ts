import { compare, type Facts, type Row } from '../rows.ts';
import { type CallLine, cuts, rate, type Stage } from './stage.ts';

/** Calls that had been permitted when something became known arrive within this time. */
const underWayMs = 400;

const stockOperation = /WareStock/;
const priceOperation = /(updateSkuList|updateSkuInfo|updatePrice)/;
export const orderDetail = /OrderInfo/;

/** What was seen of the storm from outside. */
export interface Seen {
  readonly calls: readonly CallLine[];
  readonly stormEndsMs: number;
  readonly stormBeginsMs: number;
  readonly hintMs: number;
  readonly perMinute: Readonly<Record<string, { before: number[]; during: number[] }>>;
  readonly alerts: readonly { state: string; title: string; detail: string }[];
}

/** Rows that are not there as they are wanted. */
export async function backlog({ demo, stormId }: Stage): Promise<number> {
  const row = await demo.db.tx('staff', (trx) =>
    trx('listing_skus')
      .where({ connection_id: stormId })
      .whereNotNull('external_sku_id')
      .whereRaw(
        '(price_desired_minor is distinct from price_acknowledged_minor or stock_desired is distinct from stock_acknowledged)',
      )
      .count({ n: '*' })
      .first(),
  );
  return Number(row?.n);
}

/** What people are told about the account. */
export const alertsOf = ({ demo, stormId }: Stage): Promise<{ state: string; title: string; detail: string }[]> =>
  demo.db.tx('staff', (trx) =>
    trx('problems')
      .where({ connection_id: stormId })
      .whereIn('kind', ['channel-throttled', 'activity-refused', 'activity-unexpected', 'account-away'])
      .select('state', 'title', 'detail'),
  );

/** How long each throttle asked for silence; null: it did not say. */
const announcedMs = ({ outcome, fault }: CallLine): number | null | undefined =>
  outcome === 'throttled' && fault === 'throttle' ? null : undefined;

export function rates(stage: Stage, seen: Seen): Row {
  const first = seen.calls.find((call) => announcedMs(call) === null);
  const after = seen.calls.filter(({ wall }) => first !== undefined && wall > first.wall);
  const during = after.filter(({ wall }) => wall < seen.stormEndsMs);
  const seconds = (seen.stormEndsMs - (first?.wall ?? 0)) / 1_000;
  const throttled = during.filter(({ outcome }) => outcome === 'throttled').length;
  // A silence of a second at least follows each throttle; whoever was answered in between goes on at a lowered rate.
  const permitted = Math.ceil((rate.perSecond * seconds) / 4);
  const facts = {
    'throttled share in the storm': ['nine of ten', shareOf(throttled, during.length)],
    'calls in the storm within the learned budget': [true, during.length > 0 && during.length <= permitted],
    'busiest second within the budget': [true, busiest(seen.calls) <= rate.burst + rate.perSecond],
    'calls within 400 to 900 ms of a throttle': [0, inSilence(during)],
  } as const;
  return compare(`a. calls (${during.length} in ${Math.round(seconds)} s; ${stage.skuIds.length} SKUs)`, facts);
}

const shareOf = (part: number, whole: number): string => {
  const share = part / Math.max(1, whole);
  return share > 0.75 && share <= 1 ? 'nine of ten' : `${Math.round(share * 100)} %`;
};

function busiest(calls: readonly CallLine[]): number {
  const walls = calls.map(({ wall }) => wall).sort((a, b) => a - b);
  let most = 0;
  let from = 0;
  for (const [index, wall] of walls.entries()) {
    while ((walls[from] ?? wall) <= wall - 1_000) from += 1;
    most = Math.max(most, index - from + 1);
  }
  return most;
}

/** The shortest silence that any of these throttles leads to is a second; calls under way are let off. */
function inSilence(calls: readonly CallLine[]): number {
  const throttles = calls.filter(({ outcome }) => outcome === 'throttled');
  return calls.filter(({ wall }) =>
    throttles.some((throttle) => wall > throttle.wall + underWayMs && wall < throttle.wall + 900),
  ).length;
}

/** JD.id has no call with which a seller cancels: the cancel is the buyer's, and what is urgent is to read it. */
export function firstSlot({ calls, hintMs }: Seen): Row {
  // Calls whose slot was given before it asked are under way, and it may have been answered by then.
  const after = calls.filter(
    ({ wall, operation }) => wall > hintMs + underWayMs || (wall > hintMs - underWayMs && orderDetail.test(operation)),
  );
  const readAt = after.findIndex(({ operation, outcome }) => orderDetail.test(operation) && outcome === 'answered');
  const until = readAt === -1 ? after : after.slice(0, readAt + 1);
  return compare('b. the cancel (reading the buyer’s cancellation: JD.id has no call of its own for it)', {
    'it was read': [true, readAt !== -1],
    'first call after it asked for a slot': [
      'its reading',
      after[0] && orderDetail.test(after[0].operation) ? 'its reading' : `${after[0]?.operation}`,
    ],
    'other calls before it was read': [0, until.filter(({ operation }) => !orderDetail.test(operation)).length],
  });
}

export function order({ calls }: Seen): Row {
  const written = calls.filter(({ outcome }) => outcome === 'answered');
  const lastCut = written.findIndex(({ operation }) => stockOperation.test(operation) && /update/i.test(operation));
  const firstPrice = calls.findIndex(({ operation }) => priceOperation.test(operation));
  const cutsSent = calls.indexOf(written[lastCut] as CallLine);
  return compare('c. order of work', {
    [`all ${cuts} stock cuts before any price`]: [true, lastCut !== -1 && firstPrice !== -1 && cutsSent < firstPrice],
  });
}

export async function collapsed({ demo, skuIds, size, stormId }: Stage, { calls, hintMs }: Seen): Promise<Row> {
  const sent = calls.filter(
    ({ operation, outcome }) => priceOperation.test(operation) && outcome === 'answered',
  ).length;
  const rows: { price_acknowledged_minor: number }[] = await demo.db.tx('staff', (trx) =>
    trx('listing_skus')
      .where({ connection_id: stormId })
      .whereIn('sku_id', [...skuIds])
      .select('price_acknowledged_minor'),
  );
  const newest = 100_000 + size.waves * 1_000;
  const early = calls.filter(
    ({ operation, outcome, wall }) => priceOperation.test(operation) && outcome === 'answered' && wall < hintMs,
  ).length;
  const updates = skuIds.length * size.waves;
  return compare(`d. ${updates} price updates of ${skuIds.length} SKUs`, {
    'price calls that went through': [
      `at most ${skuIds.length + early}`,
      sent <= skuIds.length + early ? `at most ${skuIds.length + early}` : sent,
    ],
    'SKUs with the newest price': [skuIds.length, rows.filter((row) => row.price_acknowledged_minor === newest).length],
  });
}

export async function nothingLost(stage: Stage): Promise<Row> {
  const { demo, stormId } = stage;
  const products =
    await demo.marketplace.get<{ skus: { sellerSkuId: string; stock: number; jdPrice: number }[] }[]>('products');
  const there = new Map(products.flatMap(({ skus }) => skus).map((sku) => [sku.sellerSkuId, sku]));
  const rows: { seller_sku: string; stock_desired: number; price_desired_minor: number }[] = await demo.db.tx(
    'staff',
    (trx) => trx('listing_skus').where({ connection_id: stormId }).whereNotNull('external_sku_id').select(),
  );
  const differing = rows.filter((row) => {
    const sku = there.get(row.seller_sku);
    return sku?.stock !== row.stock_desired || sku.jdPrice !== row.price_desired_minor;
  });
  const others = (await alertsOf(stage)).filter(({ title }) => !title.includes('channel throttled'));
  return compare('e. nothing lost or given up', {
    'rows that differ from the marketplace': [0, differing.length],
    'activities given up': [0, others.length],
    'rows still waiting': [0, await backlog(stage)],
  });
}

export function others({ perMinute }: Seen): Row {
  const usual = (counts: readonly number[]): string => [...new Set(counts)].sort((a, b) => a - b).join(' or ');
  const facts: Record<string, readonly [Facts[string], Facts[string]]> = {};
  for (const [code, { before, during }] of Object.entries(perMinute)) {
    facts[`${code}: calls per virtual minute`] = [usual(before), usual(during)];
  }
  return compare('f. other channels', facts);
}

export function alert({ alerts }: Seen, now: Seen['alerts']): Row {
  const [open] = alerts;
  return compare('g. the alert', {
    'problems of the account in the storm': [1, alerts.length],
    named: ['channel throttled', open?.title.includes('channel throttled') ? 'channel throttled' : `${open?.title}`],
    'shows backlog and estimated finish': [true, /Backlog: .*Estimated finish \d{4}-/.test(open?.detail ?? '')],
    'closed by itself': [true, now.length > 0 && now.every(({ state }) => state === 'RESOLVED')],
  });
}
