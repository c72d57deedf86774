import type { Tx } from '../../../db/database.ts';
import { riseToStaff } from '../../../db/queries/rise.ts';
import { lockMany, type ManyStep, stepMany } from '../../../db/step-many.ts';
import type { Row, StepResult } from '../../../db/steps.ts';
import type { EventOf } from '../../../state-machines/index.ts';
import type { EditRow, FieldOutcome, RowOutcome } from '../schemas/tables.ts';
import type { TableEditor } from './adapter.ts';
import {
  changesOf,
  compareField,
  historySince,
  OncePerCell,
  type Present,
  refuseSaved,
  type Since,
} from './compare.ts';
import type { Parsed } from './fields.ts';
import { entityOf, refusedRow, rowOutcomeOf } from './outcomes.ts';

/** One cell of one row: what is there, what may be typed, and what writing it means. */
export interface Cell<Write> {
  /** Names the cell across the rows of one edit. */
  readonly name: string;
  readonly present: Present;
  readonly parse: (given: unknown) => Parsed;
  /** Why it cannot be edited now; null: it can. */
  readonly locked: string | null;
  readonly write: (value: unknown) => Write;
}

/** A thing under lock, with what happened to it since the oldest version that an editor of this edit saw. */
export interface Seen {
  readonly row: Row;
  readonly history: readonly Since[];
}

/** One thing with everything that this edit does to it. */
export interface Work<Write> {
  readonly row: Row;
  readonly writes: Write[];
  readonly fields: Map<string, FieldOutcome[]>;
}

export interface Done<Write> {
  readonly row: Row;
  readonly writes: readonly Write[];
  readonly result: Extract<StepResult, { ok: true }>;
}

type Machine = 'product' | 'listing' | 'order';

/** What distinguishes the tables whose rows have a machine. */
export interface MachineTable<Write> {
  readonly machine: Machine;
  /** How people call one. */
  readonly noun: string;
  /** Locks what must be locked before the things themselves; runs inside the caller's wall. */
  lockBefore?(trx: Tx, ids: readonly string[]): Promise<void>;
  /** Reads (and locks) what the cells need besides the things' own rows; above the wall. */
  cellsOf(
    trx: Tx,
    seen: readonly Seen[],
    editor: TableEditor,
  ): Promise<(row: EditRow, key: string, seen: Seen) => Cell<Write> | string>;
  /** Columns to write, and changes beside the row for its history. */
  changes(
    trx: Tx,
    work: Work<Write>,
    editor: TableEditor,
  ): Promise<Pick<ManyStep, 'noted'> & { changes: Record<string, unknown> }>;
  /** What follows from the steps; returns what else moved with each thing. */
  follow(
    trx: Tx,
    done: readonly Done<Write>[],
    editor: TableEditor,
  ): Promise<(entity: string) => RowOutcome['follows']>;
}

const refusedField = (key: string, given: unknown, why: string): FieldOutcome => ({
  key,
  outcome: 'refused',
  base: null,
  yours: given ?? null,
  theirs: null,
  by: null,
  at: null,
  why,
});

/**
 * Saves edits of things that have a machine: locks them by id, compares cell by cell, sends one EDIT to each that has
 * something to save, and lets follow what must. What the machine refuses is refused on every field of the row.
 */
export async function saveMachineRows<Write>(
  trx: Tx,
  table: MachineTable<Write>,
  rows: readonly EditRow[],
  editor: TableEditor,
): Promise<readonly RowOutcome[]> {
  const ids = [...new Set(rows.map(({ id }) => entityOf(id)))];
  await table.lockBefore?.(trx, ids);
  const things = await lockMany(trx, table.machine, ids);
  await riseToStaff(trx);
  const versions = rows.map((row) => ({ id: entityOf(row.id), version: row.version }));
  const history = await historySince(trx, table.machine, versions);
  const seen = new Map([...things].map(([id, row]) => [id, { row, history: history.get(id) ?? [] }]));
  const cellOf = await table.cellsOf(trx, [...seen.values()], editor);
  const once = new OncePerCell();
  const work = new Map<string, Work<Write>>();
  const early = new Map<string, RowOutcome>();
  for (const row of rows) {
    const thing = seen.get(entityOf(row.id));
    const refused = thing
      ? refuseVersion(row, thing.row)
      : refusedRow(row, 'NotFound', `There is no such ${table.noun}.`);
    if (refused || !thing) {
      if (refused) early.set(row.id, refused);
      continue;
    }
    const known: Work<Write> = work.get(thing.row.id) ?? { row: thing.row, writes: [], fields: new Map() };
    known.fields.set(row.id, compareRow(row, thing, cellOf, once, known.writes));
    work.set(thing.row.id, known);
  }
  const { results, follows } = await write(trx, table, [...work.values()], editor);
  return rows.map((row) => {
    const done = work.get(entityOf(row.id));
    const refused = early.get(row.id);
    if (refused || !done) return refused ?? refusedRow(row, 'NotFound', `There is no such ${table.noun}.`);
    const fields = done.fields.get(row.id) ?? [];
    return finishRow(row, done.row, fields, results.get(done.row.id) ?? null, follows(done.row.id));
  });
}

function compareRow<Write>(
  row: EditRow,
  seen: Seen,
  cellOf: (row: EditRow, key: string, seen: Seen) => Cell<Write> | string,
  once: OncePerCell,
  writes: Write[],
): FieldOutcome[] {
  return changesOf(row).map(([key, given, keep]) => {
    const cell = cellOf(row, key, seen);
    if (typeof cell === 'string') return refusedField(key, given, cell);
    const { present, locked, name, parse } = cell;
    const field = once.take(name, compareField({ key, given, parsed: parse(given), present, keep, locked }));
    if (field.outcome === 'saved') writes.push(cell.write(field.yours));
    return field;
  });
}

async function write<Write>(
  trx: Tx,
  table: MachineTable<Write>,
  all: readonly Work<Write>[],
  editor: TableEditor,
): Promise<{ results: Map<string, StepResult>; follows: (entity: string) => RowOutcome['follows'] }> {
  const changed = all.filter(({ writes }) => writes.length > 0);
  if (changed.length === 0) return { results: new Map(), follows: () => [] };
  const { command } = editor;
  const steps: ManyStep[] = [];
  for (const work of changed) {
    const { changes, noted } = await table.changes(trx, work, editor);
    steps.push({
      row: work.row,
      commandId: `${command.commandId}/${table.machine}/${work.row.id}`,
      changes: { ...changes, last_edited_at: command.at, last_edited_by: command.actor },
      ...(noted ? { noted } : {}),
    });
  }
  const event: EventOf<Machine>['type'] = 'EDIT';
  const outcomes = await stepMany(trx, { machine: table.machine, event, steps }, command);
  const done = changed.flatMap(({ row, writes }, index) => {
    const result = outcomes[index];
    return result?.ok ? [{ row, writes, result }] : [];
  });
  const follows = done.length > 0 ? await table.follow(trx, done, editor) : () => [];
  const results = changed.flatMap(({ row }, index): [string, StepResult][] => {
    const result = outcomes[index];
    return result ? [[row.id, result]] : [];
  });
  return { results: new Map(results), follows };
}

/** A version that does not exist yet: the row was made up, or read from another database. */
function refuseVersion(row: EditRow, present: Row): RowOutcome | null {
  if (row.version <= present.version) return null;
  const why = `There is no version ${row.version} yet: it is at ${present.version}.`;
  return refusedRow(row, 'VersionConflict', why, present);
}

/** What came of one row: its fields as compared, and the step that wrote them; null where nothing was to be written. */
function finishRow(
  row: EditRow,
  before: Row,
  fields: readonly FieldOutcome[],
  result: StepResult | null,
  follows: RowOutcome['follows'],
): RowOutcome {
  const refusal = result && !result.ok ? result : null;
  const shown = refusal ? refuseSaved(fields, refusal.why) : [...fields];
  const hasSaved = shown.some(({ outcome }) => outcome === 'saved');
  const step = result?.ok ? result : null;
  return {
    id: row.id,
    entity: entityOf(row.id),
    outcome: rowOutcomeOf(shown),
    from: before.state,
    to: step && hasSaved ? step.state : before.state,
    version: step?.version ?? before.version,
    code: refusal?.code ?? null,
    why: refusal?.why ?? null,
    fields: shown,
    follows: hasSaved ? [...follows] : [],
  };
}
