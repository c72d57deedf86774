import type { Tx } from '../../../db/database.ts';
import { type PriceRow, readPriceRows } from '../../../db/prices-input.ts';
import { openPricesOf, priceChangesSince, priceRowsQuery } from '../../../db/prices-table.ts';
import { asBrandSees } from '../../../db/prices-why.ts';
import { readLabels } from '../../../db/queries/labels.ts';
import { riseToStaff } from '../../../db/queries/rise.ts';
import type { User } from '../../../db/users.ts';
import { allowedEvents, machines } from '../../../state-machines/index.ts';
import type { Ref } from '../schemas/common.ts';
import type { EditRow, FieldOutcome, RowOutcome, TableRow } from '../schemas/tables.ts';
import type { TableAdapter, TableEditor } from './adapter.ts';
import { changesOf, compareField, presentOf } from './compare.ts';
import type { Parsed } from './fields.ts';
import { entityOf, refusedRow, rowOutcomeOf } from './outcomes.ts';
import { countStates, readTablePage, type SortKey } from './paging.ts';
import { cellsOf, comparableCells, type Priced } from './prices-cells.ts';
import { columnsFor, fieldOf, priceIn } from './prices-columns.ts';
import { conflictSentence, otherChange, priceChange, saveRow } from './prices-save.ts';

const isStaff = ({ role }: User): boolean => role !== 'brand';
const forStaff = 'Prices are set by the marketplace team.';

const sorting = {
  alias: 'ls',
  keys: { sku: { sql: 'ls.seller_sku', type: 'text' } satisfies SortKey },
  otherwise: 'sku',
} as const;

async function pricedRows(trx: Tx, ids: readonly string[], lock: boolean): Promise<Map<string, Priced>> {
  const rows = await readPriceRows(trx, ids, { lock });
  const open = await openPricesOf(trx, rows);
  return new Map(rows.map((row) => [row.id, { row, open: open.get(row.id) ?? null }]));
}

/** What may be decided about the row's open price, or about the one in force. */
function allowedOf({ row, open }: Priced, { role }: User): TableRow['allowed'] {
  const state = open ? 'PROPOSED' : row.override_id === null ? null : 'APPROVED';
  if (state === null) return [];
  // The floor is reckoned when it is approved, with the formula in the refusal.
  const context = { floorHolds: true, floorPassed: false, isOver: false };
  return allowedEvents(machines.price_proposal, state, context, role)
    .filter(({ type }) => type !== 'EXPIRE')
    .map(({ type, label, means, ok, why }) => ({ type, label, means, ok, why }));
}

function rowOf(priced: Priced, user: User, refs: { brand: Ref | null; connection: Ref | null }): TableRow {
  const { row } = priced;
  const locked: Record<string, string> = isStaff(user) ? {} : { '*': forStaff };
  const shown = new Set(columnsFor(isStaff(user)).map(({ key }) => key));
  return {
    id: row.id,
    entity: row.id,
    kind: 'price',
    parent: null,
    version: row.price_version,
    state: row.listing_state,
    cells: Object.fromEntries(Object.entries(cellsOf(priced, refs)).filter(([key]) => shown.has(key))),
    locked,
    allowed: allowedOf(priced, user),
    edited: editedOf(row, user),
  };
}

function editedOf({ listing_state: state }: PriceRow, user: User): TableRow['edited'] {
  if (!isStaff(user)) return { to: null, why: forStaff };
  return { to: state === 'LIVE' ? 'UPDATE' : state, why: null };
}

async function refsOf(
  trx: Tx,
  rows: readonly PriceRow[],
): Promise<(row: PriceRow) => { brand: Ref | null; connection: Ref | null }> {
  const labels = await readLabels(trx, { connections: rows.map(({ connection_id }) => connection_id) });
  const brands: Ref[] = await trx('brands')
    .whereIn('id', [...new Set(rows.map(({ brand_id }) => brand_id))])
    .select('id', 'code', 'name');
  const known = new Map(brands.map((brand) => [brand.id, brand]));
  return (row) => ({ brand: known.get(row.brand_id) ?? null, connection: labels.connection(row.connection_id) });
}

/** What becomes of each changed cell, before anything is written. */
function compared(priced: Priced, edit: EditRow, history: Parameters<typeof presentOf>[0]): FieldOutcome[] {
  const now = comparableCells(priced);
  return changesOf(edit).map(([key, given, keep]) => {
    const read = key === 'price' ? priceChange(priced) : otherChange(priced, key);
    const present = presentOf(history, edit.version, now[key] ?? null, read);
    const outcome = compareField({ key, given, parsed: parsed(priced.row, key, given), present, keep });
    return key === 'price' && outcome.outcome === 'conflict'
      ? { ...outcome, why: conflictSentence(priced, outcome) }
      : outcome;
  });
}

function parsed(row: PriceRow, key: string, given: unknown): Parsed {
  const field = fieldOf.get(key);
  if (!field) return { ok: false, why: `There is no column ${key}.` };
  const shape = field.parse(given);
  if (!shape.ok || shape.value === null || (key !== 'price' && key !== 'cost')) return shape;
  return priceIn(shape.value, key === 'price' ? row.currency : row.base_currency);
}

async function saveOne(
  trx: Tx,
  priced: Priced,
  edit: EditRow,
  history: Parameters<typeof presentOf>[0],
  editor: TableEditor,
): Promise<RowOutcome> {
  const { row } = priced;
  const id = row.id;
  const own = { ...editor.command, commandId: `${editor.command.commandId}/price/${id}` };
  if (!isStaff(editor.user))
    return refusedRow(edit, 'Forbidden', forStaff, { state: row.listing_state, version: row.price_version });
  if (edit.version > row.price_version) {
    const why = `There is no version ${edit.version} yet: it is at ${row.price_version}.`;
    return refusedRow(edit, 'VersionConflict', why, { state: row.listing_state, version: row.price_version });
  }
  const fields = await saveRow(trx, priced, compared(priced, edit, history), own);
  const [after] = await readPriceRows(trx, [id], { lock: false });
  return {
    id: edit.id,
    entity: id,
    outcome: rowOutcomeOf(fields),
    from: row.listing_state,
    to: after?.listing_state ?? row.listing_state,
    version: after?.price_version ?? row.price_version,
    code: null,
    why: null,
    fields,
    follows: [],
  };
}

/** One row per SKU and marketplace: how its price comes about, and the price that a person sets. */
export const priceTable: TableAdapter = {
  table: 'prices',
  columns: (user) => columnsFor(isStaff(user)),

  async read(trx, query, { user }) {
    const filter = {
      brand: query.brand,
      connection: query.connection,
      q: query.q,
      ids: query.ids?.split(','),
      troubled: query.findings,
    };
    const rows = priceRowsQuery(trx, { ...filter, state: query.state?.split(',') }).select('ls.id');
    const { items, next } = await readTablePage<{ id: string }>(rows, sorting, query);
    const states = query.cursor === undefined ? await countStates(priceRowsQuery(trx, filter), 'l') : null;
    await riseToStaff(trx);
    const priced = await pricedRows(
      trx,
      items.map(({ id }) => id),
      false,
    );
    const refs = await refsOf(
      trx,
      [...priced.values()].map(({ row }) => row),
    );
    const shown = items.flatMap(({ id }) => {
      const found = priced.get(id);
      const one = found && !isStaff(user) ? { ...found, row: asBrandSees(found.row) } : found;
      return one ? [rowOf(one, user, refs(one.row))] : [];
    });
    return { rows: shown, next, states };
  },

  async save(trx, rows, editor) {
    const ids = rows.map(({ id }) => entityOf(id)).filter((id) => /^[0-9a-f-]{36}$/.test(id));
    const visible: string[] = await trx('listing_skus').whereIn('id', ids).orderBy('id').pluck('id');
    await riseToStaff(trx);
    // Listings before their prices, everywhere: an approval locks in the same order.
    await trx('listings')
      .whereIn('id', trx('listing_skus').whereIn('id', visible).select('listing_id'))
      .orderBy('id')
      .forNoKeyUpdate()
      .select('id');
    const priced = await pricedRows(trx, visible, true);
    const history = await priceChangesSince(
      trx,
      rows.map(({ id, version }) => ({ id: entityOf(id), version })).filter(({ id }) => priced.has(id)),
    );
    const outcomes = new Map<string, RowOutcome>();
    const ordered = [...rows].sort((a, b) => (entityOf(a.id) < entityOf(b.id) ? -1 : 1));
    for (const edit of ordered) {
      const one = priced.get(entityOf(edit.id));
      const outcome = one
        ? await saveOne(trx, one, edit, history.get(one.row.id) ?? [], editor)
        : refusedRow(edit, 'NotFound', `There is no price ${edit.id}.`);
      outcomes.set(edit.id, outcome);
    }
    return rows.map((edit) => outcomes.get(edit.id) ?? refusedRow(edit, 'NotFound', `There is no price ${edit.id}.`));
  },
};
