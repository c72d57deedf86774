import { isAscii, isUtf8 } from 'node:buffer';
import type { Encoding, Segment } from './types.ts';

/** Some text of the file as UTF-8, made of whole lines, with where its lines were in the file. */
export interface TextBlock {
  readonly text: Buffer;
  readonly spans: readonly Span[];
}

/** A piece of a block. In a straight span byte follows byte; otherwise only its ends are known in the file. */
export interface Span {
  readonly textFrom: number;
  readonly textTo: number;
  readonly rawFrom: number;
  readonly rawTo: number;
  readonly isStraight: boolean;
  readonly hadNul: boolean;
}

/** What is needed to go on reading a file in its middle, at the beginning of a line. */
export interface TranscoderState {
  readonly offset: number;
  readonly encoding: Encoding;
  /** Lines before `offset`. */
  readonly lines: number;
  readonly segments: readonly Segment[];
}

const newline = 0x0a;
const carriageReturn = 0x0d;
/** A file without a single newline in so many bytes ends its lines with carriage returns alone. */
const noNewlineBytes = 4 * 1024 * 1024;
/** Enough to tell 8-bit text from UTF-16 at the beginning of a line. */
const windowBytes = 64;
const utf8Mark = Buffer.from([0xef, 0xbb, 0xbf]);
const littleMark = Buffer.from([0xff, 0xfe]);
const bigMark = Buffer.from([0xfe, 0xff]);

const decoders = {
  'utf-16le': new TextDecoder('utf-16le'),
  'utf-16be': new TextDecoder('utf-16be'),
  'windows-1252': new TextDecoder('windows-1252'),
} as const;

/**
 * Turns a file's bytes into UTF-8, line by line where it must, block by block where it can. A file may change its encoding
 * from line to line: exports are joined by people and by scripts. NUL bytes in 8-bit text are taken out and reported.
 */
export class Transcoder {
  readonly segments: Segment[];
  #buffer: Buffer = Buffer.alloc(0);
  #offset: number;
  #encoding: Encoding;
  #lines: number;
  #ended = false;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;

  constructor(state: TranscoderState = { offset: 0, encoding: 'utf-8', lines: 0, segments: [] }) {
    this.#offset = state.offset;
    this.#lines = state.lines;
    this.#encoding = state.encoding;
    this.segments = state.segments.map((segment) => ({ ...segment }));
  }

  push(chunk: Buffer): TextBlock | null {
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    // Inside of a very long line nothing can be told: its pieces are joined once, at its end.
    if (!chunk.includes(newline) && !chunk.includes(carriageReturn) && this.#waitingBytes > windowBytes) return null;
    this.#join();
    return this.#take();
  }

  end(): TextBlock | null {
    this.#ended = true;
    this.#join();
    return this.#take();
  }

  #join(): void {
    const parts = this.#buffer.length === 0 ? this.#waiting : [this.#buffer, ...this.#waiting];
    this.#buffer = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  #take(): TextBlock | null {
    const pieces: Buffer[] = [];
    const spans: Span[] = [];
    let at = 0;
    let textLength = 0;
    const add = (text: Buffer, to: number, isStraight: boolean, hadNul: boolean): void => {
      pieces.push(text);
      const [rawFrom, rawTo] = [this.#offset + at, this.#offset + to];
      spans.push({ textFrom: textLength, textTo: textLength + text.length, rawFrom, rawTo, isStraight, hadNul });
      textLength += text.length;
      at = to;
    };
    for (;;) {
      const plain = this.#plainUpTo(at);
      if (plain > at) {
        const ascii = isAscii(this.#buffer.subarray(at, plain));
        if (!ascii) this.#encoding = utf8After(this.#encoding);
        this.#note(this.#encoding, at, plain, ascii, this.#encoding === 'utf-8-bom');
        add(this.#buffer.subarray(at, plain), plain, true, false);
        continue;
      }
      const line = this.#line(at);
      if (!line) break;
      add(line.text, line.to, line.isStraight, line.hadNul);
    }
    this.#buffer = this.#buffer.subarray(at);
    this.#offset += at;
    if (pieces.length === 0) return null;
    return { text: pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces), spans };
  }

  /** End of the whole lines from `at` that are UTF-8 without NUL or marks: most of most files. */
  #plainUpTo(at: number): number {
    if (this.#encoding.startsWith('utf-16')) return at;
    let last = this.#ended ? this.#buffer.length : this.#buffer.lastIndexOf(newline) + 1;
    if (last <= at && this.#buffer.length - at > noNewlineBytes) last = this.#buffer.lastIndexOf(carriageReturn) + 1;
    if (last <= at) return at;
    const region = this.#buffer.subarray(at, last);
    if (region.length < windowBytes) return at;
    return region.includes(0) || region.includes(utf8Mark) || !isUtf8(region) ? at : last;
  }

  /** The next line in whatever encoding it is; null when more bytes are needed to tell. */
  #line(at: number): { text: Buffer; to: number; isStraight: boolean; hadNul: boolean } | null {
    const left = this.#buffer.length - at;
    if (left <= 0 || (left < windowBytes && !this.#ended)) return null;
    const end = this.#buffer.indexOf(newline, at);
    // What follows the line may be another file in another encoding.
    const window = this.#buffer.subarray(at, Math.min(at + windowBytes, end < 0 ? this.#buffer.length : end + 1));
    const { encoding, mark } = encodingAt(window, this.#encoding);
    if (encoding === 'utf-16le' || encoding === 'utf-16be') return this.#wideLine(at, mark, encoding);
    const to = this.#narrowEnd(at + mark);
    if (to === null) return null;
    const cut = this.#buffer.subarray(at + mark, to);
    // Joined files: the last line of the one before had no line end of its own.
    const last = cut[cut.length - 1];
    const isCut = to < this.#buffer.length && last !== newline && last !== carriageReturn;
    const bytes = isCut ? Buffer.concat([cut, Buffer.from([newline])]) : cut;
    const before = this.#encoding.startsWith('utf-16') ? 'utf-8' : this.#encoding;
    const ascii = isAscii(bytes);
    const found: Encoding =
      mark === 3 ? 'utf-8-bom' : ascii ? before : isUtf8(bytes) ? utf8After(before) : 'windows-1252';
    this.#encoding = found;
    const marked = mark > 0 || found === 'utf-8-bom';
    this.#note(found, at, to, ascii, marked);
    const hadNul = bytes.includes(0);
    const clean = hadNul ? Buffer.from(bytes.filter((byte) => byte !== 0)) : bytes;
    if (found !== 'windows-1252' || ascii)
      return { text: clean, to, isStraight: !hadNul && !isCut && mark === 0, hadNul };
    return { text: Buffer.from(decoders[found].decode(clean)), to, isStraight: false, hadNul };
  }

  /** A line of 8-bit text ends at a newline, at a carriage return without one, or where another file's mark begins. */
  #narrowEnd(from: number): number | null {
    const end = this.#lineEnd(from);
    if (end === null) return null;
    const line = this.#buffer.subarray(from, end);
    const marks = [utf8Mark, littleMark, bigMark].map((mark) => line.indexOf(mark)).filter((index) => index > 0);
    return marks.length > 0 ? from + Math.min(...marks) : end;
  }

  #lineEnd(from: number): number | null {
    const lf = this.#buffer.indexOf(newline, from);
    const cr = this.#buffer.indexOf(carriageReturn, from);
    if (cr >= 0 && (lf < 0 || cr < lf - 1)) {
      // The last byte may be the first half of a pair.
      if (cr + 1 < this.#buffer.length || this.#ended) return cr + 1;
      return null;
    }
    if (lf >= 0) return lf + 1;
    return this.#ended ? this.#buffer.length : null;
  }

  #wideLine(at: number, mark: number, encoding: 'utf-16le' | 'utf-16be') {
    const from = at + mark;
    let end = -1;
    for (let next = from; end < 0; ) {
      const found = this.#buffer.indexOf(newline, next);
      if (found < 0 || (found + 1 >= this.#buffer.length && encoding === 'utf-16le')) break;
      const isEven = (found - from) % 2 === 0;
      if (encoding === 'utf-16le' && isEven && this.#buffer[found + 1] === 0) end = found + 2;
      if (encoding === 'utf-16be' && !isEven && this.#buffer[found - 1] === 0) end = found + 1;
      next = found + 1;
    }
    if (end < 0 && !this.#ended) return null;
    const to = end < 0 ? this.#buffer.length : end;
    this.#encoding = encoding;
    this.#note(encoding, at, to, false, mark > 0);
    const decoded = decoders[encoding].decode(this.#buffer.subarray(from, to));
    const hadNul = decoded.includes('\0');
    return { text: Buffer.from(hadNul ? decoded.replaceAll('\0', '') : decoded), to, isStraight: false, hadNul };
  }

  #note(found: Encoding, at: number, to: number, ascii: boolean, marked = false): void {
    const from = this.#offset + at;
    const last = this.segments.at(-1);
    const isSame = last && last.encoding === found;
    const segment: Segment = isSame
      ? last
      : { encoding: found, from, to: from, firstLine: this.#lines + 1, lastLine: 0, confidence: 0, evidence: '' };
    if (!isSame) this.segments.push(segment);
    const bytes = this.#buffer.subarray(at, to);
    this.#lines += found.startsWith('utf-16') ? 1 : newlinesIn(bytes);
    segment.to = this.#offset + to;
    const lastByte = bytes[bytes.length - 1];
    const isOpen = !found.startsWith('utf-16') && lastByte !== newline && lastByte !== carriageReturn;
    segment.lastLine = this.#lines + (isOpen ? 1 : 0);
    const judged = judge(segment.encoding, bytes, { ascii, marked });
    // What is surest about a part of a file holds for all of it, except where a guess met bytes that speak against it.
    if (segment.evidence === '' || (judged.confidence > segment.confidence && !ascii) || judged.confidence < 0.5) {
      segment.confidence = judged.confidence;
      segment.evidence = judged.evidence;
    } else if (segment.evidence === onlyAscii && !ascii) Object.assign(segment, judged);
  }
}

/** Line ends of all three kinds in 8-bit text. */
function newlinesIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) count += 1;
  for (let at = bytes.indexOf(carriageReturn); at >= 0; at = bytes.indexOf(carriageReturn, at + 1))
    if (bytes[at + 1] !== newline) count += 1;
  return count;
}

const utf8After = (before: Encoding): Encoding => (before === 'utf-8-bom' ? 'utf-8-bom' : 'utf-8');
const onlyAscii = 'only ASCII, which reads the same in every 8-bit encoding';

function judge(
  encoding: Encoding,
  bytes: Buffer,
  { ascii, marked }: { ascii: boolean; marked: boolean },
): { confidence: number; evidence: string } {
  if (encoding === 'utf-8-bom') return { confidence: 1, evidence: 'byte order mark' };
  if (encoding === 'utf-16le' || encoding === 'utf-16be')
    return marked
      ? { confidence: 1, evidence: 'byte order mark' }
      : { confidence: 0.95, evidence: 'every other byte is zero' };
  if (ascii) return { confidence: 1, evidence: onlyAscii };
  if (encoding === 'utf-8') return { confidence: 0.99, evidence: 'every byte sequence is valid UTF-8' };
  // Five codes of Windows-1252 stand for nothing: their presence says that it is something else.
  const undefinedCodes = [0x81, 0x8d, 0x8f, 0x90, 0x9d];
  return undefinedCodes.some((code) => bytes.includes(code))
    ? { confidence: 0.4, evidence: 'not UTF-8, and holds codes that Windows-1252 does not have' }
    : { confidence: 0.9, evidence: 'not UTF-8; every byte is a letter or sign of Windows-1252' };
}

/** What a line that begins with these bytes is written in, and how many bytes its mark takes. */
function encodingAt(window: Buffer, before: Encoding): { encoding: Encoding; mark: number } {
  if (window.indexOf(utf8Mark) === 0) return { encoding: 'utf-8-bom', mark: 3 };
  if (window.indexOf(littleMark) === 0) return { encoding: 'utf-16le', mark: 2 };
  if (window.indexOf(bigMark) === 0) return { encoding: 'utf-16be', mark: 2 };
  const wide = wideness(window);
  if (wide) return { encoding: wide, mark: 0 };
  // Text without a single zero byte that reads as plain ASCII is 8-bit text again; Chinese in UTF-16 has few zeros, too.
  if ((before === 'utf-16le' || before === 'utf-16be') && !(isAscii(window) && !window.includes(0)))
    return { encoding: before, mark: 0 };
  return { encoding: before.startsWith('utf-16') ? 'utf-8' : before, mark: 0 };
}

/** UTF-16 of a text with ASCII in it has zeros in one half of its byte pairs and none in the other. */
function wideness(window: Buffer): 'utf-16le' | 'utf-16be' | null {
  const pairs = Math.floor(window.length / 2);
  if (pairs < 4) return null;
  let even = 0;
  let odd = 0;
  for (let index = 0; index < pairs * 2; index += 2) {
    if (window[index] === 0 && window[index + 1] !== 0) even += 1;
    if (window[index] !== 0 && window[index + 1] === 0) odd += 1;
  }
  if (odd > pairs * 0.6 && even < pairs * 0.1) return 'utf-16le';
  if (even > pairs * 0.6 && odd < pairs * 0.1) return 'utf-16be';
  return null;
}
