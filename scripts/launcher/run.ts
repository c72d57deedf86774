import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { SetupFault } from '../servers/fault.ts';

/** The repository's own folder. */
export const root = join(import.meta.dirname, '../..');

/** Node 24, which the project brings along: this process runs under it. */
export const node = process.execPath;

const shownLines = 25;

/**
 * Runs one of our scripts to its end.
 * @returns what it wrote on standard output
 * @throws SetupFault with its last lines when it fails
 */
export async function runScript(
  title: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<string> {
  const child = spawn(node, [...args], {
    cwd: root,
    env: { ...env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const all: string[] = [];
  const output: string[] = [];
  child.stdout.on('data', (chunk) => {
    output.push(String(chunk));
    all.push(String(chunk));
  });
  child.stderr.on('data', (chunk) => all.push(String(chunk)));
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code === 0) return output.join('');
  const tail = all.join('').trimEnd().split('\n').slice(-shownLines).join('\n');
  throw new SetupFault(
    `${title} failed (code ${code}):\n${tail}`,
    `mend what it says; it is \`node ${args.join(' ')}\`.`,
  );
}

/** Types a `tradelane` command as an admin would, with a world's settings. Answers its standard output. @throws SetupFault */
export function runCommand(args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  return runScript(`tradelane ${args[0] ?? ''}`, ['client/cli/main.ts', ...args], { ...process.env, ...env });
}
