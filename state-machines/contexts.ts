import type { ContextOf, MachineName } from './index.ts';

type Axes<Context extends object> = { readonly [Key in keyof Context]: readonly Context[Key][] };

const either = [false, true] as const;
const noneOrSome = [0, 1] as const;

/**
 * For each fact that a machine's guards read, the values that tell its cases apart (a count matters only as none or
 * some). Tests walk every combination of them, also those that cannot occur, because a guard must hold there too.
 */
export const contextAxes: { readonly [Name in MachineName]: Axes<ContextOf<Name>> } = {
  channel_order: { hasContent: either },
  order: {
    ownEdit: either,
    linesKnown: either,
    stockReserved: either,
    addressComplete: either,
    pushInFlight: either,
    inShop: either,
    handedOver: either,
    goodsOutside: either,
    declineToOps: either,
    resumeState: [null, 'NEW', 'EDITED', 'AWAITING_CONFIRMATION', 'APPROVED', 'QUEUE', 'SYNCED'],
  },
  parcel: { hasTrackingNumber: either },
  consignment: { orderCount: noneOrSome, allLabelled: either, bookingInFlight: either },
  product: { ownEdit: either, blockingFindings: noneOrSome },
  listing: {
    ownEdit: either,
    remoteExists: either,
    remoteLive: either,
    contentChanged: either,
    priceMended: either,
    locked: either,
    blockingFindings: noneOrSome,
    openPrices: noneOrSome,
  },
  connection: { credentialsProved: either },
  effect: { attempts: noneOrSome },
  problem: { occurrences: noneOrSome },
  return: { unitsExpected: noneOrSome },
  price_proposal: { floorHolds: either, floorPassed: either, isOver: either },
  incident: { caughtUp: either },
};

/** Every combination of the values of `axes`. */
export function combinations<Context extends object>(axes: Axes<Context>): Context[] {
  let made: object[] = [{}];
  for (const [key, values] of Object.entries<readonly unknown[]>(axes)) {
    made = made.flatMap((context) => values.map((value) => ({ ...context, [key]: value })));
  }
  return made as Context[];
}
