import { describe, expect, it } from 'vitest';
import { command, openProblemsOf, startAt } from '../tests/factories.ts';
import { priceStage } from './prices.fixture.ts';
import { reprice } from './prices.ts';
import { askForRepricing, repriceDue, repriceNext } from './prices-due.ts';
import { saveRule } from './prices-rules.ts';
import { mustStep } from './steps.ts';

const { staff, minutes, row, listing, changes, brandPrice, rule, decide, db, world, rowId } = priceStage('prices');

describe('reckoning prices anew', () => {
  it('writes price, trace and one line of history, once', async () => {
    expect(await row()).toMatchObject({ price_desired_minor: 100_000, price_rule_minor: 100_000, price_version: 2 });
    expect(await brandPrice(1_000, minutes(1))).toEqual({ changed: 0, listingsToRefresh: [] });
    await brandPrice(1_100, minutes(2));
    expect(await row()).toMatchObject({ price_desired_minor: 110_000, price_version: 3 });
    expect((await changes()).map(({ cause, changed, source }) => [cause, changed, source])).toEqual([
      ['brand-price', { desired: [null, 100_000], rule: [null, 100_000] }, expect.any(String)],
      ['brand-price', { desired: [100_000, 110_000], rule: [100_000, 110_000] }, expect.any(String)],
    ]);
  });

  it('has a listing looked at again that was refused for its price', async () => {
    const { id } = await listing();
    const changes = { rejection_reasons: [{ field: 'price', raw: 'too low', by: 'connector' }] };
    await staff((trx) =>
      mustStep(trx, { machine: 'listing', id, event: 'TAKEN_DOWN', changes }, command({ role: 'connector' })),
    );
    expect(await brandPrice(1_010, minutes(1))).toEqual({ changed: 1, listingsToRefresh: [id] });
  });

  it('wakes the account only when a live offer differs', async () => {
    const work = () =>
      staff((trx) =>
        trx('outbox')
          .where({ business_key: `stock/${world().marketplaceId}` })
          .count({ n: '*' })
          .first(),
      );
    const before = Number((await work())?.n);
    await brandPrice(1_000, minutes(1));
    expect(Number((await work())?.n)).toBe(before);
    await brandPrice(1_010, minutes(2));
    expect(Number((await work())?.n)).toBe(before + 1);
  });

  it.each([0, -100, null])('a brand price of %s blocks: the old price stays, and a problem says so', async (bad) => {
    await brandPrice(bad, minutes(1));
    expect(await row()).toMatchObject({
      price_desired_minor: 100_000,
      price_rule_minor: null,
      price_blocked_code: 'no-brand-price',
    });
    const problems = () =>
      staff((trx) =>
        trx('problems').where({ connection_id: world().marketplaceId, kind: 'price-blocked' }).select('state', 'title'),
      );
    expect(await problems()).toEqual([
      { state: 'OPEN', title: expect.stringContaining('1 price: no price from the brand') },
    ]);
    await brandPrice(1_000, minutes(2));
    expect(await row()).toMatchObject({ price_desired_minor: 100_000, price_blocked_code: null });
    expect((await problems())[0]?.state).toBe('RESOLVED');
  });

  it('ten times yesterday’s price waits for a person; its listing shows it, the old price stays', async () => {
    await brandPrice(10_000, minutes(1));
    expect(await row()).toMatchObject({ price_desired_minor: 100_000, price_rule_minor: 1_000_000 });
    expect(await listing()).toMatchObject({ state: 'UPDATE' });
    const [open] = await staff((trx) => trx('price_proposals').where({ listing_sku_id: rowId() }));
    expect(open).toMatchObject({ kind: 'guard', state: 'PROPOSED', amount_minor: 1_000_000, seen_minor: 100_000 });
    expect(await decide(open.id, 'APPROVE')).toMatchObject({ ok: true, state: 'APPROVED' });
    expect(await row()).toMatchObject({ price_desired_minor: 1_000_000, price_waits: null });
    expect(await listing()).toMatchObject({ state: 'LIVE' });
    expect(await openProblemsOf(db(), world().marketplaceId)).toEqual([]);
  });

  it('a slip that is mended takes its own proposal back', async () => {
    await brandPrice(10_000, minutes(1));
    await brandPrice(20_000, minutes(2));
    await brandPrice(1_050, minutes(3));
    const all = await staff((trx) =>
      trx('price_proposals').where({ listing_sku_id: rowId() }).orderBy('proposed_at').select('state', 'amount_minor'),
    );
    expect(all).toEqual([
      { state: 'WITHDRAWN', amount_minor: 1_000_000 },
      { state: 'WITHDRAWN', amount_minor: 2_000_000 },
    ]);
    expect(await row()).toMatchObject({ price_desired_minor: 105_000 });
    expect(await listing()).toMatchObject({ state: 'LIVE' });
  });

  it('sales begin and end by themselves', async () => {
    await brandPrice(1_000, startAt, { sale_price_minor: 800, sale_from: minutes(60), sale_until: minutes(120) });
    const tick = (n: number) => staff((trx) => repriceDue(trx, command({ role: 'system', at: minutes(n) })));
    expect(await tick(59)).toBe(0);
    expect(await tick(60)).toBe(1);
    expect(await row()).toMatchObject({ price_desired_minor: 80_000 });
    expect(await tick(60)).toBe(0);
    expect(await tick(121)).toBe(1);
    expect(await row()).toMatchObject({ price_desired_minor: 100_000, price_due_at: new Date('2026-11-28T00:00:00Z') });
    // Then the rate is too old: the price in force stays, and somebody is told.
    const stale = new Date('2026-11-28T00:00:00Z');
    expect(await staff((trx) => repriceDue(trx, command({ role: 'system', at: stale })))).toBeGreaterThan(0);
    expect(await row()).toMatchObject({
      price_desired_minor: 100_000,
      price_blocked_code: 'stale-exchange-rate',
      price_due_at: null,
    });
  });

  it('the rule of the brand goes before that of the account, and a rule that ended is none', async () => {
    await rule({ fees: [{ code: 'commission', kind: 'percentOfPrice', percent: '20' }] });
    expect(await row()).toMatchObject({ price_desired_minor: 125_000 });
    await rule({ fees: [{ code: 'commission', kind: 'percentOfPrice', percent: '10' }] }, world().brandId);
    expect(await row()).toMatchObject({ price_desired_minor: 111_112 });
    await staff(async (trx) => {
      const ended = {
        connectionId: world().marketplaceId,
        brandId: world().brandId,
        data: null,
        reason: 'over',
        seenVersion: 1,
      };
      expect(await saveRule(trx, { ...ended, seenVersion: 0 }, command())).toBeNull();
      expect(await saveRule(trx, ended, command())).toMatchObject({ version: 2 });
      await reprice(trx, [rowId()], { cause: 'rule', source: 'x' }, command());
    });
    expect(await row()).toMatchObject({ price_desired_minor: 125_000 });
  });

  it('a repricing goes through all rows in batches, and a repeated batch is no second one', async () => {
    const id = await staff(async (trx) => {
      await trx('skus').where({ id: world().skuA }).update({ price_minor: 1_200 });
      return askForRepricing(
        trx,
        { cause: 'exchange-rate', source: 'a new rate', connectionId: world().marketplaceId, brandId: null },
        command({ actor: 'ada' }),
      );
    });
    const run = () => staff((trx) => repriceNext(trx, id, minutes(1)));
    expect(await run()).toEqual({ done: true, changed: 2 });
    expect(await run()).toEqual({ done: true, changed: 0 });
    const books = await staff((trx) => trx('repricings').where({ id }).first());
    expect(books).toMatchObject({ looked_at: 2, changed: 2, finished_at: minutes(1) });
    expect((await changes()).at(-1)).toMatchObject({ cause: 'exchange-rate', source: 'a new rate', actor: 'ada' });
    const woken = await staff((trx) => trx('outbox').where({ topic: 'prices', business_key: `prices/${id}` }));
    expect(woken).toHaveLength(1);
  });
});
