import { afterEach, describe, expect, it } from 'vitest';
import { ConnectorError } from '../errors.ts';
import type { TransportTimeouts } from '../transport/index.ts';
import type { CallMatch, ConformanceBench, ConformanceSubject, EffectCase, FullReadCase, Skip } from './subject.ts';

const PAGES_AT_MOST = 100;
/** Short enough for a test, long enough for a simulator on a busy machine. */
const SHORT: Partial<TransportTimeouts> = { firstByteMs: 1_500, callMs: 2_000 };

type Fault = Readonly<Record<string, unknown>> & { readonly kind: string };

/** Registers the shared cases for one connector; called from its `contract.test.ts`. */
export function describeConformance<Bench extends ConformanceBench>(subject: ConformanceSubject<Bench>): void {
  const benches: Bench[] = [];
  const open = async (timeouts: Partial<TransportTimeouts> = {}): Promise<Bench> => {
    const bench = await subject.start({ timeouts });
    benches.push(bench);
    return bench;
  };
  afterEach(async () => {
    for (const bench of benches.splice(0)) await bench.close();
  });
  describe(`conformance of ${subject.name}`, () => {
    describeCredentials(subject, open);
    describeFullRead(subject, open);
    describeIncremental(subject, open);
    describeThrottles(subject, open);
    describeReadFaults(subject, open);
    describeEffect(subject, open);
  });
}

type Open<Bench> = (timeouts?: Partial<TransportTimeouts>) => Promise<Bench>;

function describeCredentials<Bench extends ConformanceBench>(
  { credentials }: ConformanceSubject<Bench>,
  open: Open<Bench>,
): void {
  it('says that good credentials work', async () => {
    const report = await credentials.good(await open());
    expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect([report.ok, report.account !== '']).toEqual([true, true]);
  });
  it('says what is wrong with bad credentials and what to do', async () => {
    const report = await credentials.bad(await open());
    expect(report.ok).toBe(false);
    expect(report.findings.some(({ severity, remedy }) => severity === 'error' && remedy !== '')).toBe(true);
  });
}

function describeFullRead<Bench extends ConformanceBench>(
  { fullRead }: ConformanceSubject<Bench>,
  open: Open<Bench>,
): void {
  caseOf('reads everything exactly once, page by page', fullRead, async (one) => {
    const bench = await open();
    const expected = await one.seed(bench);
    expect((await readAll(one, bench)).toSorted()).toEqual(expected.toSorted());
  });
  caseOf('goes on from any cursor with a connector that remembers nothing', fullRead, async (one) => {
    const bench = await open();
    const expected = await one.seed(bench);
    const first = await one.page(bench, null);
    expect(first.next).not.toBeNull();
    bench.reconnect();
    const rest = await readAll(one, bench, first.next);
    expect([...first.items, ...rest].toSorted()).toEqual(expected.toSorted());
    expect(await readAll(one, bench, first.next)).toEqual(rest);
  });
  caseOf('refuses an absurd cursor, or begins again; it never skips', fullRead, async (one) => {
    const bench = await open();
    const expected = await one.seed(bench);
    for (const cursor of ['nonsense', 'eyJtb2RlIjoiZnVsbCJ9', '-1', '{"page":1e99}', '\u0000']) {
      const outcome = await readAll(one, bench, cursor).catch((error: unknown) => error);
      if (outcome instanceof ConnectorError) expect(outcome.kind).toBe('Rejected');
      else expect(outcome).toEqual(expect.arrayContaining([...expected]));
    }
  });
}

async function readAll<Bench>(one: FullReadCase<Bench>, bench: Bench, from: string | null = null): Promise<string[]> {
  const keys: string[] = [];
  let cursor = from;
  for (let pages = 0; pages < PAGES_AT_MOST; pages += 1) {
    const page = await one.page(bench, cursor);
    keys.push(...page.items);
    if (page.next === null) return keys;
    cursor = page.next;
  }
  throw new Error(`no end after ${PAGES_AT_MOST} pages`);
}

function describeIncremental<Bench extends ConformanceBench>(
  { incremental }: ConformanceSubject<Bench>,
  open: Open<Bench>,
): void {
  caseOf('reads the same changes twice, then one more', incremental, async (one) => {
    const bench = await open();
    const expected = await one.seed(bench);
    const since = await one.before(bench);
    const first = new Set(await one.changedSince(bench, since));
    expect([...first]).toEqual(expect.arrayContaining([...expected]));
    expect(new Set(await one.changedSince(bench, since))).toEqual(first);
    const { at, key } = await one.change(bench);
    const later = await one.changedSince(bench, at);
    expect(later).toContain(key);
    expect(later.length).toBeLessThan(expected.length);
  });
}

function describeThrottles<Bench extends ConformanceBench>(
  { read, throttles, effect }: ConformanceSubject<Bench>,
  open: Open<Bench>,
): void {
  for (const form of ['seconds', 'date', 'absent', 'in-200'] as const) {
    const support = throttles[form];
    const flag = support === true ? { form } : support;
    caseOf(`slows down when told so: ${form}`, flag, async () => {
      const bench = await open();
      await setFault(bench, { kind: 'throttle', retryAfter: form, seconds: 7 }, read.match);
      const error = await failureOf(read.run(bench));
      expect(error.kind).toBe('RateLimited');
      const waitMs = error.details.retryAfterMs ?? 0;
      const isTold = form === 'seconds' || form === 'date';
      expect(waitMs).toBeGreaterThanOrEqual(isTold ? 6_000 : 1);
      if (isTold) expect(waitMs).toBeLessThanOrEqual(8_000);
      expect(await read.run(bench)).toBeDefined();
    });
  }
  caseOf('a write that is told to slow down made nothing', effect, async (one) => {
    const bench = await open();
    await setFault(bench, { kind: 'throttle', retryAfter: 'seconds', seconds: 3 }, one.match);
    expect((await failureOf(one.create(bench, 'throttled-1'))).kind).toBe('RateLimited');
    expect(await one.count(bench, 'throttled-1')).toBe(0);
  });
}

/** A name, the fault, and whether it strikes before or after the call was worked on. */
const faults: readonly { readonly name: string; readonly fault: Fault; readonly processed: boolean }[] = [
  { name: 'status 500', fault: { kind: 'status', status: 500, body: 'broken' }, processed: false },
  { name: 'status 502', fault: { kind: 'html', status: 502 }, processed: false },
  { name: 'status 503', fault: { kind: 'html', status: 503 }, processed: false },
  { name: 'HTML with 200', fault: { kind: 'html', status: 200 }, processed: false },
  { name: 'an empty 200', fault: { kind: 'status', status: 200, body: '' }, processed: false },
  { name: 'a connection dropped before', fault: { kind: 'drop' }, processed: false },
  { name: 'an answer lost after success', fault: { kind: 'lose-answer' }, processed: true },
  { name: 'a cut body', fault: { kind: 'cut', bytes: 12 }, processed: true },
  { name: 'an answer that drips', fault: { kind: 'slow-drip', bytesPerSecond: 5 }, processed: true },
  { name: 'an answer that never begins', fault: { kind: 'hold' }, processed: true },
];

function describeReadFaults<Bench extends ConformanceBench>(
  { read }: ConformanceSubject<Bench>,
  open: Open<Bench>,
): void {
  for (const { name, fault } of faults) {
    it(`a read under ${name} is Unavailable, and works again`, async () => {
      const bench = await open(SHORT);
      const good = await read.run(bench);
      await setFault(bench, fault, read.match);
      expect((await failureOf(read.run(bench))).kind).toBe('Unavailable');
      await healed(bench);
      expect(await read.run(bench)).toEqual(good);
    });
  }
  it('a read whose content type is wrong is read rightly, or not at all', async () => {
    const bench = await open();
    const good = await read.run(bench);
    await setFault(bench, { kind: 'wrong-type' }, read.match);
    const outcome = await read.run(bench).catch((error: unknown) => error);
    if (outcome instanceof ConnectorError) expect(outcome.kind).toBe('Unavailable');
    else expect(outcome).toEqual(good);
  });
}

function describeEffect<Bench extends ConformanceBench>(
  { effect }: ConformanceSubject<Bench>,
  open: Open<Bench>,
): void {
  caseOf('a write that is looked up before it is repeated exists once', effect, async (one) => {
    const bench = await open();
    expect(await one.find(bench, 'once-1')).toBeNull();
    const id = await createOnce(one, bench, 'once-1');
    bench.reconnect();
    expect(await createOnce(one, bench, 'once-1')).toBe(id);
    expect(await one.count(bench, 'once-1')).toBe(1);
    expect(await one.find(bench, 'once-2')).toBeNull();
  });
  for (const { name, fault, processed } of faults) {
    caseOf(`a write under ${name} is OutcomeUnknown, and the look-up tells`, effect, async (one) => {
      const bench = await open(SHORT);
      await setFault(bench, fault, one.match);
      expect((await failureOf(one.create(bench, 'fault-1'))).kind).toBe('OutcomeUnknown');
      await healed(bench);
      expect(await one.count(bench, 'fault-1')).toBe(processed ? 1 : 0);
      const found = await one.find(bench, 'fault-1');
      expect(found === null).toBe(!processed);
      const id = await createOnce(one, bench, 'fault-1');
      expect(await one.count(bench, 'fault-1')).toBe(1);
      if (processed) expect(id).toBe(found);
    });
  }
}

async function createOnce<Bench>(one: EffectCase<Bench>, bench: Bench, reference: string): Promise<string> {
  return (await one.find(bench, reference)) ?? (await one.create(bench, reference));
}

/** Registers a case, or its skip with the reason in its name. */
function caseOf<Case extends object>(name: string, one: Case | Skip, run: (one: Case) => Promise<void>): void {
  if (isSkip(one)) it.skip(`${name} [skipped: ${one.skip}]`, () => undefined);
  else it(name, () => run(one));
}

function isSkip(one: object): one is Skip {
  return 'skip' in one;
}

async function failureOf(promise: Promise<unknown>): Promise<ConnectorError> {
  const outcome = await promise.then(
    (value) => new Error(`it worked: ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  if (outcome instanceof ConnectorError) return outcome;
  throw outcome;
}

async function setFault(bench: ConformanceBench, fault: Fault, match: CallMatch | undefined): Promise<void> {
  await control(bench, 'POST', '/faults', { ...(match === undefined ? {} : { match }), fault });
}

async function healed(bench: ConformanceBench): Promise<void> {
  await control(bench, 'DELETE', '/faults');
  await control(bench, 'POST', '/release');
}

async function control(bench: ConformanceBench, method: string, path: string, body?: unknown): Promise<void> {
  const answer = await fetch(`${bench.simulatorUrl}/__control${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
}
