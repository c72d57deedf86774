import { pino } from 'pino';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { mustStep } from '../db/steps.ts';
import { makeBrand, makeConnection, testSealer } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { demoOptions, startNinjaVanSimulator } from './ninja-van/simulator/index.ts';
import { createConnectorOpener } from './open.ts';
import type { RunningSimulator } from './simulator-kit/index.ts';

let database: TestDatabase;
let simulator: RunningSimulator;
beforeAll(async () => {
  database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'open_renewal' });
  simulator = await startNinjaVanSimulator({ ...demoOptions, port: 0 });
});
afterAll(async () => {
  await simulator.close();
  await database.close();
});

it('renews with the very first call of an account, whose budget has no row yet', async () => {
  const { db } = database;
  const account = demoOptions.accounts.find(({ country }) => country === 'SG');
  if (!account) throw new Error('no account in Singapore');
  const { clientId, clientSecret, country, trackingPrefix } = account;
  const id = await db.tx('staff', (trx) =>
    makeConnection(trx, 'carrier', {
      connector: 'ninja-van',
      settings: { baseUrl: simulator.url, country, trackingPrefix },
      credentials_sealed: Buffer.alloc(0),
    }),
  );
  await db.tx('staff', (trx) =>
    trx('connections')
      .where({ id })
      .update({ credentials_sealed: testSealer.sealJson({ clientId, clientSecret }, `connection/${id}`) }),
  );
  const opener = createConnectorOpener({
    db,
    sealer: testSealer,
    clock: { now: async () => new Date() },
    log: pino({ level: 'silent' }),
    allowPrivateTargets: true,
    timeouts: { callMs: 30_000 },
  });
  try {
    const { connector } = await opener.carrier(id);
    // The token is fetched while the account's row is locked: what the budget writes must not wait for that lock.
    expect(await connector.track(['NVSG00000000000001'])).toEqual([]);
    const { credentials_sealed } = await db.tx('staff', (trx) => trx('connections').where({ id }).first());
    expect(testSealer.openJson(credentials_sealed, `connection/${id}`)).toHaveProperty('accessToken');
  } finally {
    await opener.close();
  }
}, 90_000);

it('opens a revoked account for what arrives, and for nothing else', async () => {
  const { db } = database;
  const id = await db.tx('staff', async (trx) =>
    makeConnection(trx, 'store', {
      brand_id: await makeBrand(trx, { currency: 'AUD' }),
      connector: 'shopify',
      settings: { url: 'https://brand.myshopify.com' },
      credentials_sealed: Buffer.alloc(0),
    }),
  );
  const credentials_sealed = testSealer.sealJson(
    { accessToken: 'shpat_test', clientSecret: 'hush' },
    `connection/${id}`,
  );
  await db.tx('staff', async (trx) => {
    await trx('connections').where({ id }).update({ credentials_sealed });
    const command = { commandId: 'revoke', actor: 'test', role: 'admin', at: new Date(), why: 'test' } as const;
    await mustStep(trx, { machine: 'connection', id, event: 'REVOKE' }, command);
  });
  const log = pino({ level: 'silent' });
  const clock = { now: async () => new Date() };
  const opener = createConnectorOpener({ db, sealer: testSealer, clock, log, allowPrivateTargets: false });
  try {
    await expect(opener.store(id)).rejects.toMatchObject({ kind: 'Unauthorized', details: { code: 'REVOKED' } });
    expect((await opener.listener(id)).connector).toHaveProperty('verifyWebhook');
    await expect(opener.store(id)).rejects.toMatchObject({ details: { code: 'REVOKED' } });
  } finally {
    await opener.close();
  }
});
