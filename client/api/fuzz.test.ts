import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import fc from '../../tests/properties.ts';
import { type ApiWorld, startApiWorld } from './testing/world.ts';

/** Whatever arrives, in form or out of it: an answer below 500, in JSON, without a stack. */
let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld(inject('postgresSuperuserUrl'));
});
afterAll(() => world.close());

interface Schema {
  type?: string | string[];
  properties?: Record<string, Schema>;
  patternProperties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  pattern?: string;
}
interface Operation {
  parameters?: { name: string; in: string; schema: Schema }[];
  requestBody?: { content?: { 'application/json'?: { schema: Schema } } };
}

const hostileTexts = [
  '',
  '\u0000',
  '\ud800',
  '__proto__',
  "'; drop table orders; --",
  '%',
  '\u202e',
  '9'.repeat(400),
  '-0',
];
const hostile = fc.oneof(
  fc.constantFrom<unknown>(...hostileTexts, null, -1, 0, 2 ** 53, 1e308, true, [], {}, [[[[]]]]),
  fc.string({ unit: 'binary', maxLength: 50 }),
  fc.jsonValue({ maxDepth: 4 }),
);

/** Ids that exist, so that requests get past the look-up. */
const ids = () => {
  const { own, accounts } = world;
  return [
    own.order,
    own.product,
    own.listing,
    own.problem,
    own.return,
    own.effect,
    own.sku,
    own.id,
    accounts.marketplace,
  ];
};

/** Mostly what the schema asks for, sometimes something else: both the checks and what lies behind them are reached. */
function anyOf(schema: Schema): fc.Arbitrary<unknown> {
  const good = goodValue(schema);
  return fc.oneof({ weight: 9, arbitrary: good }, { weight: 1, arbitrary: hostile });
}

function goodValue(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(anyOf));
  if (schema.properties) return objectOf(schema.properties);
  if (schema.patternProperties) return fc.dictionary(fc.string({ maxLength: 12 }), hostile, { maxKeys: 4 });
  if (schema.type === 'array') return fc.array(anyOf(schema.items ?? {}), { maxLength: 4 });
  if (schema.type === 'integer' || schema.type === 'number')
    return fc.oneof(fc.integer({ min: 1, max: 5 }), fc.double());
  if (schema.type === 'boolean') return fc.boolean();
  if (schema.type === 'string') return textOf(schema.pattern);
  return hostile;
}

function objectOf(properties: Record<string, Schema>): fc.Arbitrary<unknown> {
  const fields = Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, anyOf(schema)]));
  return fc.record(fields, {
    requiredKeys: Object.keys(fields).filter((name) => name === 'type' || name === 'version'),
  });
}

const eventNames = [
  'APPROVE',
  'REQUEST_CANCEL',
  'CANCEL_WITHDRAWN',
  'EDIT',
  'SNOOZE',
  'RESOLVE',
  'PAUSE',
  'RESUME',
  'SCAN_IN',
];

function textOf(pattern: string | undefined): fc.Arbitrary<unknown> {
  if (pattern === undefined) return fc.string({ unit: 'binary', maxLength: 40 });
  if (pattern.includes('0-9a-fA-F')) return fc.oneof(fc.constantFrom(...ids()), fc.uuid());
  if (pattern.startsWith('^[A-Z][A-Z_]')) return fc.constantFrom(...eventNames);
  return fc.oneof(fc.stringMatching(new RegExp(pattern, 'u')), fc.string({ maxLength: 20 }));
}

const parts = (text: unknown): string => encodeURIComponent(String(text).toWellFormed());

function requestOf(path: string, operation: Operation) {
  const parameters = (operation.parameters ?? []).filter((parameter) => parameter.in !== 'header');
  const values = fc.record(Object.fromEntries(parameters.map(({ name, schema }) => [name, anyOf(schema)])));
  const schema = operation.requestBody?.content?.['application/json']?.schema;
  return fc
    .record({ values, body: schema ? fc.oneof(anyOf(schema), hostile) : fc.constant(undefined) })
    .map((request) => {
      const given = Object.entries(request.values).map(([name, value]) => [name, value === '' ? '-' : value] as const);
      const inPath = given.filter(([name]) => path.includes(`{${name}}`));
      const query = given.filter(([name]) => !path.includes(`{${name}}`));
      const address = inPath.reduce((url, [name, value]) => url.replace(`{${name}}`, () => parts(value)), path);
      const search = query.map(([name, value]) => `${name}=${parts(value)}`).join('&');
      return { url: search === '' ? address : `${address}?${search}`, body: request.body };
    });
}

async function demandDecent(
  method: string,
  url: string,
  payload: string | undefined,
  headers: Record<string, string> = {},
) {
  const person = url.length % 3 === 0 ? 'brand' : 'admin';
  const type = payload === undefined ? {} : { 'content-type': 'application/json' };
  const { status, text } = await world.as(person, method, url, payload, { ...type, ...headers });
  expect(status, `${method} ${url} ${payload?.slice(0, 300)} → ${text.slice(0, 300)}`).toBeLessThan(500);
  expect(text).not.toMatch(/\bat .+\.(ts|js):\d+/);
  return status;
}

describe('anything sent to any endpoint', () => {
  it('is answered below 500', { timeout: 300_000 }, async () => {
    await world.app.ready();
    const operations = Object.entries(world.app.swagger().paths ?? {}).flatMap(([path, item]) =>
      Object.entries(item ?? {}).map(([method, operation]) => ({ path, method, operation: operation as Operation })),
    );
    const seen = new Set<number>();
    for (const { path, method, operation } of operations) {
      // Logging out would end the run, and guesses at passwords are slow on purpose.
      if (path === '/api/session' && method !== 'get') continue;
      await fc.assert(
        fc.asyncProperty(requestOf(path, operation), async ({ url, body }) => {
          const payload = body === undefined ? undefined : JSON.stringify(body);
          seen.add(await demandDecent(method.toUpperCase(), url, payload));
        }),
        { numRuns: 25, seed: 4711 },
      );
    }
    // The run reached what lies behind the checks, and the checks.
    for (const status of [200, 400, 403, 404, 409]) expect(seen).toContain(status);
  });

  it.each([
    ['10 MB of JSON', `{"type":"${'x'.repeat(10_000_000)}"}`, 413],
    ['JSON 10,000 deep', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, 400],
    ['a NUL', '{"type":"APPROVE","why":"\\u0000"}', 400],
    ['half a surrogate', '{"type":"APPROVE","why":"\\udfff"}', 400],
    ['a number without end', '{"type":"APPROVE","version":1e999}', 400],
    ['the same key twice, the second wrong', '{"type":"APPROVE","type":7}', 400],
    ['__proto__', '{"type":"APPROVE","__proto__":{"role":"admin"}}', 400],
    ['an array', '[]', 400],
    ['nothing', '', 400],
    ['no JSON', '<xml/>', 400],
  ])('%s is refused', async (_what, payload, expected) => {
    const url = `/api/orders/${world.own.order}/events`;
    const headers = { 'content-type': 'application/json' };
    const { status, body } = await world.as('ops', 'POST', url, payload, headers);
    expect(status).toBe(expected);
    expect(body.error.code).toMatch(/^(InvalidInput|BodyTooLarge)$/);
  });

  it('in another content type or a bent address is refused', async () => {
    const url = `/api/orders/${world.own.order}/events`;
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'nonsense',
    ]) {
      const { status } = await world.as('ops', 'POST', url, '{"type":"APPROVE"}', { 'content-type': type });
      expect([400, 415]).toContain(status);
    }
    for (const bent of [
      '/api/orders/%00',
      '/api/orders/%zz',
      '/api/orders/%ed%a0%80',
      `/api/orders?q=${'x'.repeat(9000)}`,
    ]) {
      await demandDecent('GET', bent, undefined);
    }
    expect(await demandDecent('GET', '/api/orders?q=%00', undefined)).toBe(400);
    expect(await demandDecent('GET', '/api/orders?limit=5&limit=6', undefined)).toBe(400);
    expect(await demandDecent('GET', '/api/orders?unknown=1', undefined)).toBe(400);
    expect(await demandDecent('GET', '/api/orders?state=A,__proto__', undefined)).toBe(400);
    const key = await world.as('ops', 'POST', url, { type: 'APPROVE' }, { 'idempotency-key': 'a/b' });
    expect([key.status, key.body.error.code]).toEqual([400, 'InvalidIdempotencyKey']);
  });
});
