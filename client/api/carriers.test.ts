import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { create, mustStep } from '../../db/steps.ts';
import { buyerAddress, command, makeConnection } from '../../tests/factories.ts';
import { webhookSecret } from './testing/seed.ts';
import { type ApiWorld, sign, startApiWorld } from './testing/world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld(inject('postgresSuperuserUrl'));
});
afterAll(() => world.close());

const staff = <Result>(work: Parameters<typeof world.database.db.tx<Result>>[1]) => world.database.db.tx('staff', work);

describe('rules about carriers', () => {
  it('are added once, listed in their order, and ended', async () => {
    const body = {
      connectionId: world.accounts.carrier,
      rule: 'prefer',
      rank: 5,
      brandId: world.own.id,
      domestic: true,
    };
    const key = { 'idempotency-key': 'carrier-rule-1' };
    const added = await world.as('ops', 'POST', '/api/carriers/rules', body, key);
    expect(added).toMatchObject({ status: 200, body: { ok: true, id: expect.any(String) } });
    expect((await world.as('ops', 'POST', '/api/carriers/rules', body, key)).body).toEqual(added.body);
    const never = { connectionId: world.accounts.carrier, rule: 'never', toCountryCode: 'PH', overGrams: 20_000 };
    await world.as('ops', 'POST', '/api/carriers/rules', never);
    expect(await world.as('ops', 'GET', '/api/carriers/rules')).toMatchObject({
      body: {
        rules: [
          {
            connection: 'carrier',
            rule: 'prefer',
            rank: 5,
            brand: expect.any(String),
            domestic: true,
            toCountryCode: null,
          },
          {
            rule: 'never',
            rank: 100,
            brand: null,
            toCountryCode: 'PH',
            overGrams: 20_000,
            createdBy: world.emailOf('ops'),
          },
        ],
      },
    });
    const end = `/api/carriers/rules/${added.body.id}/end`;
    expect(await world.as('ops', 'POST', end)).toMatchObject({ status: 200 });
    expect(await world.as('ops', 'POST', end)).toMatchObject({ status: 404 });
    const left = await world.as('ops', 'GET', '/api/carriers/rules');
    expect(left.body.rules).toHaveLength(1);
  });

  it.each([
    [{ overGrams: 500, upToGrams: 500 }, 400],
    [{ toCountryCode: 'Indonesia' }, 400],
    [{ rule: 'perhaps' }, 400],
    [{ brandId: '00000000-0000-4000-8000-000000000000' }, 404],
  ])('with %j are refused', async (more, status) => {
    const body = { connectionId: world.accounts.carrier, rule: 'prefer', ...more };
    expect(await world.as('ops', 'POST', '/api/carriers/rules', body)).toMatchObject({ status });
    const market = { ...body, connectionId: world.accounts.marketplace };
    expect((await world.as('ops', 'POST', '/api/carriers/rules', market)).status).toBeGreaterThanOrEqual(400);
  });

  it('say where couriers are called; the latest setting of a brand and account counts', async () => {
    const body = { brandId: world.own.id, connectionId: world.accounts.carrier, enabled: true };
    await world.as('ops', 'POST', '/api/carriers/pickups', { ...body, windowMinutes: 120 });
    await world.as('ops', 'POST', '/api/carriers/pickups', { ...body, enabled: false });
    expect(await world.as('ops', 'GET', '/api/carriers/rules')).toMatchObject({
      body: { pickups: [{ connection: 'carrier', enabled: false, readyAfterMinutes: 60, windowMinutes: 240 }] },
    });
  });
});

it('customs rules are shown with their sources and what nobody could confirm', async () => {
  const { body } = await world.as('ops', 'GET', '/api/carriers/customs');
  expect(body).toMatchObject({
    rules: expect.arrayContaining([
      expect.objectContaining({ country: 'TH', from: '2026-01-01', dutyFreeUpToMinor: 0, unconfirmed: null }),
      expect.objectContaining({ country: 'PH', unconfirmed: expect.stringContaining('All of it') }),
    ]),
  });
});

it('products say what they lack for crossing a border', async () => {
  await staff((trx) =>
    trx('skus').where({ id: world.own.sku }).update({ hs_code: '6109', origin_country_code: null, weight_grams: 200 }),
  );
  const { body } = await world.as('ops', 'GET', `/api/products/${world.own.product}`);
  expect(body).toMatchObject({
    skus: expect.arrayContaining([
      expect.objectContaining({
        id: world.own.sku,
        customsMissing: expect.arrayContaining(['hs-code', 'origin']),
      }),
    ]),
  });
});

it('a pushed scan has the scans of its number read, once, whatever its copies; unknown numbers cause nothing', async () => {
  const { tracking_number } = await staff((trx) => trx('parcels').where({ id: world.own.parcel }).first());
  const push = async (delivery: string, id: string) => {
    const body = JSON.stringify({ delivery, resource: 'shipment', id });
    const headers = { 'content-type': 'application/json', 'x-signature': sign(webhookSecret, body) };
    const answer = await world.app.inject({ method: 'POST', url: '/hooks/carrier', payload: body, headers });
    return answer.statusCode;
  };
  for (const delivery of ['p-1', 'p-1', 'p-1']) expect(await push(delivery, tracking_number)).toBe(200);
  expect(await push('p-2', 'nobody-s')).toBe(200);
  const work = await staff((trx) => trx('outbox').where({ topic: 'shipment' }).pluck('business_key'));
  expect(work).toEqual([`shipment/${world.accounts.carrier}/${tracking_number}`]);
  expect(await staff((trx) => trx('outbox').whereIn('topic', ['catalogue', 'product-stock']))).toEqual([]);
});

/** A place to ship from in another country, and goods with their papers. */
const makeShippable = () =>
  staff(async (trx) => {
    const from = { ...buyerAddress, city: 'Sydney', countryCode: 'AU' };
    await trx('brands')
      .where({ id: world.own.id })
      .update({ ship_from: JSON.stringify(from) });
    await trx('skus')
      .where({ id: world.own.sku })
      .update({ weight_grams: 200, hs_code: '610910', origin_country_code: 'AU' });
  });

it('another carrier is chosen by a person, who sees the comparison and says why; brands and closed ones are left out', async () => {
  const { consignment } = world.own;
  const url = `/api/consignments/${consignment}`;
  await makeShippable();
  const other = await staff((trx) => makeConnection(trx, 'carrier', { code: 'zz-other' }));
  const gone = await staff((trx) => makeConnection(trx, 'carrier', { code: 'zz-foreign', brand_id: world.other.id }));
  const compared = await world.as('ops', 'GET', `${url}/carriers`);
  expect(compared).toMatchObject({
    status: 200,
    body: {
      connectionId: world.accounts.carrier,
      accounts: expect.arrayContaining([expect.objectContaining({ code: 'zz-other' })]),
    },
  });
  const post = (body: object) => world.as('ops', 'POST', `${url}/carrier`, { connectionId: other, ...body });
  expect(await post({ dryRun: true })).toMatchObject({ body: { dryRun: true, from: 'carrier', to: 'zz-other' } });
  expect(await post({})).toMatchObject({ status: 400 });
  expect(await post({ why: 'cheaper', version: compared.body.version + 7 })).toMatchObject({ status: 409 });
  expect(await post({ why: 'x', connectionId: gone })).toMatchObject({ status: 409 });
  expect(await post({ why: 'x', connectionId: world.accounts.carrier })).toMatchObject({ status: 409 });
  expect(await post({ why: 'their van is full' })).toMatchObject({
    status: 200,
    body: { to: 'zz-other', state: 'OPEN' },
  });
  const { body } = await world.as('ops', 'GET', url);
  expect(body).toMatchObject({ carrier: { code: 'zz-other' }, freight: { lockedBy: world.emailOf('ops') } });
  expect(JSON.stringify(body)).toContain('their van is full');
  const why = await world.as('ops', 'GET', `/api/orders/${world.own.order}/carrier`);
  expect(why.body).toMatchObject({
    choices: expect.arrayContaining([
      expect.objectContaining({ connection: 'zz-other', reason: expect.stringContaining('van is full') }),
    ]),
  });
});

it('customs papers that lack something are released by a person with the reason, and held up again', async () => {
  const url = `/api/orders/${world.own.order}`;
  await makeShippable();
  await staff((trx) => trx('skus').where({ id: world.own.sku }).update({ hs_code: null }));
  const release = () => world.as('ops', 'POST', `${url}/customs-release`, { why: 'a sample, declared by hand' });
  expect(await release()).toMatchObject({ status: 200 });
  expect(await world.as('ops', 'GET', `${url}/customs`)).toMatchObject({
    body: {
      missing: expect.arrayContaining([{ field: expect.stringContaining('hsCode'), message: expect.any(String) }]),
      release: { why: 'a sample, declared by hand', by: world.emailOf('ops') },
    },
  });
  const withdraw = () => world.as('ops', 'POST', `${url}/customs-release/withdraw`);
  expect([(await withdraw()).status, (await withdraw()).status]).toEqual([200, 404]);
  expect(await world.as('ops', 'GET', `${url}/customs`)).toMatchObject({ body: { release: null } });
});

it('a courier whose answer was lost is settled with its number', async () => {
  const id = '00000000-0000-4000-8000-0000000000aa';
  const effect = await staff(async (trx) => {
    await trx('pickups').insert({
      ...{ id, brand_id: world.own.id, connection_id: world.accounts.carrier, slot_date: '2026-11-20' },
      ...{ slot_time: '16:00', ready_at: new Date(), closes_at: new Date(), created_at: new Date() },
    });
    const effectId = '00000000-0000-4000-8000-0000000000ab';
    await create(
      trx,
      'effect',
      {
        ...{ id: effectId, key: `pickup/${id}`, kind: 'pickup', connection_id: world.accounts.carrier, request: {} },
        ...{
          brand_id: world.own.id,
          entity_kind: 'pickup',
          entity_id: id,
          created_at: new Date(),
          updated_at: new Date(),
        },
      },
      command({ role: 'system' }),
    );
    for (const event of ['ATTEMPT', 'LOSE_ANSWER'] as const) {
      await mustStep(trx, { machine: 'effect', id: effectId, event }, command({ role: 'system' }));
    }
    return effectId;
  });
  expect(await world.as('ops', 'GET', '/api/carriers/couriers')).toMatchObject({
    body: { rows: [{ id, state: 'unknown', unknownCall: { id: effect } }] },
  });
  const settle = (body: object) =>
    world.as('ops', 'POST', `/api/effects/${effect}/events`, { type: 'FOUND', why: 'in the portal', ...body });
  expect(await settle({})).toMatchObject({ status: 400 });
  expect(await settle({ foundAs: 'PRG9' })).toMatchObject({ status: 200, body: { state: 'DONE' } });
  expect(await staff((trx) => trx('outbox').where({ topic: 'pickup' }).pluck('business_key'))).toEqual([
    `pickup/${id}`,
  ]);
});
