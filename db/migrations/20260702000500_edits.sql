-- What people changed in the editable tables: every save with its rows and fields, so that it can be shown and taken back.
-- An edit belongs to who made it: a brand's people see their own, our staff sees all.

create table edits (
  id uuid primary key,
  -- In the order in which they were kept; several may be of one instant.
  number bigint generated always as identity unique,
  table_name text not null check (table_name in ('products', 'listings', 'prices', 'stock', 'orders')),
  made_by text not null,
  made_at timestamptz not null,
  why text,
  undo_of uuid references edits,
  command_id text not null unique,
  -- Rows by outcome: {"saved": 3, "unchanged": 0, "conflict": 1, "refused": 0}
  counts jsonb not null,
  brand_id uuid references brands
);
create index edits_by_table on edits (table_name, number desc);
create index edits_by_undone on edits (undo_of) where undo_of is not null;

-- Rows in the order in which they were sent; unchanged ones are counted, not kept.
create table edit_rows (
  edit_id uuid not null references edits,
  position integer not null check (position >= 0),
  row_id text not null,
  entity_id uuid not null,
  outcome text not null check (outcome in ('saved', 'partly', 'conflict', 'refused')),
  why text,
  from_state text,
  to_state text,
  -- The version that the editor saw, and the one that the row has after the save.
  version_before integer not null,
  version_after integer,
  brand_id uuid references brands,
  primary key (edit_id, position)
);
create index edit_rows_by_entity on edit_rows (entity_id);

create table edit_fields (
  edit_id uuid not null,
  position integer not null,
  key text not null,
  outcome text not null check (outcome in ('saved', 'conflict', 'refused', 'dropped')),
  -- Of cells with personal data: where the value can be found again, never the value.
  before jsonb,
  after jsonb,
  why text,
  brand_id uuid references brands,
  primary key (edit_id, position, key),
  foreign key (edit_id, position) references edit_rows
);

do $$
declare
  t text;
begin
  foreach t in array array['edits', 'edit_rows', 'edit_fields']
  loop
    execute format('create trigger %I before update or delete on %I for each row execute function refuse_change()',
      t || '_append_only', t);
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own_edits on %I using (brand_visible(brand_id)) with check (brand_visible(brand_id))', t);
    perform grant_application(t);
    execute format('revoke update on %I from tradelane_app', t);
  end loop;
end $$;

-- Nobody approves what they edited themselves, where a brand wants four eyes.
alter table brands add column four_eyes boolean not null default false;
grant insert (four_eyes), update (four_eyes) on brands to tradelane_app;
-- The person who edited it last: an approver is compared with it. What shops and marketplaces change does not count.
alter table products add column last_edited_by text;
alter table listings add column last_edited_by text;
alter table orders add column last_edited_by text;
grant insert (last_edited_by), update (last_edited_by) on products, listings, orders to tradelane_app;

-- Tables are read by key, newest first.
create index products_newest on products (created_at desc, id desc);
create index products_newest_of_brand on products (brand_id, created_at desc, id desc);
create index products_edited on products (coalesce(last_edited_at, '-infinity'::timestamptz) desc, id desc);
create index products_by_title on products (title, id);
create index listings_newest on listings (created_at desc, id desc);
create index listings_newest_of_brand on listings (brand_id, created_at desc, id desc);
create index listings_newest_of_connection on listings (connection_id, created_at desc, id desc);
create index listings_by_title on listings (title, id);
create index orders_newest on orders (ordered_at desc, id desc);
create index orders_newest_of_brand on orders (brand_id, ordered_at desc, id desc);
create index orders_by_deadline on orders (coalesce(ship_by, 'infinity'::timestamptz), id);
