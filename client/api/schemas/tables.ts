import { type Static, Type } from '@sinclair/typebox';
import { Allowed, anything, count, maybe, maybeText, strict, text, Uuid, Version, Why, words } from './common.ts';

/**
 * The editable tables: one shape for products, listings, prices, stock and orders.
 *
 * A row stands for one versioned thing (`entity`, at `version`, in `state`) or for a part of one: a product with several
 * SKUs is shown as a row for the product (`kind` product) followed by a row for each SKU (`kind` sku, `parent` is the id
 * of the product's row); all of them carry the product's version. A product with one SKU is one row with both kinds of
 * cells. Approvals and other events go to the bulk routes with `entity` and `version`, edits with `id` and `version`.
 *
 * A cell that a row does not have (the weight on the row of a product with several SKUs) is absent from `cells`.
 */
export const tableNames = ['products', 'listings', 'prices', 'stock', 'orders'] as const;
export type TableName = (typeof tableNames)[number];

export const TableParams = strict({ table: Type.Union(tableNames.map((name) => Type.Literal(name))) });

/**
 * How a cell is written, in answers and in changes alike; null is an empty cell.
 * - text: one line · longText: several · html · code: short technical text · url
 * - integer: a whole number, its `unit` beside it · decimal: a number as text
 * - money: {amountMinor, currency} · instant: ISO 8601 in UTC · date: YYYY-MM-DD · boolean
 * - choice: one of `choices` · state: a state's name, never editable
 * - map: {name: text or list of texts}; a change names one entry, `<key>.<name>`, and null removes the entry
 * - ref: {id, code, name}, never editable · findings: list of findings, never editable
 */
export const cellTypes = [
  'text',
  'longText',
  'html',
  'code',
  'url',
  'integer',
  'decimal',
  'money',
  'instant',
  'date',
  'boolean',
  'choice',
  'state',
  'map',
  'ref',
  'findings',
] as const;
export type CellType = (typeof cellTypes)[number];

export const Column = Type.Object({
  key: text,
  title: text,
  type: Type.Union(cellTypes.map((name) => Type.Literal(name))),
  /** For the person who asks, in rows that have the cell and do not lock it. */
  editable: Type.Boolean(),
  /** May the cell be emptied? */
  nullable: Type.Boolean(),
  unit: Type.Optional(Type.String({ description: 'what a number counts: g, mm, units' })),
  choices: Type.Optional(Type.Array(Type.Object({ value: text, label: text }))),
  maxLength: Type.Optional(count),
  /** Longer explanation for people, in one sentence. */
  means: Type.Optional(text),
  sortable: Type.Boolean(),
});
export type Column = Static<typeof Column>;

export const TableRow = Type.Object({
  id: Type.String({ description: 'of the row; give it back with edits' }),
  entity: Type.String({ description: 'id of the thing that the row belongs to: for events and for its page' }),
  kind: text,
  parent: maybeText,
  version: count,
  state: text,
  cells: Type.Record(text, anything),
  locked: Type.Record(text, text, {
    description: 'cells that cannot be edited in this row now, with the reason; the key * stands for the whole row',
  }),
  allowed: Type.Array(Allowed),
  /** What follows from an edit now, in the machine's words: the state that the row would get. */
  edited: Type.Object({ to: maybeText, why: maybeText }),
});
export type TableRow = Static<typeof TableRow>;

export const TablePage = Type.Object({
  columns: Type.Array(Column),
  rows: Type.Array(TableRow),
  next: maybeText,
  /** Things (not rows) that the filter finds; on the first page only. */
  total: maybe(count),
  /** States with their number of things under the same filter without `state`; on the first page only. */
  states: maybe(Type.Record(text, count)),
});
export type TablePage = Static<typeof TablePage>;

export const TableQuery = strict({
  limit: Type.Integer({ minimum: 1, maximum: 500, default: 100, description: 'things, not rows' }),
  cursor: Type.Optional(Type.String({ maxLength: 600, description: '`next` of the page before' })),
  state: Type.Optional(Type.String({ pattern: '^[A-Z_]{1,40}(,[A-Z_]{1,40}){0,20}$' })),
  brand: Type.Optional(Uuid),
  connection: Type.Optional(Uuid),
  q: Type.Optional(words),
  findings: Type.Optional(Type.Boolean({ description: 'only what has open findings' })),
  /** Only these things, for example the rows that were just saved. */
  ids: Type.Optional(Type.String({ maxLength: 3700, description: 'ids of things, separated by commas; at most 100' })),
  sort: Type.Optional(
    Type.String({ pattern: '^-?[A-Za-z][A-Za-z.]{0,60}$', description: 'key of a column; - before it: descending' }),
  ),
});
export type TableQuery = Static<typeof TableQuery>;

const CellKey = Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\u0000-\\u001f]+$' });
const uuid = Uuid.pattern?.slice(1, -1) ?? '';
/** The id of the thing, and after a slash what part of it the row shows. */
const RowId = Type.String({ pattern: `^${uuid}(/[0-9A-Za-z:._-]{1,120})?$` });

export const EditRow = strict({
  id: RowId,
  version: Version,
  changes: Type.Record(CellKey, Type.Unknown(), { maxProperties: 100 }),
  keep: Type.Optional(
    Type.Record(CellKey, Type.Union([Type.Literal('mine'), Type.Literal('theirs')]), {
      maxProperties: 100,
      description:
        'answers to conflicts: mine is saved over what is there now, theirs drops the change. `version` is then the ' +
        'present one of the answer that showed the conflict; changed once more since, the field conflicts again',
    }),
  ),
});
export type EditRow = Static<typeof EditRow>;

export const EditBody = strict({
  dryRun: Type.Boolean({ description: 'true: the same answer, and nothing is written' }),
  rows: Type.Array(EditRow, { minItems: 1, maxItems: 500 }),
  why: Type.Optional(Why),
});
export type EditBody = Static<typeof EditBody>;

export const UndoBody = strict({ dryRun: Type.Boolean(), why: Type.Optional(Why) });
export type UndoBody = Static<typeof UndoBody>;

export const fieldOutcomes = ['saved', 'unchanged', 'conflict', 'refused', 'dropped'] as const;
export const rowOutcomes = ['saved', 'unchanged', 'conflict', 'refused', 'partly'] as const;
export type FieldOutcomeName = (typeof fieldOutcomes)[number];
export type RowOutcomeName = (typeof rowOutcomes)[number];

export const FieldOutcome = Type.Object({
  key: text,
  outcome: Type.Union(fieldOutcomes.map((name) => Type.Literal(name))),
  /** What the cell held at the version that the editor saw, what the editor wants, what it holds now (before the save). */
  base: anything,
  yours: anything,
  theirs: anything,
  /** Of a conflict: who wrote `theirs`, and when (ISO 8601). */
  by: maybeText,
  at: maybeText,
  /** Of a refusal or conflict: the sentence to show. */
  why: maybeText,
});
export type FieldOutcome = Static<typeof FieldOutcome>;

export const RowOutcome = Type.Object({
  id: text,
  entity: text,
  /** saved: all of it · partly: some fields, others conflict or are refused · the others: nothing was written. */
  outcome: Type.Union(rowOutcomes.map((name) => Type.Literal(name))),
  /** States before and after (in a dry run: that it would have). */
  from: maybeText,
  to: maybeText,
  /** The version to send with the next edit of this row; null when there is no such row. */
  version: maybe(count),
  /** Of a row that was refused as a whole. */
  code: maybeText,
  why: maybeText,
  fields: Type.Array(FieldOutcome),
  /** Other things that moved with it: listings of a product that go to UPDATE. */
  follows: Type.Array(Type.Object({ entity: text, kind: text, label: text, from: text, to: text })),
});
export type RowOutcome = Static<typeof RowOutcome>;

export const EditCounts = Type.Object({ saved: count, unchanged: count, conflict: count, refused: count });
export type EditCounts = Static<typeof EditCounts>;

export const EditAnswer = Type.Object({
  /** Null in a dry run and when nothing was saved. */
  editId: maybeText,
  table: text,
  dryRun: Type.Boolean(),
  /** Rows; `partly` counts as saved and as conflict or refused. */
  counts: EditCounts,
  rows: Type.Array(RowOutcome),
});
export type EditAnswer = Static<typeof EditAnswer>;

export const EditListQuery = strict({
  table: Type.Optional(Type.Union(tableNames.map((name) => Type.Literal(name)))),
  entity: Type.Optional(Uuid),
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
  after: Type.Optional(Uuid),
});

export const EditSummary = Type.Object({
  id: text,
  table: text,
  by: text,
  at: text,
  why: maybeText,
  /** The edit that this one takes back, and the one that took this one back. */
  undoOf: maybeText,
  undoneBy: maybeText,
  counts: EditCounts,
});
export const EditList = Type.Object({ edits: Type.Array(EditSummary), next: maybeText });
export const EditDetail = Type.Object({
  ...EditSummary.properties,
  rows: Type.Array(
    Type.Object({
      id: text,
      entity: text,
      outcome: text,
      why: maybeText,
      from: maybeText,
      to: maybeText,
      versionBefore: maybe(count),
      versionAfter: maybe(count),
      fields: Type.Array(Type.Object({ key: text, before: anything, after: anything, outcome: text, why: maybeText })),
    }),
  ),
});
