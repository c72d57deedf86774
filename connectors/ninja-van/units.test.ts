import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { exampleSettings, requestIn, requestOf } from './bench.fixture.ts';
import { errorOf, messagesOf, statusError } from './errors.ts';
import { handleOf, trackingNumberOf } from './handle.ts';
import { limitsOf, toOrder, toPriceRequest } from './mapping.ts';
import type { NinjaVanSettings } from './schema.ts';
import { scanTime, toEvent } from './tracking.ts';
import { verifyWebhook } from './webhooks.ts';

const settings: NinjaVanSettings = { baseUrl: 'https://api.example', ...exampleSettings };
const order = (more: Partial<ReturnType<typeof requestOf>>, set: Partial<NinjaVanSettings> = {}) =>
  toOrder(requestOf('C-1-1', more), { ...settings, ...set });
const { shipFrom, shipTo, pieces } = requestOf('R');
const piece = pieces[0] ?? expect.fail('no piece');

describe('numbers', () => {
  it('follow from the reference, fit the pattern and fill 18 characters behind the prefix', () => {
    for (const trackingPrefix of ['', 'NVSG', 'NVSGABCDE', 'ABCDEFGHI']) {
      const handle = handleOf('C-000012-1', { trackingPrefix });
      expect(handle).toMatch(/^[0-9A-Z]{9,18}$/);
      expect(trackingNumberOf('C-000012-1', { trackingPrefix })).toBe(`${trackingPrefix}${handle}`);
      expect(`${trackingPrefix}${handle}`).toHaveLength(18);
    }
    const handles = Array.from({ length: 500 }, (_, index) => handleOf(`C-${index}-1`, { trackingPrefix: 'NVSG' }));
    expect(new Set(handles).size).toBe(500);
    expect(handleOf('C-1-1', { trackingPrefix: 'NVSG' })).not.toBe(handleOf('C-1-2', { trackingPrefix: 'NVSG' }));
  });
});

describe('what is refused before it is sent', () => {
  const bare = { phone: null, email: null };
  it.each([
    [{ shipTo: { ...shipTo, countryCode: 'AU' } }, 'to.address.country', /serves no address in AU/],
    [
      { shipTo: { ...shipTo, countryCode: 'MY', postcode: '50000' } },
      'to.address.country',
      /International is switched off/,
    ],
    [{ shipFrom: { ...shipFrom, countryCode: 'AU' } }, 'from.address.country', /only in SG/],
    [{ shipTo: { ...shipTo, postcode: null } }, 'to.address.postcode', /needs its postcode/],
    [{ shipTo: { ...shipTo, postcode: '12345' } }, 'to.address.postcode', /6 digits/],
    [{ shipTo: { ...shipTo, ...bare } }, 'to.phone_number', /phone number/],
    [{ shipTo: { ...shipTo, ...bare, email: 'nobody' } }, 'to.email', /e-mail/],
    [{ shipTo: { ...shipTo, name: 'Al' } }, 'to.name', /3 to 255/],
    [{ shipTo: { ...shipTo, lines: ['  '] } }, 'to.address.address1', /missing/],
    [{ shipTo: { ...shipTo, lines: ['word '.repeat(110)] } }, 'to.address.address1', /does not fit/],
    [{ pieces: [{ ...piece, weightGrams: 30_001 }] }, 'parcel_job.dimensions.weight', /30001 g, at most 30000 g/],
    [{ pieces: [{ ...piece, widthMm: 0 }] }, 'parcel_job.dimensions', /measure it/],
    [{ pieces: [{ ...piece, lengthMm: 1600 }] }, 'parcel_job.dimensions.length', /1600 mm, at most 1500 mm/],
    [{ pieces: [piece, piece] }, 'parcel_job.dimensions', /one parcel per order, this shipment has 2/],
    [{ pieces: [] }, 'parcel_job.dimensions', /has 0/],
    [{ reference: '' }, 'reference.merchant_order_number', /1 to 35/],
    [{ originTimeZone: 'Mars/Olympus' }, 'parcel_job.pickup_date', /no time zone/],
  ])('%#: %o', (more, field, message) => {
    const { messages } = order(more, { maxLongestSideMm: 1500 });
    const about = messages.filter((one) => one.level === 'error' && one.field === field);
    expect(about, JSON.stringify(messages)).toHaveLength(1);
    expect(about[0]?.message).toMatch(message);
  });

  it('is nothing for a good one, and what stands in for an empty sender', () => {
    const { body, messages } = order(
      { shipFrom: { ...shipFrom, name: '', company: null, phone: null, email: null } },
      {
        shipper: { name: 'Dispatch', phone: '+6560000000' },
        requestPickup: true,
      },
    );
    expect(messages).toEqual([]);
    expect(body).toMatchObject({
      service_type: 'Parcel',
      from: { name: 'Dispatch', phone_number: '+6560000000' },
      parcel_job: {
        is_pickup_required: true,
        pickup_timeslot: { start_time: '09:00', end_time: '18:00', timezone: 'Asia/Singapore' },
        dimensions: { weight: 1.2, length: 30, width: 20, height: 10.5 },
        items: [{ item_description: 'Shoes', quantity: 1 }],
      },
    });
  });

  it('crosses borders only where that is agreed, and with customs lines', () => {
    const abroad = { shipTo: { ...shipTo, countryCode: 'MY', postcode: '50000' } };
    const international = { international: true };
    expect(limitsOf(settings)).toMatchObject({ crossBorder: false, deliveryCountries: ['SG'], maxPieces: 1 });
    expect(limitsOf({ ...settings, ...international }).deliveryCountries).toContain('MY');
    expect(order(abroad, international).messages).toMatchObject([{ field: 'parcel_job.items' }]);
    const unitValue = { amountMinor: 6_050, currency: 'SGD' };
    const line = {
      description: 'Shoes',
      quantity: 2,
      unitValue,
      netWeightGrams: 900,
      hsCode: '640399',
      originCountryCode: 'SG',
    };
    const { body, messages } = order({ ...abroad, customs: [line] }, international);
    expect(messages).toEqual([]);
    const items = [{ item_description: 'Shoes', quantity: 2, unit_value: 60.5, hs_code: '640399' }];
    expect(body).toMatchObject({ service_type: 'International', parcel_job: { items } });
  });
});

describe('addresses', () => {
  it('of Indonesia hold the sub-districts that people wrote into the street', () => {
    const { body, messages } = toOrder(requestIn('ID', 'R1', '10110'), { ...settings, country: 'ID' });
    expect(messages).toEqual([]);
    const address = {
      kelurahan: 'Gambir',
      kecamatan: 'Gambir',
      city: 'Jakarta',
      province: 'DKI Jakarta',
      postcode: '10110',
    };
    expect(body).toMatchObject({ to: { address } });
  });

  it('run over into a second field at a word', () => {
    const { body, messages } = order({ shipTo: { ...shipTo, lines: ['word '.repeat(60)] } });
    expect(messages).toEqual([]);
    const { address1, address2 } = (body.to as { address: Record<string, string> }).address;
    expect(`${address1} ${address2}`).toBe('word '.repeat(60).trim());
    expect(address1?.length).toBeLessThanOrEqual(255);
  });
});

describe('prices', () => {
  it('are asked by the nearest region code, or not at all', () => {
    const priceTiers = [
      { place: '*', l1: 'SG_A', l2: 'SG_B' },
      { place: 'singapore', l1: 'SG_A1', l2: 'SG_B1' },
    ];
    const { body } = toPriceRequest(requestOf('R'), { ...settings, priceTiers });
    expect(body).toMatchObject({ weight: 1.2, to: { l1_tier_code: 'SG_A1', l2_tier_code: 'SG_B1' } });
    const { messages } = toPriceRequest(requestOf('R'), { ...settings, priceTiers: [] });
    expect(messages.map(({ field }) => field)).toEqual(['from.l1_tier_code', 'to.l1_tier_code']);
  });
});

describe('scans', () => {
  it.each([
    ['2026-11-22T08:00:00+08:00', 'ID', '2026-11-22T00:00:00.000Z'],
    ['2026-11-22T08:00:00+0700', 'ID', '2026-11-22T01:00:00.000Z'],
    ['2026-11-22T00:00:00Z', 'ID', '2026-11-22T00:00:00.000Z'],
    ['2026-11-22 08:00:00', 'SG', '2026-11-22T00:00:00.000Z'],
    ['2026-11-22T08:00:00', 'ID', null],
    ['2026-13-45T08:00:00+08:00', 'SG', null],
    ['yesterday', 'SG', null],
    [null, 'SG', null],
  ])('%s in %s is %s', (timestamp, country, expected) => {
    expect(scanTime(timestamp, country)?.toISOString() ?? null).toBe(expected);
  });

  it('tell what was measured, and leave out what is no measure', () => {
    const parcel_measurements_information = { weight: 1.35, dimensions: { length: 31.5, width: 0, height: null } };
    const scan = { status: 'Parcel Measurements Update', timestamp: null, parcel_measurements_information };
    expect(toEvent(scan, 'N', 'SG')).toMatchObject({
      tag: 'FACT',
      at: null,
      measured: { weightGrams: 1350, lengthMm: 315, widthMm: null, heightMm: null },
    });
    expect(toEvent({ status: 'Staging' }, 'N', 'SG')).not.toHaveProperty('measured');
  });
});

describe('webhooks', () => {
  const rawBody = Buffer.from('{"tracking_id":"NVSG1","status":"Completed","timestamp":"2026-11-22T08:00:00+08:00"}');
  const signed = (secret: string, body = rawBody) => ({
    headers: { 'X-Ninjavan-Hmac-Sha256': createHmac('sha256', secret).update(body).digest('base64') },
    rawBody: body,
  });

  it('are hints; copies have one mark, other scans another', () => {
    const hint = verifyWebhook(signed('key-sg'), 'key-sg', 'SG');
    expect(hint).toMatchObject({ kind: 'hint', topic: 'Completed', resource: 'shipment', externalId: 'NVSG1' });
    expect(verifyWebhook(signed('key-sg'), 'key-sg', 'SG')).toEqual(hint);
    const other = signed('key-sg', Buffer.from(rawBody.toString().replace('Completed', 'Staging')));
    expect(verifyWebhook(other, 'key-sg', 'SG')).not.toMatchObject({
      dedupeKey: hint.kind === 'hint' && hint.dedupeKey,
    });
  });

  it.each([
    [signed('key-my'), /not made with the client key of SG: each country/],
    [{ headers: {}, rawBody }, /missing/],
    [{ ...signed('key-sg'), rawBody: Buffer.from(`${rawBody} `) }, /client key of SG/],
    [{ headers: { 'x-ninjavan-hmac-sha256': 'AAAA' }, rawBody }, /client key of SG/],
    [signed('key-sg', Buffer.from('no json')), /no scan/],
    [signed('key-sg', Buffer.from('{"status":"Completed"}')), /tracking_id/],
  ])('%# are refused with the reason', (delivery, why) => {
    expect(verifyWebhook(delivery, 'key-sg', 'SG')).toMatchObject({ kind: 'refused', why: expect.stringMatching(why) });
  });
});

describe('errors', () => {
  const answer = (status: number, body: unknown) => ({ status, headers: {}, text: JSON.stringify(body) });
  it('are told field by field with a remedy, or as a whole', () => {
    const details = [{ reason: 'invalid', field: 'to.address.postcode', message: 'no postcode' }, {}];
    const messages = messagesOf(answer(400, { error: { code: 7, message: 'bad', details } }));
    expect(messages).toMatchObject([
      { code: 'invalid', field: 'to.address.postcode', message: 'no postcode → Correct the postcode of the address.' },
      { code: '7', field: null, message: 'bad' },
    ]);
    expect(messagesOf(answer(400, 'strange'))).toMatchObject([{ code: '400', level: 'error' }]);
    expect(errorOf('<html>')).toBeNull();
  });

  it.each([
    [403, 'The integration audit was not passed', true, 'Unauthorized', /three sample orders/],
    [403, 'This account is frozen', true, 'Unauthorized', /frozen/],
    [403, 'Not valid for MY', true, 'Unauthorized', /country in the settings/],
    [401, 'expired', true, 'Unauthorized', /client key/],
    [500, 'oops', true, 'OutcomeUnknown', /./],
    [500, 'oops', false, 'Unavailable', /./],
    [409, 'conflict', true, 'Rejected', /./],
  ])('%i "%s" (effect: %s) is %s', (status, message, effect, kind, remedy) => {
    const error = statusError(answer(status, { error: { message } }), 'orders.book', effect);
    expect(error.kind).toBe(kind);
    expect(error.details.remedy ?? 'none').toMatch(remedy);
  });
});
