import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { wakeSignal } from '../client/temporal/queues.ts';
import { ConnectorError } from '../connectors/errors.ts';
import { accounts, Gate, openNamespace, type RunningBench, type Script, withBench } from '../tests/workflows/bench.ts';

const address = inject('temporalAddress');
let client: Client;
let serial = 0;
const newId = (): string => `stream/${++serial}`;

beforeAll(async () => {
  client = await openNamespace(address, `streams-${process.pid}`);
});
afterAll(() => client.connection.close());

const noCounts = { read: 0, new: 0, changed: 0, unchanged: 0, held: 0, refused: 0 };
const unauthorized = new ConnectorError('Unauthorized', 'answered 401');

/** A marketplace whose orders come in three pages. */
const ordersScript = (done: string[]): Script => ({
  ordersWindow: async () => ({ since: '2026-11-20T00:00:00.000Z', until: '2026-11-20T03:00:00.000Z' }),
  readOrdersPage: async ({ cursor }) => ({ next: cursor === null ? 'page-2' : cursor === 'page-2' ? 'page-3' : null }),
  ordersWindowDone: async (_, until) => {
    done.push(until);
  },
});

// Without a cache every task replays the whole history: what holds there holds with one. Orders and the other processes
// are tested with both.
describe('streams', () => {
  const run = <Result>(script: Script, work: (bench: RunningBench) => Promise<Result>) =>
    withBench({ address, client, script, cachedWorkflows: 0 }, work);

  it('read a catalogue page by page and go on at the cursor after giving up', async () => {
    const stored = { cursor: null as string | null, pages: [] as (string | null)[], finished: 0 };
    let refused = true;
    const script: Script = {
      beginImport: async () => ({ runId: 'run-1', since: null, cursor: stored.cursor }),
      importPage: async ({ cursor }) => {
        if (cursor === 'page-3' && refused) throw unauthorized;
        stored.pages.push(cursor);
        stored.cursor = cursor === null ? 'page-2' : cursor === 'page-2' ? 'page-3' : null;
        return { next: stored.cursor, counts: { ...noCounts, read: 10 }, newestChange: null };
      },
      finishImport: async () => {
        stored.finished += 1;
        return { ...noCounts, read: 30, listings: 30 };
      },
    };
    await run(script, async (bench) => {
      const id = newId();
      await (await bench.wake('catalogueWorkflow', id, [accounts.store])).result();
      expect(stored).toEqual({ cursor: 'page-3', pages: [null, 'page-2'], finished: 0 });
      refused = false;
      await (await bench.wake('catalogueWorkflow', id, [accounts.store])).result();
      expect(stored).toEqual({ cursor: null, pages: [null, 'page-2', 'page-3'], finished: 1 });
    });
  });

  it('close the window of orders only after its last page', async () => {
    const done: string[] = [];
    const script = ordersScript(done);
    const page = script.readOrdersPage;
    let refused = true;
    script.readOrdersPage = async (input) => {
      if (refused && input.cursor === 'page-3') throw unauthorized;
      return page?.(input);
    };
    await run(script, async (bench) => {
      const id = newId();
      await (await bench.wake('channelOrdersWorkflow', id, [accounts.marketplace])).result();
      expect(done).toEqual([]);
      expect(bench.names('readOrdersPage')).toHaveLength(3);
      refused = false;
      await (await bench.wake('channelOrdersWorkflow', id, [accounts.marketplace])).result();
      expect(done).toEqual(['2026-11-20T03:00:00.000Z']);
    });
  });

  it('read once more when they are woken during a reading, and not once per wake-up', async () => {
    const gate = new Gate();
    let fetched = 0;
    const script: Script = {
      fetchOrder: async () => {
        fetched += 1;
        if (fetched === 1) await gate.pass();
        return {};
      },
    };
    await run(script, async (bench) => {
      const handle = await bench.wake('fetchOrderWorkflow', newId(), [accounts.marketplace, 'JD-1']);
      await gate.reached;
      for (let count = 0; count < 10; count += 1) await handle.signal(wakeSignal);
      gate.open();
      await handle.result();
      expect(fetched).toBe(2);
    });
  });

  it('submit each approved listing apart, so that one that gives up holds up no other', async () => {
    const script: Script = {
      listingsToDo: async () => ({ approved: ['a', 'b', 'c'], inReview: ['d', 'e'] }),
      submitListing: async (id) => {
        if (id === 'b') throw new ConnectorError('NotFound', 'it is gone over there');
        return { outcome: 'submitted' };
      },
      readReviews: async () => ({ passed: 1, rejected: 1, open: 0 }),
    };
    await run(script, async (bench) => {
      await (await bench.wake('listingsWorkflow', newId(), [accounts.marketplace])).result();
      const calls = bench.happenings.filter(({ what }) => what === 'begins').map(({ name, args }) => [name, ...args]);
      // Several are under way at once, in whatever order they begin.
      const submitted = calls.slice(1, 4).sort((a, b) => (String(a[1]) < String(b[1]) ? -1 : 1));
      expect([calls[0], ...submitted, ...calls.slice(4)]).toEqual([
        ['listingsToDo', accounts.marketplace],
        ['submitListing', 'a'],
        ['submitListing', 'b'],
        ['submitListing', 'c'],
        ['readReviews', accounts.marketplace, ['d', 'e']],
      ]);
    });
  });

  it('ask nobody about reviews where none is open', async () => {
    const script: Script = { listingsToDo: async () => ({ approved: [], inReview: [] }) };
    await run(script, async (bench) => {
      await (await bench.wake('listingsWorkflow', newId(), [accounts.marketplace])).result();
      expect(bench.names()).toEqual(['listingsToDo']);
    });
  });

  it('read orders before offers are sent, and send until nothing differs', async () => {
    const done: string[] = [];
    let left = 5;
    const script: Script = {
      ...ordersScript(done),
      pushStock: async () => {
        expect(done).toHaveLength(1);
        left = Math.max(0, left - 2);
        return { sent: 2, failed: 0, more: left > 0 };
      },
      pushPrices: async () => ({ sent: 0, failed: 0, more: false }),
    };
    await run(script, async (bench) => {
      await (await bench.wake('offersWorkflow', newId(), [accounts.marketplace])).result();
      expect(bench.names('pushStock')).toHaveLength(3);
      expect(bench.names('ordersWindow', 'ordersWindowDone', 'pushStock')[0]).toBe('ordersWindow');
    });
  });

  it('send no offers when the orders could not be read', async () => {
    const script = ordersScript([]);
    script.readOrdersPage = async () => {
      throw unauthorized;
    };
    await run(script, async (bench) => {
      await (await bench.wake('offersWorkflow', newId(), [accounts.marketplace])).result();
      await (await bench.wake('liveWorkflow', newId(), [accounts.marketplace])).result();
      expect(bench.names('pushStock', 'pushPrices', 'readBackOffers')).toEqual([]);
    });
  });

  it('read back, count the drift and send it again', async () => {
    const script: Script = {
      ...ordersScript([]),
      readBackOffers: async (_, after) => (after === null ? { next: 'x', drift: 2 } : { next: null, drift: 1 }),
      pushStock: async () => ({ sent: 3, failed: 0, more: false }),
      pushPrices: async () => ({ sent: 0, failed: 0, more: false }),
    };
    await run(script, async (bench) => {
      expect(await (await bench.wake('liveWorkflow', newId(), [accounts.marketplace])).result()).toBe(3);
      expect(bench.names('readBackOffers', 'pushStock', 'pushPrices')).toEqual([
        'readBackOffers',
        'readBackOffers',
        'pushStock',
        'pushPrices',
      ]);
    });
  });

  it('read tracking and stock batch by batch', async () => {
    const script: Script = {
      readTracking: async (_, after) => (after === null ? { next: 'p-100', moved: 7 } : { next: null, moved: 1 }),
      readStoreStock: async (_, after) => (after === null ? { next: 's-50', changed: 3 } : { next: null, changed: 2 }),
    };
    await run(script, async (bench) => {
      expect(await (await bench.wake('trackingWorkflow', newId(), [accounts.carrier])).result()).toBe(8);
      expect(await (await bench.wake('storeStockWorkflow', newId(), [accounts.store])).result()).toBe(5);
      const cursors = bench.happenings.filter(({ what }) => what === 'begins').map(({ args }) => args[1]);
      expect(cursors).toEqual([null, 'p-100', null, 's-50']);
    });
  });

  it('try a reading again while the account is away, then leave it to the next round', async () => {
    let calls = 0;
    const script: Script = {
      readTracking: async () => {
        calls += 1;
        throw new ConnectorError('Unavailable', 'away', { retryAfterMs: 20 });
      },
    };
    await run(script, async (bench) => {
      expect(await (await bench.wake('trackingWorkflow', newId(), [accounts.carrier])).result()).toBe(0);
      expect(calls).toBe(6);
    });
  });

  it('give nothing up while the account says "later"', async () => {
    let calls = 0;
    const script: Script = {
      readTracking: async () => {
        calls += 1;
        if (calls < 14) throw new ConnectorError('RateLimited', 'slow down', { retryAfterMs: 20 });
        return { next: null, moved: 3 };
      },
    };
    await run(script, async (bench) => {
      expect(await (await bench.wake('trackingWorkflow', newId(), [accounts.carrier])).result()).toBe(3);
      expect(calls).toBe(14);
    });
  });
});
