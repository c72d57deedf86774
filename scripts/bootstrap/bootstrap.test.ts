import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { matchesLock } from './install.mjs';
import { withLock } from './lock.mjs';
import { ensureTemporal, findTemporal } from './temporal.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tradelane-bootstrap-'));
  vi.stubEnv('XDG_CACHE_HOME', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

function program(path: string, text = '#!/bin/sh\n'): string {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}

describe('installed packages', () => {
  const lock = (packages: Record<string, { version: string; optional?: boolean }>) =>
    JSON.stringify({ packages: { '': { version: '0' }, ...packages } });

  it.each([
    ['the same', { 'node_modules/a': { version: '1.0.0' } }, true],
    ['another version', { 'node_modules/a': { version: '1.0.1' } }, false],
    ['one missing', {}, false],
  ])('are compared with the lock file: %s', (_, installed, expected) => {
    mkdirSync(join(folder, 'node_modules'));
    const wanted = { 'node_modules/a': { version: '1.0.0' }, 'node_modules/mac': { version: '2.0.0', optional: true } };
    writeFileSync(join(folder, 'package-lock.json'), lock(wanted));
    writeFileSync(join(folder, 'node_modules/.package-lock.json'), lock(installed));
    expect(matchesLock(folder)).toBe(expected);
  });

  it('are not there without a record of npm', () => {
    writeFileSync(join(folder, 'package-lock.json'), lock({}));
    expect(matchesLock(folder)).toBe(false);
  });
});

describe('the Temporal binary', () => {
  it('is looked for on the PATH, then in the cache, then where Go installs', () => {
    const env = { PATH: join(folder, 'path'), XDG_CACHE_HOME: join(folder, 'cache'), HOME: join(folder, 'home') };
    expect(findTemporal(env)).toBeNull();
    const inGo = program(join(folder, 'home/go/bin/temporal'));
    expect(findTemporal(env)).toBe(inGo);
    const inCache = program(join(folder, 'cache/tradelane/temporal'));
    expect(findTemporal(env)).toBe(inCache);
    mkdirSync(join(folder, 'path/temporal'), { recursive: true });
    expect(findTemporal(env)).toBe(inCache);
    rmSync(join(folder, 'path'), { recursive: true });
    expect(findTemporal({ ...env, PATH: `${join(folder, 'none')}:${join(folder, 'home/go/bin')}` })).toBe(inGo);
  });

  it('is not needed when TEMPORAL_ADDRESS names a server', async () => {
    expect(
      await ensureTemporal({ env: { TEMPORAL_ADDRESS: 'temporal.example:7233', PATH: '', HOME: folder } }),
    ).toBeNull();
  });
});

describe('the lock', () => {
  it('lets one in at a time', async () => {
    const events: string[] = [];
    const enter = (name: string) =>
      withLock(
        'thing',
        () => events.push(`${name} waits`),
        async () => {
          events.push(`${name} in`);
          await new Promise((resolve) => setTimeout(resolve, 150));
          events.push(`${name} out`);
        },
      );
    await Promise.all([enter('a'), enter('b')]);
    const order = events.filter((event) => !event.endsWith('waits')).map((event) => event.split(' ')[1]);
    expect(order).toEqual(['in', 'out', 'in', 'out']);
    expect(events.filter((event) => event.endsWith('waits'))).toHaveLength(1);
  });

  it.each(['999999999', ''])('is taken over from a holder that died (%s)', async (content) => {
    await withLock(
      'thing',
      () => undefined,
      async () => undefined,
    );
    const locks = join(folder, 'tradelane/locks');
    mkdirSync(locks, { recursive: true });
    let name = '';
    await withLock(
      'thing',
      () => undefined,
      async () => {
        name = readdirSync(locks)[0] ?? '';
      },
    );
    writeFileSync(join(locks, name), content);
    utimesSync(join(locks, name), new Date(0), new Date(0));
    expect(
      await withLock(
        'thing',
        () => undefined,
        async () => 'done',
      ),
    ).toBe('done');
    expect(readdirSync(locks)).toEqual([]);
  });
});

describe('bin/tradelane.js', () => {
  const bin = join(import.meta.dirname, '../../bin/tradelane.js');

  it('hands on arguments and exit code of the command', () => {
    const result = spawnSync(process.execPath, [bin, 'no-such-command'], { encoding: 'utf8' });
    expect(result.status).toBeGreaterThan(0);
    expect(result.stderr).not.toBe('');
  });
});
