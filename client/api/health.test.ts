import { createServer, type Server, Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { databaseBudget } from '../../db/budget.ts';
import { openDatabase } from '../../db/database.ts';
import { buildApi, buildApiParts } from './app.ts';
import { webhookSecret } from './testing/seed.ts';
import { type ApiWorld, sign, startApiWorld } from './testing/world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld(inject('postgresSuperuserUrl'));
});
afterAll(() => world.close());

describe('health', () => {
  it('is live and ready, also while Temporal is away', async () => {
    expect((await world.as(null, 'GET', '/live')).body).toEqual({ live: true });
    world.temporalUp = false;
    const { status, body } = await world.as(null, 'GET', '/ready');
    world.temporalUp = true;
    expect(status).toBe(200);
    expect(body.checks).toEqual({ database: 'ok', migrations: 'ok', temporal: 'away', process: 'ok' });
  });

  it('is not ready while it drains', async () => {
    const { app, draining } = buildApiParts(world.deps);
    draining.isDraining = true;
    const { statusCode } = await app.inject({ method: 'GET', url: '/ready' });
    await app.close();
    expect(statusCode).toBe(503);
  });

  it('shows business numbers to staff', async () => {
    expect((await world.as(null, 'GET', '/metrics')).status).toBe(401);
    expect((await world.as('brand', 'GET', '/metrics')).status).toBe(403);
    await databaseBudget(world.database.db, world.accounts.marketplace).take('orders.list', 1);
    const { text } = await world.as('ops', 'GET', '/metrics');
    for (const line of [
      'tradelane_database_up 1',
      'tradelane_orders{state="NEW"} 2',
      'tradelane_listings{state="NEW"} 2',
      'tradelane_effects{state="AMBIGUOUS"} 2',
      'tradelane_problems_open{severity="error"} 2',
      'tradelane_budget_calls_total{connection="market"} 1',
    ]) {
      expect(text).toContain(line);
    }
    expect(text).toMatch(/tradelane_outbox_waiting [1-9]/);
    expect(text).toMatch(/tradelane_outbox_oldest_seconds 3600/);
  });
});

/** A way to PostgreSQL that can be cut and healed. */
async function cuttable(target: URL): Promise<{ url: string; cut(): void; heal(): void; close(): Promise<void> }> {
  const open = new Set<Socket>();
  let down = false;
  const server: Server = createServer((client) => {
    if (down) return void client.destroy();
    const upstream = new Socket().connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => open.delete(from));
    }
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const url = new URL(target.href);
  url.port = String(address.port);
  return {
    url: url.href,
    cut: () => {
      down = true;
      for (const socket of open) socket.destroy();
    },
    heal: () => {
      down = false;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

describe('while the database is away', () => {
  it('answers 503 with a time to come back, stays live, and recovers by itself', async () => {
    const way = await cuttable(new URL(world.database.appUrl));
    const db = openDatabase({ url: way.url, maxConnections: 3, applicationName: 'cut' });
    const app = buildApi({ ...world.deps, db });
    const { token } = (
      await app.inject({
        method: 'POST',
        url: '/api/session',
        payload: { email: 'ops@example.com', password: 'correct horse battery staple' },
      })
    ).json();
    const headers = { authorization: `Bearer ${token}` };
    const read = () => app.inject({ method: 'GET', url: '/api/orders', headers });
    expect((await read()).statusCode).toBe(200);
    way.cut();
    const away = await read();
    expect([away.statusCode, away.headers['retry-after']]).toEqual([503, '5']);
    expect(away.json().error.code).toBe('DatabaseAway');
    expect(away.body).not.toMatch(/ECONN|127\.0\.0\.1|stack|at /);
    const hook = JSON.stringify({ delivery: 'd', resource: 'order', id: '1' });
    const webhook = await app.inject({
      method: 'POST',
      url: '/hooks/market',
      headers: { 'x-signature': sign(webhookSecret, hook) },
      payload: hook,
    });
    expect([webhook.statusCode, webhook.headers['retry-after']]).toEqual([503, '5']);
    expect((await app.inject({ method: 'GET', url: '/live' })).statusCode).toBe(200);
    const ready = await app.inject({ method: 'GET', url: '/ready' });
    expect([ready.statusCode, ready.json().checks.database]).toEqual([503, 'away']);
    way.heal();
    expect((await read()).statusCode).toBe(200);
    await app.close();
    await db.close();
    await way.close();
  });
});

describe('what goes around every answer', () => {
  it('carries a correlation id that the caller may choose, and headers that browsers obey', async () => {
    const { headers } = await world.as('ops', 'GET', '/api/orders', undefined, { 'x-correlation-id': 'my-trace-0001' });
    expect(headers['x-correlation-id']).toBe('my-trace-0001');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['content-security-policy']).toContain("script-src 'self'");
    expect(headers['cache-control']).toBe('no-store');
    const odd = await world.as('ops', 'GET', '/api/orders', undefined, { 'x-correlation-id': 'a b{c}' });
    expect(odd.headers['x-correlation-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('writes one line for each request, without the query', async () => {
    await world.as('ops', 'GET', '/api/orders?q=buyer@example.net');
    const lines = world.logLines.filter((line) => line.includes('"route":"/api/orders"'));
    expect(lines.length).toBeGreaterThan(0);
    expect(world.logLines.join('')).not.toContain('buyer@example.net');
  });

  it('answers unknown addresses as JSON', async () => {
    for (const url of ['/api/nothing', '/hooks', '/elsewhere']) {
      const { status, body } = await world.as(null, 'GET', url);
      expect([status, body.error.code]).toEqual([404, 'NotFound']);
    }
  });
});
