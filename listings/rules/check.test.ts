import { describe, expect, it } from 'vitest';
import { checkListing } from './check.ts';
import { isRuledField } from './fields.ts';
import { imageSize } from './images.ts';
import { livePlatforms } from './live-platforms.ts';
import { lessonOf, mapReason } from './reasons.ts';
import { ruledMarketplaces, rulesOf } from './registry.ts';
import type { ListingRule, RuledListing, RuledSku, RuleGround } from './types.ts';

const url = 'https://shop.test/a.png';
const sku: RuledSku = {
  sellerSku: 'kauri-1',
  price: { amountMinor: 2_000_000, currency: 'IDR' },
  barcode: null,
  weightGrams: 200,
  lengthMm: 300,
  widthMm: 200,
  heightMm: 50,
  hsCode: '611030',
  originCountryCode: 'AU',
};
const listing: RuledListing = {
  listingId: 'l1',
  title: 'Merino jumper',
  descriptionHtml: '<p>Warm.</p>',
  categoryId: '122',
  brandId: '9001',
  attributes: {},
  attributeIds: { Material: '503', 'Main material': '504' },
  images: [{ url }],
  skus: [sku],
};
const picture = { url, format: 'PNG', widthPx: 800, heightPx: 800, bytes: 9_000 } as const;
const ground: RuleGround = {
  marketplace: rulesOf('jd-id'),
  learned: [],
  settings: {},
  lane: { from: 'AU', to: 'ID' },
  images: new Map([[url, picture]]),
  rates: [{ from: 'USD', to: 'IDR', value: '16000', date: '2026-11-20', source: 'a test' }],
  on: '2026-11-21',
};
const found = (change: Partial<RuledListing>, more: Partial<RuleGround> = {}) =>
  checkListing({ ...listing, ...change }, { ...ground, ...more }).map(
    ({ rule, field, blocking }) => `${blocking ? 'refused' : 'warned'} ${field} ${rule}`,
  );
const withSku = (change: Partial<RuledSku>): Partial<RuledListing> => ({ skus: [{ ...sku, ...change }] });
const withPicture = (change: Partial<Record<keyof typeof picture, unknown>>): Partial<RuleGround> => ({
  images: new Map([[url, { ...picture, ...change } as typeof picture]]),
});

describe('rules of a marketplace', () => {
  it.each<[string, Partial<RuledListing>, Partial<RuleGround>, string[]]>([
    ['nothing is wrong', {}, {}, []],
    ['no title', { title: ' ' }, {}, ['refused title jd-id.title']],
    ['a title of 101 characters', { title: 'é'.repeat(101) }, {}, ['refused title jd-id.title-length']],
    ['a forbidden word', { title: 'Jumper, REPLICA' }, {}, ['refused title jd-id.title-words']],
    ['the word within another word', { title: 'Replicated jumper' }, {}, []],
    [
      'a description of tags only',
      { descriptionHtml: '<p><br></p>' },
      {},
      ['refused descriptionHtml jd-id.description'],
    ],
    ['no category', { categoryId: null }, {}, ['refused categoryId jd-id.category']],
    ['no picture', { images: [] }, {}, ['refused images jd-id.image-count']],
    ['a picture that is too small', {}, withPicture({ widthPx: 299 }), ['refused images jd-id.image']],
    ['a picture of another kind', {}, withPicture({ format: 'WEBP' }), ['refused images jd-id.image']],
    ['a picture with too many bytes', {}, withPicture({ bytes: 6_000_000 }), ['refused images jd-id.image']],
    ['a picture that cannot be read', {}, withPicture({ format: null }), ['refused images jd-id.image']],
    ['a picture that nobody has looked at yet', {}, { images: new Map() }, []],
    ['no weight', withSku({ weightGrams: null }), {}, ['refused weightGrams jd-id.weight']],
    ['a weight of 0', withSku({ weightGrams: 0 }), {}, ['refused weightGrams jd-id.weight-range']],
    ['no length', withSku({ lengthMm: null }), {}, ['warned lengthMm jd-id.lengthMm']],
    [
      'a price of 0',
      withSku({ price: { amountMinor: 0, currency: 'IDR' } }),
      {},
      ['refused price jd-id.price', 'warned price id.minimum-value'],
    ],
    ['no HS code on a lane abroad', withSku({ hsCode: null }), {}, ['refused hsCode jd-id.hs-code']],
    ['too short an HS code', withSku({ hsCode: '6110' }), {}, ['refused hsCode jd-id.hs-code']],
    ['no HS code within the country', withSku({ hsCode: null }), { lane: { from: 'ID', to: 'ID' } }, []],
    ['no origin on a lane abroad', withSku({ originCountryCode: null }), {}, ['warned originCountryCode jd-id.origin']],
    ['goods that may not be sold there', withSku({ hsCode: '930400' }), {}, ['refused hsCode jd-id.arms']],
    [
      'a rule that the account softens',
      { title: 'x'.repeat(101) },
      { settings: { severities: { 'jd-id.title-length': 'warning' } } },
      ['warned title jd-id.title-length'],
    ],
    [
      'a rule that the account leaves out',
      { title: 'x'.repeat(101) },
      { settings: { severities: { 'jd-id.title-length': 'off' } } },
      [],
    ],
  ])('%s', (_name, change, more, expected) => {
    expect(found(change, more)).toEqual(expected);
  });

  it('names field, reason, remedy and source', () => {
    const [finding] = checkListing({ ...listing, ...withSku({ weightGrams: null }) }, ground);
    expect(finding).toMatchObject({
      field: 'weightGrams',
      reason: 'kauri-1 has no weight.',
      remedy: 'Give it the weight.',
    });
    expect(checkListing({ ...listing, title: 'x'.repeat(101) }, ground)[0]?.source).toContain('UNCONFIRMED');
  });

  it('speak only of fields that can be looked at, under ids of their own', () => {
    const all = [...ruledMarketplaces.map(([, rules]) => rules), ...Object.values(livePlatforms)].flatMap(
      ({ rules }) => rules,
    );
    expect(all.filter(({ field }) => !isRuledField(field))).toEqual([]);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  });

  it('of the marketplaces that are alive fit the same shape', () => {
    for (const marketplace of Object.values(livePlatforms)) {
      expect(found({}, { marketplace })).toEqual([]);
      expect(found({ title: '' }, { marketplace }).length).toBe(1);
    }
  });
});

describe('the minimum value of goods sold to Indonesia from abroad', () => {
  const cheap = { amountMinor: 1_599_999, currency: 'IDR' };
  it.each<[string, Partial<RuledSku>, Partial<RuleGround>, string[]]>([
    ['exactly 100 dollars', { price: { amountMinor: 1_600_000, currency: 'IDR' } }, {}, []],
    ['one rupiah less, nobody knows whether it applies', { price: cheap }, {}, ['warned price id.minimum-value']],
    ['it applies', { price: cheap }, { settings: { directFromAbroad: 'yes' } }, ['refused price id.minimum-value']],
    ['it does not apply', { price: cheap }, { settings: { directFromAbroad: 'no' } }, []],
    ['goods of the positive list', { price: cheap, hsCode: '490199' }, {}, []],
    ['goods from within the country', { price: cheap }, { lane: { from: 'ID', to: 'ID' } }, []],
    ['before it was in force', { price: cheap }, { on: '2023-09-25' }, []],
    ['no rate', { price: cheap }, { rates: [] }, ['warned price id.minimum-value']],
    [
      'it applies and there is no rate',
      { price: cheap },
      { rates: [], settings: { directFromAbroad: 'yes' } },
      ['refused price id.minimum-value'],
    ],
  ])('%s', (_name, change, more, expected) => {
    expect(found(withSku(change), more)).toEqual(expected);
  });
});

describe('what is learned from a refusal', () => {
  const { attributeIds } = listing;
  it.each<[string, string | null, string | null, unknown]>([
    [
      'Required attribute Material (503) is missing',
      'attributes',
      'attributes.Material',
      { scope: 'category', check: { kind: 'required' } },
    ],
    [
      'Main material wajib diisi',
      'attributes',
      'attributes.Main material',
      { scope: 'category', check: { kind: 'required' } },
    ],
    [
      'Attribute "Colour tone" is required',
      'attributes',
      'attributes.Colour tone',
      { scope: 'category', check: { kind: 'required' } },
    ],
    [
      'Product title is longer than 60 characters',
      'title',
      'title',
      { scope: 'category', check: { kind: 'length', max: 60 } },
    ],
    [
      'Image must be at least 800x800',
      'images',
      'images',
      { scope: 'category', check: { kind: 'image', minWidthPx: 800, minHeightPx: 800 } },
    ],
    ['Product weight is missing', 'weightGrams', 'weightGrams', { scope: 'category', check: { kind: 'required' } }],
    ['Picture shows a watermark', 'images', 'images', { scope: 'listing', check: { kind: 'notAgain' } }],
    ['Price looks wrong', 'skus.price', 'price', { scope: 'listing', check: { kind: 'notAgain' } }],
    ['Policy 17-B', null, null, null],
  ])('%s', (raw, field, grid, lesson) => {
    const mapped = mapReason({ raw, field }, { patterns: [], attributeIds });
    expect(mapped).toMatchObject({ raw, field: grid });
    if (lesson === null) expect(lessonOf(mapped, listing)).toBeNull();
    else expect(lessonOf(mapped, listing)).toMatchObject({ field: grid, ...(lesson as object) });
  });

  it('what ops have mapped goes first, whatever the blanks and the case', () => {
    const patterns = [{ id: 'p', pattern: 'policy  17-b', field: 'descriptionHtml' }];
    expect(mapReason({ raw: 'POLICY 17-B: see portal', field: null }, { patterns, attributeIds })).toEqual({
      field: 'descriptionHtml',
      raw: 'POLICY 17-B: see portal',
      by: 'ops',
    });
  });

  const learned = (rule: Partial<ListingRule>): Partial<RuleGround> => ({
    learned: [
      {
        id: 'learned',
        field: 'attributes.Material',
        severity: 'error',
        check: { kind: 'required' },
        source: 'a refusal',
        confirmed: true,
        ...rule,
      },
    ],
  });
  it.each<[string, Partial<RuledListing>, Partial<ListingRule>, string[]]>([
    ['holds in its category', {}, { categoryId: '122' }, ['refused attributes.Material learned']],
    ['not in another one', {}, { categoryId: '123' }, []],
    ['the attribute by its id', { attributes: { '503': '50301' } }, { categoryId: '122' }, []],
    ['the attribute at a SKU', withSku({ variantAttributes: { '503': '50301' } }), { categoryId: '122' }, []],
    ['not of another listing', {}, { listingId: 'l2' }, []],
  ])('%s', (_name, change, rule, expected) => {
    expect(found(change, learned(rule))).toEqual(expected);
  });

  it('a refused value may not be sent again, a changed one may', () => {
    const lesson = lessonOf({ field: 'title', raw: 'This title is misleading' }, listing);
    expect(lesson).toMatchObject({ scope: 'listing' });
    const rule = learned({ field: 'title', listingId: 'l1', ...(lesson ? { check: lesson.check } : {}) });
    expect(found({}, rule)).toEqual(['refused title learned']);
    expect(found({ title: 'Another title' }, rule)).toEqual([]);
  });
});

describe('the size of a picture from its first bytes', () => {
  const png = Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'),
    Buffer.from([0, 0, 3, 32, 0, 0, 2, 88]),
  ]);
  const gif = Buffer.concat([Buffer.from('GIF89a'), Buffer.from([0x20, 3, 0x58, 2])]);
  const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 1, 0xff, 0xc2, 0, 17, 8, 2, 0x58, 3, 0x20, 3, 1, 1]);
  const webp = (kind: string, rest: readonly number[]) =>
    Buffer.concat([Buffer.from(`RIFF\0\0\0\0WEBP${kind}\0\0\0\0`, 'latin1'), Buffer.from(rest), Buffer.alloc(10)]);
  it.each<[string, Buffer, string]>([
    ['PNG', png, 'PNG'],
    ['GIF', gif, 'GIF'],
    ['JPEG, progressive, behind another segment', jpeg, 'JPEG'],
    ['WebP, extended', webp('VP8X', [0, 0, 0, 0, 0x1f, 3, 0, 0x57, 2, 0]), 'WEBP'],
    ['WebP, lossy', webp('VP8 ', [0, 0, 0, 0x9d, 1, 0x2a, 0x20, 3, 0x58, 2]), 'WEBP'],
  ])('%s', (_name, bytes, format) => {
    expect(imageSize(bytes)).toEqual({ format, widthPx: 800, heightPx: 600 });
  });
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('<html>')],
    ['a cut JPEG', jpeg.subarray(0, 12)],
    ['a PNG of no width', Buffer.concat([png.subarray(0, 16), Buffer.alloc(8)])],
  ])('%s has none', (_name, bytes) => {
    expect(imageSize(bytes)).toBeNull();
  });
});
