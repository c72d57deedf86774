import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { wakeSignal } from '../client/temporal/queues.ts';
import { ConnectorError } from '../connectors/errors.ts';
import { EffectPending, NotNow } from '../db/effects.ts';
import {
  Gate,
  openNamespace,
  type RunningBench,
  type Script,
  untilCancelled,
  withBench,
  withoutPulse,
} from '../tests/workflows/bench.ts';
import { away, OrderRow } from '../tests/workflows/order-row.ts';

const address = inject('temporalAddress');
let client: Client;
let serial = 0;
const newId = (): string => `order/${++serial}`;

beforeAll(async () => {
  client = await openNamespace(address, `orders-${process.pid}`);
});
afterAll(() => client.connection.close());

const hourMs = 60 * 60 * 1000;
const statusOf = async (id: string): Promise<string> => (await client.workflow.getHandle(id).describe()).status.name;

// Without a cache every task replays the whole history: what depends on more than the history shows there.
describe.each([{ cachedWorkflows: 100 }, { cachedWorkflows: 0 }])(
  'an order’s process, cache $cachedWorkflows',
  (cache) => {
    const run = <Result>(script: Script, work: (bench: RunningBench) => Promise<Result>) =>
      withBench({ address, client, script, ...cache }, work);
    const start = (bench: RunningBench, id: string) => bench.wake('orderWorkflow', id, [id]);

    it('does the one next thing that its row calls for, from first sight to the end', async () => {
      const row = new OrderRow();
      await run(row.script(), async (bench) => {
        const id = newId();
        const handle = await start(bench, id);
        await bench.until('the first reading', () => bench.names('readOrder').length > 0);
        row.set({ state: 'APPROVED' });
        await handle.signal(wakeSignal);
        await bench.until('the push', () => row.view.inShop);
        row.set({ handedOver: true });
        await handle.signal(wakeSignal);
        await bench.until('that all were told', () => row.view.shopTold);
        row.set({ parcelStates: ['DELIVERED'] });
        await handle.signal(wakeSignal);
        expect(await handle.result()).toBe('SUCCESSFULLY_PROCESSED');
        const acts = bench.names().filter((name) => name !== 'readOrder');
        expect(acts).toEqual(['planOrder', 'pushOrder', 'confirmShipment', 'fulfilInShop', 'completeOrder']);
      });
    });

    it('loses no wake-up that comes during an activity', async () => {
      const row = new OrderRow();
      const gate = new Gate();
      const readOrder = row.script().readOrder;
      let readings = 0;
      const script = row.script({
        readOrder: async (id) => {
          const seen = await readOrder?.(id);
          readings += 1;
          // The row changes after it was read and before the answer is back.
          if (readings === 1) await gate.pass();
          return seen;
        },
      });
      await run(script, async (bench) => {
        const handle = await start(bench, newId());
        await gate.reached;
        row.set({ state: 'CANCELLED' });
        await handle.signal(wakeSignal);
        gate.open();
        expect(await handle.result()).toBe('CANCELLED');
      });
    });

    it('ends the trying when a cancellation comes while the push is in back-off', async () => {
      const row = new OrderRow({ state: 'QUEUE' });
      const script = row.script({
        pushOrder: async () => {
          throw away(hourMs);
        },
      });
      await run(script, async (bench) => {
        const handle = await start(bench, newId());
        await bench.until('the failed push', () => bench.happenings.some(({ what }) => what === 'fails'));
        row.set({ state: 'CANCEL_PENDING' });
        await handle.signal(wakeSignal);
        expect(await handle.result()).toBe('CANCELLED');
        expect(bench.names('pushOrder', 'settlePush', 'cancelInShop', 'endCancellation')).toEqual([
          'pushOrder',
          'settlePush',
          'endCancellation',
        ]);
      });
    });

    it('waits for the end of a call that is under way before it is taken back', async () => {
      const row = new OrderRow({ state: 'QUEUE' });
      const script = row.script({
        pushOrder: async () => {
          await untilCancelled().catch(() => row.set({ inShop: true }));
          throw new EffectPending('push', 'the answer was lost', 100);
        },
      });
      await run(script, async (bench) => {
        const handle = await start(bench, newId());
        await bench.until('the push', () => bench.names('pushOrder').length > 0);
        row.set({ state: 'CANCEL_PENDING' });
        await handle.signal(wakeSignal);
        expect(await handle.result()).toBe('CANCELLED');
        const order = bench.happenings.filter(({ name }) => name === 'pushOrder' || name === 'settlePush');
        expect(order.map(({ name, what }) => `${name} ${what}`)).toEqual([
          'pushOrder begins',
          'pushOrder fails',
          'settlePush begins',
          'settlePush ends',
        ]);
        expect(bench.names('cancelInShop')).toHaveLength(1);
      });
    });

    it('goes on with the push when a wake-up in back-off changes nothing', async () => {
      const row = new OrderRow({ state: 'QUEUE' });
      let calls = 0;
      const push = row.script().pushOrder;
      const script = row.script({
        pushOrder: async (id) => {
          calls += 1;
          if (calls === 1) throw away(400);
          return push?.(id);
        },
      });
      await run(script, async (bench) => {
        const handle = await start(bench, newId());
        await bench.until('the failed push', () => bench.happenings.some(({ what }) => what === 'fails'));
        for (let count = 0; count < 5; count += 1) await handle.signal(wakeSignal);
        await bench.until('the push', () => row.view.inShop);
        expect(calls).toBe(2);
        await handle.terminate();
      });
    });

    it('takes late, doubled and reordered wake-ups without harm', async () => {
      const row = new OrderRow({ state: 'APPROVED' });
      await run(row.script(), async (bench) => {
        const id = newId();
        const handle = await start(bench, id);
        await Promise.all(Array.from({ length: 20 }, () => handle.signal(wakeSignal)));
        await bench.until('the push', () => row.view.inShop);
        row.set({ state: 'SUCCESSFULLY_PROCESSED' });
        // As the relay wakes it: the first may end the process, and those that come later find it ended.
        await Promise.all(Array.from({ length: 20 }, () => start(bench, id)));
        expect(await handle.result()).toBe('SUCCESSFULLY_PROCESSED');
        // Woken after its end, it looks once and is over again.
        expect(await (await start(bench, id)).result()).toBe('SUCCESSFULLY_PROCESSED');
        expect(bench.names('planOrder', 'pushOrder')).toEqual(['planOrder', 'pushOrder']);
      });
    });

    it('stops asking the shop when the deadline of a cancellation makes it a conflict, and ends when a person decided', async () => {
      const row = new OrderRow({ state: 'CANCEL_PENDING' });
      const script = row.script({
        settlePush: async () => {
          throw new EffectPending('push', 'looked up, not there yet', hourMs);
        },
      });
      await run(script, async (bench) => {
        const handle = await start(bench, newId());
        await bench.until('the look-up', () => bench.happenings.some(({ what }) => what === 'fails'));
        row.set({ state: 'CANCEL_CONFLICT' });
        await handle.signal(wakeSignal);
        await bench.until('that nothing is under way', async () => {
          const { raw } = await handle.describe();
          return (raw.pendingActivities ?? []).length === 0 && !raw.pendingWorkflowTask;
        });
        row.set({ state: 'CANCELLED' });
        await handle.signal(wakeSignal);
        expect(await handle.result()).toBe('CANCELLED');
        expect(bench.names('settlePush', 'cancelInShop', 'endCancellation')).toEqual(['settlePush']);
      });
    });

    it('waits for a person or the deadline when the shop refuses to be asked', async () => {
      const row = new OrderRow({ state: 'CANCEL_PENDING', inShop: true });
      const script = row.script({
        cancelInShop: async () => {
          throw new ConnectorError('Unauthorized', 'orders.cancel: answered 401');
        },
      });
      await run(script, async (bench) => {
        const id = newId();
        const handle = await start(bench, id);
        await bench.until('the refusal', () => bench.happenings.some(({ what }) => what === 'fails'));
        row.set({ state: 'CANCEL_CONFLICT' });
        await handle.signal(wakeSignal);
        row.set({ state: 'CANCELLED' });
        // It may have read the last change with the wake-up before, and be over.
        await start(bench, id);
        expect(await handle.result()).toBe('CANCELLED');
        expect(bench.names('cancelInShop', 'endCancellation')).toEqual(['cancelInShop']);
      });
    });

    it.each([
      ['confirmShipment', { state: 'SYNCED', inShop: true, handedOver: true }],
      ['fulfilInShop', { state: 'SYNCED', inShop: true, handedOver: true, marketplaceTold: true }],
      ['completeOrder', { state: 'SYNCED', inShop: true, channelOrderState: 'COMPLETED' }],
      ['pushOrder', { state: 'QUEUE' }],
      ['planOrder', { state: 'APPROVED' }],
    ] as const)('outlives %s that gives up, and does it when it is woken', async (name, columns) => {
      const row = new OrderRow(columns);
      const works = row.script()[name] as (id: string) => Promise<unknown>;
      let broken = true;
      const script = row.script({
        [name]: async (id: string) => {
          if (broken) throw new ConnectorError('Unauthorized', 'answered 401');
          return works(id);
        },
      });
      await run(script, async (bench) => {
        const id = newId();
        const handle = await start(bench, id);
        await bench.until('the failure', () => bench.happenings.some(({ what }) => what === 'fails'));
        expect(await statusOf(id)).toBe('RUNNING');
        broken = false;
        await handle.signal(wakeSignal);
        await bench.until('the second try', () =>
          bench.happenings.some((one) => one.name === name && one.what === 'ends'),
        );
        await handle.terminate();
      });
    });

    it('waits for a consignment that cannot be planned until it is woken', async () => {
      const row = new OrderRow({ state: 'APPROVED' });
      const plan = row.script().planOrder;
      let possible = false;
      const script = row.script({
        planOrder: async (id) => (possible ? plan?.(id) : { planned: false, why: 'a weight is missing' }),
      });
      await run(script, async (bench) => {
        const handle = await start(bench, newId());
        await bench.until('the refusal', () =>
          bench.happenings.some(({ name, what }) => name === 'planOrder' && what === 'ends'),
        );
        possible = true;
        await handle.signal(wakeSignal);
        await bench.until('the push', () => row.view.inShop);
        expect(bench.names('planOrder')).toHaveLength(2);
        await handle.terminate();
      });
    });

    it('looks again soon when a push was put off', async () => {
      const row = new OrderRow({ state: 'QUEUE' });
      const push = row.script().pushOrder;
      let putOff = true;
      const script = row.script({
        pushOrder: async (id) => {
          if (!putOff) return push?.(id);
          putOff = false;
          throw new NotNow('the order is CANCEL_REQUESTED');
        },
      });
      await run(script, async (bench) => {
        const handle = await start(bench, newId());
        await bench.until('the push', () => row.view.inShop);
        await handle.terminate();
      });
    });

    it('has no shop to ask for a brand without one', async () => {
      const row = new OrderRow({ state: 'CANCEL_PENDING', storeConnectionId: null });
      await run(row.script(), async (bench) => {
        const handle = await start(bench, newId());
        expect(await handle.result()).toBe('CANCELLED');
        expect(bench.names('settlePush', 'cancelInShop')).toEqual([]);
      });
    });

    it('is ended by an admin, and started anew goes on from its row', async () => {
      const row = new OrderRow({ state: 'QUEUE' });
      let asleep = true;
      const push = row.script().pushOrder;
      const script = row.script({
        pushOrder: async (id) => {
          if (asleep) throw away(hourMs);
          return push?.(id);
        },
      });
      await run(script, async (bench) => {
        const id = newId();
        const handle = await start(bench, id);
        await bench.until('the failed push', () => bench.happenings.some(({ what }) => what === 'fails'));
        await handle.cancel();
        await expect(handle.result()).rejects.toThrow();
        expect(await statusOf(id)).toBe('CANCELLED');
        asleep = false;
        const again = await start(bench, id);
        await bench.until('the push', () => row.view.inShop);
        await again.terminate();
      });
    });
  },
);

it('goes on when the worker that was to call off a push is gone', async () => {
  const row = new OrderRow({ state: 'QUEUE' });
  const gate = new Gate();
  // As the attempt of a killed worker: it does not beat and does not hear that it is called off.
  const script = row.script({ pushOrder: withoutPulse(() => gate.pass()) });
  await withBench({ address, client, script, cachedWorkflows: 100 }, async (bench) => {
    const id = newId();
    const handle = await bench.wake('orderWorkflow', id, [id]);
    await gate.reached;
    row.set({ state: 'CANCEL_PENDING', inShop: true });
    await handle.signal(wakeSignal);
    expect(await handle.result()).toBe('CANCELLED');
    gate.open();
    expect(bench.names('settlePush', 'cancelInShop')).toEqual(['settlePush', 'cancelInShop']);
  });
});
