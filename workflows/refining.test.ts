import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ConnectorError } from '../connectors/errors.ts';
import type { PendingCursor } from '../db/translation.ts';
import { accounts, openNamespace, type RunningBench, type Script, withBench } from '../tests/workflows/bench.ts';

const address = inject('temporalAddress');
let client: Client;
let serial = 0;
const newId = (): string => `refining/${++serial}`;

beforeAll(async () => {
  client = await openNamespace(address, `refining-${process.pid}`);
});
afterAll(() => client.connection.close());

describe.each([{ cachedWorkflows: 100 }, { cachedWorkflows: 0 }])('refining, cache $cachedWorkflows', (cache) => {
  const run = <Result>(script: Script, work: (bench: RunningBench) => Promise<Result>) =>
    withBench({ address, client, script, ...cache }, work);

  it('goes on in batches until neither a product nor a listing is stale', async () => {
    const left = { products: 120, listings: 60 };
    const take = (kind: keyof typeof left) => {
      const looked = Math.min(50, left[kind]);
      left[kind] -= looked;
      return { looked, changed: looked };
    };
    const script: Script = { refineStale: async () => take('products'), recomposeStale: async () => take('listings') };
    await run(script, async (bench) => {
      await (await bench.wake('refiningWorkflow', newId(), [])).result();
      expect(left).toEqual({ products: 0, listings: 0 });
      expect(bench.names('refineStale')).toHaveLength(4);
    });
  });

  it('translates page by page; a refused key is no failed process, and a wake-up looks again', async () => {
    const seen: (PendingCursor | null)[] = [];
    let refused = true;
    const script: Script = {
      translateBatch: async (_, after) => {
        if (refused) throw new ConnectorError('Unauthorized', 'DeepL: Authorization failure');
        seen.push(after);
        const next = after === null ? ({ productId: 'a', field: 'title' } as const) : null;
        return { next, fromMemory: 1, byMachine: 2, waiting: 0 };
      },
    };
    await run(script, async (bench) => {
      const id = newId();
      await (await bench.wake('translateWorkflow', id, [accounts.marketplace])).result();
      expect(seen).toEqual([]);
      refused = false;
      await (await bench.wake('translateWorkflow', id, [accounts.marketplace])).result();
      expect(seen).toEqual([null, { productId: 'a', field: 'title' }]);
    });
  });

  it('reads an account’s lists on the account’s own queue', async () => {
    const script: Script = { readMarketplaceTerms: async () => ({ categories: 12, attributesOf: 3 }) };
    await run(script, async (bench) => {
      await (await bench.wake('termsWorkflow', newId(), [accounts.marketplace])).result();
      expect(bench.names('readMarketplaceTerms')).toHaveLength(1);
    });
  });
});
