import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Fault injection for chaos runs: the process kills itself (SIGKILL) the first time it comes to one of the named points, and
 * leaves a mark that proves it. Without points, a checkpoint does nothing.
 */
export function haltingCheckpoint(points: readonly string[], dataDir: string): (point: string) => Promise<void> {
  if (points.length === 0) return async () => undefined;
  const folder = join(dataDir, 'halts');
  mkdirSync(folder, { recursive: true });
  return async (point) => {
    if (!points.includes(point)) return;
    const mark = join(folder, point.replaceAll(/[^a-z-]/g, '_'));
    if (existsSync(mark)) return;
    writeFileSync(mark, `${point} pid ${process.pid}\n`, { flush: true });
    process.kill(process.pid, 'SIGKILL');
    // The signal is delivered at once; nothing after this point may run.
    await new Promise(() => undefined);
  };
}
