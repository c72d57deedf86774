/** Remembers the version before the present one of each object, for the `stale` fault. */
export class PreviousVersions {
  readonly #current = new Map<string, string>();
  readonly #previous = new Map<string, string>();

  /** Notes an object's present version; the one noted before becomes the previous one. */
  note(key: string, value: unknown): void {
    const text = JSON.stringify(value);
    const before = this.#current.get(key);
    if (before === text) return;
    if (before !== undefined) this.#previous.set(key, before);
    this.#current.set(key, text);
  }

  /** The previous version, or `undefined` when there is none. */
  of(key: string): unknown {
    const text = this.#previous.get(key);
    return text === undefined ? undefined : JSON.parse(text);
  }

  clear(): void {
    this.#current.clear();
    this.#previous.clear();
  }
}
