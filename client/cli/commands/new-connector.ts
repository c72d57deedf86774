import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Outcome } from '../command.ts';
import { CliFault } from '../exit-codes.ts';

export const connectorKinds = ['store', 'marketplace', 'carrier'] as const;
export type ConnectorKind = (typeof connectorKinds)[number];

export interface NewConnector {
  readonly name: string;
  readonly kind: ConnectorKind;
  /** As people write it; made from the name where it is left out. */
  readonly label?: string | undefined;
  /** The checkout. */
  readonly root: string;
}

const templates = join(import.meta.dirname, '../new-connector');
const suffix = '.txt';
/** Words that cannot name a variable. */
const reserved = new Set<string>([
  ...['break', 'case', 'catch', 'class', 'const', 'continue', 'debugger', 'default', 'delete', 'do', 'else', 'enum'],
  ...['export', 'extends', 'false', 'finally', 'for', 'function', 'if', 'import', 'in', 'instanceof', 'new', 'null'],
  ...['return', 'super', 'switch', 'this', 'throw', 'true', 'try', 'typeof', 'var', 'void', 'while', 'with', 'yield'],
  ...['await', 'entry', 'eval', 'interface', 'let', 'named', 'package', 'private', 'protected', 'public', 'static'],
]);

interface Written {
  readonly path: string;
  readonly content: string;
}

/**
 * Writes the folder of a new connector and its lines in the three registries. Nothing is written where anything is wrong.
 *
 * @throws CliFault when the name is bad or taken, or this is no checkout
 */
export function newConnector({ name, kind, label: given, root }: NewConnector): Outcome {
  const label =
    given ?? name.replaceAll(/(?:^|-)([a-z0-9])/g, (_all, letter: string) => ` ${letter.toUpperCase()}`).trim();
  assertGood(name, label, root);
  const pascal = name.replaceAll(/(?:^|-)([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase());
  const words = { name, Label: label, Pascal: pascal, camel: pascal.charAt(0).toLowerCase() + pascal.slice(1) };
  const files: readonly Written[] = [
    ...['common', kind].flatMap((folder) => filled(folder, words)),
    registered(root, 'connectors/registry.ts', (text) => withEntry(text, kind, words)),
    registered(root, 'connectors/conformance/subjects.ts', (text) =>
      beforeEnd(text, `  ${key(name)}: () => import('../${name}/conformance.ts'),\n`),
    ),
    registered(root, 'connectors/simulator-kit/registry.ts', (text) => beforeEnd(text, simulatorEntry(words))),
  ];
  for (const { path, content } of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  tidy(root, files);
  const next = [`npm run conformance -- ${name}`, 'npm run generate', 'docs/add-a-connector.md'];
  const text = [
    `${label} is begun in connectors/${name}. Every case of the kit fails until its method is written:`,
    ...files.map(({ path }) => `  ${path}`),
    `Next: ${next.join(', then ')}.`,
  ].join('\n');
  return { json: { name, kind, label, files: files.map(({ path }) => path), next }, text };
}

/** Lines that a long name made too long are wrapped, imports put in order. Without the formatter they stay as they are. */
function tidy(root: string, files: readonly Written[]): void {
  const formatter = join(root, 'node_modules/@biomejs/biome/bin/biome');
  if (!existsSync(formatter)) return;
  const paths = files.map(({ path }) => path).filter((path) => path.endsWith('.ts'));
  const { status, stderr } = spawnSync(
    process.execPath,
    [formatter, 'check', '--write', '--vcs-enabled=false', ...paths],
    { cwd: root, encoding: 'utf8' },
  );
  if (status !== 0) {
    throw new CliFault('refused', `The files are written, but could not be formatted: ${stderr.slice(0, 500)}`, {
      remedy: 'Run npm run format.',
    });
  }
}

function assertGood(name: string, label: string, root: string): void {
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name) || name.length > 30 || name.length < 2 || reserved.has(name)) {
    throw new CliFault('usage', `${name} is no name for a connector.`, {
      remedy: 'Take 2 to 30 lower-case letters and digits, words joined with hyphens; no word of the language.',
    });
  }
  if (!/^[\p{L}\p{N}][\p{L}\p{N} .&+-]{0,39}$/u.test(label)) {
    throw new CliFault('usage', 'This label cannot be used.', {
      remedy: 'Take at most 40 letters, digits, blanks and any of . & + -',
    });
  }
  if (!existsSync(join(root, 'connectors/registry.ts'))) {
    throw new CliFault('refused', 'There is no checkout here to write a connector into.', {
      remedy: 'Run it in the repository.',
    });
  }
  if (existsSync(join(root, 'connectors', name)) || existsSync(join(root, 'connectors', `${name}.ts`))) {
    throw new CliFault('refused', `connectors/${name} is there already.`, {
      remedy: 'Take another name, or go on in that folder.',
    });
  }
}

type Words = Readonly<Record<'name' | 'Label' | 'Pascal' | 'camel', string>>;

function filled(folder: string, words: Words): readonly Written[] {
  const names = readdirSync(join(templates, folder), { recursive: true, encoding: 'utf8' });
  return names
    .filter((file) => file.endsWith(suffix))
    .map((file) => ({
      path: `connectors/${words.name}/${file.slice(0, -suffix.length).replaceAll('\\', '/')}`,
      content: Object.entries(words).reduce(
        (text, [word, value]) => text.replaceAll(`{{${word}}}`, value),
        readFileSync(join(templates, folder, file), 'utf8'),
      ),
    }));
}

function registered(root: string, path: string, change: (text: string) => string): Written {
  const text = readFileSync(join(root, path), 'utf8');
  const content = change(text);
  if (content === text) throw new CliFault('internal', `${path} has no place for another connector.`);
  return { path, content };
}

/** A property's name, in quotes only where it needs them. */
const key = (name: string): string => (name.includes('-') ? `'${name}'` : name);

/** Puts a line before the end of the list that closes the file. */
function beforeEnd(text: string, line: string): string {
  const end = text.lastIndexOf('};');
  return end < 0 ? text : `${text.slice(0, end)}${line}${text.slice(end)}`;
}

/** The two imports, in order of their paths, and the connector's entry. */
function withEntry(text: string, kind: ConnectorKind, { name, Label, Pascal, camel }: Words): string {
  const imports = [
    { path: `./${name}/connector.ts`, line: `import { create${Pascal}Connector } from './${name}/connector.ts';` },
    { path: `./${name}/schema.ts`, line: `import * as ${camel} from './${name}/schema.ts';` },
  ];
  const lines = text.split('\n');
  for (const { path, line } of imports) {
    const at = lines.findIndex((one) => {
      const other = /^import .* from '(\.\/[^']+)';$/.exec(one)?.[1];
      return other !== undefined && other > path;
    });
    const last = lines.findLastIndex((one) => one.startsWith('import '));
    lines.splice(at < 0 ? last + 1 : at, 0, line);
  }
  const end = '} as const;';
  const entry = `  ${key(name)}: entry('${kind}', '${Label}', ${camel}, create${Pascal}Connector),\n`;
  const whole = lines.join('\n');
  return whole.includes(end) ? whole.replace(end, () => `${entry}${end}`) : text;
}

function simulatorEntry({ name, Pascal }: Words): string {
  return [
    `  ${key(name)}: async () => {`,
    `    const { demoOptions, start${Pascal}Simulator } = await import('../${name}/simulator/index.ts');`,
    `    return { demoOptions, start: (options) => start${Pascal}Simulator({ ...demoOptions, ...options }) };`,
    '  },',
    '',
  ].join('\n');
}
