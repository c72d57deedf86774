import { describe, expect, it } from 'vitest';
import { fromEpoch, gatewayTimestamp, jakartaWallTime } from './times.ts';

describe('times', () => {
  it('writes the request timestamp with milliseconds and an offset without colon', () => {
    expect(gatewayTimestamp(new Date('2022-06-23T04:46:12.201Z'))).toBe('2022-06-23 11:46:12.201+0700');
    expect(gatewayTimestamp(new Date('2022-12-31T18:00:00Z'))).toBe('2023-01-01 01:00:00.000+0700');
  });

  it('rounds the begin of a window down and its end up, so that no order falls between', () => {
    const at = new Date('2022-06-23T16:59:59.400Z');
    expect(jakartaWallTime(at, 'down')).toBe('2022-06-23 23:59:59');
    expect(jakartaWallTime(at, 'up')).toBe('2022-06-24 00:00:00');
  });

  it('reads epoch seconds and milliseconds, and nothing from zero', () => {
    expect(fromEpoch(1_655_959_572_000)?.toISOString()).toBe('2022-06-23T04:46:12.000Z');
    expect(fromEpoch(1_655_959_572)?.toISOString()).toBe('2022-06-23T04:46:12.000Z');
    expect(fromEpoch(0)).toBeNull();
    expect(fromEpoch(Number.MAX_VALUE)).toBeNull();
  });
});
