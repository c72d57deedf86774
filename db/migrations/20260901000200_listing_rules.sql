-- Marketplaces' rules for listings: what pictures are like, what rejections taught, and which field a reason is about. The
-- rules themselves are data in the code; what an account has set about them stands in its listing defaults.

-- What is known of a picture, read from its own bytes when it was fetched last.
create table image_facts (
  url_hash text primary key,
  url text not null,
  -- Null: the bytes are no picture that can be read.
  format text check (format in ('JPEG', 'PNG', 'GIF', 'WEBP')),
  width_px integer check (width_px > 0),
  height_px integer check (height_px > 0),
  bytes integer not null check (bytes >= 0),
  seen_at timestamptz not null
);

-- A rejection with a reason that is understood becomes a rule of the account. Taken out by a person, never edited.
create table listing_learned_rules (
  id uuid primary key,
  connection_id uuid not null references connections,
  -- As findings name fields.
  field text not null,
  -- {"kind": …}: the checks of `listings/rules/types.ts`
  "check" jsonb not null,
  -- Null: in every category.
  category_id text,
  -- Null: for every listing of the account.
  listing_id uuid references listings,
  -- The marketplace's own words, and the listing that they were said of.
  reason text not null,
  learned_from uuid not null references listings,
  learned_at timestamptz not null,
  -- How often the same was said since.
  times integer not null default 1,
  removed_at timestamptz,
  removed_by text,
  removed_why text
);
create unique index listing_learned_rules_in_force
  on listing_learned_rules (connection_id, field, "check", category_id, listing_id) nulls not distinct
  where removed_at is null;

-- Reasons that no table of the code knows: ops say which field they are about, and it is remembered.
create table listing_reason_patterns (
  id uuid primary key,
  connection_id uuid not null references connections,
  -- Part of the raw text, without regard to case and blanks.
  pattern text not null check (length(btrim(pattern)) >= 3),
  field text not null,
  set_by text not null,
  set_at timestamptz not null,
  removed_at timestamptz,
  removed_by text
);
create unique index listing_reason_patterns_in_force on listing_reason_patterns (connection_id, lower(pattern))
  where removed_at is null;

create index listings_review_due on listings (review_due_at) where review_due_at is not null;

do $$
declare
  t text;
begin
  foreach t in array array['image_facts', 'listing_learned_rules', 'listing_reason_patterns']
  loop
    perform grant_application(t);
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy staff_only on %I using (current_brand() = ''*'') with check (current_brand() = ''*'')', t);
  end loop;
end $$;
