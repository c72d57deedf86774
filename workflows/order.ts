import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  continueAsNew,
  isCancellation,
  log,
  sleep,
} from '@temporalio/workflow';
import type { OrderStep, OrderView } from '../orders/next-step.ts';
import { attemptOrWait } from './attempts.ts';
import { describe } from './describe.ts';
import { effectsOf, local } from './proxies.ts';
import { listenForWake, shouldContinueAsNew, type Waker } from './wake.ts';

/** An order that cannot be planned is tried again after this, or when somebody wakes it. */
const planAgainMs = 5 * 60 * 1000;
/** A push that was put off ("not now") is looked at again after this. */
const notNowMs = 1_000;

/**
 * One order from its first sight to its end. It holds no fact of its own: it reads the row, does the one next thing that
 * the row calls for, and waits to be woken. Started twice, woken late or killed, it does the same.
 */
export async function orderWorkflow(orderId: string): Promise<string> {
  const waker = listenForWake();
  for (;;) {
    waker.take();
    const { view, next } = await local.readOrder(orderId);
    describe({ text: sentence(view, next), brand: view.brand, connection: view.marketplace, state: view.state });
    if (next === 'closed') {
      // A wake-up that came while the row was read may have opened it again.
      if (waker.woken()) continue;
      return view.state;
    }
    await act(orderId, view, next, waker);
    if (shouldContinueAsNew()) await continueAsNew<typeof orderWorkflow>(orderId);
  }
}

async function act(orderId: string, view: OrderView, next: OrderStep, waker: Waker): Promise<void> {
  switch (next) {
    case 'plan':
      return attemptOrWait(waker, view.number, async () => {
        const { planned } = await local.planOrder(orderId);
        if (!planned) await waker.sleep(planAgainMs);
      });
    case 'push':
      return push(orderId, view, waker);
    case 'confirm-shipment':
      return attemptOrWait(waker, view.number, () => effectsOf(view.marketplaceConnectionId).confirmShipment(orderId));
    case 'fulfil-in-shop': {
      const { storeConnectionId } = view;
      if (!storeConnectionId) return;
      return attemptOrWait(waker, view.number, () => effectsOf(storeConnectionId).fulfilInShop(orderId));
    }
    case 'complete':
      return attemptOrWait(waker, view.number, () => local.completeOrder(orderId));
    case 'take-back':
      return takeBack(orderId, view, waker);
    case 'wait':
      await waker.sleep();
      return;
    case 'closed':
      return;
  }
}

/**
 * Pushes the order into the shop. While the shop is away the call is tried again and again; a cancellation that arrives
 * meanwhile ends the trying, and what became of the call is settled by the cancellation.
 */
async function push(orderId: string, view: OrderView, waker: Waker): Promise<void> {
  const { storeConnectionId } = view;
  if (!storeConnectionId) return;
  const scope = new CancellationScope();
  const pushing = scope.run(() => effectsOf(storeConnectionId).pushOrder(orderId));
  const settled = pushing.then(
    () => 'ended' as const,
    (error: unknown) => {
      if (isCancellation(error)) return 'ended' as const;
      if (error instanceof ActivityFailure && error.cause instanceof ApplicationFailure) {
        log.warn('the push ended without success', { type: error.cause.type, reason: error.cause.message });
        // The shop is away: the row says so, and the order waits until the outage is over.
        if (error.cause.type === 'Outage') return 'not-now' as const;
        return error.cause.type === 'NotNow' ? ('not-now' as const) : ('failed' as const);
      }
      // Its worker was killed after the push was called off: nobody is left to confirm that, and it is timed out instead.
      if (error instanceof ActivityFailure) return 'failed' as const;
      throw error;
    },
  );
  let wokenMeanwhile = false;
  for (;;) {
    const first = await Promise.race([settled, waker.sleep().then(() => 'woken' as const)]);
    if (first === 'ended') return;
    if (first === 'not-now') return sleep(notNowMs);
    if (first === 'failed') {
      // Who woke it just before the failure was known asked for another try, too.
      if (!wokenMeanwhile) await waker.sleep(planAgainMs);
      return;
    }
    wokenMeanwhile = true;
    waker.take();
    const { next } = await local.readOrder(orderId);
    // Whether the call happened is in the effects ledger, so the process may also begin anew in the middle of it.
    if (next !== 'push' || shouldContinueAsNew()) {
      scope.cancel();
      await settled;
      return;
    }
  }
}

/** Takes back what was done for a cancelled order: finds out about the push, cancels in the shop, ends or raises it. */
async function takeBack(orderId: string, view: OrderView, waker: Waker): Promise<void> {
  const scope = new CancellationScope();
  const work = scope.run(async () => {
    const { storeConnectionId } = view;
    if (!storeConnectionId) return local.endCancellation(orderId, null);
    const { inShop } = await effectsOf(storeConnectionId).settlePush(orderId);
    const shop = inShop ? await effectsOf(storeConnectionId).cancelInShop(orderId) : null;
    return local.endCancellation(orderId, shop);
  });
  const settled = work.then(
    () => 'ended' as const,
    (error: unknown) => {
      if (isCancellation(error)) return 'ended' as const;
      if (error instanceof ActivityFailure) return 'failed' as const;
      throw error;
    },
  );
  let wokenMeanwhile = false;
  for (;;) {
    const first = await Promise.race([settled, waker.sleep().then(() => 'woken' as const)]);
    if (first === 'ended') return;
    if (first === 'failed') {
      // Refused for a reason that waiting does not mend; the deadline of the cancellation brings it to a person.
      if (!wokenMeanwhile) await waker.sleep();
      return;
    }
    wokenMeanwhile = true;
    waker.take();
    const { next } = await local.readOrder(orderId);
    if (next !== 'take-back' || shouldContinueAsNew()) {
      // The deadline passed, or a person decided: the shop is not asked any longer. Or the history has grown long.
      scope.cancel();
      await settled;
      return;
    }
  }
}

function sentence(view: OrderView, next: OrderStep): string {
  const doing: Record<OrderStep, string> = {
    plan: 'getting its consignment',
    push: 'being pushed into the shop',
    'confirm-shipment': 'telling the marketplace that it was sent',
    'fulfil-in-shop': 'telling the shop that it was sent',
    complete: 'being completed',
    'take-back': 'being taken back after a cancellation',
    wait: 'waiting for people, carrier or marketplace',
    closed: 'closed',
  };
  return `**${view.number}** of ${view.brand} on ${view.marketplace}: ${view.state}, ${doing[next]}. Version ${view.version}.`;
}
