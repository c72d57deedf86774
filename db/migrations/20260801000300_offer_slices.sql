-- All quotas of a large shop are reckoned in slices: where the next one goes on.
alter table incidents
  -- The last SKU reckoned by the present stage; null: none yet.
  add column offers_after uuid,
  -- Counts beginnings: a slice that began by an older stage or policy does not count.
  add column offers_round integer not null default 0;

-- Rights are given column by column: the new columns need theirs.
select grant_application('incidents');
