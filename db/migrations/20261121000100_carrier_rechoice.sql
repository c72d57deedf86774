-- The carrier of an open consignment is chosen anew, customs papers are released by people, courier calls are settled with
-- their number, labels come in the brand's language.

alter table consignments
  -- By which accounts, limits and rules its carrier was last asked for; null: since it was planned nothing was asked,
  -- 'held': no carrier takes it as it is, so it is asked for again and again.
  add column carrier_checked text;
create index consignments_open_carrier on consignments (carrier_connection_id) where state = 'OPEN';
grant insert (carrier_checked), update (carrier_checked) on consignments to tradelane_app;

alter table brands
  -- In which language carriers print its labels, where they offer both.
  add column label_format text not null default 'PDF' check (label_format in ('PDF', 'ZPL'));
grant insert (label_format), update (label_format) on brands to tradelane_app;

alter table mails
  -- Labels in a printer's own language: one file for all of the mail.
  add column zpl_document_id uuid references documents;
grant insert (zpl_document_id), update (zpl_document_id) on mails to tradelane_app;

alter table effects
  -- What the other side calls it, as a person read it there.
  add column found_as text check (length(found_as) between 1 and 100);
grant insert (found_as), update (found_as) on effects to tradelane_app;

-- Who answers for goods that cross a border although their papers lack something. One that is withdrawn stays in the books.
create table customs_releases (
  id uuid primary key,
  brand_id uuid not null references brands,
  order_id uuid not null references orders,
  why text not null check (length(why) > 0),
  -- What was missing at that time: [{"field", "message"}]; anything else that comes to lack holds the order up again.
  missing jsonb not null,
  released_by text not null,
  released_at timestamptz not null,
  withdrawn_by text,
  withdrawn_at timestamptz,
  check ((withdrawn_by is null) = (withdrawn_at is null))
);
create unique index customs_releases_in_force on customs_releases (order_id) where withdrawn_at is null;

select wall_by_brand('customs_releases');
select grant_application('customs_releases');
