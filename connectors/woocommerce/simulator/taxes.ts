import type { ExtraLineRecord, LineRecord, LineTax, OrderRecord, ProductRecord, TaxLineRecord } from './model.ts';
import { roundUnits } from './money.ts';
import type { Shop } from './shop.ts';

/** A row of WooCommerce → Settings → Tax. */
export interface TaxRate {
  id: number;
  /** Empty = everywhere. */
  country: string;
  state: string;
  /** In percent. */
  rate: number;
  name: string;
  /** One rate of each priority counts. */
  priority: number;
  /** Charged on the amount with the other taxes. */
  compound: boolean;
  /** Charged on shipping too. */
  shipping: boolean;
  /** Slug of the class; empty = standard. */
  class: string;
}

/** The shop's tax settings. */
export interface TaxSetup {
  /** `woocommerce_calc_taxes`. */
  calcTaxes: boolean;
  /** `woocommerce_prices_include_tax`: halves of a tax are rounded down then. */
  pricesIncludeTax: boolean;
  /** `woocommerce_tax_round_at_subtotal`; off = each line's tax is rounded. */
  roundAtSubtotal: boolean;
  /** `woocommerce_tax_based_on`. */
  basedOn: 'shipping' | 'billing' | 'base';
  /** `woocommerce_shipping_tax_class`: `inherit`, or a class. */
  shippingClass: string;
  baseCountry: string;
  /** Slugs beside the standard class. */
  classes: string[];
  rates: TaxRate[];
}

export const NO_TAXES: TaxSetup = {
  calcTaxes: false,
  pricesIncludeTax: false,
  roundAtSubtotal: false,
  basedOn: 'shipping',
  shippingClass: 'inherit',
  baseCountry: 'AU',
  classes: ['reduced-rate', 'zero-rate'],
  rates: [],
};

/**
 * Works out the taxes of all lines and the order's tax lines, as `WC_Abstract_Order::calculate_taxes` does: on amounts
 * without tax, whatever the shop's prices contain. A line of the class "0" bears none.
 */
export function calculateTaxes(shop: Shop, order: OrderRecord): void {
  const { taxes } = shop;
  const at = taxLocation(taxes, order);
  const ratesOf = (taxClass: string) => (taxes.calcTaxes ? findRates(taxes, at, taxClass) : []);
  order.lines = order.lines.map((line): LineRecord => {
    const isTaxed = line.taxClass !== '0' && taxStatusOf(shop, line) === 'taxable';
    return { ...line, taxes: isTaxed ? lineTaxes(ratesOf(line.taxClass), line.totalUnits, line.subtotalUnits) : [] };
  });
  const shippingClass = taxes.shippingClass === 'inherit' ? inheritedClass(shop, order) : taxes.shippingClass;
  const costs = costsByClass(shop, order, shippingClass);
  order.feeLines = order.feeLines.map((line): ExtraLineRecord => {
    if (line.totalUnits < 0) return { ...line, taxes: apportioned(costs, line.totalUnits, ratesOf) };
    const isTaxed = line.taxStatus === 'taxable' && line.taxClass !== '0';
    return { ...line, taxes: isTaxed ? lineTaxes(ratesOf(line.taxClass), line.totalUnits, line.totalUnits) : [] };
  });
  order.shippingLines = order.shippingLines.map((line): ExtraLineRecord => {
    const rates = shippingClass === null ? [] : ratesOf(shippingClass).filter(({ shipping }) => shipping);
    return { ...line, taxes: lineTaxes(rates, line.totalUnits, line.totalUnits) };
  });
  order.taxLines = taxLines(shop, order);
}

/** A line's tax as the order counts it: rounded per rate unless the shop rounds at the subtotal. */
export function taxOf(shop: Shop, order: OrderRecord, taxes: readonly LineTax[], of: 'total' | 'subtotal'): number {
  return taxes.reduce((sum, tax) => sum + counted(shop, order, of === 'total' ? tax.totalUnits : tax.subtotalUnits), 0);
}

/** A catalogue price without the tax of the shop's own place, where its prices contain tax. */
export function withoutTax(shop: Shop, product: ProductRecord, units: number): number {
  const { taxes } = shop;
  if (!taxes.calcTaxes || !taxes.pricesIncludeTax || product.plain.tax_status === 'none') return units;
  const rates = findRates(taxes, { country: taxes.baseCountry, state: '' }, taxClassOf(shop, product));
  const share = rates.reduce((sum, { rate }) => sum + rate / 100, 1);
  return Math.round(units / share);
}

/** A product's tax class; a variation that says `parent` has its product's. */
export function taxClassOf(shop: Shop, product: ProductRecord): string {
  const own = String(product.plain.tax_class ?? '');
  const parent = own === 'parent' || product.parentId !== 0 ? shop.products.get(product.parentId) : undefined;
  return parent !== undefined && (own === 'parent' || own === '') ? String(parent.plain.tax_class ?? '') : own;
}

function counted(shop: Shop, order: OrderRecord, units: number): number {
  return shop.taxes.roundAtSubtotal ? units : roundUnits(units, shop.priceDecimals, order.pricesIncludeTax);
}

interface Place {
  country: string;
  state: string;
}

function taxLocation(taxes: TaxSetup, order: OrderRecord): Place {
  const shipping = { country: order.shipping.country ?? '', state: order.shipping.state ?? '' };
  const billing = { country: order.billing.country ?? '', state: order.billing.state ?? '' };
  const basedOn = taxes.basedOn === 'shipping' && shipping.country === '' ? 'billing' : taxes.basedOn;
  const wanted = basedOn === 'billing' ? billing : shipping;
  const isBase = basedOn === 'base' || wanted.country === '';
  return isBase ? { country: taxes.baseCountry, state: '' } : wanted;
}

/** One rate for each priority; the one for the nearer place wins. Postcodes and cities are not looked at. */
function findRates(taxes: TaxSetup, at: Place, taxClass: string): TaxRate[] {
  const fits = (wanted: string, is: string) => wanted === '' || wanted.toUpperCase() === is.toUpperCase();
  const found = taxes.rates.filter(
    (rate) => rate.class === taxClass && fits(rate.country, at.country) && fits(rate.state, at.state),
  );
  const vague = (rate: TaxRate) => (rate.country === '' ? 2 : 0) + (rate.state === '' ? 1 : 0);
  found.sort((one, other) => one.priority - other.priority || vague(one) - vague(other) || one.id - other.id);
  return found.filter((rate, index) => found.findIndex(({ priority }) => priority === rate.priority) === index);
}

function lineTaxes(rates: readonly TaxRate[], totalUnits: number, subtotalUnits: number): LineTax[] {
  const totals = exclusiveTaxes(rates, totalUnits);
  const subtotals = exclusiveTaxes(rates, subtotalUnits);
  return rates.map(({ id }, index) => ({
    rateId: id,
    totalUnits: totals[index] ?? 0,
    subtotalUnits: subtotals[index] ?? 0,
  }));
}

/** Taxes on an amount without tax, to six places. */
function exclusiveTaxes(rates: readonly TaxRate[], units: number): number[] {
  const plain = rates.map(({ compound, rate }) => (compound ? 0 : (units * rate) / 100));
  let before = plain.reduce((sum, tax) => sum + tax, 0);
  return rates.map(({ compound, rate }, index) => {
    if (!compound) return Math.round(plain[index] ?? 0);
    const tax = ((units + before) * rate) / 100;
    before += tax;
    return Math.round(tax);
  });
}

/** What the order's lines, shipping and fees cost, by their tax class; null = not taxed. */
function costsByClass(shop: Shop, order: OrderRecord, shippingClass: string | null): Map<string | null, number> {
  const costs = new Map<string | null, number>();
  const add = (taxClass: string | null, units: number) => {
    if (units > 0) costs.set(taxClass, (costs.get(taxClass) ?? 0) + units);
  };
  for (const line of order.lines) {
    const isTaxed = line.taxClass !== '0' && taxStatusOf(shop, line) === 'taxable';
    add(isTaxed ? line.taxClass : null, line.totalUnits);
  }
  for (const line of order.shippingLines) add(shippingClass, line.totalUnits);
  for (const line of order.feeLines) add(line.taxStatus === 'taxable' ? line.taxClass : null, line.totalUnits);
  return costs;
}

/** A negative fee is taxed like what it is taken off, whatever its own tax status (`WC_Order_Item_Fee`). */
function apportioned(
  costs: ReadonlyMap<string | null, number>,
  units: number,
  ratesOf: (taxClass: string) => readonly TaxRate[],
): LineTax[] {
  const sum = [...costs.values()].reduce((total, cost) => total + cost, 0);
  return [...costs].flatMap(([taxClass, cost]) => {
    if (taxClass === null) return [];
    const part = Math.round((units * cost) / sum);
    return lineTaxes(ratesOf(taxClass), part, part);
  });
}

function taxStatusOf(shop: Shop, line: LineRecord): string {
  const product = shop.products.get(line.variationId === 0 ? line.productId : line.variationId);
  return String(product?.plain.tax_status ?? 'taxable');
}

/** The first class, standard before the others, that a product of the order has; null when none is taxable. */
function inheritedClass(shop: Shop, order: OrderRecord): string | null {
  const classes = order.lines
    .filter((line) => ['taxable', 'shipping'].includes(taxStatusOf(shop, line)))
    .map(({ taxClass }) => taxClass);
  return ['', ...shop.taxes.classes].find((known) => classes.includes(known)) ?? null;
}

function taxLines(shop: Shop, order: OrderRecord): TaxLineRecord[] {
  const sums = new Map<number, { taxUnits: number; shippingTaxUnits: number }>();
  const add = (lines: readonly { taxes: LineTax[] }[], field: 'taxUnits' | 'shippingTaxUnits') => {
    for (const { rateId, totalUnits } of lines.flatMap(({ taxes }) => taxes)) {
      const sum = sums.get(rateId) ?? { taxUnits: 0, shippingTaxUnits: 0 };
      sums.set(rateId, { ...sum, [field]: sum[field] + counted(shop, order, totalUnits) });
    }
  };
  add([...order.lines, ...order.feeLines], 'taxUnits');
  add(order.shippingLines, 'shippingTaxUnits');
  return [...sums].flatMap(([rateId, sum]) => {
    const rate = shop.taxes.rates.find(({ id }) => id === rateId);
    if (rate === undefined) return [];
    const id = order.taxLines.find((line) => line.rateId === rateId)?.id ?? shop.nextId('item');
    const place = [rate.country, rate.state].filter((part) => part !== '');
    const rateCode = [...place, rate.name, rate.priority].join('-').toUpperCase();
    const { name: label, compound, rate: ratePercent } = rate;
    return [{ id, rateId, rateCode, label, compound, ratePercent, ...sum }];
  });
}

/** The order's amounts, in millionths: lines and shipping are rounded one by one, the sum once more. */
export function orderSums(shop: Shop, order: OrderRecord) {
  const round = (units: number) => roundUnits(units, shop.priceDecimals);
  const rounded = (units: number) => (shop.taxes.roundAtSubtotal ? units : round(units));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const cart = sum(order.lines.map(({ totalUnits }) => rounded(totalUnits)));
  const subtotal = sum(order.lines.map(({ subtotalUnits }) => rounded(subtotalUnits)));
  const shipping = sum(order.shippingLines.map(({ totalUnits }) => round(totalUnits)));
  const fees = sum(order.feeLines.map(({ totalUnits }) => totalUnits));
  const cartTax = sum(order.taxLines.map(({ taxUnits }) => taxUnits));
  const shippingTax = sum(order.taxLines.map(({ shippingTaxUnits }) => shippingTaxUnits));
  const unrounded = (of: 'totalUnits' | 'subtotalUnits') =>
    sum(order.lines.flatMap(({ taxes }) => taxes.map((tax) => tax[of])));
  return {
    shipping,
    cartTax,
    shippingTax,
    discount: round(subtotal - cart),
    discountTax: roundUnits(
      unrounded('subtotalUnits') - unrounded('totalUnits'),
      shop.priceDecimals,
      order.pricesIncludeTax,
    ),
    total: round(cart + fees + shipping + cartTax + shippingTax),
  };
}

/** @returns the problem in words, null when it is a tax setup (or a part of one) */
export function taxSetupProblem(given: Readonly<Record<string, unknown>>): string | null {
  const known: Readonly<Record<string, unknown>> = { ...NO_TAXES };
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(known, name)) return `no tax setting ${name}`;
    const like = known[name];
    const isRight = Array.isArray(like) ? Array.isArray(value) : typeof value === typeof like;
    if (!isRight) return `tax setting ${name} must be like ${JSON.stringify(like)}`;
  }
  return null;
}

/** Rates as given, what is left out filled in: standard class, priority 1, charged on shipping. */
export function completeRates(rates: readonly Partial<TaxRate>[]): TaxRate[] {
  return rates.map((rate, index) => ({
    ...{ id: index + 1, country: '', state: '', rate: 0, name: 'Tax', priority: 1, compound: false, shipping: true },
    class: '',
    ...rate,
  }));
}
