import { continueAsNew } from '@temporalio/workflow';
import { attemptOrWait } from './attempts.ts';
import { describe } from './describe.ts';
import { effectsOf, local } from './proxies.ts';
import { listenForWake, shouldContinueAsNew } from './wake.ts';

/** One consignment from its closing to its labels. Everything after that is the label mail's and the carrier's. */
export async function consignmentWorkflow(consignmentId: string): Promise<string> {
  const waker = listenForWake();
  for (;;) {
    waker.take();
    const row = await local.readConsignment(consignmentId);
    describe({
      text: `**${row.number}**: ${row.state}, revision ${row.revision}, slot ${row.slotDate} ${row.slotTime}`,
      state: row.state,
    });
    if (row.state !== 'CLOSED') {
      if (waker.woken()) continue;
      return row.state;
    }
    // A booking that gave up is tried again: a refusal by the carrier is none, it moves the consignment.
    await attemptOrWait(waker, row.number, () => effectsOf(row.carrierConnectionId).bookConsignment(consignmentId));
    if (shouldContinueAsNew()) await continueAsNew<typeof consignmentWorkflow>(consignmentId);
  }
}
