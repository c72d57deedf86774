import type { RateLimit } from './types.ts';

/** A token bucket on wall time. Without a limit every call passes. */
export class TokenBucket {
  #limit: RateLimit | null;
  #tokens: number;
  #filledAtMs: number;

  constructor(limit: RateLimit | null, nowMs: number = performance.now()) {
    this.#limit = limit;
    this.#tokens = limit?.burst ?? 0;
    this.#filledAtMs = nowMs;
  }

  get limit(): RateLimit | null {
    return this.#limit;
  }

  set limit(limit: RateLimit | null) {
    this.#limit = limit;
    this.#tokens = limit?.burst ?? 0;
    this.#filledAtMs = performance.now();
  }

  /** Takes a token: 0 = the call passes, else the seconds until one is there (a call turned away takes none). */
  take(nowMs: number = performance.now()): number {
    if (this.#limit === null) return 0;
    const { perSecond, burst } = this.#limit;
    this.#tokens = Math.min(burst, this.#tokens + ((nowMs - this.#filledAtMs) / 1000) * perSecond);
    this.#filledAtMs = nowMs;
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return 0;
    }
    return (1 - this.#tokens) / perSecond;
  }
}
