-- Temporary tables are searched before all others unless `pg_temp` is named last, also by functions that run as the owner.
-- Anybody may make one, so a temporary `transitions` would be taken for the history.
alter function record_steps(jsonb, jsonb) set search_path = pg_catalog, public, pg_temp;
alter function demand_history() set search_path = pg_catalog, public, pg_temp;
alter function rename_state(text, text, text, timestamptz, text) set search_path = pg_catalog, public, pg_temp;

-- As before, and an edge that the machine no longer has leads nowhere: history may refer to it, nothing new may take it.
create or replace function transitions_continue() returns trigger
  language plpgsql
  as $$
  declare
    previous transitions%rowtype;
  begin
    if exists (
      select 1 from machine_edges e
      where e.machine = new.machine and e.from_state = new.from_state and e.event = new.event
        and e.to_state = new.to_state and e.retired_at is not null
    ) then
      raise exception '% no longer goes from % to % by %', new.machine, new.from_state, new.to_state, new.event
        using errcode = 'TL002';
    end if;
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

-- People's log-ins. A log-in happens before any brand is known; a brand's own transactions see its own people only.
alter table users enable row level security;
alter table users force row level security;
create policy own_people on users
  using (current_brand() is null or brand_visible(brand_id))
  with check (current_brand() is null or brand_visible(brand_id));

-- As before, and with the wall set for our own staff until the end of the migration: without it the owner sees no row of a
-- walled table, and a renamed state would leave every row behind.
create or replace function rename_state(machine_name text, old_state text, new_state text, at timestamptz, reason text)
  returns integer
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp
  as $$
  declare
    target text;
    steps jsonb;
  begin
    perform set_config('tradelane.brand', '*', true);
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
