import { cellsOf } from './cells.ts';
import { type DetectedDialect, detectDialect } from './dialect.ts';
import { Transcoder } from './encoding.ts';
import { Splitter } from './records.ts';
import type { Dialect, Encoding, RawRecord, Segment } from './types.ts';

/** As much of a file's beginning as is looked at to find out what it is. */
export const probeBytes = 256 * 1024;
const sampleRows = 200;

/** Where a reading stands: after a whole record, so that another process can go on from here. */
export interface ReadingState {
  readonly offset: number;
  readonly rowNumber: number;
  /** The line that comes next, from 1. */
  readonly line: number;
  readonly encoding: Encoding;
  readonly segments: readonly Segment[];
}

export interface Probe {
  readonly dialect: DetectedDialect;
  readonly headers: readonly string[];
  /** The header record as UTF-8, to recognise it when it comes again. */
  readonly headerText: string;
  /** Values of each column from the first rows. */
  readonly samples: readonly (readonly string[])[];
  /** Where the data begins. */
  readonly state: ReadingState;
}

/** Looks at the beginning of a file: encoding, separator, header, first values. Null where it holds no line. */
export function probeFile(beginning: Buffer, isWhole: boolean): Probe | null {
  const transcoder = new Transcoder();
  const blocks = [transcoder.push(beginning), isWhole ? transcoder.end() : null].filter((block) => block !== null);
  const sample = Buffer.concat(blocks.map(({ text }) => text)).toString('utf8');
  const dialect = detectDialect(sample);
  const splitter = new Splitter(dialect, { columns: 0 });
  const records = blocks.flatMap((block) => splitter.push(block));
  if (isWhole) records.push(...splitter.push(null, true));
  const [header] = records;
  if (!header) return null;
  const [first] = cellsOf([header], dialect);
  const headers = (first?.cells ?? []).map((cell) => cell.trim());
  const rows = cellsOf(records.slice(1, sampleRows), dialect).map(({ cells }) => cells);
  return {
    dialect,
    headers,
    headerText: header.text.toString('utf8'),
    samples: headers.map((_, index) => rows.map((cells) => cells[index] ?? '')),
    state: { ...stateAfter(header, transcoder.segments), rowNumber: 0 },
  };
}

/** The state after a record: segments end where it ends. */
function stateAfter(record: RawRecord, all: readonly Segment[]): ReadingState {
  const offset = record.byteFrom + record.byteLength;
  const line = record.line + record.lineCount;
  const segments = all
    .filter(({ from }) => from < offset)
    .map((segment) => (segment.to > offset ? { ...segment, to: offset, lastLine: line - 1 } : segment));
  return { offset, rowNumber: record.rowNumber, line, encoding: segments.at(-1)?.encoding ?? 'utf-8', segments };
}

/** Reads the records of a file from any state on; memory holds one chunk and the record that it cuts through. */
export class FileReader {
  readonly #transcoder: Transcoder;
  readonly #splitter: Splitter;

  constructor(dialect: Dialect, header: { columns: number; text: string }, state: ReadingState) {
    const { offset, encoding, segments, line, rowNumber } = state;
    this.#transcoder = new Transcoder({ offset, encoding, segments, lines: line - 1 });
    const text = Buffer.from(header.text);
    this.#splitter = new Splitter(dialect, { columns: header.columns, header: text }, { rowNumber, line });
  }

  push(chunk: Buffer): RawRecord[] {
    return this.#splitter.push(this.#transcoder.push(chunk));
  }

  end(): RawRecord[] {
    return this.#splitter.push(this.#transcoder.end(), true);
  }

  get segments(): readonly Segment[] {
    return this.#transcoder.segments;
  }

  stateAfter(record: RawRecord): ReadingState {
    return stateAfter(record, this.#transcoder.segments);
  }
}
