import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { activityPlace, CorrelationInterceptor } from './scope.ts';

/** What was told with the heartbeats of an activity that does `work`, after an attempt that had kept `before`. */
async function beatsOf(before: unknown, work: () => Promise<unknown>): Promise<unknown[]> {
  const environment = new MockActivityEnvironment({ heartbeatDetails: before });
  const beats: unknown[] = [];
  environment.on('heartbeat', (details: unknown) => beats.push(details));
  await environment.run(() => new CorrelationInterceptor().execute({ args: [], headers: {} }, work));
  return beats;
}

describe('the place of a long activity', () => {
  afterEach(() => void vi.useRealTimers());

  it('is told with every heartbeat until another one is kept', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const read: unknown[] = [];
    const beats = await beatsOf({ after: 'a' }, async () => {
      read.push(activityPlace.read());
      vi.advanceTimersToNextTimer();
      activityPlace.keep({ after: 'b' });
      read.push(activityPlace.read());
      vi.advanceTimersToNextTimer();
    });
    expect(read).toEqual([{ after: 'a' }, { after: 'b' }]);
    expect(beats).toEqual([{ after: 'a' }, { after: 'b' }, { after: 'b' }]);
  });

  it('is none outside of activities and in a first attempt', async () => {
    expect(activityPlace.read()).toBeNull();
    activityPlace.keep('nowhere');
    let read: unknown = 'not asked';
    await beatsOf(undefined, async () => {
      read = activityPlace.read();
    });
    expect(read).toBeNull();
  });
});
