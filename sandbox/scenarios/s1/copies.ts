import { compare, type Row } from '../rows.ts';
import { inParallel } from '../wait.ts';
import type { Played } from './played.ts';
import type { Stage } from './stage.ts';

/** Everything that is kept about a marketplace's order except the readings themselves, as one text. */
async function kept({ demo }: Stage, externalId: string): Promise<string> {
  const { rows } = await demo.db.tx('staff', (trx) =>
    trx.raw(
      `with c as (select * from channel_orders where external_id = ?),
         o as (select * from orders where channel_order_id in (select id from c)),
         k as (select consignment_id as id from consignment_orders where order_id in (select id from o)),
         things as (select id from c union select id from o union select id from k
           union select id from parcels where order_id in (select id from o)
           union select id from returns where order_id in (select id from o)
           union select id from effects where entity_id in (select id from o union select id from k)
           union select id from problems where entity_id in (select id from o union select id from c))
       select json_build_object(
         'channelOrder', (select json_agg(to_jsonb(c) - 'native_seen_at' - 'raw') from c),
         'orders', (select json_agg(to_jsonb(o)) from o),
         'lines', (select json_agg(to_jsonb(l) order by l.id) from order_lines l where l.order_id in (select id from o)),
         'problems', (select json_agg(json_build_array(p.id, p.version, p.occurrences) order by p.id) from problems p
            where p.id in (select id from things)),
         'movements', (select count(*) from stock_movements m join order_lines l on l.id = m.order_line_id
            where l.order_id in (select id from o)),
         'mails', (select count(*) from mail_consignments where consignment_id in (select id from k)),
         'transitions', (select count(*) from transitions where entity_id in (select id from things))
       )::text as kept`,
      [externalId],
    ),
  );
  return rows[0].kept;
}

/** The part of it that does not move while a call to the shop is tried again and again. */
async function core({ demo }: Stage, externalId: string): Promise<string> {
  const rows = await demo.db.tx('staff', (trx) =>
    trx('orders')
      .join('channel_orders', 'channel_orders.id', 'orders.channel_order_id')
      .where({ external_id: externalId })
      .select(
        'orders.*',
        'channel_orders.version as channel_order_version',
        'channel_orders.state as channel_order_state',
      ),
  );
  return JSON.stringify(rows);
}

/**
 * Lets the same marketplace state arrive twice more, once by "fetch now" and once by polling, and says what changed:
 * "nothing" or which order did, and whether the copies were recognised as such. Not `atRest`: our calls to the shop go on
 * meanwhile, so nothing is polled and their ledger is left out.
 */
export async function copiesChange(stage: Stage, orders: readonly Played[], { atRest = true } = {}): Promise<string> {
  const look = atRest ? kept : core;
  const before = await inParallel(orders, ({ externalId }) => look(stage, externalId));
  await stage.fetch(...orders.map(({ externalId }) => externalId));
  if (atRest) await stage.demo.sync('orders');
  const changed: string[] = [];
  for (const [index, { case: name, externalId }] of orders.entries()) {
    const verdict = await lastVerdict(stage, externalId);
    if (verdict !== 'duplicate') changed.push(`${name} (read as ${verdict})`);
    else if ((await look(stage, externalId)) !== before[index]) changed.push(name);
  }
  return changed.length === 0 ? 'nothing' : changed.join(', ');
}

async function lastVerdict({ demo }: Stage, externalId: string): Promise<string> {
  const row = await demo.db.tx('staff', (trx) =>
    trx('sightings').where({ external_id: externalId }).orderBy('id', 'desc').first('verdict'),
  );
  return row?.verdict ?? 'never';
}

/** Case f: after each of the others has come to its end. */
export async function copies(stage: Stage, orders: readonly Played[]): Promise<Row[]> {
  await stage.demo.quiet();
  const names = orders.map((order) => order.case).join(' ');
  return [
    compare('f. second copies', {
      orders: [names, names],
      'changed by them': ['nothing', await copiesChange(stage, orders)],
    }),
  ];
}
