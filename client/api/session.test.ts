import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { hashPassword, saveUser, verifyPassword } from '../../db/users.ts';
import { failureWindowMs, maxFailures, sessionMs } from './auth.ts';
import { type ApiWorld, password, startApiWorld } from './testing/world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld(inject('postgresSuperuserUrl'));
});
afterAll(() => world.close());

const logIn = (email: string, given: string) => world.as(null, 'POST', '/api/session', { email, password: given });
const cookieOf = (headers: Record<string, unknown>) => String(headers['set-cookie']);

describe('passwords', () => {
  it('are stored as salted hashes that only they fit', async () => {
    const [first, second] = [await hashPassword('s3cret'), await hashPassword('s3cret')];
    expect(first).not.toBe(second);
    expect(first).not.toContain('s3cret');
    expect(await verifyPassword('s3cret', first)).toBe(true);
    expect(await verifyPassword('S3cret', first)).toBe(false);
    await expect(verifyPassword('s3cret', 'plain')).rejects.toThrow('damaged');
  });
});

describe('sessions', () => {
  it('open with the right password, in any writing of the address, by cookie and by token', async () => {
    const { status, body, headers } = await logIn('OPS@example.com', password);
    expect(status).toBe(200);
    expect(body.user).toMatchObject({ email: 'ops@example.com', role: 'ops', brandId: null });
    expect(cookieOf(headers)).toMatch(/^tradelane_session=[A-Za-z0-9_-]{43}; .*HttpOnly; SameSite=Strict/);
    const cookie = cookieOf(headers).split(';')[0] ?? '';
    const byCookie = await world.as(null, 'GET', '/api/session', undefined, { cookie });
    expect(byCookie.body.user).toMatchObject({ role: 'ops' });
    const byToken = await world.as(null, 'GET', '/api/session', undefined, { authorization: `Bearer ${body.token}` });
    expect(byToken.status).toBe(200);
    const stored = await world.database.db.knex('sessions').select('token_hash');
    expect(JSON.stringify(stored.map(({ token_hash }) => token_hash.toString('latin1')))).not.toContain(body.token);
  });

  it('refuse a cookie that a page of another origin sent along', async () => {
    const { headers } = await logIn('ops@example.com', password);
    const cookie = cookieOf(headers).split(';')[0] ?? '';
    const url = `/api/orders/${world.own.order}/events`;
    for (const site of ['cross-site', 'same-site']) {
      const { status } = await world.as(null, 'POST', url, { type: 'APPROVE' }, { cookie, 'sec-fetch-site': site });
      expect(status).toBe(403);
    }
    const own = await world.as(null, 'POST', url, { type: 'COMPLETE' }, { cookie, 'sec-fetch-site': 'same-origin' });
    expect(own.status).toBe(409);
  });

  it('end by logging out, by time, and when the person is disabled', async () => {
    const first = await logIn('ops@example.com', password);
    const auth = { authorization: `Bearer ${first.body.token}` };
    expect((await world.as(null, 'DELETE', '/api/session', undefined, auth)).status).toBe(200);
    expect((await world.as(null, 'GET', '/api/session', undefined, auth)).status).toBe(401);

    const second = await logIn('ops@example.com', password);
    const later = { authorization: `Bearer ${second.body.token}` };
    const wall = world.wall;
    world.wall = new Date(wall.getTime() + sessionMs + 1);
    expect((await world.as(null, 'GET', '/api/session', undefined, later)).status).toBe(401);
    world.wall = wall;
    expect((await world.as(null, 'GET', '/api/session', undefined, later)).status).toBe(200);
    await world.database.db.knex('users').where({ email: 'ops@example.com' }).update({ disabled_at: wall });
    expect((await world.as(null, 'GET', '/api/session', undefined, later)).status).toBe(401);
    expect((await logIn('ops@example.com', password)).status).toBe(401);
    await world.database.db.knex('users').where({ email: 'ops@example.com' }).update({ disabled_at: null });
  });

  it('do not open with anything else in the place of a token', async () => {
    for (const token of ['', 'null', 'x'.repeat(43), 'eyJhbGciOiJub25lIn0.e30.', "' or 1=1 --"]) {
      const { status } = await world.as(null, 'GET', '/api/session', undefined, { authorization: `Bearer ${token}` });
      expect(status).toBe(401);
    }
  });
});

describe('throttling', () => {
  it('stops guessing for one address, also in parallel, and lets the others in', async () => {
    const guesses = await Promise.all(Array.from({ length: 12 }, (_, n) => logIn('admin@example.com', `guess ${n}`)));
    expect(guesses.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(maxFailures);
    expect(guesses.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(12 - maxFailures);
    const right = await logIn('admin@example.com', password);
    expect(right.status).toBe(429);
    expect(Number(right.headers['retry-after'])).toBeGreaterThan(0);
    expect((await logIn('approver@example.com', password)).status).toBe(200);
  });

  it('forgets after its time, and counts unknown addresses the same way', async () => {
    world.wall = new Date(world.wall.getTime() + failureWindowMs + 1000);
    expect((await logIn('admin@example.com', password)).status).toBe(200);
    for (let n = 0; n < maxFailures; n += 1) expect((await logIn('nobody@example.com', 'x')).status).toBe(401);
    expect((await logIn('nobody@example.com', 'x')).status).toBe(429);
  });

  it('begins anew after a success', async () => {
    await saveUser(world.database.db.knex, {
      id: '00000000-0000-4000-8000-00000000000a',
      email: 'new@example.com',
      name: 'New',
      role: 'ops',
      brandId: null,
      password,
      at: world.wall,
      hashCost: { N: 16, r: 8, p: 1 },
    });
    for (let n = 0; n < maxFailures - 1; n += 1) await logIn('new@example.com', 'x');
    expect((await logIn('new@example.com', password)).status).toBe(200);
    expect((await logIn('new@example.com', 'x')).status).toBe(401);
    expect((await logIn('new@example.com', password)).status).toBe(200);
  });
});
