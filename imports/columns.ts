import type { ColumnMapping, Field } from './types.ts';

/** Names under which brands export a field, in English, German, Spanish, French and Indonesian. */
const synonyms: Readonly<Record<Exclude<Field, 'attribute'>, readonly string[]>> = {
  sku: [
    'sku',
    'variant sku',
    'article number',
    'item number',
    'item no',
    'style code',
    'artikelnummer',
    'product code',
    'seller sku',
    'kode',
    'kode barang',
    'referencia',
    'référence',
  ],
  parent: [
    'handle',
    'parent',
    'parent sku',
    'parent key',
    'group',
    'group id',
    'style',
    'item group id',
    'model',
    'product id',
  ],
  title: [
    'title',
    'name',
    'product name',
    'product title',
    'item name',
    'bezeichnung',
    'titel',
    'nama',
    'nama produk',
    'nombre',
    'nom',
  ],
  description: [
    'description',
    'body',
    'body html',
    'long description',
    'product description',
    'details',
    'beschreibung',
    'deskripsi',
    'descripción',
  ],
  category: [
    'category',
    'type',
    'product type',
    'product category',
    'department',
    'kategorie',
    'kategori',
    'categoría',
    'catégorie',
  ],
  price: [
    'price',
    'rrp',
    'retail price',
    'selling price',
    'variant price',
    'unit price',
    'regular price',
    'list price',
    'preis',
    'verkaufspreis',
    'harga',
    'precio',
    'prix',
  ],
  salePrice: [
    'sale price',
    'special price',
    'promo price',
    'discount price',
    'angebotspreis',
    'harga diskon',
    'harga promo',
  ],
  currency: ['currency', 'currency code', 'price currency', 'währung', 'mata uang', 'moneda', 'devise'],
  stock: [
    'stock',
    'quantity',
    'qty',
    'inventory',
    'inventory quantity',
    'variant inventory qty',
    'on hand',
    'available',
    'stock level',
    'bestand',
    'stok',
    'jumlah',
    'existencias',
  ],
  barcode: ['barcode', 'ean', 'ean13', 'gtin', 'upc', 'variant barcode', 'isbn'],
  weight: [
    'weight',
    'weight g',
    'weight kg',
    'grams',
    'variant grams',
    'shipping weight',
    'gewicht',
    'berat',
    'peso',
    'poids',
  ],
  length: ['length', 'length mm', 'length cm', 'depth', 'länge', 'panjang'],
  width: ['width', 'width mm', 'width cm', 'breite', 'lebar'],
  height: ['height', 'height mm', 'height cm', 'höhe', 'tinggi'],
  image: [
    'image',
    'images',
    'image url',
    'image src',
    'image link',
    'picture',
    'photo',
    'main image',
    'additional image',
    'additional image link',
    'bild',
    'gambar',
  ],
  hsCode: ['hs code', 'hs', 'tariff code', 'harmonized code', 'customs code', 'commodity code', 'zolltarifnummer'],
  origin: ['origin', 'country of origin', 'made in', 'origin country', 'herkunftsland', 'negara asal'],
  size: ['size', 'option1 value', 'grösse', 'größe', 'ukuran', 'talla', 'taille'],
  colour: ['colour', 'color', 'option2 value', 'farbe', 'warna', 'couleur'],
};

/** Letters of other scripts that look like Latin ones: a header typed on another keyboard means the same. */
const lookAlikes: Readonly<Record<string, string>> = {
  а: 'a',
  в: 'b',
  с: 'c',
  е: 'e',
  н: 'h',
  і: 'i',
  к: 'k',
  м: 'm',
  о: 'o',
  р: 'p',
  ѕ: 's',
  т: 't',
  у: 'y',
  х: 'x',
};

/** A header as it is compared: no accents, no signs, no look-alikes, small letters. */
export function headerKey(header: string): string {
  return [...header.normalize('NFKD').toLowerCase()]
    .map((sign) => lookAlikes[sign] ?? sign)
    .join('')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .replace(/ \d{1,2}$/, '');
}

const byName = new Map<string, Field>(
  Object.entries(synonyms).flatMap(([field, names]) => names.map((name) => [headerKey(name), field as Field] as const)),
);

function pairs(text: string): Set<string> {
  const plain = ` ${text.replaceAll(' ', '')} `;
  return new Set(Array.from({ length: Math.max(0, plain.length - 1) }, (_, index) => plain.slice(index, index + 2)));
}

/** Dice coefficient over letter pairs, 0 to 1. */
function similarity(a: string, b: string): number {
  const [left, right] = [pairs(a), pairs(b)];
  const shared = [...left].filter((pair) => right.has(pair)).length;
  return (2 * shared) / (left.size + right.size || 1);
}

interface Guess {
  readonly field: Field | null;
  readonly confidence: number;
  readonly source: ColumnMapping['source'];
}

const share = (values: readonly string[], test: RegExp): number => {
  const filled = values.map((value) => value.trim()).filter((value) => value !== '');
  return filled.length === 0 ? 0 : filled.filter((value) => test.test(value)).length / filled.length;
};

/** What the values of a column look like, where that says something by itself. */
function byValues(values: readonly string[]): Guess {
  const likely: readonly (readonly [Field, RegExp, number])[] = [
    ['image', /^https?:\/\/\S+\.(jpe?g|png|webp|gif)(\?\S*)?$/i, 0.8],
    ['currency', /^[A-Z]{3}$/, 0.75],
    ['barcode', /^\d{12,14}$/, 0.75],
    ['price', /^(?=.*[.,])[A-Z]{0,3}[$€£]?\s?\d[\d.,]*$/, 0.6],
  ];
  const found = likely.find(([, test]) => share(values, test) >= 0.9);
  return found
    ? { field: found[0], confidence: found[2], source: 'values' }
    : { field: null, confidence: 0, source: 'none' };
}

function byHeader(key: string): Guess {
  const exact = byName.get(key);
  if (exact) return { field: exact, confidence: 0.98, source: 'synonym' };
  let best: Guess = { field: null, confidence: 0, source: 'none' };
  for (const [name, field] of byName) {
    const alike = key.split(' ').includes(name) && name.length > 3 ? 0.85 : similarity(key, name);
    if (alike >= 0.6 && alike > best.confidence)
      best = { field, confidence: Math.round(alike * 90) / 100, source: 'similar' };
  }
  return best;
}

const severalTimes = new Set<Field>(['image', 'attribute']);
/** A price, a level or an identity under the wrong field does harm: below this a person is asked. */
const sureEnough = 0.7;

export interface GuessInput {
  readonly headers: readonly string[];
  /** Some values of each column, by its index. */
  readonly samples: readonly (readonly string[])[];
  /** What people of the brand said or confirmed before: header key → field, null = not read. */
  readonly remembered: Readonly<Record<string, Field | null>>;
}

/**
 * Guesses what each column means: what is remembered first, then names, then the look of the values. A field is given
 * to the column that claims it best; a second claim and a doubtful one are shown as a doubt.
 */
export function guessColumns({ headers, samples, remembered }: GuessInput): ColumnMapping[] {
  const keys = headers.map(headerKey);
  const claims = keys.map((key, index): { index: number; guess: Guess } => {
    const known = remembered[key];
    if (known !== undefined) return { index, guess: { field: known, confidence: 1, source: 'remembered' } };
    const named = byHeader(key);
    const looks = byValues(samples[index] ?? []);
    return { index, guess: named.confidence >= looks.confidence ? named : looks };
  });
  const taken = new Map<Field, number>();
  for (const { index, guess } of [...claims].sort((a, b) => b.guess.confidence - a.guess.confidence)) {
    if (guess.field && !severalTimes.has(guess.field) && !taken.has(guess.field)) taken.set(guess.field, index);
  }
  const missing = missingColumns(remembered, keys);
  return claims.map(({ index, guess }) => {
    const header = headers[index] ?? '';
    const owner = guess.field ? taken.get(guess.field) : undefined;
    if (guess.field && owner !== undefined && owner !== index) {
      const doubt = `"${headers[owner]}" is read as ${guess.field} already; this column is not read.`;
      return { index, header, field: null, confidence: guess.confidence, source: 'none', doubt };
    }
    return { index, header, ...guess, doubt: doubtOf(guess, missing) };
  });
}

/** Remembered columns that this file does not have: one of its new columns may be theirs under another name. */
function missingColumns(remembered: GuessInput['remembered'], keys: readonly string[]): Map<Field, string> {
  return new Map(
    Object.entries(remembered).flatMap(([key, field]) => (field && !keys.includes(key) ? [[field, key] as const] : [])),
  );
}

function doubtOf({ field, confidence, source }: Guess, missing: Map<Field, string>): string | null {
  if (source === 'remembered' || !field) return null;
  const before = missing.get(field);
  if (before !== undefined)
    return `The column "${before}" of earlier files is missing: this one seems to be it under a new name.`;
  return confidence < sureEnough ? `It seems to be ${field}, but that is not sure.` : null;
}

/** Fields without which nothing can be imported, with the reason. */
export function missingFields(mapping: readonly ColumnMapping[]): string[] {
  const has = (field: Field): boolean => mapping.some((column) => column.field === field);
  return has('sku') ? [] : ['No column is the SKU: without it no row can be told from another.'];
}
