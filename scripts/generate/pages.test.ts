import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { machinePages } from './machine-pages.ts';
import { cell } from './page.ts';

const root = join(import.meta.dirname, '../..');

describe('generated pages of the machines', () => {
  it.each(machinePages().map(({ path, content }) => [path, content]))(
    '%s is committed as it is made',
    (path, content) => {
      expect(readFileSync(join(root, path), 'utf8')).toBe(content);
    },
  );

  it('leave no page of a machine that is gone', () => {
    const made = new Set(machinePages().map(({ path }) => path));
    const there = ['docs/charts', 'state-machines/tables'].flatMap((folder) =>
      readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
    );
    expect(there.filter((path) => !made.has(path))).toEqual([]);
  });

  it('keep table cells in one piece', () => {
    expect(cell('a | b\nc')).toBe('a \\| b c');
  });
});
