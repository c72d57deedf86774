import { describe, expect, it } from 'vitest';
import fc from '../tests/properties.ts';
import { cellsOf } from './cells.ts';
import { FileReader, probeFile, type ReadingState } from './file-reader.ts';
import type { RawRecord } from './types.ts';

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
const wide = (text: string, mark = true): Buffer => Buffer.from(`${mark ? '\ufeff' : ''}${text}`, 'utf16le');
const bigWide = (text: string): Buffer => Buffer.from(wide(text)).swap16();

function readAll(file: Buffer, chunkBytes = 64 * 1024, from?: ReadingState) {
  const probe = probeFile(file, true);
  if (!probe) throw new Error('the file is empty');
  const start = from ?? probe.state;
  const reader = new FileReader(probe.dialect, { columns: probe.headers.length, text: probe.headerText }, start);
  const records: RawRecord[] = [];
  const states: ReadingState[] = [];
  const take = (some: RawRecord[]): void => {
    for (const record of some) {
      states.push(reader.stateAfter(record));
      records.push({ ...record, text: Buffer.from(record.text) });
    }
  };
  for (let at = start.offset; at < file.length; at += chunkBytes) take(reader.push(file.subarray(at, at + chunkBytes)));
  take(reader.end());
  return { probe, records, states, segments: reader.segments, cells: cellsOf(records, probe.dialect) };
}

const header = 'sku,title,price\n';

describe('reading a file', () => {
  it('reads parts in different encodings, with where each begins', () => {
    const file = Buffer.concat([
      Buffer.from(`${header}A1,Plain,10.00\n`),
      latin('A2,Café crème,11.00\nA3,Plain again,12.00\n'),
      Buffer.from('\ufeffA4,Žluťoučký,13.00\n'),
      wide('A5,ผ้าไหม,14.00\nA6,Silk,15.00\n'),
      Buffer.from('A7,Back in ASCII and long enough to be told apart,16.00\n'),
      bigWide('A8,Große,17.00\n'),
    ]);
    const { cells, segments } = readAll(file);
    expect(cells.map(({ cells: own }) => own[1])).toEqual([
      'Plain',
      'Café crème',
      'Plain again',
      'Žluťoučký',
      'ผ้าไหม',
      'Silk',
      'Back in ASCII and long enough to be told apart',
      'Große',
    ]);
    expect(segments.map(({ encoding, firstLine, lastLine }) => [encoding, firstLine, lastLine])).toEqual([
      ['utf-8', 1, 2],
      ['windows-1252', 3, 4],
      ['utf-8-bom', 5, 5],
      ['utf-16le', 6, 7],
      ['utf-8', 8, 8],
      ['utf-16be', 9, 9],
    ]);
    for (const [index, { from }] of segments.entries()) expect(from).toBe(index === 0 ? 0 : segments[index - 1]?.to);
    expect(segments.every(({ confidence }) => confidence > 0.8 && confidence <= 1)).toBe(true);
  });

  it('recognises UTF-16 without a mark', () => {
    const { cells, segments } = readAll(wide(`${header}A1,Tee,10.00\n`, false));
    expect(cells[0]?.cells).toEqual(['A1', 'Tee', '10.00']);
    expect(segments).toMatchObject([{ encoding: 'utf-16le', confidence: 0.95 }]);
  });

  it('says so when bytes fit no encoding', () => {
    const { segments } = readAll(
      Buffer.concat([Buffer.from(`${header}A1,`), Buffer.from([0x81, 0xff]), Buffer.from(',1\n')]),
    );
    expect(segments.at(-1)).toMatchObject({ encoding: 'windows-1252', confidence: 0.4 });
  });

  it('takes NUL bytes out and says where', () => {
    const { records, cells } = readAll(Buffer.from(`${header}A1,T\0ee,10\nA2,Cap,11\n`));
    expect(cells.map(({ cells: own }) => own[1])).toEqual(['Tee', 'Cap']);
    expect(records.map(({ hadNul }) => hadNul)).toEqual([true, false]);
  });

  it('ends lines at LF, CRLF and CR alone, and counts them', () => {
    const { records, cells } = readAll(Buffer.from('sku,title\r\nA1,"two\r\nlines"\rA2,Cap\nA3,"x"\r\n\r\nA4,y'));
    expect(cells.map(({ cells: own }) => own)).toEqual([
      ['A1', 'two\r\nlines'],
      ['A2', 'Cap'],
      ['A3', 'x'],
      ['A4', 'y'],
    ]);
    expect(records.map(({ line, lineCount }) => [line, lineCount])).toEqual([
      [2, 2],
      [4, 1],
      [5, 1],
      [7, 1],
    ]);
  });

  it('loses only the record with the broken quote', () => {
    const rows = ['A1,"Tee, red",10', 'A2,"Broken,11', 'A3,"Cap, ""new""",12', 'A4,Sock,13'];
    const { records, cells } = readAll(Buffer.from(`${header}${rows.join('\n')}\n`));
    expect(cells.map(({ cells: own, broken }) => (broken ? 'broken' : own[1]))).toEqual([
      'Tee, red',
      'broken',
      'Cap, "new"',
      'Sock',
    ]);
    expect(records[1]).toMatchObject({ line: 3, lineCount: 1, rowNumber: 2 });
    expect(records[1]?.text.toString()).toBe('A2,"Broken,11');
  });

  it('keeps a field that holds lines which look like records', () => {
    const { cells } = readAll(Buffer.from(`${header}A1,"like this:\nB1,Cap,12\nC1,Sock,13",10\nA2,x,11\n`));
    expect(cells.map(({ cells: own }) => own[0])).toEqual(['A1', 'A2']);
  });

  it('loses only the last record when its quote is never closed', () => {
    const { cells } = readAll(Buffer.from(`${header}A1,Tee,10\nA2,"Broken,11`));
    expect(cells.map(({ broken }) => broken !== null)).toEqual([false, true]);
  });

  it('keeps a quoted field that honestly runs over lines', () => {
    const { cells } = readAll(Buffer.from(`${header}A1,"first, line\nsecond ""line""\n\nfourth",10\nA2,x,11\n`));
    expect(cells.map(({ cells: own }) => own[1])).toEqual(['first, line\nsecond "line"\n\nfourth', 'x']);
  });

  it('keeps a quote inside of a field and says so', () => {
    const { cells } = readAll(Buffer.from(`${header}A1,27" monitor,10\nA2,"a"b,11\n`));
    expect(cells[0]).toMatchObject({ cells: ['A1', '27" monitor', '10'], hadLooseQuote: true, broken: null });
    expect(cells[1]?.broken).not.toBeNull();
  });

  it('does not read a record of more than a MiB, and goes on after it', () => {
    const { cells } = readAll(Buffer.from(`${header}A1,"${'x'.repeat(1_100_000)}",1\nA2,y,2\n`));
    expect(cells[0]?.broken?.reason).toContain('longer than 1 MiB');
    expect(cells[1]?.cells).toEqual(['A2', 'y', '2']);
  });

  it('leaves a header out that comes again in a joined file', () => {
    const { cells } = readAll(Buffer.concat([Buffer.from(`${header}A1,x,1`), Buffer.from(`\ufeff${header}A2,y,2\n`)]));
    expect(cells.map(({ cells: own }) => own[0])).toEqual(['A1', 'A2']);
  });

  it.each([
    [';', 'sku;title;price\nA1;"a;b";1,50\n'],
    ['\t', 'sku\ttitle\tprice\nA1\ta, b\t1.50\n'],
    ['|', 'sku|title|price\nA1|a, b|1.50\n'],
    [',', 'sku,title,price\nA1,a;b,1.50\n'],
  ])('finds the separator %j', (separator, text) => {
    expect(probeFile(Buffer.from(text), true)?.dialect).toMatchObject({ separator, quote: '"' });
  });

  it('finds single quotes', () => {
    const { cells } = readAll(Buffer.from("sku,title,price\n'A1','a, b','1.50'\n"));
    expect(cells[0]?.cells).toEqual(['A1', 'a, b', '1.50']);
  });

  it('has nothing to say about an empty file', () => {
    expect(probeFile(Buffer.alloc(0), true)).toBeNull();
  });

  const awkward = fc.stringMatching(/^[a-zé,"; \n=-]{0,12}$/);
  it('reads back what was written, whole or in pieces, and goes on from any record', () => {
    const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(awkward, awkward, awkward), { minLength: 1, maxLength: 12 }),
        fc.constantFrom('\n', '\r\n'),
        fc.integer({ min: 1, max: 40 }),
        (rows, ending, chunkBytes) => {
          const lines = rows.map((row, index) => [`S${index}`, ...row].map(cell).join(','));
          const file = Buffer.from(['sku,one,two,three', ...lines, ''].join(ending));
          const whole = readAll(file);
          expect(whole.cells.map(({ cells }) => cells)).toEqual(rows.map((row, index) => [`S${index}`, ...row]));
          const pieces = readAll(file, chunkBytes);
          expect(pieces.records).toEqual(whole.records);
          const middle = Math.floor(rows.length / 2);
          const rest = readAll(file, chunkBytes, whole.states[middle]);
          expect(rest.records).toEqual(whole.records.slice(middle + 1));
          expect(rest.segments).toEqual(whole.segments);
        },
      ),
      { numRuns: 200 },
    );
  });
});
