-- A listing that was refused for its price is mended by another price; who changed which setting of an account is kept.

alter table listings
  -- What its SKUs were offered for when it was refused: {"seller SKU": amount in minor units}. Null: it never was.
  add column refused_prices jsonb;
grant insert (refused_prices), update (refused_prices) on listings to tradelane_app;

-- Who changed which setting of an account, when and why.
create table connection_setting_changes (
  id bigint generated always as identity primary key,
  connection_id uuid not null references connections,
  -- {"setting": [before, after]}
  changed jsonb not null,
  actor text not null,
  why text not null check (length(why) > 0),
  at timestamptz not null
);
create index connection_setting_changes_of on connection_setting_changes (connection_id, id);
create trigger connection_setting_changes_append_only before update or delete on connection_setting_changes
  for each row execute function refuse_change();

select grant_application('connection_setting_changes');
revoke update on connection_setting_changes from tradelane_app;
alter table connection_setting_changes enable row level security;
alter table connection_setting_changes force row level security;
create policy staff_only on connection_setting_changes
  using (current_brand() = '*') with check (current_brand() = '*');
