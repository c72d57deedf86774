import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { repriceNext } from '../../db/prices-due.ts';
import { type ApiWorld, password, startApiWorld } from '../api/testing/world.ts';
import { typeCommand } from './typed.fixture.ts';

let world: ApiWorld;
let folder: string;
let file: string;

const daily = `<gesmes:Envelope xmlns:gesmes="x" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref"><Cube>
<Cube time="2026-07-01"><Cube currency="AUD" rate="1.8"/><Cube currency="IDR" rate="18000"/></Cube></Cube></gesmes:Envelope>`;

beforeAll(async () => {
  world = await startApiWorld(inject('postgresSuperuserUrl'));
  const apiUrl = await world.app.listen({ host: '127.0.0.1', port: 0 });
  folder = mkdtempSync(join(tmpdir(), 'tradelane-cli-'));
  const logIns = [{ role: 'ops', email: world.emailOf('ops'), password }];
  writeFileSync(
    join(folder, 'run.json'),
    JSON.stringify({ dataDir: folder, pids: { api: process.pid }, apiUrl, logIns, environment: {} }),
  );
  file = join(folder, 'eurofxref-daily.xml');
  writeFileSync(file, daily);
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

const cli = (...args: string[]) => typeCommand(folder, args, { readAll: async () => daily });

/** What the worker would do. */
async function workOff(): Promise<void> {
  await world.database.db.tx('staff', async (trx) => {
    for (const id of await trx('repricings').whereNull('finished_at').pluck('id'))
      await repriceNext(trx, id, world.now);
  });
}

describe('exchange rates and why price', () => {
  it('imports the bank’s file once, from a path or standard input; a bad one is refused', async () => {
    expect(await cli('exchange-rates', 'import', file)).toMatchObject({
      code: 0,
      out: '2 rates of 1 day read, 2 new, 0 unchanged; the newest day is 2026-07-01. Prices that depend on them are reckoned anew.',
    });
    expect((await cli('exchange-rates', 'import', '-')).out).toContain('0 new, 2 unchanged');
    writeFileSync(file, daily.replace('18000', '18.000,0'));
    const refused = await cli('exchange-rates', 'import', file);
    expect(refused.code).not.toBe(0);
    expect(refused.err).toContain('line 2');
    expect(refused.err).toContain('Download the file anew');
    expect((await cli('exchange-rates', 'import', join(folder, 'nothing.xml'))).err).toContain('cannot be read');
  });

  it('tells why, with the cross rate and the one that was typed in after it', async () => {
    await workOff();
    const first = await cli('why', 'price', 'acme-SERUM-30', 'market');
    expect(first.code).toBe(0);
    expect(first.out).toContain('× 10000 IDR per AUD, the rate of 2026-07-01: 25.00 AUD → 250,000 IDR.');
    expect(first.out).toContain('European Central Bank, by way of EUR');
    const set = ['exchange-rates', 'set', 'aud', 'idr', '10100', '--date', '2026-07-01', '--source', 'our bank'];
    expect((await cli(...set)).code).not.toBe(0);
    expect(await cli(...set, '--reason', 'agreed')).toMatchObject({ code: 0 });
    await workOff();
    const { out } = await cli('--json', 'why', 'price', 'acme-SERUM-30', 'market');
    expect(JSON.parse(out)).toMatchObject({
      desired: { amountMinor: 252_500 },
      history: [{ cause: 'exchange-rate', source: 'our bank, 2026-07-01, typed in by ops@example.com' }, {}],
    });
    expect((await cli('exchange-rates', 'list')).out).toMatch(
      /AUD +IDR +10100 +2026-07-01 +0 d +ops@example.com +our bank: agreed/,
    );
    expect((await cli('why', 'price', 'NOTHING', 'market')).code).not.toBe(0);
  });
});
