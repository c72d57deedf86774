import { allocate, type Claim } from '../allocate.ts';
import { nextOffers } from '../next-offers.ts';
import { planStock, type StockPolicy } from '../policy.ts';

/** What became of one unit for which two marketplaces (and the brand's own shop) had buyers within one second. */
export interface RaceOutcome {
  /** Orders that marketplaces accepted. */
  readonly accepted: number;
  readonly allocated: number;
  readonly soldInShop: boolean;
  /** Orders that cannot be served although nobody but marketplaces sold: the engine's fault. */
  readonly oversold: number;
}

/** A small seeded generator (mulberry32): the same seed plays the same race. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Channel {
  readonly id: string;
  shown: number;
  low: number;
  high: number;
  inFlight: boolean;
  confirmed: boolean;
  unread: number;
}

interface Race {
  readonly policy: StockPolicy;
  readonly withShop: boolean;
}

const start = new Date('2026-01-05T09:00:00Z');

/**
 * Plays scenario S2 once, without any I/O: one unit, two marketplaces, buyers at each of them and possibly in the shop within
 * the same second, calls that take 20 to 900 ms and are sometimes lost, orders read every 300 ms, levels every 400 ms.
 */
export function race(seed: number, { policy, withShop }: Race): RaceOutcome {
  const random = randomOf(seed);
  const channels: Channel[] = ['a', 'b'].map((id) => ({
    ...{ id, shown: 0, low: 0, high: 0, unread: 0, inFlight: false, confirmed: true },
  }));
  const orders: Claim[] = [];
  let shop = 1;
  let shopSeen = 1;
  let known = 0;
  let soldInShop = false;
  const events: { atMs: number; run: (nowMs: number) => void }[] = [];
  const after = (nowMs: number, delayMs: number, run: (nowMs: number) => void): void => {
    events.push({ atMs: nowMs + delayMs, run });
  };
  const desired = (): Map<string, number> => {
    const plan = planStock(
      {
        ...{ onHand: shopSeen, reserved: known, safetyStock: 0, safetyFrom: 'brand', policy, quotaThreshold: 10 },
        ...{ thresholdFrom: 'brand', sharedBuffer: 0, gone: false, at: start },
      },
      channels.map(({ id, low }) => ({ id, name: id, live: true, weight: 1, holding: low, adjustments: [] })),
    );
    return new Map(plan.channels.map((offer) => [offer.id, offer.desired]));
  };
  const act = (nowMs: number): void => {
    const wanted = desired();
    const state = channels.map((channel) => ({ ...channel, desired: wanted.get(channel.id) ?? 0 }));
    const { writes } = nextOffers({ policy, available: Math.max(0, shopSeen - known), channels: state });
    for (const { id, quantity } of writes) {
      const channel = channels.find((candidate) => candidate.id === id);
      if (channel && channel.unread === 0) send(channel, quantity, nowMs);
    }
  };
  const send = (channel: Channel, quantity: number, nowMs: number): void => {
    const before = channel.high;
    Object.assign(channel, { inFlight: true, confirmed: false });
    channel.low = Math.min(channel.low, quantity);
    channel.high = Math.max(channel.high, quantity);
    const isLost = random() < 0.1;
    const hasEffect = !isLost || random() < 0.5;
    const soldAtStart = orders.length;
    after(nowMs, 10 + random() * 440, (effectMs) => {
      // Compare and set: a unit sold since the write was decided is not shown again.
      if (hasEffect && (soldAtStart === orders.length || quantity === 0)) channel.shown = quantity;
      after(effectMs, 10 + random() * 440, (answerMs) => {
        channel.inFlight = false;
        const isDone = !isLost && channel.shown === quantity;
        if (isDone) Object.assign(channel, { low: quantity, high: Math.max(quantity, before), confirmed: true });
        act(answerMs);
      });
    });
  };
  const buy = (channel: Channel) => (nowMs: number) => {
    if (channel.shown < 1) return;
    channel.shown -= 1;
    channel.unread += 1;
    const orderedAt = new Date(start.getTime() + Math.floor(nowMs));
    const externalId = `${channel.id}-1`;
    orders.push({ orderId: externalId, orderedAt, externalId, units: 1, firm: false });
  };
  const readOrders = (nowMs: number): void => {
    for (const channel of channels) {
      if (channel.confirmed) channel.high = channel.low;
      if (channel.unread === 0) continue;
      channel.low = Math.max(0, channel.low - channel.unread);
      channel.confirmed = false;
      known += channel.unread;
      channel.unread = 0;
    }
    act(nowMs);
    if (nowMs < 9_000) after(nowMs, 300, readOrders);
  };
  const readLevel = (nowMs: number): void => {
    shopSeen = shop;
    act(nowMs);
    if (nowMs < 9_000) after(nowMs, 400, readLevel);
  };
  after(0, 0, readOrders);
  after(0, 5, readLevel);
  // Everybody comes within the same second, after the offers had time to go out.
  for (const channel of channels) after(4_000, random() * 1_000, buy(channel));
  if (withShop)
    after(4_000, random() * 1_000, () => {
      if (shop < 1) return;
      shop -= 1;
      soldInShop = true;
    });
  play(events);
  const { served } = allocate(shop, orders);
  return {
    accepted: orders.length,
    allocated: served.length,
    soldInShop,
    oversold: soldInShop ? 0 : Math.max(0, orders.length - 1),
  };
}

function play(events: { atMs: number; run: (nowMs: number) => void }[]): void {
  while (events.length > 0) {
    let first = 0;
    events.forEach(({ atMs }, index) => {
      if (atMs < (events[first]?.atMs ?? Number.POSITIVE_INFINITY)) first = index;
    });
    const [event] = events.splice(first, 1);
    event?.run(event.atMs);
  }
}

export interface RaceCounts {
  readonly runs: number;
  /** Marketplace orders that could not be served although only marketplaces sold. */
  readonly oversells: number;
  /** Runs in which both marketplaces accepted an order. */
  readonly soldTwice: number;
  /** Of those, runs in which exactly one order was allocated. */
  readonly oneAllocated: number;
  /** Runs in which the own shop sold the unit and a marketplace did, too: source dropped below quota. */
  readonly belowQuota: number;
}

/** Plays the race with seeds 1 to `runs`. */
export function races(runs: number, options: Race): RaceCounts {
  const counts = { runs, oversells: 0, soldTwice: 0, oneAllocated: 0, belowQuota: 0 };
  for (let seed = 1; seed <= runs; seed += 1) {
    const outcome = race(seed, options);
    counts.oversells += outcome.oversold;
    if (outcome.accepted === 2) {
      counts.soldTwice += 1;
      if (outcome.allocated === (outcome.soldInShop ? 0 : 1)) counts.oneAllocated += 1;
    }
    if (outcome.soldInShop && outcome.accepted > 0) counts.belowQuota += 1;
  }
  return counts;
}
