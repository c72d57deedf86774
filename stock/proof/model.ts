import type { OfferState, OfferWrite } from '../next-offers.ts';
import { shareOut } from '../share.ts';

/** How a marketplace takes a write that was decided before its newest sale. */
export type WriteKind =
  /** It refuses a write whose sender did not know of the newest sale. */
  | 'compare-and-set'
  /** It overwrites: a unit that was sold meanwhile is shown again. The sender cannot prevent that. */
  | 'absolute';

export type Decide = (state: OfferState, sent: readonly (number | null)[]) => readonly OfferWrite[];

export interface Setting {
  readonly channels: number;
  readonly units: number;
  /** Disturbances on one path: lost answers, sales at a channel or in the own shop, drops of the level, deliveries. */
  readonly faults: number;
  readonly writes: WriteKind;
  readonly decide: Decide;
}

interface Flight {
  readonly quantity: number;
  /** The marketplace shows it; the answer is still on its way. */
  readonly done: boolean;
}

/** The truth on the left, what the engine knows on the right. */
export interface World {
  /** Units in the shop. */
  readonly shop: number;
  readonly shopSeen: number;
  /** Units sold by marketplaces whose orders the engine has read. */
  readonly sold: number;
  /** Per channel: units sold there that the engine does not know of. */
  readonly unread: readonly number[];
  readonly shown: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** The last write was acknowledged, and no sale was read since. */
  readonly confirmed: readonly boolean[];
  readonly flight: readonly (Flight | null)[];
  readonly soldInFlight: readonly number[];
  /** Which channel is favoured by the shares; `channels` = none. */
  readonly favoured: number;
  readonly faults: number;
  /** Units of excess that the source's drop left and that no cut has answered yet, and units sold in such a time. */
  readonly excused: number;
  /** Units that absolute writes have shown again after they were sold. Never taken back: an upper bound of that harm. */
  readonly revived: number;
}

export interface Step {
  readonly event: string;
  readonly world: World;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const withAt = <Item>(list: readonly Item[], index: number, item: Item): Item[] =>
  list.map((old, at) => (at === index ? item : old));
const at = (list: readonly number[], index: number): number => list[index] ?? 0;

export function start({ channels, units, faults }: Setting): World {
  const zeros = Array.from({ length: channels }, () => 0);
  return {
    ...{ shop: units, shopSeen: units, sold: 0, unread: zeros, shown: zeros, low: zeros, high: zeros },
    ...{ flight: zeros.map(() => null), confirmed: zeros.map(() => true), soldInFlight: zeros },
    ...{ favoured: channels, faults, excused: 0, revived: 0 },
  };
}

/** Units that are really left to be sold; below 0: so many were sold that are not there. */
export const left = (w: World): number => w.shop - w.sold - sum(w.unread);
export const offered = (w: World): number => sum(w.shown);

/** Σ offered may exceed what is left by this: the source dropped below the quotas, or an absolute write revived a sale. */
export const excusedBy = (w: World): { source: number; revived: number } => ({
  source: Math.max(0, w.shopSeen - w.shop) + w.excused,
  revived: w.revived,
});

export function isViolated(w: World): boolean {
  const { source, revived } = excusedBy(w);
  return offered(w) > left(w) + source + revived;
}

/** What the engine believes and wants: the input of the machine. */
export function offerStateOf(w: World): OfferState {
  const available = Math.max(0, w.shopSeen - w.sold);
  const ids = w.shown.map((_, index) => String(index));
  const shares = shareOut(
    available,
    ids.map((id, index) => ({ id, live: true, weight: index === w.favoured ? 3 : 1, holding: at(w.low, index) })),
  );
  return {
    policy: 'quota',
    available,
    channels: ids.map((id, index) => ({
      id,
      desired: shares.get(id) ?? 0,
      low: at(w.low, index),
      high: at(w.high, index),
      inFlight: w.flight[index] !== null,
      confirmed: w.confirmed[index] ?? false,
    })),
  };
}

/** What may be shown over there, whatever becomes of the calls under way. */
const possible = (w: World): number =>
  sum(w.shown.map((shown, index) => Math.max(shown, w.flight[index]?.done === false ? w.flight[index].quantity : 0)));

/** What the source's drop excuses never grows by itself. */
function settled(w: World): World {
  const excess = Math.max(0, possible(w) - left(w) - w.revived);
  return w.excused <= excess ? w : { ...w, excused: excess };
}

/** Orders of one channel are read: its sales are known, and what its last acknowledged write freed is free now. */
function read(w: World, index: number): World {
  const units = at(w.unread, index);
  const isConfirmed = w.confirmed[index] === true;
  return {
    ...w,
    sold: w.sold + units,
    unread: withAt(w.unread, index, 0),
    low: withAt(w.low, index, Math.max(0, at(w.low, index) - units)),
    high: isConfirmed ? withAt(w.high, index, at(w.low, index)) : w.high,
    confirmed: withAt(w.confirmed, index, isConfirmed && units === 0),
    soldInFlight: w.flight[index] ? withAt(w.soldInFlight, index, at(w.soldInFlight, index) + units) : w.soldInFlight,
  };
}

function* engine(w: World, { decide, writes }: Setting): Generator<Step> {
  const sent = w.flight.map((flight) => flight?.quantity ?? null);
  for (const { id, quantity, kind } of decide(offerStateOf(w), sent)) {
    const index = Number(id);
    // Where a write overwrites, orders are read first; what is sold between the reading and the write cannot be known.
    if (writes === 'absolute' && at(w.unread, index) > 0) continue;
    yield {
      event: `send ${kind} to ${quantity} to channel ${id}`,
      world: {
        ...w,
        flight: withAt(w.flight, index, { quantity, done: false }),
        soldInFlight: withAt(w.soldInFlight, index, 0),
        low: withAt(w.low, index, Math.min(at(w.low, index), quantity)),
        high: withAt(w.high, index, Math.max(at(w.high, index), quantity)),
        confirmed: withAt(w.confirmed, index, false),
      },
    };
  }
  for (const [index, units] of w.unread.entries()) {
    const counts = w.confirmed[index] === true && at(w.high, index) > at(w.low, index);
    if (units > 0 || counts)
      yield { event: `read the orders of channel ${index}: ${units} sold`, world: read(w, index) };
  }
  if (w.shopSeen !== w.shop) {
    const known = { ...w, shopSeen: w.shop };
    const excess = Math.max(0, possible(known) - left(known) - w.revived);
    yield {
      event: `read the level: ${w.shop}`,
      world: { ...known, excused: w.shop < w.shopSeen ? excess : w.excused },
    };
  }
}

function* calls(w: World, { writes }: Setting): Generator<Step> {
  for (const [index, flight] of w.flight.entries()) {
    if (!flight) continue;
    const gone = { flight: withAt(w.flight, index, null) };
    if (flight.done) {
      const units = at(w.soldInFlight, index);
      const low = Math.max(0, flight.quantity - units);
      yield {
        event: `channel ${index} acknowledges ${flight.quantity}`,
        world: {
          ...w,
          ...gone,
          low: withAt(w.low, index, low),
          // An absolute write may have hidden a sale: what it frees still counts until the orders were read again.
          high: writes === 'absolute' ? w.high : withAt(w.high, index, flight.quantity),
          confirmed: withAt(w.confirmed, index, units === 0),
          soldInFlight: withAt(w.soldInFlight, index, 0),
        },
      };
    } else if (writes === 'compare-and-set' && at(w.unread, index) + at(w.soldInFlight, index) > 0) {
      yield { event: `channel ${index} refuses ${flight.quantity}: it was sold meanwhile`, world: { ...w, ...gone } };
    } else {
      const sold = at(w.unread, index) + at(w.soldInFlight, index);
      yield {
        event: `channel ${index} shows ${flight.quantity}`,
        world: {
          ...w,
          shown: withAt(w.shown, index, flight.quantity),
          flight: withAt(w.flight, index, { ...flight, done: true }),
          revived: w.revived + Math.min(flight.quantity, sold),
        },
      };
    }
    if (w.faults > 0) {
      const how = flight.done ? 'after its effect' : 'before its effect';
      yield { event: `the call to channel ${index} is lost ${how}`, world: { ...w, ...gone, faults: w.faults - 1 } };
    }
  }
}

function* outsiders(w: World, setting: Setting): Generator<Step> {
  for (let favoured = 0; favoured <= setting.channels; favoured += 1) {
    if (favoured === w.favoured) continue;
    const whom = favoured === setting.channels ? 'nobody' : `channel ${favoured}`;
    yield { event: `the shares favour ${whom}`, world: { ...w, favoured } };
  }
  if (w.faults === 0) return;
  const spent = { ...w, faults: w.faults - 1 };
  for (const [index, shown] of w.shown.entries()) {
    if (shown === 0) continue;
    yield {
      event: `a buyer buys at channel ${index}`,
      world: {
        ...spent,
        shown: withAt(w.shown, index, shown - 1),
        unread: withAt(w.unread, index, at(w.unread, index) + 1),
      },
    };
  }
  if (w.shop > 0) yield { event: 'the own shop sells one', world: { ...spent, shop: w.shop - 1 } };
  if (w.shop > 1) yield { event: 'the level drops by two', world: { ...spent, shop: w.shop - 2 } };
  if (w.shop < setting.units) yield { event: 'one is delivered', world: { ...spent, shop: w.shop + 1 } };
}

/** Everything that can happen next. */
export function* successors(w: World, setting: Setting): Generator<Step> {
  for (const part of [engine, calls, outsiders])
    for (const { event, world } of part(w, setting)) yield { event, world: settled(world) };
}

/** The engine alone, with every call answered: what it does when nobody disturbs it. */
export function* undisturbed(w: World, setting: Setting): Generator<Step> {
  yield* engine(w, setting);
  yield* calls({ ...w, faults: 0 }, setting);
}
