import { describe, expect, it } from 'vitest';
import type { ShipmentRequest } from '../contract/carrier.ts';
import { requestOf } from './bench.fixture.ts';
import { toBookingRequest, toRateRequest } from './mapping.ts';
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
              weight: { netValue: 1.9, grossValue: 1.9 },
            },
          ],
          invoice: { number: 'INV-1', date: '2026-11-21' },
        },
      },
    });
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
