import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { mustStep } from '../../db/steps.ts';
import { webhookSecret } from './testing/seed.ts';
import { type ApiWorld, sign, startApiWorld } from './testing/world.ts';

let world: ApiWorld;
let url: string;
/** What the account signs with by itself, where it does. */
let own: { webhookSecret?: () => string } = {};
const purposes = new Set<string | undefined>();
beforeAll(async () => {
  world = await startApiWorld(inject('postgresSuperuserUrl'), (deps) => ({
    ...deps,
    openConnector: async (...account) => {
      purposes.add(account[2]);
      return { ...(await deps.openConnector(...account)), ...own };
    },
  }));
  url = await world.app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => world.close());

async function deliver(code: string, body: string | Uint8Array<ArrayBuffer>, signature?: string) {
  const headers = { 'content-type': 'application/json', ...(signature ? { 'x-signature': signature } : {}) };
  const response = await fetch(`${url}/hooks/${code}`, { method: 'POST', body, headers });
  return { status: response.status, text: await response.text() };
}
const hint = (delivery: string, resource: string, id: string) => JSON.stringify({ delivery, resource, id });
const inbox = () => world.database.db.tx('staff', (trx) => trx('webhook_inbox').orderBy('received_at'));
const outbox = (topic: string) =>
  world.database.db.tx('staff', (trx) => trx('outbox').where({ topic }).pluck('business_key'));

describe('webhooks over a real socket', () => {
  it('are stored with the work that they cause, once', async () => {
    const body = hint('d-1', 'order', 'MP 77/1');
    for (let copy = 0; copy < 3; copy += 1) {
      expect(await deliver('market', body, sign(webhookSecret, body))).toEqual({ status: 200, text: '{"ok":true}' });
    }
    const rows = await inbox();
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ dedupe_key: 'd-1', external_id: 'MP 77/1', copies: 3 });
    expect(rows[0].raw.toString('utf8')).toBe(body);
    const key = `channel-order/${world.accounts.marketplace}/MP%2077%2F1`;
    expect((await outbox('channel-order')).filter((found) => found === key)).toHaveLength(1);
  });

  it('of a shop wake the order that we put there', async () => {
    await world.database.db.tx('staff', (trx) =>
      trx('orders').where({ id: world.own.order }).update({ shop_order_id: '900' }),
    );
    const before = (await outbox('order')).length;
    for (const [delivery, id] of [
      ['s-1', '900'],
      ['s-2', '901'],
    ] as const) {
      const body = hint(delivery, 'order', id);
      expect((await deliver('acme-shop', body, sign(webhookSecret, body))).status).toBe(200);
    }
    expect((await outbox('order')).slice(before)).toEqual([`order/${world.own.order}`]);
    const stock = hint('s-3', 'stock', '5');
    await deliver('acme-shop', stock, sign(webhookSecret, stock));
    expect(await outbox('catalogue')).toEqual([`catalogue/${world.own.store}`]);
    expect(await outbox('product-stock')).toEqual([`product-stock/${world.own.store}/5`]);
  });

  it('about privacy are acted upon: closed orders lose their buyer, people hear of the rest', async () => {
    const { db } = world.database;
    const demand = async (delivery: string, id: string, orders: readonly string[]) => {
      const body = JSON.stringify({ delivery, resource: 'privacy', id, orders });
      expect((await deliver('acme-shop', body, sign(webhookSecret, body))).status).toBe(200);
    };
    const setShopId = (shopOrderId: string | null) =>
      db.tx('staff', (trx) => trx('orders').where({ id: world.own.order }).update({ shop_order_id: shopOrderId }));
    const erasedAt = () =>
      db.tx('staff', (trx) =>
        trx('consignees')
          .join('orders', 'orders.consignee_id', 'consignees.id')
          .where({ 'orders.id': world.own.order })
          .first('erased_at', 'sealed'),
      );
    const problems = () =>
      db.tx('staff', (trx) => trx('problems').where({ kind: 'privacy-demand' }).orderBy('title').pluck('occurrences'));
    await setShopId('910');
    await demand('p-1', 'erase-buyer', ['910']);
    await demand('p-1', 'erase-buyer', ['910']);
    await demand('p-2', 'data', ['910']);
    expect(await erasedAt()).toMatchObject({ erased_at: null });
    expect(await problems()).toEqual([1, 1]);
    await setShopId(null);
    const command = { commandId: 'close', actor: 'test', role: 'connector', at: new Date() } as const;
    await db.tx('staff', (trx) =>
      mustStep(trx, { machine: 'order', id: world.own.order, event: 'CLOSED_THERE' }, command),
    );
    await setShopId('910');
    await demand('p-3', 'erase-buyer', ['911']);
    expect(await erasedAt()).toMatchObject({ erased_at: null });
    await demand('p-0', 'erase-buyer', []);
    expect(await problems()).toEqual([1, 1, 1]);
    await demand('p-4', 'erase-shop', []);
    expect(await erasedAt()).toMatchObject({ erased_at: expect.any(Date), sealed: null });
    const kept = (await inbox()).filter(({ resource }) => resource === 'privacy');
    expect(kept.every(({ handled_at }) => handled_at !== null)).toBe(true);
    // The body of an erasure is not kept; a demand that people have to answer is, for a while.
    expect(kept.map(({ dedupe_key, copies, raw }) => [dedupe_key, copies, raw !== null])).toEqual([
      ['p-1', 2, false],
      ['p-2', 1, true],
      ['p-3', 1, false],
      ['p-0', 1, true],
      ['p-4', 1, false],
    ]);
  });

  it('with a wrong signature leave nothing but a counter', async () => {
    const before = (await inbox()).length;
    const body = hint('d-2', 'order', '2');
    expect((await deliver('market', body, sign('other', body))).status).toBe(401);
    expect((await deliver('market', body)).status).toBe(401);
    expect((await deliver('market', `${body} `, sign(webhookSecret, body))).status).toBe(401);
    expect((await deliver('market', new Uint8Array([0, 255, 254]))).status).toBe(401);
    expect(await deliver('market', '')).toMatchObject({ status: 401 });
    expect((await inbox()).length).toBe(before);
    const [refusals] = await world.database.db.tx('staff', (trx) => trx('webhook_refusals').select('count'));
    expect(refusals.count).toBe(5);
  });

  it('answer a ping, refuse what is too large, and know only their accounts', async () => {
    const ping = hint('d-3', 'ping', '');
    expect((await deliver('market', ping, sign(webhookSecret, ping))).status).toBe(200);
    expect((await deliver('market', 'x'.repeat(3 * 1024 * 1024))).status).toBe(413);
    expect((await deliver('nobody-here', ping)).status).toBe(404);
  });

  it('are checked with the key of the account itself, where it signs with that', async () => {
    own = { webhookSecret: () => 'key-of-the-account' };
    try {
      const body = hint('d-own', 'order', 'MP-own');
      expect((await deliver('market', body, sign(webhookSecret, body))).status).not.toBe(200);
      expect((await deliver('market', body, sign('key-of-the-account', body))).status).toBe(200);
    } finally {
      own = {};
    }
  });

  it('of a paused or revoked account are taken and cause nothing, but for what the law demands', async () => {
    const { db } = world.database;
    const event = async (name: 'PAUSE' | 'REVOKE') =>
      db.tx('staff', (trx) =>
        mustStep(
          trx,
          { machine: 'connection', id: world.own.store, event: name },
          { commandId: `silent-${name}`, actor: 'test', role: 'admin', at: new Date(), why: 'test' },
        ),
      );
    const demands = () => db.tx('staff', (trx) => trx('problems').where({ kind: 'privacy-demand' }).pluck('title'));
    for (const [state, id] of [
      ['PAUSE', 'silent-1'],
      ['REVOKE', 'silent-2'],
    ] as const) {
      await event(state);
      const [work, told] = [await outbox('catalogue'), await demands()];
      const body = hint(id, 'product', '77');
      expect(await deliver('acme-shop', body, sign(webhookSecret, body))).toEqual({ status: 200, text: '{"ok":true}' });
      expect((await deliver('acme-shop', body, sign('other', body))).status).toBe(401);
      expect(await outbox('catalogue')).toEqual(work);
      const demand = JSON.stringify({ delivery: `${id}-p`, resource: 'privacy', id: 'data', orders: [id] });
      expect((await deliver('acme-shop', demand, sign(webhookSecret, demand))).status).toBe(200);
      expect((await demands()).length).toBe(told.length + 1);
    }
    const rows = (await inbox()).filter(({ dedupe_key: key }) => ['silent-1', 'silent-2'].includes(key));
    expect(rows.map(({ handled_at: at }) => at !== null)).toEqual([true, true]);
    // Only what arrives is checked with it: that is allowed in every state.
    expect([...purposes]).toEqual(['listening']);
  });
});
