import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { errorCode, sleep } from './fault.ts';

const pollMs = 50;

/** True while the process lives. A process that has ended but was not collected by its parent counts as dead. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errorCode(error) !== 'EPERM') return false;
  }
  return !isZombie(pid);
}

function isZombie(pid: number): boolean {
  const text = readProc(pid, 'stat');
  // The command name stands in brackets and may hold anything; the state follows its last bracket.
  return text?.slice(text.lastIndexOf(')') + 2).startsWith('Z') ?? false;
}

/** The command line of a process, words parted by spaces; empty when it is gone. */
export function commandLine(pid: number): string {
  if (existsSync('/proc/self/cmdline')) return (readProc(pid, 'cmdline') ?? '').replaceAll('\0', ' ').trim();
  try {
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch (error) {
    // `ps` answers 1 for a process that does not exist.
    if (error instanceof Error && 'status' in error && error.status === 1) return '';
    throw error;
  }
}

function readProc(pid: number, name: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
}

/** Waits for the end of a process; false when it still runs after the time. */
export async function waitForEnd(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (isRunning(pid)) {
    if (Date.now() > deadline) return false;
    await sleep(pollMs);
  }
  return true;
}

/** Sends a signal to a process, or to a whole group when `pid` is negative; nothing happens when it is gone already. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}
