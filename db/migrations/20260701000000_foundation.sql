-- The ground: who may do what, how a state changes, and how a brand is walled off.
-- Run by the owner role; everything else runs as the plain application role `tradelane_app`.

-- The brand of the present transaction. '*' = our own staff and processes; unset = nothing is visible.
create function current_brand() returns text
  language sql stable parallel safe
  as $$ select nullif(current_setting('tradelane.brand', true), '') $$;

create function brand_visible(brand uuid) returns boolean
  language sql stable parallel safe
  as $$ select coalesce(current_brand() = '*' or current_brand() = brand::text, false) $$;

-- The machines as data, written from the code by the migration command. Old edges stay: history refers to them.
create table machine_states (
  machine text not null,
  state text not null,
  is_initial boolean not null,
  is_closed boolean not null,
  retired_at timestamptz,
  primary key (machine, state)
);
create table machine_edges (
  machine text not null,
  from_state text not null,
  event text not null,
  to_state text not null,
  retired_at timestamptz,
  primary key (machine, from_state, event, to_state)
);
create table machine_tables (
  machine text primary key,
  table_name text not null unique
);

-- Append-only history of every state. One chain per thing: each row carries the hash of the one before it.
create table transitions (
  id bigint generated always as identity primary key,
  machine text not null,
  entity_id uuid not null,
  version integer not null check (version >= 1),
  event text not null,
  from_state text not null,
  to_state text not null,
  command_id text not null unique,
  actor text not null,
  role text not null check (role in ('ops', 'approver', 'admin', 'brand', 'rule', 'connector', 'system')),
  why text,
  changed jsonb not null default '{}',
  correlation_id text,
  brand_id uuid,
  at timestamptz not null,
  chain_hash bytea not null,
  unique (machine, entity_id, version),
  foreign key (machine, from_state, event, to_state) references machine_edges
);
create index transitions_by_time on transitions (at);

create function transition_hash(previous bytea, t transitions) returns bytea
  language sql immutable
  as $$
    select sha256(coalesce(previous, ''::bytea) || convert_to(
      jsonb_build_array(t.machine, t.entity_id, t.version, t.event, t.from_state, t.to_state, t.command_id,
        t.actor, t.role, t.why, t.changed, extract(epoch from t.at))::text, 'UTF8'))
  $$;

-- Every new history row continues the one before it; the chain hash is computed here, not accepted.
create function transitions_continue() returns trigger
  language plpgsql
  as $$
  declare
    previous transitions%rowtype;
  begin
    if new.version = 1 then
      if new.from_state <> '' then
        raise exception 'history of % % must begin with its creation', new.machine, new.entity_id using errcode = 'TL002';
      end if;
      new.chain_hash := transition_hash(null, new);
      return new;
    end if;
    select * into previous from transitions
      where machine = new.machine and entity_id = new.entity_id and version = new.version - 1;
    if not found or previous.to_state <> new.from_state then
      raise exception 'history of % % does not lead to % at version %', new.machine, new.entity_id, new.from_state,
        new.version - 1 using errcode = 'TL002';
    end if;
    new.chain_hash := transition_hash(previous.chain_hash, new);
    return new;
  end $$;
create trigger transitions_continue before insert on transitions
  for each row execute function transitions_continue();

create function refuse_change() returns trigger
  language plpgsql
  as $$ begin raise exception '% is append-only', tg_table_name using errcode = 'TL003'; end $$;
create trigger transitions_append_only before update or delete on transitions
  for each row execute function refuse_change();
create trigger transitions_no_truncate before truncate on transitions
  for each statement execute function refuse_change();

-- Deferred: at commit, each new or changed state must have the history row that explains it. Every state and version
-- that a row went through in the transaction is checked by itself, so nothing depends on what is visible at commit.
create function demand_history() returns trigger
  language plpgsql security definer set search_path = public
  as $$
  begin
    if not exists (
      select 1 from transitions t
      where t.machine = tg_argv[0] and t.entity_id = new.id
        and t.version = greatest(new.version, 1) and (new.version = 0 or t.to_state = new.state)
    ) then
      raise exception '% % is % at version % without a history row', tg_argv[0], new.id, new.state, new.version
        using errcode = 'TL001';
    end if;
    return null;
  end $$;

-- Follow-up work of a committed change. It always reaches its workflow: at least once, harmless twice.
create table outbox (
  id bigint generated always as identity primary key,
  topic text not null,
  business_key text not null,
  payload jsonb not null,
  correlation_id text,
  created_at timestamptz not null,
  attempts integer not null default 0,
  not_before timestamptz,
  last_error text,
  delivered_at timestamptz
);
create index outbox_waiting on outbox (id) where delivered_at is null;
create function outbox_notify() returns trigger
  language plpgsql
  as $$ begin perform pg_notify('tradelane_outbox', ''); return null; end $$;
create trigger outbox_notify after insert on outbox for each statement execute function outbox_notify();

-- The one function that changes states. `steps` is an array of
--   {machine, id, from, to, event, version, command_id, actor, role, why, changed, correlation_id, at}
-- in the order in which they happen; `version` is the one that the row has now (0 for a new row). The caller has
-- locked the rows and asked the machine; the edges table refuses what the machine does not know.
create function record_steps(steps jsonb, work jsonb) returns void
  language plpgsql security definer set search_path = public
  as $$
  declare
    target record;
    moved integer;
    expected integer;
    depth integer;
    depths integer;
  begin
    select coalesce(max((s ->> 'depth')::int), 0) into depths from jsonb_array_elements(steps) s;
    -- steps of one thing follow each other (depth 0, 1, …); steps of different things are done at once
    for depth in 0..depths loop
      for target in
        select distinct s ->> 'machine' as machine, m.table_name
        from jsonb_array_elements(steps) s join machine_tables m on m.machine = s ->> 'machine'
        where coalesce((s ->> 'depth')::int, 0) = depth
      loop
        select count(*) into expected from jsonb_array_elements(steps) s
          where s ->> 'machine' = target.machine and coalesce((s ->> 'depth')::int, 0) = depth;
        execute format(
          'with s as (select * from jsonb_to_recordset($1) as s(machine text, id uuid, "from" text, "to" text, event text,
               version int, command_id text, actor text, role text, why text, changed jsonb, correlation_id text,
               at timestamptz, depth int)
             where s.machine = $2 and coalesce(s.depth, 0) = $3),
           moved as (update %I t set state = s."to", version = s.version + 1 from s
             where t.id = s.id and t.version = s.version and (s.version = 0 or t.state = s."from")
             returning t.id, to_jsonb(t) ->> ''brand_id'' as brand_id)
           insert into transitions (machine, entity_id, version, event, from_state, to_state, command_id, actor, role, why,
             changed, correlation_id, brand_id, at, chain_hash)
           select s.machine, s.id, s.version + 1, s.event, s."from", s."to", s.command_id, s.actor, s.role, s.why,
             coalesce(s.changed, ''{}''), s.correlation_id, moved.brand_id::uuid, s.at, ''''::bytea
           from s join moved on moved.id = s.id', target.table_name)
          using steps, target.machine, depth;
        get diagnostics moved = row_count;
        if moved <> expected then
          raise exception '% of % % rows were changed by somebody else', expected - moved, expected, target.machine
            using errcode = 'TL004';
        end if;
      end loop;
    end loop;
    insert into outbox (topic, business_key, payload, correlation_id, created_at)
      select w ->> 'topic', w ->> 'key', coalesce(w -> 'payload', '{}'), w ->> 'correlation_id', (w ->> 'at')::timestamptz
      from jsonb_array_elements(work) w;
  end $$;

-- A renamed state: rows and edges move together, in a migration, with a history row that says so.
create function rename_state(machine_name text, old_state text, new_state text, at timestamptz, reason text) returns integer
  language plpgsql security definer set search_path = public
  as $$
  declare
    target text;
    steps jsonb;
  begin
    select table_name into strict target from machine_tables where machine = machine_name;
    insert into machine_edges values (machine_name, old_state, 'RENAMED', new_state, null) on conflict do nothing;
    execute format(
      'select coalesce(jsonb_agg(jsonb_build_object(''machine'', $1::text, ''id'', id, ''from'', state, ''to'', $3::text,
         ''event'', ''RENAMED'', ''version'', version, ''command_id'', ''rename/'' || $1 || ''/'' || $3 || ''/'' || id,
         ''actor'', ''migration'', ''role'', ''system'', ''why'', $4::text, ''at'', $5)), ''[]'') from %I where state = $2',
      target) into steps using machine_name, old_state, new_state, reason, at;
    perform record_steps(steps, '[]');
    update machine_states set retired_at = rename_state.at where machine = machine_name and state = old_state;
    return jsonb_array_length(steps);
  end $$;

-- Makes a table stateful: initial state, version, the deferred demand for history, and what the application may touch.
create function make_stateful(target text, machine_name text, initial_state text) returns void
  language plpgsql
  as $$
  begin
    execute format('alter table %I add column state text not null default %L, add column version integer not null default 0',
      target, initial_state);
    execute format('create index on %I (state)', target);
    execute format('create constraint trigger %I after insert or update of state, version on %I
      deferrable initially deferred for each row execute function demand_history(%L)',
      target || '_history', target, machine_name);
    insert into machine_tables values (machine_name, target);
  end $$;

-- Walls a table by brand, for the owner too. Rows without a brand belong to our own staff only.
create function wall_by_brand(target text) returns void
  language plpgsql
  as $$
  begin
    execute format('alter table %I enable row level security', target);
    execute format('alter table %I force row level security', target);
    execute format('create policy brand_wall on %I using (brand_visible(brand_id)) with check (brand_visible(brand_id))', target);
  end $$;

-- What the application role may do with a table: everything except deleting, and except state and version.
create function grant_application(target text, may_delete boolean default false) returns void
  language plpgsql
  as $$
  declare
    columns text;
  begin
    select string_agg(quote_ident(column_name), ', ') into columns from information_schema.columns
      where table_schema = 'public' and table_name = target and column_name not in ('state', 'version')
        and is_generated = 'NEVER' and identity_generation is distinct from 'ALWAYS';
    execute format('grant select on %I to tradelane_app', target);
    execute format('grant insert (%s), update (%s) on %I to tradelane_app', columns, columns, target);
    if may_delete then
      execute format('grant delete on %I to tradelane_app', target);
    end if;
  end $$;

-- One row when a simulation moves the clock; none in real life.
create table clock (
  only_row boolean primary key default true check (only_row),
  virtual_now timestamptz not null
);
create function clock_notify() returns trigger
  language plpgsql
  as $$ begin perform pg_notify('tradelane_clock', new.virtual_now::text); return null; end $$;
create trigger clock_notify after insert or update on clock for each row execute function clock_notify();
