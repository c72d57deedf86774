-- Files of brands: kept, read into rows, compared, shown, and only then applied. An undo is an import whose rows come from
-- what another one changed.

create table imports (
  id uuid primary key,
  brand_id uuid not null references brands,
  kind text not null check (kind in ('products', 'undo')),
  undo_of uuid references imports,
  file_name text not null,
  bytes bigint not null default 0,
  sha256 bytea,
  -- uploading → mapping (a person must say what columns mean) → reading → preview → applying → listing → done
  phase text not null check (phase in
    ('uploading', 'mapping', 'reading', 'preview', 'applying', 'listing', 'done', 'discarded', 'failed')),
  -- What the beginning of the file shows: separator, quote, headers, header text, where the data begins.
  probe jsonb,
  mapping jsonb not null default '[]',
  -- {question id: answer}
  answers jsonb not null default '{}',
  -- Where the reading stands, after a whole record; with the segments of encodings so far.
  reading_state jsonb,
  -- Stands for mapping, answers and rules: records of equal bytes read under an equal hash say the same.
  reading_hash uuid,
  read_rows integer not null default 0,
  -- Rows by outcome; read = their sum.
  counts jsonb,
  questions jsonb not null default '[]',
  -- Rows up to this number are applied; rows above are not.
  applied_row integer not null default 0,
  to_apply integer not null default 0,
  applied integer not null default 0,
  -- Where the listings' step stands: the last product that has them.
  listed_product uuid,
  listed integer not null default 0,
  -- The stock ledger's end when the file came: levels are not believed for SKUs that moved since.
  ledger_mark bigint not null,
  -- The same upload command again is the same import.
  command_id text not null unique,
  uploaded_by text not null,
  uploaded_at timestamptz not null,
  confirmed_by text,
  confirmed_at timestamptz,
  finished_at timestamptz,
  error text,
  check ((kind = 'undo') = (undo_of is not null))
);
create index imports_by_brand on imports (brand_id, uploaded_at desc);
create index imports_by_undone on imports (undo_of) where undo_of is not null;

create table import_chunks (
  import_id uuid not null references imports,
  number integer not null check (number >= 0),
  brand_id uuid not null references brands,
  bytes bytea not null,
  primary key (import_id, number)
);
-- Files are read back once or twice; compressing them costs more than it saves.
alter table import_chunks alter column bytes set storage external;

-- One row for each record of the file. A column that is null says nothing about its field, unless `clears` names it.
-- Here and below no foreign keys: rows are written by the hundred thousand in the transaction that holds their import's
-- row, by ids that it has just read or made, and a check for each of them would cost more than the row.
create table import_rows (
  import_id uuid not null,
  row_number integer not null,
  brand_id uuid not null,
  line integer not null,
  line_count integer not null,
  byte_from bigint not null,
  byte_length integer not null,
  row_hash uuid not null,
  content_hash uuid,
  outcome text not null check (outcome in ('new', 'changed', 'unchanged', 'duplicate', 'held', 'refused')),
  question text,
  findings jsonb,
  sku text,
  parent text,
  -- The first row of its product: what products share (title, images, …) is taken from it.
  leads boolean not null,
  title text,
  description_html text,
  category text,
  attributes jsonb,
  images jsonb,
  option_values jsonb,
  price_minor bigint,
  sale_price_minor bigint,
  currency text,
  on_hand integer,
  weight_grams integer,
  length_mm integer,
  width_mm integer,
  height_mm integer,
  barcode text,
  hs_code text,
  origin_country_code text,
  -- The SKU is to be offered no longer; null = nothing is said about it.
  gone boolean,
  clears text[],
  -- {field: [before, after]} as far as known when it was read; what a person owns is in `kept` and stays.
  changes jsonb,
  kept text[],
  primary key (import_id, row_number)
);
create index import_rows_by_sku on import_rows (import_id, sku) where sku is not null;
create index import_rows_by_parent on import_rows (import_id, parent) where parent is not null;

-- What the last applied file said about each SKU: a file that says the same again changes nothing.
create table import_skus (
  brand_id uuid not null,
  sku text not null,
  parent text,
  row_hash uuid,
  content_hash uuid,
  reading_hash uuid,
  import_id uuid not null,
  primary key (brand_id, sku)
);
create index import_skus_by_row on import_skus (brand_id, row_hash) where row_hash is not null;

-- What an import did: the undo's plan. `changes` null = the SKU was made by it.
create table import_effects (
  import_id uuid not null,
  row_number integer not null,
  brand_id uuid not null,
  sku_id uuid not null,
  product_id uuid not null,
  changes jsonb,
  primary key (import_id, row_number)
);
create index import_effects_by_product on import_effects (import_id, product_id);

-- What people of a brand said or confirmed about a column; field null = it is not read.
create table import_columns (
  brand_id uuid not null references brands,
  header_key text not null,
  header text not null,
  field text,
  import_id uuid not null references imports,
  at timestamptz not null,
  primary key (brand_id, header_key)
);

-- Products of files have no shop; within a brand their key is the row's parent, or its SKU.
create unique index products_of_files on products (brand_id, external_id) where store_connection_id is null;

-- A product is written twice in its first transaction: as a row, and with the first entry of its history. With room on its
-- page the second write touches none of the table's indexes.
alter table products set (fillfactor = 50);

do $$
declare
  t text;
begin
  foreach t in array array['imports', 'import_chunks', 'import_rows', 'import_skus', 'import_effects', 'import_columns']
  loop
    perform wall_by_brand(t);
    perform grant_application(t, t in ('import_chunks', 'import_rows', 'import_skus'));
  end loop;
end $$;

-- As before, faster for many rows at once: what a step needs comes back from the update itself instead of a join that is
-- planned for a hundred rows, and the brand is read from its column instead of the whole row as JSON.
create or replace function record_steps(steps jsonb, work jsonb) returns void
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp
  as $$
  declare
    target record;
    moved integer;
    expected integer;
    depth integer;
    depths integer;
    brand text;
  begin
    select coalesce(max((s ->> 'depth')::int), 0) into depths from jsonb_array_elements(steps) s;
    -- steps of one thing follow each other (depth 0, 1, …); steps of different things are done at once
    for depth in 0..depths loop
      for target in
        select s ->> 'machine' as machine, m.table_name, count(*) as steps
        from jsonb_array_elements(steps) s join machine_tables m on m.machine = s ->> 'machine'
        where coalesce((s ->> 'depth')::int, 0) = depth
        group by 1, 2
      loop
        expected := target.steps;
        brand := case when exists (
            select 1 from pg_attribute a
            where a.attrelid = format('public.%I', target.table_name)::regclass and a.attname = 'brand_id' and not a.attisdropped)
          then 't.brand_id' else 'null::uuid' end;
        execute format(
          'with s as (select * from jsonb_to_recordset($1) as s(machine text, id uuid, "from" text, "to" text, event text,
               version int, command_id text, actor text, role text, why text, changed jsonb, correlation_id text,
               at timestamptz, depth int)
             where s.machine = $2 and coalesce(s.depth, 0) = $3),
           moved as (update %I t set state = s."to", version = s.version + 1 from s
             where t.id = s.id and t.version = s.version and (s.version = 0 or t.state = s."from")
             returning s.*, %s as brand_id)
           insert into transitions (machine, entity_id, version, event, from_state, to_state, command_id, actor, role, why,
             changed, correlation_id, brand_id, at, chain_hash)
           select machine, id, version + 1, event, "from", "to", command_id, actor, role, why,
             coalesce(changed, ''{}''), correlation_id, brand_id, at, ''''::bytea
           from moved', target.table_name, brand)
          using steps, target.machine, depth;
        get diagnostics moved = row_count;
        if moved <> expected then
          raise exception '% of % % rows were changed by somebody else', expected - moved, expected, target.machine
            using errcode = 'TL004';
        end if;
      end loop;
    end loop;
    insert into outbox (topic, business_key, payload, correlation_id, created_at)
      select w ->> 'topic', w ->> 'key', coalesce(w -> 'payload', '{}'), w ->> 'correlation_id', (w ->> 'at')::timestamptz
      from jsonb_array_elements(work) w;
  end $$;
