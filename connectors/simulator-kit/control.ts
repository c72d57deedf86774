import type { IncomingMessage } from 'node:http';
import { type RawAnswer, toRaw } from './answer.ts';
import type { SimulatorClock } from './clock.ts';
import type { SimulatorDefinition } from './definition.ts';
import type { FaultBook } from './faults.ts';
import type { MemoryAndFileLog } from './log.ts';
import type { TokenBucket } from './rate-limit.ts';
import { Router } from './router.ts';
import { shapeError } from './shape.ts';
import { ControlError, type ControlHandler, type RateLimit } from './types.ts';
import type { VendorCalls } from './vendor-calls.ts';

/** Where the project's own controls of a simulator are; vendor paths never begin so. */
export const CONTROL_PREFIX = '/__control';

/** What the common controls turn. */
export interface ControlParts {
  name: string;
  definition: SimulatorDefinition;
  clock: SimulatorClock;
  log: MemoryAndFileLog;
  faults: FaultBook;
  bucket: TokenBucket;
  calls: VendorCalls;
  changed(): void;
  reset(): Promise<void>;
}

/** The controls that every simulator has. */
export function commonControls(parts: ControlParts): Router<ControlHandler> {
  const { definition, clock, log, faults, bucket, calls } = parts;
  const pending = () => definition.pending?.() ?? 0;
  const router = new Router<ControlHandler>()
    .on('GET', '/health', 'health', () => ({ name: parts.name, now: clock.now().toISOString(), pending: pending() }))
    .on('GET', '/pending', 'pending', () => ({ pending: pending() }))
    .on('POST', '/clock', 'clock', async ({ body }) => {
      clock.set(wantedTime(body));
      parts.changed();
      await definition.onClock?.(clock.now());
      return { now: clock.now().toISOString(), pending: pending() };
    })
    .on('GET', '/log', 'log', ({ query }) => log.after(Number(query.get('after') ?? 0)))
    .on('GET', '/state', 'state', () => definition.state())
    .on('POST', '/reset', 'reset', async () => {
      await parts.reset();
      return { reset: true };
    })
    .on('GET', '/limits', 'limits', () => shownLimit(bucket.limit))
    .on('POST', '/limits', 'set limits', ({ body }) => {
      bucket.limit = wantedLimit(body);
      parts.changed();
      return shownLimit(bucket.limit);
    })
    .on('POST', '/release', 'release', () => ({ released: calls.release() }));
  return router
    .on('POST', '/faults', 'set fault', ({ body }) => ({ id: faults.add(body).id }))
    .on('GET', '/faults', 'faults', () => faults.list())
    .on('DELETE', '/faults', 'clear faults', () => {
      faults.clear();
      return { removed: true };
    })
    .on('DELETE', '/faults/:id', 'remove fault', ({ params }) => ({ removed: faults.remove(params.id ?? '') }));
}

/** Serves a control call: JSON in, JSON out, errors as `{"error"}`. Only callers on this machine are served. */
export async function serveControl(
  routers: ReadonlyArray<Router<ControlHandler>>,
  message: IncomingMessage,
  path: string,
  query: URLSearchParams,
  body: Buffer,
): Promise<RawAnswer> {
  try {
    if (!isLoopback(message.socket.remoteAddress)) throw new ControlError(403, 'controls are for this machine only');
    const inner = path.slice(CONTROL_PREFIX.length);
    for (const router of routers) {
      const match = router.find(message.method ?? 'GET', inner);
      if (match === undefined) continue;
      const result = await match.route.handler({ params: match.params, query, body: parseBody(body) });
      return toRaw({ status: 200, body: Buffer.from(JSON.stringify(result ?? null)), headers: JSON_HEADERS });
    }
    throw new ControlError(404, `no control ${message.method} ${path}`);
  } catch (error) {
    const status = error instanceof ControlError ? error.status : 500;
    return toRaw({ status, body: { error: error instanceof Error ? error.message : String(error) } });
  }
}

const JSON_HEADERS = { 'content-type': 'application/json; charset=UTF-8' };

function parseBody(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new ControlError(400, error instanceof Error ? error.message : String(error));
  }
}

function wantedTime(body: unknown): Date | null {
  const now = typeof body === 'object' && body !== null && 'now' in body ? body.now : undefined;
  if (now === null) return null;
  const time = typeof now === 'string' ? new Date(now) : new Date(Number.NaN);
  if (Number.isNaN(time.getTime())) throw new ControlError(400, 'now must be an ISO 8601 time or null');
  return time;
}

function wantedLimit(body: unknown): RateLimit | null {
  const problem = shapeError('body', body, { perSecond: 'any', burst: 'any' });
  if (problem !== null) throw new ControlError(400, problem);
  const { perSecond, burst } = body as { perSecond: unknown; burst: unknown };
  if (perSecond === null && burst === null) return null;
  if (typeof perSecond !== 'number' || typeof burst !== 'number' || perSecond <= 0 || burst < 1) {
    throw new ControlError(400, 'perSecond must be above 0 and burst at least 1, or both null');
  }
  return { perSecond, burst };
}

function shownLimit(limit: RateLimit | null): { perSecond: number | null; burst: number | null } {
  return limit ?? { perSecond: null, burst: null };
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(address);
}
