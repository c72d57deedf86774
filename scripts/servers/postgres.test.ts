import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from './ports.ts';
import { type PostgresOptions, type PostgresServer, postgresDataFolder, startPostgres } from './postgres.ts';
import { impassableFolders, passableFolder } from './postgres-home.ts';
import { isRunning, sendSignal, waitForEnd } from './process-info.ts';

let folder: string;
let started: PostgresServer[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tradelane-pg-'));
  // mkdtemp makes 0700, which the user postgres could not pass.
  chmodSync(folder, 0o755);
  started = [];
});

afterEach(async () => {
  for (const server of started) await server.stop('immediate');
  rmSync(folder, { recursive: true, force: true });
});

async function start(options: Partial<PostgresOptions> = {}): Promise<PostgresServer> {
  const server = await startPostgres({ folder, fsync: false, ...options });
  started.push(server);
  return server;
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

describe('embedded PostgreSQL', () => {
  it('gives an owner who is no superuser and an application role that owns nothing', async () => {
    const server = await start();
    const roles = await query(
      server.superuserUrl,
      `select rolname, rolsuper, rolbypassrls from pg_roles where rolname like 'tradelane%' order by 1`,
    );
    expect(roles).toEqual([
      { rolname: 'tradelane_app', rolsuper: false, rolbypassrls: false },
      { rolname: 'tradelane_owner', rolsuper: false, rolbypassrls: false },
    ]);
    await query(server.ownerUrl, 'create table kept (id int)');
    await expect(query(server.appUrl, 'drop table kept')).rejects.toThrow('must be owner');
    expect(await query(server.superuserUrl, 'show synchronous_commit')).toEqual([{ synchronous_commit: 'on' }]);
    expect(await query(server.superuserUrl, 'show server_version_num')).toEqual([
      { server_version_num: expect.stringMatching(/^18/) },
    ]);
  });

  it('keeps committed rows through a kill -9 and through an immediate stop', async () => {
    const first = await start();
    await query(first.ownerUrl, 'create table kept (id int); insert into kept values (1)');
    sendSignal(first.pid, 'SIGKILL');
    const second = await start();
    expect(second.pid).not.toBe(first.pid);
    await query(second.ownerUrl, 'insert into kept values (2)');
    await second.stop('immediate');
    expect(isRunning(second.pid)).toBe(false);
    const third = await start({ port: second.port });
    expect(third.port).toBe(second.port);
    expect(await query(third.ownerUrl, 'select id from kept order by id')).toEqual([{ id: 1 }, { id: 2 }]);
  });

  it('takes over the postmaster of a launcher that was killed, and stops it when another port is wanted', async () => {
    const program = `import { startPostgres } from ${JSON.stringify(join(import.meta.dirname, 'postgres.ts'))};
      const server = await startPostgres({ folder: ${JSON.stringify(folder)}, fsync: false });
      process.stdout.write(String(server.pid));
      setInterval(() => undefined, 1000);`;
    const launcher = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [chunk] = await once(launcher.stdout, 'data');
    const orphan = Number(String(chunk));
    launcher.kill('SIGKILL');
    await once(launcher, 'exit');
    expect(isRunning(orphan)).toBe(true);

    const adopted = await start();
    expect([adopted.pid, adopted.adopted]).toEqual([orphan, true]);
    expect(await query(adopted.ownerUrl, 'select 1 as one')).toEqual([{ one: 1 }]);

    const moved = await start({ port: await freePort() });
    expect([moved.adopted, isRunning(orphan)]).toEqual([false, false]);
  });

  it('starts although the process id in the lock file belongs to somebody else now', async () => {
    const first = await start();
    sendSignal(first.pid, 'SIGKILL');
    expect(await waitForEnd(first.pid, 60_000)).toBe(true);
    const lock = join(postgresDataFolder(folder), 'postmaster.pid');
    const lines = readFileSync(lock, 'utf8').split('\n');
    writeFileSync(lock, [String(process.pid), ...lines.slice(1)].join('\n'));
    const second = await start();
    expect(second.adopted).toBe(false);
  });

  it('names the port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await expect(start({ port })).rejects.toThrow(`Port ${port}, wanted for PostgreSQL, is taken.`);
    other.close();
  });

  it('does not touch a database whose passwords are gone', async () => {
    const first = await start();
    await first.stop();
    rmSync(join(folder, 'passwords.json'));
    await expect(start()).rejects.toThrow('restore the file');
  });
});

describe('folders that the user postgres must pass', () => {
  const nobody = { uid: 65_534, gid: 65_534 };

  it('are named when they are closed', () => {
    const inner = join(folder, 'closed', 'inner');
    mkdirSync(inner, { recursive: true });
    expect(impassableFolders(inner, nobody)).toEqual([]);
    chmodSync(join(folder, 'closed'), 0o700);
    expect(impassableFolders(inner, nobody)).toEqual([join(folder, 'closed')]);
  });

  it.skipIf(process.getuid?.() !== 0)('are avoided when root starts below a closed folder (needs root)', async () => {
    chmodSync(folder, 0o700);
    const said: string[] = [];
    const server = await start({ log: (line) => said.push(line) });
    expect(said.join()).toContain(`may not pass ${folder}`);
    const elsewhere = passableFolder(folder, nobody);
    expect(elsewhere).not.toBe(folder);
    expect(await query(server.appUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
    await server.stop('immediate');
    expect(await waitForEnd(server.pid, 60_000)).toBe(true);
    rmSync(elsewhere, { recursive: true });
  });
});
