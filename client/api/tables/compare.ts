import type { Tx } from '../../../db/database.ts';
import type { MachineName } from '../../../state-machines/index.ts';
import { canonical } from '../idempotency.ts';
import type { EditRow, FieldOutcome } from '../schemas/tables.ts';
import type { Parsed } from './fields.ts';

/** One step of a thing since the editor looked: who changed what, from what to what. */
export interface Since {
  readonly version: number;
  readonly changed: Readonly<Record<string, readonly [unknown, unknown]>>;
  readonly actor: string;
  readonly at: Date;
}

/** What happened to these things after the version at which each was seen, oldest first: one query for all of them. */
export async function historySince(
  trx: Tx,
  machine: MachineName,
  seen: readonly { readonly id: string; readonly version: number }[],
): Promise<Map<string, Since[]>> {
  const lowest = new Map<string, number>();
  for (const { id, version } of seen) lowest.set(id, Math.min(version, lowest.get(id) ?? version));
  const { rows }: { rows: (Since & { entity_id: string })[] } = await trx.raw(
    `select t.entity_id, t.version, t.changed, t.actor, t.at
     from unnest(?::uuid[], ?::int[]) as s(id, version)
     join transitions t on t.machine = ? and t.entity_id = s.id and t.version > s.version
     order by t.version`,
    [[...lowest.keys()], [...lowest.values()], machine],
  );
  const found = new Map<string, Since[]>();
  for (const row of rows) {
    const known = found.get(row.entity_id);
    if (known) known.push(row);
    else found.set(row.entity_id, [row]);
  }
  return found;
}

/** What a cell holds now, what it held when the editor looked, and who changed it in between. */
export interface Present {
  readonly theirs: unknown;
  readonly base: unknown;
  readonly by: string | null;
  readonly at: Date | null;
}

const absent = (value: unknown): unknown => value ?? null;

/** A cell's past since `version`, where `read` finds its value in what a step changed (undefined: not changed by it). */
export function presentOf(
  history: readonly Since[],
  version: number,
  now: unknown,
  read: (changed: Since['changed']) => readonly [unknown, unknown] | undefined,
): Present {
  const touches = history.flatMap((step) => {
    const pair = step.version > version ? read(step.changed) : undefined;
    return pair && canonical(absent(pair[0])) !== canonical(absent(pair[1])) ? [{ step, before: pair[0] }] : [];
  });
  const first = touches[0];
  const last = touches.at(-1);
  if (!first || !last) return { theirs: absent(now), base: absent(now), by: null, at: null };
  return { theirs: absent(now), base: absent(first.before), by: last.step.actor, at: last.step.at };
}

/** How one entry of a map column changed. */
export const entryChange =
  (column: string, name: string) =>
  (changed: Since['changed']): readonly [unknown, unknown] | undefined => {
    const pair = changed[column];
    if (!pair) return undefined;
    const [before, after] = pair as readonly [Record<string, unknown> | null, Record<string, unknown> | null];
    return [before?.[name], after?.[name]];
  };

export const columnChange =
  (column: string) =>
  (changed: Since['changed']): readonly [unknown, unknown] | undefined =>
    changed[column];

interface Compared {
  readonly key: string;
  readonly given: unknown;
  readonly parsed: Parsed;
  readonly present: Present;
  readonly keep: 'mine' | 'theirs' | undefined;
  /** Why this cell cannot be edited now. */
  readonly locked?: string | null;
}

/**
 * What becomes of one changed cell. Somebody else's change since the editor looked is a conflict, unless both wrote the
 * same. A conflict is resolved at the present version, at which nothing was changed since: `mine` is then an ordinary
 * change, `theirs` drops it.
 */
export function compareField({ key, given, parsed, present, keep, locked = null }: Compared): FieldOutcome {
  const { base, theirs, by, at } = present;
  const compared = { key, base, theirs, by, at: at?.toISOString() ?? null, why: null };
  if (keep === 'theirs') return { ...compared, outcome: 'dropped', yours: given };
  if (!parsed.ok) return { ...compared, outcome: 'refused', yours: given, why: parsed.why };
  const yours = absent(parsed.value);
  if (canonical(yours) === canonical(theirs)) return { ...compared, outcome: 'unchanged', yours };
  if (locked !== null) return { ...compared, outcome: 'refused', yours, why: locked };
  if (by === null) return { ...compared, outcome: 'saved', yours };
  return { ...compared, outcome: 'conflict', yours, why: `${by} changed it meanwhile.` };
}

/** The changes of a row as [key, value, keep]. */
export function changesOf({ changes, keep = {} }: EditRow): [string, unknown, 'mine' | 'theirs' | undefined][] {
  return Object.entries(changes).map(([key, value]) => [key, value, keep[key]]);
}

/** Turns what was about to be saved into refusals, when the machine says no to the whole thing. */
export function refuseSaved(fields: readonly FieldOutcome[], why: string): FieldOutcome[] {
  return fields.map((field) => (field.outcome === 'saved' ? { ...field, outcome: 'refused', why } : field));
}

/**
 * Two rows of one edit may show the same cell (a product and its SKUs): the first change of it holds, an equal one is
 * nothing new, a different one is refused.
 */
export class OncePerCell {
  readonly #taken = new Map<string, unknown>();

  take(cell: string, field: FieldOutcome): FieldOutcome {
    if (field.outcome !== 'saved') return field;
    if (!this.#taken.has(cell)) {
      this.#taken.set(cell, field.yours);
      return field;
    }
    if (canonical(this.#taken.get(cell)) === canonical(field.yours)) return { ...field, outcome: 'unchanged' };
    return { ...field, outcome: 'refused', why: 'Another row of this edit gives it another value.' };
  }
}
