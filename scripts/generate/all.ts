import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { connectorPages } from './connector-pages.ts';
import { machinePages } from './machine-pages.ts';
import type { Page } from './page.ts';

/**
 * Makes every generated file of the repository. `--check` writes nothing, lists what is stale and exits with 1.
 */
const root = join(import.meta.dirname, '../..');

/** Pages that one module each renders; a module that is not there yet is named and left out. */
const modules = [
  { path: 'docs/configuration.md', module: 'scripts/generate/config-table.ts', render: 'renderConfigTable' },
  { path: 'docs/openapi.json', module: 'client/api/openapi.ts', render: 'renderOpenApi' },
  { path: 'docs/cli.md', module: 'client/cli/docs.ts', render: 'renderCliDocs' },
  { path: 'docs/listing-rules.md', module: 'listings/rules/render.ts', render: 'renderListingRules' },
  { path: 'docs/connectors.md', module: 'scripts/generate/support-matrix.ts', render: 'renderConnectorsPage' },
] as const;

async function modulePages(): Promise<Page[]> {
  const pages: Page[] = [];
  for (const { path, module, render } of modules) {
    const file = join(root, module);
    if (!existsSync(file)) {
      console.log(`left out  ${path}: there is no ${module}`);
      continue;
    }
    const loaded: Record<string, unknown> = await import(pathToFileURL(file).href);
    const make = loaded[render];
    if (typeof make !== 'function') throw new Error(`${module} exports no ${render}`);
    const content: unknown = await make();
    if (typeof content !== 'string') throw new Error(`${render} of ${module} did not make a text`);
    pages.push({ path, content });
  }
  return pages;
}

function isStale({ path, content }: Page): boolean {
  const file = join(root, path);
  return !existsSync(file) || readFileSync(file, 'utf8') !== content;
}

async function main(checkOnly: boolean): Promise<void> {
  const pages = [...machinePages(), ...(await modulePages()), ...(await connectorPages())];
  const stale = pages.filter(isStale);
  if (checkOnly) {
    for (const { path } of stale) console.log(`stale     ${path}`);
    if (stale.length > 0) {
      console.log('Run `npm run generate` and commit the result.');
      process.exitCode = 1;
      return;
    }
  } else {
    for (const { path, content } of stale) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
      console.log(`written   ${path}`);
    }
  }
  console.log(`${pages.length} generated files are up to date`);
}

await main(process.argv.includes('--check'));
