import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { fetch } from 'undici';
import { CliFault, type ExitName } from './exit-codes.ts';

const timeoutMs = 60_000;
const uploadTimeoutMs = 30 * 60_000;

const exitOf = (status: number): ExitName => {
  if (status === 401 || status === 403) return 'notAllowed';
  if (status === 404) return 'notFound';
  if (status === 409 || status === 422 || status === 429) return 'refused';
  if (status < 500) return 'usage';
  return status === 502 || status === 503 || status === 504 ? 'unreachable' : 'internal';
};

interface Refusal {
  error?: { code?: string; message?: string; remedy?: string; details?: unknown };
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Calls the API. Its refusals become faults with their code, message and remedy. */
export class ApiClient {
  readonly url: string;
  readonly #token: string | null;

  constructor(url: string, token: string | null) {
    this.url = url.replace(/\/+$/, '');
    this.#token = token;
  }

  /** @throws CliFault unreachable when nobody answers. */
  async ask(method: string, path: string, body?: unknown): Promise<Answer> {
    const changes = ['POST', 'PATCH', 'PUT'].includes(method);
    const headers: Record<string, string> = {
      accept: 'application/json',
      ...(this.#token === null ? {} : { authorization: `Bearer ${this.#token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(changes ? { 'idempotency-key': randomUUID() } : {}),
    };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers,
      ...sent,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((cause: unknown) => {
      throw this.#unreachable(cause);
    });
    const text = await response.text();
    return { status: response.status, body: this.#parse(text, response.status) };
  }

  async get<Body>(path: string): Promise<Body> {
    return this.#demand<Body>('GET', path, await this.ask('GET', path));
  }

  async post<Body>(path: string, body: unknown): Promise<Body> {
    return this.#demand<Body>('POST', path, await this.ask('POST', path, body));
  }

  async patch<Body>(path: string, body: unknown): Promise<Body> {
    return this.#demand<Body>('PATCH', path, await this.ask('PATCH', path, body));
  }

  async put<Body>(path: string, body: unknown): Promise<Body> {
    return this.#demand<Body>('PUT', path, await this.ask('PUT', path, body));
  }

  /** Sends a file piece by piece; a large one takes longer than other calls may. */
  async upload<Body>(path: string, file: Readable): Promise<Body> {
    const response = await fetch(`${this.url}${path}`, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': 'application/octet-stream',
        'idempotency-key': randomUUID(),
        ...(this.#token === null ? {} : { authorization: `Bearer ${this.#token}` }),
      },
      body: file,
      duplex: 'half',
      redirect: 'error',
      signal: AbortSignal.timeout(uploadTimeoutMs),
    }).catch((cause: unknown) => {
      throw this.#unreachable(cause);
    });
    const text = await response.text();
    return this.#demand<Body>('POST', path, { status: response.status, body: this.#parse(text, response.status) });
  }

  #demand<Body>(method: string, path: string, { status, body }: Answer): Body {
    if (status >= 200 && status < 300) return body as Body;
    const { code, message, remedy, details } = (body as Refusal).error ?? {};
    throw new CliFault(exitOf(status), message ?? `${method} ${path} was answered with ${status}.`, {
      ...(code === undefined ? {} : { code }),
      ...(remedy === undefined ? {} : { remedy }),
      ...(details === undefined ? {} : { details }),
    });
  }

  #parse(text: string, status: number): unknown {
    try {
      return JSON.parse(text);
    } catch (cause) {
      const fault = new CliFault('unreachable', `${this.url} answered ${status}, but not as Tradelane's API does.`, {
        remedy: 'Check the address: --api-url or TRADELANE_API_URL.',
      });
      fault.cause = cause;
      throw fault;
    }
  }

  #unreachable(cause: unknown): CliFault {
    const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
    const code = reason instanceof Error && 'code' in reason ? ` (${String(reason.code)})` : '';
    const fault = new CliFault('unreachable', `Nobody answers at ${this.url}${code}.`, {
      remedy: 'Start the local world with `npm start`, or name the API with --api-url or TRADELANE_API_URL.',
    });
    fault.cause = cause;
    return fault;
  }
}
