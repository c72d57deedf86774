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
      if (!row.voidDue) return row.state;
      await attemptOrWait(waker, row.number, () => effectsOf(row.carrierConnectionId).voidConsignment(consignmentId));
      continue;
    }
    // A booking that gave up is tried again: a refusal by the carrier is none, it moves the consignment.
    let outcome = '';
    await attemptOrWait(waker, row.number, async () => {
      ({ outcome } = await effectsOf(row.carrierConnectionId).bookConsignment(consignmentId));
    });
    // Booked, and the carrier has not printed the label yet: the ticker says when it is to be asked for.
    if (outcome === 'label-late') await waker.sleep();
    if (shouldContinueAsNew()) await continueAsNew<typeof consignmentWorkflow>(consignmentId);
  }
}
