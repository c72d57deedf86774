import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadConfig } from '../../config/load.ts';
import { readRunFile, runFilePath } from '../../config/run-file.ts';
import { isRunning } from '../servers/process-info.ts';
import { claimFolder, prepareFolder } from './guard.ts';
import { demandFree, freePorts } from './ports.ts';
import { startWorld, temporaryDataDir, type World, type WorldOptions } from './world.ts';

const part = join(import.meta.dirname, 'fixtures/part.ts');
const entryPoints = {
  migrate: join(import.meta.dirname, 'fixtures/migrate.ts'),
  worker: part,
  api: part,
  sandbox: part,
};

/** Looking ends as soon as it is seen; a busy machine needs many times what an idle one does. */
const patienceMs = 60_000;

let dataDir: string;
let said: string[];
let worlds: World[];

beforeEach(() => {
  dataDir = temporaryDataDir();
  said = [];
  worlds = [];
});

afterEach(async () => {
  for (const world of worlds) await world.crash();
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(options: Partial<WorldOptions> = {}): Promise<World> {
  const world = await startWorld({
    dataDir,
    ports: 'free',
    sandbox: true,
    web: false,
    fsync: false,
    entryPoints,
    log: (line) => said.push(line),
    ...options,
  });
  worlds.push(world);
  return world;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('a local world', () => {
  it('tells its parts and the command line where everything is, and leaves nothing running', async () => {
    const world = await start();
    const seen: Record<string, unknown> = await (await fetch(world.urls.sandbox.shop ?? '')).json();
    expect(seen).toMatchObject({
      DATABASE_URL: world.urls.databaseUrl,
      DATABASE_APP_URL: world.urls.databaseAppUrl,
      TEMPORAL_ADDRESS: world.urls.temporalAddress,
      SMTP_URL: `smtp://127.0.0.1:${world.ports.sandboxBase + 1}`,
      ALLOW_PRIVATE_TARGETS: 'true',
    });
    const file = readRunFile(dataDir);
    expect(file).toMatchObject({ apiUrl: world.urls.apiUrl, databaseUrl: world.urls.databaseUrl });
    expect(file?.logIns[0]).toEqual({ role: 'admin', email: 'admin@example.test', password: 'pw' });
    expect(Object.keys(file?.pids ?? {}).toSorted()).toEqual([
      'api',
      'launcher',
      'postgres',
      'sandbox',
      'temporal',
      'worker',
    ]);
    expect(statSync(runFilePath(dataDir)).mode & 0o777).toBe(0o600);
    expect(loadConfig({ TRADELANE_DATA_DIR: dataDir }).database.appUrl).toBe(world.urls.databaseAppUrl);

    await expect(start()).rejects.toThrow(/running in .* already \(process \d+\)/);

    await world.stop();
    const { launcher: _, ...pids } = file?.pids ?? {};
    expect(Object.entries(pids).filter(([, pid]) => isRunning(pid))).toEqual([]);
    expect(existsSync(runFilePath(dataDir))).toBe(false);
  });

  it('survives the death of its parts', async () => {
    const world = await start({ sandbox: false });
    await query(world.urls.databaseUrl, 'create table kept (id int)');
    const first = world.pid('worker') ?? 0;
    process.kill(first, 'SIGKILL');
    await vi.waitFor(() => expect(said).toContain('worker is running again'), patienceMs);
    expect(world.pid('worker')).not.toBe(first);

    await world.killWorker();
    expect(world.pid('worker')).toBeNull();
    await world.startWorker({ TRADELANE_HALT_AT: 'push:after-commit' });

    await world.killTemporal({ deleteDatabase: true });
    await world.restartTemporal();
    await world.stopPostgres('immediate');
    await expect(query(world.urls.databaseUrl, 'select 1')).rejects.toThrow('ECONNREFUSED');
    await world.startPostgres();
    expect(await query(world.urls.databaseUrl, 'select * from kept')).toEqual([]);

    process.kill(world.ground.pids.postgres ?? 0, 'SIGKILL');
    await vi.waitFor(() => expect(said).toContain('postgres is running again'), patienceMs);
    expect(await query(world.urls.databaseUrl, 'select * from kept')).toEqual([]);
  });

  it('is there again after kill -9 of the launcher, and gone after --fresh', async () => {
    const program = `import { startWorld } from ${JSON.stringify(join(import.meta.dirname, 'world.ts'))};
      await startWorld({ dataDir: ${JSON.stringify(dataDir)}, ports: 'free', sandbox: false, web: false, fsync: false,
        entryPoints: ${JSON.stringify(entryPoints)}, log: () => undefined });
      console.log('up'); setInterval(() => undefined, 1000);`;
    const launcher = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(launcher.stdout, 'data');
    const before = readRunFile(dataDir);
    await query(before?.databaseUrl ?? '', 'create table kept (id int)');
    launcher.kill('SIGKILL');
    await once(launcher, 'exit');
    expect(isRunning(before?.pids.api ?? 0)).toBe(true);

    const world = await start({ sandbox: false });
    expect(isRunning(before?.pids.api ?? 0)).toBe(false);
    expect(isRunning(before?.pids.temporal ?? 0)).toBe(false);
    expect(await query(world.urls.databaseUrl, 'select * from kept')).toEqual([]);
    await world.stop();

    writeFileSync(join(dataDir, 'mine.txt'), 'kept');
    const fresh = await start({ sandbox: false, fresh: true });
    await expect(query(fresh.urls.databaseUrl, 'select * from kept')).rejects.toThrow('does not exist');
    expect(existsSync(join(dataDir, 'mine.txt'))).toBe(true);
    expect(said.join('\n')).toContain('deleting the database');
  });

  it('leaves nothing behind when a part does not start, or is stopped half-way', async () => {
    const broken = { ...entryPoints, api: join(dataDir, 'missing.ts') };
    await expect(start({ entryPoints: broken })).rejects.toThrow(/api ended with code 1.*Cannot find module/s);
    let halfMade: World | undefined;
    let stopped: Promise<void> | undefined;
    const onWorld = (world: World): void => {
      halfMade = world;
    };
    const log = (line: string): void => {
      if (line === 'starting Temporal') stopped = halfMade?.stop();
    };
    await expect(start({ onWorld, log })).rejects.toThrow('Stopped while starting');
    expect(stopped).toBeDefined();
    await stopped;
    // Free to be claimed, so nothing holds it any more.
    claimFolder(dataDir)();
    await vi.waitFor(() => expect(existsSync(join(dataDir, 'postgres/data/postmaster.pid'))).toBe(false), patienceMs);
  });
});

describe('before anything is started', () => {
  it('all taken ports are named at once', async () => {
    const ports = await freePorts();
    const one = createServer().listen(ports.api, '127.0.0.1');
    const two = createServer().listen(ports.temporalUi, '127.0.0.1');
    await Promise.all([once(one, 'listening'), once(two, 'listening')]);
    await expect(demandFree(ports, { temporal: true, sandbox: true })).rejects.toThrow(
      new RegExp(`${ports.api} \\(API and dashboard\\), ${ports.temporalUi} \\(Temporal's UI\\).*--port`, 's'),
    );
    one.close();
    two.close();
  });

  it('a data folder that cannot be used is named with its remedy', () => {
    const file = join(dataDir, 'file');
    writeFileSync(file, '');
    expect(() => prepareFolder(join(file, 'below'), () => undefined)).toThrow(/lies below a file.*TRADELANE_DATA_DIR/s);
    expect(() => prepareFolder(file, () => undefined)).toThrow(/is a file.*TRADELANE_DATA_DIR/s);
  });

  it('a lock that a killed launcher left is taken over', () => {
    writeFileSync(join(dataDir, 'launcher.lock'), JSON.stringify({ pid: process.pid, command: 'another program' }));
    const release = claimFolder(dataDir);
    expect(() => claimFolder(dataDir)).toThrow('already');
    release();
    expect(existsSync(join(dataDir, 'launcher.lock'))).toBe(false);
  });
});
