import { describe, expect, it } from 'vitest';
import type { PickupRequest, ShipmentRequest } from '../contract/carrier.ts';
import { requestOf } from './bench.fixture.ts';
import { grossGrams } from './customs.ts';
import { limitsOf } from './limits.ts';
import { toBookingRequest, toRateRequest } from './mapping.ts';
import { toPickupRequest } from './pickups.ts';
import type { DhlExpressSettings } from './schema.ts';

const settings: DhlExpressSettings = { baseUrl: 'http://x/mydhlapi', accountNumber: '123456789' };
const errorsOf = (request: ShipmentRequest, more: Partial<DhlExpressSettings> = {}) =>
  toBookingRequest(request, { ...settings, ...more })
    .messages.filter((message) => message.level === 'error')
    .map((message) => message.field);

describe('toBookingRequest', () => {
  it('carries our reference in shipment and parcels, duties paid, customs with HS code', () => {
    const plannedAt = new Date('2026-11-21T06:00:00Z');
    const { body, messages } = toBookingRequest(requestOf('R1', { plannedAt }), settings);
    expect(messages).toEqual([]);
    expect(body).toMatchObject({
      plannedShippingDateAndTime: '2026-11-21T17:00:00 GMT+11:00',
      productCode: 'P',
      accounts: [
        { typeCode: 'shipper', number: '123456789' },
        { typeCode: 'duties-taxes', number: '123456789' },
      ],
      valueAddedServices: [{ serviceCode: 'DD' }],
      outputImageProperties: {
        encodingFormat: 'pdf',
        splitDocumentsByPages: true,
        imageOptions: [{ typeCode: 'label', templateName: 'ECOM26_A6_002' }],
      },
      customerReferences: [{ typeCode: 'CU', value: 'R1' }],
      content: {
        incoterm: 'DDP',
        isCustomsDeclarable: true,
        declaredValue: 120,
        declaredValueCurrency: 'AUD',
        packages: [
          {
            weight: 1.2,
            dimensions: { length: 30, width: 20, height: 10.5 },
            customerReferences: [{ typeCode: 'CU', value: 'R1' }],
          },
          { weight: 0.9, customerReferences: [{ typeCode: 'CU', value: 'R1' }] },
        ],
        exportDeclaration: {
          lineItems: [
            {
              number: 1,
              price: 60,
              quantity: { value: 2, unitOfMeasurement: 'PCS' },
              commodityCodes: [
                { typeCode: 'outbound', value: '640399' },
                { typeCode: 'inbound', value: '640399' },
              ],
              manufacturerCountry: 'AU',
              weight: { netValue: 1.9, grossValue: 2.1 },
            },
          ],
          invoice: { number: 'INV-1', date: '2026-11-21' },
        },
      },
    });
  });

  it('asks for ZPL, paperless customs and a reserved number where they are wanted', () => {
    const wanted = requestOf('R1', { labelFormat: 'ZPL', reservedNumber: '1234567890', orderReference: 'BUYER-7' });
    const { body } = toBookingRequest(wanted, { ...settings, paperlessTrade: true, printerDpi: 300 });
    expect(body).toMatchObject({
      valueAddedServices: [{ serviceCode: 'DD' }, { serviceCode: 'WY' }],
      outputImageProperties: {
        encodingFormat: 'zpl',
        printerDPI: 300,
        imageOptions: [{ typeCode: 'label' }, { typeCode: 'invoice', isRequested: true }],
      },
      identifiers: [{ typeCode: 'shipmentId', value: '1234567890' }],
      customerReferences: [
        { typeCode: 'CU', value: 'R1' },
        { typeCode: 'CO', value: 'BUYER-7' },
      ],
    });
  });

  it('shares the packaging out over the customs lines, to the gram', () => {
    const [line] = requestOf('R1').customs;
    if (line === undefined) expect.fail('incomplete sample');
    const lines = [
      { ...line, quantity: 1, netWeightGrams: 100 },
      { ...line, quantity: 2, netWeightGrams: 333 },
      { ...line, quantity: 3, netWeightGrams: 77 },
    ];
    const request = requestOf('R1', { customs: lines });
    const gross = grossGrams(request) ?? expect.fail('no weights');
    expect(gross.reduce((sum, grams) => sum + grams, 0)).toBe(2100);
    expect(gross.every((grams, index) => grams >= ([100, 666, 231][index] ?? 0))).toBe(true);
    expect(grossGrams(requestOf('R1', { customs: [{ ...line, netWeightGrams: 5000 }] }))).toBeNull();
    const { messages } = toBookingRequest(requestOf('R1', { customs: [{ ...line, netWeightGrams: 5000 }] }), settings);
    expect(messages).toMatchObject([{ code: 'net_over_gross', level: 'warning' }]);
  });

  it('refuses parcels beyond the limits, which a contract may move', () => {
    const [piece] = requestOf('R1').pieces;
    if (piece === undefined) expect.fail('incomplete sample');
    const request = requestOf('R1', { pieces: [{ ...piece, weightGrams: 80_000, lengthMm: 3_100 }] });
    expect(errorsOf(request)).toEqual(['/content/packages/0']);
    const limits = { maxPieceGrams: 70_000, maxShipmentGrams: 75_000 };
    expect(errorsOf(request, { limits })).toEqual(['/content/packages/0', '/content/packages/0', '/content/packages']);
    expect(limitsOf(settings).source).toContain('UNCONFIRMED');
  });

  it('splits the street, and leaves duties and customs out where they are not due', () => {
    const shipTo = { ...requestOf('R1').shipTo, countryCode: 'AU' };
    const { body } = toBookingRequest(requestOf('R1', { incoterm: 'DAP', customs: [], shipTo }), settings);
    expect(body).not.toHaveProperty('valueAddedServices');
    expect(body).toMatchObject({
      accounts: [{ typeCode: 'shipper' }],
      content: { isCustomsDeclarable: false },
      customerDetails: {
        receiverDetails: {
          postalAddress: {
            addressLine1: 'Jl. Contoh No. 5, Kelurahan Gambir, Kecamatan',
            addressLine2: 'Gambir, RT 01 RW 02',
            provinceName: 'DKI Jakarta',
          },
        },
        shipperDetails: { postalAddress: { provinceCode: 'NSW' } },
      },
    });
  });

  it('names everything that is wrong at once, before anything is sent', () => {
    const request = requestOf('R'.repeat(36));
    const [piece] = request.pieces;
    const [line] = request.customs;
    if (piece === undefined || line === undefined) expect.fail('incomplete sample');
    expect(
      errorsOf({
        ...request,
        shipTo: { ...request.shipTo, lines: ['x'.repeat(46)], phone: null },
        pieces: [{ ...piece, weightGrams: 0 }],
        customs: [{ ...line, hsCode: '12', originCountryCode: '' }],
        originTimeZone: 'Nowhere',
      }),
    ).toEqual([
      '/customerDetails/receiverDetails/contactInformation/phone',
      '/customerDetails/receiverDetails/postalAddress/addressLine1',
      '/customerReferences/0/value',
      '/plannedShippingDateAndTime',
      '/content/packages/0',
      '/content/exportDeclaration/lineItems/0/commodityCodes',
      '/content/exportDeclaration/lineItems/0/manufacturerCountry',
    ]);
    expect(errorsOf(requestOf('R1', { customs: [] }))).toEqual(['/content/exportDeclaration/lineItems']);
    expect(errorsOf(requestOf('R1', { pieces: [] }))).toEqual(['/content/packages']);
  });

  it('takes the shipper’s missing fields from the settings', () => {
    const shipFrom = { ...requestOf('R1').shipFrom, phone: null };
    expect(errorsOf(requestOf('R1', { shipFrom }))).toHaveLength(1);
    expect(errorsOf(requestOf('R1', { shipFrom }), { shipper: { phone: '+61255501234' } })).toEqual([]);
  });

  it('shortens a description at a word and says so', () => {
    const description = `${'Cotton shirts '.repeat(5)}and more`;
    const { body, messages } = toBookingRequest(requestOf('R1', { description }), settings);
    expect(messages).toMatchObject([{ level: 'warning', field: '/content/description' }]);
    expect(body).toMatchObject({
      content: { description: 'Cotton shirts Cotton shirts Cotton shirts Cotton shirts Cotton shirts' },
    });
  });
});

describe('toRateRequest', () => {
  it('tells no names and no streets', () => {
    const text = JSON.stringify(toRateRequest(requestOf('R1'), settings).body);
    expect(text).not.toContain('Budi');
    expect(text).not.toContain('Contoh No');
    expect(text).toContain('"postalCode":"10110"');
  });
});

describe('toPickupRequest', () => {
  const at = requestOf('R1').shipFrom;
  const pickup: PickupRequest = {
    reference: 'PU-1',
    at: { ...at, region: 'New South Wales' },
    readyAt: new Date('2026-11-23T03:00:00Z'),
    closesAt: new Date('2026-11-23T06:30:00Z'),
    timeZone: 'Australia/Sydney',
    pieces: requestOf('R1').pieces,
    shipmentIdentifiers: ['1234567890'],
  };

  it('is in the place’s own time, without the keys that this call refuses', () => {
    const { body, messages } = toPickupRequest(pickup, settings);
    expect(messages).toEqual([]);
    expect(body).toMatchObject({
      plannedPickupDateAndTime: '2026-11-23T14:00:00 GMT+11:00',
      closeTime: '17:30',
      remark: 'PU-1',
      shipmentDetails: [{ productCode: 'P', isCustomsDeclarable: true, shipmentTrackingNumber: '1234567890' }],
    });
    expect(JSON.stringify(body)).not.toMatch(/countryName|provinceName|typeCode":"business/);
    const two = toPickupRequest({ ...pickup, shipmentIdentifiers: ['1', '2'] }, settings).body;
    expect(JSON.stringify(two)).not.toContain('shipmentTrackingNumber');
  });

  it('names a window that is none, and missing parcels', () => {
    const wrong = { ...pickup, closesAt: new Date('2026-11-23T14:00:00Z'), pieces: [] };
    expect(toPickupRequest(wrong, settings).messages.map(({ field }) => field)).toEqual([
      '/closeTime',
      '/shipmentDetails/0/packages',
    ]);
    expect(toPickupRequest({ ...pickup, timeZone: 'Nowhere' }, settings).messages).toMatchObject([
      { code: 'bad_zone' },
    ]);
  });
});
