/** How often one address may call something that anybody may call. */
export interface CallLimit {
  readonly calls: number;
  readonly windowMs: number;
}

/** Addresses that are remembered; beyond them the oldest are forgotten, so that many callers fill no memory. */
const maxAddresses = 10_000;

/**
 * Counts calls per address in fixed windows.
 * @returns a function that answers with the milliseconds to wait, 0 when the call may go on
 */
export function createLimiter({ calls, windowMs }: CallLimit): (address: string, now: Date) => number {
  const seen = new Map<string, { endsMs: number; calls: number }>();
  return (address, now) => {
    const nowMs = now.getTime();
    const known = seen.get(address);
    if (!known || known.endsMs <= nowMs) {
      seen.delete(address);
      seen.set(address, { endsMs: nowMs + windowMs, calls: 1 });
      const [oldest] = seen.keys();
      if (seen.size > maxAddresses && oldest !== undefined) seen.delete(oldest);
      return 0;
    }
    known.calls += 1;
    return known.calls <= calls ? 0 : known.endsMs - nowMs;
  };
}
