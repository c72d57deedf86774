import { afterAll, describe, expect, it } from 'vitest';
import { requestOf, startBench } from './bench.fixture.ts';
import { withoutRefusedKeys } from './extraneous.ts';
import { fromDecimal } from './money.ts';
import { instantOf } from './times.ts';
import { toMeasurement } from './tracking.ts';

const problem = (...causes: string[]) =>
  JSON.stringify({ title: 'Unprocessable', detail: 'Multiple problems', additionalDetails: causes, status: '422' });
const error = (message: string) => ({ code: '422', field: null, message, level: 'error' as const });

describe('an API of another version', async () => {
  const bench = await startBench();
  afterAll(() => bench.close());
  const refused = (body: string) => bench.fault({ kind: 'status', status: 422, body }, '/shipments$');

  it('that does not know a minor key is sent the booking without it, once', async () => {
    await refused(problem('#: extraneous key [getRateEstimates] is not permitted'));
    const { details } = await bench.connector.book(requestOf('minor-1'));
    expect(details?.charges).toEqual([]);
    expect(bench.bookings()).toBe(1);
  });

  it('that refuses anything else is believed', async () => {
    await refused(problem('#: extraneous key [getRateEstimates] is not permitted', '8007: account invalid'));
    expect(await bench.connector.book(requestOf('minor-2'))).toMatchObject({ details: null });
    expect(bench.bookings()).toBe(1);
  });

  it('may name a pick-up in the singular', async () => {
    const body = JSON.stringify({ dispatchConfirmationNumber: 'PRG2026' });
    await bench.fault({ kind: 'status', status: 201, body, contentType: 'application/json' }, '/pickups$');
    const { shipFrom, pieces, originTimeZone } = requestOf('pickup');
    const day = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
    const answer = await bench.connector.bookPickup?.({
      reference: 'pickup-1',
      at: shipFrom,
      readyAt: new Date(`${day}T02:00:00Z`),
      closesAt: new Date(`${day}T05:00:00Z`),
      timeZone: originTimeZone,
      pieces,
      shipmentIdentifiers: [],
    });
    expect(answer?.details?.pickupIdentifier).toBe('PRG2026');
  });
});

describe('values in other forms', () => {
  it('keys that are needed are never left out', () => {
    const body = { productCode: 'P', content: { shipmentType: 'x', lineItems: [{ exportReasonType: 'y' }] } };
    expect(withoutRefusedKeys(body, [error('extraneous key [productCode]')])).toBeNull();
    expect(withoutRefusedKeys(body, [])).toBeNull();
    expect(
      withoutRefusedKeys(body, [error("extraneous key 'shipmentType'"), error('extraneous key [exportReasonType]')]),
    ).toEqual({
      productCode: 'P',
      content: { lineItems: [{ exportReasonType: 'y' }] },
    });
  });

  it('numbers as text, and offsets without a colon', () => {
    expect(fromDecimal('157.95', 'GBP')).toEqual({ amountMinor: 15_795, currency: 'GBP' });
    expect(toMeasurement({ trackingNumber: 1234, actualWeight: '1.250' }, 1, 'W')).toMatchObject({
      trackingNumber: '1234',
      measured: { weightGrams: 1_250 },
    });
    expect(instantOf('2026-11-22', '13:06:00', '+1000')).toEqual(new Date('2026-11-22T03:06:00Z'));
    expect(instantOf('2026-11-22', '13:06:00', 'Z')).toEqual(new Date('2026-11-22T13:06:00Z'));
  });
});
