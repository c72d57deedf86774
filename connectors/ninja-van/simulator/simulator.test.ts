import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { PDFiumLibrary } from '@hyzyla/pdfium';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import type { RunningSimulator } from '../../simulator-kit/index.ts';
import { deliveryDay, localTime } from './calendar.ts';
import { demoOptions, startNinjaVanSimulator } from './index.ts';

interface Answer {
  status: number;
  body: Record<string, unknown>;
  bytes: Buffer;
}

const START = '2026-11-23T02:00:00Z';
let simulator: RunningSimulator;
const tokens = new Map<string, string>();

async function send(method: string, path: string, body?: unknown, token?: string): Promise<Answer> {
  const answer = await fetch(`${simulator.url}${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  const isJson = answer.headers.get('content-type')?.includes('json') === true;
  return { status: answer.status, bytes, body: isJson ? JSON.parse(bytes.toString()) : {} };
}

const control = (path: string, body: unknown) => send('POST', `/__control${path}`, body);

async function grant(country: string, more: Record<string, unknown> = {}): Promise<Answer> {
  const client = { client_id: `demo-client-${country}`, client_secret: `demo-client-key-${country}` };
  return send('POST', `/${country}/2.0/oauth/access_token`, { ...client, grant_type: 'client_credentials', ...more });
}

async function call(method: string, path: string, body?: unknown, country = 'sg'): Promise<Answer> {
  const token = tokens.get(country) ?? String((await grant(country)).body.access_token);
  tokens.set(country, token);
  return send(method, `/${country}${path}`, body, token);
}

const party = { name: 'Mei Contoh', phone_number: '+6581234567' };
const address = { address1: '5 Sample Road', country: 'SG', postcode: '520110' };
const slot = { start_time: '09:00', end_time: '18:00', timezone: 'Asia/Singapore' };

function order(number: string, job: Record<string, unknown> = {}, more: Record<string, unknown> = {}) {
  return {
    service_type: 'Parcel',
    service_level: 'Standard',
    requested_tracking_number: number,
    reference: { merchant_order_number: `REF-${number}` },
    from: { ...party, address },
    to: { ...party, address },
    parcel_job: { is_pickup_required: false, delivery_start_date: '2026-11-24', delivery_timeslot: slot, ...job },
    ...more,
  };
}

const fieldsOf = ({ body }: Answer) =>
  (body as { error: { details: { field: string }[] } }).error.details.map(({ field }) => field);

beforeAll(async () => {
  simulator = await startNinjaVanSimulator({ ...demoOptions, blockedDays: ['2026-11-24'] });
  await control('/clock', { now: START });
});
afterAll(() => simulator.close());

describe('tokens', () => {
  it('are granted per country, end by its clock, and open no other country', async () => {
    const { status, body } = await grant('sg');
    expect([status, body.token_type, body.expires_in]).toEqual([200, 'bearer', 3600]);
    expect(body.expires).toBe(Date.parse(START) / 1000 + 3600);
    const token = String(body.access_token);
    const path = '/1.0/orders/tracking-events/NONE';
    expect((await send('GET', `/sg${path}`, undefined, token)).status).toBe(404);
    expect((await send('GET', `/my${path}`, undefined, token)).status).toBe(403);
    expect((await send('GET', `/sg${path}`)).status).toBe(401);
    await control('/clock', { now: '2026-11-23T03:00:00Z' });
    expect((await send('GET', `/sg${path}`, undefined, token)).status).toBe(401);
    await control('/clock', { now: START });
    expect((await grant('sg', { client_secret: 'demo-client-key-my' })).status).toBe(401);
    expect((await grant('sg', { grant_type: 'password' })).status).toBe(400);
  });
});

describe('orders', () => {
  it('are stored under prefix and padding, moved off blocked days, and taken once', async () => {
    const first = await call('POST', '/4.2/orders', order('ABCDE-12345'));
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({
      tracking_number: 'NVSG000ABCDE-12345',
      requested_tracking_number: 'ABCDE-12345',
      parcel_job: { delivery_start_date: '2026-11-25' },
    });
    const again = await call('POST', '/4.2/orders', order('ABCDE-12345'));
    expect([again.status, fieldsOf(again)]).toEqual([400, ['requested_tracking_number']]);
    const booked = simulator.log.lines.filter((line) => line.kind === 'fact' && line.fact === 'shipment.booked');
    expect(booked).toMatchObject([{ externalId: 'NVSG000ABCDE-12345', reference: 'REF-ABCDE-12345', pieces: 1 }]);
  });

  it.each([
    [order('short'), ['requested_tracking_number']],
    [order('AB--CD-12345'), ['requested_tracking_number']],
    [order('XXXXXXXX1', { delivery_timeslot: { ...slot, end_time: '17:00' } }), ['parcel_job.delivery_timeslot']],
    [order('XXXXXXXX2', { dimensions: { weight: 31 } }), ['parcel_job.dimensions.weight']],
    [order('XXXXXXXX3', {}, { service_type: 'International' }), ['service_type']],
    [
      order('XXXXXXXX4', {}, { to: { name: 'Al', address: { ...address, postcode: '1' } } }),
      ['to.name', 'to.phone_number', 'to.address.postcode'],
    ],
    [order('XXXXXXXX5', {}, { to: { ...party, address: { ...address, country: 'AU' } } }), ['to.address.country']],
    [order('XXXXXXXX6', {}, { to: { ...party, address: { ...address, country: 'MY' } } }), ['to.address.country']],
    [
      order('XXXXXXXX7', { is_pickup_required: true, pickup_date: '2026-11-22', pickup_timeslot: slot }),
      ['parcel_job.pickup_date'],
    ],
    [{}, ['service_type', 'service_level', 'from', 'to', 'parcel_job']],
  ])('%# are refused with all that is wrong', async (body, fields) => {
    const answer = await call('POST', '/4.2/orders', body);
    expect([answer.status, fieldsOf(answer)]).toEqual([400, fields]);
  });

  it('of one day and place share a reservation; after the cut-off nobody comes that day', async () => {
    const pickup = { is_pickup_required: true, pickup_date: '2026-11-23', pickup_timeslot: slot };
    await call('POST', '/4.2/orders', order('PICKUP001', pickup));
    await call('POST', '/4.2/orders', order('PICKUP002', pickup));
    await call('POST', '/4.2/orders', order('PICKUP003', { ...pickup, pickup_date: '2026-11-24' }));
    const { body } = await send('GET', '/__control/reservations');
    expect(Object.values(body)).toMatchObject([
      { date: '2026-11-23', trackingNumbers: ['NVSG00000PICKUP001', 'NVSG00000PICKUP002'] },
      { date: '2026-11-24', trackingNumbers: ['NVSG00000PICKUP003'] },
    ]);
    await control('/clock', { now: '2026-11-23T07:30:00Z' });
    tokens.clear();
    expect(fieldsOf(await call('POST', '/4.2/orders', order('PICKUP004', pickup)))).toEqual(['parcel_job.pickup_date']);
    await control('/clock', { now: START });
  });
});

describe('labels', () => {
  it('are late if wished, and then PDFs whose codes can be read', async () => {
    await control('/dials', { waybillLateMs: 5_000 });
    await call('POST', '/4.2/orders', order('LABEL0001'));
    const path = '/2.0/reports/waybill?tid=NVSG00000LABEL0001';
    expect((await call('GET', path)).status).toBe(404);
    await control('/clock', { now: '2026-11-23T02:00:05Z' });
    const { status, bytes } = await call('GET', path);
    expect(status).toBe(200);
    expect([...new Set(await codesOf(bytes))]).toEqual(['NVSG00000LABEL0001']);
    expect(await codesOf(bytes)).toHaveLength(2);
    await control('/dials', { waybillLateMs: 0, refusal: 'waybill' });
    expect((await call('GET', path)).status).toBe(403);
    await control('/dials', { refusal: '' });
  });
});

async function codesOf(pdf: Buffer): Promise<string[]> {
  const wasm = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  const wasmBinary = new Uint8Array(readFileSync(wasm)).buffer;
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
  const library = await PDFiumLibrary.init();
  const document = await library.loadDocument(pdf);
  const { data, width, height } = await document.getPage(0).render({ scale: 203 / 72, render: 'bitmap' });
  const image = { data: new Uint8ClampedArray(data), width, height, colorSpace: 'srgb' } as const;
  const found = await readBarcodes(image, { tryHarder: true });
  document.destroy();
  library.destroy();
  return found.map(({ text }) => text);
}

describe('cancelling and prices', () => {
  it('is possible before the pick-up only, once', async () => {
    await call('POST', '/4.2/orders', order('CANCEL001'));
    await call('POST', '/4.2/orders', order('CANCEL002'));
    const path = '/2.2/orders/NVSG00000CANCEL00';
    const expected = {
      trackingId: 'NVSG00000CANCEL001',
      status: 'Cancelled',
      updatedAt: expect.stringContaining('+08:00'),
    };
    expect((await call('DELETE', `${path}1`)).body).toEqual(expected);
    expect((await call('DELETE', `${path}1`)).status).toBe(400);
    await control('/shipments/NVSG00000CANCEL002/events', { status: 'Successful Pickup' });
    expect((await call('DELETE', `${path}2`)).status).toBe(400);
    expect((await call('DELETE', `${path}9`)).status).toBe(404);
  });

  it('costs by started kilogram, level and region', async () => {
    const tier = (l1: string) => ({ l1_tier_code: l1, l2_tier_code: 'SG_B1' });
    const ask = { weight: 1.2, service_level: 'Express', from: tier('SG_A1'), to: tier('SG_A2') };
    expect((await call('POST', '/1.0/public/price', ask)).body).toEqual({ data: { total_fee: 11.7 } });
    const wrong = await call('POST', '/1.0/public/price', { ...ask, weight: 0, to: tier('MY_A1') });
    expect(fieldsOf(wrong)).toEqual(['weight', 'to.l1_tier_code']);
  });
});

describe('days and times', () => {
  it('are local, and delivery skips what is blocked', () => {
    expect(localTime(new Date('2026-11-22T17:30:00Z'), 'ID')).toBe('2026-11-23T00:30:00+07:00');
    const rules = { blockedDays: ['2026-11-23'], onWeekends: false };
    expect(deliveryDay('2026-11-21', '2026-11-20', rules)).toBe('2026-11-24');
    expect(deliveryDay('2026-11-01', '2026-11-20', { ...rules, onWeekends: true })).toBe('2026-11-20');
  });
});
