-- Labels and mails: paper per brand, tables and links of mails, labels not to be used any more, confirmation by the brand.

alter table brands
  -- Papers that the labels are mailed for; each makes a document of its own.
  add column label_papers text[] not null default '{thermal-100x150}'
    check (cardinality(label_papers) between 1 and 3 and label_papers <@ array['thermal-100x150', 'a6', 'a4-4up']),
  add column packing_slips boolean not null default true,
  -- Our own consignment labels beside the carrier's: for consignments of several pieces or orders, for all, for none.
  add column own_labels text not null default 'consolidated' check (own_labels in ('consolidated', 'always', 'never')),
  -- How long a slot's mail waits for labels that are still being booked, from the closing of the consignment.
  add column mail_patience_minutes integer not null default 10 check (mail_patience_minutes between 0 and 240),
  -- When the brand is asked before an order is approved, and what its answer and its silence mean; null = never.
  add column confirmation_rule jsonb,
  add column settings_version integer not null default 1;

-- Who changed which setting of a brand, when and why.
create table brand_setting_changes (
  id bigint generated always as identity primary key,
  brand_id uuid not null references brands,
  settings_version integer not null,
  -- {"setting": [before, after]}
  changed jsonb not null,
  actor text not null,
  why text,
  at timestamptz not null,
  unique (brand_id, settings_version)
);
create trigger brand_setting_changes_append_only before update or delete on brand_setting_changes
  for each row execute function refuse_change();

alter table documents drop constraint documents_kind_check;
alter table documents add constraint documents_kind_check
  check (kind in ('label', 'waybill', 'invoice', 'packing-slip', 'label-batch', 'mail-table'));

alter table mails drop constraint mails_kind_check;
alter table mails add constraint mails_kind_check check (kind in ('labels', 'do-not-ship', 'notice', 'confirmation'));
alter table mails
  -- Fixed with the mail, so that a second attempt sends the same bytes although the brand's settings changed.
  add column papers text[] not null default '{}',
  add column table_document_id uuid references documents,
  -- Documents too big to be attached: the mail names links that expire then.
  add column links_expire_at timestamptz,
  add column order_id uuid references orders;
create index mails_by_order on mails (order_id) where order_id is not null;

-- Labels that a mail told the brand not to use any more; each is told once.
create table mail_do_not_use (
  mail_id uuid not null references mails,
  parcel_id uuid not null references parcels,
  brand_id uuid not null references brands,
  primary key (mail_id, parcel_id)
);
create index mail_do_not_use_by_parcel on mail_do_not_use (parcel_id);

-- A question to the brand whether an order is to be delivered. The order's state says whether one is open.
create table confirmations (
  id uuid primary key,
  brand_id uuid not null references brands,
  order_id uuid not null references orders,
  round integer not null check (round >= 1),
  -- Why it was asked, in sentences for people.
  because text[] not null,
  asked_by text not null,
  asked_at timestamptz not null,
  due_at timestamptz not null,
  remind_at timestamptz,
  reminded_at timestamptz,
  -- The brand's rule as it was when it was asked.
  on_decline text not null check (on_decline in ('cancel', 'ops')),
  on_silence text not null check (on_silence in ('approve', 'ops')),
  outcome text check (outcome in ('CONFIRMED', 'DECLINED', 'OVERDUE', 'WITHDRAWN')),
  decided_by text,
  decided_at timestamptz,
  reason text,
  mail_id uuid references mails,
  unique (order_id, round),
  check ((outcome is null) = (decided_at is null))
);
create unique index one_open_confirmation_per_order on confirmations (order_id) where outcome is null;
create index confirmations_due on confirmations (due_at) where outcome is null;

do $$
declare
  t text;
begin
  foreach t in array array['brand_setting_changes', 'mail_do_not_use', 'confirmations'] loop
    perform wall_by_brand(t);
  end loop;
  foreach t in array array['brands', 'mails', 'brand_setting_changes', 'mail_do_not_use', 'confirmations'] loop
    perform grant_application(t);
  end loop;
end $$;
revoke update on brand_setting_changes from tradelane_app;
