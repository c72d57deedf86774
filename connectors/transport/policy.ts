import type { LookupFunction } from 'node:net';
import type { Logger } from 'pino';
import { Agent } from 'undici';
import { ConnectorError, type ConnectorErrorDetails, type ConnectorErrorKind } from '../errors.ts';
import { type Budget, type Permit, unlimitedBudget } from './budget.ts';
import type { HttpClient, IncomingAnswer, OutgoingCall } from './client.ts';
import { prepaidPermit, presentUrgency } from './priorities.ts';
import { excerpt, redact } from './redact.ts';
import { retryAfterMs } from './retry-after.ts';
import { refusePrivateLiteral } from './target.ts';
import { exchange, type WireAnswer, WireFailure } from './wire.ts';

/** Time-outs of one call in milliseconds. All defaults lie below 45 s, the shortest activity time-out they run in. */
export interface TransportTimeouts {
  /** Name resolution, TCP and TLS. Default 5,000. */
  readonly connectMs: number;
  /** From the sent request to the first byte of the answer. Default 30,000. */
  readonly firstByteMs: number;
  /** The whole call, waiting for a free connection and slow bodies included. Default 40,000. */
  readonly callMs: number;
}

/** What surrounds a call: who asked, for the how manieth time, and until when it is wanted. */
export interface CallScope {
  /** Sent as `x-correlation-id` and logged. */
  readonly correlationId?: string;
  /** 1 for the first attempt. */
  readonly attempt?: number;
  readonly signal?: AbortSignal;
}

/** One finished call, for metrics. */
export interface CallObservation {
  readonly connectionId: string;
  readonly operation: string;
  readonly method: string;
  readonly host: string;
  readonly outcome: 'answered' | ConnectorErrorKind;
  readonly status: number | null;
  readonly durationMs: number;
  readonly attempt: number;
  readonly responseBytes: number;
}

export interface HttpClientOptions {
  readonly connectionId: string;
  readonly log: Logger;
  /** Default: unlimited. */
  readonly budget?: Budget;
  /** The connection's secrets, taken out of logs and errors; a function where they change. */
  readonly secrets?: readonly string[] | (() => readonly string[]);
  readonly timeouts?: Partial<TransportTimeouts>;
  /** Default 20 MiB, after decompression. */
  readonly maxResponseBytes?: number;
  /** Default 8. */
  readonly connectionsPerOrigin?: number;
  /** How long to be silent after a throttle that names no time, where the budget does not learn it. Default 5,000. */
  readonly defaultRetryAfterMs?: number;
  /** Correlation id, attempt and cancellation of the work that calls. */
  readonly scope?: () => CallScope;
  readonly onCall?: (observation: CallObservation) => void;
  /** Name resolution; `publicOnlyLookup()` or a pinned one for addresses given by people. */
  readonly lookup?: LookupFunction;
  /** Refuses hosts written as private addresses; goes together with `publicOnlyLookup()`. Default false. */
  readonly publicTargetsOnly?: boolean;
  /** PEM of a private certificate authority. */
  readonly certificateAuthority?: string;
  readonly userAgent?: string;
}

/** A client whose pooled connections can be closed. */
export interface ClosableHttpClient extends HttpClient {
  close(): Promise<void>;
}

const DEFAULT_TIMEOUTS: TransportTimeouts = { connectMs: 5_000, firstByteMs: 30_000, callMs: 40_000 };
const MAX_REDIRECTS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Answers of a gateway or of Cloudflare (520–527, 530): nobody knows what the server behind it did. */
const GATEWAY_FAILURES = new Set([502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527, 530]);

/**
 * The one policy for calls to outside systems: pooled connections, time-outs, size limit, budget, silence after
 * Retry-After, redirects, redaction, one log line and one metric per call, one error taxonomy. It repeats nothing:
 * repeating is decided where the work is known.
 */
export function createHttpClient(options: HttpClientOptions): ClosableHttpClient {
  return new PolicyClient(options);
}

class PolicyClient implements ClosableHttpClient {
  readonly #options: HttpClientOptions;
  readonly #timeouts: TransportTimeouts;
  readonly #budget: Budget;
  readonly #agent: Agent;

  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.#timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
    this.#budget = options.budget ?? unlimitedBudget;
    const { lookup, certificateAuthority: ca } = options;
    this.#agent = new Agent({
      connections: options.connectionsPerOrigin ?? 8,
      pipelining: 1,
      keepAliveTimeout: 4_000,
      // Own timers measure first byte and whole call; the pool's are coarser and would fire beside them.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: {
        timeout: this.#timeouts.connectMs,
        ...(lookup === undefined ? {} : { lookup }),
        ...(ca === undefined ? {} : { ca }),
      },
    });
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async send(call: OutgoingCall): Promise<IncomingAnswer> {
    const scope = this.#options.scope?.() ?? {};
    const startMs = performance.now();
    let status: number | null = null;
    let responseBytes = 0;
    let outcome: CallObservation['outcome'] = 'answered';
    let failure: unknown;
    try {
      const answer = await this.#follow(call, scope);
      status = answer.status;
      responseBytes = answer.bytes?.length ?? 0;
      return answer;
    } catch (error) {
      failure = error;
      outcome = error instanceof ConnectorError ? error.kind : 'Unavailable';
      status = error instanceof ConnectorError ? (error.details.status ?? null) : null;
      throw error;
    } finally {
      const durationMs = performance.now() - startMs;
      const { connectionId } = this.#options;
      const attempt = scope.attempt ?? 1;
      const host = URL.canParse(call.url) ? new URL(call.url).host : 'unreadable';
      const { operation, method } = call;
      const seen = { connectionId, operation, method, host, outcome, status, attempt, responseBytes };
      this.#report({ ...seen, durationMs }, scope.correlationId, failure);
    }
  }

  #report(seen: CallObservation, correlationId: string | undefined, failure: unknown): void {
    const { durationMs, ...fields } = seen;
    const line = { ...fields, ms: Math.round(durationMs), correlationId };
    if (failure === undefined) this.#options.log.info(line, 'outside call');
    else this.#options.log.warn({ ...line, reason: this.#redact(String(failure)) }, 'outside call failed');
    this.#options.onCall?.(seen);
  }

  async #follow(call: OutgoingCall, scope: CallScope): Promise<IncomingAnswer> {
    let url = this.#target(call);
    for (let hop = 0; ; hop += 1) {
      const answer = await this.#once(call, url, scope);
      const location = answer.headers.location;
      if (!REDIRECTS.has(answer.status) || location === undefined) return answer;
      const next = URL.canParse(location, url) ? new URL(location, url) : null;
      if (next === null || next.origin !== url.origin || call.method !== 'GET' || hop >= MAX_REDIRECTS) {
        throw this.#error(call, 'Rejected', `answered ${answer.status} with a redirect that is not followed`, {
          status: answer.status,
          code: 'redirect',
          field: 'url',
          remedy: next === null ? 'Check the address.' : `Use ${next.origin} as the address if it is the right one.`,
        });
      }
      url = next;
    }
  }

  #target(call: OutgoingCall): URL {
    if (!URL.canParse(call.url)) throw this.#error(call, 'Rejected', 'the address cannot be read', { field: 'url' });
    const url = new URL(call.url);
    const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
    if (!isWeb || url.username !== '' || url.password !== '') {
      throw this.#error(call, 'Rejected', 'the address is not a plain http or https one', { field: 'url' });
    }
    if (this.#options.publicTargetsOnly === true) refusePrivateLiteral(url);
    return url;
  }

  async #once(call: OutgoingCall, url: URL, scope: CallScope): Promise<IncomingAnswer> {
    const permit =
      prepaidPermit(this.#options.connectionId) ??
      (await this.#budget.take(call.operation, call.cost ?? 1, presentUrgency(), call.signal ?? scope.signal));
    let isAnswered = false;
    try {
      const answer = await this.#exchange(call, url, scope, permit);
      isAnswered = true;
      return answer;
    } catch (error) {
      isAnswered =
        error instanceof ConnectorError && error.kind !== 'RateLimited' && error.details.status !== undefined;
      throw error;
    } finally {
      permit?.end(isAnswered);
    }
  }

  async #exchange(call: OutgoingCall, url: URL, scope: CallScope, permit: Permit | undefined): Promise<IncomingAnswer> {
    const signals = [call.signal, scope.signal].filter((signal) => signal !== undefined);
    const wireRequest = {
      url,
      method: call.method,
      headers: this.#headers(call, scope),
      body: call.body ?? null,
      signals,
    };
    let wire: WireAnswer;
    try {
      wire = await exchange(this.#agent, wireRequest, {
        firstByteTimeoutMs: this.#timeouts.firstByteMs,
        callTimeoutMs: this.#timeouts.callMs,
        maxResponseBytes: this.#options.maxResponseBytes ?? 20 * 1024 * 1024,
      });
    } catch (error) {
      if (error instanceof WireFailure) throw this.#wireError(call, error);
      throw error;
    }
    const answer = toAnswer(wire);
    await this.#refuseThrottle(call, answer, permit);
    if (GATEWAY_FAILURES.has(answer.status)) await this.#refuseGatewayFailure(call, answer);
    return answer;
  }

  #headers(call: OutgoingCall, scope: CallScope): Record<string, string> {
    const headers: Record<string, string> = {
      'user-agent': this.#options.userAgent ?? 'tradelane',
      'accept-encoding': 'gzip, deflate, br',
    };
    for (const [name, value] of Object.entries(call.headers ?? {})) headers[name.toLowerCase()] = value;
    if (scope.correlationId !== undefined) headers['x-correlation-id'] = scope.correlationId;
    return headers;
  }

  async #refuseThrottle(call: OutgoingCall, answer: IncomingAnswer, permit: Permit | undefined): Promise<void> {
    const declared = call.throttle?.(answer) ?? null;
    if (answer.status !== 429 && declared === null) return;
    const announcedMs = declared?.retryAfterMs ?? retryAfterMs(answer.headers);
    const keptMs = await this.#budget.penalise(call.operation, announcedMs, permit);
    const silenceMs = keptMs ?? announcedMs ?? this.#options.defaultRetryAfterMs ?? 5_000;
    throw this.#error(call, 'RateLimited', `asked to slow down (status ${answer.status})`, {
      status: answer.status,
      retryAfterMs: silenceMs,
      bodyExcerpt: this.#excerpt(answer.text),
    });
  }

  async #refuseGatewayFailure(call: OutgoingCall, answer: IncomingAnswer): Promise<never> {
    const announcedMs = retryAfterMs(answer.headers);
    if (announcedMs !== null) await this.#budget.penalise(call.operation, announcedMs);
    throw this.#error(call, call.effect ? 'OutcomeUnknown' : 'Unavailable', `answered ${answer.status}`, {
      status: answer.status,
      bodyExcerpt: this.#excerpt(answer.text),
      ...(announcedMs === null ? {} : { retryAfterMs: announcedMs }),
    });
  }

  #wireError(call: OutgoingCall, failure: WireFailure): ConnectorError {
    const kind = call.effect && failure.sent ? 'OutcomeUnknown' : 'Unavailable';
    return this.#error(call, kind, failure.message, {
      code: failure.code,
      ...(failure.status === null ? {} : { status: failure.status }),
    });
  }

  #error(call: OutgoingCall, kind: ConnectorErrorKind, what: string, details: ConnectorErrorDetails): ConnectorError {
    return new ConnectorError(kind, this.#redact(`${call.operation}: ${what}`), details);
  }

  #secrets(): readonly string[] {
    const { secrets } = this.#options;
    return typeof secrets === 'function' ? secrets() : (secrets ?? []);
  }

  #redact(text: string): string {
    return redact(text, this.#secrets());
  }

  #excerpt(text: string): string {
    return excerpt(text, this.#secrets());
  }
}

function toAnswer(wire: WireAnswer): IncomingAnswer {
  const charset = /charset="?([\w-]+)/i.exec(wire.headers['content-type'] ?? '')?.[1] ?? 'utf-8';
  return { status: wire.status, headers: wire.headers, text: decode(wire.body, charset), bytes: wire.body };
}

function decode(body: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset).decode(body);
  } catch (error) {
    // An unknown charset name is a server's slip; the bytes are nearly always UTF-8.
    if (error instanceof RangeError) return new TextDecoder().decode(body);
    throw error;
  }
}
