import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type ApiWorld, startApiWorld } from './testing/world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld(inject('postgresSuperuserUrl'));
});
afterAll(() => world.close());

const tokenOf = ({ body }: { body: Record<string, unknown> }): string => String(body.token);
const password = 'a long enough password';
const logIn = (email: string, given: string) => world.as(null, 'POST', '/api/session', { email, password: given });
const asBearer = (token: string) => ({ authorization: `Bearer ${token}` });

async function add(changes: Readonly<Record<string, unknown>> = {}) {
  const email = `${randomUUID()}@example.com`;
  const body = { email, name: 'New Person', role: 'ops', password, ...changes };
  return { email, answer: await world.as('admin', 'POST', '/api/users', body) };
}

describe('people', () => {
  it('are added by an admin, log in, and stand in the list with their last log-in', async () => {
    const { email, answer } = await add();
    expect(answer.status).toBe(201);
    expect((await logIn(email, password)).status).toBe(200);
    const { body } = await world.as('admin', 'GET', '/api/users');
    const row = body.rows.find((one) => Reflect.get(one, 'email') === email);
    const lastLoginAt = world.wall.toISOString();
    expect(row).toMatchObject({ id: answer.body.id, role: 'ops', brandId: null, disabledAt: null, lastLoginAt });
    expect(JSON.stringify(body)).not.toContain('scrypt');
  });

  it.each([
    ['a known address', { email: 'OPS@example.com' }, 409, 'AlreadyThere'],
    ['a short password', { password: 'short' }, 400, 'InvalidInput'],
    ['a brand where none belongs', { brandId: randomUUID() }, 400, 'InvalidInput'],
    ['no brand where one belongs', { role: 'brand' }, 400, 'InvalidInput'],
    ['an unknown brand', { role: 'brand', brandId: randomUUID() }, 409, 'InUse'],
    ['an unknown role', { role: 'owner' }, 400, 'InvalidInput'],
    ['no name', { name: ' ' }, 400, 'InvalidInput'],
  ])('are refused with %s', async (_what, changes, status, code) => {
    const { answer } = await add(changes);
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
  });

  it('who are shut out lose their sessions at once, and get in again when they are let in', async () => {
    const { email, answer } = await add();
    const token = tokenOf(await logIn(email, password));
    const shut = (disabled: boolean) => world.as('admin', 'POST', `/api/users/${answer.body.id}/access`, { disabled });
    expect((await shut(true)).status).toBe(200);
    expect((await world.as(null, 'GET', '/api/session', undefined, asBearer(token))).status).toBe(401);
    expect((await logIn(email, password)).status).toBe(401);
    expect((await shut(false)).status).toBe(200);
    expect((await logIn(email, password)).status).toBe(200);
    expect((await world.as(null, 'GET', '/api/session', undefined, asBearer(token))).status).toBe(401);
  });

  it('who are admins do not shut themselves out', async () => {
    const { body } = await world.as('admin', 'GET', '/api/session');
    const answer = await world.as('admin', 'POST', `/api/users/${(body.user as { id: string }).id}/access`, {
      disabled: true,
    });
    expect([answer.status, answer.body.error.message]).toEqual([409, 'Nobody shuts themselves out.']);
  });

  it('get a new password from an admin, which ends their sessions', async () => {
    const { email, answer } = await add();
    const token = tokenOf(await logIn(email, password));
    const next = 'another long password';
    await world.as('admin', 'POST', `/api/users/${answer.body.id}/password`, { password: next });
    expect((await world.as(null, 'GET', '/api/session', undefined, asBearer(token))).status).toBe(401);
    expect([(await logIn(email, password)).status, (await logIn(email, next)).status]).toEqual([401, 200]);
  });

  it('change their own password only with the present one', async () => {
    const { email } = await add();
    const token = tokenOf(await logIn(email, password));
    const change = (present: string) =>
      world.as(null, 'POST', '/api/session/password', { present, password: 'my own new password' }, asBearer(token));
    expect((await change('wrong')).status).toBe(401);
    expect((await change(password)).status).toBe(200);
    expect((await world.as(null, 'GET', '/api/session', undefined, asBearer(token))).status).toBe(401);
    expect((await logIn(email, 'my own new password')).status).toBe(200);
  });

  it('leave no password in the log or in stored answers', async () => {
    await add();
    const stored = await world.database.db.knex('answered_commands').select('request_hash', 'answer');
    expect(JSON.stringify(stored)).not.toContain(password);
    expect(world.logLines.join('\n')).not.toContain(password);
  });

  it.each(['access', 'password'])('who are not there: %s', async (what) => {
    const body = what === 'access' ? { disabled: true } : { password };
    expect((await world.as('admin', 'POST', `/api/users/${randomUUID()}/${what}`, body)).status).toBe(404);
  });
});
