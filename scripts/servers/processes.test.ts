import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { endOrphans, writePidFile } from './pid-files.ts';
import { isRunning, waitForEnd } from './process-info.ts';
import { type ProcessOptions, parseReadyLine, SupervisedProcess } from './processes.ts';

/** Looking ends as soon as it is seen; a busy machine needs many times what an idle one does. */
const patienceMs = 60_000;

let folder: string;
let said: string[];
let running: SupervisedProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tradelane-proc-'));
  said = [];
  running = [];
});

afterEach(async () => {
  for (const child of running) await child.close();
  rmSync(folder, { recursive: true, force: true });
});

const readyLine = `console.log(JSON.stringify({ ready: true, name: 'probe', url: 'http://x' }));`;
const forever = 'setInterval(() => undefined, 1000);';

function supervise(program: string, options: Partial<ProcessOptions> = {}): SupervisedProcess {
  const child = new SupervisedProcess({
    name: 'probe',
    command: process.execPath,
    args: ['--eval', program],
    env: process.env,
    cwd: folder,
    folder,
    restart: false,
    readyTimeoutMs: patienceMs,
    graceMs: 5_000,
    restartDelayMs: 10,
    maximumDelayMs: 50,
    log: (line) => said.push(line),
    ...options,
  });
  running.push(child);
  return child;
}

describe('a supervised process', () => {
  it('is ready when it says so, and keeps its other lines', async () => {
    const lines: string[] = [];
    const child = supervise(`console.log('hello'); console.error('there'); ${readyLine} ${forever}`, {
      onLine: (line) => lines.push(line),
    });
    expect(await child.start()).toMatchObject({ ready: true, url: 'http://x' });
    await vi.waitFor(() => expect(lines.toSorted()).toEqual(['hello', 'there']), patienceMs);
    await child.close();
    expect(readFileSync(join(folder, 'logs/probe.log'), 'utf8')).toContain('hello');
  });

  it('tells its last lines when it ends instead', async () => {
    const child = supervise(`console.error('no database'); process.exit(3)`);
    await expect(child.start()).rejects.toThrow(/probe ended with code 3.*no database.*Remedy: read .*probe\.log/s);
    expect(child.pid).toBeNull();
  });

  it('is ended when it stays silent', async () => {
    const child = supervise(forever, { readyTimeoutMs: 200 });
    await expect(child.start()).rejects.toThrow('did not get ready within 0.2 s');
    expect(child.pid).toBeNull();
  });

  it('says when its program is not there', async () => {
    await expect(supervise('', { command: '/no/such/program' }).start()).rejects.toThrow('could not be started');
  });

  it('is started again when it dies, and not when it is stopped', async () => {
    const child = supervise(`${readyLine} ${forever}`, { restart: true });
    await child.start();
    const first = child.pid ?? 0;
    process.kill(first, 'SIGKILL');
    await vi.waitFor(() => expect(said).toContain('probe is running again'), patienceMs);
    expect([child.restarts, child.pid === first]).toEqual([1, false]);
    const second = child.pid ?? 0;
    await child.stop();
    expect([child.pid, isRunning(second)]).toEqual([null, false]);
  });

  it('keeps being started when it dies again and again', async () => {
    const counter = join(folder, 'count');
    const program = `const fs = require('node:fs'); fs.appendFileSync(${JSON.stringify(counter)}, 'x');
      const lives = fs.readFileSync(${JSON.stringify(counter)}).length;
      if (lives === 1 || lives === 5) { ${readyLine} } if (lives === 1) process.exitCode = 1; else if (lives < 5) process.exit(1); else { ${forever} }`;
    await supervise(program, { restart: true }).start();
    await vi.waitFor(() => expect(said).toContain('probe is running again'), patienceMs);
    expect(readFileSync(counter, 'utf8')).toHaveLength(5);
  });

  it('is killed with its children when it ignores SIGTERM', async () => {
    const program = `process.on('SIGTERM', () => undefined);
      const child = require('node:child_process').spawn(process.execPath, ['-e', '${forever}']);
      console.log(JSON.stringify({ ready: true, name: 'probe', url: null, child: child.pid })); ${forever}`;
    const child = supervise(program, { graceMs: 200 });
    const ready = await child.start();
    const grandchild = Number(ready?.child);
    expect(isRunning(grandchild)).toBe(true);
    await child.stop();
    expect(await waitForEnd(grandchild, patienceMs)).toBe(true);
  });
});

describe('processes that a killed launcher left behind', () => {
  it('are ended by the next start', async () => {
    const left = spawn(process.execPath, ['--eval', forever], { detached: true, stdio: 'ignore' });
    await once(left, 'spawn');
    writePidFile(folder, 'left', left.pid ?? 0);
    expect(await endOrphans(folder, (line) => said.push(line))).toEqual(['left']);
    expect(isRunning(left.pid ?? 0)).toBe(false);
    expect(existsSync(join(folder, 'left.json'))).toBe(false);
  });

  it('are left alone when the id belongs to something else by now', async () => {
    const other = spawn(process.execPath, ['--eval', forever], { detached: true, stdio: 'ignore' });
    await once(other, 'spawn');
    const pid = other.pid ?? 0;
    writeFileSync(join(folder, 'old.json'), JSON.stringify({ name: 'old', pid, command: 'node worker.ts' }));
    writeFileSync(join(folder, 'cut.json'), '{"name":"cut","pid":');
    expect(await endOrphans(folder, (line) => said.push(line))).toEqual([]);
    expect(isRunning(pid)).toBe(true);
    other.kill('SIGKILL');
  });
});

describe('ready lines', () => {
  it.each(['{"ready":true', '{"ready":false,"name":"x"}', 'ready', '{"ready":true}'])('are not %s', (line) => {
    expect(parseReadyLine(line)).toBeNull();
  });
});
