export interface Rename {
  /** The machine's name, as in the history. */
  readonly machine: string;
  readonly from: string;
  readonly to: string;
  /** The day of the migration that renamed the rows, YYYY-MM-DD. */
  readonly since: string;
  /** One sentence for whoever meets the old name in the history. */
  readonly why: string;
}

/**
 * States that once had another name, oldest first. History is never rewritten: its records keep the name of their time,
 * and whoever shows or counts them asks `currentName`.
 */
export const renames: readonly Rename[] = [];

/** The name that a state of the history has today; its own name where it was never renamed. */
export function currentName(machine: string, state: string, list: readonly Rename[] = renames): string {
  return list.reduce((name, rename) => (rename.machine === machine && rename.from === name ? rename.to : name), state);
}

/**
 * What is wrong with a list of renames, as sentences. A name that was given up may not come back for another state:
 * then no record of the history could say which one it means.
 */
export function renameFaults(list: readonly Rename[], statesOf: (machine: string) => readonly string[]): string[] {
  const faults = list.flatMap((rename, index) => {
    const states = statesOf(rename.machine);
    const text = `${rename.machine}: ${rename.from} → ${rename.to}`;
    const previous = list[index - 1];
    return [
      ...(states.length === 0 ? [`${text}: there is no such machine`] : []),
      ...(/^\d{4}-\d{2}-\d{2}$/.test(rename.since) ? [] : [`${text}: ${rename.since} is no day`]),
      ...(previous && previous.since > rename.since ? [`${text}: is older than the one before it`] : []),
      ...(rename.why.trim() === '' ? [`${text}: nobody says why`] : []),
      ...(states.includes(currentName(rename.machine, rename.from, list))
        ? []
        : [`${text}: leads to no state of today`]),
      ...(states.includes(rename.from) && currentName(rename.machine, rename.from, list) !== rename.from
        ? [`${text}: the old name is used for another state`]
        : []),
    ];
  });
  return faults;
}
