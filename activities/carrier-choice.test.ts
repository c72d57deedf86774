import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { CarrierLimits } from '../connectors/contract/carrier.ts';
import { choicesOf } from '../db/carrier-choices.ts';
import { addCarrierRule, endCarrierRule } from '../db/carrier-rules.ts';
import { importCard } from '../db/freight-cards.ts';
import { writeCardCsv } from '../freight/card-template.ts';
import { plainCard } from '../freight/cards.fixture.ts';
import type { CarrierRule } from '../freight/carrier-choice.ts';
import { command, makeConnection, openProblemsOf, unique } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { scriptedCarrier } from '../tests/scripted-systems.ts';
import { fourOClock, openShippingBench } from '../tests/shipping-bench.ts';

/** A carrier of the last mile: one parcel a booking, within a country. */
const lastMile: CarrierLimits = {
  pickupCountries: ['SG', 'ID'],
  deliveryCountries: ['SG', 'ID'],
  crossBorder: false,
  maxPieceGrams: 20_000,
  maxLongestSideMm: 1_000,
  maxGirthMm: null,
  maxPieces: 1,
  maxShipmentGrams: 20_000,
  source: 'made up for tests',
};

describe('the choice of the carrier', () => {
  let database: TestDatabase;
  let bench: Awaited<ReturnType<typeof openShippingBench>>;
  let second: string;

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'act_choice' });
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    bench = await openShippingBench(database);
    second = await bench.staff((trx) => makeConnection(trx, 'carrier', { code: unique('a-second') }));
    bench.systems.carriers.set(second, () => ({
      capabilities: { ...scriptedCarrier, multiPiece: false, maxPieces: 1 },
      limits: lastMile,
    }));
  });

  const shipFrom = (countryCode: string) =>
    bench.staff(async (trx) => {
      const { ship_from } = await trx('brands').where({ id: bench.world.brandId }).first('ship_from');
      const changed = JSON.stringify({ ...ship_from, countryCode });
      await trx('brands').where({ id: bench.world.brandId }).update({ ship_from: changed });
    });
  const prefer = (connectionId: string, more: Partial<CarrierRule> = {}) =>
    bench.staff((trx) =>
      addCarrierRule(
        trx,
        {
          ...{ connectionId, rule: 'prefer', rank: 10, brandId: null, fromCountryCode: null, toCountryCode: null },
          ...{ domestic: null, incoterm: null, overGrams: null, upToGrams: null, note: 'contract' },
          ...more,
        },
        command(),
      ),
    );
  const carrierOf = async (orderId: string) => (await bench.consignmentOf(orderId))?.carrier_connection_id;
  const problemOf = (orderId: string) =>
    bench.staff((trx) => trx('problems').where({ entity_id: orderId, kind: 'cannot-plan' }).first());

  it('goes by what accounts serve: abroad by the one, within a country by whom ops prefer there', async () => {
    await prefer(second, { domestic: true, brandId: bench.world.brandId });
    const abroad = await bench.queued();
    expect(await carrierOf(abroad)).toBe(bench.world.carrierId);
    await shipFrom('ID');
    const [one, two] = [await bench.queued(), await bench.queued()];
    expect([await carrierOf(one), await carrierOf(two)]).toEqual([second, second]);
    const [kept] = await bench.staff((trx) => choicesOf(trx, one));
    expect(kept).toMatchObject({
      reason: expect.stringContaining('preferred here (prefer, rank 10: contract)'),
      considered: [{ verdict: 'chosen' }, { verdict: 'possible', why: 'no rate card holds on the ship date' }],
      customs: null,
    });
    expect((await bench.staff((trx) => choicesOf(trx, abroad)))[0]).toMatchObject({
      considered: [
        { verdict: 'refused', why: expect.stringContaining('nothing is picked up in AU, only in SG, ID') },
        { verdict: 'chosen' },
      ],
    });
    // One parcel a booking: two orders of one recipient are no multi-piece shipment there.
    bench.systems.now = fourOClock;
    await bench.ticker.runDue();
    expect([await bench.consignmentOf(one), await bench.consignmentOf(two)]).toMatchObject([
      { state: 'CLOSED', kind: 'single' },
      { state: 'CLOSED', kind: 'single' },
    ]);
  });

  it('goes by price where ops have said nothing, and by their rule as long as it is in force', async () => {
    await shipFrom('ID');
    const card = (connectionId: string, baseMinor: number) =>
      bench.staff((trx) =>
        importCard(
          trx,
          {
            csv: writeCardCsv({
              ...plainCard,
              zones: [{ zone: '1', from: 'ID', to: 'ID', postcodes: null }],
              breaks: [{ zone: '1', fromGrams: 0, upToGrams: 20_000, baseMinor, perKgMinor: 100 }],
            }),
            connectionId,
            brandId: null,
            dryRun: false,
          },
          command(),
        ),
      );
    await card(bench.world.carrierId, 900);
    await card(second, 1_000);
    const cheap = await bench.queued();
    expect(await carrierOf(cheap)).toBe(bench.world.carrierId);
    expect((await bench.staff((trx) => choicesOf(trx, cheap)))[0]?.reason).toContain('cheapest by the rate cards');
    const rule = await prefer(second);
    expect(await carrierOf(await bench.queued())).toBe(second);
    expect(await bench.staff((trx) => endCarrierRule(trx, rule, command()))).toBe(true);
    expect(await carrierOf(await bench.queued())).toBe(bench.world.carrierId);
  });

  it('an address that no carrier serves and a parcel over its limits are a problem with field and remedy at once', async () => {
    const only: CarrierLimits = { ...lastMile, crossBorder: true, pickupCountries: null };
    const takes = (limits: CarrierLimits) => () => ({ limits });
    bench.systems.carriers.set(bench.world.carrierId, takes({ ...only, deliveryCountries: ['TH'] }));
    const id = await bench.approved();
    expect(await bench.orders.planOrder(id)).toMatchObject({ planned: false });
    expect(await problemOf(id)).toMatchObject({
      detail: expect.stringContaining('nothing is delivered in ID, only in TH (shipTo.countryCode)'),
      remedy: expect.stringContaining('Correct the address'),
    });
    bench.systems.carriers.set(bench.world.carrierId, takes({ ...only, maxPieceGrams: 500 }));
    await bench.orders.planOrder(id);
    expect(await problemOf(id)).toMatchObject({
      detail: expect.stringContaining('the weight is 550 g, at most 500 g is taken (pieces[0].weightGrams)'),
      remedy: expect.stringContaining('smaller parcels'),
    });
    bench.systems.carriers.delete(bench.world.carrierId);
    expect(await bench.orders.planOrder(id)).toMatchObject({ planned: true });
    expect(await openProblemsOf(database.db, id)).toEqual([]);
  });

  it('an account that is away is passed over; where nobody else takes it, it is waited for', async () => {
    bench.systems.away.add(bench.world.carrierId);
    const id = await bench.approved();
    await expect(bench.orders.planOrder(id)).rejects.toThrow(/away/);
    await shipFrom('ID');
    expect(await bench.orders.planOrder(id)).toMatchObject({ planned: true });
    expect(await carrierOf(id)).toBe(second);
  });

  it('customs are asked at planning: what lines lack is named, and one recipient’s day is judged as a whole', async () => {
    const skus = (columns: object) => bench.staff((trx) => trx('skus').where({ id: bench.world.skuA }).update(columns));
    await skus({ hs_code: '61', origin_country_code: null });
    const id = await bench.approved();
    expect(await bench.orders.planOrder(id)).toMatchObject({ planned: false });
    expect(await problemOf(id)).toMatchObject({
      detail: expect.stringMatching(/needs an HS code of at least 6 digits .*needs its country of origin/),
      remedy: expect.stringContaining('Enter the HS code at the product'),
    });
    await skus({ hs_code: '950300', origin_country_code: 'AU' });
    await bench.staff((trx) =>
      trx('exchange_rates')
        .insert({ from_currency: 'USD', to_currency: 'IDR', on_date: '2026-11-01', rate: 15_000, source: 'test' })
        .onConflict()
        .ignore(),
    );
    await bench.orders.planOrder(id);
    // The day is one recipient's, whichever brands sent: the other tests' orders count as well.
    const counted = [];
    for (const one of [id, await bench.queued()]) {
      const [kept] = await bench.staff((trx) => choicesOf(trx, one));
      counted.push(Number(/(\d+) orders for this recipient/.exec(kept?.customs?.explain[0] ?? '')?.[1]));
    }
    expect(counted[0]).toBeGreaterThan(1);
    expect(counted[1]).toBe((counted[0] ?? 0) + 1);
  });

  it('a consignment keeps its brand’s incoterm: DDP and DAP never share one', async () => {
    await bench.staff((trx) =>
      importCard(
        trx,
        { csv: writeCardCsv(plainCard), connectionId: bench.world.carrierId, brandId: null, dryRun: false },
        command(),
      ),
    );
    const paid = await bench.queued();
    await bench.staff((trx) => trx('brands').where({ id: bench.world.brandId }).update({ incoterm: 'DAP' }));
    const unpaid = [await bench.queued(), await bench.queued()];
    bench.systems.now = fourOClock;
    await bench.ticker.runDue();
    expect(await bench.consignmentOf(paid)).toMatchObject({ state: 'CLOSED', incoterm: 'DDP', kind: 'single' });
    const joined = await bench.staff((trx) =>
      trx('consignments as c')
        .join('consignment_orders as co', 'co.consignment_id', 'c.id')
        .whereIn('co.order_id', unpaid)
        .where({ 'co.left_at': null })
        .distinct('c.id', 'c.incoterm', 'c.kind'),
    );
    expect(joined).toMatchObject([{ incoterm: 'DAP', kind: 'multiPiece' }]);
  });
});
