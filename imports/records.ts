import type { Span, TextBlock } from './encoding.ts';
import type { Dialect, RawRecord } from './types.ts';

/** A quoted field may run over lines; longer than this it is a quote that nobody closed. */
export const maxRecordBytes = 16 * 1024 * 1024;
const maxRecordLines = 2_000;
const [lf, cr] = [0x0a, 0x0d];

/** How one record ends: `next` is where the one after it begins. */
interface Scan {
  readonly kind: 'whole' | 'open' | 'stray-quote';
  readonly end: number;
  readonly next: number;
  readonly fields: number;
  /** A quote stands inside of a field that is not quoted. */
  readonly hasLooseQuote: boolean;
}

/** Where to go on in a file's middle. */
export interface SplitterState {
  readonly rowNumber: number;
  readonly line: number;
}

/**
 * Cuts text into records. A quote that is never closed would swallow everything up to the next quote; so when a quoted field
 * crosses a line end and the record is not what it should be, the first line that is a record of its own with exactly as many
 * fields as the header ends it: the broken quote costs only the record that it stands in.
 */
export class Splitter {
  readonly #separator: number;
  readonly #quote: number;
  /** Fields of the header; 0 = not known yet, then nothing is resynchronised. */
  readonly #columns: number;
  readonly #header: Buffer | null;
  #row: number;
  #line: number;
  #text: Buffer = Buffer.alloc(0);
  #spans: Span[] = [];

  /** `header`: its text, where it is known; a record that repeats it is left out, as joined files have one each. */
  constructor(
    dialect: Dialect,
    { columns, header = null }: { columns: number; header?: Buffer | null },
    state: SplitterState = { rowNumber: 0, line: 1 },
  ) {
    this.#separator = dialect.separator.charCodeAt(0);
    this.#quote = dialect.quote.charCodeAt(0);
    this.#columns = columns;
    this.#header = header;
    this.#row = state.rowNumber;
    this.#line = state.line;
  }

  push(block: TextBlock | null, isLast = false): RawRecord[] {
    if (block) this.#append(block);
    const records: RawRecord[] = [];
    let at = 0;
    let span = 0;
    while (at < this.#text.length) {
      const found = this.#next(at, isLast);
      if (!found) break;
      const { end, next, isBroken } = found;
      const lineCount = this.#crosses(at, next) ? linesIn(this.#text, at, next) : 1;
      const isHeader = this.#header?.equals(this.#text.subarray(at, end));
      if (end > at && !isHeader) {
        while ((this.#spans[span + 1]?.textFrom ?? Number.POSITIVE_INFINITY) <= at) span += 1;
        const { byteFrom, byteTo, hadNul } = this.#bytes(at, next, span);
        this.#row += 1;
        records.push({
          rowNumber: this.#row,
          line: this.#line,
          lineCount,
          byteFrom,
          byteLength: byteTo - byteFrom,
          text: this.#text.subarray(at, end),
          isBroken,
          hadNul,
        });
      }
      this.#line += lineCount;
      at = next;
    }
    this.#drop(at);
    return records;
  }

  #append({ text, spans }: TextBlock): void {
    const shift = this.#text.length;
    this.#text = shift === 0 ? text : Buffer.concat([this.#text, text]);
    for (const span of spans) {
      this.#spans.push({ ...span, textFrom: span.textFrom + shift, textTo: span.textTo + shift });
    }
  }

  #drop(at: number): void {
    this.#text = this.#text.subarray(at);
    this.#spans = this.#spans
      .filter(({ textTo }) => textTo > at)
      .map((span) => {
        const cut = Math.max(0, at - span.textFrom);
        const rawFrom = span.isStraight ? span.rawFrom + cut : span.rawFrom;
        return { ...span, rawFrom, textFrom: Math.max(0, span.textFrom - at), textTo: span.textTo - at };
      });
  }

  #bytes(from: number, to: number, first: number): { byteFrom: number; byteTo: number; hadNul: boolean } {
    let byteFrom = 0;
    let byteTo = 0;
    let hadNul = false;
    for (let index = first; index < this.#spans.length; index += 1) {
      const span = this.#spans[index] as Span;
      if (span.textFrom >= to) break;
      if (index === first) byteFrom = span.isStraight ? span.rawFrom + from - span.textFrom : span.rawFrom;
      byteTo = span.isStraight ? span.rawFrom + Math.min(to, span.textTo) - span.textFrom : span.rawTo;
      hadNul ||= span.hadNul;
    }
    return { byteFrom, byteTo, hadNul };
  }

  #next(at: number, isLast: boolean): { end: number; next: number; isBroken: boolean } | null {
    const scan = this.#scan(at);
    if (scan.kind === 'whole' && (!this.#crosses(at, scan.next) || this.#isHonest(scan))) {
      return { ...scan, isBroken: false };
    }
    if (scan.kind === 'open' && !isLast && !this.#isTooLong(at)) return null;
    const resync = this.#resync(at, scan);
    if (resync !== null) return { end: this.#contentEnd(at, resync), next: resync, isBroken: true };
    if (scan.kind === 'whole') return { ...scan, isBroken: false };
    const firstEnd = this.#lineEnd(at);
    return { end: this.#contentEnd(at, firstEnd), next: firstEnd, isBroken: true };
  }

  /** A record over several lines that is all that it should be: nothing speaks for a broken quote. */
  #isHonest({ fields, hasLooseQuote }: Scan): boolean {
    return fields === this.#columns && !hasLooseQuote;
  }

  #isTooLong(at: number): boolean {
    const bytes = this.#text.length - at;
    return bytes > maxRecordBytes || linesIn(this.#text, at, this.#text.length) > maxRecordLines;
  }

  /** The record takes more than its first line. */
  #crosses(at: number, next: number): boolean {
    const end = this.#text.indexOf(lf, at);
    return end >= 0 && end + 1 < next;
  }

  /** The first line after `at` at which a record of the right number of fields begins; null where there is none. */
  #resync(at: number, scan: Scan): number | null {
    if (this.#columns < 3) return null;
    const until = scan.kind === 'open' ? this.#text.length : scan.next;
    for (let line = this.#lineEnd(at); line < until; line = this.#lineEnd(line)) {
      const alone = this.#scan(line);
      if (alone.kind === 'whole' && alone.fields === this.#columns && !alone.hasLooseQuote) return line;
    }
    return null;
  }

  #lineEnd(at: number): number {
    const end = this.#text.indexOf(lf, at);
    return end < 0 ? this.#text.length : end + 1;
  }

  #contentEnd(from: number, to: number): number {
    let end = to;
    while (end > from && (this.#text[end - 1] === lf || this.#text[end - 1] === cr)) end -= 1;
    return end;
  }

  /** Reads one record from `at`: as CSV does, with doubled quotes inside of quoted fields. */
  #scan(at: number): Scan {
    const text = this.#text;
    const size = text.length;
    let fields = 1;
    let hasLooseQuote = false;
    let index = at;
    let isStart = true;
    while (index < size) {
      const byte = text[index];
      if (isStart && byte === this.#quote) {
        index = this.#closing(index + 1);
        if (index < 0) return { kind: 'open', end: size, next: size, fields, hasLooseQuote };
        const after = text[index];
        if (index < size && after !== this.#separator && after !== lf && after !== cr)
          return { kind: 'stray-quote', end: index, next: this.#lineEnd(index), fields, hasLooseQuote };
        isStart = false;
        continue;
      }
      isStart = false;
      if (byte === this.#separator) {
        fields += 1;
        isStart = true;
      } else if (byte === this.#quote) hasLooseQuote = true;
      else if (byte === lf) return { kind: 'whole', end: index, next: index + 1, fields, hasLooseQuote };
      else if (byte === cr) {
        const next = text[index + 1] === lf ? index + 2 : index + 1;
        return { kind: 'whole', end: index, next, fields, hasLooseQuote };
      }
      index += 1;
    }
    return { kind: 'whole', end: size, next: size, fields, hasLooseQuote };
  }

  /** Index after the quote that closes a field, or -1. */
  #closing(from: number): number {
    for (let at = from; ; ) {
      const found = this.#text.indexOf(this.#quote, at);
      if (found < 0) return -1;
      if (this.#text[found + 1] !== this.#quote) return found + 1;
      at = found + 2;
    }
  }
}

/** Line ends of all three kinds; a pair of CR and LF is one. */
function linesIn(text: Buffer, from: number, to: number): number {
  let count = 0;
  for (let index = from; index < to; index += 1) {
    const byte = text[index];
    if (byte === lf) count += 1;
    else if (byte === cr && text[index + 1] !== lf) count += 1;
  }
  return count;
}
