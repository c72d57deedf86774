import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { importActivities } from '../../activities/imports.ts';
import { type ApiWorld, password, startApiWorld } from '../api/testing/world.ts';
import type { Io } from './io.ts';
import { runCli } from './run.ts';

let world: ApiWorld;
let folder: string;
let working: Promise<void>;
let isStopped = false;

beforeAll(async () => {
  world = await startApiWorld(inject('postgresSuperuserUrl'));
  const apiUrl = await world.app.listen({ host: '127.0.0.1', port: 0 });
  folder = mkdtempSync(join(tmpdir(), 'tradelane-cli-'));
  const logIns = [{ role: 'ops', email: world.emailOf('ops'), password }];
  writeFileSync(
    join(folder, 'run.json'),
    JSON.stringify({ dataDir: folder, pids: {}, apiUrl, logIns, environment: {} }),
  );
  working = workOnAll();
});
afterAll(async () => {
  isStopped = true;
  await working;
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Does what the worker does: whatever is due for any import. */
async function workOnAll(): Promise<void> {
  const { db, clock } = world.deps;
  const activities = importActivities({ db, clock });
  while (!isStopped) {
    const due = await db.tx('staff', (trx) =>
      trx('imports').whereIn('phase', ['reading', 'applying', 'listing']).pluck('id'),
    );
    for (const id of due) await activities.workOnImport(id);
    await sleep(20);
  }
}

async function cli(...args: string[]) {
  const out: string[] = [];
  const io: Io = {
    out: (text) => void out.push(text),
    err: (text) => void out.push(text),
    isInteractive: false,
    ask: () => Promise.reject(new Error('nobody is there to be asked')),
    readAll: async () => '',
  };
  const code = await runCli(['--data-dir', folder, ...args], io);
  return { code, out: out.join('\n') };
}

describe('imports on the command line', () => {
  it('are shown, applied with answers, listed and undone', async () => {
    const file = join(folder, 'spring.csv');
    writeFileSync(file, 'sku,title,price\nC1,Tee,1.299.000\nC2,Cap,0\n');
    const dry = await cli('import', 'products', file, '--brand', 'acme', '--dry-run');
    expect(dry.code).toBe(0);
    expect(dry.out).toContain('2 read = 0 new + 0 changed + 0 unchanged + 0 duplicate + 1 held + 1 refused');
    expect(dry.out).toContain("--answer 'number-style:dot-thousands=thousands|refuse'");
    expect(dry.out).toContain('Nothing was written.');
    const answer = ['--answer', 'number-style:dot-thousands=thousands'];
    const real = await cli('--json', 'import', 'products', file, '--brand', 'acme', ...answer);
    const done = JSON.parse(real.out);
    expect(done).toMatchObject({ phase: 'done', counts: { read: 2, new: 1, refused: 1 } });
    expect((await cli('import', 'list')).out).toContain(done.id);
    const plan = await cli('import', 'undo', done.id);
    expect(plan.out).toContain('1 read = 0 new + 1 changed');
    expect(plan.out).toContain('Nothing was written. To do it: tradelane import confirm');
    expect((await cli('import', 'undo', done.id, '--confirm')).out).toContain(': done');
  });

  it('say what is wrong with a file', async () => {
    expect((await cli('import', 'products', 'no-such-file.csv', '--brand', 'acme')).out).toContain('There is no file');
    const file = join(folder, 'strange.csv');
    writeFileSync(file, 'x,y\n1,2\n');
    const strange = await cli('import', 'products', file, '--brand', 'acme');
    expect(strange.out).toContain('No column is the SKU');
    expect(strange.code).not.toBe(0);
    expect((await cli('import', 'products', file, '--brand', 'nobody')).out).toContain('There is no brand nobody');
  });
});
