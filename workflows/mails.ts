import { describe } from './describe.ts';
import { local, mails } from './proxies.ts';
import { listenForWake } from './wake.ts';

/** How long a slot's mail waits for labels that are still being booked before it goes without them. */
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
    for (const mailId of await local.unsentLabelMails(slot)) {
      await mails.sendMail(mailId);
      sent += 1;
    }
    const { kind, mailId } = await mails.composeLabelMail(slot);
    describe({ text: `Label mail ${date} ${time}: ${kind}, ${sent} sent`, state: kind });
    if (kind === 'composed' && mailId) {
      await mails.sendMail(mailId);
      sent += 1;
      continue;
    }
    if (waker.woken()) continue;
    if (kind === 'nothing') return sent;
    if (!(await waker.sleep(patienceMs))) return sent;
  }
}

/** One mail that goes at once, such as "do not ship". */
export async function mailWorkflow(mailId: string): Promise<string> {
  const waker = listenForWake();
  waker.take();
  describe({ text: 'A mail that goes at once' });
  const { outcome } = await mails.sendMail(mailId);
  return outcome;
}
