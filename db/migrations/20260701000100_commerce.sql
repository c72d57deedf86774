-- What there is: brands, accounts, products, listings, orders, parcels and the ledgers beside them.

create table brands (
  id uuid primary key,
  code text not null unique check (code ~ '^[a-z0-9][a-z0-9-]{1,30}$'),
  name text not null,
  time_zone text not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  -- Label mails: {"times": ["11:00", "16:00"], "workingDays": [1,2,3,4,5]} in the brand's own zone
  mail_schedule jsonb not null,
  mail_to text[] not null default '{}',
  ship_from jsonb,
  safety_stock integer not null default 0 check (safety_stock >= 0),
  -- Below this available quantity a SKU is shared out by quota; above it marketplaces share one number.
  quota_threshold integer not null default 10 check (quota_threshold >= 0),
  cancel_restock boolean not null default true,
  created_at timestamptz not null
);

create table users (
  id uuid primary key,
  email text not null,
  name text not null,
  role text not null check (role in ('ops', 'approver', 'admin', 'brand')),
  brand_id uuid references brands,
  password_hash text not null,
  disabled_at timestamptz,
  created_at timestamptz not null,
  check ((role = 'brand') = (brand_id is not null))
);
create unique index users_email on users (lower(email));
create table sessions (
  token_hash bytea primary key,
  user_id uuid not null references users,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz
);
create table login_attempts (
  id bigint generated always as identity primary key,
  email text not null,
  succeeded boolean not null,
  at timestamptz not null
);
create index login_attempts_recent on login_attempts (email, at);

create table connections (
  id uuid primary key,
  code text not null unique check (code ~ '^[a-z0-9][a-z0-9-]{1,40}$'),
  connector text not null,
  kind text not null check (kind in ('store', 'marketplace', 'carrier')),
  name text not null,
  brand_id uuid references brands,
  settings jsonb not null default '{}',
  -- Envelope encryption: random data key per secret, wrapped by the master key; bound to this row's id.
  credentials_sealed bytea,
  credentials_key_id text,
  credentials_proved boolean not null default false,
  webhook_secret_sealed bytea,
  -- What new listings start with on this marketplace: {"categoryId", "brandId", "currency", "roundToMinor"}
  listing_defaults jsonb not null default '{}',
  -- Permitted calls per second and burst of this account, as far as known.
  calls_per_second numeric not null default 5 check (calls_per_second > 0),
  call_burst integer not null default 10 check (call_burst > 0),
  -- Seconds between readings per stream, where they differ from the defaults: {"orders": 15}
  intervals jsonb not null default '{}',
  last_success_at timestamptz,
  last_failure_at timestamptz,
  last_failure jsonb,
  created_at timestamptz not null,
  check (kind <> 'store' or brand_id is not null)
);
select make_stateful('connections', 'connection', 'NEW');

create table sync_cursors (
  connection_id uuid not null references connections,
  stream text not null,
  cursor jsonb not null,
  updated_at timestamptz not null,
  primary key (connection_id, stream)
);
create table sync_runs (
  id uuid primary key,
  connection_id uuid not null references connections,
  stream text not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  counts jsonb not null default '{}',
  error text
);
create index sync_runs_by_connection on sync_runs (connection_id, started_at desc);

-- The record as the source sent it, kept so that every later decision can be explained.
create table source_records (
  connection_id uuid not null references connections,
  resource text not null,
  external_id text not null,
  brand_id uuid references brands,
  content_hash text not null,
  raw jsonb not null,
  seen_at timestamptz not null,
  primary key (connection_id, resource, external_id)
);

create table products (
  id uuid primary key,
  brand_id uuid not null references brands,
  store_connection_id uuid references connections,
  external_id text,
  title text not null,
  description_html text not null default '',
  category text,
  attributes jsonb not null default '{}',
  images jsonb not null default '[]',
  published boolean not null default true,
  findings jsonb not null default '[]',
  blocking_findings integer not null default 0,
  -- Who set each field last: {"title": {"by": "ops", "at": …}}; a re-import never overwrites what a person set.
  field_owners jsonb not null default '{}',
  source_hash text not null default '',
  last_edited_at timestamptz,
  created_at timestamptz not null,
  gone_at timestamptz,
  unique (store_connection_id, external_id)
);
select make_stateful('products', 'product', 'NEW');
create index products_by_brand on products (brand_id, id);

create table skus (
  id uuid primary key,
  brand_id uuid not null references brands,
  product_id uuid not null references products,
  sku text not null check (sku <> ''),
  external_variant_id text,
  option_values jsonb not null default '[]',
  price_minor bigint,
  sale_price_minor bigint,
  currency text not null,
  weight_grams integer check (weight_grams > 0),
  length_mm integer,
  width_mm integer,
  height_mm integer,
  barcode text,
  hs_code text,
  origin_country_code text,
  stock_managed boolean not null default true,
  -- What the shop says can be sold, and what of it open orders hold that the shop does not know of yet.
  on_hand integer not null default 0,
  reserved integer not null default 0 check (reserved >= 0),
  safety_stock integer check (safety_stock >= 0),
  stock_seen_at timestamptz,
  gone_at timestamptz,
  created_at timestamptz not null,
  unique (brand_id, sku)
);
create index skus_by_product on skus (product_id);

-- Every change of a reservation or a level, with its reason. `command_id` makes a repeated command harmless.
create table stock_movements (
  id bigint generated always as identity primary key,
  brand_id uuid not null references brands,
  sku_id uuid not null references skus,
  kind text not null check (kind in ('LEVEL', 'RESERVE', 'RELEASE', 'CONSUME', 'RESTOCK', 'ADJUST')),
  quantity integer not null,
  on_hand_after integer not null,
  reserved_after integer not null,
  order_line_id uuid,
  reason text not null,
  command_id text not null unique,
  at timestamptz not null
);
create index stock_movements_by_sku on stock_movements (sku_id, id);
create index stock_movements_by_line on stock_movements (order_line_id) where order_line_id is not null;
create trigger stock_movements_append_only before update or delete on stock_movements
  for each row execute function refuse_change();

create table listings (
  id uuid primary key,
  brand_id uuid not null references brands,
  product_id uuid not null references products,
  connection_id uuid not null references connections,
  title text not null,
  description_html text not null default '',
  category_id text,
  attributes jsonb not null default '{}',
  external_id text,
  remote text not null default 'ABSENT' check (remote in ('ABSENT', 'LIVE', 'DELISTED', 'LOCKED')),
  native_status text,
  native_seen_at timestamptz,
  content_hash text not null default '',
  approved_hash text,
  submitted_hash text,
  live_hash text,
  approved_by text,
  findings jsonb not null default '[]',
  blocking_findings integer not null default 0,
  rejection_reasons jsonb not null default '[]',
  submitted_at timestamptz,
  review_due_at timestamptz,
  last_edited_at timestamptz,
  created_at timestamptz not null,
  unique (product_id, connection_id)
);
select make_stateful('listings', 'listing', 'NEW');
create index listings_by_connection on listings (connection_id, id);

-- Per SKU what we want, what the marketplace confirmed and what was last seen there. In sync is derived, never stored.
create table listing_skus (
  id uuid primary key,
  brand_id uuid not null references brands,
  listing_id uuid not null references listings,
  sku_id uuid not null references skus,
  connection_id uuid not null references connections,
  -- The seller SKU over there; unique per account although two brands may use one SKU.
  seller_sku text not null,
  external_sku_id text,
  stock_desired integer,
  stock_acknowledged integer,
  stock_acknowledged_at timestamptz,
  stock_seen integer,
  stock_seen_at timestamptz,
  price_desired_minor bigint,
  price_acknowledged_minor bigint,
  price_acknowledged_at timestamptz,
  price_seen_minor bigint,
  price_seen_at timestamptz,
  currency text not null,
  price_trace jsonb,
  last_error text,
  unique (listing_id, sku_id),
  unique (connection_id, seller_sku)
);
create index listing_skus_unsynced on listing_skus (connection_id)
  where stock_desired is distinct from stock_acknowledged or price_desired_minor is distinct from price_acknowledged_minor;
create index listing_skus_by_sku on listing_skus (sku_id);

-- Names and addresses of buyers, once, under a key of their own: forgetting the key erases the person, not the books.
create table consignees (
  id uuid primary key,
  sealed bytea,
  sealed_key bytea,
  country_code text not null,
  address_complete boolean not null,
  missing_fields text[] not null default '{}',
  erased_at timestamptz,
  created_at timestamptz not null
);

create table channel_orders (
  id uuid primary key,
  connection_id uuid not null references connections,
  external_id text not null,
  native_state text,
  native_seen_at timestamptz,
  -- Null content = a tombstone: the number and a state are known, the lines are not.
  content_modified_at timestamptz,
  content_hash text,
  lines jsonb,
  currency text,
  total_minor bigint,
  shipping_minor bigint,
  consignee_id uuid references consignees,
  ordered_at timestamptz,
  ship_by timestamptz,
  -- Set once: a marketplace's cancellation or shipment is never unseen again.
  cancelled_seen_at timestamptz,
  shipped_seen_at timestamptz,
  completed_seen_at timestamptz,
  raw jsonb,
  raw_expires_at timestamptz,
  created_at timestamptz not null,
  unique (connection_id, external_id)
);
select make_stateful('channel_orders', 'channel_order', 'ANNOUNCED');

-- Every arrival of news about a channel order, including copies and stale ones.
create table sightings (
  id bigint generated always as identity primary key,
  connection_id uuid not null references connections,
  external_id text not null,
  source text not null check (source in ('poll', 'webhook', 'fetch')),
  native_state text,
  modified_at timestamptz,
  content_hash text,
  verdict text not null check (verdict in ('first', 'newer', 'older', 'duplicate', 'tombstone', 'same-time')),
  seen_at timestamptz not null
);
create index sightings_by_order on sightings (connection_id, external_id, id);
create trigger sightings_append_only before update or delete on sightings for each row execute function refuse_change();

create table orders (
  id uuid primary key,
  brand_id uuid not null references brands,
  channel_order_id uuid not null references channel_orders,
  connection_id uuid not null references connections,
  store_connection_id uuid references connections,
  number text not null unique,
  currency text not null,
  total_minor bigint not null,
  shipping_minor bigint not null default 0,
  consignee_id uuid not null references consignees,
  ordered_at timestamptz not null,
  ship_by timestamptz,
  resume_state text,
  note text,
  approved_by text,
  approved_at timestamptz,
  -- Raised when the shop refused the order for good: the next approval is a new push under a new reference.
  push_round integer not null default 1,
  shop_order_id text,
  shop_order_number text,
  shop_status text,
  shop_seen_at timestamptz,
  in_shop_at timestamptz,
  handed_over_at timestamptz,
  goods_outside boolean not null default false,
  marketplace_told_at timestamptz,
  shop_told_at timestamptz,
  cancel_asked_by text,
  cancel_due_at timestamptz,
  cancel_shop_outcome text,
  last_edited_at timestamptz,
  created_at timestamptz not null,
  unique (channel_order_id, brand_id)
);
select make_stateful('orders', 'order', 'NEW');
create index orders_by_brand on orders (brand_id, id);
create index orders_cancel_due on orders (cancel_due_at) where cancel_due_at is not null;

create table order_lines (
  id uuid primary key,
  order_id uuid not null references orders,
  brand_id uuid not null references brands,
  external_line_id text not null,
  sku_id uuid references skus,
  seller_sku text,
  title text not null,
  quantity_ordered integer not null check (quantity_ordered > 0),
  quantity_cancelled integer not null default 0 check (quantity_cancelled >= 0),
  quantity_shipped integer not null default 0 check (quantity_shipped >= 0),
  quantity_returned integer not null default 0 check (quantity_returned >= 0),
  unit_price_minor bigint not null check (unit_price_minor >= 0),
  discount_minor bigint not null default 0,
  tax_minor bigint not null default 0,
  -- Held here and not yet known to the shop; and taken by the shop when the order arrived there.
  reserved_quantity integer not null default 0 check (reserved_quantity >= 0),
  taken_quantity integer not null default 0 check (taken_quantity >= 0),
  unique (order_id, external_line_id),
  check (quantity_cancelled <= quantity_ordered and quantity_returned <= quantity_shipped)
);

create table documents (
  id uuid primary key,
  brand_id uuid references brands,
  kind text not null check (kind in ('label', 'waybill', 'invoice', 'packing-slip', 'label-batch')),
  format text not null check (format in ('PDF', 'ZPL', 'PNG', 'CSV')),
  file_name text not null,
  sha256 bytea not null,
  bytes bytea not null,
  created_at timestamptz not null
);

create table consignments (
  id uuid primary key,
  brand_id uuid not null references brands,
  number text not null unique,
  carrier_connection_id uuid not null references connections,
  kind text not null default 'single' check (kind in ('single', 'multiPiece', 'breakBulk')),
  revision integer not null default 1 check (revision >= 1),
  destination_country_code text not null,
  incoterm text not null check (incoterm in ('DDP', 'DAP')),
  slot_date date not null,
  slot_time text not null check (slot_time ~ '^[0-2][0-9]:[0-5][0-9]$'),
  close_due_at timestamptz not null,
  closed_at timestamptz,
  shipment_identifier text,
  tracking_number text,
  tracking_url text,
  label_document_id uuid references documents,
  cost_minor bigint,
  cost_currency text,
  locked_by text,
  created_at timestamptz not null
);
select make_stateful('consignments', 'consignment', 'OPEN');
create index consignments_due on consignments (close_due_at);

create table consignment_orders (
  consignment_id uuid not null references consignments,
  order_id uuid not null references orders,
  brand_id uuid not null references brands,
  left_at timestamptz,
  primary key (consignment_id, order_id)
);
create unique index one_open_consignment_per_order on consignment_orders (order_id) where left_at is null;

create table parcels (
  id uuid primary key,
  brand_id uuid not null references brands,
  consignment_id uuid not null references consignments,
  order_id uuid not null references orders,
  piece_number integer not null,
  weight_grams integer not null check (weight_grams > 0),
  length_mm integer not null,
  width_mm integer not null,
  height_mm integer not null,
  estimated boolean not null default true,
  tracking_number text,
  native_status text,
  native_seen_at timestamptz,
  created_at timestamptz not null,
  unique (consignment_id, piece_number)
);
select make_stateful('parcels', 'parcel', 'PLANNED');
create index parcels_by_order on parcels (order_id);
create index parcels_by_tracking on parcels (tracking_number) where tracking_number is not null;

create table tracking_events (
  id bigint generated always as identity primary key,
  brand_id uuid not null references brands,
  parcel_id uuid not null references parcels,
  native_code text not null,
  tag text,
  at timestamptz,
  place text,
  description text not null,
  seen_at timestamptz not null
);
create unique index tracking_events_once on tracking_events (parcel_id, native_code, coalesce(at, '-infinity'), description);

-- Mails of the product to brands: one row per batch, with a Message-ID that never changes.
create table mails (
  id uuid primary key,
  brand_id uuid not null references brands,
  key text not null unique,
  kind text not null check (kind in ('labels', 'do-not-ship', 'notice')),
  slot_date date,
  slot_time text,
  revision integer not null default 1,
  message_id text not null unique,
  recipients text[] not null,
  subject text not null,
  body_text text not null,
  body_html text not null,
  document_id uuid references documents,
  accepted text[] not null default '{}',
  rejected text[] not null default '{}',
  sent_at timestamptz,
  created_at timestamptz not null
);
create index mails_by_brand on mails (brand_id, created_at desc);
create table mail_consignments (
  mail_id uuid not null references mails,
  consignment_id uuid not null references consignments,
  consignment_revision integer not null,
  brand_id uuid not null references brands,
  primary key (mail_id, consignment_id)
);

create table returns (
  id uuid primary key,
  brand_id uuid not null references brands,
  order_id uuid not null references orders,
  reason text not null,
  lines jsonb not null,
  tracking_number text,
  scanned_in_at timestamptz,
  created_at timestamptz not null,
  unique (order_id, reason)
);
select make_stateful('returns', 'return', 'EXPECTED');

-- Outside calls that must not happen twice.
create table effects (
  id uuid primary key,
  key text not null unique,
  kind text not null,
  connection_id uuid references connections,
  brand_id uuid references brands,
  entity_kind text not null,
  entity_id uuid not null,
  attempts integer not null default 0,
  -- Wall time: until then an attempt may still be running somewhere. Technical, never a simulated clock.
  lease_until timestamptz,
  lookups integer not null default 0,
  last_lookup_at timestamptz,
  ambiguous_since timestamptz,
  request jsonb not null default '{}',
  answer jsonb,
  reason text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
select make_stateful('effects', 'effect', 'INTENDED');
create index effects_by_entity on effects (entity_kind, entity_id);

create table problems (
  id uuid primary key,
  brand_id uuid references brands,
  cause_key text not null unique,
  kind text not null,
  severity text not null check (severity in ('info', 'warning', 'error')),
  title text not null,
  detail text not null,
  remedy text not null,
  entity_kind text,
  entity_id uuid,
  connection_id uuid references connections,
  occurrences integer not null default 1,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  snoozed_until timestamptz,
  resolved_at timestamptz,
  correlation_id text
);
select make_stateful('problems', 'problem', 'OPEN');
create index problems_by_entity on problems (entity_id) where entity_id is not null;

create table webhook_inbox (
  id uuid primary key,
  connection_id uuid not null references connections,
  dedupe_key text not null,
  topic text not null,
  resource text not null,
  external_id text not null,
  raw bytea,
  raw_expires_at timestamptz not null,
  copies integer not null default 1,
  correlation_id text,
  received_at timestamptz not null,
  handled_at timestamptz,
  unique (connection_id, dedupe_key)
);
create table webhook_refusals (
  connection_id uuid not null references connections,
  day date not null,
  count integer not null default 0,
  primary key (connection_id, day)
);

-- Token buckets per account. Wall time of the database: several workers share one bucket.
create table budgets (
  connection_id uuid primary key references connections,
  tokens numeric not null,
  refilled_at timestamptz not null,
  silent_until timestamptz,
  taken bigint not null default 0,
  throttled bigint not null default 0
);

-- Takes `cost` tokens; answers 0, or the milliseconds after which to ask again (nothing was taken then).
create function take_budget(account uuid, cost numeric) returns integer
  language plpgsql
  as $$
  declare
    c connections%rowtype;
    b budgets%rowtype;
    present timestamptz := clock_timestamp();
    available numeric;
  begin
    select * into strict c from connections where id = account;
    insert into budgets values (account, c.call_burst, present, null, 0, 0) on conflict do nothing;
    select * into b from budgets where connection_id = account for update;
    if b.silent_until is not null and b.silent_until > present then
      return greatest(1, ceil(extract(epoch from b.silent_until - present) * 1000));
    end if;
    available := least(c.call_burst, b.tokens + extract(epoch from present - b.refilled_at) * c.calls_per_second);
    if available < cost then
      update budgets set tokens = available, refilled_at = present where connection_id = account;
      return greatest(1, ceil((cost - available) / c.calls_per_second * 1000));
    end if;
    update budgets set tokens = available - cost, refilled_at = present, silent_until = null, taken = taken + 1
      where connection_id = account;
    return 0;
  end $$;

create table exchange_rates (
  from_currency text not null,
  to_currency text not null,
  on_date date not null,
  rate numeric not null check (rate > 0),
  source text not null,
  primary key (from_currency, to_currency, on_date)
);

-- Numbers that people see: TL-000123.
create sequence order_numbers;
create sequence consignment_numbers;

-- A command of a person or program that was answered; asked again, the first answer is given.
create table answered_commands (
  command_id text primary key,
  request_hash text not null,
  status integer not null,
  answer jsonb not null,
  at timestamptz not null
);

do $$
declare
  t text;
begin
  foreach t in array array['connections', 'source_records', 'products', 'skus', 'stock_movements', 'listings', 'listing_skus', 'orders',
    'order_lines', 'documents', 'consignments', 'consignment_orders', 'parcels', 'tracking_events', 'mails',
    'mail_consignments', 'returns', 'effects', 'problems', 'transitions']
  loop
    perform wall_by_brand(t);
  end loop;
  foreach t in array array['brands', 'users', 'sessions', 'login_attempts', 'connections', 'sync_cursors', 'sync_runs',
    'source_records', 'products', 'skus', 'stock_movements', 'listings', 'listing_skus', 'consignees', 'channel_orders',
    'sightings', 'orders', 'order_lines', 'documents', 'consignments', 'consignment_orders', 'parcels', 'tracking_events',
    'mails', 'mail_consignments', 'returns', 'effects', 'problems', 'webhook_inbox', 'webhook_refusals', 'budgets',
    'exchange_rates', 'answered_commands', 'outbox']
  loop
    perform grant_application(t);
  end loop;
end $$;

-- Things that only our own processes see: walled by scope instead of brand.
do $$
declare
  t text;
begin
  foreach t in array array['channel_orders', 'sightings', 'consignees', 'webhook_inbox', 'sync_cursors', 'sync_runs']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy staff_only on %I using (current_brand() = ''*'') with check (current_brand() = ''*'')', t);
  end loop;
end $$;

-- Not forced on the owner: a brand's step writes follow-up work through record_steps without being able to read it.
alter table outbox enable row level security;
create policy staff_only on outbox using (current_brand() = '*') with check (current_brand() = '*');

revoke insert, update on outbox from tradelane_app;
grant update (attempts, not_before, last_error, delivered_at) on outbox to tradelane_app;
grant delete on outbox, sessions, answered_commands, login_attempts to tradelane_app;
revoke update on stock_movements, sightings from tradelane_app;
grant select on transitions, machine_states, machine_edges, machine_tables, clock to tradelane_app;
grant usage on sequence order_numbers, consignment_numbers to tradelane_app;
revoke execute on function record_steps, rename_state, make_stateful, wall_by_brand, grant_application from public;
grant execute on function record_steps to tradelane_app;
