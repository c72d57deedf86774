import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { variables } from '../../config/schema.ts';
import { configTablePath, renderConfigTable } from './config-table.ts';

describe('the configuration page', () => {
  it('names every variable', () => {
    const page = renderConfigTable();
    for (const { name } of variables) expect(page).toContain(`| \`${name}\``);
  });

  it('is current', () => {
    expect(readFileSync(join(import.meta.dirname, '../..', configTablePath), 'utf8')).toBe(renderConfigTable());
  });
});
