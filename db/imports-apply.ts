import { machines } from '../state-machines/index.ts';
import { begin, decide, type MachineDefinition } from '../state-machines/kit.ts';
import type { Tx } from './database.ts';
import { type ImportRow, lockImport } from './imports.ts';
import { differenceSql, ofProduct, plainSkuColumns } from './imports-diff.ts';
import type { Command } from './steps.ts';

/** Rows of one transaction: few enough to be short, many enough that a statement's own cost does not count. */
export const applyRows = 5_000;

export interface Applied {
  readonly rows: number;
  readonly more: boolean;
}

const definition = machines.product as MachineDefinition;

/**
 * Applies the next rows of a confirmed import: products and SKUs, levels, history, what is known about each SKU and what
 * the undo needs, together with how far it has come. Killed in the middle, nothing of it happened.
 */
export async function applyChunk(trx: Tx, importId: string, command: Command): Promise<Applied> {
  const row = await lockImport(trx, importId);
  if (row?.phase !== 'applying') return { rows: 0, more: false };
  const own = { ...command, commandId: `import/${importId}/${row.applied_row}`, role: 'connector' as const };
  const last = await takeRows(trx, row);
  if (last === null) {
    await trx('imports').where({ id: importId }).update({ phase: 'listing' });
    return { rows: 0, more: false };
  }
  await makeProducts(trx, row, own);
  await makeSkus(trx, own);
  await changeSkus(trx, own);
  await stepProducts(trx, own);
  await moveLevels(trx, importId, own);
  await remember(trx, row);
  await trx('imports')
    .where({ id: importId })
    .update({ applied_row: last.rowNumber, applied: trx.raw('applied + ?', [last.rows]) });
  return { rows: last.rows, more: true };
}

/** The next rows into a table of this transaction, compared once more: what was shown may have changed meanwhile. */
async function takeRows(trx: Tx, row: ImportRow): Promise<{ rowNumber: number; rows: number } | null> {
  await trx.raw(
    `create temp table import_now on commit drop as
     with r as materialized (
       select * from import_rows where import_id = ? and row_number > ? and outcome in ('new', 'changed')
       order by row_number limit ?)
     select r.*, coalesce(r.parent, r.sku) as product_key, s.id as sku_id, s.product_id, s.id is null as is_new,
       case when s.id is not null then ${differenceSql('r')} -> 'changes' end as real
     from r left join skus s on s.brand_id = r.brand_id and s.sku = r.sku left join products p on p.id = s.product_id`,
    [row.id, row.applied_row, applyRows],
  );
  // A level from before a sale or a return that we know of is not believed.
  await trx.raw(
    `update import_now n set real = real - 'on_hand' where jsonb_exists(real, 'on_hand') and exists (
       select 1 from stock_movements m where m.sku_id = n.sku_id and m.id > ?
         and m.kind in ('CONSUME', 'RESTOCK', 'ADJUST'))`,
    [row.ledger_mark],
  );
  const { rows } = await trx.raw('select count(*)::int as rows, max(row_number) as last from import_now');
  return rows[0].rows === 0 ? null : { rowNumber: rows[0].last, rows: rows[0].rows };
}

/** Products that no SKU and no row before has: one for each key, with what its rows say first. */
async function makeProducts(trx: Tx, row: ImportRow, command: Command): Promise<void> {
  const { state, followUps } = begin(definition, {});
  if (followUps.length > 0)
    throw new Error(`a new product calls for ${followUps.join(', ')}, which imports do not perform`);
  // A look-up for each row: without statistics about a table of this transaction a join may be planned as a product of both.
  await trx.raw(
    `update import_now n set product_id = (select p.id from products p
       where p.brand_id = n.brand_id and p.store_connection_id is null and p.external_id = n.product_key)
     where n.product_id is null`,
  );
  const first = (column: string): string =>
    `(array_agg(${column} order by row_number) filter (where ${column} is not null))[1]`;
  await trx.raw(
    `create temp table import_products on commit drop as
     select uuidv7() as id, product_key, ${[...ofProduct].map((column) => `${first(column)} as ${column}`).join(', ')}
     from import_now where product_id is null and is_new group by product_key`,
  );
  await trx.raw(
    `insert into products (id, brand_id, external_id, title, description_html, category, attributes, images, created_at)
     select id, ?, product_key, coalesce(title, product_key), coalesce(description_html, ''), category,
       coalesce(attributes, '{}'), coalesce(images, '[]'), ? from import_products`,
    [row.brand_id, command.at],
  );
  await trx.raw(
    'update import_now n set product_id = p.id from import_products p where n.product_id is null and n.product_key = p.product_key',
  );
  await recordSteps(
    trx,
    `select id, '' as "from", ?::text as "to", 'CREATE' as event, 0 as version, '{}'::jsonb as changed
    from import_products`,
    [state],
    command,
  );
}

async function makeSkus(trx: Tx, command: Command): Promise<void> {
  const columns = plainSkuColumns.filter((column) => !['currency', 'option_values'].includes(column));
  await trx.raw(
    `insert into skus (id, brand_id, product_id, sku, option_values, currency, ${columns.join(', ')}, on_hand, stock_seen_at, created_at)
     select uuidv7(), n.brand_id, n.product_id, n.sku, coalesce(n.option_values, '[]'), coalesce(n.currency, b.currency),
       ${columns.map((column) => `n.${column}`).join(', ')}, coalesce(n.on_hand, 0),
       case when n.on_hand is not null then ?::timestamptz end, ?
     from import_now n join brands b on b.id = n.brand_id where n.is_new`,
    [command.at, command.at],
  );
  await trx.raw(
    `update import_now n set sku_id = (select s.id from skus s where s.brand_id = n.brand_id and s.sku = n.sku)
     where n.is_new`,
  );
}

async function changeSkus(trx: Tx, command: Command): Promise<void> {
  const set = [...plainSkuColumns, 'on_hand'].map(
    (column) => `${column} = case when jsonb_exists(n.real, '${column}') then n.${column} else s.${column} end`,
  );
  await trx.raw(
    `update skus s set ${set.join(', ')},
       stock_seen_at = case when n.on_hand is not null then ?::timestamptz else s.stock_seen_at end,
       gone_at = case when n.gone then coalesce(s.gone_at, ?::timestamptz) when n.gone = false then null else s.gone_at end
     from import_now n where s.id = n.sku_id and not n.is_new and n.real <> '{}'`,
    [command.at, command.at],
  );
}

/** Existing products of which something other than a level changed: the same step as when a shop reports a change. */
async function stepProducts(trx: Tx, command: Command): Promise<void> {
  await trx.raw(
    `create temp table import_changes on commit drop as
     select n.product_id as id,
       jsonb_object_agg(case when e.key = any(?::text[]) then e.key else n.sku || '.' || e.key end, e.value) as changed
     from import_now n, jsonb_each(n.real) e
     where not n.is_new and e.key <> 'on_hand' group by n.product_id
     union all
     select n.product_id, jsonb_build_object('skus', jsonb_build_array(null, to_jsonb(array_agg(n.sku order by n.row_number))))
     from import_now n where n.is_new and not exists (select 1 from import_products f where f.id = n.product_id)
     group by n.product_id`,
    [[...ofProduct]],
  );
  const { rows } = await trx.raw('select distinct p.state from products p join import_changes c on c.id = p.id');
  const states = Object.fromEntries(
    (rows as { state: string }[]).map(({ state }) => {
      const decision = decide(definition, state, {}, { type: 'CHANGED_IN_SHOP' }, 'connector');
      if (!decision.ok) throw new Error(`a product in ${state} cannot change: ${decision.why}`);
      return [state, decision.to];
    }),
  );
  if (rows.length === 0) return;
  await trx.raw('select 1 from products p join import_changes c on c.id = p.id order by p.id for no key update of p');
  const value = (column: string): string =>
    `${column} = case when jsonb_exists(n.real, '${column}') then n.${column} else p.${column} end`;
  const titled = ofProduct.map((column) =>
    column === 'title' || column === 'description_html'
      ? `${column} = case when jsonb_exists(n.real, '${column}') then coalesce(n.${column}, '') else p.${column} end`
      : value(column),
  );
  await trx.raw(
    `update products p set ${titled.join(', ')}
     from import_now n where n.product_id = p.id and not n.is_new and n.leads
       and jsonb_exists_any(n.real, ?::text[])`,
    [[...ofProduct]],
  );
  await trx.raw(
    `update products p set gone_at = case
       when exists (select 1 from skus s where s.product_id = p.id and s.gone_at is null) then null else ?::timestamptz end
     from import_changes c where c.id = p.id`,
    [command.at],
  );
  await recordSteps(
    trx,
    `select p.id, p.state as "from", ?::jsonb ->> p.state as "to", 'CHANGED_IN_SHOP' as event, p.version,
       coalesce((select jsonb_object_agg(e.key, e.value) from import_changes c, jsonb_each(c.changed) e where c.id = p.id), '{}') as changed
     from products p where p.id in (select id from import_changes)`,
    [JSON.stringify(states)],
    command,
  );
}

/** Hands steps to the one function that changes states; `source` gives id, from, to, event, version and changed. */
async function recordSteps(trx: Tx, source: string, bindings: readonly string[], command: Command): Promise<void> {
  await trx.raw(
    `with s as materialized (${source})
     select record_steps((select jsonb_agg(jsonb_build_object('machine', 'product', 'id', s.id, 'from', s."from", 'to', s."to",
         'event', s.event, 'version', s.version, 'changed', s.changed, 'command_id', ?::text || '/' || s.id, 'actor', ?::text,
         'role', ?::text, 'why', ?::text, 'correlation_id', ?::text, 'at', ?::timestamptz)) from s), '[]'::jsonb)
     where exists (select 1 from s)`,
    [
      ...bindings,
      command.commandId,
      command.actor,
      command.role,
      command.why ?? null,
      command.correlationId ?? null,
      command.at,
    ],
  );
}

async function moveLevels(trx: Tx, importId: string, command: Command): Promise<void> {
  await trx.raw(
    `insert into stock_movements (brand_id, sku_id, kind, quantity, on_hand_after, reserved_after, reason, command_id, at)
     select s.brand_id, s.id, 'LEVEL', s.on_hand, s.on_hand, s.reserved, 'import', ?::text || '/' || n.row_number || '/stock', ?
     from import_now n join skus s on s.id = n.sku_id
     where n.on_hand is not null and (n.is_new or jsonb_exists(n.real, 'on_hand'))
     order by n.row_number`,
    [`import/${importId}`, command.at],
  );
}

async function remember(trx: Tx, row: ImportRow): Promise<void> {
  await trx.raw(
    `insert into import_effects (import_id, row_number, brand_id, sku_id, product_id, changes)
     select import_id, row_number, brand_id, sku_id, product_id, case when not is_new then real end
     from import_now where is_new or real <> '{}'`,
  );
  if (row.kind === 'undo') {
    // What the file said holds no longer: the same file again is compared with what there is.
    await trx.raw('delete from import_skus k using import_now n where k.brand_id = n.brand_id and k.sku = n.sku');
    return;
  }
  await trx.raw(
    `insert into import_skus (brand_id, sku, parent, row_hash, content_hash, reading_hash, import_id)
     select brand_id, sku, parent, row_hash, content_hash, ?::uuid, import_id from import_now
     on conflict (brand_id, sku) do update set parent = excluded.parent, row_hash = excluded.row_hash,
       content_hash = excluded.content_hash, reading_hash = excluded.reading_hash, import_id = excluded.import_id`,
    [row.reading_hash],
  );
}
