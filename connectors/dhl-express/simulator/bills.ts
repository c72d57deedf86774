import type { Package, Shipment, World } from './model.ts';
import { billingCurrency, chargeLines, remoteService } from './rates.ts';
import { PRODUCTS, type Product, quote } from './tariff.ts';

/** What a booking answers that it will cost: by what was declared, and by the dial. */
export function chargesOf(world: World, shipment: Shipment, product: Product) {
  return [{ currencyType: 'BILLC', ...billed(world, shipment, product, shipment.request.content.packages) }];
}

function billed(world: World, shipment: Shipment, product: Product, packages: readonly Package[]) {
  const { content, customerDetails, valueAddedServices = [] } = shipment.request;
  const { fuelPercent, billedPercent } = world.state.dials;
  const services = [...valueAddedServices, ...remoteService(world, customerDetails.receiverDetails.postalAddress)];
  const priced = quote(packages, content.unitOfMeasurement, product, services, fuelPercent);
  const priceCurrency = billingCurrency(world);
  const scaled = (price: number) => Math.round(price * billedPercent) / 100;
  const serviceBreakdown = chargeLines(product, priced, priceCurrency).map(({ name, price, typeCode }) => {
    return { name, price: scaled(price), typeCode };
  });
  return { priceCurrency, price: scaled(priced.totalCents / 100), serviceBreakdown };
}

/**
 * The bill as it would come weeks later, by what was measured in place of what was declared. Carriers send bills as
 * files outside the API; the form is this simulator's own.
 */
export function billOf(world: World, shipment: Shipment) {
  const { request, pieces, number, reference } = shipment;
  const packages = request.content.packages.map((item, index): Package => {
    const measured = pieces[index]?.measured;
    if (measured === undefined) return item;
    const { weight, length, width, height } = measured;
    const dimensions =
      length === undefined || width === undefined || height === undefined ? item.dimensions : { length, width, height };
    return { ...item, weight, ...(dimensions === undefined ? {} : { dimensions }) };
  });
  const product = PRODUCTS.find(({ code }) => code === request.productCode);
  if (product === undefined) throw new Error(`no product ${request.productCode}`);
  const { content } = request;
  const { billedGrams } = quote(packages, content.unitOfMeasurement, product, [], 0);
  const { priceCurrency, price, serviceBreakdown } = billed(world, shipment, product, packages);
  return {
    waybill: number,
    reference,
    currency: priceCurrency,
    total: price,
    billedKilograms: billedGrams / 1000,
    lines: serviceBreakdown.map((line) => ({ code: line.typeCode, name: line.name, amount: line.price })),
  };
}
