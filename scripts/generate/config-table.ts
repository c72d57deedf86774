import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { groups } from '../../config/notes.ts';
import { variables } from '../../config/schema.ts';

/** The page that this generator writes, relative to the repository. */
export const configTablePath = 'docs/configuration.md';

/** The configuration page: one table per chapter, made from the environment schema. */
export function renderConfigTable(): string {
  const lines = [
    '# Configuration',
    '',
    'Generated from `config/` by `npm run generate`; edits here are overwritten.',
    '',
    'Everything is set by environment variables, read once when a process starts. Without any of them `npm start` brings up',
    'a complete local world. An empty value counts as not set. All faults are reported together, with their remedies.',
    '',
  ];
  for (const group of groups) {
    lines.push(`## ${group}`, '', '| Variable | Meaning | Expected | Default |', '| --- | --- | --- | --- |');
    for (const { name, schema } of variables.filter((variable) => variable.schema.group === group)) {
      const secret = schema.secret === undefined ? '' : ' *(secret)*';
      const fallback = schema.default === undefined ? (schema.fallback ?? 'none') : `\`${schema.default}\``;
      lines.push(
        `| \`${name}\`${secret} | ${cell(schema.description)} | ${cell(schema.expects)} | ${cell(fallback)} |`,
      );
    }
    lines.push('');
  }
  return lines.join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

if (import.meta.main) writeFileSync(join(import.meta.dirname, '../..', configTablePath), renderConfigTable());
