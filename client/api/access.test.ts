import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { SeededBrand } from './testing/seed.ts';
import { type ApiWorld, type Person, people, startApiWorld } from './testing/world.ts';

/**
 * Role × endpoint × own or foreign brand → status. Generated from the API's own description: an endpoint without a row
 * here fails the last test.
 */
let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld(inject('postgresSuperuserUrl'));
});
afterAll(() => world.close());

interface Endpoint {
  /** `METHOD /path` as the description has it. */
  readonly route: string;
  /** The id in the path, of the brand that is asked about. */
  readonly id?: (brand: SeededBrand) => string;
  readonly body?: (brand: SeededBrand) => unknown;
  /** What ops, approver, admin, the own brand, a foreign brand, and nobody get. */
  readonly status: readonly [
    ops: number,
    approver: number,
    admin: number,
    brand: number,
    foreign: number,
    nobody: number,
  ];
}

// An unknown event is refused by the machine after everything else let the caller through: nothing is moved here.
const unknownEvent = () => ({ type: 'NO_SUCH_EVENT' });
const bulk = (id: (brand: SeededBrand) => string) => (brand: SeededBrand) => ({
  type: 'NO_SUCH_EVENT',
  items: [{ id: id(brand) }],
});
const reads = [200, 200, 200, 200, 404, 401] as const;
const lists = [200, 200, 200, 200, 200, 401] as const;
const events = [422, 422, 422, 422, 404, 401] as const;
const staffOnly = [200, 200, 200, 403, 403, 401] as const;
const missing = '00000000-0000-4000-8000-000000000000';

const table: readonly Endpoint[] = [
  {
    route: 'POST /api/session',
    body: () => ({ email: `${Math.random()}@example.com`, password: 'x' }),
    status: [401, 401, 401, 401, 401, 401],
  },
  { route: 'GET /api/session', status: lists },
  {
    route: 'POST /api/session/password',
    body: () => ({ present: 'wrong', password: 'a long enough password' }),
    status: [401, 401, 401, 401, 401, 401],
  },
  { route: 'GET /api/users', status: [403, 403, 200, 403, 403, 401] },
  { route: 'POST /api/users', body: () => ({ email: 'x' }), status: [403, 403, 400, 403, 403, 401] },
  {
    route: 'POST /api/users/{id}/password',
    id: () => missing,
    body: () => ({ password: 'a long enough password' }),
    status: [403, 403, 404, 403, 403, 401],
  },
  {
    route: 'POST /api/users/{id}/access',
    id: () => missing,
    body: () => ({ disabled: true }),
    status: [403, 403, 404, 403, 403, 401],
  },
  { route: 'GET /api/overview', status: lists },
  { route: 'GET /api/brands', status: lists },
  { route: 'GET /api/machines', status: lists },
  { route: 'GET /api/machines/{name}', id: () => 'order', status: lists },
  { route: 'GET /api/orders', status: lists },
  { route: 'GET /api/orders/{id}', id: ({ order }) => order, status: reads },
  { route: 'POST /api/orders/{id}/events', id: ({ order }) => order, body: unknownEvent, status: events },
  {
    route: 'PATCH /api/orders/{id}',
    id: ({ order }) => order,
    body: () => ({ version: 99, note: 'x' }),
    status: [409, 409, 409, 403, 403, 401],
  },
  { route: 'POST /api/orders/bulk', body: bulk(({ order }) => order), status: lists },
  {
    route: 'POST /api/consignments/{id}/events',
    id: ({ consignment }) => consignment,
    body: unknownEvent,
    status: events,
  },
  {
    route: 'POST /api/consignments/{id}/freight',
    id: ({ consignment }) => consignment,
    body: () => ({ action: 'lock', version: 2_000_000_000, dryRun: true }),
    status: [409, 409, 409, 403, 403, 401],
  },
  { route: 'GET /api/freight/preview', status: [400, 400, 400, 403, 403, 401] },
  { route: 'GET /api/rate-cards', status: staffOnly },
  { route: 'GET /api/rate-cards/template', status: staffOnly },
  {
    route: 'POST /api/rate-cards',
    body: () => ({ csv: 'x', connectionId: missing, dryRun: true }),
    status: [403, 403, 404, 403, 403, 401],
  },
  { route: 'GET /api/freight/audits', status: staffOnly },
  {
    route: 'POST /api/freight/bills',
    body: () => ({ csv: 'x', connectionId: missing, dryRun: true }),
    status: [403, 403, 404, 403, 403, 401],
  },
  {
    route: 'POST /api/connections/{id}/freight-audit',
    id: () => missing,
    body: () => ({ askCarrier: false }),
    status: [403, 403, 404, 403, 403, 401],
  },
  {
    route: 'POST /api/parcels/{id}/measurement',
    id: () => missing,
    body: () => ({ weightGrams: 1, lengthMm: 1, widthMm: 1, heightMm: 1 }),
    status: [404, 404, 404, 403, 403, 401],
  },
  { route: 'GET /api/carriers/rules', status: staffOnly },
  { route: 'GET /api/carriers/customs', status: staffOnly },
  { route: 'GET /api/carriers/couriers', status: staffOnly },
  { route: 'GET /api/consignments/{id}/carriers', id: () => missing, status: [404, 404, 404, 403, 403, 401] },
  {
    route: 'POST /api/consignments/{id}/carrier',
    id: () => missing,
    body: () => ({ connectionId: missing, dryRun: true }),
    status: [404, 404, 404, 403, 403, 401],
  },
  { route: 'GET /api/orders/{id}/customs', id: ({ order }) => order, status: staffOnly },
  {
    route: 'POST /api/orders/{id}/customs-release',
    id: () => missing,
    body: () => ({ why: 'x' }),
    status: [404, 404, 404, 403, 403, 401],
  },
  {
    route: 'POST /api/orders/{id}/customs-release/withdraw',
    id: () => missing,
    status: [404, 404, 404, 403, 403, 401],
  },
  { route: 'GET /api/orders/{id}/carrier', id: ({ order }) => order, status: staffOnly },
  {
    route: 'POST /api/carriers/rules',
    body: () => ({ connectionId: missing, rule: 'prefer' }),
    status: [404, 404, 404, 403, 403, 401],
  },
  { route: 'POST /api/carriers/rules/{id}/end', id: () => missing, status: [404, 404, 404, 403, 403, 401] },
  {
    route: 'POST /api/carriers/pickups',
    body: () => ({ connectionId: missing, brandId: missing, enabled: true }),
    status: [404, 404, 404, 403, 403, 401],
  },
  { route: 'GET /api/incidents', status: lists },
  { route: 'GET /api/incidents/{id}', id: () => missing, status: [404, 404, 404, 404, 404, 401] },
  { route: 'POST /api/incidents/{id}/probe', id: () => missing, status: [404, 404, 404, 403, 403, 401] },
  {
    route: 'POST /api/connections/{id}/outage',
    id: () => missing,
    body: () => ({ shrinkAfterMinutes: 30 }),
    status: [403, 403, 404, 403, 403, 401],
  },
  { route: 'GET /api/products', status: lists },
  { route: 'GET /api/products/{id}', id: ({ product }) => product, status: reads },
  { route: 'POST /api/products/{id}/events', id: ({ product }) => product, body: unknownEvent, status: events },
  {
    route: 'PATCH /api/products/{id}',
    id: ({ product }) => product,
    body: () => ({ version: 99, title: 'x' }),
    status: [409, 409, 409, 409, 404, 401],
  },
  { route: 'GET /api/products/{id}/fields', id: ({ product }) => product, status: reads },
  {
    route: 'POST /api/products/{id}/fields',
    id: ({ product }) => product,
    body: () => ({ release: 'title' }),
    status: reads,
  },
  { route: 'GET /api/rules', status: staffOnly },
  { route: 'GET /api/rules/{id}', id: () => missing, status: [404, 404, 404, 403, 403, 401] },
  {
    route: 'POST /api/rules',
    body: () => ({ scope: 'brand', rules: [], vocabularies: {} }),
    status: [400, 400, 400, 403, 403, 401],
  },
  {
    route: 'POST /api/rules/{id}/dry-run',
    id: () => missing,
    body: () => ({ number: 1 }),
    status: [404, 404, 404, 403, 403, 401],
  },
  {
    route: 'POST /api/rules/{id}/activate',
    id: () => missing,
    body: () => ({ number: 1 }),
    status: [404, 404, 404, 403, 403, 401],
  },
  { route: 'GET /api/listing-rules', status: [400, 400, 400, 403, 403, 401] },
  { route: 'GET /api/listing-reasons', status: staffOnly },
  {
    route: 'POST /api/listing-reasons',
    body: () => ({ connectionId: missing, pattern: 'abc', field: 'title' }),
    status: [404, 404, 404, 403, 403, 401],
  },
  {
    route: 'POST /api/listing-reasons/{id}/remove',
    id: () => missing,
    body: () => ({ why: 'x' }),
    status: [404, 404, 404, 403, 403, 401],
  },
  {
    route: 'POST /api/listing-rules/learned/{id}/remove',
    id: () => missing,
    body: () => ({ why: 'x' }),
    status: [404, 404, 404, 403, 403, 401],
  },
  {
    route: 'POST /api/listing-rules/settings',
    body: () => ({ connectionId: missing, why: 'x' }),
    status: [403, 403, 404, 403, 403, 401],
  },
  { route: 'GET /api/mappings/queue', status: staffOnly },
  { route: 'GET /api/mappings', status: [400, 400, 400, 403, 403, 401] },
  { route: 'GET /api/mappings/targets', status: [400, 400, 400, 403, 403, 401] },
  {
    route: 'POST /api/mappings',
    body: ({ store }) => ({ connectionId: store, kind: 'category', sourceKey: 'a', sourceLabel: 'A', targetId: null }),
    status: [404, 404, 404, 403, 403, 401],
  },
  { route: 'GET /api/translations', status: lists },
  {
    route: 'POST /api/translations',
    body: ({ product }) => ({ productId: product, language: 'id', field: 'title', text: 'Serum' }),
    status: reads,
  },
  {
    route: 'POST /api/translations/approve',
    body: () => ({ items: [{ id: missing, revision: 1 }] }),
    status: lists,
  },
  { route: 'GET /api/glossary', status: staffOnly },
  {
    route: 'POST /api/glossary',
    body: () => ({ term: 'Acme', translation: 'x' }),
    status: [400, 400, 400, 403, 403, 401],
  },
  { route: 'GET /api/translation-settings', status: staffOnly },
  {
    route: 'POST /api/translation-settings',
    body: ({ store }) => ({ brandId: store, sourceLanguage: 'en', unapproved: 'warn', monthlyCharacters: 1 }),
    status: [404, 404, 404, 403, 403, 401],
  },
  { route: 'POST /api/products/bulk', body: bulk(({ product }) => product), status: lists },
  { route: 'GET /api/why/stock', status: [400, 400, 400, 400, 400, 401] },
  { route: 'GET /api/drift', status: staffOnly },
  {
    route: 'POST /api/drift/{id}/send-again',
    id: () => missing,
    body: () => ({}),
    status: [404, 404, 404, 403, 403, 401],
  },
  {
    route: 'POST /api/stock/skus/{id}',
    id: () => missing,
    body: () => ({ policy: 'quota' }),
    status: [404, 404, 404, 403, 403, 401],
  },
  {
    route: 'POST /api/stock/offers/{id}/adjustments',
    id: () => missing,
    body: () => ({ kind: 'cap', quantity: 1, reason: 'x' }),
    status: [404, 404, 404, 403, 403, 401],
  },
  { route: 'GET /api/stock/cancel-plans', status: staffOnly },
  {
    route: 'POST /api/stock/cancel-plans/{id}/decision',
    id: () => missing,
    body: () => ({ decision: 'approve' }),
    status: [404, 404, 404, 403, 403, 401],
  },
  { route: 'GET /api/stock/oversells', status: staffOnly },
  { route: 'GET /api/listings', status: lists },
  { route: 'GET /api/listings/{id}', id: ({ listing }) => listing, status: reads },
  { route: 'POST /api/listings/{id}/events', id: ({ listing }) => listing, body: unknownEvent, status: events },
  {
    route: 'PATCH /api/listings/{id}',
    id: ({ listing }) => listing,
    body: () => ({ version: 99, title: 'x' }),
    status: [409, 409, 409, 409, 404, 401],
  },
  { route: 'POST /api/listings/bulk', body: bulk(({ listing }) => listing), status: lists },
  { route: 'GET /api/tables/{table}', id: () => 'products', status: lists },
  {
    route: 'POST /api/tables/{table}/edits',
    id: () => 'products',
    body: ({ product }) => ({ dryRun: true, rows: [{ id: product, version: 1, changes: { title: 'x' } }] }),
    status: lists,
  },
  { route: 'GET /api/edits', status: lists },
  // There are none: whoever may ask is told so.
  { route: 'GET /api/edits/{id}', id: () => missing, status: [404, 404, 404, 404, 404, 401] },
  {
    route: 'POST /api/edits/{id}/undo',
    id: () => missing,
    body: () => ({ dryRun: true }),
    status: [404, 404, 404, 404, 404, 401],
  },
  { route: 'GET /api/imports', status: lists },
  { route: 'POST /api/imports', body: () => ({}), status: [400, 400, 400, 415, 415, 401] },
  { route: 'GET /api/imports/template.csv', status: [400, 400, 400, 200, 200, 401] },
  { route: 'GET /api/imports/{id}', id: () => missing, status: [404, 404, 404, 404, 404, 401] },
  { route: 'PATCH /api/imports/{id}', id: () => missing, body: () => ({}), status: [404, 404, 404, 404, 404, 401] },
  { route: 'GET /api/imports/{id}/rows', id: () => missing, status: [404, 404, 404, 404, 404, 401] },
  { route: 'GET /api/imports/{id}/errors.csv', id: () => missing, status: [404, 404, 404, 404, 404, 401] },
  {
    route: 'POST /api/imports/{id}/confirm',
    id: () => missing,
    body: () => ({}),
    status: [404, 404, 404, 404, 404, 401],
  },
  {
    route: 'POST /api/imports/{id}/discard',
    id: () => missing,
    body: () => ({}),
    status: [404, 404, 404, 404, 404, 401],
  },
  { route: 'POST /api/imports/{id}/undo', id: () => missing, body: () => ({}), status: [404, 404, 404, 404, 404, 401] },
  { route: 'GET /api/problems', status: lists },
  { route: 'GET /api/problems/{id}', id: ({ problem }) => problem, status: reads },
  { route: 'POST /api/problems/{id}/events', id: ({ problem }) => problem, body: unknownEvent, status: events },
  { route: 'POST /api/problems/bulk', body: bulk(({ problem }) => problem), status: lists },
  { route: 'GET /api/connectors', status: staffOnly },
  { route: 'GET /api/connections', status: staffOnly },
  { route: 'GET /api/connections/{id}', id: ({ store }) => store, status: staffOnly },
  {
    route: 'POST /api/connections',
    body: () => ({ code: 'x', name: 'x', connector: 'x', settings: {}, credentials: {} }),
    status: [403, 403, 400, 403, 403, 401],
  },
  {
    route: 'POST /api/connections/test',
    body: () => ({ connector: 'x', settings: {}, credentials: {} }),
    status: [403, 403, 400, 403, 403, 401],
  },
  {
    route: 'POST /api/connections/authorize',
    body: () => ({ code: 'x', name: 'x', connector: 'x', settings: {} }),
    status: [403, 403, 400, 403, 403, 401],
  },
  // The seeded shop hands nothing over, and nobody said where this server is found.
  {
    route: 'POST /api/connections/{id}/authorize',
    id: ({ store }) => store,
    body: () => ({}),
    status: [403, 403, 400, 403, 403, 401],
  },
  { route: 'GET /api/hand-overs/{id}', id: () => missing, status: [403, 403, 404, 403, 403, 401] },
  { route: 'POST /api/hand-overs/{id}/finish', id: () => missing, status: [403, 403, 404, 403, 403, 401] },
  {
    route: 'POST /connect/{state}/keys',
    id: () => 'x'.repeat(43),
    body: () => ({}),
    status: [404, 404, 404, 404, 404, 404],
  },
  {
    route: 'POST /api/connections/{id}/test',
    id: ({ store }) => store,
    body: () => ({}),
    status: [403, 403, 200, 403, 403, 401],
  },
  {
    route: 'POST /api/connections/{id}/events',
    id: ({ store }) => store,
    body: unknownEvent,
    status: [422, 422, 422, 403, 403, 401],
  },
  {
    route: 'POST /api/connections/{id}/sync',
    id: ({ store }) => store,
    body: () => ({}),
    status: [202, 202, 202, 403, 403, 401],
  },
  {
    route: 'POST /api/connections/{id}/fetch',
    id: ({ store }) => store,
    body: () => ({ externalId: '1' }),
    status: [400, 400, 400, 403, 403, 401],
  },
  {
    route: 'POST /api/connections/{id}/webhook-secret',
    id: ({ store }) => store,
    body: () => ({ secret: 'a-new-secret-of-24-characters' }),
    status: [403, 403, 200, 403, 403, 401],
  },
  { route: 'GET /api/connections/{id}/budget', id: ({ store }) => store, status: staffOnly },
  {
    route: 'PUT /api/connections/{id}/budget',
    id: ({ store }) => store,
    body: () => ({ account: { calls: 5, per: 'second', burst: 10 }, groups: {}, why: 'as it was' }),
    status: [403, 403, 200, 403, 403, 401],
  },
  { route: 'GET /api/consignments', status: lists },
  { route: 'GET /api/consignments/{id}', id: ({ consignment }) => consignment, status: reads },
  { route: 'GET /api/returns', status: lists },
  { route: 'POST /api/returns/{id}/events', id: (brand) => brand.return, body: unknownEvent, status: events },
  { route: 'GET /api/mails', status: lists },
  { route: 'GET /api/mails/{id}', id: ({ mail }) => mail, status: reads },
  { route: 'GET /api/mails/{id}/body.html', id: ({ mail }) => mail, status: reads },
  { route: 'GET /api/documents/{id}', id: ({ document }) => document, status: reads },
  // The seeded bytes are no real PDF, and say so.
  {
    route: 'GET /api/consignments/{id}/labels.pdf',
    id: ({ consignment }) => consignment,
    status: [422, 422, 422, 422, 404, 401],
  },
  { route: 'GET /api/brands/{id}', id: ({ id }) => id, status: reads },
  {
    route: 'PATCH /api/brands/{id}',
    id: ({ id }) => id,
    body: () => ({ version: 99, packingSlips: false }),
    status: [409, 409, 409, 403, 403, 401],
  },
  {
    route: 'POST /api/brands/{id}/label-mails',
    id: ({ id }) => id,
    body: () => ({}),
    status: staffOnly,
  },
  { route: 'GET /api/confirmations', status: lists },
  // There is no mail catcher here: staff get past the door and are told so.
  { route: 'GET /api/caught-mails', status: [422, 422, 422, 403, 403, 401] },
  { route: 'GET /api/caught-mails/{id}', id: () => '1', status: [422, 422, 422, 403, 403, 401] },
  { route: 'GET /api/caught-mails/{id}/body.html', id: () => '1', status: [422, 422, 422, 403, 403, 401] },
  {
    route: 'POST /api/effects/{id}/events',
    id: ({ effect }) => effect,
    body: () => ({ type: 'NO_SUCH_EVENT', why: 'looked' }),
    status: [422, 422, 422, 403, 403, 401],
  },
  { route: 'GET /api/exchange-rates', status: staffOnly },
  {
    route: 'POST /api/exchange-rates',
    body: () => ({ from: 'USD', to: 'IDR', rate: 'x', date: '2026-07-01', source: 'x', reason: 'x' }),
    status: [400, 400, 400, 403, 403, 401],
  },
  { route: 'POST /api/exchange-rates/import', body: () => ({ text: 'x' }), status: [400, 400, 400, 403, 403, 401] },
  { route: 'GET /api/price-rules/{id}', id: () => world.accounts.marketplace, status: staffOnly },
  {
    route: 'POST /api/price-rules/{id}',
    id: () => world.accounts.marketplace,
    body: () => ({ brand: null, rule: null, seenVersion: 99, reason: 'x' }),
    status: [403, 403, 409, 403, 403, 401],
  },
  {
    route: 'POST /api/price-preview',
    body: () => ({ connection: world.accounts.marketplace, sku: 'acme-SERUM-30', rule: plainRule }),
    status: staffOnly,
  },
  { route: 'GET /api/price-proposals', status: lists },
  {
    route: 'POST /api/price-proposals',
    body: () => ({ listingSku: missing, version: 1, amountMinor: 1, reason: 'x', expiresAt: null }),
    status: [404, 404, 404, 403, 403, 401],
  },
  {
    route: 'POST /api/price-proposals/{id}/events',
    id: () => missing,
    body: () => ({ type: 'APPROVE' }),
    status: [404, 404, 404, 404, 404, 401],
  },
  { route: 'POST /api/prices/bulk', body: bulk(({ listing }) => listing), status: lists },
  { route: 'GET /api/why/price', status: [400, 400, 400, 400, 400, 401] },
  { route: 'GET /live', status: [200, 200, 200, 200, 200, 200] },
  { route: 'GET /ready', status: [200, 200, 200, 200, 200, 200] },
  { route: 'GET /metrics', status: staffOnly },
  { route: 'POST /hooks/{connectionCode}', id: () => 'nobody-here', status: [404, 404, 404, 404, 404, 404] },
  // Last: it ends the sessions.
  { route: 'DELETE /api/session', status: lists },
];

const plainRule = {
  maxRateAgeDays: 7,
  sales: 'follow',
  fees: [],
  costPercent: '100',
  floorPercent: null,
  rounding: { multipleMinor: 1000, endingMinor: 900, direction: 'up' },
  changePercent: null,
};

const callers: readonly (Person | null)[] = [...people, null];

describe.each(table)('$route', ({ route, id, body, status }) => {
  const [method = '', path = ''] = route.split(' ');
  const addressOf = (brand: SeededBrand) => path.replace(/\{\w+\}/, id?.(brand) ?? '');

  it.each(callers.map((caller, index) => [caller ?? 'nobody', caller, status[index]] as const))(
    'asked by %s',
    async (_name, caller, expected) => {
      const answer = await world.as(caller, method, addressOf(world.own), body?.(world.own));
      expect(answer.status).toBe(expected);
      if (caller !== 'foreign') return;
      // Whatever a foreign brand is answered, nothing of this brand stands in it.
      expect(answer.text).not.toContain('acme');
      expect(answer.text).not.toContain('TL-000001');
    },
  );

  it('does not know what is not there', async () => {
    if (!path.includes('{id}') || path.includes('caught') || path.includes('connections')) return;
    const unknown = await world.as('admin', method, path.replace('{id}', missing), body?.(world.own));
    expect(unknown.status).toBe(404);
  });
});

describe('foreign ids', () => {
  it('inside a batch of own ones are not there, and change nothing', async () => {
    const items = [{ id: world.own.order }, { id: world.other.order }];
    const { token } = await tokenOf('brand');
    const answer = await world.as(null, 'POST', '/api/orders/bulk', { type: 'REQUEST_CANCEL', items }, token);
    expect(answer.body.results).toEqual([
      expect.objectContaining({ ok: true, state: 'CANCEL_REQUESTED' }),
      { id: world.other.order, ok: false, code: 'NotFound', why: expect.any(String) },
    ]);
    const row = await world.database.db.tx('staff', (trx) => trx('orders').where({ id: world.other.order }).first());
    expect([row.state, row.version]).toEqual(['NEW', 1]);
  });

  it('as a filter or a cursor open nothing', async () => {
    const { token } = await tokenOf('brand');
    for (const query of [`brand=${world.other.id}`, `after=${world.other.order}`]) {
      const { body } = await world.as(null, 'GET', `/api/orders?${query}`, undefined, token);
      expect(body.rows).toEqual([]);
    }
  });

  it('in the body are refused as unknown fields', async () => {
    const { token } = await tokenOf('brand');
    const url = `/api/products/${world.own.product}`;
    const patch = { version: 1, title: 'x', brand_id: world.other.id };
    expect((await world.as(null, 'PATCH', url, patch, token)).status).toBe(400);
  });
});

async function tokenOf(person: Person) {
  const { logIn } = await import('./auth.ts');
  const { password } = await import('./testing/world.ts');
  const { token } = await logIn(world.deps, { email: world.emailOf(person), password });
  return { token: { authorization: `Bearer ${token}` } };
}

describe('the table', () => {
  it('has a row for every endpoint that the API describes, and no other', () => {
    const described = Object.entries(world.app.swagger().paths ?? {}).flatMap(([path, item]) =>
      Object.keys(item ?? {}).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(table.map(({ route }) => route).sort()).toEqual(described.sort());
  });
});
