import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { node, root } from '../../scripts/launcher/run.ts';

interface Outcome {
  scenario: string;
  ok: boolean;
  rows: { case: string; expected: string; observed: string; ok: boolean }[];
}

async function demo(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(node, ['sandbox/demo.ts', ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, stdout, stderr };
}

describe('scenario S1', () => {
  it('names the scenarios that there are when asked for another one', async () => {
    const { code, stderr, stdout } = await demo('--scenario', 'S0', '--json');
    expect(code).toBe(2);
    expect(stderr).toMatch(/no scenario "S0"[\s\S]*S1 /);
    expect(stdout).toBe('');
  });

  // The whole of it takes some minutes and is run by `npm run demo -- --scenario S1`.
  it('holds in the world of real processes: the cases a, c1, d1, e1, six orders of arrival, the auditor', async () => {
    const { code, stdout, stderr } = await demo('--scenario', 'S1-quick', '--json');
    const last = stdout.trimEnd().split('\n').at(-1) ?? '';
    expect(last, stderr.slice(-3000)).toMatch(/^\{/);
    const outcome = JSON.parse(last) as Outcome;
    expect(outcome.rows.filter(({ ok }) => !ok)).toEqual([]);
    expect(outcome).toMatchObject({ scenario: 'S1-quick', ok: true });
    expect(outcome.rows.map((row) => row.case.split('.')[0])).toEqual([
      'a',
      'g1',
      'g3',
      'c1',
      'd1',
      'e1',
      'e1',
      'f',
      'h',
      'ledger',
      'auditor',
    ]);
    expect(code).toBe(0);
  }, 280_000);
});
