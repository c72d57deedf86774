import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConnectorKind, connectorKinds, newConnector } from './commands/new-connector.ts';

interface KitResult {
  readonly passed: number;
  readonly cases: readonly { readonly name: string; readonly outcome: string; readonly reason?: string }[];
}

const checkout = join(import.meta.dirname, '../..');
const nameOf = (kind: ConnectorKind): string => `acme-${kind}`;

describe('a new connector, untouched', () => {
  let root: string;
  const run = (program: string, ...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: root, encoding: 'utf8' });
    return { status, stdout, shown: `${stdout}${stderr}`.slice(-3_000) };
  };
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'tradelane-new-connector-'));
    // Only what is changed, or imports what is changed, must be a copy.
    const copied = new Set(['connectors', 'scripts']);
    for (const part of readdirSync(checkout)) {
      if (copied.has(part)) cpSync(join(checkout, part), join(root, part), { recursive: true });
      else if (part !== '.git') symlinkSync(join(checkout, part), join(root, part));
    }
    for (const kind of connectorKinds) newConnector({ name: nameOf(kind), kind, root });
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('compiles', () => {
    const registries = ['registry.ts', 'conformance/subjects.ts', 'simulator-kit/registry.ts'];
    const include = [...registries, ...connectorKinds.map((kind) => `${nameOf(kind)}/**/*.ts`)];
    const config = { extends: './tsconfig.json', include: include.map((path) => `connectors/${path}`) };
    writeFileSync(join(root, 'tsconfig.new.json'), JSON.stringify(config));
    const { status, stdout } = run('node_modules/.bin/tsc', '--noEmit', '-p', 'tsconfig.new.json');
    const own = new RegExp(`^connectors/(${registries.join('|')}|acme-)`);
    expect(stdout.split('\n').filter((line) => own.test(line))).toEqual([]);
    expect(status === 0 || stdout.includes('error TS'), stdout).toBe(true);
  });

  it('lints, with its lines in the registries', () => {
    const paths = [
      'registry.ts',
      'conformance/subjects.ts',
      'simulator-kit/registry.ts',
      ...connectorKinds.map(nameOf),
    ];
    const { status, shown } = run(
      'node_modules/.bin/biome',
      ...['check', '--vcs-enabled=false', ...paths.map((path) => `connectors/${path}`)],
    );
    expect(status, shown).toBe(0);
  });

  it.each(connectorKinds)('fails the kit case by case, naming what is missing: %s', (kind) => {
    const { status, stdout, shown } = run(process.execPath, 'scripts/conformance.ts', nameOf(kind), '--json');
    expect(status, shown).toBe(1);
    const { passed, cases }: KitResult = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    const others = cases.filter(
      ({ outcome, reason = '' }) =>
        outcome !== 'skipped' && !(outcome === 'failed' && reason.startsWith('not written yet: ')),
    );
    expect(others).toEqual([]);
    expect(passed).toBe(0);
    expect(cases.filter(({ outcome }) => outcome === 'failed').length).toBeGreaterThan(35);
  });

  it.each([
    ['acme-store', 'already'],
    ['contract', 'already'],
    ['Acme', 'no name'],
    ['../acme', 'no name'],
    ['a--b', 'no name'],
    ['7up', 'no name'],
    ['class', 'no name'],
  ])('is refused as %s, and nothing is written', (name, why) => {
    const before = readdirSync(join(root, 'connectors'));
    const registry = readFileSync(join(root, 'connectors/registry.ts'), 'utf8');
    expect(() => newConnector({ name, kind: 'store', root })).toThrow(why);
    expect(() => newConnector({ name: 'other', label: "it's", kind: 'store', root })).toThrow('label');
    expect(readdirSync(join(root, 'connectors'))).toEqual(before);
    expect(readFileSync(join(root, 'connectors/registry.ts'), 'utf8')).toBe(registry);
  });
});
