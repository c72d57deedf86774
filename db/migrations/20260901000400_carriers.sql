-- Carriers: which account takes which parcel and why, labels that come late or are taken back, couriers, pushed scans.

alter table brands
  -- Who pays duty and tax at the destination; each consignment keeps the one it was planned with.
  add column incoterm text not null default 'DDP' check (incoterm in ('DDP', 'DAP'));
grant insert (incoterm), update (incoterm) on brands to tradelane_app;

-- What ops say about accounts and lanes. Empty columns say "whatever it is". The narrowest rule that fits holds.
create table carrier_rules (
  id uuid primary key,
  connection_id uuid not null references connections,
  rule text not null check (rule in ('prefer', 'never')),
  -- The lowest of several preferred accounts is asked first.
  rank integer not null default 100 check (rank between 1 and 1000),
  brand_id uuid references brands,
  from_country_code text check (from_country_code ~ '^[A-Z]{2}$'),
  to_country_code text check (to_country_code ~ '^[A-Z]{2}$'),
  -- true: only within one country; false: only from one into another.
  domestic boolean,
  incoterm text check (incoterm in ('DDP', 'DAP')),
  over_grams integer check (over_grams >= 0),
  up_to_grams integer check (up_to_grams > 0),
  note text not null default '',
  created_by text not null,
  created_at timestamptz not null,
  ended_by text,
  ended_at timestamptz,
  check ((ended_by is null) = (ended_at is null))
);
create index carrier_rules_in_force on carrier_rules (connection_id) where ended_at is null;

-- Why an order travels with the account it travels with.
create table carrier_choices (
  id uuid primary key,
  brand_id uuid not null references brands,
  order_id uuid not null references orders,
  consignment_id uuid not null references consignments,
  connection_id uuid not null references connections,
  reason text not null,
  -- All accounts that were asked, with price or with what they would refuse.
  considered jsonb not null,
  -- Equal for one recipient at one address; values of one day are added up by it. Erased with the buyer.
  recipient text,
  -- What customs make of the day's sum: {"regime", "explain", …}
  customs jsonb,
  made_at timestamptz not null
);
create index carrier_choices_by_order on carrier_choices (order_id, made_at);
create index carrier_choices_by_recipient on carrier_choices (recipient) where recipient is not null;

alter table consignments
  -- The account takes labels back by a call; what became of it.
  add column can_void boolean not null default false,
  add column void_outcome text check (void_outcome in ('voided', 'refused')),
  -- Booked, and its label is still to be fetched: when it is asked for next, and how often it was.
  add column label_due_at timestamptz,
  add column label_attempts integer not null default 0;
create index consignments_with_late_label on consignments (label_due_at) where label_due_at is not null;
grant insert (can_void, void_outcome, label_due_at, label_attempts),
  update (can_void, void_outcome, label_due_at, label_attempts) on consignments to tradelane_app;

alter table tracking_events
  -- {"weightGrams", "lengthMm", "widthMm", "heightMm"} where the carrier measured the parcel: what it will bill.
  add column measured jsonb;
grant insert (measured), update (measured) on tracking_events to tradelane_app;

-- Where a courier is called after each label mail; without a row none is.
create table pickup_settings (
  brand_id uuid not null references brands,
  connection_id uuid not null references connections,
  enabled boolean not null default true,
  -- After the cut-off, until the goods are packed.
  ready_after_minutes integer not null default 60 check (ready_after_minutes between 0 and 2880),
  -- How long somebody is there.
  window_minutes integer not null default 240 check (window_minutes between 30 and 1440),
  changed_by text not null,
  changed_at timestamptz not null,
  primary key (brand_id, connection_id)
);

-- One courier for one brand, account and slot.
create table pickups (
  id uuid primary key,
  brand_id uuid not null references brands,
  connection_id uuid not null references connections,
  slot_date date not null,
  slot_time text not null,
  ready_at timestamptz not null,
  closes_at timestamptz not null,
  pickup_identifier text,
  booked_at timestamptz,
  -- Why the carrier would not come.
  refused text,
  -- Nothing is left for the courier.
  unwanted_at timestamptz,
  cancelled_at timestamptz,
  created_at timestamptz not null,
  unique (brand_id, connection_id, slot_date, slot_time),
  check ((pickup_identifier is null) = (booked_at is null))
);

select wall_by_brand('pickup_settings');
select wall_by_brand('pickups');
do $$
declare
  t text;
begin
  foreach t in array array['carrier_rules', 'carrier_choices', 'pickup_settings', 'pickups'] loop
    perform grant_application(t);
  end loop;
  -- Contract prices are for our own staff only.
  foreach t in array array['carrier_rules', 'carrier_choices'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy staff_only on %I using (current_brand() = ''*'') with check (current_brand() = ''*'')', t);
  end loop;
end $$;
revoke update on carrier_choices from tradelane_app;
grant update (recipient) on carrier_choices to tradelane_app;
