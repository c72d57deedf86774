import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { reportProblem, resolveProblem } from '../db/problems.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { announced, LogWriter, offerSet, priceSet, shopOrder, stockSet, whats } from './log.fixture.ts';
import { renderAudit, runAudit } from './main.ts';
import type { AuditReport, GroundTruth, Invariant, Source } from './types.ts';
import { announceHere, makeSmallWorld, pushHere, type SmallWorld } from './world.fixture.ts';

const canary = 'canary-Ω"quoted"-4711';
const truthOf = ({ lines, limits, ...source }: Source): GroundTruth => ({
  ...source,
  readLog: async () => lines,
  readLimits: async () => limits,
});

let test: TestDatabase;
let world: SmallWorld;
let order: { id: string; number: string };
const limits = { perSecond: 10, burst: 10 };

beforeAll(async () => {
  test = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'audit' });
  world = await makeSmallWorld(test.db);
  order = await announceHere(test.db, world, '1001', 2);
  await pushHere(test.db, order.id, '70');
  await asOwner('update outbox set delivered_at = created_at');
  await asOwner('update listing_skus set stock_desired = 3, stock_acknowledged = 3');
});
afterAll(() => test.close());

/** What only somebody beside the application could do: with the owner's rights, past its triggers. */
async function asOwner(...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: test.ownerUrl });
  await client.connect();
  try {
    await client.query('begin');
    await client.query(`select set_config('tradelane.brand', '*', true)`);
    for (const statement of statements) await client.query(statement);
    await client.query('commit');
  } finally {
    await client.end();
  }
}

/** Undoes a violation again, whatever the test says. */
async function violated(damage: string[], repair: string[], check: () => Promise<void>): Promise<void> {
  await asOwner(...damage);
  try {
    await check();
  } finally {
    await asOwner(...repair);
  }
}

function logs() {
  const shop = new LogWriter('woocommerce');
  const jd = new LogWriter('jd-id');
  shop.at(1_000_000).facts(stockSet('TEE', 5));
  jd.at(1_002_000).facts({ fact: 'listing.state', externalId: 'spu-1', from: 'OFF_SHELF', to: 'ON_SHELF' });
  jd.facts(offerSet('JD-TEE', 5), priceSet('JD-TEE', 100_000)).call();
  jd.facts(offerSet('JD-TEE', 3, 'sale'), announced('1001', [{ sku: 'JD-TEE', quantity: 2, unitPriceMinor: 100_000 }]));
  shop
    .at(1_010_000)
    .facts(shopOrder('70', order.number, [{ sku: 'TEE', quantity: 2 }]), stockSet('TEE', 3, 'order'))
    .call();
  return { shop, jd };
}

async function audit(
  writers: { shop: LogWriter; jd: LogWriter } = logs(),
  more: { workflows?: string[]; histories?: string; mail?: LogWriter } = {},
): Promise<AuditReport> {
  const workflows = more.workflows ?? [`local/order/${order.id}`];
  return runAudit({
    db: test.db,
    installation: 'local',
    temporal: { listOpenWorkflows: async () => workflows.map((workflowId) => ({ workflowId, type: 'orderWorkflow' })) },
    sources: [
      truthOf(writers.shop.source('store', 'kauri-shop', limits)),
      truthOf(writers.jd.source('marketplace', 'jd', limits)),
      truthOf((more.mail ?? new LogWriter('mail')).source('mail', null)),
    ],
    canaries: [canary],
    histories: async function* () {
      yield { workflowId: 'local/order/1', json: more.histories ?? '{"events":[]}' };
    },
  });
}

const found = async (name: Invariant, ...args: Parameters<typeof audit>) =>
  whats((await audit(...args)).checks[name].findings);

describe('the audit on a real database', () => {
  it('finds nothing wrong with an order that was announced, pushed and taken by the shop', async () => {
    const report = await audit();
    expect(renderAudit(report)).toContain('The audit found nothing.');
    expect(report.ok).toBe(true);
    for (const name of ['L1', 'L2', 'L3', 'L4', 'L5', 'L7', 'L8', 'L9'] as const)
      expect([name, report.checks[name].checked > 0]).toEqual([name, true]);
    expect(report.checks.L10.note).toBe('no fault fired');
  });

  it('L1: finds an order that did not arrive, and lines that were changed here', async () => {
    const more = logs();
    more.jd.facts(announced('1002', [{ sku: 'JD-TEE', quantity: 1, unitPriceMinor: 1 }]));
    expect(await found('L1', more)).toEqual(['an announced order is missing']);
    const damage = [`update channel_orders set lines = jsonb_set(lines, '{0,quantity}', '3')`];
    const repair = [`update channel_orders set lines = jsonb_set(lines, '{0,quantity}', '2')`];
    await violated(damage, repair, async () => expect(await found('L1')).toEqual(['lines differ']));
  });

  it('L2: finds a second shop order, and books that forgot the push', async () => {
    const more = logs();
    more.shop.facts(shopOrder('71', order.number, [{ sku: 'TEE', quantity: 2 }]));
    expect(await found('L2', more)).toEqual(['two living shop orders']);
    const none = logs();
    none.shop.lines.length = 1;
    expect(await found('L2', none)).toEqual(['pushed, and the shop has none that stands']);
  });

  it('L3: knows safety stock and names from the database', async () => {
    const damage = [`update skus set safety_stock = 1`];
    await violated(damage, ['update skus set safety_stock = null'], async () => {
      expect(await found('L3')).toEqual(['more offered than there is']);
    });
  });

  it('L5: finds undelivered work and an order without its process', async () => {
    expect(await found('L5', logs(), { workflows: [] })).toEqual(['no open workflow']);
    const damage = ['update outbox set delivered_at = null where id = (select min(id) from outbox)'];
    await violated(damage, ['update outbox set delivered_at = created_at'], async () => {
      expect(await found('L5')).toEqual(['follow-up work that was not delivered']);
    });
  });

  describe('L6', () => {
    const id = randomUUID();
    const step = (version: number, from: string, event: string, to: string) =>
      `insert into transitions (machine, entity_id, version, event, from_state, to_state, command_id, actor, role, at, chain_hash)
       select 'consignment', id, ${version}, '${event}', '${from}', '${to}', '${id}/${version}', 'x', 'system', now(), ''
       from consignments`;
    const notify = [
      step(2, 'OPEN', 'CLOSE', 'CLOSED'),
      step(3, 'CLOSED', 'BOOKED', 'BOOKED'),
      step(4, 'BOOKED', 'NOTIFIED', 'NOTIFIED'),
    ];
    const forget = [
      'alter table transitions disable trigger user',
      `delete from transitions where command_id like '${id}%'`,
      'alter table transitions enable trigger user',
    ];
    const write = (body: string) => [
      `insert into mails (id, brand_id, key, kind, slot_date, slot_time, message_id, recipients, subject, body_text, body_html,
         sent_at, created_at)
       select '${id}', brand_id, 'k', 'labels', slot_date, slot_time, '<k@x>', '{}', 'Labels', '${body}', '', now(), now()
       from consignments`,
      `insert into mail_consignments select '${id}', id, revision, brand_id from consignments`,
    ];
    const burn = [`delete from mail_consignments`, `delete from mails`];
    const accepted = () => new LogWriter('mail').facts({ fact: 'mail.accepted', messageId: '<k@x>' });

    it('finds a consignment that counts as mailed and is in no mail', async () => {
      await violated(notify, forget, async () => {
        const { checks } = await audit();
        expect(whats(checks.L6.findings)).toEqual(['counts as mailed, and no sent mail holds it']);
        expect(whats(checks.L4.findings)).toEqual(['row and history differ']);
      });
    });

    it('finds nothing once the mail with it was accepted, and everything that is missing before', async () => {
      await violated([...notify, ...write(`with ${order.number}`)], [...burn, ...forget], async () => {
        expect(await found('L6', logs(), { mail: accepted() })).toEqual([]);
        expect(await found('L6')).toEqual(['sent by our books, and nobody accepted it']);
      });
      await violated([...notify, ...write('with TL-999999')], [...burn, ...forget], async () => {
        expect(await found('L6', logs(), { mail: accepted() })).toEqual([
          'an order that its mail does not name',
          'a mail that names a foreign order',
        ]);
      });
    });

    it('does not ask for orders that had left before the mail was written', async () => {
      const leave = `update consignment_orders set left_at = timestamptz '2026-07-01'`;
      const rejoin = 'update consignment_orders set left_at = null';
      await violated([...notify, ...write('nobody'), leave], [rejoin, ...burn, ...forget], async () => {
        expect(await found('L6', logs(), { mail: accepted() })).toEqual([]);
      });
    });
  });

  it('L7: finds an offer that was not acknowledged, until a problem says why', async () => {
    const damage = ['update listing_skus set stock_acknowledged = 2'];
    const repair = ['update listing_skus set stock_acknowledged = 3'];
    await violated(damage, repair, async () => {
      expect(await found('L7')).toEqual(['stock out of step']);
      const report = {
        causeKey: 'x',
        kind: 'offer-refused',
        severity: 'error',
        title: 'x',
        detail: 'x',
        remedy: 'x',
      } as const;
      const command = { commandId: 'problem', actor: 'test', role: 'system', at: new Date() } as const;
      await test.db.tx('staff', (trx) =>
        reportProblem(trx, { ...report, entityKind: 'listing', entityId: world.listingId }, command),
      );
      expect(await found('L7')).toEqual([]);
      await test.db.tx('staff', (trx) => resolveProblem(trx, 'x', { ...command, commandId: 'solved' }));
      expect(await found('L7')).toEqual(['stock out of step']);
    });
  });

  it('L8, L10: passes limits and faults on', async () => {
    const busy = logs();
    for (let n = 0; n < 40; n += 1) busy.jd.call({ atMs: 2_000_000 + n });
    expect(await found('L8', busy)).toEqual(['more calls in a second than permitted']);
    const faulty = logs();
    faulty.jd.call({ fault: 'drop', outcome: 'dropped', status: 0, operation: 'stock.write' });
    expect(await found('L10', faulty)).toEqual(['a fault without a trace']);
  });

  it('L9: finds a secret in a text, inside JSON, and as base64 in a history; never prints it', async () => {
    const quoted = canary.replaceAll("'", "''");
    await violated([`update orders set note = 'x ${quoted}'`], ['update orders set note = null'], async () => {
      const report = await audit();
      expect(report.checks.L9.findings).toEqual([
        { what: 'a secret lies about', ids: ['orders.note'], detail: 'canary 1: 1 rows' },
      ]);
      expect(JSON.stringify(report)).not.toContain('4711');
    });
    const inJson = `update connections set settings = jsonb_build_object('url', 'http://127.0.0.1:1/' || code, 'token', '${quoted}')`;
    const repair = [`update connections set settings = jsonb_build_object('url', 'http://127.0.0.1:1/' || code)`];
    await violated([inJson], repair, async () => expect(await found('L9')).toHaveLength(1));
    for (const prefix of ['', 'a', 'ab'])
      expect(
        await found('L9', logs(), { histories: Buffer.from(`${prefix}${canary}zz`).toString('base64') }),
      ).toHaveLength(1);
    expect(
      await found('L9', logs(), { histories: Buffer.from(JSON.stringify({ canary })).toString('base64') }),
    ).toHaveLength(1);
    expect(await found('L9', logs(), { histories: Buffer.from('something else').toString('base64') })).toEqual([]);
  });

  it('checks only what it is asked for, and fails loudly without its witnesses', async () => {
    const { checks } = await runAudit({ db: test.db, installation: 'local', sources: [], only: ['L4'] });
    expect(checks.L4.checked).toBeGreaterThan(0);
    expect(checks.L1.note).toBe('not asked for');
    const dead = {
      ...truthOf(logs().jd.source('marketplace', 'jd')),
      readLog: () => Promise.reject(new Error('gone')),
    };
    await expect(runAudit({ db: test.db, installation: 'local', sources: [dead] })).rejects.toThrow('the log of jd-id');
  });
});

describe('L4 against somebody who edits the history by hand', () => {
  const off = 'alter table transitions disable trigger user';
  const on = 'alter table transitions enable trigger user';
  const last = `(select max(id) from transitions where machine = 'order')`;

  async function tampered(damage: string, repair: string): Promise<string[]> {
    let result: string[] = [];
    await violated([off, damage, on], [off, repair, on], async () => {
      result = await found('L4');
    });
    return result;
  }

  it('finds a rewritten reason', async () => {
    const what = await tampered(
      `update transitions set why = 'nicer' where id = ${last}`,
      `update transitions set why = null where id = ${last}`,
    );
    expect(what).toEqual(['the chain of hashes is broken']);
  });

  it('finds an illegal step, even one whose edge was added to the table', async () => {
    const what = await tampered(
      `with edge as (insert into machine_edges values ('order', 'QUEUE', 'COMPLETE', 'SYNCED', null))
       update transitions set event = 'COMPLETE' where id = ${last}`,
      `update transitions set event = 'PUSHED' where id = ${last}`,
    );
    await asOwner(`delete from machine_edges where machine = 'order' and from_state = 'QUEUE' and event = 'COMPLETE'`);
    expect(what).toEqual(['a step that the machine does not know', 'the chain of hashes is broken']);
  });

  it('finds a missing record', async () => {
    const copy = `create table kept as select * from transitions where machine = 'order' and version = 2`;
    await asOwner(copy);
    const what = await tampered(
      `delete from transitions where machine = 'order' and version = 2`,
      'insert into transitions overriding system value select * from kept',
    );
    await asOwner('drop table kept');
    expect(what).toEqual([
      'versions with a gap',
      'a step that does not begin where the last one ended',
      'the chain of hashes is broken',
    ]);
  });

  it('finds a state that was changed behind the history’s back', async () => {
    const silently = (state: string) => [
      'alter table orders disable trigger user',
      `update orders set state = '${state}'`,
      'alter table orders enable trigger user',
    ];
    await violated(silently('CANCELLED'), silently('SYNCED'), async () => {
      const { findings } = (await audit()).checks.L4;
      expect(findings).toMatchObject([{ what: 'row and history differ', ids: [order.id] }]);
    });
    expect((await audit()).ok).toBe(true);
  });
});
