import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from './run.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tradelane-bppc-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function consolidate(instance: string) {
  const file = join(folder, 'instance.txt');
  writeFileSync(file, instance);
  const out: string[] = [];
  const io = {
    out: (text: string) => void out.push(text),
    err: (text: string) => void out.push(text),
    isInteractive: false,
    ask: () => Promise.reject(new Error('nobody is there')),
    readAll: async () => '',
  };
  const code = await runCli(['consolidate', '--bppc', file, '--json'], io);
  return { code, document: JSON.parse(out.join('')) };
}

describe('consolidate', () => {
  it('packs, and says bins, lower bound and seconds', async () => {
    const { code, document } = await consolidate('5 10\n1 6 3\n2 5\n3 4\n4 5 2\n5 4\n');
    expect(code).toBe(0);
    expect(document).toMatchObject({ items: 5, bins: 3, lowerBound: 3, seconds: expect.any(Number) });
    expect(document.packing.flat().sort()).toEqual([1, 2, 3, 4, 5]);
  });

  it('refuses a broken instance with its line', async () => {
    expect(await consolidate('2 10\n1 6\n2 11\n')).toMatchObject({
      code: 2,
      document: { error: { message: expect.stringContaining('Line 3'), remedy: 'Correct the weight.' } },
    });
  });
});
