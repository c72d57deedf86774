-- Waybill numbers that were reserved before a booking: a repetition carries the same one.
create table reserved_numbers (
  connection_id uuid not null references connections,
  -- Our reference of the booking: consignment number and revision.
  reference text not null,
  number text not null,
  reserved_at timestamptz not null,
  primary key (connection_id, reference),
  unique (connection_id, number)
);
select grant_application('reserved_numbers');
revoke update on reserved_numbers from tradelane_app;
