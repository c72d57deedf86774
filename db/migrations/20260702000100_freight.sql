-- Freight: what carriers charge, and how orders were grouped into consignments.

-- A version of a rate card. Never changed: a plan names the version by which it was reckoned, and can be reckoned again.
create table rate_cards (
  id uuid primary key,
  -- Null: for all brands that ship with the account.
  brand_id uuid references brands,
  connection_id uuid not null references connections,
  code text not null,
  revision integer not null check (revision >= 1),
  currency text not null,
  valid_from date not null,
  valid_to date,
  card jsonb not null,
  -- The file as it was imported.
  csv text not null,
  imported_by text not null,
  created_at timestamptz not null,
  unique (connection_id, code, revision)
);
create index rate_cards_by_connection on rate_cards (connection_id, valid_from);

-- One planning of one brand, slot and carrier account: what went in, what came out, and how.
create table freight_plans (
  id uuid primary key,
  brand_id uuid not null references brands,
  connection_id uuid not null references connections,
  rate_card_id uuid not null references rate_cards,
  slot_date date not null,
  slot_time text not null,
  currency text not null,
  cost_minor bigint not null,
  alone_minor bigint not null,
  lower_bound_minor bigint not null,
  -- Orders and consignments with the versions that were read.
  inputs jsonb not null,
  -- Clusters with seed, method and bounds; consignments with their costs and how they came about; refused orders.
  outcome jsonb not null,
  made_by text not null,
  created_at timestamptz not null,
  check (lower_bound_minor <= cost_minor and cost_minor <= alone_minor)
);
create index freight_plans_by_slot on freight_plans (brand_id, slot_date, slot_time);

create trigger rate_cards_append_only before update or delete on rate_cards for each row execute function refuse_change();
create trigger freight_plans_append_only before update or delete on freight_plans
  for each row execute function refuse_change();

alter table consignments
  -- What the card says it costs; the booking's own price stands in cost_minor.
  add column planned_cost_minor bigint,
  add column planned_alone_minor bigint,
  add column planned_currency text,
  add column freight_plan_id uuid references freight_plans,
  -- Its orders changed after it was priced: it is priced anew.
  add column price_due boolean not null default false;
create index consignments_to_price on consignments (id) where price_due;

select wall_by_brand('freight_plans');
select grant_application('rate_cards');
select grant_application('freight_plans');
revoke update on rate_cards, freight_plans from tradelane_app;
grant update (planned_cost_minor, planned_alone_minor, planned_currency, freight_plan_id, price_due),
  insert (planned_cost_minor, planned_alone_minor, planned_currency, freight_plan_id, price_due) on consignments to tradelane_app;
-- Contract prices are for our own staff only.
alter table rate_cards enable row level security;
alter table rate_cards force row level security;
create policy staff_only on rate_cards using (current_brand() = '*') with check (current_brand() = '*');
