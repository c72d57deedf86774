import type { Tx } from './database.ts';
import type { ImportRow } from './imports.ts';
import { wakeImport } from './imports.ts';
import { ofProduct, valueColumns } from './imports-diff.ts';
import type { Command } from './steps.ts';
import { ledgerMark } from './stock.ts';

/** Begins the undo of an applied import: an import of its own, shown before anything is written. */
export async function beginUndo(trx: Tx, of: ImportRow, id: string, command: Command): Promise<void> {
  await trx('imports').insert({
    id,
    brand_id: of.brand_id,
    kind: 'undo',
    undo_of: of.id,
    file_name: of.file_name,
    phase: 'reading',
    ledger_mark: await ledgerMark(trx),
    command_id: command.commandId,
    uploaded_by: command.actor,
    uploaded_at: command.at,
  });
  await wakeImport(trx, id, command);
}

const jsonColumns = new Set(['attributes', 'images', 'option_values']);
const numberColumns: Readonly<Record<string, string>> = {
  price_minor: 'bigint',
  sale_price_minor: 'bigint',
  on_hand: 'int',
  weight_grams: 'int',
  length_mm: 'int',
  width_mm: 'int',
  height_mm: 'int',
};

/** The value before, of a field that still has the value which the import gave it. */
function before(column: string): string {
  const value = jsonColumns.has(column)
    ? `nullif(back -> '${column}' -> 0, 'null')`
    : `(back -> '${column}' ->> 0)${numberColumns[column] ? `::${numberColumns[column]}` : ''}`;
  return `${value} as ${column}`;
}

/**
 * Makes the rows of an undo from what the import did: fields that still have its value get the one before; SKUs that it
 * made are offered no longer, unless a later file has taken them up. What somebody has changed since is named and stays.
 */
export async function planUndo(trx: Tx, row: ImportRow): Promise<void> {
  const present = [
    ...ofProduct.map((column) => ['p', column]),
    ...valueColumns.filter((column) => !ofProduct.includes(column)).map((column) => ['s', column]),
  ]
    .map(([table, column]) => `'${column}', to_jsonb(${table}.${column})`)
    .join(', ');
  await trx('import_rows').where({ import_id: row.id }).delete();
  await trx.raw(
    `insert into import_rows (import_id, brand_id, row_number, line, line_count, byte_from, byte_length, row_hash, outcome, findings,
       sku, leads, gone, ${valueColumns.join(', ')}, clears, changes)
     with effect as (
       select e.row_number, e.changes, r.line, r.line_count, r.byte_from, r.byte_length, r.row_hash, s.sku, s.gone_at,
         k.import_id is distinct from e.import_id as taken_up,
         jsonb_build_object(${present}, 'gone', to_jsonb(s.gone_at is not null)) as present
       from import_effects e
       join import_rows r on r.import_id = e.import_id and r.row_number = e.row_number
       join skus s on s.id = e.sku_id join products p on p.id = e.product_id
       left join import_skus k on k.brand_id = e.brand_id and k.sku = s.sku
       where e.import_id = ?),
     sorted as (
       select e.*,
         case when e.changes is null then
             case when e.taken_up or e.gone_at is not null then '{}'::jsonb else '{"gone": [false, true]}'::jsonb end
           else coalesce((select jsonb_object_agg(c.key, c.value) from jsonb_each(e.changes) c
             where e.present -> c.key = c.value -> 1 or (e.present -> c.key = 'null' and c.value -> 1 = 'null')), '{}') end as back,
         case when e.changes is null then case when e.taken_up then array['sku'] end
           else (select array_agg(c.key order by c.key) from jsonb_each(e.changes) c
             where not (e.present -> c.key = c.value -> 1) and e.present -> c.key is distinct from c.value -> 0) end as moved
       from effect e)
     select ?::uuid, ?::uuid, row_number, line, line_count, byte_from, byte_length, row_hash,
       case when back <> '{}' then 'changed' when moved is not null then 'held' else 'unchanged' end,
       case when moved is not null then (select jsonb_agg(jsonb_build_object('code', 'undo-conflict', 'field', m, 'column', null,
           'value', present ->> m, 'reason', 'It was changed since this import; it stays as it is.',
           'remedy', 'Change it by hand if it should go back.', 'blocking', false)) from unnest(moved) m) end,
       sku, true, case when changes is null then true else (back -> 'gone' ->> 0)::boolean end,
       ${valueColumns.map(before).join(', ')},
       (select array_agg(c.key) from jsonb_each(back) c where changes is not null and c.value -> 0 = 'null'),
       case when changes is null then back
         else (select jsonb_object_agg(c.key, jsonb_build_array(c.value -> 1, c.value -> 0)) from jsonb_each(back) c) end
     from sorted`,
    [row.undo_of, row.id, row.brand_id],
  );
}
