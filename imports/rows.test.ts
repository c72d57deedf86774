import { describe, expect, it } from 'vitest';
import { guessColumns, headerKey, missingFields } from './columns.ts';
import { csvOf, visibleBytes } from './export.ts';
import { parseNumber, splitCurrency, toMinor } from './numbers.ts';
import { type Answers, readingOf, readRow } from './rows.ts';
import type { ColumnMapping, Field, RawRecord } from './types.ts';

const columns: readonly Field[] = ['sku', 'title', 'price', 'currency', 'stock', 'weight', 'image'];
const mapping: ColumnMapping[] = columns.map((field, index) => ({
  index,
  header: field === 'weight' ? 'Weight (kg)' : `My ${field}`,
  field,
  confidence: 1,
  source: 'person',
  doubt: null,
}));
const record: RawRecord = {
  rowNumber: 1,
  line: 2,
  lineCount: 1,
  byteFrom: 0,
  byteLength: 0,
  text: Buffer.alloc(0),
  isBroken: false,
  hadNul: false,
};
const good = ['A1', 'Tee', '12.50', 'AUD', '5', '0.2', 'https://img.example/a.jpg'];

function read(changes: Partial<Record<Field, string>> = {}, answers: Answers = {}, currency = 'AUD') {
  const cells = good.map((cell, index) => changes[columns[index] as Field] ?? cell);
  const reading = readingOf({ mapping, answers, currency, rules: { sets: [] } });
  return readRow({ record, cells, broken: null, hadLooseQuote: false }, reading);
}

describe('reading a row', () => {
  it('takes a good one over', () => {
    expect(read()).toMatchObject({
      sku: 'A1',
      outcome: 'good',
      findings: [],
      values: { title: 'Tee', priceMinor: 1250, currency: 'AUD', stock: 5, weightGrams: 200, parent: null },
    });
  });

  it('gives equal content an equal hash, and other content another', () => {
    expect(read().contentHash).toBe(read({ price: 'AUD 12.5' }).contentHash);
    expect(read().contentHash).not.toBe(read({ price: '12.51' }).contentHash);
  });

  it.each<[Partial<Record<Field, string>>, string, RegExp]>([
    [{ stock: '-1' }, 'stock', /below zero/],
    [{ stock: '1000000000' }, 'stock', /above/],
    [{ stock: 'plenty' }, 'stock', /whole number/],
    [{ price: '0' }, 'price', /is 0/],
    [{ price: '-3' }, 'price', /below zero/],
    [{ price: 'ask us' }, 'price', /not a number/],
    [{ price: '12.505', currency: 'AUD' }, 'number-style:three-after-dot', /different amounts/],
    [{ price: '12.5055' }, 'price', /more than 2 digits/],
    [{ price: '12.50', currency: 'IDR' }, 'price', /more than 0 digits/],
    [{ price: 'EUR 3', currency: 'AUD' }, 'currency', /price says EUR/],
    [{ sku: ' ' }, 'no-sku', /no SKU/],
    [{ title: `a${' long'.repeat(100)}` }, 'too-long', /more than 500/],
  ])('does not take %o over', (changes, code, reason) => {
    const { outcome, findings } = read(changes);
    expect(outcome).not.toBe('good');
    expect(findings).toMatchObject([{ code, blocking: true }]);
    expect(findings[0]?.reason).toMatch(reason);
    expect(findings[0]?.remedy).not.toBe('');
  });

  it('names the column as the file does', () => {
    expect(read({ stock: '-1' }).findings[0]).toMatchObject({ column: 'My stock', value: '-1' });
  });

  it('asks about amounts that can be read in two ways, and once answered reads all of them', () => {
    const question = 'number-style:dot-thousands';
    expect(read({ price: '1.299.000,00' })).toMatchObject({ outcome: 'held', question, contentHash: null });
    expect(read({ price: '1.299.000,00' }, { [question]: 'thousands' }).values?.priceMinor).toBe(129_900_000);
    expect(read({ price: '1.299.000', currency: 'IDR' }, { [question]: 'thousands' }).values?.priceMinor).toBe(
      1_299_000,
    );
    expect(read({ price: '1.299.000,00' }, { [question]: 'refuse' }).outcome).toBe('refused');
    const three = 'number-style:three-after-dot';
    expect(read({ price: '1.290' }).question).toBe(three);
    expect(read({ price: '1.290' }, { [three]: 'thousands' }).values?.priceMinor).toBe(129_000);
    expect(read({ price: '1.290' }, { [three]: 'decimal' }).values?.priceMinor).toBe(129);
  });

  it('asks about unknown currencies', () => {
    expect(read({ currency: 'RMB' })).toMatchObject({ outcome: 'held', question: 'currency:RMB' });
    expect(read({ currency: 'RMB' }, { 'currency:RMB': 'CNY' }).values?.currency).toBe('CNY');
    expect(read({ currency: 'RMB' }, { 'currency:RMB': 'refuse' }).outcome).toBe('refused');
  });

  it('keeps formulas as text, and says so', () => {
    const row = read({ title: '=HYPERLINK("http://evil.example","x")' });
    expect(row.outcome).toBe('good');
    expect(row.values?.title).toContain('=HYPERLINK');
    expect(row.findings).toMatchObject([{ code: 'formula', blocking: false }]);
    expect(read({ title: '-10' }).findings).toEqual([]);
  });

  it('refuses records with another number of fields', () => {
    const reading = readingOf({ mapping, answers: {}, currency: 'AUD', rules: { sets: [] } });
    const of = (cells: string[]) => readRow({ record, cells, broken: null, hadLooseQuote: false }, reading);
    expect(of(good.slice(1))).toMatchObject({ outcome: 'refused', sku: null, findings: [{ code: 'column-count' }] });
    expect(of([...good, 'more']).outcome).toBe('refused');
    expect(of([...good, '', ' ']).outcome).toBe('good');
  });
});

describe('numbers', () => {
  it.each([
    ['1299', '1299', ''],
    ['12,90', '12', '90'],
    ['0.125', '0', '125'],
    ['1,299.00', '1299', '00'],
    ['1 299,5', '1299', '5'],
    ['12,345,678', '12345678', ''],
  ])('reads %j', (text, digits, decimals) => {
    const parsed = parseNumber(text, {});
    expect(parsed).toMatchObject({ kind: 'ok', digits, decimals });
  });

  it('divides number and currency', () => {
    expect(splitCurrency('Rp 1.299.000')).toEqual({ number: '1.299.000', currency: 'IDR' });
    expect(splitCurrency('12.50 eur')).toEqual({ number: '12.50 ', currency: 'EUR' });
    expect(splitCurrency('$ 3')).toEqual({ number: '3', currency: null });
  });

  it('is exact', () => {
    const parsed = parseNumber('90071992547409.91', {});
    expect(parsed.kind === 'ok' && toMinor(parsed, 2)).toMatchObject({ reason: /larger/ });
    const cents = parseNumber('0.29', {});
    expect(cents.kind === 'ok' && toMinor(cents, 2)).toEqual({ minor: 29 });
  });
});

describe('columns', () => {
  const guess = (headers: string[], remembered: Record<string, Field | null> = {}, samples: string[][] = []) =>
    guessColumns({ headers, remembered, samples });
  const meaning = (found: readonly ColumnMapping[]) => found.map(({ field }) => field);

  it('knows names in several languages, with accents and look-alike letters', () => {
    const headers = ['Artikelnummer', 'Nama Produk', 'Рrice', 'Währung', 'STOK', 'Image URL 2'];
    expect(meaning(guess(headers))).toEqual(['sku', 'title', 'price', 'currency', 'stock', 'image']);
    expect(headerKey('  Product_Títle! ')).toBe('product title');
  });

  it('looks at the values where the name says nothing', () => {
    const found = guess(['sku', 'x1', 'x2'], {}, [[], ['9312345678907', '9312345678914'], ['https://a.example/b.jpg']]);
    expect(found).toMatchObject([{ field: 'sku' }, { field: 'barcode', source: 'values' }, { field: 'image' }]);
  });

  it('gives a field to one column only, and says what became of the other', () => {
    const [first, second] = guess(['price', 'Price', 'sku']);
    expect([first?.field, second?.field]).toEqual(['price', null]);
    expect(second?.doubt).toContain('read as price already');
  });

  it('does what people of the brand said before', () => {
    expect(guess(['Code', 'Cost'], { code: 'sku', cost: null })).toMatchObject([
      { field: 'sku', source: 'remembered', doubt: null },
      { field: null, source: 'remembered', doubt: null },
    ]);
  });

  it('asks whether a new column is a remembered one under a new name', () => {
    const found = guess(['sku', 'Retail price'], { sku: 'sku', cost: 'price' });
    expect(found[1]).toMatchObject({ field: 'price' });
    expect(found[1]?.doubt).toContain('"cost"');
  });

  it('cannot do without a SKU', () => {
    expect(missingFields(guess(['title', 'price']))).toHaveLength(1);
    expect(missingFields(guess(['sku']))).toEqual([]);
  });
});

describe('exports', () => {
  it('makes every beginning of a formula harmless', () => {
    const risky = ['=1+1', '+1', '-1', '@x', '\tx', '\rx'];
    const text = csvOf(risky.map((cell) => [cell]));
    for (const [index, cell] of risky.entries()) {
      expect(text).toContain(`'${cell}`);
      expect(text.split('\r\n')[index]?.replaceAll('"', '').startsWith("'")).toBe(true);
    }
  });

  it('shows bytes that are no text', () => {
    expect(visibleBytes(Buffer.from('ok é\r\n'))).toBe('ok é');
    expect(visibleBytes(Buffer.from([0x41, 0xe9, 0x00]))).toBe('A\\xe9\\x00');
  });
});
