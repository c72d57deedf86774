import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Quote } from '../connectors/contract/carrier.ts';
import { ConnectorError } from '../connectors/errors.ts';
import { keepMeasure, measureParcel, setAuditPolicy } from '../db/freight-audit.ts';
import { takeBill } from '../db/freight-bills.ts';
import { importCard } from '../db/freight-cards.ts';
import { listAudits } from '../db/queries/freight-audits.ts';
import { writeCardCsv } from '../freight/card-template.ts';
import { plainCard } from '../freight/cards.fixture.ts';
import { command } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { openShippingBench } from '../tests/shipping-bench.ts';
import { auditFreight } from './freight-audit.ts';

/** One order of 0.55 kg in the assumed carton: 1.8 kg by volume, billed as 2 kg: 43.00, fuel 8.60. */
const expectedMinor = 5_160;
const charge = (code: string, amountMinor: number, type: 'base' | 'surcharge' = 'surcharge', currency = 'AUD') => ({
  type,
  code,
  name: code === 'BASE' ? 'EXPRESS WORLDWIDE' : code,
  amount: { amountMinor, currency },
});
const asCarded = [charge('BASE', 4_300, 'base'), charge('FF', 860)];

describe('freight audit', () => {
  let database: TestDatabase;
  let bench: Awaited<ReturnType<typeof openShippingBench>>;

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'freight_audit' });
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    bench = await openShippingBench(database);
    const csv = writeCardCsv({ ...plainCard, sideRounding: 'none' });
    const input = { csv, connectionId: bench.world.carrierId, brandId: null, dryRun: false };
    await bench.staff((trx) => importCard(trx, input, command()));
  });

  /** A booked consignment for which the carrier states these charges. */
  const booked = async (charges: typeof asCarded) => {
    bench.systems.charges = charges;
    const orderId = await bench.queued();
    bench.systems.now = (await bench.consignmentOf(orderId)).close_due_at;
    await bench.ticker.runDue();
    await bench.book(orderId);
    const { id } = await bench.consignmentOf(orderId);
    const [parcel] = await bench.parcelsOf(orderId);
    return { id: id as string, parcel };
  };
  const audit = () => auditFreight(bench.systems.deps(database.db), command({ at: bench.systems.now }));
  const auditOf = async (id: string) => {
    const rows = await bench.staff((trx) => listAudits(trx, { connectionId: bench.world.carrierId }));
    return rows.find(({ consignmentId }) => consignmentId === id) ?? expect.fail('not audited');
  };
  const problems = () =>
    bench.staff((trx) =>
      trx('problems')
        .where({ connection_id: bench.world.carrierId, kind: 'freight-differs' })
        .whereNot({ state: 'RESOLVED' })
        .orderBy('cause_key'),
    );

  it('agrees with a booking by the card, and stays silent', async () => {
    const { id } = await booked(asCarded);
    await audit();
    expect(await auditOf(id)).toMatchObject({
      verdict: 'agrees',
      differenceMinor: 0,
      card: 'plain, version 1',
      statements: [
        { by: 'card', totalMinor: expectedMinor, billedGrams: 2_000 },
        { by: 'booked', totalMinor: expectedMinor },
      ],
    });
    expect(await problems()).toEqual([]);
    expect(await audit()).toBe(0);
  });

  it('makes one problem of the account out of the fuel of another week, and no brand sees it', async () => {
    await booked([charge('BASE', 4_300, 'base'), charge('FF', 1_075)]);
    const { id } = await booked([charge('BASE', 4_300, 'base'), charge('FF', 1_075)]);
    await audit();
    const found = await problems();
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ occurrences: 2, brand_id: null, severity: 'warning' });
    expect(found[0].detail).toContain('Fuel at 25 %; the card has 20 %');
    expect((await auditOf(id)).findings).toMatchObject([{ cause: 'fuel-week', amountMinor: 215 }]);
  });

  it('reckons a measured parcel anew: the bill is expected to differ, until it is taken back', async () => {
    const { id, parcel } = await booked(asCarded);
    await audit();
    const measure = { weightGrams: 3_200, lengthMm: null, widthMm: null, heightMm: null };
    const keep = (grams: number) =>
      bench.staff((trx) => keepMeasure(trx, parcel, { ...measure, weightGrams: grams }, 'carrier', command()));
    expect([await keep(3_200), await keep(3_200)]).toEqual([true, false]);
    await audit();
    // 3.5 kg: 56.50 and 20 % fuel.
    expect(await auditOf(id)).toMatchObject({
      verdict: 'differs',
      differenceMinor: 6_780 - expectedMinor,
      findings: [{ cause: 're-weigh', amountMinor: 1_620 }],
    });
    expect(await problems()).toMatchObject([{ cause_key: `consignment/${id}/freight-audit` }]);
    await keep(1_700);
    await audit();
    expect((await auditOf(id)).verdict).toBe('agrees');
    expect(await problems()).toEqual([]);
  });

  it('asks the carrier once, and tells when it charged otherwise than it quoted', async () => {
    const asked = { times: 0 };
    bench.systems.rates = async () => {
      asked.times += 1;
      const total = { amountMinor: 3_000, currency: 'AUD' };
      const quote = { service: 'P', serviceName: 'EXPRESS WORLDWIDE', total, charges: [], estimatedDeliveryAt: null };
      return {
        details: [{ ...quote, service: 'Y', serviceName: 'EXPRESS 12:00' }, quote] satisfies Quote[],
        messages: [],
      };
    };
    const { id, parcel } = await booked(asCarded);
    await audit();
    expect((await auditOf(id)).findings).toMatchObject([{ cause: 'carrier-quote', amountMinor: 2_160 }]);
    const weighed = { weightGrams: 560, lengthMm: null, widthMm: null, heightMm: null };
    await bench.staff((trx) => keepMeasure(trx, parcel, weighed, 'carrier', command()));
    await audit();
    expect(asked.times).toBe(1);
  });

  it('goes on without the carrier when it does not answer, and asks nobody where the policy says so', async () => {
    const asked = { times: 0 };
    bench.systems.rates = async () => {
      asked.times += 1;
      throw new ConnectorError('Unavailable', 'away');
    };
    const { id } = await booked(asCarded);
    await audit();
    expect([(await auditOf(id)).verdict, asked.times]).toEqual(['agrees', 1]);
    const policy = { askCarrier: false, tolerance: { basisPoints: 5_000, leastHundredths: 100 } };
    await bench.staff((trx) => setAuditPolicy(trx, bench.world.carrierId, policy, command()));
    const far = await booked([charge('BASE', 5_500, 'base'), charge('FF', 1_100)]);
    await audit();
    expect([(await auditOf(far.id)).verdict, asked.times]).toEqual(['agrees', 1]);
  });

  it('compares nothing across currencies without a rate, and says so', async () => {
    const { id } = await booked([charge('BASE', 4_300, 'base', 'XTS')]);
    await audit();
    const found = await auditOf(id);
    expect(found).toMatchObject({ verdict: 'incomparable', note: expect.stringContaining('XTS and AUD') });
    expect(await problems()).toEqual([]);
  });

  it('compares the bill in place of the booking, and names waybills that are not ours', async () => {
    const { id } = await booked(asCarded);
    await audit();
    const { tracking_number: waybill } = await bench.staff((trx) => trx('consignments').where({ id }).first());
    const csv = [
      'waybill,code,name,amount,currency,billed_kg',
      `${waybill},BASE,EXPRESS WORLDWIDE,56.50,AUD,3.5`,
      `${waybill},FF,FUEL SURCHARGE,11.30,AUD,`,
      `${waybill},OO,REMOTE AREA DELIVERY,25.00,AUD,`,
      'nobody-knows,BASE,EXPRESS WORLDWIDE,25.00,AUD,',
    ].join('\n');
    const take = (dryRun: boolean) =>
      bench.staff((trx) => takeBill(trx, { csv, connectionId: bench.world.carrierId, dryRun }));
    expect(await take(true)).toMatchObject({ ok: true, rows: 4, unknown: ['nobody-knows'] });
    expect(await audit()).toBe(0);
    await take(false);
    await audit();
    expect(await auditOf(id)).toMatchObject({
      verdict: 'differs',
      differenceMinor: 9_280 - expectedMinor,
      findings: [
        { cause: 'remote-area', amountMinor: 2_500 },
        { cause: 're-weigh', amountMinor: 1_620, explain: 'The price of 3.5 kg, declared as 2 kg.' },
      ],
    });
  });

  it('takes what ops weigh as the parcel’s own until it is booked', async () => {
    const orderId = await bench.queued();
    const [parcel] = await bench.parcelsOf(orderId);
    const measure = { weightGrams: 2_600, lengthMm: 200, widthMm: 200, heightMm: 100 };
    const weigh = () => bench.staff((trx) => measureParcel(trx, parcel.id, measure, command()));
    expect(await weigh()).toEqual({ ok: true, declared: true });
    const [weighed] = await bench.parcelsOf(orderId);
    expect(weighed).toMatchObject({ weight_grams: 2_600, length_mm: 200, estimated: false });
    await bench.ticker.runDue();
    // 2.6 kg, billed as 3: 52.00 and fuel.
    expect(await bench.consignmentOf(orderId)).toMatchObject({ planned_cost_minor: 6_240, price_due: false });
  });
});
