import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { reportProblem, resolveProblem } from '../db/problems.ts';
import { AuditBench, canary, truthOf } from './bench.fixture.ts';
import { announced, shopOrder } from './log.fixture.ts';
import { renderAudit, runAudit } from './main.ts';

let bench: AuditBench;
beforeAll(async () => {
  bench = await AuditBench.open(inject('postgresSuperuserUrl'));
});
afterAll(() => bench.close());

describe('the audit on a real database', () => {
  it('finds nothing wrong with an order that was announced, pushed and taken by the shop', async () => {
    const report = await bench.audit();
    expect(renderAudit(report)).toContain('The audit found nothing.');
    expect(report.ok).toBe(true);
    for (const name of ['L1', 'L2', 'L3', 'L4', 'L5', 'L7', 'L8', 'L9'] as const)
      expect([name, report.checks[name].checked > 0]).toEqual([name, true]);
    expect(report.checks.L10.note).toBe('no fault fired');
  });

  it('L1: finds an order that did not arrive, and lines that were changed here', async () => {
    const more = bench.logs();
    more.jd.facts(announced('1002', [{ sku: 'JD-TEE', quantity: 1, unitPriceMinor: 1 }]));
    expect(await bench.found('L1', more)).toEqual(['an announced order is missing']);
    const damage = [`update channel_orders set lines = jsonb_set(lines, '{0,quantity}', '3')`];
    const repair = [`update channel_orders set lines = jsonb_set(lines, '{0,quantity}', '2')`];
    await bench.violated(damage, repair, async () => expect(await bench.found('L1')).toEqual(['lines differ']));
  });

  it('L2: finds a second shop order, and books that forgot the push', async () => {
    const more = bench.logs();
    more.shop.facts(shopOrder('71', bench.order.number, [{ sku: 'TEE', quantity: 2 }]));
    expect(await bench.found('L2', more)).toEqual(['two living shop orders']);
    const none = bench.logs();
    none.shop.lines.length = 1;
    expect(await bench.found('L2', none)).toEqual(['pushed, and the shop has none that stands']);
  });

  it('L3: knows safety stock and names from the database', async () => {
    const damage = [`update skus set safety_stock = 1`];
    await bench.violated(damage, ['update skus set safety_stock = null'], async () => {
      expect(await bench.found('L3')).toEqual(['more offered than there is']);
    });
  });

  it('L5: finds undelivered work and an order without its process', async () => {
    expect(await bench.found('L5', bench.logs(), { workflows: [] })).toEqual(['no open workflow']);
    const damage = ['update outbox set delivered_at = null where id = (select min(id) from outbox)'];
    await bench.violated(damage, ['update outbox set delivered_at = created_at'], async () => {
      expect(await bench.found('L5')).toEqual(['follow-up work that was not delivered']);
    });
  });

  it('L7: finds an offer that was not acknowledged, until a problem says why', async () => {
    const damage = ['update listing_skus set stock_acknowledged = 2'];
    const repair = ['update listing_skus set stock_acknowledged = 3'];
    await bench.violated(damage, repair, async () => {
      expect(await bench.found('L7')).toEqual(['stock out of step']);
      const report = {
        causeKey: 'x',
        kind: 'offer-refused',
        severity: 'error',
        title: 'x',
        detail: 'x',
        remedy: 'x',
      } as const;
      const command = { commandId: 'problem', actor: 'test', role: 'system', at: new Date() } as const;
      await bench.test.db.tx('staff', (trx) =>
        reportProblem(trx, { ...report, entityKind: 'listing', entityId: bench.world.listingId }, command),
      );
      expect(await bench.found('L7')).toEqual([]);
      await bench.test.db.tx('staff', (trx) => resolveProblem(trx, 'x', { ...command, commandId: 'solved' }));
      expect(await bench.found('L7')).toEqual(['stock out of step']);
    });
  });

  it('L8, L10: passes limits and faults on', async () => {
    const busy = bench.logs();
    for (let n = 0; n < 40; n += 1) busy.jd.call({ atMs: 2_000_000 + n });
    expect(await bench.found('L8', busy)).toEqual(['more calls in a second than permitted']);
    const faulty = bench.logs();
    faulty.jd.call({ fault: 'drop', outcome: 'dropped', status: 0, operation: 'stock.write' });
    expect(await bench.found('L10', faulty)).toEqual(['a fault without a trace']);
  });

  it('L9: finds a secret in a text, inside JSON, and as base64 in a history; never prints it', async () => {
    const quoted = canary.replaceAll("'", "''");
    await bench.violated([`update orders set note = 'x ${quoted}'`], ['update orders set note = null'], async () => {
      const report = await bench.audit();
      expect(report.checks.L9.findings).toEqual([
        { what: 'a secret lies about', ids: ['orders.note'], detail: 'canary 1: 1 rows' },
      ]);
      expect(JSON.stringify(report)).not.toContain('4711');
    });
    const inJson = `update connections set settings = jsonb_build_object('url', 'http://127.0.0.1:1/' || code, 'token', '${quoted}')`;
    const repair = [`update connections set settings = jsonb_build_object('url', 'http://127.0.0.1:1/' || code)`];
    await bench.violated([inJson], repair, async () => expect(await bench.found('L9')).toHaveLength(1));
    for (const prefix of ['', 'a', 'ab'])
      expect(
        await bench.found('L9', bench.logs(), { histories: Buffer.from(`${prefix}${canary}zz`).toString('base64') }),
      ).toHaveLength(1);
    expect(
      await bench.found('L9', bench.logs(), { histories: Buffer.from(JSON.stringify({ canary })).toString('base64') }),
    ).toHaveLength(1);
    expect(
      await bench.found('L9', bench.logs(), { histories: Buffer.from('something else').toString('base64') }),
    ).toEqual([]);
  });

  it('checks only what it is asked for, and fails loudly without its witnesses', async () => {
    const { checks } = await runAudit({ db: bench.test.db, installation: 'local', sources: [], only: ['L4'] });
    expect(checks.L4.checked).toBeGreaterThan(0);
    expect(checks.L1.note).toBe('not asked for');
    const dead = {
      ...truthOf(bench.logs().jd.source('marketplace', 'jd')),
      readLog: () => Promise.reject(new Error('gone')),
    };
    await expect(runAudit({ db: bench.test.db, installation: 'local', sources: [dead] })).rejects.toThrow(
      'the log of jd-id',
    );
  });
});
