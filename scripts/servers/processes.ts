import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, renameSync, statSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SetupFault, sleep } from './fault.ts';
import { removePidFile, writePidFile } from './pid-files.ts';
import { sendSignal } from './process-info.ts';

/** The line of JSON that a process prints on its standard output when it serves. */
export interface ReadyLine {
  ready: true;
  name: string;
  url: string | null;
  [extra: string]: unknown;
}

export interface ProcessOptions {
  name: string;
  command: string;
  args: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  /** Holds `pids/` and `logs/`. */
  folder: string;
  /** Start again, ever more slowly, when it dies by itself. */
  restart: boolean;
  /** Wait for a ready line; null: count as ready at once. */
  readyTimeoutMs: number | null;
  /** How long it may take to end after SIGTERM before SIGKILL. */
  graceMs: number;
  /** First wait before a restart; doubles each time up to `maximumDelayMs`. */
  restartDelayMs?: number;
  maximumDelayMs?: number;
  /** Every line that the process writes, without its line end. */
  onLine?: (line: string, name: string) => void;
  /** What the supervisor itself has to say. */
  log: (line: string) => void;
}

/** How a run ended: by a signal, or with a code; both null when it could not be started. */
export interface ProcessEnd {
  pid: number | null;
  code: number | null;
  signal: string | null;
}

const logLimitBytes = 20_000_000;
const settledMs = 60_000;
const tailLines = 15;
const outputGraceMs = 300;

/** A child process in a group of its own that is kept running until somebody stops it. */
export class SupervisedProcess {
  readonly #options: ProcessOptions;
  readonly #output: WriteStream;
  readonly #tail: string[] = [];
  #child: ChildProcess | null = null;
  #wanted = false;
  #failures = 0;
  #restarts = 0;
  #ended: Promise<void> = Promise.resolve();
  #ready: ReadyLine | null = null;
  #lastEnd: ProcessEnd | null = null;

  constructor(options: ProcessOptions) {
    this.#options = options;
    const logs = join(options.folder, 'logs');
    mkdirSync(logs, { recursive: true });
    const path = join(logs, `${options.name}.log`);
    if (existsSync(path) && statSync(path).size > logLimitBytes) renameSync(path, `${path}.1`);
    this.#output = createWriteStream(path, { flags: 'a', mode: 0o600 });
  }

  /** The present process id, or null while it is not running. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** How often it was started again after dying by itself. */
  get restarts(): number {
    return this.#restarts;
  }

  /** The last lines that it wrote. */
  get lastLines(): string {
    return this.#tail.join('\n');
  }

  /** The last ready line. */
  get ready(): ReadyLine | null {
    return this.#ready;
  }

  /** How the last run that is over ended; null while none is. */
  get lastEnd(): ProcessEnd | null {
    return this.#lastEnd;
  }

  /** Resolves when the present run ends, for whatever reason; at once when it is not running. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /**
   * Starts the process and waits until it says that it is ready.
   * @param extraEnv added for this run only; a restart after a death goes without
   * @throws SetupFault with its last lines when it ends or stays silent instead
   */
  async start(extraEnv: Readonly<Record<string, string>> = {}): Promise<ReadyLine | null> {
    if (this.#child !== null) throw new Error(`${this.#options.name} is running already`);
    this.#wanted = true;
    this.#failures = 0;
    try {
      return await this.#launch(extraEnv);
    } catch (error) {
      // Whoever waits decides what is next; nothing keeps running behind a start that failed.
      await this.kill();
      throw error;
    }
  }

  /** Ends it: SIGTERM, and SIGKILL to its whole group when the grace is over. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Ends it at once, as a crash would, and does not start it again. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Closes the log file; for a process that is done with for good. */
  async close(): Promise<void> {
    await this.stop();
    if (!this.#output.writableEnded) await new Promise<void>((resolve) => this.#output.end(resolve));
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.#wanted = false;
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    sendSignal(-pid, signal);
    const hurry = setTimeout(() => sendSignal(-pid, 'SIGKILL'), this.#options.graceMs);
    await this.#ended;
    clearTimeout(hurry);
  }

  async #launch(extraEnv: Readonly<Record<string, string>> = {}): Promise<ReadyLine | null> {
    const { name, command, args, env, cwd, folder } = this.#options;
    // A group of its own: Ctrl-C in the terminal reaches the launcher only, which stops things in order.
    const child = spawn(command, [...args], {
      cwd,
      env: { ...env, ...extraEnv },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    const startedAt = Date.now();
    const { promise, resolve, reject } = Promise.withResolvers<ReadyLine | null>();
    this.#ended = new Promise((done) => {
      const finish = (reason: string, code: number | null = null, signal: string | null = null): void => {
        if (this.#child !== child) return;
        this.#child = null;
        this.#lastEnd = { pid: child.pid ?? null, code, signal };
        if (child.pid !== undefined) sendSignal(-child.pid, 'SIGKILL');
        removePidFile(join(folder, 'pids'), name);
        done();
        reject(new SetupFault(`${name} ${reason}${this.#lastLines()}`, this.#readLog()));
        if (this.#wanted && this.#options.restart) void this.#again(reason, Date.now() - startedAt);
      };
      child.once('error', (error) => finish(`could not be started: ${error.message}`));
      const tell = (code: number | null, signal: string | null): void =>
        finish(signal ? `was ended by ${signal}` : `ended with code ${code}`, code, signal);
      child.once('close', tell);
      // Grandchildren may hold its output open for ever.
      child.once('exit', (code, signal) => setTimeout(tell, outputGraceMs, code, signal));
    });
    if (child.pid !== undefined) writePidFile(join(folder, 'pids'), name, child.pid);
    this.#read(child, resolve);
    return await this.#untilReady(promise, resolve);
  }

  #read(child: ChildProcess, onReady: (line: ReadyLine) => void): void {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        if (!this.#output.writableEnded) this.#output.write(`${line}\n`);
        this.#tail.push(line);
        if (this.#tail.length > tailLines) this.#tail.shift();
        const ready = stream === child.stdout ? parseReadyLine(line) : null;
        if (ready === null) return this.#options.onLine?.(line, this.#options.name);
        this.#ready = ready;
        onReady(ready);
      });
    }
  }

  async #untilReady(promise: Promise<ReadyLine | null>, resolve: (line: null) => void): Promise<ReadyLine | null> {
    const { name, readyTimeoutMs } = this.#options;
    if (readyTimeoutMs === null) resolve(null);
    const timer = new AbortController();
    const late = sleepUntil(readyTimeoutMs ?? 0, timer.signal).then(() => {
      throw new SetupFault(
        `${name} did not get ready within ${(readyTimeoutMs ?? 0) / 1_000} s${this.#lastLines()}`,
        this.#readLog(),
      );
    });
    try {
      return await Promise.race([promise, late]);
    } finally {
      timer.abort();
    }
  }

  async #again(reason: string, livedMs: number): Promise<void> {
    const { name, log, restartDelayMs = 500, maximumDelayMs = 30_000 } = this.#options;
    this.#failures = livedMs > settledMs ? 0 : this.#failures + 1;
    const delayMs = Math.min(maximumDelayMs, restartDelayMs * 2 ** Math.max(0, this.#failures - 1));
    log(`${name} ${reason}; starting it again in ${delayMs / 1_000} s`);
    await sleep(delayMs);
    if (!this.#wanted || this.#child !== null) return;
    this.#restarts += 1;
    try {
      await this.#launch();
      log(`${name} is running again`);
    } catch (error) {
      log(error instanceof Error ? error.message : String(error));
      // One that died is being started again by now; one that hangs has to die first.
      const hanging = this.pid;
      if (hanging !== null) sendSignal(-hanging, 'SIGKILL');
    }
  }

  #lastLines(): string {
    return this.#tail.length === 0 ? '' : `; its last lines:\n${this.#tail.map((line) => `  ${line}`).join('\n')}`;
  }

  #readLog(): string {
    return `read ${join(this.#options.folder, 'logs', `${this.#options.name}.log`)}`;
  }
}

/** Reads a line of JSON of the form `{"ready":true,"name":…}`; null for every other line. */
export function parseReadyLine(line: string): ReadyLine | null {
  if (!line.startsWith('{') || !line.includes('"ready":true')) return null;
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return null; // a cut line is an ordinary line
  }
  return isReadyLine(parsed) ? parsed : null;
}

function isReadyLine(value: unknown): value is ReadyLine {
  return typeof value === 'object' && value !== null && 'ready' in value && value.ready === true && 'name' in value;
}

function sleepUntil(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, delayMs);
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  });
}
