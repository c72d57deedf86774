import { setTimeout as sleep } from 'node:timers/promises';
import type { Stagehand } from '../main.ts';
import { broken, compare, type Facts, type Row } from '../rows.ts';
import { makeStage as makeOrderStage } from '../s1/stage.ts';
import { until } from '../wait.ts';
import { type CallLine, calmCodes, cuts, makeStage, minuteMs, rate, type Size, type Stage } from './stage.ts';

const full: Size = { products: 50, skusEach: 100, waves: 4, minuteWallMs: 4_000 };
const quick: Size = { products: 10, skusEach: 50, waves: 4, minuteWallMs: 2_500 };

const minutesBefore = 3;
const stormMinutes = 15;
/** The cancellation comes in this minute of the storm. */
const cancelMinute = 6;
/** Calls that had been permitted when something became known arrive within this time. */
const underWayMs = 400;

const stockOperation = /WareStock/;
const priceOperation = /(updateSkuList|updateSkuInfo|updatePrice)/;
const orderDetail = /OrderInfo/;

/** What was seen of the storm from outside. */
interface Seen {
  readonly calls: readonly CallLine[];
  readonly stormEndsMs: number;
  readonly stormBeginsMs: number;
  readonly hintMs: number;
  readonly perMinute: Readonly<Record<string, { before: number[]; during: number[] }>>;
  readonly alerts: readonly { state: string; title: string; detail: string }[];
}

/** Scenario S5: a marketplace answers nine calls of ten with "slow down" while twenty thousand updates wait. */
export async function runS5({ demo, say, add }: Stagehand, { isQuick }: { isQuick: boolean }): Promise<void> {
  const step = async (title: string, work: () => Promise<Row | Row[]>): Promise<void> => {
    say(title);
    try {
      for (const row of [await work()].flat()) add(row);
    } catch (error) {
      say(error instanceof Error ? (error.stack ?? error.message) : String(error));
      add(broken(title, error));
    }
  };
  const orders = await makeOrderStage(demo, say, 1);
  const [one, other] = orders.pair();
  const externalId = await orders.buy([one, other]);
  await demo.sync('orders');
  await approveAll(orders.demo);
  await demo.quiet();
  const stage = await makeStage(demo, isQuick ? quick : full, say);
  let seen: Seen | null = null;
  await step('the storm', async () => {
    seen = await storm(stage, externalId, say);
    return rates(stage, seen);
  });
  await step('afterwards', async () => {
    if (!seen) throw new Error('there was no storm to look back at');
    return [
      firstSlot(seen),
      order(seen),
      await collapsed(stage, seen),
      await nothingLost(stage),
      others(seen),
      alert(seen, await alertsOf(stage)),
    ];
  });
}

async function approveAll(demo: Stage['demo']): Promise<void> {
  const { rows } = await demo.api.get<{ rows: { id: string; version: number }[] }>('orders?limit=200&state=NEW');
  const items = rows.map(({ id, version }) => ({ id, version }));
  await demo.api.send('POST', 'orders/bulk', { type: 'APPROVE', items });
}

/** Three throttles in turn: one that names seconds, one that names nothing, one with a date; nine of ten calls in all. */
async function beginStorm({ demo }: Stage): Promise<void> {
  const kinds = [
    { retryAfter: 'seconds', seconds: 2, probability: 0.4 },
    { retryAfter: 'absent', seconds: 0, probability: 0.5 },
    { retryAfter: 'date', seconds: 2, probability: 2 / 3 },
  ];
  for (const { probability, ...fault } of kinds) {
    await demo.marketplace.post('faults', { match: {}, times: 0, probability, fault: { kind: 'throttle', ...fault } });
  }
}

async function storm(stage: Stage, externalId: string, say: (line: string) => void): Promise<Seen> {
  const { demo, size } = stage;
  const perMinute = Object.fromEntries(
    calmCodes.map((code) => [code, { before: [] as number[], during: [] as number[] }]),
  );
  const minute = async (when: 'before' | 'during'): Promise<void> => {
    const begunMs = performance.now();
    const marks = await Promise.all(calmCodes.map((code) => stage.lastLine(stage.controlOf(code))));
    await demo.advance(minuteMs, { whileBusy: true });
    await stage.askCalm();
    for (const [index, code] of calmCodes.entries()) {
      const calls = await stage.calls(stage.controlOf(code), marks[index] ?? 0);
      perMinute[code]?.[when].push(calls.length);
    }
    await sleep(Math.max(0, size.minuteWallMs - (performance.now() - begunMs)));
  };
  for (let n = 0; n < minutesBefore; n += 1) await minute('before');
  await demo.quiet();
  const mark = await stage.lastLine(demo.marketplace);
  await beginStorm(stage);
  const stormBeginsMs = Date.now();
  for (let wave = 1; wave < size.waves; wave += 1) await stage.updatePrices(wave);
  await stage.wake();
  await stage.cutStock();
  let hintMs = 0;
  const alerts: Seen['alerts'][number][] = [];
  for (let n = 1; n <= stormMinutes; n += 1) {
    if (n === cancelMinute) {
      await stage.updatePrices(size.waves);
      await demo.marketplace.post(`orders/${externalId}/cancel-request`);
      hintMs = Date.now();
      await demo.api.send('POST', `connections/${stage.stormId}/fetch`, { externalId });
    }
    await minute('during');
    if (n === stormMinutes - 1) alerts.push(...(await alertsOf(stage)));
  }
  await demo.marketplace.delete('faults');
  const stormEndsMs = Date.now();
  say(`     the storm is over; ${await backlog(stage)} rows wait`);
  await until('all of it is sent', async () => (await backlog(stage)) === 0, 600_000);
  // The rate grows back within a minute of wall time; the alert follows at the next tick.
  for (let n = 0; n < 20 && (await alertsOf(stage)).some(({ state }) => state !== 'RESOLVED'); n += 1) {
    await sleep(2_000);
    await demo.advance(minuteMs, { whileBusy: true });
  }
  await demo.quiet();
  const calls = await stage.calls(demo.marketplace, mark);
  return { calls, stormBeginsMs, stormEndsMs, hintMs, perMinute, alerts };
}

async function backlog({ demo, stormId }: Stage): Promise<number> {
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

const alertsOf = ({ demo, stormId }: Stage): Promise<{ state: string; title: string; detail: string }[]> =>
  demo.db.tx('staff', (trx) =>
    trx('problems')
      .where({ connection_id: stormId })
      .whereIn('kind', ['channel-throttled', 'activity-refused', 'activity-unexpected', 'account-away'])
      .select('state', 'title', 'detail'),
  );

/** How long each throttle asked for silence; null: it did not say. */
const announcedMs = ({ outcome, fault }: CallLine): number | null | undefined =>
  outcome === 'throttled' && fault === 'throttle' ? null : undefined;

function rates(stage: Stage, seen: Seen): Row {
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
function firstSlot({ calls, hintMs }: Seen): Row {
  const after = calls.filter(({ wall }) => wall > hintMs + underWayMs);
  const readAt = after.findIndex(({ operation, outcome }) => orderDetail.test(operation) && outcome === 'answered');
  const until = readAt === -1 ? after : after.slice(0, readAt + 1);
  return compare('b. the cancel (reading the buyer’s cancellation: JD.id has no call of its own for it)', {
    'it was read': [true, readAt !== -1],
    'first call after it came': [
      'its reading',
      after[0] && orderDetail.test(after[0].operation) ? 'its reading' : `${after[0]?.operation}`,
    ],
    'other calls before it was read': [0, until.filter(({ operation }) => !orderDetail.test(operation)).length],
  });
}

function order({ calls }: Seen): Row {
  const written = calls.filter(({ outcome }) => outcome === 'answered');
  const lastCut = written.findIndex(({ operation }) => stockOperation.test(operation) && /update/i.test(operation));
  const firstPrice = calls.findIndex(({ operation }) => priceOperation.test(operation));
  const cutsSent = calls.indexOf(written[lastCut] as CallLine);
  return compare('c. order of work', {
    [`all ${cuts} stock cuts before any price`]: [true, lastCut !== -1 && firstPrice !== -1 && cutsSent < firstPrice],
  });
}

async function collapsed({ demo, skuIds, size, stormId }: Stage, { calls, hintMs }: Seen): Promise<Row> {
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

async function nothingLost(stage: Stage): Promise<Row> {
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

function others({ perMinute }: Seen): Row {
  const usual = (counts: readonly number[]): string => [...new Set(counts)].sort((a, b) => a - b).join(' or ');
  const facts: Record<string, readonly [Facts[string], Facts[string]]> = {};
  for (const [code, { before, during }] of Object.entries(perMinute)) {
    facts[`${code}: calls per virtual minute`] = [usual(before), usual(during)];
  }
  return compare('f. other channels', facts);
}

function alert({ alerts }: Seen, now: Seen['alerts']): Row {
  const [open] = alerts;
  return compare('g. the alert', {
    'problems of the account in the storm': [1, alerts.length],
    named: ['channel throttled', open?.title.includes('channel throttled') ? 'channel throttled' : `${open?.title}`],
    'shows backlog and estimated finish': [true, /Backlog: .*Estimated finish \d{4}-/.test(open?.detail ?? '')],
    'closed by itself': [true, now.length > 0 && now.every(({ state }) => state === 'RESOLVED')],
  });
}
