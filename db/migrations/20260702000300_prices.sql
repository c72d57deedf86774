-- Prices: dated exchange rates with their source, rules per marketplace, prices that people set, and what became of each.

-- A rate that was entered stays; the latest entry of a day counts.
alter table exchange_rates drop constraint exchange_rates_pkey;
alter table exchange_rates
  add column id bigint generated always as identity primary key,
  add column reason text,
  add column entered_by text,
  add column entered_at timestamptz;
create index exchange_rates_newest on exchange_rates (from_currency, to_currency, on_date desc, id desc);
create unique index exchange_rates_of_a_bank on exchange_rates (source, from_currency, to_currency, on_date) where reason is null;
create trigger exchange_rates_append_only before update or delete on exchange_rates
  for each row execute function refuse_change();

-- Each change is a new version; the newest one of an account, or of an account and brand, is in force.
create table price_rules (
  id uuid primary key,
  connection_id uuid not null references connections,
  -- Null: for every brand without a rule of its own on this account.
  brand_id uuid references brands,
  version integer not null check (version >= 1),
  -- {"maxRateAgeDays", "sales", "fees", "costPercent", "floorPercent", "rounding", "changePercent"}; null: no rule any more
  data jsonb,
  reason text not null,
  created_by text not null,
  created_at timestamptz not null,
  unique nulls not distinct (connection_id, brand_id, version)
);
create trigger price_rules_append_only before update or delete on price_rules for each row execute function refuse_change();

alter table skus
  add column cost_minor bigint check (cost_minor >= 0),
  add column sale_from timestamptz,
  add column sale_until timestamptz;

alter table listing_skus
  -- Raised by everything that changes the price of this row; what an editor saw is compared with it.
  add column price_version integer not null default 1,
  -- What the rules say now.
  add column price_rule_minor bigint,
  -- What they said when it was last taken over, with and without a sale: what moves too far from it waits for a person.
  add column price_accepted_minor bigint,
  add column price_accepted_regular_minor bigint,
  add column price_waits text,
  add column price_margin_percent numeric,
  -- Why the present rules or the present override give no price; the price in force stays.
  add column price_blocked_code text,
  add column price_blocked text,
  -- When the price changes by itself: a sale begins or ends, an override expires.
  add column price_due_at timestamptz,
  add column price_note text;
update listing_skus set price_rule_minor = price_desired_minor, price_accepted_minor = price_desired_minor,
  price_accepted_regular_minor = price_desired_minor,
  price_trace = case when price_trace is null then null else
    (select jsonb_agg(jsonb_build_object('code', 'price', 'text', step, 'before', null, 'after', null, 'source', null))
     from jsonb_array_elements(price_trace) step) end;
create index listing_skus_price_due on listing_skus (price_due_at) where price_due_at is not null;
create index listing_skus_price_blocked on listing_skus (connection_id, brand_id, price_blocked_code)
  where price_blocked_code is not null or price_waits is not null;

-- A price that a person typed, or a rule price that moved too far: a person decides.
create table price_proposals (
  id uuid primary key,
  brand_id uuid not null references brands,
  connection_id uuid not null references connections,
  listing_id uuid not null references listings,
  listing_sku_id uuid not null references listing_skus,
  kind text not null check (kind in ('hand', 'guard')),
  amount_minor bigint not null check (amount_minor > 0),
  currency text not null,
  -- Of a rule price that waits: what it is without a sale.
  regular_minor bigint,
  -- What was in force and what the rules said when it was proposed.
  seen_minor bigint,
  seen_rule_minor bigint,
  reason text not null,
  proposed_by text not null,
  proposed_at timestamptz not null,
  expires_at timestamptz,
  floor_holds boolean not null default true,
  floor_formula text,
  floor_passed_by text,
  floor_passed_reason text,
  decided_by text,
  decided_at timestamptz,
  decision_reason text,
  created_at timestamptz not null
);
select make_stateful('price_proposals', 'price_proposal', 'PROPOSED');
create unique index one_open_price_proposal on price_proposals (listing_sku_id) where state = 'PROPOSED';
create unique index one_override_in_force on price_proposals (listing_sku_id) where state = 'APPROVED' and kind = 'hand';
create index price_proposals_by_listing on price_proposals (listing_id);
create index price_proposals_expiring on price_proposals (expires_at) where state in ('PROPOSED', 'APPROVED');

-- Every change of a price, with who wrote it and why: one row per row and version, {field: [before, after]}.
create table price_changes (
  id bigint generated always as identity primary key,
  brand_id uuid not null references brands,
  listing_sku_id uuid not null references listing_skus,
  version integer not null check (version >= 2),
  cause text not null check (cause in
    ('brand-price', 'exchange-rate', 'rule', 'sale', 'proposed', 'approved', 'rejected', 'withdrawn', 'expired', 'edited', 'listed')),
  source text not null,
  actor text not null,
  role text not null,
  why text,
  changed jsonb not null,
  at timestamptz not null,
  unique (listing_sku_id, version)
);
create trigger price_changes_append_only before update or delete on price_changes for each row execute function refuse_change();

-- Prices that must be reckoned anew after a rate or a rule changed: worked off in batches, from the cursor on.
create table repricings (
  id uuid primary key,
  cause text not null check (cause in ('exchange-rate', 'rule')),
  source text not null,
  connection_id uuid references connections,
  brand_id uuid references brands,
  actor text not null,
  role text not null,
  command_id text not null unique,
  correlation_id text,
  after_id uuid,
  looked_at integer not null default 0,
  changed integer not null default 0,
  created_at timestamptz not null,
  finished_at timestamptz
);
create index repricings_open on repricings (created_at) where finished_at is null;

do $$
declare
  t text;
begin
  foreach t in array array['price_proposals', 'price_changes']
  loop
    perform wall_by_brand(t);
  end loop;
  foreach t in array array['price_rules', 'repricings']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy staff_only on %I using (current_brand() = ''*'') with check (current_brand() = ''*'')', t);
  end loop;
  foreach t in array array['exchange_rates', 'price_rules', 'skus', 'listing_skus', 'price_proposals', 'price_changes', 'repricings']
  loop
    perform grant_application(t);
  end loop;
end $$;
-- Versions of rules and of history rows are data here, no state machine's.
grant insert (version) on price_rules, price_changes to tradelane_app;
revoke update on exchange_rates, price_rules, price_changes from tradelane_app;
