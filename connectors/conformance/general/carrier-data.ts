import assert from 'node:assert/strict';
import { ConnectorError } from '../../errors.ts';
import { type CarrierCase, carrierCase } from './case-tools.ts';

/** Names as receivers write them. */
export const receiverNames = [
  { id: 'emoji', what: 'emoji', text: 'Sari 👟 Dewi' },
  { id: 'rtl', what: 'letters from right to left', text: 'سارة ديوي' },
  { id: 'markup', what: 'signs of markup', text: 'O’Neil & <b>Sons</b> "Pty"' },
];

/** Data as it really is, and several workers at once. */
export const carrierDataCases: readonly CarrierCase[] = [
  ...receiverNames.map(({ id, what, text }) =>
    carrierCase(
      ['text', id, 'book', `a receiver’s name with ${what} is booked, or refused with a reason`],
      async (carrier) => {
        const reference = carrier.reference(id);
        const { shipTo } = carrier.bed.request(reference);
        const { details, messages } = await carrier.connector.book(
          carrier.bed.request(reference, { shipTo: { ...shipTo, name: text } }),
        );
        const paid = await carrier.bed.paid(carrier.bench, reference);
        assert.deepEqual(paid, details === null ? [] : [details.trackingNumber], 'paid for');
        assert.ok(details !== null || messages.some(({ level }) => level === 'error'), 'neither booked nor refused');
      },
    ),
  ),
  carrierCase(
    ['quantities', 'nothing', 'book', 'a piece without weight is refused before anything is booked'],
    async (carrier) => {
      const reference = carrier.reference('nothing');
      const pieces = carrier.bed.request(reference).pieces.map((piece) => ({ ...piece, weightGrams: 0 }));
      const { details, messages } = await carrier.connector.book(carrier.bed.request(reference, { pieces }));
      assert.equal(details, null, 'it was booked');
      assert.ok(messages.some(({ level }) => level === 'error'));
      assert.deepEqual(await carrier.bed.paid(carrier.bench, reference), [], 'paid for');
    },
  ),
  carrierCase(
    ['money and time', 'rates', 'rates', 'quotes are whole minor units of one currency, and add up'],
    async (carrier) => {
      const { details } = await carrier.connector.rates(carrier.bed.request(carrier.reference('rates')));
      assert.ok(details !== null && details.length > 0, 'no quote');
      for (const { service, total, charges } of details) {
        assert.ok(Number.isInteger(total.amountMinor) && total.amountMinor > 0, `${service}: ${total.amountMinor}`);
        const sumMinor = charges.reduce((sum, { amount }) => sum + amount.amountMinor, 0);
        if (charges.length > 0) assert.equal(sumMinor, total.amountMinor, `${service}: charges against the total`);
        assert.ok(
          charges.every(({ amount }) => amount.currency === total.currency),
          `${service}: currencies`,
        );
      }
    },
    ({ connector }) => (connector.capabilities.rates ? null : 'the carrier quotes no prices'),
  ),
  carrierCase(
    ['parallel writes', 'bookings', 'book', 'bookings at once are one each, none mixed up'],
    async (carrier) => {
      const references = [1, 2, 3].map(() => carrier.reference('parallel'));
      const booked = await Promise.all(references.map((reference) => carrier.book(reference)));
      for (const [index, reference] of references.entries()) {
        assert.deepEqual(await carrier.bed.paid(carrier.bench, reference), [booked[index]?.trackingNumber]);
      }
    },
  ),
  carrierCase(
    ['repeated write', 'reference-of-others', 'findBooking', 'a reference that begins like ours is not ours'],
    async (carrier) => {
      const reference = carrier.reference('prefix');
      await carrier.book(`${reference}0`);
      const found = await carrier.find(reference).catch((error: unknown) => error);
      if (found instanceof ConnectorError) assert.equal(found.kind, 'NotFound', found.message);
      else assert.equal(found, null, 'the other one’s booking is taken for ours');
    },
  ),
];
