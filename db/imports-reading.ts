import type { ReadingState } from '../imports/file-reader.ts';
import type { Tx } from './database.ts';
import { copyInto } from './imports-copy.ts';
import { differenceSql, valueColumns } from './imports-diff.ts';

/** Columns of a batch in the order in which its lines are written. */
export const batchColumns = [
  'row_number',
  'line',
  'line_count',
  'byte_from',
  'byte_length',
  'row_hash',
  'content_hash',
  'outcome',
  'question',
  'findings',
  'sku',
  'parent',
  ...valueColumns,
  'clears',
] as const;

const types: Partial<Record<(typeof batchColumns)[number], string>> = {
  row_number: 'int',
  line: 'int',
  line_count: 'int',
  byte_from: 'bigint',
  byte_length: 'int',
  row_hash: 'uuid',
  content_hash: 'uuid',
  findings: 'jsonb',
  attributes: 'jsonb',
  images: 'jsonb',
  option_values: 'jsonb',
  price_minor: 'bigint',
  sale_price_minor: 'bigint',
  on_hand: 'int',
  weight_grams: 'int',
  length_mm: 'int',
  width_mm: 'int',
  height_mm: 'int',
  clears: 'text[]',
};

/** From here on a price is asked about: ten times what it was, or a tenth. */
export const priceJump = 10;

const carried = batchColumns.filter((column) => !['outcome', 'question', 'findings', 'row_number'].includes(column));

const finding = (
  code: string,
  field: string,
  value: string,
  reason: string,
  remedy: string,
  blocking: boolean,
): string =>
  `jsonb_build_array(jsonb_build_object('code', '${code}', 'field', '${field}', 'column', null, 'value', ${value},
    'reason', ${reason}, 'remedy', '${remedy}', 'blocking', ${blocking}))`;

/**
 * Takes a batch over: compared with what is known, each row gets its outcome in the moment in which it is stored. Bindings:
 * import, brand, price-jump answer. `compared` is materialized because its difference is named many times further on and
 * would be worked out each time; conditions stand inside the look-ups, so that known records look nothing up.
 */
const compareSql = `
with given as materialized (select ?::uuid as import_id, ?::uuid as brand_id, ?::text as jump),
numbered as (
  select b.*,
    row_number() over (partition by b.sku order by b.row_number) as nth,
    first_value(b.line) over (partition by b.sku order by b.row_number) as first_line,
    row_number() over (partition by b.parent order by b.row_number) as parent_nth
  from import_batch b),
known as (
  select n.*, given.import_id, given.brand_id, given.jump,
    case when n.sku is not null and n.nth > 1 then n.first_line else earlier.line end as earlier_line,
    n.parent is null or (n.parent_nth = 1 and not exists (
      select 1 from import_rows e where e.import_id = given.import_id and e.parent = n.parent)) as leads,
    n.outcome = 'good' and k.content_hash = n.content_hash as says_the_same
  from numbered n cross join given
  left join lateral (select e.line from import_rows e
    where e.import_id = given.import_id and e.sku = n.sku order by e.row_number limit 1) earlier on true
  left join lateral (select k.content_hash from import_skus k
    where n.outcome = 'good' and k.brand_id = given.brand_id and k.sku = n.sku limit 1) k on true),
compared as materialized (
  select r.*, s.id as sku_id, s.price_minor as old_price, s.currency as old_currency,
    case when s.id is not null and r.outcome = 'good' and r.says_the_same is not true and r.earlier_line is null
      then ${differenceSql('r')} end as difference
  from (select known.*, false as gone from known) r
  left join lateral (select s.* from skus s
    where r.outcome = 'good' and s.brand_id = r.brand_id and s.sku = r.sku limit 1) s on true
  left join products p on p.id = s.product_id),
judged as (
  select c.*,
    c.sku_id is null and c.title is null and c.parent is null as is_nameless,
    jsonb_exists(c.difference -> 'changes', 'price_minor') and c.currency = c.old_currency
      and (c.price_minor >= ${priceJump} * c.old_price or c.price_minor * ${priceJump} <= c.old_price) as jumps
  from compared c),
decided as (
  select j.*, case
    when j.earlier_line is not null then 'duplicate'
    when j.outcome <> 'good' then j.outcome
    when j.says_the_same then 'unchanged'
    when j.is_nameless then 'refused'
    when j.sku_id is null then 'new'
    when j.jumps and j.jump is null then 'held'
    when j.jumps and j.jump = 'refuse' then 'refused'
    when j.difference -> 'changes' = '{}' then 'unchanged'
    else 'changed' end as final
  from judged j)
insert into import_rows (import_id, brand_id, row_number, ${carried.join(', ')}, leads, gone, outcome, question, findings, changes, kept)
select import_id, brand_id, row_number, ${carried.join(', ')}, leads,
  case when final in ('new', 'changed') then false end, final,
  case when final = 'held' then case when jumps then 'price-jump' else question end end,
  case
    when final = 'duplicate' then coalesce(findings, '[]') || ${finding('duplicate', 'sku', 'sku', "format('The SKU is on line %s already; the first one counts.', earlier_line)", 'Give every SKU one row.', true)}
    when outcome = 'good' and is_nameless and final = 'refused' then coalesce(findings, '[]') || ${finding('no-title', 'title', 'null', "'A new product has no title.'", 'Give it a title.', true)}
    when outcome = 'good' and jumps and final in ('held', 'refused') then coalesce(findings, '[]') || ${finding('price-jump', 'price', 'price_minor::text', "format('The price was %s minor units and would be %s.', old_price, price_minor)", 'Say whether such prices are right, or correct them.', true)}
    else findings end,
  case when final in ('changed', 'held') then difference -> 'changes' end,
  case when final in ('changed', 'held', 'unchanged') and difference -> 'kept' <> '[]'
    then array(select jsonb_array_elements_text(difference -> 'kept')) end
from decided
order by row_number`;

/** SKUs by the hash of the record that stated them, as far as the same reading took them over before. */
export async function knownRecords(
  trx: Tx,
  input: { brandId: string; readingHash: string; rowHashes: readonly string[] },
): Promise<Map<string, { sku: string; parent: string | null }>> {
  const { rows } = await trx.raw<{ rows: { row_hash: string; sku: string; parent: string | null }[] }>(
    `select k.row_hash, k.sku, k.parent from unnest(?::uuid[]) as h(hash)
     join import_skus k on k.brand_id = ? and k.row_hash = h.hash where k.reading_hash = ?`,
    [[...input.rowHashes], input.brandId, input.readingHash],
  );
  return new Map(rows.map(({ row_hash, sku, parent }) => [row_hash, { sku, parent }]));
}

/** Whether any file of the brand was applied under this reading: only then records can be known. */
export async function hasKnownRecords(trx: Tx, brandId: string, readingHash: string): Promise<boolean> {
  const row = await trx('import_skus').where({ brand_id: brandId, reading_hash: readingHash }).first('sku');
  return row !== undefined;
}

export class ReadingMoved extends Error {
  override readonly name = 'ReadingMoved';
}

/**
 * Stores one batch together with where the reading stands after it: there is no moment at which one is true without the
 * other. @throws ReadingMoved when somebody else has read on, or asked for a new reading, meanwhile.
 */
export async function storeBatch(
  trx: Tx,
  input: {
    importId: string;
    brandId: string;
    readingHash: string;
    from: ReadingState;
    to: ReadingState;
    lines: readonly string[];
    rows: number;
    priceJumpAnswer: string | null;
  },
): Promise<void> {
  const { importId, from, to } = input;
  const row = await trx('imports')
    .where({ id: importId })
    .forNoKeyUpdate()
    .first('phase', 'reading_state', 'reading_hash');
  if (row?.phase !== 'reading' || row.reading_hash !== input.readingHash || row.reading_state.offset !== from.offset)
    throw new ReadingMoved(`import ${importId} is no longer read at ${from.offset}`);
  if (input.rows > 0) {
    const columns = batchColumns.map((column) => `${column} ${types[column] ?? 'text'}`).join(', ');
    await trx.raw(`create temp table import_batch (${columns}) on commit drop`);
    await copyInto(trx, 'import_batch', batchColumns, input.lines);
    await trx.raw(compareSql, [importId, input.brandId, input.priceJumpAnswer]);
  }
  await trx('imports')
    .where({ id: importId })
    .update({ reading_state: JSON.stringify(to), read_rows: trx.raw('read_rows + ?', [input.rows]) });
}
