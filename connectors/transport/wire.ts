import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { ConnectorError } from '../errors.ts';

/** Why an exchange ended without a whole answer. */
export type WireFailureCode =
  | 'connect'
  | 'first_byte_timeout'
  | 'call_timeout'
  | 'too_large'
  | 'broken'
  | 'unreadable_encoding'
  | 'aborted';

/** An exchange without a whole answer. `sent` false: it is certain that the request never left. */
export class WireFailure extends Error {
  override readonly name = 'WireFailure';
  readonly code: WireFailureCode;
  readonly sent: boolean;
  readonly status: number | null;

  constructor(code: WireFailureCode, message: string, sent: boolean, status: number | null) {
    super(message);
    this.code = code;
    this.sent = sent;
    this.status = status;
  }
}

/** A whole answer, decompressed. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Limits of one exchange, all in milliseconds and bytes. */
export interface WireLimits {
  /** From the moment the request goes out to the first byte of the answer. */
  readonly firstByteTimeoutMs: number;
  /** From the call to the last byte, waiting for a connection included. */
  readonly callTimeoutMs: number;
  /** After decompression. */
  readonly maxResponseBytes: number;
}

export interface WireRequest {
  readonly url: URL;
  readonly method: Dispatcher.HttpMethod;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | null;
  readonly signals: readonly AbortSignal[];
}

/**
 * One request and its answer over a pooled connection.
 * @throws WireFailure; ConnectorError as the pool's name resolution throws it
 */
export async function exchange(dispatcher: Dispatcher, request: WireRequest, limits: WireLimits): Promise<WireAnswer> {
  const answer = await new Exchange(limits).run(dispatcher, request);
  return { ...answer, body: await decompress(answer, limits.maxResponseBytes) };
}

type Controller = Dispatcher.DispatchController;

class Exchange implements Dispatcher.DispatchHandler {
  readonly #limits: WireLimits;
  readonly #done = Promise.withResolvers<WireAnswer>();
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #status: number | null = null;
  #headers: Record<string, string> = {};
  #controller: Controller | null = null;
  #failure: WireFailure | null = null;
  #firstByteTimer: NodeJS.Timeout | undefined;

  constructor(limits: WireLimits) {
    this.#limits = limits;
  }

  async run(dispatcher: Dispatcher, request: WireRequest): Promise<WireAnswer> {
    const { callTimeoutMs } = this.#limits;
    const callTimer = setTimeout(
      () => this.#fail('call_timeout', `no whole answer within ${callTimeoutMs} ms`),
      callTimeoutMs,
    );
    const abort = () => this.#fail('aborted', 'the call was given up');
    for (const signal of request.signals) signal.addEventListener('abort', abort, { once: true });
    if (request.signals.some((signal) => signal.aborted)) abort();
    try {
      if (this.#failure === null) this.#dispatch(dispatcher, request);
      return await this.#done.promise;
    } finally {
      clearTimeout(callTimer);
      clearTimeout(this.#firstByteTimer);
      for (const signal of request.signals) signal.removeEventListener('abort', abort);
    }
  }

  #dispatch(dispatcher: Dispatcher, { url, method, headers, body }: WireRequest): void {
    const path = `${url.pathname}${url.search}`;
    try {
      dispatcher.dispatch({ origin: url.origin, path, method, headers: { ...headers }, body }, this);
    } catch (error) {
      this.#fail('connect', text(error));
    }
  }

  onRequestStart(controller: Controller): void {
    // A call that was given up while it waited for a connection must not go out after all.
    if (this.#failure !== null) {
      controller.abort(this.#failure);
      return;
    }
    this.#controller = controller;
    const { firstByteTimeoutMs } = this.#limits;
    this.#firstByteTimer = setTimeout(
      () => this.#fail('first_byte_timeout', `no answer began within ${firstByteTimeoutMs} ms`),
      firstByteTimeoutMs,
    );
  }

  onResponseStart(_controller: Controller, status: number, headers: NodeJS.Dict<string | string[]>): void {
    if (status < 200) return;
    clearTimeout(this.#firstByteTimer);
    this.#status = status;
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined) this.#headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
    }
    const announced = Number(this.#headers['content-length'] ?? 0);
    if (announced > this.#limits.maxResponseBytes) this.#failTooLarge();
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#limits.maxResponseBytes) this.#failTooLarge();
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#failure !== null) return;
    this.#done.resolve({ status: this.#status ?? 0, headers: this.#headers, body: Buffer.concat(this.#chunks) });
  }

  onResponseError(_controller: Controller, error: Error): void {
    if (this.#failure !== null) return;
    if (error instanceof ConnectorError) this.#done.reject(error);
    else this.#fail(this.#controller === null ? 'connect' : 'broken', text(error));
  }

  #failTooLarge(): void {
    this.#fail('too_large', `the answer is larger than ${this.#limits.maxResponseBytes} bytes`);
  }

  #fail(code: WireFailureCode, message: string): void {
    if (this.#failure !== null) return;
    this.#failure = new WireFailure(code, message, this.#controller !== null, this.#status);
    this.#done.reject(this.#failure);
    this.#controller?.abort(this.#failure);
  }
}

/** An error in one line with its code; never the object itself, which may hold request headers. */
function text(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code}: ` : '';
  const inner = error instanceof AggregateError ? error.errors.map(text).join('; ') : error.message;
  return `${code}${inner}`;
}

const decoders: Readonly<Record<string, (body: Buffer, limit: { maxOutputLength: number }) => Promise<Buffer>>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

async function decompress(answer: WireAnswer, maxBytes: number): Promise<Buffer> {
  const encoding = answer.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || encoding === '' || answer.body.length === 0) return answer.body;
  const decode = decoders[encoding];
  if (decode === undefined) {
    throw new WireFailure('unreadable_encoding', `unknown content encoding ${encoding}`, true, answer.status);
  }
  try {
    return await decode(answer.body, { maxOutputLength: maxBytes });
  } catch (error) {
    const tooLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    throw new WireFailure(tooLarge ? 'too_large' : 'unreadable_encoding', text(error), true, answer.status);
  }
}
