import type { VendorAnswer } from '../../simulator-kit/index.ts';
import type { Package, World } from './model.ts';
import { localLater, type PlannedTime, readPlannedTime } from './planned-time.ts';
import { Problem, validationProblem } from './problem.ts';
import { RATE_REQUEST } from './request-schemas.ts';
import { problemsOf } from './schema.ts';
import { PRODUCTS, type Product, type Quote, quote, REMOTE, SERVICES } from './tariff.ts';

interface RateRequest {
  customerDetails: Record<'shipperDetails' | 'receiverDetails', { countryCode: string; postalCode: string }>;
  accounts?: Array<{ typeCode: string; number: string }>;
  productCode?: string;
  valueAddedServices?: Array<{ serviceCode: string; value?: number }>;
  plannedShippingDateAndTime: string;
  unitOfMeasurement: 'metric' | 'imperial';
  isCustomsDeclarable: boolean;
  returnStandardProductsOnly?: boolean;
  packages: Package[];
}

/** The public price beside the account's own: who reads the wrong line sees it at once. */
const PUBLIC_PERCENT = 140;
/** Base currency per billing currency; made up. */
const BASE_RATE = 0.92;

/** `POST /rates`. */
export function serveRates(world: World, body: unknown): VendorAnswer {
  const problems = problemsOf(body, RATE_REQUEST);
  if (problems.length > 0) throw validationProblem(problems);
  const request = body as RateRequest;
  const planned = readPlannedTime(request.plannedShippingDateAndTime, world.tools.clock.now());
  checkAccounts(world, request.accounts ?? []);
  const services = request.valueAddedServices ?? [];
  checkServices(services);
  const { shipperDetails, receiverDetails } = request.customerDetails;
  const lane = {
    isInternational: shipperDetails.countryCode !== receiverDetails.countryCode,
    isDeclarable: request.isCustomsDeclarable,
  };
  const offered = PRODUCTS.filter((product) => product.isFor(lane))
    .filter(({ code }) => request.productCode === undefined || request.productCode === code)
    .filter(({ needsAgreement }) => !needsAgreement || request.returnStandardProductsOnly !== true);
  if (offered.length === 0) throw notAvailable(request.productCode ?? '');
  const { fuelPercent } = world.state.dials;
  const products = offered.map((product) => {
    const charged = [...services, ...remoteService(world, receiverDetails)];
    const priced = quote(request.packages, request.unitOfMeasurement, product, charged, fuelPercent);
    return productBody(world, product, priced, planned);
  });
  const currency = billingCurrency(world);
  const exchangeRates = [{ currentExchangeRate: BASE_RATE, currency, baseCurrency: 'EUR' }];
  return { status: 200, body: { products, exchangeRates } };
}

/** @throws Problem 400 when the shipper account isn't the user's, or another account is unknown */
export function checkAccounts(world: World, accounts: ReadonlyArray<{ typeCode: string; number: string }>): void {
  for (const { typeCode, number } of accounts) {
    if (number === world.options.accountNumber) continue;
    if (typeCode === 'shipper') throw new Problem(400, '8007: The Shipper Account is invalid.');
    throw new Problem(
      400,
      '8003: Account not allowed for this service. Please contact your DHL Express representative.',
    );
  }
}

/** The surcharge of a remote area, where the dial says that this postcode is one. */
export function remoteService(world: World, { postalCode }: { postalCode: string }): Array<{ serviceCode: string }> {
  const beginnings = world.state.dials.remotePostcodes.split(',').map((text) => text.trim());
  const isRemote = beginnings.some((beginning) => beginning !== '' && postalCode.startsWith(beginning));
  return isRemote ? [{ serviceCode: REMOTE }] : [];
}

/** @throws Problem 400 when a service isn't known on the lane */
export function checkServices(services: ReadonlyArray<{ serviceCode: string }>): void {
  services.forEach(({ serviceCode }, index) => {
    // The carrier adds the remote area by itself; nobody asks for it.
    if (SERVICES[serviceCode] !== undefined && serviceCode !== REMOTE) return;
    const field = `#/valueAddedServices/${index}/serviceCode '${serviceCode}'`;
    const advice = 'Please validate the products and services combination (via the /rates or /products service).';
    throw new Problem(
      400,
      `7008: The requested Special Service Code ${field} is not available between this origin and destination. ${advice}`,
    );
  });
}

/** The refusal of a product on a lane. */
export function notAvailable(code: string): Problem {
  return new Problem(400, `1001: The requested product(s) (${code}) not available based on your search criteria.`);
}

/** Currency of the account's bills. */
export function billingCurrency(world: World): string {
  return world.options.billingCurrency ?? 'USD';
}

/** Price lines of a quote in units of the currency. */
export function chargeLines(product: Product, priced: Quote, currency: string) {
  const line = (name: string, code: string, cents: number) => ({
    name,
    serviceCode: code,
    typeCode: code,
    serviceTypeCode: code === REMOTE ? 'SCH' : 'XCH',
    price: cents / 100,
    priceCurrency: currency,
  });
  return [
    { name: product.name, typeCode: product.localName, price: priced.baseCents / 100, priceCurrency: currency },
    ...priced.services.map(({ name, code, cents }) => line(name, code, cents)),
    { ...line('FUEL SURCHARGE', 'FF', priced.fuelCents), serviceTypeCode: 'SCH' },
  ];
}

function productBody(world: World, product: Product, priced: Quote, planned: PlannedTime) {
  const currency = billingCurrency(world);
  const total = priced.totalCents / 100;
  const inBase = round(total * BASE_RATE);
  const merelyOffered = {
    name: 'SATURDAY DELIVERY',
    serviceCode: 'AA',
    typeCode: 'AA',
    serviceTypeCode: 'XCH',
    price: null,
  };
  return {
    productName: product.name,
    productCode: product.code,
    localProductCode: product.code,
    networkTypeCode: 'TD',
    isCustomerAgreement: product.needsAgreement,
    weight: {
      volumetric: priced.volumetricGrams / 1000,
      provided: priced.providedGrams / 1000,
      unitOfMeasurement: 'metric',
    },
    totalPrice: [
      { currencyType: 'BILLC', priceCurrency: currency, price: total },
      { currencyType: 'PULCL', priceCurrency: currency, price: round((total * PUBLIC_PERCENT) / 100) },
      { currencyType: 'BASEC', priceCurrency: 'EUR', price: inBase },
    ],
    totalPriceBreakdown: [
      {
        currencyType: 'BILLC',
        priceCurrency: currency,
        priceBreakdown: [{ typeCode: 'SPRQT', price: priced.baseCents / 100 }],
      },
    ],
    detailedPriceBreakdown: [
      {
        currencyType: 'BILLC',
        priceCurrency: currency,
        breakdown: [...chargeLines(product, priced, currency), { ...merelyOffered, priceCurrency: currency }],
      },
    ],
    pickupCapabilities: {
      nextBusinessDay: false,
      localCutoffDateAndTime: `${planned.local.slice(0, 10)}T17:00:00`,
      pickupEarliest: '09:00:00',
      pickupLatest: '18:00:00',
    },
    deliveryCapabilities: {
      deliveryTypeCode: 'QDDC',
      estimatedDeliveryDateAndTime: `${localLater(planned, product.transitDays).slice(0, 10)}T23:59:00`,
      totalTransitDays: product.transitDays,
    },
    pricingDate: planned.local.slice(0, 10),
  };
}

function round(amount: number): number {
  return Math.round(amount * 100) / 100;
}
