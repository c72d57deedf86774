-- Hand-overs: a shop's owner agrees on a page of the platform, which then sends credentials here.

create table hand_overs (
  id uuid primary key,
  -- SHA-256 of the random text that whatever arrives must bear. The text itself is only in `sealed`.
  state_hash bytea not null unique check (length(state_hash) = 32),
  connector text not null,
  -- The account that is authorised again; for a new one: what it became. Null until then.
  connection_id uuid references connections,
  -- What a new account is to be: {"code", "name", "brandId", "settings", …}; of an old one: {"settings"}. No secrets.
  draft jsonb not null,
  -- The random text, what the person filled in and what arrived; erased as soon as it is of no more use.
  sealed bytea,
  -- Whoever began it, in the session in which that was. Once the session ends, nothing is taken any more.
  user_id uuid not null references users,
  session_hash bytea not null,
  progress text not null default 'waiting'
    check (progress in ('waiting', 'received', 'testing', 'connected', 'refused')),
  report jsonb,
  -- {"what", "remedy"} in words
  refusal jsonb,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  -- A test that was begun and not finished by then may be begun again.
  claimed_until timestamptz,
  finished_at timestamptz,
  check ((finished_at is not null) = (progress in ('connected', 'refused'))),
  check (finished_at is null or sealed is null)
);
create index hand_overs_open on hand_overs (expires_at) where sealed is not null;

alter table hand_overs enable row level security;
alter table hand_overs force row level security;
create policy staff_only on hand_overs using (current_brand() = '*') with check (current_brand() = '*');
select grant_application('hand_overs', true);
