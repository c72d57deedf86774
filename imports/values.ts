import { type RawProduct, refine } from '../cleaning/refine.ts';
import { decimalsOf } from '../pricing/currency.ts';
import type { Notes } from './notes.ts';
import { numberStyles, parseNumber, splitCurrency, toMinor } from './numbers.ts';
import type { Reading, RowValues } from './rows.ts';
import type { Field } from './types.ts';

/** More than any shelf holds: 1e9 in a file is an "always available" that is none. */
export const maxStock = 1_000_000;
const maxText = 20_000;
const maxName = 500;
const currencies = new Set(Intl.supportedValuesOf('currency'));

/** Reads what a row says about its SKU; whatever is wrong or unclear with it goes into the notes. */
export function readValues(sku: string, notes: Notes, reading: Reading): RowValues {
  const money = moneyOf(notes, reading);
  const { product, findings } = refine(rawProduct(sku, notes), reading.rules);
  for (const { field, value, reason, remedy } of findings) notes.warn('cleaning', field, value, reason, remedy);
  const [variant] = product.variants;
  const attributes = Object.fromEntries(product.attributes.map(({ name, values }) => [name, values]));
  return {
    parent: notes.text('parent', maxName),
    title: orNull(product.title),
    descriptionHtml: orNull(product.descriptionHtml),
    category: product.categories[0]?.name ?? null,
    attributes: product.attributes.length > 0 ? attributes : null,
    images: product.images.length > 0 ? product.images : null,
    options: variant && variant.options.length > 0 ? variant.options : null,
    ...money,
    stock: stockOf(notes),
    weightGrams: measureOf('weight', variant?.weightGrams, notes),
    lengthMm: measureOf('length', variant?.lengthMm, notes),
    widthMm: measureOf('width', variant?.widthMm, notes),
    heightMm: measureOf('height', variant?.heightMm, notes),
    barcode: variant?.barcode ?? null,
    hsCode: variant?.hsCode ?? null,
    origin: variant?.originCountryCode ?? null,
  };
}

const orNull = (text: string): string | null => (text === '' ? null : text);

function rawProduct(sku: string, notes: Notes): RawProduct {
  const category = notes.text('category', maxName);
  const options = (['size', 'colour'] as const).flatMap((field) => {
    const value = notes.text(field, 100);
    return value ? [{ name: field === 'size' ? 'Size' : 'Colour', value }] : [];
  });
  return {
    externalId: sku,
    title: notes.text('title', maxName) ?? '',
    descriptionHtml: notes.text('description', maxText) ?? '',
    published: true,
    categories: category ? [{ externalId: '', name: category }] : [],
    attributes: notes.several('attribute', maxName).map(({ header, text }) => ({ name: header, values: [text] })),
    images: imagesOf(notes),
    modifiedAt: never,
    findings: [],
    raw: null,
    variants: [
      {
        externalId: sku,
        sku,
        options,
        price: null,
        salePrice: null,
        saleFrom: null,
        saleTo: null,
        weightGrams: withUnit('weight', notes),
        lengthMm: withUnit('length', notes),
        widthMm: withUnit('width', notes),
        heightMm: withUnit('height', notes),
        barcode: notes.text('barcode', 40),
        hsCode: notes.text('hsCode', 20),
        originCountryCode: notes.text('origin', 60),
        taxClass: null,
        stock: { managed: true, quantity: null, inStock: false },
      },
    ],
  };
}

const never = new Date(0);

/** Several addresses may stand in one column, divided by blanks, commas or bars. */
function imagesOf(notes: Notes): { url: string; alt: null }[] {
  return notes.several('image', 4_000).flatMap(({ text }) =>
    text.split(/[\s,|]+/).flatMap((url) => {
      if (/^https?:\/\/[^\s"<>]+$/i.test(url)) return [{ url, alt: null }];
      notes.warn(
        'image-address',
        'image',
        url,
        'It is no web address; the image is left out.',
        'Give a full address that begins with https://.',
      );
      return [];
    }),
  );
}

/** A measure with the unit that its header names, where the field has none: "Weight (kg)". */
function withUnit(field: Field & ('weight' | 'length' | 'width' | 'height'), notes: Notes): string | null {
  const text = notes.raw(field);
  if (text === null || /[a-z]/i.test(text)) return text;
  const unit = notes.unitOf(field);
  return unit ? `${text} ${unit}` : text;
}

function measureOf(field: Field, value: number | null | undefined, notes: Notes): number | null {
  if (value === null || value === undefined) return null;
  if (value > 0 && value <= 2_000_000_000) return value;
  // 0 is how many exports write "not known".
  if (value !== 0)
    notes.warn('measure', field, String(value), 'A measure is above zero; it is left as it is.', 'Correct it.');
  return null;
}

function stockOf(notes: Notes): number | null {
  const text = notes.raw('stock');
  if (text === null) return null;
  const whole = /^([+-]?\d+)(?:[.,]0{1,2})?$/.exec(text.replaceAll(/[\s\u00a0]/g, ''));
  const value = whole ? Number(whole[1]) : Number.NaN;
  const refuse = (reason: string, remedy: string): null => {
    notes.refuse('stock', 'stock', text, reason, remedy);
    return null;
  };
  if (Number.isNaN(value))
    return refuse('The stock is not a whole number.', 'Give the units on the shelf as a whole number.');
  if (value < 0) return refuse('The stock is below zero.', 'Give 0 where nothing is on the shelf.');
  if (value > maxStock)
    return refuse(
      `The stock is above ${maxStock.toLocaleString('en')}.`,
      'Give the units on the shelf, not "always available".',
    );
  return value;
}

type MoneyValues = Pick<RowValues, 'priceMinor' | 'salePriceMinor' | 'currency'>;

function moneyOf(notes: Notes, reading: Reading): MoneyValues {
  const price = notes.raw('price');
  const sale = notes.raw('salePrice');
  const beside = price === null ? null : splitCurrency(price).currency;
  const currency = currencyOf(notes.raw('currency'), beside, notes, reading);
  const priceMinor = price === null || !currency ? null : amountOf('price', price, currency, notes, reading);
  let salePriceMinor = sale === null || !currency ? null : amountOf('salePrice', sale, currency, notes, reading);
  if (salePriceMinor !== null && priceMinor !== null && salePriceMinor >= priceMinor) {
    notes.warn(
      'sale-price',
      'salePrice',
      sale,
      'The sale price is not below the price; it is left out.',
      'Lower it or empty it.',
    );
    salePriceMinor = null;
  }
  return { priceMinor, salePriceMinor, currency };
}

/** The currency of the row; null when it is held for it. */
function currencyOf(column: string | null, beside: string | null, notes: Notes, reading: Reading): string | null {
  const said = column?.toUpperCase() ?? beside;
  if (said === null) return notes.has('price') ? reading.currency : null;
  const meant = reading.answers[`currency:${said}`] ?? said;
  if (meant === 'refuse') {
    notes.refuse(
      'currency',
      'currency',
      said,
      'Rows in this currency were refused for this import.',
      'Give another currency.',
    );
    return null;
  }
  if (currencies.has(meant)) {
    if (column !== null && beside !== null && beside !== meant)
      notes.refuse('currency', 'price', beside, `The price says ${beside}, the column ${meant}.`, 'Say one currency.');
    return meant;
  }
  const remedy = 'Say which currency is meant, or refuse these rows.';
  notes.hold(
    `currency:${said.slice(0, 20)}`,
    'currency',
    said,
    `"${said.slice(0, 20)}" is no currency of ISO 4217.`,
    remedy,
  );
  return null;
}

function amountOf(
  field: 'price' | 'salePrice',
  text: string,
  currency: string,
  notes: Notes,
  reading: Reading,
): number | null {
  const parsed = parseNumber(splitCurrency(text).number, reading.styles);
  if (parsed.kind === 'question') {
    const { title } = numberStyles[parsed.style];
    const reason = `It can be read as different amounts: ${title}.`;
    notes.hold(
      `number-style:${parsed.style}`,
      field,
      text,
      reason,
      'Answer once how such numbers are meant in this file.',
    );
    return null;
  }
  if (parsed.kind === 'refused') {
    notes.refuse('price', field, text, parsed.reason, 'Give an amount such as 1299.00.');
    return null;
  }
  const amount = toMinor(parsed, decimalsOf(currency));
  if ('reason' in amount) {
    notes.refuse(
      'price',
      field,
      text,
      amount.reason,
      `Give an amount in ${currency} such as ${decimalsOf(currency) === 0 ? '1299' : '1299.00'}.`,
    );
    return null;
  }
  if (amount.minor > 0) return amount.minor;
  // A sale price of 0 is how many exports write "not on sale".
  if (field === 'salePrice' && amount.minor === 0) return null;
  const reason = amount.minor === 0 ? 'The price is 0.' : 'The price is below zero.';
  notes.refuse('price', field, text, reason, 'Give the price, or leave the field empty to keep what is known.');
  return null;
}
