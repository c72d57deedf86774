import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wakeSignal } from '../client/temporal/queues.ts';
import { nextOrderStep } from '../orders/next-step.ts';
import { startTemporal, type TemporalServer } from '../scripts/servers/temporal.ts';
import { accounts, openNamespace, type RunningBench, type Script, withBench } from '../tests/workflows/bench.ts';
import { away, OrderRow } from '../tests/workflows/order-row.ts';

/** A history of so many events counts as long on this file's own servers; elsewhere it is 4,096. */
const longHistory = 40;
const longerHistory = 400;

const folder = mkdtempSync(join(tmpdir(), 'tradelane-long-histories-'));
let server: TemporalServer;
let client: Client;

/** Each part has a server of its own, with its own idea of what is long. */
function serve(suggestContinueAsNew: number): void {
  beforeAll(async () => {
    const dynamicConfig = {
      'limit.historyCount.suggestContinueAsNew': suggestContinueAsNew,
      // Without this a run that lasted less than a second makes the next one wait.
      'history.workflowIdReuseMinimalInterval': '0s',
    };
    server = await startTemporal({ folder: join(folder, String(suggestContinueAsNew)), uiPort: null, dynamicConfig });
    client = await openNamespace(server.address, 'long-histories');
  });
  afterAll(async () => {
    await client.connection.close();
    await server.stop();
  });
}
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;

interface Run {
  readonly events: number;
  readonly wakes: number;
}

/** Every run of a process, first to last. */
async function runsOf(workflowId: string): Promise<Run[]> {
  const runs: Run[] = [];
  let runId: string | null = (await client.workflow.getHandle(workflowId).describe()).runId;
  while (runId) {
    const history: History = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const events = history.events ?? [];
    const wakes = events.filter((event) => event.workflowExecutionSignaledEventAttributes).length;
    runs.unshift({ events: events.length, wakes });
    runId = events[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? null;
  }
  return runs;
}

const longest = (runs: readonly Run[]): number => Math.max(...runs.map(({ events }) => events));
const wakesIn = (runs: readonly Run[]): number => runs.reduce((sum, { wakes }) => sum + wakes, 0);

/** An order whose readings are remembered: what counts is that the last change was read. */
function watched(row: OrderRow, overrides: Script = {}) {
  const seen = { version: 0 };
  const script = row.script({
    ...overrides,
    readOrder: async () => {
      seen.version = row.view.version;
      return { view: row.view, next: nextOrderStep(row.view) };
    },
  });
  return { seen, script };
}

// Without a cache every task replays the whole history: what holds there holds with one. Orders and the other processes
// are tested with both.
describe('a long history', () => {
  serve(longHistory);
  const run = <Result>(script: Script, work: (bench: RunningBench) => Promise<Result>) =>
    withBench({ address: server.address, client, script, cachedWorkflows: 0 }, work);
  const idOf = (name: string): string => `${name}/1`;

  it('of an order begins anew and loses no wake-up', async () => {
    const row = new OrderRow();
    const { seen, script } = watched(row);
    await run(script, async (bench) => {
      const id = idOf('order');
      const handle = await bench.wake('orderWorkflow', id, [id]);
      let sent = 1;
      // How many events a wake-up makes depends on how many are met at once.
      for (let burst = 0; burst < 16 || (await runsOf(id)).length < 3; burst += 1) {
        const changes = 1 + (burst % 4);
        for (let change = 0; change < changes; change += 1) {
          row.set({});
          await client.workflow.getHandle(id).signal(wakeSignal);
          sent += 1;
        }
        await bench.until('a reading of the last change', () => seen.version === row.view.version);
      }
      // Nothing of the last burst may read the end before its own wake-up is there.
      await bench.until('that nothing is under way', async () => {
        const { raw } = await client.workflow.getHandle(id).describe();
        return (raw.pendingActivities ?? []).length === 0 && !raw.pendingWorkflowTask;
      });
      row.set({ state: 'CANCELLED' });
      await client.workflow.getHandle(id).signal(wakeSignal);
      expect(await handle.result()).toBe('CANCELLED');
      const runs = await runsOf(id);
      expect(runs.length).toBeGreaterThan(2);
      expect(longest(runs)).toBeLessThan(2 * longHistory);
      expect(wakesIn(runs)).toBe(sent + 1);
    });
  });

  it('of an order whose push is in back-off begins anew and goes on with the push', async () => {
    const row = new OrderRow({ state: 'QUEUE' });
    const { seen, script } = watched(row, {
      pushOrder: async () => {
        throw away(60 * 60 * 1000);
      },
    });
    await run(script, async (bench) => {
      const id = idOf('back-off');
      await bench.wake('orderWorkflow', id, [id]);
      for (let change = 0; change < 20 || (await runsOf(id)).length < 3; change += 1) {
        row.set({});
        await client.workflow.getHandle(id).signal(wakeSignal);
        await bench.until('a reading', () => seen.version === row.view.version);
      }
      const runs = await runsOf(id);
      expect(runs.length).toBeGreaterThan(2);
      expect(longest(runs)).toBeLessThan(2 * longHistory);
      await bench.until('the push of the last run', () => bench.names('pushOrder').length >= runs.length);
      await client.workflow.getHandle(id).terminate();
    });
  });

  it('of a catalogue begins anew at its cursor, and no page is read twice', async () => {
    const last = 30;
    const stored = { cursor: null as string | null, pages: [] as number[], finished: 0 };
    const counts = { read: 1, new: 0, changed: 0, unchanged: 1, held: 0, refused: 0 };
    const script: Script = {
      beginImport: async () => ({ runId: 'run', since: null, cursor: stored.cursor }),
      importPage: async ({ cursor }) => {
        const page = Number(cursor ?? 1);
        stored.pages.push(page);
        stored.cursor = page < last ? String(page + 1) : null;
        return { next: stored.cursor, counts, newestChange: null };
      },
      finishImport: async () => {
        stored.finished += 1;
        return { ...counts, listings: 0 };
      },
    };
    await run(script, async (bench) => {
      const id = idOf('catalogue');
      await (await bench.wake('catalogueWorkflow', id, [accounts.store])).result();
      expect(stored.pages).toEqual(Array.from({ length: last }, (_, index) => index + 1));
      expect(stored.finished).toBe(1);
      const runs = await runsOf(id);
      expect(runs.length).toBeGreaterThan(2);
      expect(longest(runs)).toBeLessThan(2 * longHistory);
    });
  });

  it("of a shop's stock begins anew at its last SKU; a wake-up meanwhile has all of it read once more", async () => {
    const last = 30;
    const pages: number[] = [];
    const script: Script = {
      readStoreStock: async (_, after) => {
        const page = Number(after ?? 0) + 1;
        pages.push(page);
        if (pages.length === 2) await client.workflow.getHandle(idOf('stock')).signal(wakeSignal);
        return { next: page < last ? String(page) : null, changed: 1 };
      },
    };
    await run(script, async (bench) => {
      const all = Array.from({ length: last }, (_, index) => index + 1);
      const changed = await (await bench.wake('storeStockWorkflow', idOf('stock'), [accounts.store])).result();
      expect(pages).toEqual([...all, ...all]);
      expect(changed).toBe(2 * last);
      const runs = await runsOf(idOf('stock'));
      expect(runs.length).toBeGreaterThan(2);
      expect(longest(runs)).toBeLessThan(2 * longHistory);
    });
  });

  it('of scans begins anew at its last parcel; a wake-up meanwhile has all of it read once more', async () => {
    const last = 12;
    const pages: number[] = [];
    const script: Script = {
      readTracking: async (_, after) => {
        const page = Number(after ?? 0) + 1;
        pages.push(page);
        if (pages.length === 2) await client.workflow.getHandle(idOf('tracking')).signal(wakeSignal);
        return { next: page < last ? String(page) : null, moved: 1 };
      },
    };
    await run(script, async (bench) => {
      const all = Array.from({ length: last }, (_, index) => index + 1);
      const moved = await (await bench.wake('trackingWorkflow', idOf('tracking'), [accounts.carrier])).result();
      expect(pages).toEqual([...all, ...all]);
      expect(moved).toBe(2 * last);
      const runs = await runsOf(idOf('tracking'));
      expect(runs.length).toBeGreaterThan(1);
      expect(longest(runs)).toBeLessThan(2 * longHistory);
    });
  });

  it('of an incident begins anew amid the stock, which is read once', async () => {
    const last = 30;
    const pages: number[] = [];
    let done = false;
    const view = { number: 'INC-000001', account: 'shop', isStore: true, state: 'RECOVERING', probes: 0 };
    const script: Script = {
      readIncident: async () => ({ view, next: done ? 'none' : 'stock' }),
      readStoreStock: async (_, after) => {
        const page = Number(after ?? 0) + 1;
        pages.push(page);
        return { next: page < last ? String(page) : null, changed: 0 };
      },
      recoveryStepDone: async () => {
        done = true;
      },
    };
    await run(script, async (bench) => {
      const id = idOf('incident');
      await (await bench.wake('outageWorkflow', id, [accounts.store])).result();
      expect(pages).toEqual(Array.from({ length: last }, (_, index) => index + 1));
      const runs = await runsOf(id);
      expect(runs.length).toBeGreaterThan(2);
      expect(longest(runs)).toBeLessThan(2 * longHistory);
    });
  });

  it('of listings begins anew, and each listing is submitted once', async () => {
    let approved = Array.from({ length: 45 }, (_, index) => `listing-${index}`);
    const script: Script = {
      listingsToDo: async () => ({ approved: [...approved], inReview: [] }),
      submitListing: async (id) => {
        approved = approved.filter((other) => other !== id);
        return { outcome: 'submitted' };
      },
    };
    await run(script, async (bench) => {
      const id = idOf('listings');
      await (await bench.wake('listingsWorkflow', id, [accounts.marketplace])).result();
      expect(bench.names('submitListing')).toHaveLength(45);
      expect((await runsOf(id)).length).toBeGreaterThan(2);
    });
  });

  it('of a stream that is woken again and again begins anew', async () => {
    let rounds = 0;
    const script: Script = {
      runDue: async () => {
        rounds += 1;
        if (rounds <= 25) await client.workflow.getHandle(idOf('ticker')).signal(wakeSignal);
        return { closedConsignments: 0, silentCancels: 0, wokenProblems: 0, triedAgain: 0, forgotten: 0 };
      },
    };
    await run(script, async (bench) => {
      const id = idOf('ticker');
      await (await bench.wake('tickerWorkflow', id, [])).result();
      expect(rounds).toBe(26);
      const runs = await runsOf(id);
      expect(runs.length).toBeGreaterThan(2);
      expect(longest(runs)).toBeLessThan(2 * longHistory);
    });
  });
});

describe('five thousand wake-ups', () => {
  const patienceMs = 300_000;
  serve(longerHistory);
  it(
    'leave bounded histories, and the last change is read',
    async () => {
      const row = new OrderRow();
      const { seen, script } = watched(row);
      const bursts = 10;
      const perBurst = 500;
      await withBench({ address: server.address, client, script, cachedWorkflows: 100 }, async (bench) => {
        const id = 'five-thousand';
        await bench.wake('orderWorkflow', id, [id]);
        for (let burst = 0; burst < bursts; burst += 1) {
          let sent = 0;
          const send = async (): Promise<void> => {
            while (sent < perBurst) {
              sent += 1;
              row.set({});
              await client.workflow.getHandle(id).signal(wakeSignal);
            }
          };
          await Promise.all(Array.from({ length: 25 }, send));
          await bench.until('a reading of the last change', () => seen.version === row.view.version, patienceMs);
        }
        // What comes while a task is being worked on joins the history only after it: a moment ago the last may be missing.
        const wakes = bursts * perBurst + 1;
        await bench.until('every wake-up in a history', async () => wakesIn(await runsOf(id)) >= wakes, patienceMs);
        const runs = await runsOf(id);
        expect(wakesIn(runs)).toBe(wakes);
        // While wake-ups pour in a run cannot end: it is as long as a burst. Temporal ends one for good at 51,200 events.
        expect(longest(runs)).toBeLessThan(3 * perBurst);
        expect(runs.length).toBeGreaterThan(bursts / 2);
        await client.workflow.getHandle(id).terminate();
      });
    },
    2 * patienceMs,
  );
});
