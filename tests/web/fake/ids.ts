import { createHash } from 'node:crypto';

/** A UUID that is the same for the same name: screenshots and links stay comparable between runs. */
export function idOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const startedAtMs = Date.now();

/** An instant so many minutes before (negative: after) the fake server's start. */
export const ago = (minutes: number): string => new Date(startedAtMs - minutes * 60_000).toISOString();
