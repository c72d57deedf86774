import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type ApiWorld, type Person, startApiWorld } from './testing/world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld(inject('postgresSuperuserUrl'));
});
afterAll(() => world.close());

const listingNow = async (id: string) => world.database.db.tx('staff', (trx) => trx('listings').where({ id }).first());

async function approve(person: Person, what: string, items: { id: string; version?: number }[]) {
  const { body } = await world.as(person, 'POST', `/api/${what}/bulk`, { type: 'APPROVE', items });
  return body.results as { id: string; ok: boolean; code?: string; why?: string; state?: string; version?: number }[];
}

async function edit(person: Person, table: string, id: string, version: number, changes: Record<string, unknown>) {
  const body = { dryRun: false, rows: [{ id, version, changes }] };
  await world.as(person, 'POST', `/api/tables/${table}/edits`, body);
}

describe('approvals of many', () => {
  it('are about the version that was seen; what has moved on is refused by itself', async () => {
    const { listing } = world.own;
    await edit('ops', 'listings', listing, 1, { title: 'Version 2' });
    const seen = await listingNow(listing);
    await edit('admin', 'listings', listing, 2, { title: 'Version 3' });
    const results = await approve('approver', 'listings', [
      { id: listing, version: 2 },
      { id: world.other.listing, version: 1 },
      { id: randomUUID(), version: 1 },
    ]);
    expect(results).toMatchObject([
      { ok: false, code: 'VersionConflict', state: 'EDITED', version: 3 },
      { ok: true, state: 'APPROVED', version: 2 },
      { ok: false, code: 'NotFound' },
    ]);
    expect(await listingNow(listing)).toMatchObject({ state: 'EDITED', approved_hash: null });
    await approve('approver', 'listings', [{ id: listing, version: 3 }]);
    const approved = await listingNow(listing);
    expect(approved.approved_hash).toBe(approved.content_hash);
    expect(approved.approved_hash).not.toBe(seen.content_hash);
  });

  it('approve a product with its listings, except where a marketplace is approved apart', async () => {
    const { product, sku, listing } = world.other;
    await edit('ops', 'products', `${product}/${sku}`, 1, { title: 'With its listing' });
    expect(await listingNow(listing)).toMatchObject({ state: 'EDITED', title: 'With its listing' });
    const [first] = await approve('approver', 'products', [{ id: product, version: 2 }]);
    expect(first).toEqual({ id: product, ok: true, state: 'APPROVED', version: 3 });
    expect(await listingNow(listing)).toMatchObject({ state: 'APPROVED', approved_by: 'approver@example.com' });
    await world.database.db.tx('staff', (trx) =>
      trx('connections')
        .where({ id: world.accounts.marketplace })
        .update({ listing_defaults: trx.raw(`listing_defaults || '{"approveApart": true}'`) }),
    );
    await edit('ops', 'products', `${product}/${sku}`, 3, { title: 'Apart' });
    await approve('approver', 'products', [{ id: product, version: 4 }]);
    expect(await listingNow(listing)).toMatchObject({ state: 'EDITED', title: 'Apart' });
  });

  it('refuse a brand, by the machine', async () => {
    const [result] = await approve('brand', 'listings', [{ id: world.own.listing }]);
    expect(result).toMatchObject({ ok: false, code: 'NotYourEvent' });
  });
});

describe('four eyes', () => {
  it('let nobody approve what they edited last, and say so on the button', async () => {
    const setting = { version: 1, fourEyes: true };
    const asked = (person: Person) => world.as(person, 'PATCH', `/api/brands/${world.own.id}`, setting);
    expect((await asked('ops')).status).toBe(403);
    expect((await asked('admin')).body).toMatchObject({ saved: ['four_eyes'] });
    const { product, sku } = world.own;
    await edit('ops', 'products', `${product}/${sku}`, 1, { title: 'Mine' });
    const [own] = await approve('ops', 'products', [{ id: product, version: 2 }]);
    const sentence = 'You edited it last, and this brand wants four eyes: somebody else must approve it.';
    expect(own).toMatchObject({ ok: false, code: 'GuardRefused', why: sentence });
    const button = async (person: Person) => {
      const { body } = await world.as(person, 'GET', `/api/tables/products?ids=${product}`);
      return body.rows[0]?.allowed.find(({ type }) => type === 'APPROVE');
    };
    expect(await button('ops')).toMatchObject({ ok: false, why: sentence });
    expect(await button('approver')).toMatchObject({ ok: true, why: null });
    const single = await world.as('ops', 'POST', `/api/products/${product}/events`, { type: 'APPROVE', version: 2 });
    expect(single.body.error).toMatchObject({ code: 'GuardRefused', message: sentence });
    const [others] = await approve('approver', 'products', [{ id: product, version: 2 }]);
    expect(others).toMatchObject({ ok: true, state: 'APPROVED' });
  });

  it('count edits by hand in an order, too', async () => {
    const { order } = world.own;
    await edit('ops', 'orders', order, 1, { note: 'call first' });
    const [own] = await approve('ops', 'orders', [{ id: order, version: 2 }]);
    expect(own?.why).toContain('four eyes');
    const [others] = await approve('admin', 'orders', [{ id: order, version: 2 }]);
    expect(others).toMatchObject({ ok: true, state: 'APPROVED' });
    const row = await world.database.db.tx('staff', (trx) => trx('orders').where({ id: order }).first());
    expect(row).toMatchObject({ approved_by: 'admin@example.com', approved_at: world.now });
  });

  it('are not wanted elsewhere: another click is enough', async () => {
    const { product, sku } = world.other;
    await edit('ops', 'products', `${product}/${sku}`, 5, { title: 'Alone' });
    const [result] = await approve('ops', 'products', [{ id: product, version: 6 }]);
    expect(result).toMatchObject({ ok: true, state: 'APPROVED' });
  });
});
