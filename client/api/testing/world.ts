import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { Type } from '@sinclair/typebox';
import type { InjectOptions } from 'fastify';
import { type Logger, pino } from 'pino';
import type { ConnectionReport, WebhookVerdict } from '../../../connectors/contract/common.ts';
import { createSealer, type Sealer } from '../../../db/sealing.ts';
import { openSession, saveUser, type UserRole } from '../../../db/users.ts';
import { createTestDatabase, type TestDatabase } from '../../../tests/helpers/database.ts';
import { buildApi } from '../app.ts';
import type { ApiDeps, TemporalGateway } from '../deps.ts';
import type { Api } from '../types.ts';
import { type SeededAccounts, type SeededBrand, seedAccounts, seedBrand, seededAt } from './seed.ts';

export type Person = 'ops' | 'approver' | 'admin' | 'brand' | 'foreign';
export const people: readonly Person[] = ['ops', 'approver', 'admin', 'brand', 'foreign'];
export const password = 'correct horse battery staple';

export interface Row extends Record<string, unknown> {
  id: string;
  number: string;
  state: string;
  version: number;
  allowed: { type: string; ok: boolean; why: string | null }[];
}

/** Fields of answers that tests look into; which of them are there is what the test says. */
export interface Body extends Record<string, unknown> {
  id: string;
  state: string;
  version: number;
  total: number;
  next: string | null;
  rows: Row[];
  allowed: Row['allowed'];
  listings: Row[];
  results: unknown[];
  findings: unknown[];
  lines: unknown[];
  path: string[];
  timeline: { kind: string; at: string; title: string; detail: string | null; machine?: string }[];
  consignments: { parcels: { events: unknown[] }[] }[];
  consignee: { address: unknown };
  report: { ok: boolean; findings: { what: string; remedy: string }[] };
  error: {
    code: string;
    message: string;
    remedy?: string;
    details: { conflicts: unknown[] } & Record<string, unknown>;
  };
}

export interface Answer {
  status: number;
  body: Body;
  headers: Record<string, string | string[] | number | undefined>;
  text: string;
}

export interface ApiWorld {
  readonly app: Api;
  readonly deps: ApiDeps;
  readonly database: TestDatabase;
  readonly sealer: Sealer;
  readonly accounts: SeededAccounts;
  /** The brand of the person `brand`, and another one's. */
  readonly own: SeededBrand;
  readonly other: SeededBrand;
  /** What was asked of Temporal. */
  readonly asked: string[];
  /** What the next connection tests answer. */
  report: ConnectionReport;
  /** The technical clock. */
  wall: Date;
  now: Date;
  /** Every line that was logged. */
  readonly logLines: string[];
  temporalUp: boolean;
  emailOf(person: Person): string;
  as(
    person: Person | null,
    method: string,
    url: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  close(): Promise<void>;
}

const goodReport: ConnectionReport = { ok: true, account: 'Test shop', facts: { currency: 'AUD' }, findings: [] };

/** A webhook is signed with the hex HMAC-like digest of secret and body: enough to tell right from wrong. */
export function sign(secret: string, body: string): string {
  return createHash('sha256').update(`${secret}:${body}`).digest('hex');
}

function verify(rawBody: Buffer, signature: string | undefined, secret: string): WebhookVerdict {
  if (signature !== sign(secret, rawBody.toString('utf8'))) return { kind: 'refused', why: 'wrong signature' };
  const { id, resource, delivery, orders } = JSON.parse(rawBody.toString('utf8'));
  if (resource === 'privacy') {
    return { kind: 'privacy', dedupeKey: delivery, topic: 'privacy', request: id, externalOrderIds: orders ?? [] };
  }
  if (resource === 'ping') return { kind: 'ping' };
  return { kind: 'hint', dedupeKey: delivery, topic: `${resource}.updated`, resource, externalId: id };
}

function gatewayOf(world: () => ApiWorld): TemporalGateway {
  return {
    syncNow: async ({ id }, stream) => {
      world().asked.push(`sync ${id} ${stream ?? 'all'}`);
      return [];
    },
    fetchOrder: async (id, externalId) => {
      world().asked.push(`fetch ${id} ${externalId}`);
      return '';
    },
    workflowUrl: (key) => `https://temporal.example.com/${key}`,
    reachable: async () => world().temporalUp,
  };
}

function depsOf(database: TestDatabase, sealer: Sealer, log: Logger, world: () => ApiWorld): ApiDeps {
  return {
    db: database.db,
    sealer,
    clock: { now: async () => world().now },
    wallClock: { now: async () => world().wall },
    newId: randomUUID,
    log,
    config: {
      api: { host: '127.0.0.1', port: 0, publicUrl: null, webDir: `${tmpdir()}/no-dashboard-here`, metricsPort: 0 },
      allowPrivateTargets: false,
    },
    temporal: gatewayOf(world),
    connectors: [
      {
        name: 'test-shop',
        title: 'Test shop',
        kind: 'store',
        settings: Type.Object({ baseUrl: Type.String({ title: 'Address' }) }, { additionalProperties: false }),
        credentials: Type.Object(
          { apiKey: Type.String({ minLength: 1, title: 'API key' }) },
          { additionalProperties: false },
        ),
      },
    ],
    openConnector: async () => ({
      testConnection: async () => world().report,
      verifyWebhook: ({ headers, rawBody }, secret) => verify(rawBody, headers['x-signature'], secret),
    }),
    testConnection: async () => world().report,
    redeemHandOver: async ({ received }) => ({ credentials: received, findings: [] }),
    mailCatcher: null,
  };
}

/** An API over a fresh database with two brands, one person of each role and one of a foreign brand. */
export async function startApiWorld(
  superuserUrl: string,
  change: (deps: ApiDeps) => ApiDeps = (deps) => deps,
): Promise<ApiWorld> {
  const database = await createTestDatabase(superuserUrl, { prefix: 'api' });
  const sealer = createSealer(randomBytes(32));
  const seeded = await database.db.tx('staff', async (trx) => {
    const accounts = await seedAccounts(trx, sealer);
    const own = await seedBrand(trx, sealer, accounts, 'acme', 'TL-000001');
    const other = await seedBrand(trx, sealer, accounts, 'umbra', 'TL-000002');
    return { accounts, own, other };
  });
  const logLines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void logLines.push(line) });
  const deps = change(depsOf(database, sealer, log, () => world));
  const app = buildApi(deps);
  const emailOf = (person: Person): string => `${person}@example.com`;
  const tokens = new Map<Person, string>();
  const brands = { brand: seeded.own.id, foreign: seeded.other.id } as Partial<Record<Person, string>>;
  const wall = new Date('2026-07-01T03:00:00.000Z');
  for (const person of people) {
    const role: UserRole = person === 'foreign' ? 'brand' : person;
    const email = emailOf(person);
    const user = { id: randomUUID(), email, name: person, role, brandId: brands[person] ?? null };
    await saveUser(database.db.knex, { ...user, password, at: seededAt, hashCost: { N: 16, r: 8, p: 1 } });
    const token = randomBytes(32).toString('base64url');
    const tokenHash = createHash('sha256').update(token).digest();
    const expiresAt = new Date('2027-01-01T00:00:00.000Z');
    await openSession(database.db.knex, { tokenHash, userId: user.id, at: wall, expiresAt });
    tokens.set(person, token);
  }
  const world: ApiWorld = {
    app,
    deps,
    database,
    sealer,
    ...seeded,
    asked: [],
    report: goodReport,
    wall,
    now: new Date('2026-07-01T04:00:00.000Z'),
    logLines,
    temporalUp: true,
    emailOf,
    async as(person, method, url, body, headers = {}) {
      const token = person === null ? null : tokens.get(person);
      const answer = await app.inject({
        method: method as NonNullable<InjectOptions['method']>,
        url,
        headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
        ...(body === undefined ? {} : { payload: body as NonNullable<InjectOptions['payload']> }),
      });
      const isJson = String(answer.headers['content-type']).startsWith('application/json');
      const parsed: unknown = isJson ? JSON.parse(answer.body) : null;
      return { status: answer.statusCode, body: parsed as Body, headers: answer.headers, text: answer.body };
    },
    async close() {
      await app.close();
      await database.close();
    },
  };
  return world;
}
