import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TSchema } from '@sinclair/typebox';
import { type Example, offlineConnector } from '../../connectors/conformance/offline.ts';
import { subjects } from '../../connectors/conformance/subjects.ts';
import type { AnySubject } from '../../connectors/conformance/suite.ts';
import type { ConnectorDescription, DescribedFacts, DescribedStates } from '../../connectors/contract/describe.ts';
import { type AnyConnector, type ConnectorEntry, connectors } from '../../connectors/registry.ts';
import { cell, generatedNote, type Page } from './page.ts';
import { schemaTable } from './schema-table.ts';

const root = join(import.meta.dirname, '../..');

/** docs/connectors/<name>.md of every connector: from its schemas, flags, tables and README. */
export async function connectorPages(): Promise<Page[]> {
  const pages: Page[] = [];
  for (const [name, load] of Object.entries(subjects)) {
    const entry = connectors[name];
    if (entry === undefined) throw new Error(`the registry has no ${name}`);
    const { subject } = await load();
    pages.push({ path: `docs/connectors/${name}.md`, content: pageOf(name, entry, subject, await describedBy(name)) });
  }
  return pages;
}

async function describedBy(name: string): Promise<ConnectorDescription> {
  const file = join(root, 'connectors', name, 'describe.ts');
  const loaded: { readonly description?: ConnectorDescription } = await import(pathToFileURL(file).href);
  if (loaded.description === undefined) throw new Error(`connectors/${name}/describe.ts exports no description`);
  return loaded.description;
}

function pageOf(
  name: string,
  entry: ConnectorEntry<AnyConnector>,
  subject: AnySubject,
  description: ConnectorDescription,
): string {
  const file = join(root, 'connectors', name, 'README.md');
  const readme = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const example = description.example ?? exampleOf(subject);
  const lines = [
    `# ${entry.label}`,
    '',
    generatedNote(`connectors/${name}/`),
    '',
    introOf(name, readme),
    '',
    `A ${entry.kind}. Its oddities, and how it was built: [README](../../connectors/${name}/README.md). What its cases`,
    'cover: [all connectors](../connectors.md#what-each-connector-can-do).',
    '',
    ...(example === null ? [] : capabilities(offlineConnector(name, example), description)),
    ...ways(entry),
    ...fields('Credentials', entry.credentialsSchema),
    ...fields('Settings', entry.settingsSchema),
    ...description.states.flatMap(stateTables),
    ...description.facts.flatMap(factTable),
    ...unconfirmed(name, readme),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

function exampleOf(subject: AnySubject): Example | null {
  if ('example' in subject) return subject.example;
  return subject.marketplace?.example ?? subject.carrier?.example ?? null;
}

/** The README's first words, before its first table or heading. */
function introOf(name: string, readme: string): string {
  const [, ...rest] = readme.split('\n');
  const end = rest.findIndex((line) => line.startsWith('#') || line.startsWith('|'));
  return linked(
    name,
    rest
      .slice(0, end < 0 ? rest.length : end)
      .join('\n')
      .trim(),
  );
}

/** The README's section on what nobody could confirm. */
function unconfirmed(name: string, readme: string): readonly string[] {
  const lines = readme.split('\n');
  const from = lines.findIndex((line) => /^##+ .*unconfirmed/i.test(line));
  if (from < 0) return [];
  const length = lines.slice(from + 1).findIndex((line) => line.startsWith('#'));
  const section = lines.slice(from + 1, length < 0 ? lines.length : from + 1 + length);
  return ['## What nobody could confirm', '', linked(name, section.join('\n').trim()), ''];
}

/** Links of a connector's README, as they are from here. */
function linked(name: string, text: string): string {
  return text.replaceAll(/\]\((?![a-z]+:|#)([^)\s]+)\)/g, `](../../connectors/${name}/$1)`);
}

function capabilities(connector: AnyConnector, { unconfirmedCapabilities }: ConnectorDescription): readonly string[] {
  const rows = Object.entries(connector.capabilities).map(([flag, value]) => {
    const shown = Array.isArray(value) ? value.join(', ') : typeof value === 'boolean' ? (value ? 'yes' : 'no') : value;
    return `| \`${flag}\` | ${shown}${unconfirmedCapabilities.includes(flag) ? ' (UNCONFIRMED)' : ''} |`;
  });
  return [
    '## Capabilities',
    '',
    'With the least settings; some are switched on by settings.',
    '',
    '| Flag | |',
    '| --- | --- |',
    ...rows,
    '',
    ...limits(connector),
  ];
}

function limits(connector: AnyConnector): readonly string[] {
  if (connector.kind !== 'carrier' || connector.limits === undefined) return [];
  const { source, ...rest } = connector.limits;
  const shown = (value: unknown) =>
    value === null ? 'none known' : Array.isArray(value) ? value.join(', ') : value === true ? 'yes' : String(value);
  return [
    '## Limits',
    '',
    cell(source),
    '',
    '| Limit | |',
    '| --- | --- |',
    ...Object.entries(rest).map(([name, value]) => `| \`${name}\` | ${shown(value)} |`),
    '',
  ];
}

function ways({ ways: all }: ConnectorEntry<AnyConnector>): readonly string[] {
  if (all.length === 0) return [];
  const rows = all.map(
    ({ title, when, credentials }) => `| ${cell(title)} | ${cell(when)} | ${credentials.join(', ')} |`,
  );
  return ['## Ways in', '', '| Way | For | Credentials |', '| --- | --- | --- |', ...rows, ''];
}

function fields(title: string, schema: TSchema): readonly string[] {
  return [`## ${title}`, '', ...schemaTable(schema), ''];
}

function stateTables({ title, field, rows, tags, without, other }: DescribedStates): readonly string[] {
  const mark = (confirmed: boolean) => (confirmed ? '' : ' (UNCONFIRMED)');
  const back = tags.map((tag) => {
    const natives = rows.filter((row) => row.tag === tag);
    const shown = natives.map(({ native, confirmed }) => `\`${native}\`${mark(confirmed)}`).join(', ');
    return `| ${tag} | ${natives.length > 0 ? shown : `– (${cell(without[tag] ?? 'nothing says it')})`} |`;
  });
  return [
    `## ${title}`,
    '',
    `| \`${field}\` | Ours | Meaning |`,
    '| --- | --- | --- |',
    ...rows.map((row) => `| \`${row.native}\` | ${row.tag} | ${cell(row.meaning)}${mark(row.confirmed)} |`),
    `| any other | – | ${cell(other)} |`,
    '',
    `| Ours | \`${field}\` |`,
    '| --- | --- |',
    ...back,
    '',
  ];
}

function factTable({ title, intro, columns, rows }: DescribedFacts): readonly string[] {
  return [
    `## ${title}`,
    '',
    intro,
    '',
    `| ${columns.join(' | ')} |`,
    `| ${columns.map(() => '---').join(' | ')} |`,
    ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`),
    '',
  ];
}
