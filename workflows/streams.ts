import { continueAsNew, patched } from '@temporalio/workflow';
import { importSumText } from '../client/temporal/import-sum.ts';
import { attempt, rounds } from './attempts.ts';
import { describe } from './describe.ts';
import { effectsOf, local, readsOf } from './proxies.ts';
import { shouldContinueAsNew } from './wake.ts';

/** Reads a shop's catalogue: all of it the first time, then what changed. A killed reading goes on at its cursor. */
export async function catalogueWorkflow(connectionId: string): Promise<void> {
  await rounds('Catalogue', [connectionId], async () => {
    const { runId, since, cursor } = await local.beginImport(connectionId);
    let next = cursor;
    let read = 0;
    do {
      const page = await readsOf(connectionId).importPage({ connectionId, runId, cursor: next, since });
      next = page.next;
      read += page.counts.read;
      describe({
        text: `Catalogue: ${read} products read${since ? ` since ${since}` : ''}`,
        connection: connectionId,
        state: 'reading',
      });
      // The run's row holds the cursor: a new run of this process finds it there. After the last page there is none.
      if (next !== null && shouldContinueAsNew()) await continueAsNew<typeof catalogueWorkflow>(connectionId);
    } while (next !== null);
    const counts = await local.finishImport({ connectionId, runId });
    describe({
      text: `Catalogue: ${importSumText(counts)}`,
      state: 'done',
    });
  });
}

/** Reads all of a shop's catalogue and compares: what changed unnoticed is taken over, what is not there any more has vanished. */
export async function compareWorkflow(connectionId: string): Promise<void> {
  await rounds('Compare', [connectionId], async () => {
    const { runId, since, cursor } = await local.beginImport(connectionId, { full: true });
    let next = cursor;
    do {
      const page = await readsOf(connectionId).importPage({ connectionId, runId, cursor: next, since });
      next = page.next;
      if (next !== null && shouldContinueAsNew()) await continueAsNew<typeof compareWorkflow>(connectionId);
    } while (next !== null);
    const { missing, vanished } = await readsOf(connectionId).compareCatalogue(connectionId, runId);
    await local.finishImport({ connectionId, runId });
    describe({ text: `Compare: ${missing} not seen, ${vanished} vanished`, connection: connectionId, state: 'done' });
  });
}

/** Where a new run of a long reading goes on. */
interface StockPlace {
  /** The last SKU that was read; null: none yet. */
  readonly after: string | null;
  /** Levels that changed so far. */
  readonly changed: number;
  /** A wake-up came while it was read: all of it is read once more. */
  readonly again: boolean;
}

/** Reads the present stock of a shop, page by page; a long reading goes on in a new run at its last SKU. */
export async function storeStockWorkflow(connectionId: string, place?: StockPlace): Promise<number> {
  let changed = place?.changed ?? 0;
  let begun = place;
  await rounds('Stock of the shop', [connectionId], async (woken) => {
    let { after, again } = begun ?? { after: null, again: false };
    // A round after this one reads all of it.
    begun = undefined;
    for (let more = true; more; ) {
      const page = await readsOf(connectionId).readStoreStock(connectionId, after);
      after = page.next;
      changed += page.changed;
      if (after !== null && shouldContinueAsNew()) {
        await continueAsNew<typeof storeStockWorkflow>(connectionId, { after, changed, again: again || woken() });
      }
      more = after !== null || again;
      if (after === null) again = false;
    }
    describe({ text: `Stock: ${changed} levels changed`, connection: connectionId, state: 'done' });
  });
  return changed;
}

/** Reads the present stock of one product, because the shop said that it changed. */
export async function productStockWorkflow(connectionId: string, externalId: string): Promise<number> {
  let changed = 0;
  await rounds(`Stock of product ${externalId}`, [connectionId, externalId], async () => {
    const read = await readsOf(connectionId).readProductStock(connectionId, externalId);
    changed += read.changed;
    describe({ text: `Stock: ${read.changed} levels changed`, connection: connectionId, state: 'done' });
  });
  return changed;
}

/** Reads changed orders of a marketplace, window by window. */
export async function channelOrdersWorkflow(connectionId: string): Promise<void> {
  await rounds('Orders', [connectionId], async () => {
    await readOrders(connectionId);
    describe({ text: 'Orders: read', connection: connectionId, state: 'done' });
  });
}

async function readOrders(connectionId: string): Promise<void> {
  const { since, until, mark } = await local.ordersWindow(connectionId);
  let cursor: string | null = null;
  do {
    const page: { next: string | null } = await readsOf(connectionId).readOrdersPage({
      connectionId,
      since,
      until,
      cursor,
    });
    cursor = page.next;
  } while (cursor !== null);
  await local.ordersWindowDone(connectionId, until, mark);
}

/** Fetches one order because a webhook or a person asked for it. */
export async function fetchOrderWorkflow(connectionId: string, externalId: string): Promise<void> {
  await rounds(`Order ${externalId}`, [connectionId, externalId], async () => {
    await readsOf(connectionId).fetchOrder(connectionId, externalId);
    describe({ text: `Order ${externalId}: fetched`, connection: connectionId, state: 'done' });
  });
}

/** Listings of an account that are submitted at once; its budget decides how fast their calls go. */
const listingsAtOnce = 6;

/**
 * Submits approved listings, several at once, and asks for verdicts, in batches; a SKU is never a process of its own. Each
 * listing is one activity: one that gives up, or takes long, holds up no other.
 */
export async function listingsWorkflow(connectionId: string): Promise<void> {
  await rounds('Listings', [connectionId], async () => {
    const { approved, inReview } = await local.listingsToDo(connectionId);
    const waiting = [...approved];
    let submitted = 0;
    const lane = async (): Promise<void> => {
      for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
        const listingId = id;
        if (await attempt('Listings', () => effectsOf(connectionId).submitListing(listingId))) submitted += 1;
        if (shouldContinueAsNew()) return;
      }
    };
    await Promise.all(Array.from({ length: Math.min(listingsAtOnce, waiting.length) }, lane));
    if (waiting.length > 0) await continueAsNew<typeof listingsWorkflow>(connectionId);
    if (inReview.length > 0) await readsOf(connectionId).readReviews(connectionId, inReview);
    describe({
      text: `Listings: ${submitted} of ${approved.length} submitted, ${inReview.length} asked for`,
      connection: connectionId,
      state: 'done',
    });
  });
}

/**
 * Brings stock and prices of an account to what is desired. Orders are read first: a buyer's order that we do not know of
 * yet must not be overwritten by a higher level.
 */
export async function offersWorkflow(connectionId: string): Promise<void> {
  await rounds('Offers', [connectionId], async () => {
    await readOrders(connectionId);
    let sent = 0;
    let more = true;
    while (more) {
      const stock = await readsOf(connectionId).pushStock(connectionId);
      const prices = await readsOf(connectionId).pushPrices(connectionId);
      sent += stock.sent + prices.sent;
      more = stock.more || prices.more;
      // What a cut freed goes to others only after the orders that came before its acknowledgement are known.
      if (stock.freed > 0) await readOrders(connectionId);
      if (more && shouldContinueAsNew()) await continueAsNew<typeof offersWorkflow>(connectionId);
    }
    describe({ text: `Offers: ${sent} differences sent`, connection: connectionId, state: 'done' });
  });
}

/** Reads back what is true over there. What differs from what was acknowledged is drift: it is counted and sent again. */
export async function liveWorkflow(
  connectionId: string,
  place?: { readonly after: string; readonly drift: number },
): Promise<number> {
  let drift = place?.drift ?? 0;
  let begun: string | null = place?.after ?? null;
  await rounds('Reading back', [connectionId], async () => {
    let after = begun;
    begun = null;
    await readOrders(connectionId);
    do {
      const page: { next: string | null; drift: number } = await readsOf(connectionId).readBackOffers(
        connectionId,
        after,
      );
      after = page.next;
      drift += page.drift;
      // A long reading goes on in a new run; who woke it meanwhile is answered by the next one of its schedule.
      if (after !== null && shouldContinueAsNew()) {
        await continueAsNew<typeof liveWorkflow>(connectionId, { after, drift });
      }
    } while (after !== null);
    const { freed } = await readsOf(connectionId).pushStock(connectionId);
    await readsOf(connectionId).pushPrices(connectionId);
    if (freed > 0) await readOrders(connectionId);
    describe({ text: `Read back: ${drift} differences found there`, connection: connectionId, state: 'done' });
  });
  return drift;
}

/** Where a new run of a long reading of scans goes on. */
interface TrackingPlace {
  /** The last parcel that was read. */
  readonly after: string;
  /** Parcels that moved so far. */
  readonly moved: number;
  /** A wake-up came while it was read: all of it is read once more. */
  readonly again: boolean;
}

/** Reads the scans of everything that is under way with a carrier; a long reading goes on in a new run at its last parcel. */
export async function trackingWorkflow(connectionId: string, place?: TrackingPlace): Promise<number> {
  let moved = place?.moved ?? 0;
  let begun = place;
  await rounds('Tracking', [connectionId], async (woken) => {
    let after: string | null = begun?.after ?? null;
    let again = begun?.again ?? false;
    // A round after this one reads all of it.
    begun = undefined;
    for (let more = true; more; ) {
      const page: { next: string | null; moved: number } = await readsOf(connectionId).readTracking(
        connectionId,
        after,
      );
      after = page.next;
      moved += page.moved;
      // Runs that began with code that never did this go on to their end when they are replayed.
      if (after !== null && shouldContinueAsNew() && patched('tracking-begins-anew')) {
        await continueAsNew<typeof trackingWorkflow>(connectionId, { after, moved, again: again || woken() });
      }
      more = after !== null || again;
      if (after === null) again = false;
    }
    describe({ text: `Tracking: ${moved} parcels moved`, connection: connectionId, state: 'done' });
  });
  return moved;
}

/** Reads the scans of one number because the carrier pushed one of it. */
export async function shipmentWorkflow(connectionId: string, trackingNumber: string): Promise<number> {
  let moved = 0;
  await rounds(`Shipment ${trackingNumber}`, [connectionId, trackingNumber], async () => {
    const read = await readsOf(connectionId).readShipment(connectionId, trackingNumber);
    moved += read.moved;
    describe({ text: `Shipment: ${moved} steps`, connection: connectionId, state: 'done' });
  });
  return moved;
}
