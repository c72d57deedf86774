import { spawn } from 'node:child_process';
import { expect } from 'vitest';
import { node, root } from '../../scripts/launcher/run.ts';

export interface Outcome {
  readonly scenario: string;
  readonly ok: boolean;
  readonly rows: readonly { case: string; expected: string; observed: string; ok: boolean }[];
}

/** Runs the demo program as a person would. */
export async function demo(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
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

/** Runs a scenario and demands that every row of its table holds; returns the names of the cases up to their first dot. */
export async function expectToHold(name: string): Promise<string[]> {
  const { code, stdout, stderr } = await demo('--scenario', name, '--json');
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  expect(last, stderr.slice(-3000)).toMatch(/^\{/);
  const outcome = JSON.parse(last) as Outcome;
  expect(outcome.rows.filter(({ ok }) => !ok)).toEqual([]);
  expect(outcome).toMatchObject({ scenario: name, ok: true });
  expect(code).toBe(0);
  return outcome.rows.map((row) => row.case.split('.')[0] ?? '');
}
