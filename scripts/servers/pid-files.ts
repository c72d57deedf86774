import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine, isRunning, sendSignal, waitForEnd } from './process-info.ts';

/** What is kept about a child, so that a later start can end it when its launcher was killed. */
interface PidFile {
  name: string;
  pid: number;
  /** As the operating system shows it; a process id may be reused, a command line like this hardly. */
  command: string;
}

const orphanGraceMs = 5_000;
const killTimeoutMs = 5_000;

/** Remembers a running child in `folder`. */
export function writePidFile(folder: string, name: string, pid: number): void {
  mkdirSync(folder, { recursive: true });
  const content: PidFile = { name, pid, command: commandLine(pid) };
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(content), { mode: 0o600 });
}

/** Forgets a child that has ended. */
export function removePidFile(folder: string, name: string): void {
  rmSync(join(folder, `${name}.json`), { force: true });
}

/**
 * Ends the children that a killed launcher left behind: SIGTERM to their groups, SIGKILL after five seconds.
 * A process that merely has the same id is left alone.
 * @returns the names of those that were ended
 */
export async function endOrphans(folder: string, log: (line: string) => void): Promise<string[]> {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
  const ended = await Promise.all(files.map((file) => endOrphan(join(folder, file), log)));
  return ended.filter((name) => name !== null);
}

async function endOrphan(path: string, log: (line: string) => void): Promise<string | null> {
  const left = readPidFile(path);
  if (left === null || !isRunning(left.pid) || commandLine(left.pid) !== left.command) {
    rmSync(path, { force: true });
    return null;
  }
  log(`ending ${left.name} (process ${left.pid}), left behind by an earlier start`);
  sendSignal(-left.pid, 'SIGTERM');
  if (!(await waitForEnd(left.pid, orphanGraceMs))) {
    sendSignal(-left.pid, 'SIGKILL');
    await waitForEnd(left.pid, killTimeoutMs);
  }
  rmSync(path, { force: true });
  return left.name;
}

/** Null for a file that was cut off by a kill: then there is nothing to go by. */
function readPidFile(path: string): PidFile | null {
  const text = readFileSync(path, 'utf8');
  if (!text.endsWith('}')) return null;
  const parsed: unknown = JSON.parse(text);
  const complete =
    typeof parsed === 'object' && parsed !== null && 'pid' in parsed && 'command' in parsed && 'name' in parsed;
  if (!complete || typeof parsed.pid !== 'number' || parsed.pid <= 1) return null;
  return { name: String(parsed.name), pid: parsed.pid, command: String(parsed.command) };
}
