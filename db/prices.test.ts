import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { PriceRule } from '../pricing/types.ts';
import { defaultRule } from '../pricing/types.ts';
import { command, later, makeWorld, openProblemsOf, startAt, unique, type World } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import type { Tx } from './database.ts';
import { typeRate } from './exchange-rates.ts';
import { reprice } from './prices.ts';
import { askForRepricing, expirePrices, repriceDue, repriceNext } from './prices-due.ts';
import { decidePrice, type HandPrice, proposePrice } from './prices-proposals.ts';
import { saveRule } from './prices-rules.ts';

let database: TestDatabase;
let world: World;
let listingId: string;
let rowId: string;

const staff = <Result>(work: (trx: Tx) => Promise<Result>) => database.db.tx('staff', work);
const minutes = (n: number): Date => later(n);
const row = () => staff((trx) => trx('listing_skus').where({ id: rowId }).first());
const listing = () => staff((trx) => trx('listings').where({ id: listingId }).first());
const changes = () => staff((trx) => trx('price_changes').where({ listing_sku_id: rowId }).orderBy('version'));
const news = { cause: 'brand-price', source: null } as const;
const byShop = (at = startAt) => command({ role: 'connector', actor: 'tradelane', at });

/** The brand moves its price; in rupiah at 10,000 a dollar. */
const brandPrice = (priceMinor: number | null, at = startAt, more: Record<string, unknown> = {}) =>
  staff(async (trx) => {
    await trx('skus')
      .where({ id: world.skuA })
      .update({ price_minor: priceMinor, ...more });
    return reprice(trx, [rowId], news, byShop(at));
  });
const rule = (more: Partial<PriceRule>, brandId: string | null = null) =>
  staff(async (trx) => {
    const latest = await trx('price_rules')
      .where({ connection_id: world.marketplaceId, brand_id: brandId })
      .max({ v: 'version' })
      .first();
    await saveRule(
      trx,
      {
        connectionId: world.marketplaceId,
        brandId,
        data: { ...defaultRule, ...more },
        reason: 'a test',
        seenVersion: Number(latest?.v ?? 0),
      },
      command({ role: 'admin', actor: 'ada' }),
    );
    await reprice(trx, [rowId], { cause: 'rule', source: 'ada' }, command({ role: 'admin', actor: 'ada' }));
  });
const propose = (amountMinor: number, more: Partial<HandPrice> = {}, by = command()) =>
  staff((trx) =>
    proposePrice(trx, { listingSkuId: rowId, amountMinor, reason: 'campaign', expiresAt: null, ...more }, by),
  );
const decide = (id: string, event: 'APPROVE' | 'REJECT' | 'WITHDRAW', by = command(), passFloor?: string) =>
  staff((trx) => decidePrice(trx, { id, event, passFloor }, by));
const must = (proposed: Awaited<ReturnType<typeof propose>>): string => {
  if (!proposed.ok) throw new Error(proposed.why);
  return proposed.id;
};
/** The marketplace took over what was desired. */
const acknowledge = () =>
  staff((trx) =>
    trx('listing_skus')
      .where({ id: rowId })
      .update({ price_acknowledged_minor: trx.ref('price_desired_minor'), price_acknowledged_at: startAt }),
  );

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'prices' });
  const rate = {
    from: 'AUD',
    to: 'IDR',
    value: '10000',
    date: '2026-11-20',
    source: 'bank',
    reason: 'a test',
    sure: false,
  };
  await staff((trx) => typeRate(trx, rate, command()));
});
afterAll(() => database?.close());
beforeEach(async () => {
  world = await makeWorld(database.db);
  const found = await staff((trx) => trx('listing_skus').where({ sku_id: world.skuA }).first());
  [listingId, rowId] = [found.listing_id, found.id];
  await staff((trx) =>
    trx('listings')
      .where({ id: listingId })
      .update({ content_hash: 'same', submitted_hash: 'same', external_id: unique('there') }),
  );
  for (const event of ['APPROVE', 'SUBMITTED', 'REVIEW_PASSED'] as const) {
    const { step } = await import('./steps.ts');
    const result = await staff((trx) =>
      step(
        trx,
        { machine: 'listing', id: listingId, event },
        command({ role: event === 'APPROVE' ? 'ops' : 'connector' }),
      ),
    );
    if (!result.ok) throw new Error(result.why);
  }
  await brandPrice(1_000);
  await acknowledge();
});

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

  it('wakes the account only when a live offer differs', async () => {
    const work = () =>
      staff((trx) =>
        trx('outbox')
          .where({ business_key: `stock/${world.marketplaceId}` })
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
        trx('problems').where({ connection_id: world.marketplaceId, kind: 'price-blocked' }).select('state', 'title'),
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
    const [open] = await staff((trx) => trx('price_proposals').where({ listing_sku_id: rowId }));
    expect(open).toMatchObject({ kind: 'guard', state: 'PROPOSED', amount_minor: 1_000_000, seen_minor: 100_000 });
    expect(await decide(open.id, 'APPROVE')).toMatchObject({ ok: true, state: 'APPROVED' });
    expect(await row()).toMatchObject({ price_desired_minor: 1_000_000, price_waits: null });
    expect(await listing()).toMatchObject({ state: 'LIVE' });
    expect(await openProblemsOf(database.db, world.marketplaceId)).toEqual([]);
  });

  it('a slip that is mended takes its own proposal back', async () => {
    await brandPrice(10_000, minutes(1));
    await brandPrice(20_000, minutes(2));
    await brandPrice(1_050, minutes(3));
    const all = await staff((trx) =>
      trx('price_proposals').where({ listing_sku_id: rowId }).orderBy('proposed_at').select('state', 'amount_minor'),
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
    expect(await row()).toMatchObject({ price_desired_minor: 100_000, price_due_at: null });
  });

  it('the rule of the brand goes before that of the account, and a rule that ended is none', async () => {
    await rule({ fees: [{ code: 'commission', kind: 'percentOfPrice', percent: '20' }] });
    expect(await row()).toMatchObject({ price_desired_minor: 125_000 });
    await rule({ fees: [{ code: 'commission', kind: 'percentOfPrice', percent: '10' }] }, world.brandId);
    expect(await row()).toMatchObject({ price_desired_minor: 111_112 });
    await staff(async (trx) => {
      const ended = {
        connectionId: world.marketplaceId,
        brandId: world.brandId,
        data: null,
        reason: 'over',
        seenVersion: 1,
      };
      expect(await saveRule(trx, { ...ended, seenVersion: 0 }, command())).toBeNull();
      expect(await saveRule(trx, ended, command())).toMatchObject({ version: 2 });
      await reprice(trx, [rowId], { cause: 'rule', source: 'x' }, command());
    });
    expect(await row()).toMatchObject({ price_desired_minor: 125_000 });
  });

  it('a repricing goes through all rows in batches, and a repeated batch is no second one', async () => {
    const id = await staff(async (trx) => {
      await trx('skus').where({ id: world.skuA }).update({ price_minor: 1_200 });
      return askForRepricing(
        trx,
        { cause: 'exchange-rate', source: 'a new rate', connectionId: world.marketplaceId, brandId: null },
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

describe('a price that a person typed', () => {
  it('waits beside the content: UPDATE while it is open, then LIVE with the new price', async () => {
    const id = must(await propose(95_000, { expiresAt: minutes(600) }));
    expect(await row()).toMatchObject({ price_desired_minor: 100_000 });
    expect(await listing()).toMatchObject({ state: 'UPDATE', remote: 'LIVE' });
    expect(await decide(id, 'APPROVE', command({ actor: 'ada', role: 'approver' }))).toMatchObject({ ok: true });
    expect(await row()).toMatchObject({
      price_desired_minor: 95_000,
      price_rule_minor: 100_000,
      price_due_at: minutes(600),
    });
    expect(await listing()).toMatchObject({ state: 'LIVE' });
    // The brand moves meanwhile: the override holds, the rule price is known.
    await brandPrice(1_100, minutes(5));
    expect(await row()).toMatchObject({ price_desired_minor: 95_000, price_rule_minor: 110_000 });
    expect((await changes()).map(({ cause, actor }) => `${cause} ${actor}`)).toEqual([
      'brand-price tradelane',
      'proposed a-test',
      'approved ada',
      'approved ada',
      'brand-price tradelane',
    ]);
  });

  it('expires, open or in force', async () => {
    const id = must(await propose(95_000, { expiresAt: minutes(10) }));
    await decide(id, 'APPROVE');
    const open = must(await propose(96_000, { expiresAt: minutes(20) }));
    const tick = (n: number) => staff((trx) => expirePrices(trx, command({ role: 'system', at: minutes(n) })));
    expect(await tick(9)).toBe(0);
    expect(await tick(10)).toBe(1);
    expect(await row()).toMatchObject({ price_desired_minor: 100_000 });
    expect(await listing()).toMatchObject({ state: 'UPDATE' });
    expect(await tick(20)).toBe(1);
    expect(await listing()).toMatchObject({ state: 'LIVE' });
    const states = await staff((trx) => trx('price_proposals').whereIn('id', [id, open]).pluck('state'));
    expect(states).toEqual(['EXPIRED', 'EXPIRED']);
    expect((await propose(95_000, { expiresAt: startAt })).ok).toBe(false);
  });

  it('below the margin floor is refused with the formula; whoever may, lets it pass with a reason', async () => {
    await rule({ costPercent: '80', floorPercent: '10' });
    await brandPrice(1_100, minutes(1));
    const refused = await propose(95_000);
    expect(refused).toMatchObject({ ok: false, code: 'BelowFloor' });
    expect(refused.ok ? '' : refused.why).toContain('95,000 IDR − 88,000 IDR cost = 7,000 IDR');
    expect(await propose(95_000, { passFloor: 'launch' })).toMatchObject({ ok: false, code: 'NotBelowFloorAllowed' });
    expect(await listing()).toMatchObject({ state: 'LIVE' });
    const id = must(await propose(95_000, { passFloor: 'launch' }, command({ role: 'approver', actor: 'ada' })));
    expect(await decide(id, 'APPROVE')).toMatchObject({ ok: true });
    expect(await row()).toMatchObject({ price_desired_minor: 95_000, price_blocked_code: null });
  });

  it('that was above the floor when it was typed is not approved below it', async () => {
    await rule({ costPercent: '80', floorPercent: '10' });
    const id = must(await propose(95_000));
    await brandPrice(1_100, minutes(1));
    const refused = await decide(id, 'APPROVE');
    expect(refused).toMatchObject({ ok: false, code: 'GuardRefused', state: 'PROPOSED' });
    expect(refused.ok ? '' : refused.why).toContain('the lowest price is 97,778 IDR');
    expect(await decide(id, 'APPROVE', command({ role: 'ops' }), 'please')).toMatchObject({ ok: false });
    expect(await decide(id, 'APPROVE', command({ role: 'admin' }), 'launch')).toMatchObject({ ok: true });
    expect(await row()).toMatchObject({ price_desired_minor: 95_000 });
  });

  it('takes the place of the one before; rejected or taken back, the rule price holds', async () => {
    const first = must(await propose(95_000));
    await decide(first, 'APPROVE');
    await acknowledge();
    const second = must(await propose(96_000));
    const third = must(await propose(97_000));
    await decide(third, 'APPROVE');
    expect(await row()).toMatchObject({ price_desired_minor: 97_000 });
    const fourth = must(await propose(98_000));
    await decide(fourth, 'REJECT');
    expect(await row()).toMatchObject({ price_desired_minor: 97_000 });
    await decide(third, 'WITHDRAW');
    expect(await row()).toMatchObject({ price_desired_minor: 100_000 });
    const states = await staff((trx) =>
      trx('price_proposals').whereIn('id', [first, second, third, fourth]).orderBy('amount_minor').pluck('state'),
    );
    expect(states).toEqual(['WITHDRAWN', 'WITHDRAWN', 'WITHDRAWN', 'REJECTED']);
    for (const bad of [0, -1]) expect(await propose(bad)).toMatchObject({ ok: false, code: 'InvalidPrice' });
  });

  it('decided twice under one command gives the first answer', async () => {
    const id = must(await propose(95_000));
    const once = command({ commandId: unique('decision') });
    expect(await decide(id, 'APPROVE', once)).toMatchObject({ ok: true, repeated: false });
    expect(await decide(id, 'APPROVE', once)).toMatchObject({ ok: true, repeated: true });
    expect(await decide(id, 'REJECT')).toMatchObject({ ok: false, code: 'NotAllowedInState' });
  });
});
