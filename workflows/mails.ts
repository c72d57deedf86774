import { continueAsNew } from '@temporalio/workflow';
import { attempt } from './attempts.ts';
import { describe } from './describe.ts';
import { local, mails } from './proxies.ts';
import { listenForWake, shouldContinueAsNew } from './wake.ts';

/**
 * How long a slot's mail waits for labels that are still being booked before its process ends (the booking wakes it), and
 * until a mail whose outcome a person must settle is looked at again.
 */
const patienceMs = 10 * 60 * 1000;

/**
 * The label mail of one brand and slot: waits until the labels of the slot are booked, composes one mail, sends it.
 * Labels that come later make a supplementary mail with the next revision.
 */
export async function labelMailWorkflow(brandId: string, date: string, time: string): Promise<number> {
  const waker = listenForWake();
  const slot = { brandId, date, time };
  let sent = 0;
  for (;;) {
    waker.take();
    let stuck = 0;
    const send = async (mailId: string): Promise<void> => {
      if (await attempt(`Label mail ${date} ${time}`, () => mails.sendMail(mailId))) sent += 1;
      else stuck += 1;
    };
    // Sent one after the other; one that is stuck holds up no later revision.
    for (const mailId of await local.unsentLabelMails(slot)) await send(mailId);
    const { kind, mailId } = await mails.composeLabelMail(slot);
    if (kind === 'composed' && mailId) await send(mailId);
    describe({ text: `Label mail ${date} ${time}: ${kind}, ${sent} sent, ${stuck} stuck`, state: kind });
    if (shouldContinueAsNew()) await continueAsNew<typeof labelMailWorkflow>(brandId, date, time);
    if (waker.woken()) continue;
    if (stuck === 0 && kind === 'nothing') return sent;
    // Composed or changed meanwhile: there may be more.
    if (stuck === 0 && kind !== 'waiting') continue;
    if (!(await waker.sleep(patienceMs)) && stuck === 0) return sent;
  }
}

/** One mail that goes at once, such as "do not ship". */
export async function mailWorkflow(mailId: string): Promise<string> {
  const waker = listenForWake();
  for (;;) {
    waker.take();
    describe({ text: 'A mail that goes at once' });
    let outcome = '';
    const done = await attempt('A mail that goes at once', async () => {
      ({ outcome } = await mails.sendMail(mailId));
    });
    if (done) return outcome;
    if (shouldContinueAsNew()) await continueAsNew<typeof mailWorkflow>(mailId);
    await waker.sleep(patienceMs);
  }
}
