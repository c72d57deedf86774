import type { ServerResponse } from 'node:http';
import type { Fault, Throttle, VendorAnswer } from './types.ts';

/** An answer as bytes. */
export interface RawAnswer {
  status: number;
  headers: Record<string, string | string[]>;
  body: Buffer;
}

const JSON_TYPE = 'application/json; charset=UTF-8';
const DRIP_EVERY_MS = 50;

/** Turns a vendor's answer into bytes; objects become JSON with a JSON content type unless another one is given. */
export function toRaw(answer: VendorAnswer): RawAnswer {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(answer.headers ?? {})) headers[name.toLowerCase()] = value;
  const { body } = answer;
  if (body === undefined || body === null) return { status: answer.status, headers, body: Buffer.alloc(0) };
  if (typeof body === 'string' || Buffer.isBuffer(body)) {
    return { status: answer.status, headers, body: Buffer.from(body) };
  }
  return {
    status: answer.status,
    headers: { 'content-type': JSON_TYPE, ...headers },
    body: Buffer.from(JSON.stringify(body)),
  };
}

/** Writes an answer with its full `Content-Length`. */
export function send(response: ServerResponse, raw: RawAnswer): void {
  response.writeHead(raw.status, { ...raw.headers, 'content-length': raw.body.length });
  response.end(raw.body);
}

/** Writes the head and the first bytes only, then destroys the connection. */
export function sendCut(response: ServerResponse, raw: RawAnswer, bytes: number): void {
  response.writeHead(raw.status, { ...raw.headers, 'content-length': raw.body.length });
  response.write(raw.body.subarray(0, Math.min(bytes, Math.max(0, raw.body.length - 1))), () => response.destroy());
}

/** Writes the body bit by bit, at the given speed; ends when the caller goes away. */
export async function sendSlowly(response: ServerResponse, raw: RawAnswer, bytesPerSecond: number): Promise<void> {
  response.writeHead(raw.status, { ...raw.headers, 'content-length': raw.body.length });
  response.flushHeaders();
  const pieceBytes = Math.max(1, Math.round((bytesPerSecond * DRIP_EVERY_MS) / 1000));
  const waitMs = Math.max(DRIP_EVERY_MS, (pieceBytes / bytesPerSecond) * 1000);
  for (let from = 0; from < raw.body.length && !response.destroyed; from += pieceBytes) {
    response.write(raw.body.subarray(from, from + pieceBytes));
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
  response.end();
}

/** A page as a web server or firewall in front of the vendor would send. */
export function htmlPage(status: number): RawAnswer {
  const title = status === 200 ? 'Briefly unavailable for scheduled maintenance' : `${status} Error`;
  return {
    status,
    headers: { 'content-type': 'text/html; charset=UTF-8' },
    body: Buffer.from(
      `<!DOCTYPE html>\n<html><head><title>${title}</title></head>` +
        `<body><h1>${title}</h1><p>Please try again in a minute.</p></body></html>\n`,
    ),
  };
}

/** The answer of a `status` fault. */
export function plainStatus(fault: Extract<Fault, { kind: 'status' }>): RawAnswer {
  const isText = fault.body === undefined || typeof fault.body === 'string';
  const raw = toRaw({
    status: fault.status,
    headers: { ...fault.headers, ...(fault.contentType === undefined ? {} : { 'content-type': fault.contentType }) },
    body: fault.body ?? '',
  });
  if (isText && raw.headers['content-type'] === undefined) raw.headers['content-type'] = 'text/plain; charset=UTF-8';
  return raw;
}

/** Adds `Retry-After` in the form asked for, unless the vendor's own answer has it. */
export function withRetryAfter(answer: VendorAnswer, throttle: Throttle): RawAnswer {
  const raw = toRaw(answer);
  if (raw.headers['retry-after'] !== undefined) return raw;
  if (throttle.retryAfter === 'seconds') raw.headers['retry-after'] = String(Math.ceil(throttle.seconds));
  if (throttle.retryAfter === 'date') {
    // An HTTP date is wall time: the caller compares it with the Date header of the same answer.
    const at = performance.timeOrigin + performance.now() + throttle.seconds * 1000;
    raw.headers['retry-after'] = new Date(at).toUTCString();
  }
  return raw;
}
