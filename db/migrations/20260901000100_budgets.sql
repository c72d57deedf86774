-- Budgets per account and group of endpoints, with priorities, shared by all workers.

-- What an account permits beyond calls_per_second and call_burst:
-- {"concurrent": 4, "points": {"perSecond": 100, "capacity": 2000},
--  "groups": {"stock": {"operations": ["stock.*"], "callsPerSecond": 2, "burst": 4, "concurrent": 2}}}
alter table connections add column budget jsonb not null default '{}';
select grant_application('connections');

alter table budgets
  -- Buckets, who waits, what is under way: one value that the pure rules in budget/ turn into the next one.
  add column book jsonb not null default '{}',
  -- Counts the values: a decision that was made on an older one does not count.
  add column rev bigint not null default 0;
select grant_application('budgets');

drop function take_budget;

-- Replaces the state of an account's budget if it is still the one with the number `expected`, and answers what it is now. With `next`
-- null it only answers. `tokens` and `silent_until` repeat the account's own bucket for people and metrics. One round trip; to be
-- called as a statement of its own.
create function swap_budget(account uuid, expected bigint, next jsonb, took integer, throttles integer)
  returns table (swapped boolean, rev bigint, book jsonb, calls_per_second numeric, call_burst integer, budget jsonb, present double precision)
  language plpgsql
  as $$
  declare
    changed integer := 0;
    outer_scope text := coalesce(current_setting('tradelane.brand', true), '');
  begin
    perform set_config('tradelane.brand', '*', true);
    if next is null then
      insert into budgets (connection_id, tokens, refilled_at)
        select c.id, c.call_burst, clock_timestamp() from connections c where c.id = account
        on conflict do nothing;
    else
      update budgets b set
          book = next,
          rev = b.rev + 1,
          taken = b.taken + took,
          throttled = b.throttled + throttles,
          tokens = coalesce((next #>> '{buckets,*,calls}')::numeric, b.tokens),
          refilled_at = clock_timestamp(),
          silent_until = to_timestamp(nullif((next #>> '{buckets,*,silentUntilMs}')::double precision, 0) / 1000)
        where b.connection_id = account and b.rev = expected;
      get diagnostics changed = row_count;
    end if;
    return query
      select changed = 1, b.rev, b.book, c.calls_per_second, c.call_burst, c.budget,
             (extract(epoch from clock_timestamp()) * 1000)::double precision
      from budgets b join connections c on c.id = b.connection_id
      where b.connection_id = account;
    perform set_config('tradelane.brand', outer_scope, true);
  end $$;

-- What differs from what was acknowledged, found without looking at what does not.
create index listing_skus_due_stock on listing_skus (connection_id, id)
  where external_sku_id is not null and stock_desired is not null and (not stock_confirmed or stock_desired is distinct from stock_low);
create index listing_skus_due_prices on listing_skus (connection_id, brand_id, id)
  where external_sku_id is not null and price_desired_minor is not null
    and price_desired_minor is distinct from price_acknowledged_minor;
