import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { templateCard, writeCardCsv } from '../../freight/card-template.ts';
import { type ApiWorld, startApiWorld } from './testing/world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld(inject('postgresSuperuserUrl'));
});
afterAll(() => world.close());

const csv = writeCardCsv(templateCard);
const post = (body: object, headers?: Record<string, string>) =>
  world.as('admin', 'POST', '/api/rate-cards', { connectionId: world.accounts.carrier, ...body }, headers);

describe('rate cards', () => {
  it('are refused with every fault, tried without writing, imported once, and kept as versions', async () => {
    const broken = await post({ csv: csv.replace('break,,4,,,,,5000,', 'break,,4,,,,,7000,') });
    expect(broken).toMatchObject({
      status: 200,
      body: { ok: false, faults: [{ column: 'from_g', reason: expect.stringContaining('no price above 5000 g') }] },
    });
    expect(await post({ csv, dryRun: true })).toMatchObject({ body: { ok: true, dryRun: true, revision: 1 } });
    const key = { 'idempotency-key': 'card-1' };
    expect(await post({ csv }, key)).toMatchObject({ body: { ok: true, revision: 1, unchanged: false } });
    expect(await post({ csv }, key)).toMatchObject({ body: { revision: 1, unchanged: false } });
    expect(await post({ csv })).toMatchObject({ body: { revision: 1, unchanged: true } });
    expect(await post({ csv: csv.replace('divisor,,,,,,,,,,,,,,,5000', 'divisor,,,,,,,,,,,,,,,6000') })).toMatchObject({
      body: { revision: 2, unchanged: false },
    });
    const list = await world.as('ops', 'GET', '/api/rate-cards');
    expect(list.body).toMatchObject({ rows: [{ revision: 2 }, { revision: 1, connection: 'carrier', brand: null }] });
  });

  it('come as a template that can be imported', async () => {
    const { body } = await world.as('ops', 'GET', '/api/rate-cards/template');
    expect(body).toEqual({ fileName: 'rate-card.csv', csv });
  });
});

describe('consignments', () => {
  it('show how they are priced, and are locked only as they were seen', async () => {
    const { consignment } = world.own;
    const url = `/api/consignments/${consignment}`;
    const seen = await world.as('ops', 'GET', url);
    const { version } = seen.body as { version: number };
    expect(seen.body).toMatchObject({ freight: { lockedBy: null, costMinor: null, plan: null } });
    const lock = (body: object) => world.as('ops', 'POST', `${url}/freight`, { action: 'lock', ...body });
    expect(await lock({ version, dryRun: true })).toMatchObject({ status: 200, body: { dryRun: true } });
    expect(await world.as('ops', 'GET', url)).toMatchObject({ body: { freight: { lockedBy: null } } });
    expect(await lock({ version: version + 1 })).toMatchObject({ status: 409 });
    expect(await lock({ version })).toMatchObject({ status: 200 });
    expect(await world.as('ops', 'GET', url)).toMatchObject({ body: { freight: { lockedBy: world.emailOf('ops') } } });
    expect(await lock({ action: 'alone' })).toMatchObject({ status: 400 });
  });

  it('say beforehand that one with orders is not cancelled, and refuse it', async () => {
    const url = `/api/consignments/${world.own.consignment}`;
    const seen = await world.as('ops', 'GET', url);
    expect(seen.body.orders).not.toEqual([]);
    expect(seen.body).toMatchObject({
      allowed: expect.arrayContaining([
        expect.objectContaining({ type: 'CANCEL', ok: false, why: expect.stringContaining('holds orders') }),
      ]),
    });
    expect(await world.as('ops', 'POST', `${url}/events`, { type: 'CANCEL', why: 'not wanted' })).toMatchObject({
      status: 409,
      body: { error: { message: expect.stringContaining('holds orders') } },
    });
  });

  it('can be previewed', async () => {
    const answer = await world.as('ops', 'GET', `/api/freight/preview?brand=${world.own.id}`);
    expect(answer).toMatchObject({ status: 200, body: { slots: expect.any(Array) } });
  });
});
