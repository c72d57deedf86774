import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { ConnectorError, type ConnectorErrorKind } from '../connectors/errors.ts';
import { EffectPending, NeedsCheck, NotNow } from '../db/effects.ts';
import { SealBroken } from '../db/sealing.ts';
import { toFailure } from './failures.ts';

const failureOf = (error: unknown): ApplicationFailure => {
  const failure = toFailure(error);
  if (!(failure instanceof ApplicationFailure)) throw new Error(`not an ApplicationFailure: ${failure.name}`);
  return failure;
};

describe('what becomes of an error in a process', () => {
  const kinds: Record<ConnectorErrorKind, boolean> = {
    RateLimited: true,
    Unavailable: true,
    OutcomeUnknown: true,
    Unauthorized: false,
    Rejected: false,
    NotFound: false,
    Duplicate: false,
  };
  it.each(Object.entries(kinds))('%s: tried again = %s', (kind, retried) => {
    const failure = failureOf(new ConnectorError(kind as ConnectorErrorKind, 'orders.list: failed'));
    expect({ type: failure.type, retried: !failure.nonRetryable }).toEqual({ type: kind, retried });
    expect(failure.category === ApplicationFailureCategory.BENIGN).toBe(retried);
  });

  it('waits as long as a throttle asks for', () => {
    const failure = failureOf(new ConnectorError('RateLimited', 'slow down', { retryAfterMs: 7_500 }));
    expect(failure.nextRetryDelay).toBe(7_500);
    expect(failureOf(new EffectPending('push', 'lost', 300)).nextRetryDelay).toBe(300);
  });

  it('keeps bodies, causes and long texts out of what is stored', () => {
    const error = new ConnectorError('Rejected', 'x'.repeat(5_000), {
      status: 400,
      code: 'bad',
      remedy: 'mend it',
      bodyExcerpt: 'Budi Santoso, Jalan Melati 5',
      cause: new Error('Budi Santoso'),
    });
    const failure = failureOf(error);
    expect(failure.message).toHaveLength(500);
    expect(failure.details).toEqual([{ status: 400, code: 'bad', remedy: 'mend it' }]);
    expect(failure.cause).toBeUndefined();
    expect(failureOf(new TypeError('y'.repeat(5_000))).message).toHaveLength(500);
  });

  it.each([
    [new NotNow('not now'), 'NotNow'],
    [new NeedsCheck('check'), 'NeedsCheck'],
    [new SealBroken('connection/1'), 'SealBroken'],
  ])('%s is not tried again', (error, type) => {
    expect(failureOf(error)).toMatchObject({ type, nonRetryable: true });
  });

  it('tries again while the database is away, and after faults of our own', () => {
    for (const code of ['ECONNREFUSED', '57P01', '57P03', '08006']) {
      expect(failureOf(Object.assign(new Error('gone'), { code }))).toMatchObject({
        type: 'DatabaseAway',
        nonRetryable: false,
      });
    }
    expect(failureOf(new TypeError('x'))).toMatchObject({ type: 'TypeError', nonRetryable: false });
    expect(failureOf('a thrown text')).toMatchObject({ type: 'Error', message: 'a thrown text' });
  });

  it('passes Temporal’s own failures on', () => {
    const cancelled = new CancelledFailure('cancelled');
    expect(toFailure(cancelled)).toBe(cancelled);
  });
});
