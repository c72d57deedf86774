-- Freight audit: what carriers charge against what the rate card says, and what parcels really weighed.

-- Weights and sides that somebody took of a parcel. What was declared stays on the parcel once it is booked.
create table parcel_measurements (
  id bigint generated always as identity primary key,
  brand_id uuid not null references brands,
  parcel_id uuid not null references parcels,
  source text not null check (source in ('ops', 'carrier')),
  weight_grams integer check (weight_grams > 0),
  length_mm integer check (length_mm > 0),
  width_mm integer check (width_mm > 0),
  height_mm integer check (height_mm > 0),
  said_by text not null,
  seen_at timestamptz not null,
  -- Carriers repeat themselves at every reading.
  unique nulls not distinct (parcel_id, source, weight_grams, length_mm, width_mm, height_mm),
  check (num_nonnulls(weight_grams, length_mm, width_mm, height_mm) > 0)
);

-- How freight of one account is compared; without a row by the defaults (freight/audit.ts).
create table freight_audit_settings (
  connection_id uuid primary key references connections,
  -- One rates call for each consignment.
  ask_carrier boolean not null,
  tolerance_basis_points integer not null check (tolerance_basis_points between 0 and 10000),
  -- Hundredths of the currency's main unit.
  tolerance_least_hundredths integer not null check (tolerance_least_hundredths between 0 and 100000000),
  changed_by text not null,
  changed_at timestamptz not null
);

-- One booked consignment: all prices that anybody stated for it, and what is made of them.
create table freight_audits (
  consignment_id uuid primary key references consignments,
  brand_id uuid not null references brands,
  connection_id uuid not null references connections,
  revision integer not null,
  rate_card_id uuid references rate_cards,
  -- {"card", "measured", "quote", "booked", "billed"}: total, currency, billed grams and lines of each that is known.
  statements jsonb not null default '{}',
  verdict text not null default 'due' check (verdict in ('due', 'agrees', 'differs', 'incomparable', 'unused')),
  -- What is stated beyond what was expected, in minor units of `currency`.
  difference_minor bigint,
  currency text,
  -- Suspected causes, the greatest difference first.
  findings jsonb not null default '[]',
  -- Why something could not be compared.
  note text,
  quote_asked_at timestamptz,
  -- Something new is known: it is compared at the next tick.
  due boolean not null default true,
  booked_at timestamptz not null,
  audited_at timestamptz
);
create index freight_audits_due on freight_audits (booked_at) where due;
create index freight_audits_differing on freight_audits (connection_id, booked_at) where verdict = 'differs';

select wall_by_brand('parcel_measurements');
select grant_application('parcel_measurements');
select grant_application('freight_audits');
select grant_application('freight_audit_settings');
revoke update on parcel_measurements from tradelane_app;
-- Contract prices are for our own staff only.
do $$
declare
  t text;
begin
  foreach t in array array['freight_audits', 'freight_audit_settings'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy staff_only on %I using (current_brand() = ''*'') with check (current_brand() = ''*'')', t);
  end loop;
end $$;
