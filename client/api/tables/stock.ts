import type { Tx } from '../../../db/database.ts';
import { priceRowsQuery } from '../../../db/prices-table.ts';
import { readLabels } from '../../../db/queries/labels.ts';
import { riseToStaff } from '../../../db/queries/rise.ts';
import { type OfferRow, readSkuOffers, type SkuOffers } from '../../../db/stock-offers.ts';
import { changeRules, readRules, ruleChangesSince, type StockRules } from '../../../db/stock-rules.ts';
import type { User } from '../../../db/users.ts';
import type { Ref } from '../schemas/common.ts';
import type { EditRow, FieldOutcome, RowOutcome, TableRow } from '../schemas/tables.ts';
import type { TableAdapter, TableEditor } from './adapter.ts';
import { changesOf, columnChange, compareField, presentOf, type Since } from './compare.ts';
import { entityOf, refusedRow, rowOutcomeOf } from './outcomes.ts';
import { countStates, readTablePage, type SortKey } from './paging.ts';
import { stockColumns, stockFieldOf } from './stock-columns.ts';

const isStaff = ({ role }: User): boolean => role !== 'brand';
const forStaff = 'What marketplaces are offered is set by the marketplace team.';

const sorting = {
  alias: 'ls',
  keys: { sku: { sql: 'ls.seller_sku', type: 'text' } satisfies SortKey },
  otherwise: 'sku',
} as const;

interface Stocked {
  readonly row: OfferRow & { readonly stock_version: number; readonly brand_id: string };
  readonly sku: SkuOffers;
  readonly rules: StockRules;
  readonly listing: { readonly state: string; readonly title: string };
}

/** The rows with everything that their cells show; with `lock` their SKUs are locked in the order of ids. */
async function stockedRows(trx: Tx, ids: readonly string[], at: Date, lock: boolean): Promise<Map<string, Stocked>> {
  const named = await trx('listing_skus')
    .join('listings', 'listings.id', 'listing_skus.listing_id')
    .whereIn('listing_skus.id', [...ids])
    .select('listing_skus.id', 'listing_skus.sku_id', 'listings.state', 'listings.title');
  const skus = await readSkuOffers(
    trx,
    named.map(({ sku_id }) => sku_id),
    at,
    { lock },
  );
  const rules = await readRules(trx, ids);
  return new Map(
    named.flatMap(({ id, sku_id, state, title }) => {
      const sku = skus.find(({ skuId }) => skuId === sku_id);
      const row = sku?.rows.find((offer) => offer.id === id) as Stocked['row'] | undefined;
      const own = rules.get(id);
      return sku && row && own ? [[id, { row, sku, rules: own, listing: { state, title } }] as const] : [];
    }),
  );
}

const plainRules = ({ until, ...rules }: StockRules): Record<string, unknown> => ({
  ...rules,
  until: until?.toISOString() ?? null,
});

const stageWords = { frozen: 'last known', half: 'shrunk', zero: 'shrunk, few units not offered' } as const;

function degradedOf({ facts: { stale } }: SkuOffers): string | null {
  return stale ? `${stale.incident}: ${stageWords[stale.stage]}, since ${stale.since.toISOString()}` : null;
}

function cellsOf(stocked: Stocked, refs: { brand: Ref | null; connection: Ref | null }): Record<string, unknown> {
  const { row, sku, rules, listing } = stocked;
  return {
    sku: row.seller_sku,
    listing: listing.title,
    brand: refs.brand,
    connection: refs.connection,
    state: listing.state,
    onHand: sku.facts.onHand,
    reserved: sku.facts.reserved,
    degraded: degradedOf(sku),
    available: sku.plan.available,
    holds: sku.plan.explain.at(-1) ?? sku.plan.policy,
    ...plainRules(rules),
    desired: row.stock_desired,
    acknowledged: row.stock_acknowledged,
    seen: row.stock_seen,
    inFlight: row.stock_attempted,
  };
}

function rowOf(stocked: Stocked, user: User, refs: { brand: Ref | null; connection: Ref | null }): TableRow {
  const { row, listing } = stocked;
  return {
    id: row.id,
    entity: row.id,
    kind: 'stock',
    parent: null,
    version: row.stock_version,
    state: listing.state,
    cells: cellsOf(stocked, refs),
    locked: isStaff(user) ? {} : { '*': forStaff },
    allowed: [],
    // Stock is offered at once: no state changes with it.
    edited: isStaff(user) ? { to: listing.state, why: null } : { to: null, why: forStaff },
  };
}

const exceptional = new Set(['adjust', 'cap', 'reason', 'until']);

/** What becomes of each changed cell, before anything is written. */
function compared(stocked: Stocked, edit: EditRow, history: readonly Since[], editor: TableEditor): FieldOutcome[] {
  const now = plainRules(stocked.rules);
  const fields = changesOf(edit).map(([key, given, keep]) => {
    const present = presentOf(history, edit.version, now[key] ?? null, columnChange(key));
    const parsed = stockFieldOf.get(key)?.parse(given) ?? ({ ok: false, why: `There is no column ${key}.` } as const);
    return compareField({ key, given, parsed, present, keep });
  });
  const why = unsound(stocked.rules, fields, editor);
  return why === null
    ? fields
    : fields.map((field) =>
        field.outcome === 'saved' && exceptional.has(field.key) ? { ...field, outcome: 'refused', why } : field,
      );
}

/** An exception has a reason and ends in the future; without one there is nothing to give a reason for. */
function unsound(rules: StockRules, fields: readonly FieldOutcome[], { command }: TableEditor): string | null {
  const saved = new Map(fields.filter(({ outcome }) => outcome === 'saved').map(({ key, yours }) => [key, yours]));
  if (![...saved.keys()].some((key) => exceptional.has(key))) return null;
  const value = (key: 'adjust' | 'cap' | 'reason'): unknown => (saved.has(key) ? saved.get(key) : rules[key]);
  const isException = (value('adjust') ?? null) !== null || (value('cap') ?? null) !== null;
  const wantsWords = (saved.get('reason') ?? null) !== null || (saved.get('until') ?? null) !== null;
  if (!isException) return wantsWords ? 'There is no adjustment and no cap that this could belong to.' : null;
  if (!(value('reason') ?? command.why)) return 'An adjustment or a cap needs a reason.';
  const until = saved.get('until');
  if (typeof until === 'string' && new Date(until) <= command.at) return `${until} is over.`;
  return null;
}

async function saveOne(trx: Tx, stocked: Stocked, edit: EditRow, history: readonly Since[], editor: TableEditor) {
  const { row, listing } = stocked;
  const place = { state: listing.state, version: row.stock_version };
  if (!isStaff(editor.user)) return refusedRow(edit, 'Forbidden', forStaff, place);
  if (edit.version > row.stock_version) {
    const why = `There is no version ${edit.version} yet: it is at ${row.stock_version}.`;
    return refusedRow(edit, 'VersionConflict', why, place);
  }
  const fields = compared(stocked, edit, history, editor);
  const saved = fields.filter(({ outcome }) => outcome === 'saved');
  if (saved.length > 0) {
    const changes = Object.fromEntries(
      saved.map(({ key, yours }) => [key, key === 'until' && typeof yours === 'string' ? new Date(yours) : yours]),
    );
    const own = { ...editor.command, commandId: `${editor.command.commandId}/stock/${row.id}` };
    await changeRules(trx, row.id, changes as Partial<StockRules>, own);
  }
  const after = await trx('listing_skus').where({ id: row.id }).first('stock_version');
  const outcome: RowOutcome = {
    id: edit.id,
    entity: row.id,
    outcome: rowOutcomeOf(fields),
    from: listing.state,
    to: listing.state,
    version: after.stock_version,
    code: null,
    why: null,
    fields,
    follows: [],
  };
  return outcome;
}

/** One row per SKU and marketplace: what it is offered, why, and the rules that people set. */
export const stockTable: TableAdapter = {
  table: 'stock',
  columns: (user) => stockColumns(isStaff(user)),

  async read(trx, query, { user, at }) {
    const filter = { brand: query.brand, connection: query.connection, q: query.q, ids: query.ids?.split(',') };
    const rows = (states?: readonly string[]) =>
      priceRowsQuery(trx, { ...filter, state: states }).modify((narrowed) => {
        if (query.findings)
          narrowed.whereRaw(
            '(not ls.stock_confirmed or ls.stock_desired is distinct from ls.stock_low or ls.last_error is not null)',
          );
      });
    const page = rows(query.state?.split(',')).select('ls.id');
    const { items, next } = await readTablePage<{ id: string }>(page, sorting, query);
    const states = query.cursor === undefined ? await countStates(rows(), 'l') : null;
    await riseToStaff(trx);
    const stocked = await stockedRows(
      trx,
      items.map(({ id }) => id),
      at,
      false,
    );
    const refs = await refsOf(trx, [...stocked.values()]);
    const shown = items.flatMap(({ id }) => {
      const one = stocked.get(id);
      return one ? [rowOf(one, user, refs(one))] : [];
    });
    return { rows: shown, next, states };
  },

  async save(trx, rows, editor) {
    const ids = rows.map(({ id }) => entityOf(id)).filter((id) => /^[0-9a-f-]{36}$/.test(id));
    const visible: string[] = await trx('listing_skus').whereIn('id', ids).orderBy('id').pluck('id');
    await riseToStaff(trx);
    await stockedRows(trx, visible, editor.at, true);
    const seen = rows
      .map(({ id, version }) => ({ id: entityOf(id), version }))
      .filter(({ id }) => visible.includes(id));
    const history = await ruleChangesSince(trx, seen);
    const outcomes: RowOutcome[] = [];
    for (const edit of rows) {
      // Read again for each: rows of one SKU share its rules, and an earlier row of this edit may have changed them.
      const id = entityOf(edit.id);
      const one = visible.includes(id) ? (await stockedRows(trx, [id], editor.at, false)).get(id) : undefined;
      outcomes.push(
        one
          ? await saveOne(trx, one, edit, history.get(id) ?? [], editor)
          : refusedRow(edit, 'NotFound', `There is no stock ${edit.id}.`),
      );
    }
    return outcomes;
  },
};

async function refsOf(
  trx: Tx,
  all: readonly Stocked[],
): Promise<(one: Stocked) => { brand: Ref | null; connection: Ref | null }> {
  const labels = await readLabels(trx, { connections: all.map(({ row }) => row.connection_id) });
  const brands: Ref[] = await trx('brands')
    .whereIn('id', [...new Set(all.map(({ row }) => row.brand_id))])
    .select('id', 'code', 'name');
  const known = new Map(brands.map((brand) => [brand.id, brand]));
  return ({ row }) => ({ brand: known.get(row.brand_id) ?? null, connection: labels.connection(row.connection_id) });
}
