import { describe, expect, it } from 'vitest';
import { readCardCsv } from './card-csv.ts';
import { templateCard, writeCardCsv } from './card-template.ts';

const template = writeCardCsv(templateCard);
/** The template with one line changed, or a line added where there is none like it. */
function changed(find: string, replace: string): string {
  if (!template.includes(find)) throw new Error(`the template has no ${find}`);
  return template.replace(find, replace);
}
const lineOf = (find: string): number => template.split('\n').findIndex((line) => line.startsWith(find)) + 1;
function faults(text: string) {
  const reading = readCardCsv(text);
  return reading.ok ? [] : reading.faults;
}

describe('readCardCsv', () => {
  it('reads back what it writes', () => {
    expect(readCardCsv(template)).toEqual({
      ok: true,
      card: templateCard,
      rows: template.trim().split('\n').length - 1,
    });
  });

  it('takes a byte order mark, Windows line ends and quoted cells', () => {
    expect(readCardCsv(`\uFEFF${template.replaceAll('\n', '\r\n')}`)).toMatchObject({ ok: true });
    expect(readCardCsv(changed('made up: replace by the contract', '"made up, replace"'))).toMatchObject({
      card: { source: 'made up, replace' },
    });
  });

  it.each([
    [
      'a gap between breaks',
      'break,,4,,,,,5000,',
      'break,,4,,,,,7000,',
      'from_g',
      'no price above 5000 g up to 7000 g',
    ],
    ['a gap at the beginning', 'break,,4,,,,,0,', 'break,,4,,,,,500,', 'from_g', 'no price above 0 g up to 500 g'],
    ['breaks that overlap', 'break,,4,,,,,5000,', 'break,,4,,,,,4000,', 'from_g', 'two prices from 4000 g to 5000 g'],
    ['steps that end too early', 'step,,,,,,,,70000,', 'step,,,,,,,,60000,', 'up_to_g', 'they end at 60000 g'],
    ['steps that do not ascend', 'step,,,,,,,,70000,', 'step,,,,,,,,20000,', 'up_to_g', 'do not ascend'],
    ['a zone without prices', 'zone,,5,AU', 'zone,,7,AU', 'zone', 'Zone 7 (AU to TH) has no price'],
    ['fuel that begins too late', '2026-01-01,\nfuel', '2026-02-01,\nfuel', 'date', 'no percentage from 2026-01-01'],
    ['fuel out of order', '2026-07-01', '2025-12-01', 'date', 'not in order'],
  ])('refuses %s and says where', (_, find, replace, column, reason) => {
    const text = changed(find, replace);
    const line = text.slice(0, text.indexOf(replace)).split('\n').length;
    expect(faults(text)).toContainEqual({
      line: expect.any(Number),
      column,
      value: expect.stringMatching(/./),
      reason: expect.stringContaining(reason),
      remedy: expect.stringMatching(/./),
    });
    expect(faults(text).map((fault) => fault.line)).toContain(line);
  });

  it('refuses a lane whose postcodes leave others without a zone', () => {
    const [fault] = faults(changed('zone,,5,AU,TH,,,', 'zone,,5,AU,VN,,,'));
    expect(fault).toMatchObject({ line: lineOf('zone,,6'), reason: expect.stringContaining('AU to TH has a gap') });
  });

  it('refuses postcodes that lie in two ranges', () => {
    const text = changed('zone,,6,AU,TH,94000,96999', 'zone,,6,AU,TH,94000,96999,,,,,,,,,,\nzone,,6,AU,TH,96000,97000');
    expect(faults(text)).toMatchObject([{ column: 'postcode_from', reason: expect.stringContaining('two ranges') }]);
  });

  it('lists every fault with line, column and remedy, not only the first', () => {
    const text = changed('break,,4,,,,,0,5000,25.00,9.00', 'break,,4,,,,,0,5000,25.005,-9')
      .replace('card,currency,,,,,,,,,,,,,,,AUD', 'card,currency,,,,,,,,,,,,,,,dollars')
      .replace('surcharge,REMOTE', 'surcharge,remote area')
      .replace('limit,piece_g,', 'limit,piece_kg,')
      .replace('pair,food', 'pairs,food');
    expect(faults(text).map(({ line, column, value }) => [line, column, value])).toEqual([
      [lineOf('card,currency'), 'value', 'dollars'],
      [lineOf('break,,4,,,,,0'), 'base', '25.005'],
      [lineOf('break,,4,,,,,0'), 'per_kg', '-9'],
      [lineOf('surcharge,REMOTE'), 'name', 'remote area'],
      [lineOf('limit,piece_g'), 'name', 'piece_kg'],
      [lineOf('pair'), 'record', 'pairs'],
    ]);
  });

  it('names settings that are missing or given twice', () => {
    expect(faults(changed('card,divisor', 'card,carrier'))).toMatchObject([
      { line: 0, value: 'divisor' },
      { column: 'name', reason: 'It is set twice.' },
    ]);
  });

  it.each([
    ['nothing', ''],
    ['another file', 'sku,price\nA,1\n'],
    ['a broken quote', template.replace('made up', '"made up')],
  ])('refuses %s', (_, text) => {
    expect(faults(text)).toHaveLength(1);
  });
});
