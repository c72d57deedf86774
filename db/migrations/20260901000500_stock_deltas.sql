-- Changes of stock whose outcome is not known are looked for before each further one of the same account.
create index effects_open_by_connection on effects (connection_id, kind)
  where state in ('INTENDED', 'ATTEMPTED', 'AMBIGUOUS');
