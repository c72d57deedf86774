import { ActivityFailure, log } from '@temporalio/workflow';
import { describe } from './describe.ts';
import { effectsOf, local } from './proxies.ts';
import { listenForWake } from './wake.ts';

/** A booking that failed for a reason that waiting may mend is tried again after this. */
const tryAgainMs = 5 * 60 * 1000;

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
    try {
      await effectsOf(row.carrierConnectionId).bookConsignment(consignmentId);
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      log.warn('the booking failed; it is tried again', { consignmentId, reason: error.cause?.message });
      await waker.sleep(tryAgainMs);
    }
  }
}
