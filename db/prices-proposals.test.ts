import { describe, expect, it } from 'vitest';
import { command, startAt, unique } from '../tests/factories.ts';
import { priceStage } from './prices.fixture.ts';
import { expirePrices } from './prices-due.ts';

const { staff, minutes, row, listing, changes, brandPrice, rule, propose, decide, must, acknowledge } =
  priceStage('prices');

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
