import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessEnd } from '../../scripts/servers/processes.ts';
import type { DemoWorld } from '../demo/world.ts';
import type { Point } from './points.ts';
import { type Interrupted, insistently, recovered, underWay } from './recovery.ts';

/** What became of a point. */
export interface PointResult {
  readonly point: string;
  readonly meaning: string;
  /** The worker that came there is dead by SIGKILL: its mark names the process id that ended so. */
  readonly hit: boolean;
  /** What was interrupted has come to its end. */
  readonly ok: boolean;
  /** From the death to that end; other deaths and restarts on the way are part of it. Null: not hit, or never. */
  readonly seconds: number | null;
}

/** As the launcher does: a dead worker is started again after this. */
const restartMs = 500;
const recoveryTimeoutMs = 240_000;
const askTimeoutMs = 90_000;
/** A worker that cannot start is a fault of ours, not one on purpose. */
const startsAtMost = 5;

/** What the worker has to be told at its start so that it comes to its end at this point. */
export const armedWith = (point: Point | undefined): Record<string, string> => ({
  TRADELANE_HALT_AT: point?.how === 'checkpoint' ? point.name : '',
});

/** Starts the worker again after every death, armed with the next point, and measures how its work goes on. */
export class WorkerKeeper {
  /** Deaths that nobody asked for. */
  readonly otherDeaths: ProcessEnd[] = [];
  readonly #demo: DemoWorld;
  readonly #points: readonly Point[];
  readonly #say: (line: string) => void;
  readonly #recoveries = new Map<string, Promise<number | null>>();
  #next = 0;
  #heldPid: number | null = null;
  #finished = false;
  #watching: Promise<void> = Promise.resolve();

  /** The world's worker must have been started with `armedWith(points[0])`. */
  constructor(demo: DemoWorld, points: readonly Point[], say: (line: string) => void) {
    this.#demo = demo;
    this.#points = points;
    this.#say = say;
  }

  /** Throws nothing: what goes wrong is thrown by `finish`. */
  start(): void {
    this.#watching = this.#watch();
    this.#watching.catch(() => this.#say('     the worker is not started again any more'));
  }

  /** Waits until everything that was interrupted has come to its end, and stops watching. */
  async finish(): Promise<PointResult[]> {
    const results: PointResult[] = [];
    for (const { name, meaning } of this.#points) {
      const recovery = this.#recoveries.get(name);
      const seconds = recovery ? await recovery : null;
      results.push({ point: name, meaning, hit: recovery !== undefined, ok: seconds !== null, seconds });
    }
    this.stop();
    // The watch ends with the worker, which is the world's to stop; a watch that failed says so here.
    await Promise.race([this.#watching, sleep(0)]);
    return results;
  }

  /** From now on a worker that ends stays down. */
  stop(): void {
    this.#finished = true;
  }

  async #watch(): Promise<void> {
    while (!this.#finished) {
      await this.#demo.world.ended('worker');
      if (this.#finished) return;
      this.#noteDeath();
      await sleep(restartMs);
      await this.#startAgain();
    }
  }

  #noteDeath(): void {
    const end = this.#demo.world.lastEnd('worker') ?? { pid: null, code: null, signal: null };
    const point = this.#points[this.#next];
    if (!point || end.signal !== 'SIGKILL' || end.pid === null || this.#pidAt(point) !== end.pid) {
      this.otherDeaths.push(end);
      this.#say(`     the worker (pid ${end.pid}) ended by itself: ${end.signal ?? `code ${end.code}`}`);
      return;
    }
    this.#next += 1;
    this.#say(`     killed at ${point.name} (pid ${end.pid}, ${end.signal}): ${point.meaning}`);
    this.#recoveries.set(point.name, this.#measure(performance.now()));
  }

  /** The process that came to the point: by the mark that it left, or the one that was killed from outside. */
  #pidAt(point: Point): number | null {
    if (point.how === 'held-mail') return this.#heldPid;
    const mark = join(this.#demo.dataDir, 'halts', point.name.replaceAll(/[^a-z-]/g, '_'));
    if (!existsSync(mark)) return null;
    const [, name, pid] = /^(\S+) pid (\d+)/.exec(readFileSync(mark, 'utf8')) ?? [];
    return name === point.name ? Number(pid) : null;
  }

  async #measure(diedAt: number): Promise<number | null> {
    const interrupted: Interrupted = await insistently(askTimeoutMs, () => underWay(this.#demo));
    const over = await insistently(recoveryTimeoutMs, () => recovered(this.#demo, interrupted, recoveryTimeoutMs));
    return over ? Math.round((performance.now() - diedAt) / 100) / 10 : null;
  }

  async #startAgain(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const point = this.#points[this.#next];
      if (point?.how === 'held-mail') this.#killWhileHeld();
      try {
        await this.#demo.world.startWorker(armedWith(point));
        return;
      } catch (error) {
        if (this.#finished) return;
        if (attempt === startsAtMost) throw error;
        // It may have come to its point before it was ready.
        this.#noteDeath();
        await sleep(restartMs);
      }
    }
  }

  /** The mail server takes the next mail and keeps its answer back; then the worker is killed by its process id. */
  #killWhileHeld(): void {
    const { mail, world } = this.#demo;
    const work = async (): Promise<void> => {
      await mail.post('faults', { times: 1, fault: { kind: 'smtp-hold' } });
      const isHeld = async (): Promise<boolean> => {
        const lines = await mail.get<{ kind: string; outcome?: string }[]>('log?after=0');
        return lines.some(({ kind, outcome }) => kind === 'call' && outcome === 'held');
      };
      while (!this.#finished && !(await isHeld())) await sleep(50);
      const pid = world.pid('worker');
      if (this.#finished || pid === null) return;
      this.#heldPid = pid;
      process.kill(pid, 'SIGKILL');
      await world.ended('worker');
      await mail.post('release');
    };
    work().catch((error: unknown) => this.#say(`     the held mail could not be watched: ${String(error)}`));
  }
}
