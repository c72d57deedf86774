-- Cleaning rules, mapping to marketplaces' own lists, and translation. Rules and mappings are never edited in place.

-- One rule set for the installation, each brand and each marketplace account. What is active is a version of it.
create table rule_sets (
  id uuid primary key,
  scope text not null check (scope in ('installation', 'brand', 'marketplace')),
  brand_id uuid references brands,
  connection_id uuid references connections,
  -- The version in force; null: none yet.
  active_version integer,
  created_at timestamptz not null,
  check ((scope = 'brand') = (brand_id is not null) and (scope = 'marketplace') = (connection_id is not null)),
  unique nulls not distinct (scope, brand_id, connection_id)
);
create table rule_set_versions (
  rule_set_id uuid not null references rule_sets,
  number integer not null check (number > 0),
  -- [{"id", "field", "do": {"op", …}, "note"}] in the order in which they apply, and {"colours": {"Navy": ["navy blue"]}}
  rules jsonb not null,
  vocabularies jsonb not null default '{}',
  note text not null default '',
  created_by text not null,
  created_at timestamptz not null,
  primary key (rule_set_id, number)
);
alter table rule_sets add foreign key (id, active_version) references rule_set_versions (rule_set_id, number);
-- Who made which version hold, and when: undo is activating an earlier one.
create table rule_set_activations (
  id bigint generated always as identity primary key,
  rule_set_id uuid not null references rule_sets,
  number integer not null,
  activated_by text not null,
  why text,
  at timestamptz not null,
  foreign key (rule_set_id, number) references rule_set_versions (rule_set_id, number)
);
create trigger rule_set_versions_append_only before update or delete on rule_set_versions
  for each row execute function refuse_change();
create trigger rule_set_activations_append_only before update or delete on rule_set_activations
  for each row execute function refuse_change();

-- Where a product's fields come from: the record as the source gave it (in the shape of the store contract), and what
-- each rule did to it. `stale_since`: rules have changed, it waits to be refined again.
create table product_origins (
  product_id uuid primary key references products,
  brand_id uuid not null references brands,
  source_kind text not null check (source_kind in ('shop', 'file', 'person')),
  source jsonb not null,
  -- {"title": [{"rule", "version", "before", "after"}]}
  explained jsonb not null default '{}',
  -- Findings of source and rules; those of the product's row have what was found about SKUs and owners besides.
  findings jsonb not null default '[]',
  rules text not null,
  refined_at timestamptz not null,
  stale_since timestamptz
);
create index product_origins_stale on product_origins (product_id) where stale_since is not null;

-- Who set each field of a SKU last, as for products: a re-import never overwrites what a person set.
alter table skus add column field_owners jsonb not null default '{}';

-- What the rules, mappings and translations put into a listing: a field that still has this value follows them, one that
-- differs was set by a person. `stale_since`: something it is composed of has changed.
alter table listings add column composed jsonb not null default '{}';
alter table listings add column composed_explained jsonb not null default '{}';
alter table listings add column stale_since timestamptz;
do $$
begin
  perform set_config('tradelane.brand', '*', true);
  update listings l set composed =
      case when l.title = p.title then jsonb_build_object('title', l.title) else '{}' end
      || case when l.description_html = p.description_html then jsonb_build_object('descriptionHtml', l.description_html) else '{}' end
      || case when l.category_id is not distinct from c.listing_defaults ->> 'categoryId'
           then jsonb_build_object('categoryId', l.category_id) else '{}' end
      || case when l.attributes = '{}' then '{"attributes": {}}'::jsonb else '{}' end
    from products p, connections c where p.id = l.product_id and c.id = l.connection_id;
  perform set_config('tradelane.brand', '', true);
end $$;
create index listings_stale on listings (id) where stale_since is not null;

-- The marketplace's own lists, as last read.
create table marketplace_categories (
  connection_id uuid not null references connections,
  category_id text not null,
  name text not null,
  parent_id text,
  leaf boolean not null,
  seen_at timestamptz not null,
  primary key (connection_id, category_id)
);
create table marketplace_attributes (
  connection_id uuid not null references connections,
  category_id text not null,
  attribute_id text not null,
  name text not null,
  -- Tells the SKUs of one product apart; null where the platform does not say.
  for_variants boolean,
  required boolean,
  -- [{"id", "name"}]; empty: free text, or unknown
  choices jsonb not null default '[]',
  seen_at timestamptz not null,
  primary key (connection_id, category_id, attribute_id)
);

-- The brand's words → the marketplace's ids, remembered when a person sets one. Replaced, never edited.
create table mappings (
  id uuid primary key,
  connection_id uuid not null references connections,
  -- Null: for every brand of the account.
  brand_id uuid references brands,
  kind text not null check (kind in ('category', 'attribute', 'value')),
  -- category: its path; attribute: its name; value: name=value. Lower case, single blanks.
  source_key text not null check (source_key <> ''),
  source_label text not null,
  -- Null: this is not sent there.
  target_id text,
  target_label text,
  set_by text not null,
  set_at timestamptz not null,
  replaced_at timestamptz
);
create unique index mappings_in_force on mappings (connection_id, brand_id, kind, source_key) nulls not distinct
  where replaced_at is null;

-- What a listing needs and nobody has mapped, as of its last composition. The queue is this table, grouped.
create table listing_unmapped (
  listing_id uuid not null references listings,
  brand_id uuid not null references brands,
  connection_id uuid not null references connections,
  kind text not null check (kind in ('category', 'attribute', 'value')),
  source_key text not null,
  source_label text not null,
  -- It blocks the listing.
  required boolean not null,
  primary key (listing_id, kind, source_key)
);
create index listing_unmapped_by_source on listing_unmapped (connection_id, kind, source_key);

create table translation_settings (
  brand_id uuid primary key references brands,
  source_language text not null default 'en' check (source_language ~ '^[a-z]{2}$'),
  -- A translation that nobody has approved: block the listing, or only warn and use it.
  unapproved text not null default 'warn' check (unapproved in ('block', 'warn')),
  monthly_characters integer not null default 500000 check (monthly_characters >= 0),
  updated_by text not null,
  updated_at timestamptz not null
);
-- Characters that the provider billed, by calendar month in UTC.
create table translation_usage (
  brand_id uuid not null references brands,
  month text not null check (month ~ '^[0-9]{4}-[0-9]{2}$'),
  characters integer not null check (characters >= 0),
  primary key (brand_id, month)
);
create table glossary_terms (
  id uuid primary key,
  -- Null: for every brand.
  brand_id uuid references brands,
  -- Null: for every language.
  language text check (language ~ '^[a-z]{2}$'),
  term text not null check (term <> ''),
  -- Null: stays as it is, such as a brand's name.
  translation text,
  set_by text not null,
  set_at timestamptz not null,
  replaced_at timestamptz
);
create unique index glossary_terms_in_force on glossary_terms (brand_id, language, lower(term)) nulls not distinct
  where replaced_at is null;
create table translation_memory (
  id uuid primary key,
  brand_id uuid not null references brands,
  source_language text not null,
  language text not null,
  source_hash text not null,
  source_text text not null,
  target_text text not null,
  origin text not null check (origin in ('person', 'machine')),
  owner text not null,
  at timestamptz not null,
  unique (brand_id, source_language, language, source_hash)
);
create index translation_memory_recent on translation_memory (brand_id, language, at desc);
create table translations (
  id uuid primary key,
  brand_id uuid not null references brands,
  product_id uuid not null references products,
  language text not null check (language ~ '^[a-z]{2}$'),
  field text not null check (field in ('title', 'description')),
  source_language text not null,
  -- What was translated; a product whose field differs from it makes this translation stale.
  source_hash text not null,
  source_text text not null,
  target_text text not null,
  status text not null check (status in ('needs-person', 'approved')),
  -- memory: equal text, approved by a person before; fuzzy: a similar one's.
  origin text not null check (origin in ('machine', 'memory', 'fuzzy', 'person')),
  note text not null default '',
  -- For a stale translation: what the newer source was turned into, to be approved in its place.
  proposal jsonb,
  owner text not null,
  updated_at timestamptz not null,
  revision integer not null default 1,
  unique (product_id, language, field)
);
create index translations_to_review on translations (updated_at) where status = 'needs-person' or proposal is not null;

do $$
declare
  t text;
begin
  foreach t in array array['product_origins', 'listing_unmapped', 'mappings', 'rule_sets', 'translation_settings',
    'translation_usage', 'glossary_terms', 'translation_memory', 'translations']
  loop
    perform wall_by_brand(t);
  end loop;
  foreach t in array array['rule_sets', 'rule_set_versions', 'rule_set_activations', 'product_origins', 'skus', 'listings',
    'marketplace_categories', 'marketplace_attributes', 'mappings', 'listing_unmapped', 'translation_settings',
    'translation_usage', 'glossary_terms', 'translation_memory', 'translations']
  loop
    perform grant_application(t);
  end loop;
  foreach t in array array['rule_set_versions', 'rule_set_activations', 'marketplace_categories', 'marketplace_attributes']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy staff_only on %I using (current_brand() = ''*'') with check (current_brand() = ''*'')', t);
  end loop;
end $$;
revoke update on rule_set_versions, rule_set_activations from tradelane_app;
grant delete on listing_unmapped, marketplace_categories, marketplace_attributes to tradelane_app;
