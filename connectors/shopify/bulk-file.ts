import { ConnectorError } from '../errors.ts';
import type { IncomingAnswer } from '../transport/client.ts';
import type { ShopifyContext } from './client.ts';

/** How much of a file is fetched at once. */
const PART_BYTES = 1024 * 1024;
/** No line is longer: 2,048 variants stand on lines of their own. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;
const NEWLINE = 10;

/** One line of a result with its place: where it begins, and where the next one does. */
export interface FileLine {
  readonly line: unknown;
  readonly from: number;
  readonly to: number;
}

/** The result's address is dead: it was kept for seven days, or another operation has taken its place. */
export class FileGone extends Error {
  override readonly name = 'FileGone';
}

/**
 * Reads results of work in bulk: JSON lines at an address that Shopify hands out, on another host. The shop's token is never
 * sent there. One part at a time is in memory; a server that gives no parts gives the whole file (at most what the
 * transport takes).
 */
export class FileReader {
  readonly #ctx: ShopifyContext;

  constructor(ctx: ShopifyContext) {
    this.#ctx = ctx;
  }

  /** @throws ConnectorError Rejected for an address that is not encrypted, unless the shop's own is not either */
  address(url: string): string {
    const isSafe = url.startsWith('https://') || this.#ctx.settings.url.startsWith('http://');
    if (isSafe) return url;
    throw new ConnectorError('Rejected', 'The shop names an address without encryption for a file.', {
      code: 'file_address',
    });
  }

  /**
   * The file's lines from a byte on. Empty ones are passed over.
   * @throws FileGone when the address is dead; ConnectorError Unavailable for a line that is no JSON
   */
  async *lines(url: string, fromByte: number): AsyncGenerator<FileLine> {
    let rest: Buffer = Buffer.alloc(0);
    let restAt = fromByte;
    for (let isLast = false; !isLast; ) {
      const part = await this.#part(url, restAt + rest.length);
      isLast = part.isLast;
      const bytes = rest.length === 0 ? part.bytes : Buffer.concat([rest, part.bytes]);
      let begin = 0;
      for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, begin)) {
        const line = parsed(bytes.subarray(begin, end));
        if (line !== undefined) yield { line, from: restAt + begin, to: restAt + end + 1 };
        begin = end + 1;
      }
      rest = Buffer.from(bytes.subarray(begin));
      restAt += begin;
      if (rest.length > MAX_LINE_BYTES) throw unreadable('a line is too long');
    }
    const line = parsed(rest);
    if (line !== undefined) yield { line, from: restAt, to: restAt + rest.length };
  }

  async #part(url: string, fromByte: number): Promise<{ bytes: Buffer; isLast: boolean }> {
    const answer = await this.#ctx.http.send({
      method: 'GET',
      url: this.address(url),
      headers: { range: `bytes=${fromByte}-${fromByte + PART_BYTES - 1}`, 'accept-encoding': 'identity' },
      operation: 'bulk.download',
      effect: false,
    });
    const bytes = answer.bytes ?? Buffer.from(answer.text);
    if (answer.status === 206) return { bytes, isLast: fromByte + bytes.length >= totalOf(answer, fromByte, bytes) };
    if (answer.status === 200) return { bytes: bytes.subarray(fromByte), isLast: true };
    if (answer.status === 416) return { bytes: Buffer.alloc(0), isLast: true };
    if (answer.status >= 400 && answer.status < 500) throw new FileGone(`status ${answer.status}`);
    throw new ConnectorError('Unavailable', `bulk.download: status ${answer.status}`, { status: answer.status });
  }
}

/** The file's size by `Content-Range`; one that does not tell ends with a part that is short. */
function totalOf({ headers }: IncomingAnswer, fromByte: number, bytes: Buffer): number {
  const [, from, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? [];
  if (from !== undefined && Number(from) !== fromByte) throw unreadable('another part came than was asked for');
  if (total !== undefined && total !== '*') return Number(total);
  return bytes.length < PART_BYTES ? fromByte + bytes.length : Number.POSITIVE_INFINITY;
}

function parsed(bytes: Buffer): unknown {
  const text = bytes.toString('utf8').trim();
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw unreadable('a line is no JSON');
  }
}

function unreadable(why: string): ConnectorError {
  return new ConnectorError('Unavailable', `bulk.download: ${why}`, { code: 'unreadable_answer' });
}
