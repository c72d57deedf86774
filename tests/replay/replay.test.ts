import { DefaultLogger, type ReplayWorkerOptions, Runtime, Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import * as workflows from '../../workflows/index.ts';
import { bundle } from '../workflows/bench.ts';
import { type RecordedEvent, type RecordedHistory, readHistories, textsOf } from './recorded.ts';

const histories = readHistories();
let options: ReplayWorkerOptions;

beforeAll(async () => {
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => undefined),
    telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } },
  });
  options = { workflowBundle: await bundle() };
});

/** Replays them all with one worker; name → the error, or null. */
async function replay(
  all: readonly { name: string; recorded: RecordedHistory }[],
): Promise<Map<string, string | null>> {
  const results = new Map<string, string | null>();
  const named = all.map(({ name, recorded }) => ({ workflowId: name, history: recorded.history }));
  for await (const { workflowId, error } of Worker.runReplayHistories(options, named)) {
    results.set(workflowId, error ? error.name : null);
  }
  return results;
}

const typeOf = ({ history }: RecordedHistory): string =>
  history.events[0]?.workflowExecutionStartedEventAttributes?.workflowType.name ?? '';

describe('recorded processes', () => {
  it('are there for every workflow type, also some that ended badly', () => {
    const types = new Set(histories.map(({ recorded }) => typeOf(recorded)));
    // These are over after one activity: there is nothing in their order of steps that a change could break.
    const oneStep = ['fetchOrderWorkflow', 'mailWorkflow', 'scheduledWorkflow', 'shipmentWorkflow', 'webhooksWorkflow'];
    const wanted = Object.keys(workflows).filter((type) => !oneStep.includes(type));
    expect([...types].sort()).toEqual(expect.arrayContaining(wanted.sort()));
    const statuses = new Set(histories.map(({ recorded }) => recorded.status));
    expect([...statuses]).toEqual(expect.arrayContaining(['COMPLETED', 'CANCELLED', 'FAILED']));
  });

  it('replay with the present code', async () => {
    const results = await replay(histories);
    const wanted = histories.map(({ name }) => [name, null]);
    expect([...results].sort()).toEqual(wanted);
  });

  it('hold ids and no personal data, secrets, paths or machine names', () => {
    for (const { name, recorded } of histories) {
      for (const text of textsOf(recorded)) {
        expect(text, name).not.toMatch(/@(?!tradelane)[a-z][\w-]*\.[a-z]+/i);
        expect(text, name).not.toMatch(/\+62\d{6}|Jalan |\bJl\. /);
        expect(text, name).not.toMatch(/\/(work|home|root|Users|tmp)\//);
        expect(text, name).not.toMatch(/node_modules|file:\/\//);
      }
    }
  });
});

/** A copy in which the first activity of that name has another one. */
function altered(recorded: RecordedHistory, change: (event: RecordedEvent) => boolean): RecordedHistory {
  const copy: RecordedHistory = structuredClone(recorded);
  if (!copy.history.events.some(change)) throw new Error('nothing was altered');
  return copy;
}

describe('altered histories', () => {
  const order = histories.find(({ recorded }) => JSON.stringify(recorded).includes('"pushOrder"'));

  it('fail, because the process would do something else', async () => {
    if (!order) throw new Error('there is no recorded order');
    const another = altered(order.recorded, ({ activityTaskScheduledEventAttributes: scheduled }) => {
      if (scheduled?.activityType.name !== 'pushOrder') return false;
      scheduled.activityType.name = 'cancelInShop';
      return true;
    });
    const results = await replay([
      { name: 'another activity', recorded: another },
      { name: 'as it was', recorded: order.recorded },
    ]);
    expect(Object.fromEntries(results)).toEqual({ 'another activity': 'DeterminismViolationError', 'as it was': null });
  });

  it('fail when they come from a process of another type', async () => {
    if (!order) throw new Error('there is no recorded order');
    const another = altered(order.recorded, ({ workflowExecutionStartedEventAttributes: started }) => {
      if (!started) return false;
      started.workflowType.name = 'consignmentWorkflow';
      return true;
    });
    const results = await replay([{ name: 'another type', recorded: another }]);
    expect(results.get('another type')).toBe('DeterminismViolationError');
  });
});
