import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createTurns } from '../contract/turns.ts';
import { createHttpClient } from '../transport/index.ts';
import { goodKey, startBench, tee } from './bench.fixture.ts';
import { WooClient } from './client.ts';
import { changedPage, firstPlace } from './paging.ts';

it('skips no row of a shop without dates when pages become smaller and larger', async () => {
  const bench = await startBench();
  const log = pino({ level: 'silent' });
  const http = createHttpClient({ connectionId: 'bench', log });
  try {
    const made = await bench.addProducts(...Array.from({ length: 23 }, (_, index) => ({ ...tee, sku: `T${index}` })));
    const client = new WooClient({
      connectionId: 'bench',
      credentials: goodKey,
      settings: { url: bench.simulatorUrl },
      http,
      clock: { now: async () => new Date() },
      log,
      exclusively: createTurns(),
      renewCredentials: (refresh) => refresh(goodKey),
    });
    const list = { path: 'products', query: { _fields: 'id' }, operation: 'products.changed' };
    const seen: number[] = [];
    let place: Parameters<typeof changedPage>[2] | null = firstPlace(new Date(Date.now() - 3_600_000));
    for (const pageSize of [10, 5, 3, 10, 10]) {
      if (place === null) break;
      const page: Awaited<ReturnType<typeof changedPage>> = await changedPage(client, list, place, pageSize);
      seen.push(...page.rows.map(({ id }) => id));
      place = page.next;
    }
    expect(place).toBeNull();
    expect(seen.sort((one, other) => one - other)).toEqual(made.map(({ id }) => id));
  } finally {
    await http.close();
    await bench.close();
  }
});
