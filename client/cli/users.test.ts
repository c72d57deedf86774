import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../tests/helpers/database.ts';
import { type ApiWorld, password, startApiWorld } from '../api/testing/world.ts';
import type { Io } from './io.ts';
import { typeCommand } from './typed.fixture.ts';

let world: ApiWorld;
let folder: string;

beforeAll(async () => {
  world = await startApiWorld(inject('postgresSuperuserUrl'));
  const apiUrl = await world.app.listen({ host: '127.0.0.1', port: 0 });
  folder = mkdtempSync(join(tmpdir(), 'tradelane-cli-users-'));
  const logIns = [{ role: 'admin', email: world.emailOf('admin'), password }];
  writeFileSync(
    join(folder, 'run.json'),
    JSON.stringify({ dataDir: folder, pids: {}, apiUrl, logIns, environment: {} }),
  );
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

const cli = (args: readonly string[], given: Partial<Io> = {}) => typeCommand(folder, args, given);

const typed = (...answers: string[]): Partial<Io> => ({ isInteractive: true, ask: async () => answers.shift() ?? '' });
const piped = (text: string): Partial<Io> => ({ readAll: async () => `${text}\n` });
const logsIn = async (email: string, given: string): Promise<boolean> =>
  (await world.as(null, 'POST', '/api/session', { email, password: given })).status === 200;

describe('people', () => {
  const kim = ['users', 'add', 'kim@example.com', '--name', 'Kim', '--role', 'ops'] as const;

  it('are added with a password that is typed twice, listed, shut out and let in', async () => {
    expect(await cli(kim, typed('twelve letters', 'twelve letter'))).toMatchObject({ code: 2 });
    expect(await cli(kim, typed('twelve letters', 'twelve letters'))).toMatchObject({ code: 0, err: '' });
    expect(await logsIn('kim@example.com', 'twelve letters')).toBe(true);
    expect((await cli(['users', 'list'])).out).toMatch(/kim@example\.com +Kim +ops +may log in/);
    expect((await cli(['users', 'shut-out', 'KIM@example.com'])).code).toBe(0);
    expect(await logsIn('kim@example.com', 'twelve letters')).toBe(false);
    await cli(['users', 'let-in', 'kim@example.com']);
    expect(
      (await cli(['users', 'password', 'kim@example.com', '--password-stdin'], piped('other password'))).code,
    ).toBe(0);
    expect(await logsIn('kim@example.com', 'other password')).toBe(true);
  });

  it('of a brand are named by its code', async () => {
    const lee = ['users', 'add', 'lee@example.com', '--name', 'Lee', '--role', 'brand', '--password-stdin'];
    expect(await cli(lee, piped('twelve letters'))).toMatchObject({ code: 2, err: expect.stringContaining('brandId') });
    expect(await cli([...lee, '--brand', 'acme'], piped('twelve letters'))).toMatchObject({ code: 0 });
  });

  it('who are not there are said to be missing, and a short password is refused', async () => {
    expect(await cli(['users', 'shut-out', 'nobody@example.com'])).toMatchObject({ code: 4 });
    const short = ['users', 'add', 'max@example.com', '--name', 'Max', '--role', 'ops', '--password-stdin'];
    expect((await cli(short, piped('short'))).code).not.toBe(0);
  });
});

describe('the first admin', () => {
  let empty: TestDatabase;
  beforeAll(async () => {
    empty = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'first_admin' });
  });
  afterAll(() => empty.close());
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('is added straight to the database, once', async () => {
    vi.stubEnv('DATABASE_URL', empty.ownerUrl);
    vi.stubEnv('DATABASE_APP_URL', empty.appUrl);
    vi.stubEnv('TEMPORAL_ADDRESS', '127.0.0.1:9');
    vi.stubEnv('TRADELANE_MASTER_KEY', randomBytes(32).toString('base64'));
    const first = ['users', 'first', 'you@example.com', '--name', 'You', '--password-stdin'];
    expect(await cli(first, piped('short'))).toMatchObject({ code: 2 });
    expect(await cli(first, piped('a password of mine'))).toMatchObject({ code: 0, err: '' });
    expect(await cli(first, piped('a password of mine'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('There are people already.'),
    });
    expect(await empty.db.knex('users').select('email', 'role')).toEqual([{ email: 'you@example.com', role: 'admin' }]);
  });
});
