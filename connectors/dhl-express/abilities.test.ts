import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PickupRequest } from '../contract/carrier.ts';
import { type Bench, requestOf, startBench } from './bench.fixture.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench({ billingCurrency: 'AUD' }, { paperlessTrade: true, reserveNumbers: true });
});
afterAll(() => bench.close());

const dials = (body: Record<string, unknown>) => bench.control('POST', '/dials', body);
const book = async (...input: Parameters<typeof requestOf>) => {
  const { details, messages } = await bench.connector.book(requestOf(...input));
  return details ?? expect.fail(JSON.stringify(messages));
};

/** Tomorrow between noon and four in Sydney. */
function pickupOf(reference: string): PickupRequest {
  const day = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
  return {
    reference,
    at: requestOf('R1').shipFrom,
    readyAt: new Date(`${day}T02:00:00Z`),
    closesAt: new Date(`${day}T05:00:00Z`),
    timeZone: 'Australia/Sydney',
    pieces: requestOf('R1').pieces,
    shipmentIdentifiers: [],
  };
}
const pickups = () => bench.control<{ number: string; cancelledAt: string | null }[]>('GET', '/pickups');

describe('pick-ups', () => {
  it('are booked, and cancelled as often as one likes', async () => {
    const { connector } = bench;
    const wanted = pickupOf('PU-1');
    const { details, messages } = (await connector.bookPickup?.(wanted)) ?? expect.fail('no pick-ups');
    expect(messages).toEqual([]);
    expect(details?.readyAt).toEqual(wanted.readyAt);
    const cancelled = { pickupIdentifier: details?.pickupIdentifier ?? '', reason: 'nothing to fetch' };
    await connector.cancelPickup?.(cancelled);
    await connector.cancelPickup?.(cancelled);
    await connector.cancelPickup?.({ ...cancelled, pickupIdentifier: 'PRG000000000000' });
    expect((await pickups()).filter(({ cancelledAt }) => cancelledAt !== null)).toHaveLength(1);
  });

  it('after the cut-off are refused with a reason, and nobody comes', async () => {
    const before = (await pickups()).length;
    await dials({ pickupCutoff: '00:01' });
    const answer = await bench.connector.bookPickup?.(pickupOf('PU-2'));
    await dials({ pickupCutoff: '' });
    expect(answer).toMatchObject({ details: null, messages: [{ message: expect.stringContaining('cut-off') }] });
    expect(await pickups()).toHaveLength(before);
  });

  it('whose answer is lost are of unknown outcome', async () => {
    const before = (await pickups()).length;
    await bench.fault({ kind: 'lose-answer' }, '/pickups$');
    await expect(bench.connector.bookPickup?.(pickupOf('PU-3'))).rejects.toMatchObject({ kind: 'OutcomeUnknown' });
    expect(await pickups()).toHaveLength(before + 1);
  });
});

describe('documents', () => {
  it('come as ZPL, one label a parcel, with the invoice of paperless customs', async () => {
    const { documents } = await book('Z1', { labelFormat: 'ZPL' });
    const labels = documents.filter(({ kind }) => kind === 'label');
    expect(labels.map(({ format, bytes }) => [format, bytes.toString('latin1', 0, 3)])).toEqual([
      ['ZPL', '^XA'],
      ['ZPL', '^XA'],
    ]);
    expect(documents.find(({ kind }) => kind === 'invoice')?.format).toBe('PDF');
  });

  it('of many parcels are in the order of the parcels', async () => {
    const [piece] = requestOf('R1').pieces;
    if (piece === undefined) expect.fail('incomplete sample');
    const pieces = Array.from({ length: 12 }, (_, index) => ({ ...piece, pieceId: `p-${index}` }));
    const booking = await book('M1', { pieces, labelFormat: 'ZPL' });
    const labels = booking.documents
      .filter(({ kind }) => kind === 'label')
      .map(({ bytes }) => bytes.toString('latin1'));
    expect(booking.pieces.map(({ pieceId }) => pieceId)).toEqual(pieces.map(({ pieceId }) => pieceId));
    for (const [index, { trackingNumber }] of booking.pieces.entries()) expect(labels[index]).toContain(trackingNumber);
  });
});

describe('a dry run', () => {
  it('says what a booking would, and books nothing', async () => {
    const before = bench.bookings();
    expect(await bench.connector.dryRun?.(requestOf('D1'))).toEqual([]);
    const past = await bench.connector.dryRun?.(requestOf('D2', { plannedAt: new Date(0) }));
    expect(past).toMatchObject([{ code: '998', level: 'error' }]);
    expect(bench.bookings()).toBe(before);
  });
});

describe('a reserved number', () => {
  it('is refused where the account may not', async () => {
    expect(await bench.connector.reserveNumber?.()).toMatchObject({
      details: null,
      messages: [{ code: '3501', message: expect.stringContaining('Ask DHL') }],
    });
  });

  it('makes a repeated booking the same waybill', async () => {
    await dials({ mayReserve: true });
    const number = (await bench.connector.reserveNumber?.())?.details ?? expect.fail('no number');
    const before = bench.bookings();
    await bench.fault({ kind: 'lose-answer' }, '/shipments$');
    const request = requestOf('N1', { reservedNumber: number });
    await expect(bench.connector.book(request)).rejects.toMatchObject({ kind: 'OutcomeUnknown' });
    const { details } = await bench.connector.book(request);
    expect(details?.trackingNumber).toBe(number);
    expect(details?.documents.filter(({ kind }) => kind === 'label')).toHaveLength(2);
    expect(bench.bookings()).toBe(before + 1);
    const stranger = await bench.connector.book(requestOf('N2', { reservedNumber: '1111111111' }));
    expect(stranger).toMatchObject({ details: null, messages: [{ level: 'error' }] });
  });
});

describe('what will be billed', () => {
  it('shows the remote area in quote, booking and bill, and what was measured', async () => {
    await dials({ remotePostcodes: '101' });
    const { details } = await bench.connector.rates(requestOf('B1'));
    const quoted = details?.find(({ service }) => service === 'P') ?? expect.fail('no quote');
    const booking = await book('B1');
    await dials({ remotePostcodes: '' });
    const remote = { type: 'surcharge', code: 'OO', amount: { amountMinor: 2500, currency: 'AUD' } };
    expect(quoted.charges).toContainEqual(expect.objectContaining(remote));
    expect(booking.charges).toContainEqual(expect.objectContaining(remote));

    const waybill = booking.trackingNumber;
    expect((await bench.connector.track([waybill])).filter(({ measured }) => measured)).toEqual([]);
    await bench.control('POST', `/shipments/${waybill}/measure`, {
      piece: 2,
      weight: 4.25,
      length: 31,
      width: 25,
      height: 12,
    });
    const measured = (await bench.connector.track([waybill])).filter((event) => event.measured);
    expect(measured).toMatchObject([
      {
        trackingNumber: booking.pieces.find(({ pieceId }) => pieceId === 'p-b')?.trackingNumber,
        tag: 'FACT',
        at: null,
        measured: { weightGrams: 4250, lengthMm: 310, widthMm: 250, heightMm: 120 },
      },
    ]);
    const bills = await bench.control<{ waybill: string; billedKilograms: number }[]>('GET', '/bill');
    // 1.26 kg by volume and 4.25 kg weighed.
    expect(bills.find((bill) => bill.waybill === waybill)?.billedKilograms).toBe(6);
  });
});
