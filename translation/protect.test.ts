import { describe, expect, it } from 'vitest';
import { safeHtml } from '../cleaning/html.ts';
import fc from '../tests/properties.ts';
import { bestMatch, similarity, textHash } from './memory.ts';
import { protectHtml, protectText, restoreHtml, restoreText } from './protect.ts';

const terms = [
  { term: 'Kauri Wool', translation: null },
  { term: 'wool', translation: 'wol' },
];

describe('what must not be translated', () => {
  it('is marked: names, fixed words, placeholders, addresses; the rest is escaped', () => {
    expect(protectText('Kauri Wool: soft Wool & {size} at https://kauri.test/a?b=1', terms)).toEqual({
      text: '<keep>Kauri Wool</keep>: soft <keep>wol</keep> &amp; <keep>{size}</keep> at <keep>https://kauri.test/a?b=1</keep>',
      kept: ['Kauri Wool', 'wol', '{size}', 'https://kauri.test/a?b=1'],
    });
  });

  it('a name is kept only in its own spelling, and never within another word', () => {
    expect(protectText('kauri wools woollen', [{ term: 'Kauri', translation: null }, ...terms.slice(1)]).kept).toEqual(
      [],
    );
  });

  it('in HTML only texts are marked', () => {
    const html = '<p>Wool</p><img src="https://shop.test/wool.jpg" alt="wool" />';
    expect(protectHtml(html, terms).text).toBe(
      '<p><span translate="no">wol</span></p><img src="https://shop.test/wool.jpg" alt="wool" />',
    );
  });

  it('comes back, or a person is told', () => {
    const { kept } = protectText('soft wool', terms);
    expect(restoreText('lembut <keep>wol</keep> &amp; hangat', kept)).toEqual({
      ok: true,
      text: 'lembut wol & hangat',
    });
    expect(restoreText('lembut wol', kept)).toMatchObject({ ok: false, text: 'lembut wol' });
    const html = protectHtml('<p>soft wool</p>', terms);
    expect(restoreHtml('<p>lembut <span translate="no">wol</span></p>', html)).toEqual({
      ok: true,
      text: '<p>lembut wol</p>',
    });
    expect(restoreHtml('lembut <span translate="no">wol</span>', html)).toMatchObject({
      ok: false,
      why: expect.stringContaining('tags'),
    });
  });

  it('whatever the text, what is not translated comes back as it was', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 60 });
    fc.assert(
      fc.property(text, (some) => {
        const sent = protectText(`${some} Kauri Wool {x} ${some}`, [{ term: 'Kauri Wool', translation: null }]);
        expect(restoreText(sent.text, sent.kept)).toEqual({ ok: true, text: `${some} Kauri Wool {x} ${some}` });
        const html = safeHtml(`<p>${some} {x}</p>`);
        const marked = protectHtml(html, []);
        expect(restoreHtml(marked.text, marked)).toEqual({ ok: true, text: html });
      }),
      { numRuns: 300 },
    );
  });
});

describe('translation memory', () => {
  it('equal but for blanks is the same text', () => {
    expect(textHash(' Wool  jumper ')).toBe(textHash('Wool jumper'));
    expect(textHash('Wool jumper')).not.toBe(textHash('wool jumper'));
  });

  it('knows how alike two texts are', () => {
    expect(similarity('Wool jumper', 'wool JUMPER')).toBe(1);
    expect(similarity('abc', 'xyz')).toBe(0);
    expect(similarity('', '')).toBe(1);
  });

  it('suggests the most similar one, and none below the threshold', () => {
    const entries = [
      { sourceText: 'Warm cotton shirt for women', targetText: '1' },
      { sourceText: 'Warm wool jumper for men, red', targetText: '2' },
    ];
    expect(bestMatch('Warm wool jumper for men', entries)).toMatchObject({ entry: { targetText: '2' } });
    expect(bestMatch('Leather belt', entries)).toBeNull();
  });
});
