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

type Event = (nowMs: number) => void;

/** One race: the two marketplaces, the shop, and what the engine knows of them. */
class RaceTrack {
  readonly #random: () => number;
  readonly #policy: StockPolicy;
  readonly #events: { atMs: number; run: Event }[] = [];
  readonly channels: Channel[] = ['a', 'b'].map((id) => ({
    ...{ id, shown: 0, low: 0, high: 0, unread: 0, inFlight: false, confirmed: true },
  }));
  readonly orders: Claim[] = [];
  shop = 1;
  soldInShop = false;
  #shopSeen = 1;
  #known = 0;

  constructor(seed: number, policy: StockPolicy) {
    this.#random = randomOf(seed);
    this.#policy = policy;
  }

  run(withShop: boolean): void {
    this.#after(0, 0, (nowMs) => this.#readOrders(nowMs));
    this.#after(0, 5, (nowMs) => this.#readLevel(nowMs));
    // Everybody comes within the same second, after the offers had time to go out.
    for (const channel of this.channels)
      this.#after(4_000, this.#random() * 1_000, (nowMs) => this.#buy(channel, nowMs));
    if (withShop) this.#after(4_000, this.#random() * 1_000, () => this.#sellInShop());
    while (this.#events.length > 0) {
      const first = this.#events.reduce((best, event) => (event.atMs < best.atMs ? event : best));
      this.#events.splice(this.#events.indexOf(first), 1);
      first.run(first.atMs);
    }
  }

  #after(nowMs: number, delayMs: number, run: Event): void {
    this.#events.push({ atMs: nowMs + delayMs, run });
  }

  #act(nowMs: number): void {
    const { channels } = planStock(
      {
        ...{ onHand: this.#shopSeen, reserved: this.#known, safetyStock: 0, safetyFrom: 'brand', policy: this.#policy },
        ...{ quotaThreshold: 10, thresholdFrom: 'brand', sharedBuffer: 0, gone: false, at: start },
      },
      this.channels.map(({ id, low }) => ({ id, name: id, live: true, weight: 1, holding: low, adjustments: [] })),
    );
    const desired = new Map(channels.map((offer) => [offer.id, offer.desired]));
    const state = this.channels.map((channel) => ({ ...channel, desired: desired.get(channel.id) ?? 0 }));
    const available = Math.max(0, this.#shopSeen - this.#known);
    for (const { id, quantity } of nextOffers({ policy: this.#policy, available, channels: state }).writes) {
      const channel = this.channels.find((candidate) => candidate.id === id);
      if (channel && channel.unread === 0) this.#send(channel, quantity, nowMs);
    }
  }

  #send(channel: Channel, quantity: number, nowMs: number): void {
    const before = channel.high;
    Object.assign(channel, { inFlight: true, confirmed: false });
    channel.low = Math.min(channel.low, quantity);
    channel.high = Math.max(channel.high, quantity);
    const isLost = this.#random() < 0.1;
    const hasEffect = !isLost || this.#random() < 0.5;
    const soldAtStart = this.orders.length;
    this.#after(nowMs, 10 + this.#random() * 440, (effectMs) => {
      // Compare and set: a unit sold since the write was decided is not shown again.
      if (hasEffect && (soldAtStart === this.orders.length || quantity === 0)) channel.shown = quantity;
      this.#after(effectMs, 10 + this.#random() * 440, (answerMs) => {
        channel.inFlight = false;
        const isDone = !isLost && channel.shown === quantity;
        if (isDone) Object.assign(channel, { low: quantity, high: Math.max(quantity, before), confirmed: true });
        this.#act(answerMs);
      });
    });
  }

  #buy(channel: Channel, nowMs: number): void {
    if (channel.shown < 1) return;
    channel.shown -= 1;
    channel.unread += 1;
    const orderedAt = new Date(start.getTime() + Math.floor(nowMs));
    const externalId = `${channel.id}-1`;
    this.orders.push({ orderId: externalId, orderedAt, externalId, units: 1, firm: false });
  }

  #sellInShop(): void {
    if (this.shop < 1) return;
    this.shop -= 1;
    this.soldInShop = true;
  }

  #readOrders(nowMs: number): void {
    for (const channel of this.channels) {
      if (channel.confirmed) channel.high = channel.low;
      if (channel.unread === 0) continue;
      channel.low = Math.max(0, channel.low - channel.unread);
      channel.confirmed = false;
      this.#known += channel.unread;
      channel.unread = 0;
    }
    this.#act(nowMs);
    if (nowMs < 9_000) this.#after(nowMs, 300, (next) => this.#readOrders(next));
  }

  #readLevel(nowMs: number): void {
    this.#shopSeen = this.shop;
    this.#act(nowMs);
    if (nowMs < 9_000) this.#after(nowMs, 400, (next) => this.#readLevel(next));
  }
}

/**
 * Plays scenario S2 once, without any I/O: one unit, two marketplaces, buyers at each of them and possibly in the shop within
 * the same second, calls that take 20 to 900 ms and are sometimes lost, orders read every 300 ms, levels every 400 ms.
 */
export function race(seed: number, { policy, withShop }: Race): RaceOutcome {
  const track = new RaceTrack(seed, policy);
  track.run(withShop);
  const { orders, shop, soldInShop } = track;
  const { served } = allocate(shop, orders);
  return {
    accepted: orders.length,
    allocated: served.length,
    soldInShop,
    oversold: soldInShop ? 0 : Math.max(0, orders.length - 1),
  };
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
