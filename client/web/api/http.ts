/** A refusal in the API's own form; `code` is stable, `message` and `remedy` are sentences for people. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  readonly remedy: string | null;
  readonly details: unknown;

  constructor(status: number, code: string, message: string, remedy: string | null, details: unknown) {
    super(message);
    this.status = status;
    this.code = code;
    this.remedy = remedy;
    this.details = details;
  }
}

export interface RequestOptions {
  body?: unknown;
  /** Names one intent of a person: the same key sent again gets the first answer, never a second effect. */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

const retryDelaysMs = [400, 1_200] as const;

/** A random key for one intent. `crypto.randomUUID` exists on secure origins only; this works on plain http too. */
export function newIntentKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Calls the API. Throws `ApiError` for its refusals and for anything that is no JSON of ours. */
export async function call<Answer>(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  if (options.idempotencyKey) headers['idempotency-key'] = options.idempotencyKey;
  const init: RequestInit = { method, headers, credentials: 'same-origin' };
  if (options.body !== undefined) init.body = JSON.stringify(options.body);
  if (options.signal) init.signal = options.signal;
  const response = await send(path, init);
  if (response.status === 204) return undefined as Answer;
  const text = await response.text();
  if (!response.ok) throw refusal(response.status, text);
  try {
    return JSON.parse(text) as Answer;
  } catch (cause) {
    throw new ApiError(response.status, 'NotJson', `The server answered with something that is no JSON.`, null, cause);
  }
}

/**
 * A command with an intent key. A lost connection or 503 is tried again under the same key, which is harmless: the
 * server answers a key that it has seen with its first answer.
 */
export async function command<Answer>(method: string, path: string, body: unknown): Promise<Answer> {
  const idempotencyKey = newIntentKey();
  for (const delayMs of retryDelaysMs) {
    try {
      return await call<Answer>(method, path, { body, idempotencyKey });
    } catch (error) {
      if (!(error instanceof ApiError) || (error.status !== 0 && error.status !== 503)) throw error;
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
  }
  return call<Answer>(method, path, { body, idempotencyKey });
}

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new ApiError(0, 'Unreachable', 'The server cannot be reached.', 'Check that Tradelane is running.', cause);
  }
}

function refusal(status: number, text: string): ApiError {
  const fallback = new ApiError(status, `Http${status}`, `The server answered with status ${status}.`, null, null);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return fallback;
  }
  if (typeof parsed !== 'object' || parsed === null || !('error' in parsed)) return fallback;
  const error = parsed.error as { code?: string; message?: string; remedy?: string; details?: unknown };
  return new ApiError(
    status,
    error.code ?? `Http${status}`,
    error.message ?? fallback.message,
    error.remedy ?? null,
    error.details ?? null,
  );
}

/** A path with those query parameters that have a value. */
export function withQuery(path: string, query: Record<string, string | number | null | undefined>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') params.set(name, String(value));
  }
  const text = params.toString();
  return text === '' ? path : `${path}?${text}`;
}
