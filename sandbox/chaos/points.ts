/** A place in the worker's code where the worker is killed. */
export interface Point {
  /** The worker's own name of the checkpoint, or of the moment. */
  readonly name: string;
  /**
   * `checkpoint`: the worker kills itself with SIGKILL when it comes there, and leaves a mark. `held-mail`: the mail server
   * has taken the message and keeps its answer back; the worker is killed from outside in that moment.
   */
  readonly how: 'checkpoint' | 'held-mail';
  /** What is half done in that moment. */
  readonly meaning: string;
}

const checkpoint = (name: string, meaning: string): Point => ({ name, how: 'checkpoint', meaning });

/** The points in the order in which the main job comes to them; the worker is armed with one after the other. */
export const allPoints: readonly Point[] = [
  checkpoint('create-listing:after-call', 'the marketplace has the listing, our books do not'),
  checkpoint('orders:between-batches', 'a page of orders is half taken over'),
  checkpoint('relay:before-signal', 'an outbox row is committed, its process not woken'),
  checkpoint('relay:after-signal', 'the process is woken, the outbox row not marked'),
  checkpoint('push:before-call', 'the push is written down, not yet made'),
  checkpoint('push:after-call', 'the shop has committed the order, we have not'),
  checkpoint('push:after-commit', 'we have committed, Temporal was not told'),
  checkpoint('cancel-in-shop:after-call', 'the shop has cancelled, our books do not know'),
  checkpoint('book:after-call', 'the carrier has booked, our books do not know'),
  checkpoint('mail:after-call', 'the mail server has taken the mail, our books do not know'),
  { name: 'mail:held-after-data', how: 'held-mail', meaning: 'DATA is sent and taken, the answer is on its way' },
  checkpoint('confirm-shipment:after-call', 'the marketplace was told, our books do not know'),
];

/** Twenty points on the way of a catalogue to the marketplace and of orders to the shop, labels and mails, in their order. */
export const wayPoints: readonly Point[] = [
  checkpoint('catalogue:page-read', 'a page of the shop is read, nothing of it taken over'),
  checkpoint('catalogue:page-taken', 'a page is taken over, Temporal was not told'),
  checkpoint('create-listing:before-call', 'the creation is written down, not yet made'),
  checkpoint('create-listing:after-call', 'the marketplace has the listing, our books do not'),
  checkpoint('create-listing:after-commit', 'our books have the listing, pictures and review are still to come'),
  checkpoint('stock:before-call', 'a batch of stock is marked as under way, not yet sent'),
  checkpoint('stock:after-call', 'the marketplace has the stock, our books do not'),
  checkpoint('orders:between-batches', 'a page of orders is half taken over'),
  checkpoint('relay:before-signal', 'an outbox row is committed, its process not woken'),
  checkpoint('relay:after-signal', 'the process is woken, the outbox row not marked'),
  checkpoint('push:before-call', 'the push is written down, not yet made'),
  checkpoint('push:after-call', 'the shop has committed the order, we have not'),
  checkpoint('push:after-commit', 'we have committed, Temporal was not told'),
  checkpoint('book:before-call', 'the booking is written down, not yet made'),
  checkpoint('book:after-call', 'the carrier has booked, our books do not know'),
  checkpoint('book:after-commit', 'our books have the label, Temporal was not told'),
  checkpoint('mail:before-call', 'the mail is composed and written down, not yet sent'),
  checkpoint('mail:after-call', 'the mail server has taken the mail, our books do not know'),
  checkpoint('mail:after-commit', 'our books have the mail, Temporal was not told'),
  { name: 'mail:held-after-data', how: 'held-mail', meaning: 'DATA is sent and taken, the answer is on its way' },
];

/** The points with these names, in the order in which they are asked for. */
export function pointsNamed(...names: string[]): Point[] {
  return names.map((name) => {
    const found = [...allPoints, ...wayPoints].find((point) => point.name === name);
    if (!found) throw new Error(`there is no point ${name}`);
    return found;
  });
}
