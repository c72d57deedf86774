import { createHash } from 'node:crypto';
import { type AuditReport, auditFromRunFile, runAudit } from '../../audit/main.ts';
import { readRunFile } from '../../config/run-file.ts';
import type { Tx } from '../../db/database.ts';
import { farSecrets } from '../channels/start.ts';
import { shopSecrets } from '../shops/start.ts';
import type { DemoWorld } from './world.ts';

/** What must be found nowhere outside its sealed place: the accounts' secrets and the buyers' addresses. */
const canaries = [...shopSecrets, ...farSecrets, 'buyer1@example.com', '+628125550100', 'Jl. Diponegoro 45'].filter(
  (text) => text.length >= 8,
);

/** The auditor over the running demo world; problems that it finds are listed by it. */
export async function auditDemo(demo: DemoWorld): Promise<AuditReport> {
  demo.world.writeRunFile();
  const runFile = readRunFile(demo.dataDir);
  if (!runFile) throw new Error('the demo world wrote no run file');
  const { deps, close } = await auditFromRunFile(runFile, { canaries });
  try {
    return await runAudit(deps);
  } finally {
    await close();
  }
}

/** The counts of a run, as `npm run demo -- --json` prints them. */
export async function countsOf(demo: DemoWorld) {
  return demo.db.tx('staff', async (trx) => {
    const n = async (sql: string): Promise<number> => {
      const { rows } = await trx.raw(`select count(*)::int as n from ${sql}`);
      return Number(rows[0].n);
    };
    const passed = (state: string) =>
      `(select distinct entity_id from transitions where machine = 'order' and to_state = '${state}') passed`;
    return {
      products: { imported: await n('products') },
      listings: {
        live: await n(`listings where remote = 'LIVE'`),
        rejected: await n(
          `(select distinct entity_id from transitions where machine = 'listing' and to_state = 'REJECTED') r`,
        ),
        fixed: await n(
          `listings where remote = 'LIVE' and id in (select entity_id from transitions where machine = 'listing' and to_state = 'REJECTED')`,
        ),
      },
      orders: {
        ingested: await n('channel_orders'),
        approved: await n(passed('APPROVED')),
        pushed: await n('orders where in_shop_at is not null'),
        completed: await n(`orders where state = 'SUCCESSFULLY_PROCESSED'`),
        cancelled: await n(`orders where state = 'CANCELLED'`),
      },
      consignments: await n(`consignments where state in ('NOTIFIED', 'HANDED_OVER')`),
      labels: await n(`documents where kind = 'label'`),
      mails: await n('mails where sent_at is not null'),
      effects: {
        total: await n('effects'),
        ambiguous: await n(`effects where state in ('AMBIGUOUS', 'ATTEMPTED', 'INTENDED')`),
      },
      problems: { open: await n(`problems where state = 'OPEN'`) },
      freight: await freightOf(trx),
      mailSlots: await n(
        `(select distinct brand_id, slot_date, slot_time from mails where kind = 'labels' and sent_at is not null) s`,
      ),
    };
  });
}

/**
 * What the last plan of each brand and slot says of the carrier that crosses borders, in minor units of the card's currency: the cost as planned, each order
 * alone, and what nobody could go below.
 */
async function freightOf(trx: Tx): Promise<{ cost: number; alone: number; lowerBound: number }> {
  const { rows } = await trx.raw(`
    select coalesce(sum(cost_minor), 0)::int as cost, coalesce(sum(alone_minor), 0)::int as alone,
      coalesce(sum(lower_bound_minor), 0)::int as "lowerBound"
    from (select distinct on (brand_id, connection_id, slot_date, slot_time) * from freight_plans
      where connection_id in (select id from connections where code = 'dhl-express')
      order by brand_id, connection_id, slot_date, slot_time, created_at desc, id) newest`);
  return rows[0];
}

/**
 * What a run led to, without ids and times: orders and their lines, listings with their offers, consignments, mails, stock
 * and open problems, and what the outside systems hold. Two runs that led to the same have the same hash.
 */
export async function endState(demo: DemoWorld): Promise<{ hash: string; lines: string[] }> {
  const lines = await demo.db.tx('staff', async (trx) => {
    const text = async (sql: string): Promise<string[]> => {
      const { rows } = await trx.raw(`select (x)::text as line from (${sql}) x order by 1`);
      return rows.map(({ line }: { line: string }) => line);
    };
    return [
      ...(await text(`select 'order' as kind, c.external_id, o.state, c.native_state, o.total_minor, o.goods_outside, o.in_shop_at is not null as in_shop, o.handed_over_at is not null as gone
        from orders o join channel_orders c on c.id = o.channel_order_id`)),
      ...(await text(`select 'line' as kind, c.external_id, l.seller_sku, l.quantity_ordered, l.quantity_cancelled, l.quantity_shipped, l.reserved_quantity, l.taken_quantity
        from order_lines l join orders o on o.id = l.order_id join channel_orders c on c.id = o.channel_order_id`)),
      ...(await text(`select 'sku' as kind, sku, on_hand, reserved from skus`)),
      ...(await text(`select 'listing' as kind, s.seller_sku, l.state, l.remote, s.stock_desired, s.stock_acknowledged, s.price_desired_minor, s.price_acknowledged_minor
        from listing_skus s join listings l on l.id = s.listing_id`)),
      ...(await text(`select 'consignment' as kind, c.external_id, k.state, k.slot_date, k.slot_time, p.state as parcel
        from consignment_orders m join consignments k on k.id = m.consignment_id join orders o on o.id = m.order_id
        join channel_orders c on c.id = o.channel_order_id join parcels p on p.consignment_id = k.id and p.order_id = o.id`)),
      ...(await text(`select 'mail' as kind, m.kind as mail_kind, m.slot_date, m.slot_time, m.revision, c.external_id, m.sent_at is not null as sent
        from mails m join mail_consignments mc on mc.mail_id = m.id join consignment_orders co on co.consignment_id = mc.consignment_id
        join orders o on o.id = co.order_id join channel_orders c on c.id = o.channel_order_id`)),
      ...(await text(
        `select 'problem' as kind, p.kind as problem_kind, p.state from problems p where p.state <> 'RESOLVED'`,
      )),
    ];
  });
  const outside = await outsideState(demo);
  const all = [...lines, ...outside];
  return { hash: createHash('sha256').update(all.join('\n')).digest('hex').slice(0, 16), lines: all };
}

async function outsideState(demo: DemoWorld): Promise<string[]> {
  const numbers = new Map<string, string>(
    await demo.db.tx('staff', async (trx) => {
      const rows = await trx('orders')
        .join('channel_orders', 'channel_orders.id', 'orders.channel_order_id')
        .select('orders.number', 'channel_orders.external_id');
      return rows.map(
        ({ number, external_id }: { number: string; external_id: string }) => [number, external_id] as const,
      );
    }),
  );
  const orders = (await Promise.all(demo.shops.map((shop) => shop.orders()))).flat();
  return orders
    .map((order) => {
      const items = order.lines.map(({ sku, quantity }) => `${sku}×${quantity}`).sort();
      return `shop-order ${numbers.get(order.reference) ?? order.reference} ${order.status} ${order.total} ${items.join(' ')}`;
    })
    .sort();
}
