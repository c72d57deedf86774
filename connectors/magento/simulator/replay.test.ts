import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningSimulator } from '../../simulator-kit/index.ts';
import { startMagentoSimulator } from './index.ts';
import { differencesOf, type Exchange, hasRecordings, normalised, recordedExchanges } from './recordings.fixture.ts';

/** Differences on purpose: the paths whose inside isn't compared, by file number, and why. */
const DIFFERENCES: Readonly<Record<string, { reason: string; free: RegExp }>> = {
  '003': { reason: 'a token, and the recording hides it', free: /^$/ },
  '008': { reason: "addresses of the shop's own place", free: /url$/ },
  '011': { reason: 'only modules are named whose calls are simulated', free: /^$/ },
  '014': { reason: 'a number of an inner table', free: /^$/ },
  '061': { reason: 'a random id', free: /^$/ },
};

const admin = { username: 'admin', password: 'right-password-1' };

if (!hasRecordings) {
  process.stderr.write('replay of recorded Magento exchanges skipped: no recordings beside the repository\n');
}

describe.skipIf(!hasRecordings)('recorded exchanges with a real shop', () => {
  let simulator: RunningSimulator;
  let token = '';
  /** Recorded random ids → the simulator's. */
  const ids = new Map<string, string>();
  beforeAll(async () => {
    simulator = await startMagentoSimulator(admin);
  });
  afterAll(() => simulator.close());

  function translated(text: string): string {
    let result = text;
    for (const [recorded, own] of ids) result = result.replaceAll(recorded, own);
    return result;
  }

  function bodyOf({ name, request }: Exchange): string | undefined {
    if (name === 'token-bad-password') return JSON.stringify({ ...admin, password: 'wrong' });
    if (name === 'token-missing-field') return JSON.stringify({ username: admin.username });
    if (name === 'token') return JSON.stringify(admin);
    if (request.body === undefined) return undefined;
    return translated(typeof request.body === 'string' ? request.body : JSON.stringify(request.body));
  }

  async function send(exchange: Exchange): Promise<{ status: number; type: string | null; body: unknown }> {
    const { method, path, query } = exchange.request;
    const url = new URL(`${simulator.url}${translated(path)}`);
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, String(value));
    const credential = exchange.name === 'bad-bearer' ? 'nobody' : exchange.name === 'no-credentials' ? '' : token;
    const body = bodyOf(exchange);
    const answer = await fetch(url, {
      method,
      headers: {
        ...(credential === '' ? {} : { authorization: `Bearer ${credential}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
    });
    return { status: answer.status, type: answer.headers.get('content-type'), body: JSON.parse(await answer.text()) };
  }

  it.each(hasRecordings ? recordedExchanges() : [])('$file', async (exchange) => {
    const { response } = exchange;
    // The consumer of the real shop had worked between the two looks at the bulk.
    if (exchange.name === 'bulk-status-done') await fetch(`${simulator.url}/__control/run-cron`, { method: 'POST' });
    const answer = await send(exchange);
    learn(exchange, answer.body);
    const free = DIFFERENCES[exchange.file.slice(0, 3)]?.free;
    const isFree = (path: string) => free?.test(path) === true;
    expect(answer.status).toBe(response.status);
    expect(answer.type).toBe(response.headers['content-type']);
    expect(differencesOf(normalised(response.body), normalised(answer.body), isFree)).toEqual([]);
  });

  function learn({ name, response }: Exchange, own: unknown): void {
    if (name === 'token') token = String(own);
    if (name === 'guest-cart') ids.set(String(response.body), String(own));
    if (name === 'bulk-products') ids.set(uuidOf(response.body), uuidOf(own));
  }
});

function uuidOf(body: unknown): string {
  if (typeof body === 'object' && body !== null && 'bulk_uuid' in body) return String(body.bulk_uuid);
  throw new Error('no bulk in the answer');
}
