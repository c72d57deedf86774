import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';

const SAVE_WITHIN_MS = 50;

/** Saves a simulator's state within 50 ms of a change (later only when one save takes longer than that) and at close. */
export class StateFile {
  readonly #file: string;
  readonly #snapshot: () => unknown;
  #timer: NodeJS.Timeout | null = null;
  #saving: Promise<void> = Promise.resolve();
  #lastSaveMs = 0;
  #isDirty = false;

  constructor(file: string, snapshot: () => unknown) {
    this.#file = file;
    this.#snapshot = snapshot;
  }

  /** What the last run saved, or `undefined`. */
  load(): unknown {
    return existsSync(this.#file) ? JSON.parse(readFileSync(this.#file, 'utf8')) : undefined;
  }

  changed(): void {
    this.#isDirty = true;
    if (this.#timer !== null) return;
    this.#timer = setTimeout(() => this.#save(), Math.max(SAVE_WITHIN_MS / 2, this.#lastSaveMs * 4));
  }

  /** Saves at once what isn't saved yet. */
  async close(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#saving;
    if (!this.#isDirty) return;
    writeFileSync(`${this.#file}.new`, JSON.stringify(this.#snapshot()));
    renameSync(`${this.#file}.new`, this.#file);
  }

  #save(): void {
    this.#saving = this.#saving.then(async () => {
      const startedAt = performance.now();
      this.#timer = null;
      this.#isDirty = false;
      await writeFile(`${this.#file}.new`, JSON.stringify(this.#snapshot()));
      await rename(`${this.#file}.new`, this.#file);
      this.#lastSaveMs = performance.now() - startedAt;
    });
  }
}
