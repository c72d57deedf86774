import { describe, expect, it } from 'vitest';
import fc from '../../tests/properties.ts';
import { ConnectorError } from '../errors.ts';
import { toBooking, toQuote } from './answers.ts';
import { requestOf } from './bench.fixture.ts';
import { messageOf, messagesOf, statusError } from './errors.ts';
import { bookedAnswer, ratedProduct, trackedShipment } from './samples.fixture.ts';
import { fits, ratesSchema, trackingSchema } from './schema.ts';
import { carriesReference, isPieceNumber, toEvent, toEvents } from './tracking.ts';

const request = requestOf('R1');
const book = (body: object) => toBooking(body, '1234567890', request, []);
const [scan] = trackedShipment.events;

describe('a booking', () => {
  it('gives numbers by parcel, documents and charges', () => {
    const { details, messages } = book(bookedAnswer);
    expect(details?.pieces).toEqual([
      { pieceId: 'p-b', trackingNumber: 'JD01B' },
      { pieceId: 'p-a', trackingNumber: 'JD01A' },
    ]);
    expect(details?.documents.map((document) => document.kind)).toEqual(['label', 'label', 'invoice']);
    expect(details?.charges.map((charge) => [charge.type, charge.code, charge.amount.amountMinor])).toEqual([
      ['base', 'BASE', 13000],
      ['surcharge', 'FF', 2768],
    ]);
    expect(messages).toMatchObject([{ level: 'warning', message: 'The pick-up is not booked' }]);
  });

  it('stays a booking, with warnings, whatever is missing or odd', () => {
    const key = fc.constantFrom(...Object.keys(bookedAnswer));
    fc.assert(
      fc.property(key, fc.oneof(fc.constant(undefined), fc.jsonValue()), (name, value) => {
        expect(book({ ...bookedAnswer, [name]: value }).details?.trackingNumber).toBe('1234567890');
      }),
    );
    const codes = book({}).messages.map((message) => message.code);
    expect(codes).toEqual(['pieces_differ', 'labels_differ']);
    const html = Buffer.from('<html>').toString('base64');
    const odd = book({ ...bookedAnswer, documents: [{ content: html, typeCode: 'label' }] });
    expect(odd.messages.map((message) => message.code)).toContain('unreadable_documents');
  });
});

describe('a quote', () => {
  it('is read in the billing currency, without what is merely offered', () => {
    const quote = toQuote(ratedProduct, request);
    expect(quote?.total).toEqual({ amountMinor: 15795, currency: 'GBP' });
    expect(quote?.charges.map((charge) => [charge.type, charge.code, charge.amount.amountMinor])).toEqual([
      ['base', 'BASE', 13000],
      ['surcharge', 'CR', 27],
      ['surcharge', 'FF', 2768],
    ]);
    expect(quote?.estimatedDeliveryAt).toBeNull();
    const toSingapore = { ...request, shipTo: { ...request.shipTo, countryCode: 'SG' } };
    expect(toQuote(ratedProduct, toSingapore)?.estimatedDeliveryAt?.toISOString()).toBe('2026-11-25T04:00:00.000Z');
  });

  it('shows tax where it makes up the difference to the total', () => {
    const taxed = {
      ...ratedProduct,
      totalPrice: [{ currencyType: 'BILLC', priceCurrency: 'GBP', price: 156 }],
      detailedPriceBreakdown: [
        {
          currencyType: 'BILLC',
          priceCurrency: 'GBP',
          breakdown: [{ name: 'BASE', price: 130, priceBreakdown: [{ priceType: 'TAX', price: 26 }] }],
        },
      ],
    };
    expect(toQuote(taxed, request)?.charges.at(-1)).toMatchObject({ type: 'tax', amount: { amountMinor: 2600 } });
  });

  it('is none without a price in the billing currency', () => {
    expect(toQuote({ productCode: 'X', totalPrice: null }, request)).toBeNull();
    expect(
      toQuote({ ...ratedProduct, totalPrice: [{ currencyType: 'BILLC', priceCurrency: 'GBP', price: 0 }] }, request),
    ).toBeNull();
  });
});

describe('a scan', () => {
  it('keeps its own time, its code and its tag', () => {
    if (scan === undefined) expect.fail('no sample');
    expect(toEvent(scan, 'N')).toEqual({
      trackingNumber: 'N',
      nativeCode: 'PU',
      tag: 'PICKED_UP',
      at: new Date('2026-11-22T03:06:00Z'),
      place: 'Brisbane-AU',
      description: 'Shipment picked up',
    });
  });

  it('has no time without a zone, and no tag with an unknown code', () => {
    expect(toEvent({ typeCode: 'QQ', date: '2026-11-22', time: '13:06:00' }, 'N')).toMatchObject({
      at: null,
      tag: null,
    });
  });

  it('belongs to the number that was asked for', () => {
    expect(toEvents([trackedShipment], new Set(['1234567890'])).map((event) => event.trackingNumber)).toEqual([
      '1234567890',
    ]);
    expect(toEvents([trackedShipment], new Set(['JD01A'])).map((event) => event.trackingNumber)).toEqual(['JD01A']);
    expect(toEvents([trackedShipment], new Set(['other']))).toEqual([]);
    expect([isPieceNumber('JD014600001'), isPieceNumber('1234567890')]).toEqual([true, false]);
  });

  it('throws nothing, whatever passes the border', () => {
    const odd = fc.oneof(fc.constant(undefined), fc.jsonValue());
    const key = fc.constantFrom(...Object.keys(trackedShipment));
    fc.assert(
      fc.property(key, odd, fc.jsonValue(), (name, value, whole) => {
        for (const answer of [{ shipments: [{ ...trackedShipment, [name]: value }] }, whole]) {
          if (fits(trackingSchema, answer)) toEvents(answer.shipments, new Set(['1234567890', 'JD01A']));
          if (fits(ratesSchema, answer)) for (const product of answer.products) toQuote(product, request);
        }
      }),
    );
  });

  it('tells bookings of other references apart', () => {
    expect(carriesReference(trackedShipment, 'R1')).toBe(true);
    expect(carriesReference(trackedShipment, 'R')).toBe(false);
  });
});

describe('a refusal', () => {
  const answer = (status: number, text: string) => ({ status, headers: {}, text });

  it('shows every cause with number, field and remedy', () => {
    const text = JSON.stringify({
      title: 'Unprocessable Entity',
      detail: 'Multiple problems found, see Additional Details',
      additionalDetails: [
        '#/customerDetails/receiverDetails/contactInformation: required key [phone] not found',
        '8007: Account number is invalid',
      ],
      status: '422',
    });
    expect(messagesOf(answer(422, text))).toMatchObject([
      {
        code: '422',
        field: '/customerDetails/receiverDetails/contactInformation',
        message: expect.stringContaining('Add a phone'),
      },
      { code: '8007', field: null, message: expect.stringContaining('Check the shipper account') },
    ]);
  });

  it('is never empty', () => {
    for (const text of ['', '<html>', '[]', '{"detail": 5}', '{"additionalDetails": []}']) {
      expect(messagesOf(answer(400, text))).toHaveLength(1);
    }
    fc.assert(fc.property(fc.string(), (text) => messageOf(text, 400).level === 'error'));
  });

  it.each([
    [401, '{}', 'Unauthorized'],
    [403, '{}', 'Unauthorized'],
    [404, '{"detail":"No data found"}', 'NotFound'],
    [404, '<html>', 'Rejected'],
    [409, '{}', 'Rejected'],
    [500, '{"code":"500"}', 'OutcomeUnknown'],
  ])('of status %d with %s is %s', (status, text, kind) => {
    const error = statusError(answer(status, text), 'shipments.book', true);
    expect(error).toBeInstanceOf(ConnectorError);
    expect(error.kind).toBe(kind);
  });
});
