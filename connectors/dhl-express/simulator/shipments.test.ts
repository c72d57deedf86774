import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { PDFDocument } from '@cantoo/pdf-lib';
import { PDFiumLibrary } from '@hyzyla/pdfium';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import type { RunningSimulator } from '../../simulator-kit/index.ts';
import { demoOptions, startDhlExpressSimulator } from './index.ts';
import { booking, content, pickupRequest, START, TestClient } from './test-client.ts';

interface Booked {
  shipmentTrackingNumber: string;
  dispatchConfirmationNumber?: string;
  packages: Array<{ trackingNumber: string; volumetricWeight: number }>;
  documents: Array<{ typeCode: string; imageFormat: string; content: string; packageReferenceNumber?: number }>;
}

let simulator: RunningSimulator;
let client: TestClient;

beforeAll(async () => {
  simulator = await startDhlExpressSimulator(demoOptions);
  client = new TestClient(simulator);
  await client.control('/clock', { now: START });
});
afterAll(() => simulator.close());

async function codesOf(pdf: Buffer): Promise<string[]> {
  const wasm = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  await prepareZXingModule({
    overrides: { wasmBinary: new Uint8Array(readFileSync(wasm)).buffer },
    fireImmediately: true,
  });
  const library = await PDFiumLibrary.init();
  const document = await library.loadDocument(pdf);
  const { data, width, height } = await document.getPage(0).render({ scale: 203 / 72, render: 'bitmap' });
  const found = await readBarcodes(
    { data: new Uint8ClampedArray(data), width, height, colorSpace: 'srgb' },
    { tryHarder: true },
  );
  document.destroy();
  library.destroy();
  return found.map(({ text }) => text);
}

describe('booking', () => {
  it('answers 201 with a waybill, pieces and documents', async () => {
    const { status, headers, body } = await client.call('POST', '/shipments', booking(), {
      'message-reference': 'ref-1',
    });
    const booked = body as unknown as Booked;
    expect(status).toBe(201);
    expect(booked.shipmentTrackingNumber).toMatch(/^\d{10}$/);
    expect(headers.get('location')).toBe(`/shipments/${booked.shipmentTrackingNumber}`);
    expect(headers.get('message-reference')).toBe('ref-1');
    expect(headers.get('invocation-id')).toBeTruthy();
    expect(booked.packages).toMatchObject([{ volumetricWeight: 0.8 }, { volumetricWeight: 1.8 }]);
    expect(booked.packages[0]?.trackingNumber).toMatch(/^JD01\d{16}$/);
    const kinds = booked.documents.map(
      ({ typeCode, packageReferenceNumber }) => `${typeCode}${packageReferenceNumber ?? ''}`,
    );
    expect(kinds).toEqual(['label1', 'label2', 'waybillDoc', 'invoice']);
    const fact = { externalId: booked.shipmentTrackingNumber, reference: 'TL-1', pieces: 2 };
    expect(client.facts('shipment.booked').at(-1)).toMatchObject(fact);
  });

  it('draws A6 labels whose codes can be read', async () => {
    const booked = (await client.call('POST', '/shipments', booking())).body as unknown as Booked;
    const label = Buffer.from(booked.documents[1]?.content ?? '', 'base64');
    const page = (await PDFDocument.load(label)).getPage(0);
    expect([page.getWidth(), page.getHeight()].map(Math.round)).toEqual([298, 420]);
    const codes = await codesOf(label);
    expect(codes.sort()).toEqual([booked.shipmentTrackingNumber, booked.packages[1]?.trackingNumber].sort());
  });

  it('puts all pieces into one file unless asked to split, and leaves customs papers out where none are due', async () => {
    const receiverDetails = (booking().customerDetails as { shipperDetails: unknown }).shipperDetails;
    const domestic = booking({
      productCode: 'N',
      outputImageProperties: { encodingFormat: 'pdf' },
      customerDetails: { shipperDetails: receiverDetails, receiverDetails },
      content: content({
        isCustomsDeclarable: false,
        exportDeclaration: { lineItems: [] },
      }),
    });
    const refused = await client.call('POST', '/shipments', domestic);
    expect(refused.body.detail).toBe('#/content/exportDeclaration/lineItems: expected minimum item count: 1, found: 0');
    const plain = content({ isCustomsDeclarable: false });
    delete plain.exportDeclaration;
    const booked = (await client.call('POST', '/shipments', { ...domestic, content: plain })).body as unknown as Booked;
    expect(booked.documents.map(({ typeCode }) => typeCode)).toEqual(['label']);
    const pdf = await PDFDocument.load(Buffer.from(booked.documents[0]?.content ?? '', 'base64'));
    expect(pdf.getPageCount()).toBe(2);
  });

  it('makes two waybills of the same reference', async () => {
    const same = booking({ customerReferences: [{ typeCode: 'CU', value: 'TL-TWICE' }] });
    const [first, second] = [await client.book(same), await client.book(same)];
    expect(first).not.toBe(second);
    expect(client.facts('shipment.booked').filter(({ reference }) => reference === 'TL-TWICE')).toHaveLength(2);
  });

  it('only checks when asked to', async () => {
    const before = client.facts('shipment.booked').length;
    expect((await client.call('POST', '/shipments?validateDataOnly=true', booking())).status).toBe(200);
    expect(client.facts('shipment.booked')).toHaveLength(before);
  });

  it('commits a booking whose answer is lost', async () => {
    await client.control('/faults', { match: { operation: '^shipments$' }, fault: { kind: 'lose-answer' } });
    const lost = booking({ customerReferences: [{ value: 'TL-LOST' }] });
    await expect(client.call('POST', '/shipments', lost)).rejects.toThrow();
    const query = `/tracking?shipmentReference=TL-LOST&shipperAccountNumber=${demoOptions.accountNumber}`;
    const { shipments } = (await client.call('GET', query)).body;
    expect(shipments).toHaveLength(1);
  });
});

describe('refusals', () => {
  const refusal = async (changes: Record<string, unknown>) =>
    (await client.call('POST', '/shipments', booking(changes))).body;

  it('names every wrong field', async () => {
    const customerDetails = structuredClone(booking().customerDetails) as Record<
      string,
      { postalAddress: Record<string, unknown> }
    >;
    Object.assign(customerDetails.receiverDetails?.postalAddress ?? {}, { addressLine1: 'x'.repeat(46), street: 'y' });
    const { status, headers, body } = await client.call(
      'POST',
      '/shipments',
      booking({ customerDetails, content: content({ description: ' x' }) }),
    );
    expect(status).toBe(422);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(body).toEqual({
      instance: '/expressapi/shipments',
      detail: 'Multiple problems found, see Additional Details',
      title: 'Validation error',
      message: 'Unprocessable Entity',
      additionalDetails: [
        '#/customerDetails/receiverDetails/postalAddress/addressLine1: expected maxLength: 45, actual: 46',
        '#/customerDetails/receiverDetails/postalAddress: extraneous key [street] is not permitted',
        '#/content/description: string [ x] does not match pattern ^\\S',
      ],
      status: '422',
    });
  });

  it.each([
    ['998: ShipTimeStamp is not well formatted', { plannedShippingDateAndTime: '2026-03-03T17:00:00+10:00' }],
    ['in the past', { plannedShippingDateAndTime: '2026-03-01T17:00:00 GMT+10:00' }],
    ['10 days in the future', { plannedShippingDateAndTime: '2026-03-13T17:00:00 GMT+10:00' }],
    ['8007: ', { accounts: [{ typeCode: 'shipper', number: '999' }] }],
    [
      '8003: ',
      {
        accounts: [
          { typeCode: 'shipper', number: '123456789' },
          { typeCode: 'duties-taxes', number: '9' },
        ],
      },
    ],
    ['7008: ', { valueAddedServices: [{ serviceCode: 'xx' }] }],
    ['1001: ', { productCode: 'D' }],
    ['3501: ', { identifiers: [{ typeCode: 'shipmentId', value: '1234567890' }] }],
    ['required key [exportDeclaration] not found', { content: without(content(), 'exportDeclaration') }],
    ['#/content/incoterm: XYZ is not a valid enum value', { content: content({ incoterm: 'XYZ' }) }],
    ['#/content/packages/0: required key [dimensions] not found', { content: content({ packages: [{ weight: 1 }] }) }],
    ['#/content/packages/0/weight: expected type: Number, found: String', packageOf({ weight: '1' })],
    ['#/content/packages/0/weight: 1.0005 is not a multiple of 0.001', packageOf({ weight: 1.0005 })],
  ])('says %s', async (detail, changes) => {
    expect((await refusal(changes)).detail).toContain(detail);
  });

  it('needs the right credentials and the version header', async () => {
    expect((await client.call('POST', '/rates', {}, { authorization: 'Basic x' })).status).toBe(401);
    const unversioned = await client.call('GET', '/tracking', undefined, { 'x-version': '' });
    expect(unversioned.body.detail).toBe('Missing mandatory parameters: x-version');
    expect((await client.call('DELETE', '/shipments')).status).toBe(405);
  });
});

describe('pickups', () => {
  it('come with a booking or alone, and can be cancelled once', async () => {
    const booked = (await client.call('POST', '/shipments', booking({ pickup: { isRequested: true } })))
      .body as unknown as Booked;
    expect(booked.dispatchConfirmationNumber).toMatch(/^PRG260303\d{6}$/);
    const { status, body } = await client.call('POST', '/test/pickups', pickupRequest());
    expect(status).toBe(201);
    const [number] = body.dispatchConfirmationNumbers as string[];
    expect((await client.call('DELETE', `/pickups/${number}`)).body.detail).toBe(
      'Missing mandatory parameters: requestorName, reason',
    );
    const cancel = (which: string) => client.call('DELETE', `/pickups/${which}?requestorName=A&reason=B`);
    expect((await cancel(String(number))).status).toBe(200);
    expect((await cancel(String(number))).status).toBe(400);
    expect((await cancel('PRG000000000000')).status).toBe(404);
  });

  it('refuse a country name', async () => {
    const { status, body } = await client.call('POST', '/pickups', pickupRequest({ countryName: 'AUSTRALIA' }));
    expect(status).toBe(422);
    expect(body.detail).toContain('extraneous key [countryName]');
  });
});

function packageOf(changes: Record<string, unknown>): Record<string, unknown> {
  return {
    content: content({ packages: [{ weight: 1, dimensions: { length: 1, width: 1, height: 1 }, ...changes }] }),
  };
}

function without(value: Record<string, unknown>, name: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
}
