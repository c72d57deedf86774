import { describe, expect, it } from 'vitest';
import fc from '../tests/properties.ts';
import { productOf, variantOf } from '../tests/readings.ts';
import { refineDifference } from './difference.ts';
import { type RawProduct, type RawVariant, refine, refineText } from './refine.ts';
import { noRules, type Operation, type RuleBook, type RuleSet } from './rules.ts';
import { standardBook, standardRules } from './standard.ts';

const variant = (overrides: Partial<RawVariant>): RawVariant => ({ ...variantOf('TEE-1'), ...overrides });
const raw = (overrides: Partial<RawProduct>, of: Partial<RawVariant> = {}): RawProduct => ({
  ...productOf('1', []),
  variants: [variant(of)],
  ...overrides,
});
const bookOf = (field: string, ...operations: Operation[]): RuleBook => ({
  sets: [
    {
      scope: 'kauri',
      version: 7,
      rules: operations.map((operation, index) => ({ id: `rule-${index + 1}`, field, do: operation })),
      vocabularies: {},
    },
  ],
});
const title = (text: string, ...operations: Operation[]) =>
  refine(raw({ title: text }), bookOf('title', ...operations));

describe('refining a product', () => {
  it('without rules leaves everything as it was and explains nothing', () => {
    const product = raw({ title: ' <b>x</b> ' });
    expect(refine(product, noRules)).toEqual({ product, findings: [], explained: {} });
  });

  it('names each rule that changed a field, with its version and the value on both sides, in order', () => {
    const { product, explained } = title(' WOOL  JUMPER ', { op: 'text' }, { op: 'case', to: 'calm' }, { op: 'text' });
    expect(product.title).toBe('Wool Jumper');
    expect(explained).toEqual({
      title: [
        { rule: 'rule-1', version: 'kauri 7', before: ' WOOL  JUMPER ', after: 'WOOL JUMPER' },
        { rule: 'rule-2', version: 'kauri 7', before: 'WOOL JUMPER', after: 'Wool Jumper' },
      ],
    });
  });

  it('keeps the source’s own findings before those of the rules', () => {
    const own = { field: 'price', value: null, reason: 'none', remedy: 'add one', blocking: true };
    const product = raw({ findings: [own] }, { hsCode: 'abc' });
    const { findings } = refine(product, bookOf('hsCode', { op: 'hs-code', unknown: 'block' }));
    expect(findings).toEqual([
      own,
      expect.objectContaining({ field: 'variants.TEE-1.hsCode', value: 'abc', blocking: true }),
    ]);
  });

  it('reads measures that are text, with the standard rules and without any', () => {
    const product = raw({}, { weightGrams: '1,5 kg', lengthMm: '12 in', widthMm: '30cm', heightMm: 'tall' });
    for (const book of [standardBook, noRules]) {
      const { product: refined, findings, explained } = refine(product, book);
      expect(refined.variants[0]).toMatchObject({ weightGrams: 1500, lengthMm: 305, widthMm: 300, heightMm: null });
      expect(findings).toMatchObject([{ field: 'variants.TEE-1.heightMm', value: 'tall', blocking: false }]);
      expect(explained['variants.TEE-1.weightGrams']).toMatchObject([{ before: '1,5 kg', after: 1500 }]);
    }
  });

  it('reaches every value of an attribute and every option, by name without regard to case', () => {
    const product = raw(
      { attributes: [{ name: 'color', values: ['navy blue', 'hitam'] }] },
      { options: [{ name: 'SIZE', value: 'x-large' }] },
    );
    const { product: refined, explained } = refine(product, standardBook);
    expect(refined.attributes).toEqual([{ name: 'color', values: ['Navy', 'Black'] }]);
    expect(refined.variants[0]?.options).toEqual([{ name: 'SIZE', value: 'XL' }]);
    expect(Object.keys(explained)).toEqual(['variants.TEE-1.options.SIZE', 'attributes.color.1', 'attributes.color.2']);
  });

  it('a default gives a value where there is none, also an attribute that is missing', () => {
    const { product } = refine(
      raw({ attributes: [] }),
      bookOf('attributes.Material', { op: 'default', value: 'Wool' }),
    );
    expect(product.attributes).toEqual([{ name: 'Material', values: ['Wool'] }]);
    const { product: origin } = refine(
      raw({}, { originCountryCode: null }),
      bookOf('originCountryCode', { op: 'default', value: 'AU' }),
    );
    expect(origin.variants[0]?.originCountryCode).toBe('AU');
  });

  it('an expression that takes too long leaves the text and says so', () => {
    const { product, findings } = title(`${'a'.repeat(40)}!`, { op: 'regex', pattern: '^(a+)+$', with: 'x' });
    expect(product.title).toBe(`${'a'.repeat(40)}!`);
    expect(findings).toMatchObject([
      { field: 'title', reason: 'The rule was not applied: the expression took longer than 50 ms.' },
    ]);
  });

  it('a SKU may be called like a member of every object', () => {
    const product = raw({}, { sku: '__proto__', hsCode: '61.10.20' });
    expect(refine(product, standardBook).explained['variants.__proto__.hsCode']).toHaveLength(1);
  });

  it('a listing’s texts go through the rules of its marketplace', () => {
    const cut = bookOf('title', { op: 'truncate', maxLength: 12 });
    expect(refineText({ title: 'Wool jumper for cold days', descriptionHtml: '<p>Soft</p>' }, cut)).toMatchObject({
      title: 'Wool jumper',
      descriptionHtml: '<p>Soft</p>',
      explained: { title: [{ rule: 'rule-1' }] },
    });
  });
});

describe('properties of the standard rules', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.string({
      unit: fc.constantFrom(
        '<',
        '>',
        '&',
        'amp;',
        'lt;',
        '#0;',
        'b',
        'script',
        '/',
        ' ',
        '\u00a0',
        '"',
        "'",
        '=',
        '!--',
        '\ud800',
        '1',
        ',',
        'kg',
        'XL',
      ),
      maxLength: 25,
    }),
  );
  const product = fc.record({
    title: text,
    descriptionHtml: text,
    category: text,
    attribute: text,
    option: text,
    measure: fc.oneof(text, fc.integer(), fc.constant(null)),
    hsCode: fc.oneof(text, fc.constant(null)),
  });
  const made = ({
    title,
    descriptionHtml,
    category,
    attribute,
    option,
    measure,
    hsCode,
  }: typeof product extends fc.Arbitrary<infer Made> ? Made : never) =>
    raw(
      {
        title,
        descriptionHtml,
        categories: [{ externalId: '1', name: category }],
        attributes: [
          { name: 'Colour', values: [attribute] },
          { name: attribute, values: [option] },
        ],
      },
      {
        options: [{ name: 'Size', value: option }],
        weightGrams: measure,
        heightMm: measure,
        hsCode,
        originCountryCode: hsCode,
        barcode: hsCode,
      },
    );

  it('never throw, and applied again change nothing', () => {
    fc.assert(
      fc.property(product, (input) => {
        const once = refine(made(input), standardBook);
        const twice = refine(once.product, standardBook);
        expect(twice.product).toEqual(once.product);
        expect(twice.explained).toEqual({});
      }),
      { numRuns: 500 },
    );
  });

  it('what they make can be stored as JSON by PostgreSQL, and holds no markup that runs', () => {
    fc.assert(
      fc.property(product, (input) => {
        const { title, descriptionHtml } = refine(made(input), standardBook).product;
        expect(`${title}${descriptionHtml}`.isWellFormed()).toBe(true);
        expect(`${title}${descriptionHtml}`).not.toContain('\u0000');
        expect(descriptionHtml).not.toMatch(/<script|<style|\son\w+=/i);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the difference that other rules would make', () => {
  const next: RuleSet = {
    ...standardRules,
    version: 2,
    rules: [{ id: 'shorter', field: 'title', do: { op: 'truncate', maxLength: 12 } }],
  };

  it('names fields, both values and the rules', () => {
    const product = raw({ title: 'Woolly  jumper' }, { hsCode: 'abc' });
    expect(refineDifference(product, standardBook, { sets: [next] })).toEqual({
      fields: [{ field: 'title', before: 'Woolly jumper', after: 'Woolly', rules: ['shorter'] }],
      newFindings: [],
      goneFindings: ['variants.TEE-1.hsCode: “abc” is no HS code.'],
    });
  });

  it('is none between equal rules', () => {
    expect(refineDifference(raw({ title: ' x ' }), standardBook, standardBook)).toEqual({
      fields: [],
      newFindings: [],
      goneFindings: [],
    });
  });
});
