import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkTraces, readWarnings, type TraceBooks, type Warning } from './l10-traces.ts';
import { LogWriter, whats } from './log.fixture.ts';

const connections = new Map([['jd', { id: 'c1', code: 'jd', kind: 'marketplace' as const, connector: 'jd-id' }]]);
const nothing: TraceBooks = { problems: [], failures: {}, effectEvents: {} };
const dropped = { atMs: 1_000_000, outcome: 'dropped' as const, status: 0, fault: 'drop', operation: 'orders.read' };

function audit(log: LogWriter, books: Partial<TraceBooks> = {}, warnings: Warning[] = []) {
  const sources = [log.source('marketplace', 'jd')];
  return checkTraces({ sources, connections, books: { ...nothing, ...books }, warnings });
}
const found = (...args: Parameters<typeof audit>) => whats(audit(...args).findings);
const broken = () => new LogWriter('jd-id').call(dropped);

describe('L10: traces of faults', () => {
  it('finds a fault that left nothing', () => {
    expect(audit(broken())).toMatchObject({ checked: 1, findings: [{ what: 'a fault without a trace' }] });
  });

  it('takes the same call that succeeded later as its trace, and no other', () => {
    expect(found(broken().call({ operation: 'orders.read' }))).toEqual([]);
    expect(found(broken().call({ operation: 'stock.write' }))).toHaveLength(1);
    expect(found(broken().call({ operation: 'orders.read', status: 500 }))).toHaveLength(1);
    expect(found(new LogWriter('jd-id').call({ operation: 'orders.read' }).call(dropped))).toHaveLength(1);
    const named = new LogWriter('jd-id').call({ ...dropped, correlation: 'a' });
    expect(found(named.call({ operation: 'orders.read', correlation: 'b' }))).toHaveLength(1);
  });

  it('takes a warning in our log: by correlation id, or by account and moment; each for one fault', () => {
    const named = () => new LogWriter('jd-id').call({ ...dropped, correlation: 'a' });
    const byWork = { timeMs: 1_000_030, correlationId: 'a', connectionId: null };
    expect(found(named(), {}, [byWork])).toEqual([]);
    expect(found(named(), {}, [{ ...byWork, correlationId: 'b' }])).toHaveLength(1);
    expect(found(named(), {}, [{ ...byWork, timeMs: 5 }])).toHaveLength(1);
    const byMoment = { timeMs: 1_000_030, correlationId: null, connectionId: 'c1' };
    expect(found(broken(), {}, [byMoment])).toEqual([]);
    expect(found(broken(), {}, [{ ...byMoment, timeMs: 2_000_000 }])).toHaveLength(1);
    expect(found(broken().call({ ...dropped, atMs: 1_000_001 }), {}, [byMoment])).toHaveLength(1);
  });

  it('takes a problem of the account that was seen since, and the account’s last failure', () => {
    const problem = { connection_id: 'c1', correlation_id: null, entity_kind: null, last_seen_at: new Date(1_000_500) };
    expect(found(broken(), { problems: [problem] })).toEqual([]);
    expect(found(broken(), { problems: [{ ...problem, connection_id: 'c2' }] })).toHaveLength(1);
    expect(found(broken(), { problems: [{ ...problem, last_seen_at: new Date(0) }] })).toHaveLength(1);
    expect(found(broken(), { failures: { c1: new Date(1_000_500) } })).toEqual([]);
    expect(found(broken(), { failures: { c1: new Date(0) } })).toHaveLength(1);
  });

  it('takes an entry of the effects ledger for a call that writes, once', () => {
    const lost = { ...dropped, outcome: 'lost' as const, fault: 'lose-answer' };
    const two = () => new LogWriter('jd-id').call(lost).call({ ...lost, atMs: 1_000_001 });
    expect(found(two(), { effectEvents: { c1: 2 } })).toEqual([]);
    expect(found(two(), { effectEvents: { c1: 1 } })).toHaveLength(1);
    const read = new LogWriter('jd-id').call({ ...lost, method: 'GET' });
    expect(found(read, { effectEvents: { c1: 1 } })).toHaveLength(1);
  });

  it('asks for no trace of what did no harm', () => {
    const slow = new LogWriter('jd-id').call({ fault: 'latency' }).call({ fault: 'latency+slow-drip' });
    expect(audit(slow)).toMatchObject({ checked: 0, findings: [], figures: { 'L10.harmless': 2 } });
    expect(found(new LogWriter('jd-id').call({ fault: 'latency+drop', outcome: 'dropped', status: 0 }))).toHaveLength(
      1,
    );
  });
});

describe('warnings of our logs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'audit-log-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are the lines of warning level and above; half-written lines are passed over', async () => {
    const path = join(folder, 'worker.log');
    const lines = [
      { level: 30, time: 1, correlationId: 'info' },
      { level: 40, time: 2, correlationId: 'a', connectionId: 'c1' },
      { level: 50, time: '1970-01-01T00:00:00.003Z', connectionId: 'c2' },
    ];
    writeFileSync(path, `plain text\n${lines.map((line) => JSON.stringify(line)).join('\n')}\n{"level":50,"ti`);
    expect(await readWarnings([path])).toEqual([
      { timeMs: 2, correlationId: 'a', connectionId: 'c1' },
      { timeMs: 3, correlationId: null, connectionId: 'c2' },
    ]);
  });
});
