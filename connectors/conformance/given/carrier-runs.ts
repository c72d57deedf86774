import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectorError } from '../../errors.ts';
import { NotProvoked } from '../case.ts';
import { failsAs } from '../failures.ts';
import { receiverNames } from '../general/carrier-data.ts';
import { there } from '../general/case-tools.ts';
import type { Haulage } from '../general/far-side.ts';
import type { GivenRun } from './cases.ts';

const APPEAR_MS = 15_000;
const APPEAR_STEP_MS = 500;

/** Looks until it is seen; what is not shown in time proves nothing. */
async function appears(look: () => Promise<boolean>, what: string): Promise<void> {
  const until = performance.now() + APPEAR_MS;
  while (!(await look())) {
    if (performance.now() >= until) throw new NotProvoked(`${what} is not shown (yet)`);
    await sleep(APPEAR_STEP_MS);
  }
}

const carrierRun =
  (run: (carrier: Haulage, reconnect: () => void) => Promise<void>): GivenRun =>
  async (context) =>
    run(await context.carrier(), context.reconnect);

const nameRuns = receiverNames.map(({ id, text }): [string, GivenRun] => [
  `text/${id}`,
  carrierRun(async (carrier) => {
    const reference = carrier.reference(id);
    const { shipTo } = carrier.bed.request(reference);
    const request = carrier.bed.request(reference, { shipTo: { ...shipTo, name: text } });
    const { details, messages } = await carrier.connector.book(request);
    assert.ok(details !== null || messages.some(({ level }) => level === 'error'), 'neither booked nor refused');
  }),
]);

/** Bookings with a carrier of others: what is found under a reference stands for what is paid for. */
export const carrierRuns: Readonly<Record<string, GivenRun>> = {
  ...Object.fromEntries(nameRuns),
  'repeated write/once': async (context) => {
    const carrier = await context.carrier();
    const reference = carrier.reference('once');
    assert.equal(await carrier.find(reference), null, 'found before it was made');
    const { trackingNumber } = await carrier.book(reference);
    context.reconnect();
    await appears(async () => (await carrier.find(reference)) !== null, 'the booking');
    assert.equal((await carrier.find(reference))?.trackingNumber, trackingNumber, 'another one is found');
    assert.equal(await carrier.find(carrier.reference('never')), null, 'one is found that was not made');
  },
  'label/booked': carrierRun(async (carrier) => {
    const booking = await carrier.book(carrier.reference('booked'));
    assert.notEqual(booking.shipmentIdentifier, '');
    const [label = null] = booking.documents.filter(({ kind }) => kind === 'label');
    const document = label ?? (await carrier.connector.fetchLabel?.(booking)) ?? null;
    if (document === null && carrier.connector.capabilities.labelRefetch) {
      throw new NotProvoked('its label is not made in time');
    }
    assert.ok(document !== null, 'the booking has no label');
    assert.equal(document.format, 'PDF');
    assert.equal(document.bytes.subarray(0, 5).toString('latin1'), '%PDF-', 'the first bytes of the label');
  }),
  'label/twice': carrierRun(async (carrier) => {
    const reference = carrier.reference('twice');
    const first = await carrier.book(reference);
    const second = await carrier.connector.book(carrier.bed.request(reference)).catch((error: unknown) => error);
    if (second instanceof Error) {
      await failsAs(Promise.reject(second), 'Duplicate', 'Rejected', 'OutcomeUnknown');
      return;
    }
    const { details } = second as Awaited<ReturnType<typeof carrier.connector.book>>;
    if (details === null || details.trackingNumber === first.trackingNumber) return;
    const isTwo = async () => {
      const outcome = await carrier.find(reference).catch((error: unknown) => error);
      if (outcome instanceof Error && !(outcome instanceof ConnectorError)) throw outcome;
      return outcome instanceof ConnectorError && outcome.kind === 'Duplicate';
    };
    await appears(isTwo, 'that there are two');
  }),
  'label/void': carrierRun(async (carrier) => {
    const booking = await carrier.book(carrier.reference('void'));
    const outcome = await carrier.connector.voidBooking?.(booking);
    assert.equal(outcome?.voided, true, JSON.stringify(outcome));
    const again = await carrier.connector.voidBooking?.(booking);
    assert.ok(again?.voided === true || (again?.reason ?? '') !== '', 'the second time has neither success nor reason');
  }),
  'label/pickup': carrierRun(async (carrier) => {
    const { request } = there(carrier.bed.pickup);
    const answer = await carrier.connector.bookPickup?.(request(carrier.reference('pickup')));
    assert.ok(answer?.details, JSON.stringify(answer?.messages));
    const { pickupIdentifier } = answer.details;
    for (let time = 0; time < 2; time += 1) {
      await carrier.connector.cancelPickup?.({ pickupIdentifier, reason: 'conformance test' });
    }
  }),
  'partial batch/tracking': carrierRun(async (carrier) => {
    const { trackingNumber } = await carrier.book(carrier.reference('known'));
    const unknown = `${trackingNumber.slice(0, -4)}9990`;
    const events = await carrier.connector.track([unknown, trackingNumber, trackingNumber]);
    const strange = events.filter(
      (event) => event.trackingNumber !== trackingNumber && event.trackingNumber !== unknown,
    );
    assert.deepEqual(strange, [], 'scans of numbers that were not asked for');
  }),
  'money and time/rates': carrierRun(async (carrier) => {
    const { details, messages } = await carrier.connector.rates(carrier.bed.request(carrier.reference('rates')));
    if (details === null || details.length === 0) {
      throw new NotProvoked(`no quote for the test shipment: ${messages.map(({ message }) => message).join('; ')}`);
    }
    for (const { service, total, charges } of details) {
      assert.ok(Number.isInteger(total.amountMinor) && total.amountMinor > 0, `${service}: ${total.amountMinor}`);
      assert.ok(
        charges.every(({ amount }) => amount.currency === total.currency && Number.isInteger(amount.amountMinor)),
        `${service}: charges`,
      );
    }
  }),
};
