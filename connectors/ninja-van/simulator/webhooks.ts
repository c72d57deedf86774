import { createHmac } from 'node:crypto';
import { accountOf, type Delivery, type World } from './model.ts';

const SOON_MS = 20;
const TIMEOUT_MS = 5_000;

/** What became of one delivery. */
export interface DeliveryResult {
  country: string;
  /** The receiver's status, 0 when there was none. */
  status: number;
}

/** Sends the webhooks that wait: by `run`, or by themselves soon after a scan. Failed ones are not sent again. */
export class Deliveries {
  readonly #world: World;
  readonly #closing = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<DeliveryResult[]> = Promise.resolve([]);
  #inFlight = 0;

  constructor(world: World) {
    this.#world = world;
    world.wake = () => this.wake();
  }

  /** Deliveries under way, and those waiting that will go out without being asked. */
  get pending(): number {
    const { dials, queue } = this.#world.state;
    return this.#inFlight + (dials.autoDeliver ? queue.length : 0);
  }

  wake(): void {
    const { dials, queue } = this.#world.state;
    if (!dials.autoDeliver || this.#timer !== null || this.#closing.signal.aborted || queue.length === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      // Meanwhile it may have been told to wait.
      if (this.#world.state.dials.autoDeliver) void this.run();
    }, SOON_MS);
  }

  /** Sends everything that waits, one after another; calls don't overlap. */
  run(): Promise<DeliveryResult[]> {
    this.#running = this.#running.then(() => this.#runQueue());
    return this.#running;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#running;
  }

  async #runQueue(): Promise<DeliveryResult[]> {
    const { state } = this.#world;
    const jobs = state.dials.reverseWebhooks ? state.queue.toReversed() : state.queue;
    state.queue = [];
    this.#inFlight = jobs.length;
    const results: DeliveryResult[] = [];
    for (const job of jobs) {
      const url = state.webhookUrls[job.country];
      const times = state.dials.doubleWebhooks ? 2 : 1;
      for (let copy = 0; copy < times && url !== undefined && !this.#closing.signal.aborted; copy += 1) {
        results.push({ country: job.country, status: await this.#post(url, job) });
      }
      this.#inFlight -= 1;
    }
    this.#world.tools.changed();
    this.wake();
    return results;
  }

  async #post(url: string, { country, body }: Delivery): Promise<number> {
    const signer = this.#world.state.dials.signWithCountry || country;
    const secret = accountOf(this.#world, signer)?.clientSecret ?? '';
    try {
      const answer = await fetch(url, {
        method: 'POST',
        body,
        redirect: 'manual',
        signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), this.#closing.signal]),
        headers: {
          'Content-Type': 'application/json',
          'X-Ninjavan-Hmac-Sha256': createHmac('sha256', secret).update(body).digest('base64'),
        },
      });
      await answer.arrayBuffer();
      return answer.status;
    } catch (error) {
      // Unreachable, or too slow: a failed delivery like any other.
      if (error instanceof Error) return 0;
      throw error;
    }
  }
}
