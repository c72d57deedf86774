import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { SimulatorClock } from './clock.ts';
import type { CallEntry, Fact, LogLine, SimulatorLog } from './types.ts';

/** The log in memory and, if wanted, as an append-only file of JSON lines written at once (it survives a kill). */
export class MemoryAndFileLog implements SimulatorLog {
  readonly #sim: string;
  readonly #clock: SimulatorClock;
  #lines: LogLine[] = [];
  #seq = 0;
  #file: number | null = null;

  constructor(sim: string, clock: SimulatorClock, logFile?: string) {
    this.#sim = sim;
    this.#clock = clock;
    if (logFile === undefined) return;
    const startsInsideLine = existsSync(logFile) && this.#takeUp(readFileSync(logFile, 'utf8'));
    this.#file = openSync(logFile, 'a');
    if (startsInsideLine) writeSync(this.#file, '\n');
  }

  get lines(): readonly LogLine[] {
    return this.#lines;
  }

  get seq(): number {
    return this.#seq;
  }

  after(seq: number): LogLine[] {
    const first = this.#lines[0];
    return first === undefined ? [] : this.#lines.slice(Math.max(0, seq - first.seq + 1));
  }

  call(entry: CallEntry): void {
    this.#append({ ...this.#head(), kind: 'call', ...entry });
  }

  fact(fact: Fact): void {
    this.#append({ ...this.#head(), kind: 'fact', ...fact });
  }

  /** Forgets the lines in memory (the file keeps them) and notes the reset; `seq` goes on. */
  reset(): void {
    this.#lines = [];
    this.fact({ fact: 'reset' });
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }

  #head(): { seq: number; wall: number; at: string; sim: string } {
    this.#seq += 1;
    return {
      seq: this.#seq,
      wall: performance.timeOrigin + performance.now(),
      at: this.#clock.now().toISOString(),
      sim: this.#sim,
    };
  }

  #append(line: LogLine): void {
    this.#lines.push(line);
    if (this.#file !== null) writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }

  /** Reads an earlier run's file; true when its last line was cut off by a kill (that line is left out). */
  #takeUp(text: string): boolean {
    const pieces = text.split('\n');
    const tail = pieces.pop() ?? '';
    for (const piece of pieces) {
      if (piece === '' || !piece.endsWith('}')) continue;
      const line: LogLine = JSON.parse(piece);
      if (line.kind === 'fact' && line.fact === 'reset') this.#lines = [];
      this.#lines.push(line);
      this.#seq = line.seq;
    }
    return tail !== '';
  }
}
