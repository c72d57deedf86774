import type { LogIn } from '../../config/run-file.ts';
import type { ReadyLine } from '../servers/processes.ts';

/** Waits for all, also when one fails, so that nothing is still starting while the rest is stopped. */
export async function allOf(work: Promise<unknown>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(work)) if (outcome.status === 'rejected') throw outcome.reason;
}

/** The entries of an object from a ready line whose values are texts. */
export function textMap(value: unknown, otherwise: Record<string, string>): Record<string, string> {
  if (typeof value !== 'object' || value === null) return otherwise;
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** The log-ins of a ready line. */
export function logInsOf(ready: ReadyLine | null): LogIn[] {
  return Array.isArray(ready?.logIns) ? ready.logIns.filter(isLogIn) : [];
}

function isLogIn(value: unknown): value is LogIn {
  return typeof value === 'object' && value !== null && 'email' in value && 'password' in value && 'role' in value;
}
