import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startCounter } from './example.fixture.ts';
import type { CallEntry, Fault, FaultRule, LogLine, RunningSimulator } from './types.ts';

let simulator: RunningSimulator;
beforeEach(async () => {
  simulator = await startCounter({ now: () => new Date('2026-11-21T00:00:00Z') });
});
afterEach(() => simulator.close());

async function control(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  const response = await fetch(`${simulator.url}/__control${path}`, init);
  return { status: response.status, body: await response.json() };
}
const setFault = (fault: Fault, rule: Omit<FaultRule, 'fault'> = {}) => control('POST', '/faults', { ...rule, fault });
const raise = (headers: Record<string, string> = {}) => fetch(`${simulator.url}/count`, { method: 'POST', headers });
const read = async () => (await (await fetch(`${simulator.url}/count`)).json()) as { count: number };
const calls = () => simulator.log.lines.filter((line): line is LogLine & { kind: 'call' } => line.kind === 'call');
function lastCall(): CallEntry {
  const line = calls().at(-1);
  if (line === undefined) throw new Error('no call was logged');
  return line;
}

describe('a call without faults', () => {
  it('reaches the handler with its query in order and is logged with its correlation', async () => {
    const response = await fetch(`${simulator.url}/count?b=1&a=x%20y&b=2`, { headers: { 'x-correlation-id': 'c-1' } });
    expect(response.headers.get('content-type')).toContain('application/json');
    expect(await response.json()).toMatchObject({
      count: 0,
      query: [
        ['b', '1'],
        ['a', 'x y'],
        ['b', '2'],
      ],
    });
    expect(lastCall()).toMatchObject({
      sim: 'counter',
      at: '2026-11-21T00:00:00.000Z',
      method: 'GET',
      path: '/count',
      operation: 'read:count',
      status: 200,
      outcome: 'answered',
      requestId: 'r0',
      correlation: 'c-1',
    });
  });

  it('answers 500 and logs the text when the handler throws', async () => {
    expect((await fetch(`${simulator.url}/broken`)).status).toBe(500);
    expect(lastCall()).toMatchObject({ status: 500, summary: 'simulator error: Error: a bug' });
  });

  it('gives the same made-up values for the same seed', async () => {
    const draw = async () => ((await (await fetch(`${simulator.url}/count`)).json()) as { draw: number }).draw;
    const first = await draw();
    expect(await draw()).not.toBe(first);
    await control('POST', '/reset');
    expect(await draw()).toBe(first);
  });
});

describe('faults that are not processed', () => {
  it('status: answers as told', async () => {
    await setFault({ kind: 'status', status: 503, body: { why: 'down' }, headers: { 'x-a': 'b' } });
    const response = await raise();
    expect([response.status, response.headers.get('x-a'), await response.json()]).toEqual([503, 'b', { why: 'down' }]);
    expect(lastCall()).toMatchObject({ fault: 'status', status: 503, outcome: 'answered' });
    expect(await read()).toMatchObject({ count: 0 });
  });

  it('html: answers a page, also with 200', async () => {
    await setFault({ kind: 'html', status: 200 });
    const response = await raise();
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(await response.text()).toContain('<html>');
    expect(await read()).toMatchObject({ count: 0 });
  });

  it.each([
    ['seconds', 429, /^7$/],
    ['date', 429, /GMT$/],
    ['absent', 429, null],
    ['in-200', 200, null],
  ] as const)('throttle: Retry-After %s', async (retryAfter, status, header) => {
    await setFault({ kind: 'throttle', retryAfter, seconds: 7 });
    const response = await raise();
    expect(response.status).toBe(status);
    if (header === null) expect(response.headers.get('retry-after')).toBeNull();
    else expect(response.headers.get('retry-after')).toMatch(header);
    expect(await response.json()).toEqual(retryAfter === 'in-200' ? { error: 'busy', wait: 7 } : { error: 'busy' });
    expect(lastCall()).toMatchObject({ outcome: 'throttled', fault: 'throttle' });
  });

  it('drop: resets the connection before processing', async () => {
    await setFault({ kind: 'drop' });
    await expect(raise()).rejects.toThrow();
    expect(lastCall()).toMatchObject({ outcome: 'dropped', fault: 'drop' });
    expect(await read()).toMatchObject({ count: 0 });
  });
});

describe('faults after processing', () => {
  it('lose-answer: committed, then reset', async () => {
    await setFault({ kind: 'lose-answer' });
    await expect(raise()).rejects.toThrow();
    expect(lastCall()).toMatchObject({ outcome: 'lost', status: 201, fault: 'lose-answer' });
    expect(await read()).toMatchObject({ count: 1 });
  });

  it('cut: full length announced, body incomplete', async () => {
    await setFault({ kind: 'cut', bytes: 5 });
    const response = await raise();
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(5);
    await expect(response.text()).rejects.toThrow();
    expect(lastCall()).toMatchObject({ outcome: 'cut' });
    expect(await read()).toMatchObject({ count: 1 });
  });

  it('slow-drip: the whole body in pieces', async () => {
    await setFault({ kind: 'slow-drip', bytesPerSecond: 200 });
    const response = await raise();
    const pieces: Uint8Array[] = [];
    for await (const piece of response.body ?? []) pieces.push(piece);
    expect(pieces.length).toBeGreaterThan(1);
    expect(JSON.parse(Buffer.concat(pieces).toString())).toMatchObject({ count: 1 });
  });

  it('wrong-type: JSON as text/plain', async () => {
    await setFault({ kind: 'wrong-type' });
    const response = await raise();
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(await response.json()).toMatchObject({ count: 1 });
  });

  it('hold: committed, answered only after release', async () => {
    await setFault({ kind: 'hold' });
    let answered = false;
    const held = raise().then((response) => {
      answered = true;
      return response.status;
    });
    while (calls().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await read()).toMatchObject({ count: 1 });
    expect([answered, calls()[0]?.outcome]).toEqual([false, 'held']);
    expect((await control('POST', '/release')).body).toEqual({ released: 1 });
    expect(await held).toBe(201);
  });

  it('stale: the handler is told', async () => {
    await raise();
    await setFault({ kind: 'stale' });
    expect(await read()).toMatchObject({ count: 0 });
    expect(await read()).toMatchObject({ count: 1 });
  });

  it('latency: waits, is processed, and goes together with another fault', async () => {
    await setFault({ kind: 'latency', ms: 30 });
    await setFault({ kind: 'lose-answer' });
    await expect(raise()).rejects.toThrow();
    expect(lastCall()).toMatchObject({ fault: 'latency+lose-answer', outcome: 'lost' });
    expect(await read()).toMatchObject({ count: 1 });
  });
});

describe('which calls a fault hits', () => {
  const statuses = async (n: number) => {
    const seen: number[] = [];
    for (let index = 0; index < n; index += 1) seen.push((await raise()).status);
    return seen;
  };

  it('fires once by default, later with skip, until removed with times 0', async () => {
    await setFault({ kind: 'status', status: 500 }, { skip: 1 });
    expect(await statuses(3)).toEqual([201, 500, 201]);
    const { body } = await setFault({ kind: 'status', status: 502 }, { times: 0 });
    expect(await statuses(3)).toEqual([502, 502, 502]);
    expect((await control('GET', '/faults')).body).toMatchObject([{ id: (body as { id: string }).id, fired: 3 }]);
    await control('DELETE', `/faults/${(body as { id: string }).id}`);
    expect(await statuses(1)).toEqual([201]);
  });

  it('matches method, path and operation', async () => {
    const fault = { kind: 'status', status: 500 } as const;
    await setFault(fault, { match: { method: 'GET' }, times: 0 });
    await setFault(fault, { match: { path: '^/other' }, times: 0 });
    await setFault(fault, { match: { operation: '^read:' }, times: 0 });
    expect(await statuses(1)).toEqual([201]);
    await setFault(fault, { match: { method: 'post', path: 'count$', operation: 'raise' } });
    expect(await statuses(1)).toEqual([500]);
    await control('DELETE', '/faults');
    expect((await control('GET', '/faults')).body).toEqual([]);
  });

  it('draws from the seed when a probability is given', async () => {
    const round = async () => {
      await control('POST', '/reset');
      await setFault({ kind: 'status', status: 500 }, { times: 0, probability: 0.5 });
      return statuses(12);
    };
    const first = await round();
    expect(new Set(first)).toEqual(new Set([201, 500]));
    expect(await round()).toEqual(first);
  });

  it.each([
    [{ fault: { kind: 'nonsense' } }, 'fault.kind must be one of'],
    [{ fault: { kind: 'latency' } }, 'fault.ms is missing'],
    [{ fault: { kind: 'drop' }, match: { path: '(' } }, 'regular expression'],
    [{ fault: { kind: 'drop' }, often: 2 }, 'body.often is unknown'],
    ['drop', 'body must be a JSON object'],
  ])('refuses %j', async (rule, message) => {
    const answer = await control('POST', '/faults', rule);
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain(message);
  });
});

describe('control surface', () => {
  it('turns away calls above the limit with the vendor answer, but no control calls', async () => {
    await control('POST', '/limits', { perSecond: 0.01, burst: 2 });
    expect((await control('GET', '/limits')).body).toEqual({ perSecond: 0.01, burst: 2 });
    const seen = [await raise(), await raise(), await raise()];
    expect(seen.map((response) => response.status)).toEqual([201, 201, 429]);
    expect(Number(seen[2]?.headers.get('retry-after'))).toBeGreaterThan(1);
    expect(lastCall()).toMatchObject({ outcome: 'throttled', status: 429 });
    await control('POST', '/limits', { perSecond: null, burst: null });
    expect((await raise()).status).toBe(201);
  });

  it('sets virtual time, does what is due and counts what is pending', async () => {
    await control('POST', `/due/${encodeURIComponent('2026-12-01T00:00:00Z')}`);
    expect((await control('GET', '/pending')).body).toEqual({ pending: 0 });
    expect((await control('POST', '/clock', { now: '2026-12-01T00:00:00Z' })).body).toMatchObject({ pending: 0 });
    expect((await control('GET', '/health')).body).toEqual({
      name: 'counter',
      now: '2026-12-01T00:00:00.000Z',
      pending: 0,
    });
    expect(await read()).toMatchObject({ count: 1 });
    expect((await control('POST', '/clock', { now: null })).body).toMatchObject({ now: '2026-11-21T00:00:00.000Z' });
    expect((await control('POST', '/clock', { now: 'soon' })).status).toBe(400);
  });

  it('hands out the log after a number, and the state', async () => {
    await raise();
    await raise();
    const all = (await control('GET', '/log')).body as LogLine[];
    expect(all.map((line) => [line.seq, line.kind])).toEqual([
      [1, 'fact'],
      [2, 'call'],
      [3, 'fact'],
      [4, 'call'],
    ]);
    expect((await control('GET', '/log?after=3')).body).toEqual(all.slice(3));
    expect((await control('GET', '/state')).body).toEqual({ count: 2 });
    await control('POST', '/reset');
    expect((await control('GET', '/state')).body).toEqual({ count: 0 });
    expect((await control('GET', '/log?after=4')).body).toMatchObject([{ seq: 5, fact: 'reset' }]);
    expect((await control('GET', '/nothing')).status).toBe(404);
  });
});

describe('files', () => {
  it('comes back as it was, and goes on with the log', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'simulator-kit-'));
    const files = { stateFile: join(folder, 'state.json'), logFile: join(folder, 'log.jsonl') };
    const first = await startCounter(files);
    await fetch(`${first.url}/__control/clock`, { method: 'POST', body: '{"now":"2027-01-01T00:00:00Z"}' });
    await fetch(`${first.url}/count`, { method: 'POST' });
    while ((await readFile(files.stateFile, 'utf8').catch(() => '')).includes('"simulator":1') === false) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await first.close();
    const second = await startCounter(files);
    try {
      expect(await (await fetch(`${second.url}/__control/health`)).json()).toMatchObject({
        now: '2027-01-01T00:00:00.000Z',
      });
      expect(await (await fetch(`${second.url}/count`)).json()).toMatchObject({ count: 1 });
      expect(second.log.lines.map((line) => line.seq)).toEqual([1, 2, 3]);
      const written = (await readFile(files.logFile, 'utf8')).trimEnd().split('\n');
      expect(written.map((line) => JSON.parse(line))).toEqual(second.log.lines);
    } finally {
      await second.close();
    }
  });
});
