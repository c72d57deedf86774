import { describe, expect, it } from 'vitest';
import { busiestSecond, checkRates, fewestRetries } from './l8-rates.ts';
import { LogWriter, whats } from './log.fixture.ts';

const limits = { perSecond: 10, burst: 5 };
// What a second may hold: burst, refill and the uncertainty of the stamps.
const most = 16;

function audit(log: LogWriter, permitted: { perSecond: number; burst: number } | null = limits) {
  return checkRates({ sources: [log.source('marketplace', 'jd', permitted)] });
}
const found = (log: LogWriter) => whats(audit(log).findings);

const spread = (count: number, everyMs: number) => {
  const log = new LogWriter('jd-id');
  for (let n = 0; n < count; n += 1) log.call({ atMs: 1000 + n * everyMs });
  return log;
};

describe('L8: rates', () => {
  it('finds nothing in as many calls as a second permits, wherever the second begins', () => {
    expect(audit(spread(most, 10))).toMatchObject({ checked: most, findings: [] });
    expect(found(spread(100, 100))).toEqual([]);
  });

  it('finds one call too many, also across two clock seconds', () => {
    expect(found(spread(most + 1, 10))).toEqual(['more calls in a second than permitted']);
    const log = new LogWriter('jd-id');
    for (let n = 0; n <= most; n += 1) log.call({ atMs: 1950 + n * 5 });
    expect(found(log)).toEqual(['more calls in a second than permitted']);
    expect(busiestSecond([])).toEqual({ count: 0, endMs: 0 });
  });

  it('goes by the rate it is told, and says when there is none', () => {
    const log = spread(most + 1, 10);
    const sources = [log.source('marketplace', 'jd', limits)];
    expect(checkRates({ sources, permitted: { 'jd-id': { perSecond: 100, burst: 1 } } }).findings).toEqual([]);
    expect(audit(log, null)).toMatchObject({ findings: [], note: 'jd-id permits any rate' });
  });

  it('finds a call in the silence that was asked for, and excepts those under way', () => {
    const throttled = () => new LogWriter('jd-id').call({ atMs: 1000, outcome: 'throttled', retryAfterSeconds: 3 });
    expect(found(throttled().call({ atMs: 1100 }).call({ atMs: 4001 }))).toEqual([]);
    expect(found(throttled().call({ atMs: 3900 }))).toEqual(['calls in a silence that was asked for']);
  });

  it('knows that the simulators’ own limit asks for a second at least, and what it cannot know', () => {
    const own = new LogWriter('jd-id').call({ atMs: 1000, outcome: 'throttled', status: 429 }).call({ atMs: 1600 });
    expect(found(own)).toEqual(['calls in a silence that was asked for']);
    const injected = new LogWriter('jd-id')
      .call({ atMs: 1000, outcome: 'throttled', fault: 'throttle' })
      .call({ atMs: 1600 });
    expect(audit(injected)).toMatchObject({ findings: [], note: expect.stringContaining('do not say for how long') });
  });

  it('finds a storm of retries, told apart by correlation id', () => {
    const attempts = (failures: number) => {
      const log = new LogWriter('jd-id');
      for (let n = 0; n < failures; n += 1)
        log.call({ atMs: 1000 + n * 2000, outcome: 'dropped', status: 0, correlation: 'a' });
      return log.call({ atMs: 1000 + failures * 2000, correlation: 'a' });
    };
    expect(audit(attempts(1)).figures).toMatchObject({ 'L8.jd-id.retriesPerFirst': 1 });
    expect(found(attempts(fewestRetries - 1))).toEqual([]);
    expect(found(attempts(fewestRetries))).toEqual(['a storm of retries']);
    const different = new LogWriter('jd-id');
    for (let n = 0; n < 2 * fewestRetries; n += 1)
      different.call({ atMs: 1000 + n * 2000, outcome: 'lost', status: 200, correlation: `c${n}` });
    expect(found(different)).toEqual([]);
  });

  it('does not take calls that an injected latency bunched for a burst', () => {
    const log = new LogWriter('jd-id');
    for (let n = 0; n <= most; n += 1) log.call({ atMs: 1000 + n, fault: 'latency' });
    expect(found(log)).toEqual([]);
  });
});
