import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { IncidentNext } from '../db/incident-steps.ts';
import { accounts, openNamespace, type Script, withBench } from '../tests/workflows/bench.ts';

const address = inject('temporalAddress');
let client: Client;
beforeAll(async () => {
  client = await openNamespace(address, `outages-${process.pid}`);
});
afterAll(() => client.connection.close());

const noCounts = { read: 0, new: 0, changed: 0, unchanged: 0, held: 0, refused: 0, duplicate: 0 };

/** A shop's incident as its row would say it: each step is done when its activity was. */
function scripted(said: string[], waiting: string[][]): Script {
  const steps: IncidentNext[] = ['probe', 'drain', 'catalogue', 'compare', 'stock', 'offers', 'close'];
  const done = (what: string): void => {
    said.push(what);
    steps.shift();
  };
  return {
    readIncident: async () => ({
      view: { number: 'INC-000001', account: 'shop', isStore: true, state: 'OPEN', probes: 0 },
      next: steps[0] ?? 'none',
    }),
    probeAccount: async () => {
      done('probe');
      return { answered: true };
    },
    nextToDrain: async () => {
      const orders = waiting.shift() ?? [];
      if (orders.length === 0) done('drained');
      return { orders };
    },
    pushOrder: async (id) => {
      said.push(`push ${id}`);
      return { outcome: 'done' };
    },
    beginImport: async (_, options) => ({ runId: options?.full ? 'full' : 'cursor', since: null, cursor: null }),
    importPage: async ({ runId, cursor }) => {
      said.push(`${runId} ${cursor}`);
      return { next: cursor === null ? 'page-2' : null, counts: noCounts, newestChange: null };
    },
    compareCatalogue: async () => {
      said.push('compared');
      return { missing: 0, vanished: 0, believed: true };
    },
    finishImport: async () => ({ ...noCounts, listings: 0 }),
    readStoreStock: async () => ({ next: null, changed: 0 }),
    recoveryStepDone: async (_, step) => done(step),
    restoreOffers: async () => done('offers'),
    closeIncident: async () => done('close'),
  };
}

describe('the process of an incident', () => {
  it('probes, then makes up for everything in its order', async () => {
    const said: string[] = [];
    const script = scripted(said, [['1', '2'], ['3']]);
    await withBench({ address, client, script, cachedWorkflows: 0 }, async (bench) => {
      await (await bench.wake('outageWorkflow', 'incident/1', [accounts.store])).result();
    });
    expect(said.slice(1, 3).sort()).toEqual(['push 1', 'push 2']);
    expect([said[0], ...said.slice(3)]).toEqual([
      ...['probe', 'push 3', 'drained', 'cursor null', 'cursor page-2', 'catalogue'],
      ...['full null', 'full page-2', 'compared', 'compare', 'stock', 'offers', 'close'],
    ]);
  });

  it('ends when the probe is not answered: the ticker wakes it when the next one is due', async () => {
    const said: string[] = [];
    const script = { ...scripted(said, []), probeAccount: async () => ({ answered: false }) };
    await withBench({ address, client, script, cachedWorkflows: 0 }, async (bench) => {
      await (await bench.wake('outageWorkflow', 'incident/2', [accounts.store])).result();
      expect(bench.names('probeAccount')).toHaveLength(1);
    });
    expect(said).toEqual([]);
  });
});
