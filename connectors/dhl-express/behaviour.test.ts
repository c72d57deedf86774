import { afterEach, describe, expect, it } from 'vitest';
import { type Bench, requestOf, startBench } from './bench.fixture.ts';

const benches: Bench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close();
});

async function open(...input: Parameters<typeof startBench>): Promise<Bench> {
  const bench = await startBench(...input);
  benches.push(bench);
  return bench;
}

async function booked(bench: Bench, reference: string) {
  const { details } = await bench.connector.book(requestOf(reference));
  return details ?? expect.fail('not booked');
}

const anHourAgo = () => new Date(Date.now() - 3_600_000);

describe('connection', () => {
  it('reports good and bad credentials', async () => {
    const good = await open();
    expect(await good.connector.testConnection()).toMatchObject({ ok: true, account: '123456789' });
    const bad = await open({}, {}, { password: 'wrong' });
    const report = await bad.connector.testConnection();
    expect(report).toMatchObject({ ok: false, findings: [{ remedy: expect.stringContaining('password') }] });
    await expect(bad.connector.book(requestOf('R1'))).rejects.toMatchObject({ kind: 'Unauthorized' });
    expect(bad.bookings()).toBe(0);
  });

  it('tells a wrong address from "nothing found"', async () => {
    const bench = await open();
    await bench.fault({ kind: 'html', status: 404 });
    await expect(bench.connector.findBooking('R1', anHourAgo())).rejects.toMatchObject({ kind: 'Rejected' });
  });
});

describe('rates', () => {
  it('come in the billing currency with their parts', async () => {
    const bench = await open({ billingCurrency: 'AUD' });
    const { details } = await bench.connector.rates(requestOf('R1'));
    const product = details?.find((quote) => quote.service === 'P') ?? expect.fail('no product P');
    expect(product.total.currency).toBe('AUD');
    expect(product.charges.map((charge) => charge.type)).toEqual(['base', 'addon', 'surcharge']);
    const sum = product.charges.reduce((total, charge) => total + charge.amount.amountMinor, 0);
    expect(sum).toBe(product.total.amountMinor);
  });

  it('are messages, not errors, where DHL refuses', async () => {
    const bench = await open();
    const { details, messages } = await bench.connector.rates(requestOf('R1', { plannedAt: new Date(0) }));
    expect(details).toBeNull();
    expect(messages).toMatchObject([{ code: '998', level: 'error', message: expect.stringContaining('→') }]);
  });
});

describe('booking', () => {
  it('gives one label per parcel and can be found by our reference', async () => {
    const bench = await open();
    const booking = await booked(bench, 'R1');
    expect(booking.documents.filter((document) => document.kind === 'label')).toHaveLength(2);
    expect(booking.pieces.map((piece) => piece.pieceId)).toEqual(['p-a', 'p-b']);
    expect(booking.charges[0]?.type).toBe('base');
    const found = await bench.connector.findBooking('R1', anHourAgo());
    expect(found).toMatchObject({ trackingNumber: booking.trackingNumber, documents: [] });
    expect(found?.pieces.map((piece) => piece.trackingNumber)).toEqual(
      booking.pieces.map((piece) => piece.trackingNumber),
    );
    expect(await bench.connector.findBooking('R', anHourAgo())).toBeNull();
  });

  it('within one country needs no customs', async () => {
    const bench = await open({}, { productCode: 'N' });
    const base = requestOf('R1', { incoterm: 'DAP', customs: [] });
    const shipTo = { ...base.shipFrom, name: 'Robin Example', company: null };
    expect((await bench.connector.book({ ...base, shipTo })).details).not.toBeNull();
  });

  it('refused by rule books nothing and says why', async () => {
    const bench = await open({}, { productCode: 'XX' });
    const { details, messages } = await bench.connector.book(requestOf('R1'));
    expect(details).toBeNull();
    expect(messages[0]).toMatchObject({ level: 'error' });
    const foreign = await open({}, { accountNumber: '999' });
    const refused = await foreign.connector.book(requestOf('R1'));
    expect(refused.messages[0]?.message).toContain('Check the shipper account');
    expect(bench.bookings() + foreign.bookings()).toBe(0);
  });

  it.each([
    [{ kind: 'lose-answer' }, 1],
    [{ kind: 'hold' }, 1],
    [{ kind: 'cut', bytes: 200 }, 1],
    [{ kind: 'drop' }, 0],
    [{ kind: 'status', status: 500, body: { code: '500', detail: '999: Process failure' } }, 0],
    [{ kind: 'status', status: 503 }, 0],
    [{ kind: 'html', status: 200 }, 0],
  ])('under %j is of unknown outcome, and the look-up tells', async (fault, there) => {
    const bench = await open({}, {}, {}, { callMs: 4_000, firstByteMs: 4_000 });
    await bench.fault(fault, '/shipments$');
    await expect(bench.connector.book(requestOf('R1'))).rejects.toMatchObject({ kind: 'OutcomeUnknown' });
    expect(bench.bookings()).toBe(there);
    expect((await bench.connector.findBooking('R1', anHourAgo())) === null).toBe(there === 0);
  });

  it('is not made under a throttle', async () => {
    const bench = await open();
    await bench.fault({ kind: 'throttle', retryAfter: 'seconds', seconds: 7 });
    await expect(bench.connector.book(requestOf('R1'))).rejects.toMatchObject({
      kind: 'RateLimited',
      details: { retryAfterMs: 7000 },
    });
    expect(bench.bookings()).toBe(0);
  });

  it('that appears late is not found before', async () => {
    const bench = await open({ trackingVisibleAfterMs: 3_600_000 });
    await booked(bench, 'R1');
    expect(await bench.connector.findBooking('R1', anHourAgo())).toBeNull();
  });

  it('made twice is shown as a duplicate, with both numbers', async () => {
    const bench = await open();
    const [first, second] = [await booked(bench, 'R1'), await booked(bench, 'R1')];
    await expect(bench.connector.findBooking('R1', anHourAgo())).rejects.toMatchObject({
      kind: 'Duplicate',
      details: {
        existingId: expect.stringMatching(`^(${first.trackingNumber}|${second.trackingNumber})$`),
        remedy: expect.stringContaining(second.trackingNumber),
      },
    });
  });
});

describe('tracking', () => {
  it('reads waybills and parcels; numbers without data are missing', async () => {
    const bench = await open();
    const booking = await booked(bench, 'R1');
    const waybill = booking.trackingNumber;
    const parcel = booking.pieces[0]?.trackingNumber ?? expect.fail('no parcel');
    await bench.control('POST', '/dials', { doubleEvents: true, shuffleEvents: true });
    await bench.control('POST', `/shipments/${waybill}/events`, { typeCode: 'PU', at: '2026-11-21T08:00:00Z' });
    await bench.control('POST', `/shipments/${waybill}/events`, { typeCode: 'ZZ', at: '2026-11-22T08:00:00Z' });
    const events = await bench.connector.track([waybill, waybill, parcel, '9999999999']);
    expect(new Set(events.map((event) => event.trackingNumber))).toEqual(new Set([waybill, parcel]));
    expect(new Set(events.map((event) => event.tag))).toEqual(new Set(['PICKED_UP', null]));
    const pickup = events.find((event) => event.nativeCode === 'PU');
    expect(pickup?.at?.toISOString()).toBe('2026-11-21T08:00:00.000Z');
  });

  it('places scans without a zone only where there is one', async () => {
    const bench = await open();
    const base = requestOf('R1');
    const shipTo = { ...base.shipTo, city: 'Singapore', countryCode: 'SG', postcode: '048582' };
    const { details } = await bench.connector.book({ ...base, shipTo });
    const waybill = details?.trackingNumber ?? expect.fail('not booked');
    await bench.control('POST', '/dials', { withoutOffsets: true });
    const at = '2026-11-22T08:00:00Z';
    await bench.control('POST', `/shipments/${waybill}/events`, { typeCode: 'PU', at, place: 'origin' });
    await bench.control('POST', `/shipments/${waybill}/events`, { typeCode: 'OK', at, place: 'destination' });
    const events = await bench.connector.track([waybill]);
    const timeOf = (code: string) => events.find((event) => event.nativeCode === code)?.at ?? null;
    expect([timeOf('PU'), timeOf('OK')?.toISOString()]).toEqual([null, '2026-11-22T08:00:00.000Z']);
  });

  it('asks for at most 200 numbers at once, and for none not at all', async () => {
    const bench = await open();
    const waybill = (await booked(bench, 'R1')).trackingNumber;
    await bench.control('POST', `/shipments/${waybill}/events`, { typeCode: 'PU' });
    const many = Array.from({ length: 250 }, (_, index) => String(7_000_000_000 + index));
    expect(await bench.connector.track([...many, waybill])).toHaveLength(1);
    expect(await bench.connector.track([])).toEqual([]);
  });
});
