-- Outages: one incident per account that does not answer, the orders that waited for it, and the full compare of a catalogue.

-- How an outage of this account is handled, where it differs from the defaults (db/outage-policy.ts).
alter table connections add column outage jsonb not null default '{}';

-- The reading that saw the record last: what a full reading did not see has vanished over there.
alter table source_records add column seen_run uuid;

create sequence incident_numbers;
grant usage on sequence incident_numbers to tradelane_app;

create table incidents (
  id uuid primary key,
  number text not null unique,
  brand_id uuid references brands,
  connection_id uuid not null references connections,
  -- The first failure of the row, and when it was long enough to be an outage.
  since timestamptz not null,
  opened_at timestamptz not null,
  operation text not null,
  reason text not null,
  -- The policy in force, with every default filled in.
  policy jsonb not null,
  failures integer not null default 0,
  -- Readings and calls that were not even tried while it was away.
  calls_saved integer not null default 0,
  probes integer not null default 0,
  probe_due_at timestamptz,
  -- What marketplaces are offered of this shop's stock.
  shrink_stage text not null default 'frozen' check (shrink_stage in ('frozen', 'half', 'zero', 'lifted')),
  -- The stage by which all quotas were reckoned last.
  offered_stage text not null default 'frozen' check (offered_stage in ('frozen', 'half', 'zero', 'lifted')),
  -- The steps of the recovery, in their order; null = still to be done.
  answered_at timestamptz,
  stock_mark bigint,
  drained_at timestamptz,
  caught_up_at timestamptz,
  catalogue_run uuid references sync_runs,
  compared_at timestamptz,
  compare_run uuid references sync_runs,
  stock_read_at timestamptz,
  closed_at timestamptz,
  report jsonb,
  correlation_id text
);
select make_stateful('incidents', 'incident', 'OPEN');
create unique index one_open_incident on incidents (connection_id) where state <> 'CLOSED';
create index incidents_opened on incidents (opened_at desc);

-- Orders whose work waited for the account, with the deadline by which the marketplace wants them sent.
create table incident_orders (
  incident_id uuid not null references incidents,
  order_id uuid not null references orders,
  brand_id uuid not null references brands,
  ship_by timestamptz,
  waits_since timestamptz not null,
  -- Handed to the shop in this recovery; null again when the shop went away before it was taken.
  handed_at timestamptz,
  pushed_at timestamptz,
  primary key (incident_id, order_id)
);
create index incident_orders_by_order on incident_orders (order_id);

do $$
declare
  t text;
begin
  foreach t in array array['incidents', 'incident_orders']
  loop
    perform wall_by_brand(t);
    perform grant_application(t);
  end loop;
end $$;

-- Rights are given column by column: the new columns need theirs.
select grant_application('connections'), grant_application('source_records');
