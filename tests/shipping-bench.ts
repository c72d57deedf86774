import { consignmentActivities } from '../activities/consignments.ts';
import { mailActivities } from '../activities/mails.ts';
import { orderActivities } from '../activities/orders.ts';
import { tickerActivities } from '../activities/ticker.ts';
import type { Tx } from '../db/database.ts';
import { later, lineOf, makeOrder, makeWorld, orderStep, unique } from './factories.ts';
import type { TestDatabase } from './helpers/database.ts';
import { ScriptedSystems } from './scripted-systems.ts';

/** The brand's slots are 11:00 and 16:00 in Sydney on working days; tests begin on a Friday at 14:00. */
export const fourOClock = later(120);
export const mondayEleven = new Date('2026-11-23T00:00:00Z');
export const slot = { date: '2026-11-20', time: '16:00' } as const;

/** A brand of its own with scripted outside systems, and the activities between approval and label mail. */
export async function openShippingBench(database: TestDatabase) {
  const staff = <Result>(work: (trx: Tx) => Promise<Result>) => database.db.tx('staff', work);
  // Only this test's carrier may be chosen: the others belong to another brand.
  await staff((trx) =>
    trx('connections')
      .where({ kind: 'carrier' })
      .update({ brand_id: trx.raw('(select id from brands order by code limit 1)') }),
  );
  const world = await makeWorld(database.db, { code: unique('brand') });
  const systems = new ScriptedSystems();
  const deps = systems.deps(database.db);
  const consignments = consignmentActivities(deps);
  const mails = mailActivities(deps);
  const orders = orderActivities(deps);
  const ticker = tickerActivities(deps);
  const consignmentOf = (orderId: string) =>
    staff((trx) =>
      trx('consignments')
        .join('consignment_orders', 'consignment_orders.consignment_id', 'consignments.id')
        .where({ order_id: orderId })
        .orderBy('consignments.number', 'desc')
        .first('consignments.*', 'consignment_orders.left_at'),
    );
  const parcelsOf = (orderId: string) =>
    staff((trx) => trx('parcels').where({ order_id: orderId }).orderBy('created_at'));
  const mailsOf = (kind: string) =>
    staff((trx) => trx('mails').where({ brand_id: world.brandId, kind }).orderBy('revision'));
  const labelWork = () =>
    staff((trx) =>
      trx('outbox')
        .where({ topic: 'labels' })
        .whereLike('business_key', `labels/${world.brandId}/%`)
        .pluck('business_key'),
    );
  const approved = async (quantity = 1) => {
    const order = await makeOrder(database.db, world, [lineOf(world.skuA, quantity)]);
    await orderStep(database.db, order.id, 'APPROVE');
    return order.id;
  };
  const queued = async (quantity = 1) => {
    const id = await approved(quantity);
    await orders.planOrder(id);
    return id;
  };
  const closed = async () => {
    const ids = [await queued(), await queued()];
    systems.now = fourOClock;
    await ticker.runDue();
    return ids as [string, string];
  };
  const book = async (orderId: string) => consignments.bookConsignment((await consignmentOf(orderId)).id);
  const cancel = (orderId: string) =>
    orderStep(database.db, orderId, 'CANCELLED_THERE', { role: 'connector', at: systems.now });
  const compose = () => mails.composeLabelMail({ brandId: world.brandId, ...slot });
  return {
    staff,
    consignmentOf,
    parcelsOf,
    mailsOf,
    labelWork,
    approved,
    queued,
    closed,
    book,
    cancel,
    compose,
    world,
    systems,
    consignments,
    mails,
    orders,
    ticker,
  };
}
