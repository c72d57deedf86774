import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 60;

/**
 * Waits in real time until `look` gives something else than null, false or undefined, and returns it.
 * @throws Error naming `what` after `timeoutMs`
 */
export async function until<Found>(
  what: string,
  look: () => Promise<Found | null | false | undefined>,
  timeoutMs = 150_000,
): Promise<Found> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== null && found !== false && found !== undefined) return found;
    if (performance.now() > deadlineMs) throw new Error(`waited ${timeoutMs / 1000} s in vain: ${what}`);
    await sleep(pollMs);
  }
}

/** Runs `work` for every item, at most `width` at a time; results in the order of the items. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
  width = 12,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += width) {
    const part = items.slice(start, start + width);
    results.push(...(await Promise.all(part.map((item, index) => work(item, start + index)))));
  }
  return results;
}
