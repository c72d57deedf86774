import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Locks, openLocks } from '../../db/exclusive.ts';
import { type Bench, orderOf, startBench, stockOf, tee } from './bench.fixture.ts';

const parcel = { carrier: 'DHL Express', trackingNumber: 'TRACK-1' };

/** Two worker processes: what they share is PostgreSQL and the shop. */
describe('direct orders of several worker processes', () => {
  let locks: Locks[] = [];
  let shop: Bench;
  let workers: Bench['connector'][] = [];
  const key = (what: string) => `magento-workers-${process.pid}/${what}`;
  beforeAll(async () => {
    const url = inject('postgresSuperuserUrl');
    locks = ['one', 'two'].map((name) => openLocks({ url, applicationName: `${key('')}${name}` }));
    shop = await startBench({
      simulator: { products: [tee, { ...tee, sku: 'LAST', name: 'Last', extension_attributes: stockOf(2) }] },
    });
    workers = locks.map((own) => shop.worker((what, work) => own.exclusively(key(what), work)));
  });
  afterAll(async () => {
    await shop?.close();
    await Promise.all(locks.map((own) => own.close()));
  });
  const all = <Value>(act: (worker: Bench['connector'], index: number) => Promise<Value>) =>
    Promise.all([...workers, ...workers, ...workers].map(act));

  it('are pushed, shipped and cancelled at once, and the shop’s counts stay right', async () => {
    const made = await all((worker, index) => worker.createOrder(orderOf(`R-${index}`, '1')));
    expect([await shop.salable('TEE'), await shop.physical('TEE')]).toEqual([188, 188]);
    await all(async (worker, index) => {
      const id = made[index]?.externalId ?? '';
      if (index < 2) await worker.fulfilOrder(id, [parcel]);
      else if (index < 4) await worker.cancelOrder(id, 'buyer cancelled');
      else await worker.createOrder(orderOf(`S-${index}`, '1'));
    });
    expect(await shop.salable('TEE')).toBe(188);
  });

  it('of the last pieces only one is taken', async () => {
    const line = { sku: 'LAST', title: 'Last', externalProductId: '2', externalVariantId: null, quantity: 2 };
    const lines = [{ ...line, unitPrice: { amountMinor: 3333, currency: 'AUD' } }];
    const outcomes = await all((worker, index) =>
      worker.createOrder(orderOf(`L-${index}`, '2', { lines })).then(
        () => 'made',
        (error: { details?: { code?: string } }) => error.details?.code,
      ),
    );
    expect(outcomes.sort()).toEqual(['made', ...Array.from({ length: 5 }, () => 'out_of_stock')]);
  });

  it('wait only so long, and a connection that breaks gives the turn away', async () => {
    const [one, two] = locks;
    if (one === undefined || two === undefined) throw new Error('no locks');
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const { promise: ended, resolve: end } = Promise.withResolvers<string>();
    const { promise: lost, resolve: lose } = Promise.withResolvers<string>();
    const work = () => {
      begin();
      return ended;
    };
    const holding = one.exclusively(key('x'), work, { onLost: (error) => lose(error.message) });
    await begun;
    const isBusy = { kind: 'Unavailable', details: { code: 'busy' } };
    for (const other of [one, two]) {
      await expect(other.exclusively(key('x'), async () => 'mine', { waitMs: 20 })).rejects.toMatchObject(isBusy);
    }
    const next = two.exclusively(key('x'), async () => 'mine');
    await terminate(`${key('')}one locks`);
    expect([await next, await lost]).toEqual(['mine', expect.stringContaining('terminat')]);
    end('done');
    expect(await holding).toBe('done');
    expect(await one.exclusively(key('x'), async () => 'again')).toBe('again');
  });
});

async function terminate(applicationName: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresSuperuserUrl') });
  await client.connect();
  await client.query('select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1', [
    applicationName,
  ]);
  await client.end();
}
