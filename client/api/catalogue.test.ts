import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type ApiWorld, startApiWorld } from './testing/world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld(inject('postgresSuperuserUrl'));
});
afterAll(() => world.close());

describe('products', () => {
  it('shows SKUs with what can be sold, and listings with their marketplace', async () => {
    const { status, body } = await world.as('brand', 'GET', '/api/products');
    expect(status).toBe(200);
    expect(body.total).toBe(1);
    expect(body.rows[0]).toMatchObject({
      title: 'Serum of acme',
      imageUrl: 'https://shop.example.com/a.jpg',
      skus: [{ sku: 'SERUM-30', onHand: 20, reserved: 2, available: 15, priceMinor: 2_500 }],
      listings: [{ id: world.own.listing, connection: { code: 'market' }, state: 'NEW', remote: 'ABSENT' }],
    });
  });

  it('lets a brand edit its own product; its listing follows and the field is the brand’s from now on', async () => {
    const patch = { version: 1, title: 'Serum, improved', skus: [{ skuId: world.own.sku, weightGrams: 150 }] };
    const { status, body } = await world.as('brand', 'PATCH', `/api/products/${world.own.product}`, patch);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      state: 'EDITED',
      version: 2,
      saved: ['title', 'weightGrams of SERUM-30: 120 → 150'],
      listings: [{ id: world.own.listing, ok: true }],
    });
    const product = await world.as('ops', 'GET', `/api/products/${world.own.product}`);
    expect(product.body).toMatchObject({
      title: 'Serum, improved',
      fieldOwners: { title: { by: 'brand@example.com' } },
    });
    const listing = await world.as('ops', 'GET', `/api/listings/${world.own.listing}`);
    expect(listing.body.title).toBe('Serum, improved');
    expect(listing.body.contentHash).not.toBe('first-content');
  });

  it('refuses a SKU of another product and changes nothing then', async () => {
    const patch = { version: 2, title: 'Half', skus: [{ skuId: world.other.sku, weightGrams: 1 }] };
    const { status } = await world.as('ops', 'PATCH', `/api/products/${world.own.product}`, patch);
    expect(status).toBe(404);
    const { body } = await world.as('ops', 'GET', `/api/products/${world.own.product}`);
    expect(body).toMatchObject({ title: 'Serum, improved', version: 2 });
  });

  it('approves a product with its listings in one step, and says which listing could not go along', async () => {
    const url = `/api/products/${world.own.product}/events`;
    const refused = await world.as('brand', 'POST', url, { type: 'APPROVE' });
    expect(refused.body.error.code).toBe('NotYourEvent');
    // No rate is known for AUD → IDR here: the listing has no price and stays.
    const first = await world.as('ops', 'POST', url, { type: 'APPROVE', version: 2 });
    expect(first.body).toMatchObject({
      state: 'APPROVED',
      version: 3,
      listings: [{ id: world.own.listing, ok: false, code: 'GuardRefused' }],
    });
    await world.database.db.tx('staff', (trx) =>
      trx('exchange_rates').insert({
        from_currency: 'AUD',
        to_currency: 'IDR',
        on_date: '2026-06-30',
        rate: 10_500,
        source: 'test',
      }),
    );
    await world.as('ops', 'PATCH', `/api/products/${world.own.product}`, { version: 3, title: 'Serum, again' });
    const second = await world.as('ops', 'POST', url, { type: 'APPROVE', version: 4 });
    expect(second.body).toMatchObject({ state: 'APPROVED', listings: [{ ok: true, state: 'APPROVED' }] });
    const listing = await world.as('ops', 'GET', `/api/listings/${world.own.listing}`);
    expect(listing.body).toMatchObject({ approvedBy: 'ops@example.com', approvedHash: listing.body.contentHash });
  });

  it('leaves listings alone on a marketplace that is approved apart', async () => {
    await world.database.db.tx('staff', (trx) =>
      trx('connections')
        .where({ id: world.accounts.marketplace })
        .update({ listing_defaults: { approveApart: true } }),
    );
    const { body } = await world.as('ops', 'POST', `/api/products/${world.other.product}/events`, { type: 'APPROVE' });
    expect(body).toMatchObject({ state: 'APPROVED', listings: [] });
  });
});

describe('listings', () => {
  it('shows wanted, confirmed and seen of price and stock', async () => {
    const { body } = await world.as('ops', 'GET', `/api/listings?brand=${world.other.id}`);
    expect(body.rows).toHaveLength(1);
    expect(body.rows[0]).toMatchObject({
      product: { id: world.other.product },
      connection: { code: 'market' },
      skus: [{ sellerSku: 'umbra-SERUM-30', stockDesired: 15, stockAcknowledged: 14, stockSeen: null, available: 15 }],
    });
  });

  it('recomputes what would be shown when it is edited', async () => {
    const url = `/api/listings/${world.other.listing}`;
    const { body } = await world.as('ops', 'PATCH', url, { version: 1, attributes: { '201': '9' }, categoryId: null });
    expect(body).toMatchObject({ state: 'EDITED', version: 2, saved: ['categoryId', 'attributes'] });
    const after = await world.as('ops', 'GET', url);
    expect(after.body.findings).toContainEqual(expect.objectContaining({ field: 'categoryId', blocking: true }));
    const approve = await world.as('ops', 'POST', `${url}/events`, { type: 'APPROVE', version: 2 });
    expect([approve.status, approve.body.error.code]).toEqual([409, 'GuardRefused']);
  });

  it('approves many and names those that are not ready', async () => {
    const items = [{ id: world.other.listing }, { id: world.own.listing }];
    const { body } = await world.as('ops', 'POST', '/api/listings/bulk', { type: 'APPROVE', items });
    expect(body.results).toEqual([
      expect.objectContaining({ id: world.other.listing, ok: false, code: 'GuardRefused' }),
      expect.objectContaining({ id: world.own.listing, ok: false, code: 'NotAllowedInState' }),
    ]);
  });
});

describe('problems, returns, shipping and mails', () => {
  it('snoozes until a time in the future', async () => {
    const url = `/api/problems/${world.own.problem}/events`;
    const past = await world.as('ops', 'POST', url, { type: 'SNOOZE', until: '2026-06-01T00:00:00Z' });
    expect(past.status).toBe(400);
    const impossible = await world.as('ops', 'POST', url, { type: 'SNOOZE', until: '2026-09-31T00:00:00Z' });
    expect(impossible.status).toBe(400);
    const { body } = await world.as('ops', 'POST', url, { type: 'SNOOZE', until: '2026-12-24T00:00:00Z' });
    expect(body.state).toBe('SNOOZED');
    const { body: shown } = await world.as('ops', 'GET', `/api/problems/${world.own.problem}`);
    expect(shown.snoozedUntil).toBe('2026-12-24T00:00:00.000Z');
    const items = [{ id: world.own.problem }, { id: world.other.problem }];
    const bulk = await world.as('admin', 'POST', '/api/problems/bulk', { type: 'RESOLVE', items });
    expect(bulk.body.results).toEqual(
      items.map(({ id }) => expect.objectContaining({ id, ok: true, state: 'RESOLVED' })),
    );
  });

  it('scans a return in', async () => {
    const { body } = await world.as('brand', 'POST', `/api/returns/${world.own.return}/events`, { type: 'SCAN_IN' });
    expect(body.state).toBe('RECEIVED');
    const list = await world.as('brand', 'GET', '/api/returns');
    expect(list.body.rows[0]).toMatchObject({ state: 'RECEIVED', scannedInAt: '2026-07-01T04:00:00.000Z' });
  });

  it('settles an outside call that a person checked, and wakes its process', async () => {
    const url = `/api/effects/${world.own.effect}/events`;
    const silent = await world.as('ops', 'POST', url, { type: 'FOUND' });
    expect(silent.status).toBe(400);
    const { body } = await world.as('ops', 'POST', url, { type: 'FOUND', why: 'order 4711 is in the shop' });
    expect(body.state).toBe('DONE');
    const woken = await world.database.db.tx('staff', (trx) =>
      trx('outbox').where({ topic: 'order', business_key: `order/${world.own.order}` }),
    );
    expect(woken.length).toBeGreaterThan(0);
  });

  it('shows consignments and mails, and gives a label as it is', async () => {
    const consignment = await world.as('brand', 'GET', `/api/consignments/${world.own.consignment}`);
    expect(consignment.body).toMatchObject({ carrier: { code: 'carrier' }, orders: [{ number: 'TL-000001' }] });
    const mails = await world.as('brand', 'GET', '/api/mails?state=WAITING');
    expect(mails.body.rows[0]).toMatchObject({ subject: 'Labels of acme', sentAt: null });
    expect((await world.as('brand', 'GET', '/api/mails?state=SENT')).body.total).toBe(0);
    const label = await world.as('brand', 'GET', `/api/documents/${world.own.document}`);
    expect(label.text).toBe('%PDF-1.4 test');
    expect(label.headers['content-type']).toBe('application/pdf');
    expect(label.headers['content-disposition']).toBe('inline; filename="label_of_acme.pdf"');
  });

  it('shows a mail’s body so that nothing in it can run', async () => {
    const { headers, text } = await world.as('ops', 'GET', `/api/mails/${world.own.mail}/body.html`);
    expect(text).toContain('<script>');
    expect(headers['content-security-policy']).toMatch(/default-src 'none'.*sandbox/);
  });

  it('says that there is no mail catcher where none is', async () => {
    const { status, body } = await world.as('ops', 'GET', '/api/caught-mails');
    expect([status, body.error.code]).toEqual([422, 'NotConfigured']);
  });
});

describe('overview and machines', () => {
  it('counts inside the caller’s wall', async () => {
    const staff = await world.as('ops', 'GET', '/api/overview');
    const brand = await world.as('brand', 'GET', '/api/overview');
    expect(staff.body.orders).toEqual({ NEW: 2 });
    expect(brand.body.orders).toEqual({ NEW: 1 });
    expect(staff.body.outbox).toMatchObject({ waiting: expect.any(Number) });
    expect(brand.body.outbox).toEqual({ waiting: 0, oldestSeconds: 0 });
  });

  it('gives every machine as data', async () => {
    const { body } = await world.as('ops', 'GET', '/api/machines/order');
    expect(body.states).toContainEqual({ name: 'NEW', initial: true, closed: false, final: false });
    expect(body.edges).toContainEqual({ from: 'NEW', event: 'APPROVE', to: 'APPROVED', guard: 'approvable' });
    expect((await world.as('ops', 'GET', '/api/machines/constructor')).status).toBe(404);
  });
});
