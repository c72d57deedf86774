-- Stock policies, what one marketplace is offered by exception, writes under way, drift, and units that were sold twice.

alter table brands add column shared_buffer integer not null default 0 check (shared_buffer >= 0);

alter table skus
  -- Null: by the switch point (this SKU's, else the brand's).
  add column stock_policy text check (stock_policy in ('shared', 'quota')),
  add column quota_threshold integer check (quota_threshold >= 0);

alter table listing_skus
  add column share_weight integer not null default 1 check (share_weight between 0 and 1000),
  -- What is shown over there lies between these two; the higher one counts as offered.
  add column stock_low integer not null default 0,
  add column stock_high integer not null default 0,
  -- The last write was acknowledged and no sale was read since.
  add column stock_confirmed boolean not null default false,
  -- A write whose outcome is not known, since when (business time), by which attempt, and until when it may still be
  -- running (wall time).
  add column stock_attempted integer,
  add column stock_attempted_at timestamptz,
  add column stock_attempt_by text,
  add column stock_attempt_until timestamptz,
  -- Units sold there according to orders that were read while a write was under way.
  add column stock_sold_in_flight integer not null default 0,
  -- Orders that were read after this mark know of every sale before the acknowledgement.
  add column stock_acknowledged_mark bigint,
  add constraint listing_skus_stock_bounds check (stock_low >= 0 and stock_low <= stock_high);

update listing_skus set stock_low = greatest(0, coalesce(stock_acknowledged, 0)),
  stock_high = greatest(0, coalesce(stock_acknowledged, 0)), stock_confirmed = stock_acknowledged is not null;

create index listing_skus_stock_due on listing_skus (connection_id, id)
  where not stock_confirmed or stock_desired is distinct from stock_low;

-- The order of readings and acknowledgements, whatever any clock says.
create sequence stock_marks;
grant usage on sequence stock_marks to tradelane_app;

-- What an admin decided for one SKU on one marketplace. Ended by its expiry or by a person, never deleted.
create table stock_adjustments (
  id uuid primary key,
  brand_id uuid not null references brands,
  sku_id uuid not null references skus,
  listing_sku_id uuid not null references listing_skus,
  kind text not null check (kind in ('adjust', 'cap')),
  quantity integer not null check (kind = 'adjust' or quantity >= 0),
  reason text not null check (reason <> ''),
  by text not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  ended_at timestamptz,
  ended_by text
);
create unique index stock_adjustments_open on stock_adjustments (listing_sku_id, kind) where ended_at is null;
create index stock_adjustments_by_sku on stock_adjustments (sku_id) where ended_at is null;
create index stock_adjustments_due on stock_adjustments (expires_at) where ended_at is null;

-- What a reading over there found that nothing of ours explains.
create table stock_drifts (
  id uuid primary key,
  brand_id uuid not null references brands,
  sku_id uuid not null references skus,
  listing_sku_id uuid not null references listing_skus,
  seen integer not null,
  expected_low integer not null,
  expected_high integer not null,
  desired integer,
  -- In flight, a sale since, an adjustment; null = nothing explains it.
  explained text,
  at timestamptz not null,
  sent_again_at timestamptz,
  resolved_at timestamptz
);
create unique index stock_drifts_open on stock_drifts (listing_sku_id) where resolved_at is null;

-- Units that a marketplace sold and that are not there, once per order and SKU, with what was known at that moment.
create table stock_oversells (
  id uuid primary key,
  brand_id uuid not null references brands,
  sku_id uuid not null references skus,
  order_id uuid not null references orders,
  units integer not null check (units > 0),
  cause text not null check (cause in ('shared-policy', 'source-below-quota', 'unexplained')),
  trace jsonb not null,
  at timestamptz not null,
  unique (order_id, sku_id)
);

-- A seller's cancellation that is prepared and waits for a person.
create table cancel_plans (
  order_id uuid primary key references orders,
  brand_id uuid not null references brands,
  reason text not null check (reason in ('out_of_stock')),
  standing text not null check (standing in ('PLANNED', 'APPROVED', 'WITHDRAWN')),
  why text not null,
  planned_at timestamptz not null,
  decided_at timestamptz,
  decided_by text
);

do $$
declare
  t text;
begin
  foreach t in array array['stock_adjustments', 'stock_drifts', 'stock_oversells', 'cancel_plans']
  loop
    perform wall_by_brand(t);
    perform grant_application(t);
  end loop;
end $$;

-- Rights are given column by column: the new columns need theirs.
select grant_application('brands'), grant_application('skus'), grant_application('listing_skus');
