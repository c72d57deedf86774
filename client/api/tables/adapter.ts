import type { Tx } from '../../../db/database.ts';
import type { Command } from '../../../db/steps.ts';
import type { User } from '../../../db/users.ts';
import type { ApiDeps } from '../deps.ts';
import type { Column, EditRow, RowOutcome, TableName, TableQuery, TableRow } from '../schemas/tables.ts';

/** Who reads a table, and with what. */
export interface TableReader {
  readonly user: User;
  readonly deps: ApiDeps;
  readonly at: Date;
}

/** Who saves, when and under which command id. `command.commandId` is unique for each edit: make others of it. */
export interface TableEditor extends TableReader {
  readonly command: Command;
}

export interface ReadPage {
  readonly rows: readonly TableRow[];
  /** Made by `cursorOf` of `paging.ts`; null at the end. */
  readonly next: string | null;
  /** How many things are in each state under the filter without `state`; null where the query has a cursor. */
  readonly states: Readonly<Record<string, number>> | null;
}

/**
 * One table. Everything runs inside the caller's wall (`Tx` of the user's scope); rise to the staff's eyes only after the
 * rows that the caller named were read inside it.
 *
 * `save` writes. A dry run calls the same `save` and rolls its transaction back, so an adapter knows nothing about dry
 * runs. It may be called with up to 500 rows of which some are not there any more. It must
 * - lock what it changes in the order of ids before it compares (two editors of the same rows must not deadlock),
 * - answer every row in the order given, refusals and conflicts as data; it throws only for faults,
 * - leave a row that conflicts in one field free to save its other fields,
 * - write a row's fields, state and history together.
 *
 * When it throws (a value that the database refuses, rows changed under its hands), the frame rolls back and calls it
 * once per row, each in a transaction of its own, so that the rows without fault are saved all the same.
 *
 * The frame keeps each saved field (`edits`, `edit_rows`): `theirs` of a saved field is what it held before, `yours` what it
 * holds now. An undo is a new edit with the row's version after the save and `changes` = the values before: what somebody
 * changed since conflicts by the adapter's own comparison.
 */
export interface TableAdapter {
  readonly table: TableName;
  columns(user: User): readonly Column[];
  read(trx: Tx, query: TableQuery, reader: TableReader): Promise<ReadPage>;
  save(trx: Tx, rows: readonly EditRow[], editor: TableEditor): Promise<readonly RowOutcome[]>;
  /**
   * For cells that hold personal data: what is kept of a saved field instead of its values, and back again for an undo.
   * Null: the values themselves are kept.
   */
  readonly sealing?: {
    seals(key: string): boolean;
    /** Something without personal data from which `open` finds the value again, such as the ids of sealed rows. */
    seal(
      trx: Tx,
      saved: readonly RowOutcome[],
    ): Promise<(row: RowOutcome, key: string) => { before: unknown; after: unknown }>;
    open(trx: Tx, key: string, kept: unknown, editor: TableEditor): Promise<unknown>;
  };
}
