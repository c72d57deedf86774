import { continueAsNew } from '@temporalio/workflow';
import { attempt, rounds } from './attempts.ts';
import { describe } from './describe.ts';
import { batches, effectsOf, local, readsOf } from './proxies.ts';
import { shouldContinueAsNew } from './wake.ts';

/**
 * The incident of one account: probes it when that is due; once it answers, makes up for everything that waited, in this
 * order: orders by their deadlines, the catalogue by cursor, the catalogue as a whole, the stock, the quotas, the report. It holds
 * no fact of its own: the incident's row says how far it is, and a new run goes on there. `stockAfter` is the last SKU that
 * the run before had read of the stock; it counts only where the stock is still the next thing to do.
 */
export async function outageWorkflow(connectionId: string, stockAfter: string | null = null): Promise<void> {
  let after = stockAfter;
  await rounds('Outage', [connectionId], async () => {
    const first = after;
    after = null;
    for (let more = await advance(connectionId, first); more; more = await advance(connectionId, null)) {
      if (shouldContinueAsNew()) await continueAsNew<typeof outageWorkflow>(connectionId);
    }
  });
}

/** Does the one next thing; false when nothing is to be done now: the ticker wakes this process when the next probe is due. */
async function advance(connectionId: string, stockAfter: string | null): Promise<boolean> {
  const { view, next } = await local.readIncident(connectionId);
  if (!view) return false;
  describe({
    text: `**${view.number}** of ${view.account}: ${view.state}, ${next}`,
    connection: connectionId,
    state: view.state,
  });
  switch (next) {
    case 'probe':
      return (await readsOf(connectionId).probeAccount(connectionId)).answered;
    case 'drain':
      return drain(connectionId, view.isStore);
    case 'catalogue':
      return readCatalogue(connectionId, false);
    case 'compare':
      return readCatalogue(connectionId, true);
    case 'stock':
      return readStock(connectionId, stockAfter);
    case 'offers':
      await batches.restoreOffers(connectionId);
      return true;
    case 'close':
      await local.closeIncident(connectionId);
      return false;
    default:
      return false;
  }
}

/** A few orders at a time, each through the ledger: what was pushed before the outage is found again, not made twice. */
async function drain(connectionId: string, isStore: boolean): Promise<boolean> {
  if (!isStore) await local.nothingToCompare(connectionId);
  const { orders } = await local.nextToDrain(connectionId);
  await Promise.all(orders.map((id) => attempt('Drain', () => effectsOf(connectionId).pushOrder(id))));
  return true;
}

/** One page a turn: the reading's row holds the cursor. */
async function readCatalogue(connectionId: string, full: boolean): Promise<boolean> {
  const { runId, since, cursor } = await local.beginImport(connectionId, { full });
  let next = cursor;
  do {
    const page = await readsOf(connectionId).importPage({ connectionId, runId, cursor: next, since });
    next = page.next;
    if (next !== null && shouldContinueAsNew()) return true;
  } while (next !== null);
  if (full) await readsOf(connectionId).compareCatalogue(connectionId, runId);
  await local.finishImport({ connectionId, runId });
  await local.recoveryStepDone(connectionId, full ? 'compare' : 'catalogue', runId);
  return true;
}

/** A shop with more SKUs than one history can hold: a new run goes on after the last one that was read. */
async function readStock(connectionId: string, begin: string | null): Promise<boolean> {
  let after = begin;
  do {
    const page: { next: string | null } = await readsOf(connectionId).readStoreStock(connectionId, after);
    after = page.next;
    if (after !== null && shouldContinueAsNew()) await continueAsNew<typeof outageWorkflow>(connectionId, after);
  } while (after !== null);
  await local.recoveryStepDone(connectionId, 'stock', null);
  return true;
}
