import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../tests/helpers/database.ts';

/** The process as the launcher starts it: real sockets, real signals, a dashboard of two files. */
let database: TestDatabase;
let folder: string;
let child: ChildProcessWithoutNullStreams;
let ready: { ready: boolean; name: string; url: string; healthUrl: string };
const output: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'api' });
  folder = mkdtempSync(join(tmpdir(), 'tradelane-api-'));
  mkdirSync(join(folder, 'web/assets'), { recursive: true });
  writeFileSync(join(folder, 'web/index.html'), '<!doctype html><title>Dashboard</title>');
  writeFileSync(join(folder, 'web/assets/main-abc123.js'), 'export {};');
  child = spawn(process.execPath, [new URL('./main.ts', import.meta.url).pathname], {
    env: {
      TRADELANE_DATA_DIR: folder,
      DATABASE_URL: database.ownerUrl,
      DATABASE_APP_URL: database.appUrl,
      TEMPORAL_ADDRESS: '127.0.0.1:9',
      TRADELANE_MASTER_KEY: randomBytes(32).toString('base64'),
      TRADELANE_API_PORT: '0',
      API_METRICS_PORT: '0',
      TRADELANE_WEB_DIR: join(folder, 'web'),
    },
  });
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  ready = await new Promise((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      if (line.startsWith('{')) resolve(JSON.parse(line));
    });
    child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${output.join('')}`)));
  });
});
afterAll(async () => {
  if (child.exitCode === null) child.kill('SIGKILL');
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

const get = (path: string, base = ready.url) => fetch(`${base}${path}`);

describe('the API process', () => {
  it('says where it serves, and is ready although Temporal is not there', async () => {
    expect(ready).toMatchObject({ ready: true, name: 'api' });
    const answer = await get('/ready');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ checks: { database: 'ok', temporal: 'away' } });
  });

  it('serves the dashboard for every page, its files for long, and programs as JSON', async () => {
    for (const path of ['/', '/orders', '/orders/0189?tab=lines']) {
      const page = await get(path);
      expect(await page.text()).toContain('Dashboard');
      expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
      expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
      expect(page.headers.get('cache-control')).toBe('no-cache');
    }
    const asset = await get('/assets/main-abc123.js');
    expect(asset.headers.get('cache-control')).toContain('immutable');
    expect((await get('/api/nothing')).status).toBe(404);
    expect((await get('/..%2f..%2fmaster.key')).headers.get('content-type')).not.toContain('octet-stream');
    expect(await (await get('/../run.json')).text()).not.toContain('pids');
  });

  it('shows business numbers on the port of its own only', async () => {
    expect((await get('/metrics')).status).toBe(401);
    const metrics = await get('/metrics', ready.healthUrl);
    expect(await metrics.text()).toContain('tradelane_database_up 1');
    expect((await get('/live', ready.healthUrl)).status).toBe(200);
  });

  it('ends by itself when it is told to', async () => {
    const ended = new Promise((resolve) => child.once('exit', (code) => resolve(code)));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(output.join('')).toContain('the API has stopped');
  });
});
