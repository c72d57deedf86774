import { continueAsNew } from '@temporalio/workflow';
import { attemptOrWait } from './attempts.ts';
import { describe } from './describe.ts';
import { effectsOf, local } from './proxies.ts';
import { listenForWake, shouldContinueAsNew } from './wake.ts';

/** One courier of one brand, account and slot: called once, called off when nothing is left for it. */
export async function pickupWorkflow(pickupId: string): Promise<string> {
  const waker = listenForWake();
  for (;;) {
    waker.take();
    const { todo, name, connectionId } = await local.readPickup(pickupId);
    describe({ text: `Courier ${name}: ${todo}`, connection: connectionId, state: todo });
    if (todo === 'none') {
      if (waker.woken()) continue;
      return todo;
    }
    await attemptOrWait(waker, name, () => effectsOf(connectionId).carryOutPickup(pickupId));
    if (shouldContinueAsNew()) await continueAsNew<typeof pickupWorkflow>(pickupId);
  }
}
