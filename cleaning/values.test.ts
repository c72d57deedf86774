import { describe, expect, it } from 'vitest';
import { countryCode } from './countries.ts';
import { htmlToLine, safeHtml } from './html.ts';
import { ruleFaults } from './schema.ts';
import { normalSize } from './sizes.ts';
import { standardRules } from './standard.ts';
import { calm, cleanText, truncateAtWord } from './text.ts';
import { parseMeasure } from './units.ts';

describe('measures', () => {
  it.each([
    ['1,5 kg', 1500],
    ['1.5kg', 1500],
    ['1,500 kg', 1500],
    ['1,500 g', 1500],
    ['1.234,5 g', 1235],
    ['1 234 g', 1234],
    ['12 oz', 340],
    ['1 lb', 454],
    ['2.5 Pounds', 1134],
    ['250', 250],
    ['0.2 g', 1],
  ])('%s weighs %i g', (text, value) => {
    expect(parseMeasure(text, 'g', 'g')).toEqual({ ok: true, value });
  });

  it.each([
    ['30 cm', 300],
    ['12"', 305],
    ['1 m', 1000],
    ['45 mm', 45],
  ])('%s is %i mm long', (text, value) => {
    expect(parseMeasure(text, 'mm', 'mm')).toEqual({ ok: true, value });
  });

  it('a number without a unit is what the rule assumes', () => {
    expect(parseMeasure('2', 'g', 'kg')).toEqual({ ok: true, value: 2000 });
  });

  it.each(['', 'heavy', '-3 kg', '0', '5 cm', '3 stone', '1,2,3', '9999999999 kg', '1.2.3,4'])(
    '%j is no weight',
    (text) => {
      expect(parseMeasure(text, 'g', 'g')).toMatchObject({ ok: false, why: expect.any(String) });
    },
  );
});

describe('sizes', () => {
  it.each([
    ['x-large', 'XL'],
    ['2XL', 'XXL'],
    ['XXXL', '3XL'],
    ['5xl', '5XL'],
    ['Extra Small', 'XS'],
    ['medium', 'M'],
    ['one-size', 'One size'],
    ['EU42', 'EU 42'],
    ['42 eur', 'EU 42'],
    ['US 8,5', 'US 8.5'],
    ['uk 7½', 'UK 7.5'],
  ])('%s is %s', (text, size) => {
    expect(normalSize(text)).toBe(size);
    expect(normalSize(size)).toBe(size);
  });

  it('a bare number, and what is no size, stay', () => {
    expect(['42', 'blue', 'constructor', 'EU 0'].map(normalSize)).toEqual([null, null, null, null]);
  });
});

describe('countries', () => {
  it.each([
    ['au', 'AU'],
    ['IDN', 'ID'],
    ['Thailand', 'TH'],
    ['Viet Nam', 'VN'],
    ['United States', 'US'],
    ['UK', 'GB'],
    ['Côte d’Ivoire', 'CI'],
  ])('%s is %s', (text, code) => {
    expect(countryCode(text)).toBe(code);
  });

  it('codes that are withdrawn or unassigned are none', () => {
    expect(['XX', 'SU', 'EU', 'Atlantis', 'constructor', ''].map(countryCode)).toEqual([
      null,
      null,
      null,
      null,
      null,
      null,
    ]);
  });
});

describe('text', () => {
  it('special blanks, control characters and steering marks go', () => {
    expect(cleanText('\u00a0Wool\u200b\t\u202e jum\u0000per\r\n\u0007')).toBe('Wool jumper');
    expect(cleanText('u\u0308ber')).toBe('über');
  });

  it('shouting is calmed, sizes and normal writing stay', () => {
    expect(calm('WOOL JUMPER XL FROM AU')).toBe('Wool Jumper XL From AU');
    expect(calm('NASA')).toBe('NASA');
    expect(calm('The NASA JUMPER')).toBe('The NASA JUMPER');
  });

  it('is cut at the end of a word, or within one where that would cost half of it', () => {
    expect(truncateAtWord('Wool jumper, warm', 14)).toBe('Wool jumper');
    expect(truncateAtWord('Wool jumper', 11)).toBe('Wool jumper');
    expect(truncateAtWord(`a ${'b'.repeat(30)}`, 12)).toBe(`a ${'b'.repeat(10)}`);
    expect(truncateAtWord('👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 12)).toBe('👩‍👩‍👧‍👦');
  });
});

describe('HTML', () => {
  it('becomes safe: text stays, everything that runs, leads away or counts readers goes', () => {
    const html =
      '<h1>Soft</h1><div onclick="x()">Warm&nbsp;<a href="https://elsewhere.test">here</a></div><script>alert(1)</script><style>p{}</style>' +
      '<img src="https://shop.test/a.jpg" alt="A" onerror="x"><img src="https://count.test/p.gif" width="1" height="1">' +
      '<img src="https://count.test/q.gif" style="display: none"><img src="javascript:x"><p> </p><iframe src="https://x.test"></iframe>';
    expect(safeHtml(html)).toBe('<h2>Soft</h2><p>Warm here</p><img src="https://shop.test/a.jpg" alt="A" />');
  });

  it('plain text and harmless HTML stay as they are', () => {
    for (const html of ['Soft and warm', '<p>Soft</p>', '<ul><li>a</li><li>b &amp; c</li></ul>'])
      expect(safeHtml(html)).toBe(html);
  });

  it('becomes a line of text, however often it was escaped', () => {
    expect(htmlToLine('<b>Tom</b> &amp;amp;amp; Jerry&#39;s<br>toy &lt;3')).toBe("Tom & Jerry's toy <3");
    expect(htmlToLine('<ul><li>a</li><li>b</li></ul>')).toBe('a b');
  });
});

describe('rules at the border', () => {
  it('the standard rules have no faults', () => {
    expect(ruleFaults(standardRules, 'products')).toEqual([]);
  });

  it.each([
    [
      { id: 'a', field: 'title', do: { op: 'vocabulary', name: 'none', unknown: 'keep' } },
      'There is no vocabulary none in this set.',
    ],
    [{ id: 'a', field: 'title', do: { op: 'regex', pattern: '(', with: '' } }, 'Invalid regular expression'],
    [{ id: 'a', field: 'title', do: { op: 'regex', pattern: 'x*', with: '' } }, 'matches an empty text'],
    [{ id: 'a', field: 'title', do: { op: 'bounds', min: 1, unknown: 'warn' } }, 'title is no measure.'],
    [{ id: 'a', field: 'weightGrams', do: { op: 'text' } }, 'weightGrams is a measure.'],
    [{ id: 'a', field: 'weightGrams', do: { op: 'unit', to: 'mm', assume: 'cm' } }, 'weightGrams does not hold mm.'],
    [{ id: 'a', field: 'lengthMm', do: { op: 'bounds', unknown: 'warn' } }, 'neither a minimum nor a maximum'],
    [{ id: 'a', field: 'title', do: { op: 'replace', find: 'a', with: 'aa' } }, 'applied again, it would grow'],
  ] as const)('%j', (rule, reason) => {
    expect(ruleFaults({ rules: [rule], vocabularies: {} }, 'products')).toEqual([
      { place: 1, rule: 'a', reason: expect.stringContaining(reason), remedy: expect.any(String) },
    ]);
  });

  it('doubled ids and fields that a listing has not are named with their place', () => {
    const text = { op: 'text' } as const;
    const rules = [
      { id: 'a', field: 'title', do: text },
      { id: 'a', field: 'category', do: text },
    ];
    expect(ruleFaults({ rules, vocabularies: {} }, 'listings')).toMatchObject([
      { place: 2, reason: 'There is another rule of this id before it.' },
      { place: 2, reason: 'A listing has no field category that rules can touch.' },
    ]);
  });
});
