import type { RunningSimulator } from '../../simulator-kit/index.ts';
import { demoOptions } from './index.ts';

/** Simulator time of this folder's tests. */
export const START = '2026-03-02T00:00:00.000Z';

/** What a call came back with. */
export interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

/** A small caller for this folder's tests. */
export class TestClient {
  readonly #simulator: RunningSimulator;

  constructor(simulator: RunningSimulator) {
    this.#simulator = simulator;
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const basic = Buffer.from(`${demoOptions.username}:${demoOptions.password}`).toString('base64');
    const response = await fetch(`${this.#simulator.url}/mydhlapi${path}`, {
      method,
      headers: {
        authorization: `Basic ${basic}`,
        'x-version': '3.1.0',
        'content-type': 'application/json',
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
  }

  async control(path: string, body?: unknown): Promise<Answer> {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const response = await fetch(`${this.#simulator.url}/__control${path}`, init);
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Record<string, unknown>,
    };
  }

  async book(body: unknown = booking()): Promise<string> {
    return String((await this.call('POST', '/shipments', body)).body.shipmentTrackingNumber);
  }

  facts(name: string): Array<Record<string, unknown>> {
    return this.#simulator.log.lines
      .map((line) => ({ ...line }) as Record<string, unknown>)
      .filter((line) => line.kind === 'fact' && line.fact === name);
  }
}

const shipper = {
  postalAddress: { postalCode: '2000', cityName: 'Sydney', countryCode: 'AU', addressLine1: '1 Harbour Street' },
  contactInformation: { phone: '+61200000000', companyName: 'Harbour & Pine', fullName: 'Despatch' },
};
const receiver = {
  postalAddress: { postalCode: '12110', cityName: 'Jakarta', countryCode: 'ID', addressLine1: 'Jl. Merdeka 1' },
  contactInformation: { phone: '+62800000000', companyName: 'Gudang', fullName: 'Penerima' },
};
const onePackage = { weight: 1.2, dimensions: { length: 20, width: 20, height: 10 } };

/** A dutiable two-piece booking; `changes` replace its top-level fields. */
export function booking(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    plannedShippingDateAndTime: '2026-03-03T17:00:00 GMT+10:00',
    pickup: { isRequested: false },
    productCode: 'P',
    accounts: [{ typeCode: 'shipper', number: demoOptions.accountNumber }],
    outputImageProperties: {
      encodingFormat: 'pdf',
      splitDocumentsByPages: true,
      imageOptions: [{ typeCode: 'label', templateName: 'ECOM26_A6_002' }],
    },
    customerReferences: [{ typeCode: 'CU', value: 'TL-1' }],
    customerDetails: { shipperDetails: shipper, receiverDetails: receiver },
    content: content(),
    ...changes,
  };
}

/** The content of a booking; `changes` replace its fields. */
export function content(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    packages: [onePackage, { weight: 0.9, dimensions: { length: 30, width: 25, height: 12 } }],
    isCustomsDeclarable: true,
    declaredValue: 120,
    declaredValueCurrency: 'USD',
    exportDeclaration: {
      lineItems: [
        {
          number: 1,
          description: 'Linen dress',
          price: 60,
          quantity: { value: 2, unitOfMeasurement: 'PCS' },
          commodityCodes: [{ typeCode: 'outbound', value: '620444' }],
          manufacturerCountry: 'AU',
          weight: { netValue: 0.8, grossValue: 0.9 },
        },
      ],
      invoice: { number: 'INV-1', date: '2026-03-02' },
    },
    description: 'Clothing',
    incoterm: 'DAP',
    unitOfMeasurement: 'metric',
    ...changes,
  };
}

/** A rate request of the same goods. */
export function rateRequest(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    customerDetails: { shipperDetails: shipper.postalAddress, receiverDetails: receiver.postalAddress },
    accounts: [{ typeCode: 'shipper', number: demoOptions.accountNumber }],
    plannedShippingDateAndTime: '2026-03-03T17:00:00 GMT+10:00',
    unitOfMeasurement: 'metric',
    isCustomsDeclarable: true,
    packages: content().packages,
    ...changes,
  };
}

/** A pickup request. */
export function pickupRequest(address: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    plannedPickupDateAndTime: '2026-03-03T15:00:00 GMT+10:00',
    accounts: [{ typeCode: 'shipper', number: demoOptions.accountNumber }],
    customerDetails: { shipperDetails: { ...shipper, postalAddress: { ...shipper.postalAddress, ...address } } },
    shipmentDetails: [
      { productCode: 'P', isCustomsDeclarable: true, unitOfMeasurement: 'metric', packages: [onePackage] },
    ],
  };
}
