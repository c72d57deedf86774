import type { MachineName } from '../../../state-machines/index.ts';
import { brandDetail, confirmationOf } from './brands.ts';
import { freightAudits } from './freight-audits.ts';
import { allowedOf, chartOf, machineRows, stepOf } from './machines.ts';
import { connectorRows } from './operations.ts';
import { priceAnswer } from './prices.ts';
import { refiningAnswer } from './refining.ts';
import { settlingAnswer } from './settling.ts';
import { tableAnswer } from './table-routes.ts';
import type { World } from './world.ts';

export interface Asked {
  method: string;
  path: string;
  query: Record<string, string>;
  body: unknown;
  idempotencyKey: string | null;
  loggedIn: boolean;
}

export interface Answer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

const ok = (body: unknown, headers: Record<string, string> = {}): Answer => ({ status: 200, body, headers });
const refuse = (status: number, code: string, message: string): Answer => ({
  status,
  body: { error: { code, message } },
});

/** Something with a state, of any collection. */
interface Thing {
  id: string;
  state: string;
  version: number;
  allowed: unknown[];
  path?: string[];
}

const machineOf: Record<string, MachineName> = {
  orders: 'order',
  products: 'product',
  listings: 'listing',
  problems: 'problem',
  connections: 'connection',
  consignments: 'consignment',
  returns: 'return',
};

const rowsOf = (world: World, collection: string): { id: string }[] | null =>
  Object.hasOwn(world, collection) && Array.isArray(world[collection as keyof World])
    ? (world[collection as keyof World] as { id: string }[])
    : null;

function countBy(rows: { state: string }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state } of rows) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

function overview(world: World) {
  return {
    orders: countBy(world.orders),
    listings: countBy(world.listings),
    products: countBy(world.products),
    problemsOpen: world.problems.filter(({ state }) => state === 'OPEN').length,
    outbox: { waiting: 2, oldestSeconds: 1 },
    effects: { ambiguous: 1 },
    connections: world.connections,
  };
}

function list(rows: { id: string }[], collection: string, query: Record<string, string>): Answer {
  const states = query.state?.split(',');
  const found = rows.filter((row) => {
    const text = JSON.stringify(row).toLowerCase();
    return (
      (!states || ('state' in row && states.includes(String(row.state)))) &&
      (!query.q || text.includes(query.q.toLowerCase())) &&
      (!query.brand || text.includes(query.brand)) &&
      (!query.connection || text.includes(query.connection))
    );
  });
  const start = query.after ? found.findIndex(({ id }) => id === query.after) + 1 : 0;
  const limit = Number(query.limit ?? 50);
  const page = found.slice(start, start + limit);
  const last = page.at(-1);
  // An order's page holds its lines; in the list the same field is their number.
  const shown = collection === 'orders' ? page.map((row) => ({ ...row, lines: 1 })) : page;
  return ok({ rows: shown, next: start + limit < found.length && last ? last.id : null, total: found.length });
}

function step(world: World, collection: string, thing: Thing, type: string, version?: number) {
  const machine = machineOf[collection];
  if (!machine) return { ok: false as const, code: 'NotFound', why: 'nothing here has states' };
  if (version !== undefined && version !== thing.version) {
    return { ok: false as const, code: 'VersionConflict', why: 'It was changed meanwhile.' };
  }
  const facts = world.facts.get(thing.id);
  const decision = stepOf(machine, thing.state, type, facts);
  if (!decision.ok) return decision;
  thing.state = decision.to;
  thing.version += 1;
  thing.path?.push(decision.to);
  thing.allowed = allowedOf(machine, decision.to, facts);
  return { ok: true as const, state: thing.state, version: thing.version };
}

function command(world: World, { method, path, body }: Asked): Answer {
  const [, , collection = '', id = '', verb = ''] = path.split('/');
  const given = (body ?? {}) as { type?: string; version?: number; items?: { id: string; version?: number }[] };
  const rows = rowsOf(world, collection) as Thing[] | null;
  if (!rows) return refuse(404, 'NotFound', `There is no ${path}.`);
  if (id === 'bulk') {
    const results = (given.items ?? []).map((item) => {
      const thing = rows.find((row) => row.id === item.id);
      return {
        id: item.id,
        ...(thing ? step(world, collection, thing, given.type ?? '', item.version) : { ok: false }),
      };
    });
    return ok({ results });
  }
  if (collection === 'connections' && id === '') {
    const report = { ok: true, account: 'shop 1', facts: {}, findings: [] };
    return ok({ id: 'new', saved: true, state: 'CONNECTED', version: 1, report });
  }
  if (verb === 'sync' || verb === 'fetch') return ok({ accepted: true, workflowUrl: null });
  const thing = rows.find((row) => row.id === id);
  if (!thing) return refuse(404, 'NotFound', `There is no ${collection} ${id}.`);
  const type = method === 'PATCH' ? 'EDIT' : (given.type ?? '');
  const result = step(world, collection, thing, type, given.version);
  if (!result.ok) return refuse(409, result.code, result.why);
  if (method !== 'PATCH') return ok(result);
  const saved = Object.keys(given).filter((name) => name !== 'version');
  Object.assign(
    thing,
    Object.fromEntries(Object.entries(given).filter(([name]) => name === 'title' || name === 'note')),
  );
  return ok({ ...result, saved, unchanged: [], conflicts: [] });
}

function session(world: World, { method, body, loggedIn }: Asked): Answer {
  if (method === 'DELETE') return ok({ ok: true }, { 'set-cookie': 'tradelane_session=; Path=/; Max-Age=0' });
  if (method === 'GET') return loggedIn ? ok({ user: world.user }) : refuse(401, 'NotLoggedIn', 'Log in first.');
  const { email, password } = body as { email: string; password: string };
  if (email !== world.user.email || password !== world.password) {
    return refuse(401, 'LoginRefused', 'E-mail or password is wrong.');
  }
  return ok(
    { user: world.user, token: 'fake', expiresAt: new Date().toISOString() },
    { 'set-cookie': 'tradelane_session=fake; Path=/; HttpOnly; SameSite=Strict' },
  );
}

function read(world: World, { path, query }: Asked): Answer {
  const [, , collection = '', id] = path.split('/');
  if (collection === 'overview') return ok(overview(world));
  if (collection === 'brands') {
    const one = world.brands.find((brand) => brand.id === id);
    if (id === undefined) return ok({ rows: world.brands });
    return one ? ok(brandDetail(one)) : refuse(404, 'NotFound', `There is no brand ${id}.`);
  }
  if (collection === 'confirmations') {
    const asked = world.orders.filter((row) => row.id === query.order && row.state === 'AWAITING_CONFIRMATION');
    const brandOf = (brandId: string) => world.brands.find((brand) => brand.id === brandId);
    return ok({
      rows: asked.flatMap((row) => {
        const brand = brandOf(row.brand.id);
        return brand ? [confirmationOf({ ...row, brand })] : [];
      }),
    });
  }
  if (collection === 'connectors') return ok({ rows: connectorRows });
  if (collection === 'machines') {
    if (id === undefined) return ok({ rows: machineRows() });
    const chart = chartOf(id);
    return chart ? ok(chart) : refuse(404, 'NotFound', `There is no machine ${id}.`);
  }
  const rows = rowsOf(world, collection === 'caught-mails' ? 'caughtMails' : collection);
  if (!rows) return refuse(404, 'NotFound', `There is no ${path}.`);
  if (id === undefined) return list(rows, collection, query);
  const row = rows.find((candidate) => candidate.id === id);
  return row ? ok(row) : refuse(404, 'NotFound', `There is no ${collection} ${id}.`);
}

/** Answers one call the way the API would. */
export function answer(world: World, asked: Asked): Answer {
  if (asked.path === '/api/session') return session(world, asked);
  if (!asked.loggedIn) return refuse(401, 'NotLoggedIn', 'Log in first.');
  if (asked.path === '/api/freight/audits') return ok({ rows: freightAudits });
  const settled = settlingAnswer(world, asked);
  if (settled) return settled;
  const ofTable = tableAnswer(world, asked);
  if (ofTable) return ofTable;
  const ofPrices = priceAnswer(world, asked);
  if (ofPrices) return ofPrices;
  const ofRefining = refiningAnswer(world, asked);
  if (ofRefining) return ofRefining;
  return asked.method === 'GET' ? read(world, asked) : command(world, asked);
}
