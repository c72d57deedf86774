-- Rules of what one marketplace is offered, edited in tables: a version for each row, and who changed what.

alter table listing_skus add column stock_version integer not null default 1 check (stock_version >= 1);

create table stock_rule_changes (
  id bigint generated always as identity primary key,
  brand_id uuid not null references brands,
  listing_sku_id uuid not null references listing_skus,
  version integer not null check (version >= 2),
  actor text not null,
  why text,
  changed jsonb not null,
  at timestamptz not null,
  unique (listing_sku_id, version)
);
create trigger stock_rule_changes_append_only before update or delete on stock_rule_changes
  for each row execute function refuse_change();

select wall_by_brand('stock_rule_changes'), grant_application('stock_rule_changes'), grant_application('listing_skus');
revoke update on stock_rule_changes from tradelane_app;
-- A plain column here, which is otherwise kept from everybody.
grant insert (version) on stock_rule_changes to tradelane_app;
