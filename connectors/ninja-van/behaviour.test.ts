import { afterEach, describe, expect, it } from 'vitest';
import { accountOf, type Bench, requestIn, requestOf, startBench } from './bench.fixture.ts';
import { trackingNumberOf } from './handle.ts';

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
  const { details, messages } = await bench.connector.book(requestOf(reference));
  return details ?? expect.fail(JSON.stringify(messages));
}

const find = (bench: Bench, reference: string) => bench.connector.findBooking(reference, new Date(0));
const dials = (bench: Bench, more: Record<string, unknown>) => bench.control('POST', '/dials', more);
const scan = (bench: Bench, number: string, event: Record<string, unknown>) =>
  bench.control('POST', `/shipments/${number}/events`, event);

describe('tokens', () => {
  it('are fetched once by two workers, shared, and renewed once when they are refused', async () => {
    const bench = await open();
    await Promise.all([bench.connector.track(['A']), bench.secondWorker().track(['B'])]);
    bench.reconnect();
    await bench.connector.track(['C']);
    expect(bench.calls('access token')).toBe(1);
    await bench.control('POST', '/tokens/expire');
    expect((await booked(bench, 'R1')).trackingNumber).toMatch(/^NVSG/);
    expect([bench.calls('access token'), bench.bookings()]).toEqual([2, 1]);
  });

  it('that live for a short time only are used all the same, and renewed in their last quarter', async () => {
    const bench = await open({ tokenLifetimeSeconds: 300 });
    await bench.connector.track(['A']);
    await bench.connector.track(['B']);
    expect(bench.calls('access token')).toBe(1);
    const worn = await open(
      {},
      {},
      { accessToken: 'worn', accessTokenExpiresAtMs: Date.now() + 60_000, accessTokenRenewAtMs: 0 },
    );
    await worn.fault({ kind: 'status', status: 500 }, 'access_token$');
    // The early renewal fails and is put off; the token turns out to be dead, and is renewed then.
    expect(await worn.connector.track(['A'])).toEqual([]);
    expect(worn.calls('tracking events')).toBe(2);
    expect(worn.calls('access token')).toBe(2);
  });

  it('are fetched once for a test of the connection, also where one is there that a new key would not get', async () => {
    const bench = await open();
    for (const calls of [1, 2]) {
      expect(await bench.connector.testConnection()).toMatchObject({ ok: true });
      expect(bench.calls('access token')).toBe(calls);
    }
  });

  it('that were revoked for good are a matter for people', async () => {
    const bench = await open();
    await booked(bench, 'R1');
    await dials(bench, { refusal: 'revoked' });
    await expect(bench.connector.book(requestOf('R2'))).rejects.toMatchObject({
      kind: 'Unauthorized',
      details: { remedy: expect.stringContaining('client key') },
    });
    expect(bench.bookings()).toBe(1);
    expect(await bench.connector.testConnection()).toMatchObject({ ok: false, account: 'SG NVSG' });
  });

  it.each([
    ['audit', 'sample orders'],
    ['frozen', 'frozen'],
  ])('of an account that is held back (%s) say what to do', async (refusal, remedy) => {
    const bench = await open();
    await dials(bench, { refusal });
    const [finding] = (await bench.connector.testConnection()).findings;
    expect(finding?.remedy).toContain(remedy);
  });
});

describe('booking', () => {
  it('has the number that was known beforehand, and its label', async () => {
    const bench = await open();
    const { details, messages } = await bench.connector.book(requestOf('R1'));
    const number = trackingNumberOf('R1', accountOf('SG'));
    expect(details).toMatchObject({ trackingNumber: number, pieces: [{ pieceId: 'p-a', trackingNumber: number }] });
    expect(details?.documents.map(({ kind }) => kind)).toEqual(['label']);
    expect(messages).toEqual([]);
  });

  it('repeated is the same booking, whatever became of the first answer', async () => {
    const bench = await open();
    await bench.fault({ kind: 'lose-answer' }, '/4.2/orders$');
    await expect(bench.connector.book(requestOf('R1'))).rejects.toMatchObject({ kind: 'OutcomeUnknown' });
    const { details, messages } = await bench.connector.book(requestOf('R1'));
    expect(details?.documents).toHaveLength(1);
    expect(messages).toMatchObject([{ code: 'already_booked', level: 'warning' }]);
    expect(bench.bookings()).toBe(1);
  });

  it('repeated before it can be tracked is of unknown outcome, not another one', async () => {
    const bench = await open({ trackingVisibleAfterMs: 3_600_000 });
    await booked(bench, 'R1');
    expect(await find(bench, 'R1')).toBeNull();
    await expect(bench.connector.book(requestOf('R1'))).rejects.toMatchObject({ kind: 'OutcomeUnknown' });
    await dials(bench, { trackingVisibleAfterMs: 0 });
    expect(await find(bench, 'R1')).not.toBeNull();
    expect(bench.bookings()).toBe(1);
  });

  it('that was cancelled, or is another’s, is not taken for ours', async () => {
    const bench = await open();
    await bench.connector.voidBooking?.(await booked(bench, 'R1'));
    expect(await find(bench, 'R1')).toBeNull();
    const again = await bench.connector.book(requestOf('R1'));
    expect(again).toMatchObject({ details: null, messages: [{ code: 'cancelled', level: 'error' }] });
  });

  it('abroad is taken where that is agreed, with its label', async () => {
    const bench = await open({ international: true }, { international: true });
    const { shipTo } = requestOf('R1');
    const line = {
      description: 'Shoes',
      quantity: 1,
      unitValue: { amountMinor: 6_000, currency: 'SGD' },
      netWeightGrams: 900,
      hsCode: '640399',
      originCountryCode: 'AU',
    };
    const abroad = { shipTo: { ...shipTo, countryCode: 'MY', postcode: '50000' }, customs: [line] };
    const { details, messages } = await bench.connector.book(requestOf('R1', abroad));
    expect(details?.documents, JSON.stringify(messages)).toHaveLength(1);
    await dials(bench, { waybillLateMs: 3_600_000 });
    expect(await bench.connector.fetchLabel?.(details ?? expect.fail())).toBeNull();
    expect(bench.calls('waybill')).toBe(3);
  });

  it('under another prefix than the settings say is told at once', async () => {
    const bench = await open({}, { trackingPrefix: 'WRONG' });
    const { details, messages } = await bench.connector.book(requestOf('R1'));
    expect(details?.trackingNumber).toMatch(/^NVSG/);
    expect(messages).toMatchObject([{ code: 'other_number', message: expect.stringContaining('prefix') }]);
  });

  it('refused over there comes field by field, and nothing is booked', async () => {
    const bench = await open({ maxWeightKg: 1 });
    const { details, messages } = await bench.connector.book(requestOf('R1'));
    expect(details).toBeNull();
    expect(messages).toMatchObject([{ field: 'parcel_job.dimensions.weight', message: expect.stringContaining('→') }]);
    expect(bench.bookings()).toBe(0);
  });

  it('begins on the next day of delivery; one courier comes for all orders of a day and place', async () => {
    const day = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Singapore' });
    const plannedAt = new Date(Date.now() + 5 * 86_400_000);
    const bench = await open({ blockedDays: [day.format(plannedAt)] }, { requestPickup: true });
    const { messages } = await bench.connector.book(requestOf('R1', { plannedAt }));
    expect(messages).toMatchObject([{ code: 'day_moved', level: 'info' }]);
    await bench.connector.book(requestOf('R2', { plannedAt }));
    const reservations = await bench.control<{ trackingNumbers: string[] }[]>('GET', '/reservations');
    expect(reservations.map(({ trackingNumbers }) => trackingNumbers.length)).toEqual([2]);
  });

  it('whose label is late, or not permitted, is a booking all the same', async () => {
    const bench = await open({ waybillLateMs: 3_600_000 });
    const late = await bench.connector.book(requestOf('R1'));
    expect(late).toMatchObject({ details: { documents: [] }, messages: [{ code: 'label_later', level: 'info' }] });
    await dials(bench, { waybillLateMs: 0, refusal: 'waybill' });
    const barred = await bench.connector.book(requestOf('R2'));
    expect(barred.details?.documents).toEqual([]);
    expect(barred.messages.map(({ code }) => code)).toEqual(['label_failed', 'label_later']);
    await expect(bench.connector.fetchLabel?.(await booked(bench, 'R3'))).rejects.toMatchObject({
      kind: 'Rejected',
      details: { remedy: expect.stringContaining('waybills') },
    });
    expect(bench.bookings()).toBe(3);
  });
});

describe('tracking', () => {
  it('keeps scans out of order, doubled, from the future, and “returned” after “delivered” as they are', async () => {
    const bench = await open();
    const { trackingNumber } = await booked(bench, 'R1');
    await dials(bench, { doubleEvents: true, shuffleEvents: true });
    const scans = [
      { status: 'Successful Delivery', at: '2026-11-22T08:00:00.000Z' },
      { status: 'Return to Sender Triggered', at: '2026-11-23T08:00:00.000Z', isOnReturnLeg: true },
      { status: 'Successful Delivery', at: '2999-11-24T08:00:00.000Z', isOnReturnLeg: true },
    ];
    for (const event of scans) await scan(bench, trackingNumber, event);
    const events = await bench.connector.track([trackingNumber, 'NVSG0000000000UNKN']);
    const told = new Set(events.map(({ tag, at }) => `${tag} ${at?.toISOString()}`));
    expect(told).toContain('DELIVERED 2026-11-22T08:00:00.000Z');
    expect(told).toContain('RETURNING 2026-11-23T08:00:00.000Z');
    expect(told).toContain('RETURNED 2999-11-24T08:00:00.000Z');
    expect(events).toHaveLength(8);
  });

  it('places scans without a zone only where there is one', async () => {
    for (const [country, request] of [
      ['SG', requestOf('R1')],
      ['ID', requestIn('ID', 'R1', '10110')],
    ] as const) {
      const bench = await open({}, { country });
      const { details, messages } = await bench.connector.book(request);
      const number = details?.trackingNumber ?? expect.fail(JSON.stringify(messages));
      await dials(bench, { withoutOffsets: true });
      await scan(bench, number, { status: 'Successful Pickup', at: '2026-11-22T08:00:00.000Z' });
      const event = (await bench.connector.track([number])).find(({ tag }) => tag === 'PICKED_UP');
      expect(event?.at?.toISOString() ?? null).toBe(country === 'SG' ? '2026-11-22T08:00:00.000Z' : null);
    }
  });

  it('reads what was weighed', async () => {
    const bench = await open();
    const { trackingNumber } = await booked(bench, 'R1');
    const measured = { weightKg: 1.85, lengthCm: 31, widthCm: 22.5, heightCm: 12 };
    await scan(bench, trackingNumber, { status: 'Parcel Measurements Update', measured });
    const events = await bench.connector.track([trackingNumber]);
    const expected = { weightGrams: 1850, lengthMm: 310, widthMm: 225, heightMm: 120 };
    expect(events.flatMap((event) => event.measured ?? [])).toEqual([expected]);
  });
});

describe('pushed scans', () => {
  it('are verified with their country’s key; doubled ones bear one mark; another country’s key is refused', async () => {
    const bench = await open();
    const verify = (one: Parameters<NonNullable<typeof bench.connector.verifyWebhook>>[0]) =>
      bench.connector.verifyWebhook?.(one, bench.connector.webhookSecret?.() ?? 'none');
    await dials(bench, { doubleWebhooks: true, webhookBeforeAnswer: true });
    const early = await bench.pushed(() => booked(bench, 'R1'));
    const externalId = trackingNumberOf('R1', accountOf('SG'));
    expect(early.map(verify)).toMatchObject([
      { kind: 'hint', externalId, topic: 'Pending Pickup' },
      { kind: 'hint', externalId },
    ]);
    expect(verify(early[0] ?? expect.fail())).toEqual(verify(early[1] ?? expect.fail()));
    await dials(bench, { signWithCountry: 'MY', doubleWebhooks: false });
    const foreign = await bench.pushed(() => scan(bench, externalId, { status: 'Completed' }));
    expect(foreign.map(verify)).toMatchObject([{ kind: 'refused', why: expect.stringContaining('client key of SG') }]);
    await dials(bench, { signWithCountry: '', reverseWebhooks: true, autoDeliver: false });
    const turned = await bench.pushed(async () => {
      for (const status of ['Successful Pickup', 'Successful Delivery']) await scan(bench, externalId, { status });
    });
    expect(turned.map(verify)).toMatchObject([{ topic: 'Successful Delivery' }, { topic: 'Successful Pickup' }]);
  });
});
