import assert from 'node:assert/strict';
import type { Booking, CarrierDocument } from '../../contract/carrier.ts';
import { failsAs } from '../failures.ts';
import { type CarrierCase, type CarrierFacts, carrierCase, lackOf, there } from './case-tools.ts';
import { codesOf, type Haulage } from './far-side.ts';

const labelsOf = (booking: Booking): readonly CarrierDocument[] =>
  booking.documents.filter(({ kind }) => kind === 'label');
const numbersOf = (booking: Booking): readonly string[] => [
  booking.trackingNumber,
  ...booking.pieces.map(({ trackingNumber }) => trackingNumber),
];

const refetches = ({ connector }: CarrierFacts) =>
  connector.capabilities.labelRefetch ? null : 'a label is handed out once, with the booking';
const voids = ({ connector, bed }: CarrierFacts) =>
  connector.capabilities.void === 'call'
    ? lackOf(bed.calls.void)
    : 'an unused label is never billed: nothing to take back';

/** The label of a booking: with it, or fetched afterwards. */
async function labelOf(carrier: Haulage, booking: Booking): Promise<CarrierDocument> {
  const [first] = labelsOf(booking);
  if (first !== undefined) return first;
  const fetched = await carrier.connector.fetchLabel?.(booking);
  assert.ok(fetched, 'the booking has no label, and none can be fetched');
  return fetched;
}

async function assertReadable(carrier: Haulage, booking: Booking, label: CarrierDocument): Promise<void> {
  const numbers = numbersOf(booking);
  const codes = await codesOf(label);
  const isOurs = carrier.bed.isCode ?? ((code: string) => numbers.some((number) => code.includes(number)));
  assert.ok(
    codes.some((code) => isOurs(code, numbers)),
    `no code of the label (${codes.join(', ')}) holds ${numbers.join(' or ')}`,
  );
}

/** Bookings and what is paid for them. */
export const labelCases: readonly CarrierCase[] = [
  carrierCase(
    ['label', 'booked', 'book', 'a booking has its numbers, and a label whose code can be read'],
    async (carrier) => {
      const reference = carrier.reference('booked');
      const booking = await carrier.book(reference);
      assert.notEqual(booking.shipmentIdentifier, '');
      assert.deepEqual(await carrier.bed.paid(carrier.bench, reference), [booking.trackingNumber], 'paid for');
      await assertReadable(carrier, booking, await labelOf(carrier, booking));
    },
  ),
  carrierCase(
    ['label', 'pieces', 'book', 'several pieces are one booking, each with its number'],
    async (carrier) => {
      const reference = carrier.reference('pieces');
      const [piece] = carrier.bed.request(reference).pieces;
      assert.ok(piece !== undefined, 'the request has no piece');
      const pieces = ['p-1', 'p-2', 'p-3'].map((pieceId) => ({ ...piece, pieceId }));
      const booking = await carrier.book(reference, { pieces });
      assert.deepEqual(
        booking.pieces.map(({ pieceId }) => pieceId),
        ['p-1', 'p-2', 'p-3'],
        'our names of the pieces, in order',
      );
      assert.equal(new Set(booking.pieces.map(({ trackingNumber }) => trackingNumber)).size, 3, 'their numbers');
      assert.equal((await carrier.bed.paid(carrier.bench, reference)).length, 1, 'bookings that are paid for');
    },
    ({ connector }) => (connector.capabilities.multiPiece ? null : 'one parcel makes one booking'),
  ),
  carrierCase(
    ['label', 'too-many-pieces', 'book', 'more pieces than it takes are refused before anything is booked'],
    async (carrier) => {
      const reference = carrier.reference('many');
      const [piece] = carrier.bed.request(reference).pieces;
      assert.ok(piece !== undefined, 'the request has no piece');
      const count = carrier.connector.capabilities.maxPieces + 1;
      const pieces = Array.from({ length: count }, (_, index) => ({ ...piece, pieceId: `p-${index}` }));
      const { details, messages } = await carrier.connector.book(carrier.bed.request(reference, { pieces }));
      assert.equal(details, null, 'it was booked');
      assert.ok(messages.some(({ level }) => level === 'error'));
      assert.deepEqual(await carrier.bed.paid(carrier.bench, reference), [], 'paid for');
    },
  ),
  carrierCase(
    ['label', 'zpl', 'book', 'a label for thermal printers is ZPL'],
    async (carrier) => {
      const booking = await carrier.book(carrier.reference('zpl'), { labelFormat: 'ZPL' });
      const [label] = labelsOf(booking);
      assert.equal(label?.format, 'ZPL');
      const text = label?.bytes.toString('latin1') ?? '';
      assert.ok(text.includes('^XA') && text.includes('^XZ'), `no ZPL: ${text.slice(0, 40)}`);
    },
    ({ connector }) => (connector.capabilities.labelFormats.includes('ZPL') ? null : 'labels are PDF only'),
  ),
  carrierCase(
    ['label', 'refused', 'book', 'a refusal by rule comes as messages, and nothing is booked'],
    async (carrier) => {
      const reference = carrier.reference('refused');
      const { details, messages } = await carrier.connector.book(carrier.bed.request(reference, carrier.bed.refused));
      assert.equal(details, null, 'it was booked');
      const errors = messages.filter(({ level }) => level === 'error');
      assert.ok(errors.length > 0 && errors.every(({ message }) => message !== ''), JSON.stringify(messages));
      assert.deepEqual(await carrier.bed.paid(carrier.bench, reference), [], 'paid for');
    },
  ),
  carrierCase(
    ['label', 'unheard', 'book', 'a booking whose answer was lost is found: one label is paid for'],
    async (carrier) => {
      const reference = carrier.reference('unheard');
      await failsAs(
        carrier.dials.under({ kind: 'lose-answer' }, carrier.bed.calls.book, () => carrier.book(reference)),
        'OutcomeUnknown',
      );
      const [paid] = await carrier.bed.paid(carrier.bench, reference);
      const found = await carrier.find(reference);
      assert.equal(found?.trackingNumber, paid, 'what is found');
      assert.equal((await carrier.bed.paid(carrier.bench, reference)).length, 1, 'labels that are paid for');
      if (found !== null && carrier.connector.capabilities.labelRefetch) {
        await assertReadable(carrier, found, await labelOf(carrier, found));
      }
    },
    ({ connector }) => (connector.capabilities.bookingLookup ? null : 'bookings cannot be looked up: a person checks'),
  ),
  carrierCase(
    ['label', 'twice', 'book', 'booked twice under one reference is one label, or said to be two'],
    async (carrier) => {
      const reference = carrier.reference('twice');
      const first = await carrier.book(reference);
      const second = await carrier.connector.book(carrier.bed.request(reference)).catch((error: unknown) => error);
      const paid = await carrier.bed.paid(carrier.bench, reference);
      if (paid.length === 1) {
        assert.deepEqual(paid, [first.trackingNumber], 'the label that is paid for');
        if (second instanceof Error) await failsAs(Promise.reject(second), 'Duplicate', 'Rejected');
        assert.equal((await carrier.find(reference))?.trackingNumber, first.trackingNumber);
      } else await failsAs(carrier.find(reference), 'Duplicate');
    },
  ),
  carrierCase(
    [
      'label',
      'late',
      'fetchLabel',
      'a label that is not ready is none yet; asked again it is there, and nothing was paid twice',
    ],
    async (carrier) => {
      const late = there(carrier.bed.lateLabel);
      const reference = carrier.reference('late');
      await late(carrier.bench, true);
      let booking: Booking;
      try {
        booking = await carrier.book(reference);
        assert.deepEqual(labelsOf(booking), [], 'labels with the booking');
        assert.equal(await carrier.connector.fetchLabel?.(booking), null, 'not ready yet');
      } finally {
        await late(carrier.bench, false);
      }
      const label = await carrier.connector.fetchLabel?.(booking);
      assert.ok(label, 'ready now');
      await assertReadable(carrier, booking, label);
      assert.equal((await carrier.bed.paid(carrier.bench, reference)).length, 1, 'labels that are paid for');
    },
    (facts) => refetches(facts) ?? lackOf(facts.bed.lateLabel),
  ),
  ...voidCases(),
  ...pickupCases(),
];

function voidCases(): readonly CarrierCase[] {
  return [
    carrierCase(
      ['label', 'void', 'voidBooking', 'taken back once and once more, it is not paid for'],
      async (carrier) => {
        const reference = carrier.reference('void');
        const booking = await carrier.book(reference);
        for (let time = 0; time < 2; time += 1) {
          const outcome = await carrier.connector.voidBooking?.(booking);
          assert.equal(outcome?.voided, true, JSON.stringify(outcome));
        }
        assert.deepEqual(await carrier.bed.paid(carrier.bench, reference), [], 'paid for');
      },
      voids,
    ),
    carrierCase(
      ['label', 'void-late', 'voidBooking', 'after the pick-up it is refused with a reason'],
      async (carrier) => {
        const reference = carrier.reference('gone');
        const booking = await carrier.book(reference);
        await carrier.bed.scan(carrier.bench, booking.trackingNumber, { native: carrier.bed.course.pickedUp });
        const outcome = await carrier.connector.voidBooking?.(booking);
        assert.ok(outcome?.voided === false && (outcome.reason ?? '') !== '', JSON.stringify(outcome));
        assert.equal((await carrier.bed.paid(carrier.bench, reference)).length, 1, 'paid for');
      },
      voids,
    ),
    carrierCase(
      ['label', 'void-unheard', 'voidBooking', 'a void whose answer was lost is told again, and holds'],
      async (carrier) => {
        const reference = carrier.reference('unvoid');
        const booking = await carrier.book(reference);
        const { voidBooking } = carrier.connector;
        assert.ok(voidBooking !== undefined, 'voidBooking belongs to void: call');
        const act = () => voidBooking.call(carrier.connector, booking);
        const lost = carrier.dials.under({ kind: 'lose-answer' }, there(carrier.bed.calls.void), act);
        await failsAs(lost, 'Unavailable', 'OutcomeUnknown');
        assert.equal((await act()).voided, true);
        assert.deepEqual(await carrier.bed.paid(carrier.bench, reference), [], 'paid for');
      },
      voids,
    ),
  ];
}

function pickupCases(): readonly CarrierCase[] {
  const picksUp = ({ connector, bed }: CarrierFacts) =>
    connector.capabilities.pickup ? lackOf(bed.pickup) : 'couriers are not called by us, or come with the booking';
  return [
    carrierCase(
      ['label', 'pickup', 'bookPickup', 'one courier is called, and called off twice without harm'],
      async (carrier) => {
        const bed = there(carrier.bed.pickup);
        const before = await bed.open(carrier.bench);
        const answer = await carrier.connector.bookPickup?.(bed.request(carrier.reference('pickup')));
        assert.ok(answer?.details, JSON.stringify(answer?.messages));
        assert.equal(await bed.open(carrier.bench), before + 1, 'couriers on their way');
        const { pickupIdentifier } = answer.details;
        for (let time = 0; time < 2; time += 1) {
          await carrier.connector.cancelPickup?.({ pickupIdentifier, reason: 'nothing to collect' });
        }
        assert.equal(await bed.open(carrier.bench), before, 'couriers on their way');
      },
      picksUp,
    ),
    carrierCase(
      ['label', 'pickup-unheard', 'bookPickup', 'a lost answer says that nobody knows; one courier was called'],
      async (carrier) => {
        const bed = there(carrier.bed.pickup);
        const before = await bed.open(carrier.bench);
        const { bookPickup } = carrier.connector;
        assert.ok(bookPickup !== undefined, 'bookPickup belongs to pickup');
        const act = () => bookPickup.call(carrier.connector, bed.request(carrier.reference('unpick')));
        await failsAs(carrier.dials.under({ kind: 'lose-answer' }, bed.match, act), 'OutcomeUnknown');
        assert.equal(await bed.open(carrier.bench), before + 1, 'couriers on their way');
      },
      picksUp,
    ),
  ];
}
