import type { Client } from '@temporalio/client';
import type { Database } from '../../db/database.ts';
import {
  consignmentKey,
  importKey,
  labelsKey,
  listingsKey,
  mailKey,
  orderKey,
  pricesKey,
  stockKey,
} from '../../db/follow-ups.ts';
import { wakeProcess } from './deliver.ts';
import { reconcileSchedules } from './schedules.ts';
import { makeVersionCurrent, registerSearchAttributes } from './server-setup.ts';

export interface ResumeReport {
  readonly orders: number;
  readonly consignments: number;
  readonly labelMails: number;
  readonly mails: number;
  readonly accounts: number;
  readonly schedules: { created: number; updated: number; removed: number };
  /** Search attributes that Temporal did not know any more. */
  readonly searchAttributes: readonly string[];
  /** The worker's version that has the work now; null where none is configured, or no worker of it is running. */
  readonly version: string | null;
}

/** A worker that runs hears of a new server within seconds. */
const versionWaitMs = 30_000;

const closedOrders = ['SUCCESSFULLY_PROCESSED', 'CANCELLED'];

/**
 * Brings back every open process from the rows alone: after Temporal's database was lost, or moved. Harmless when
 * everything is running: a process that runs is woken and reads its row.
 */
export async function resumeAll(deps: {
  client: Client;
  db: Database;
  installation: string;
  namespace: string;
  buildId: string | null;
  pausedSchedules: boolean;
}): Promise<ResumeReport> {
  const { client, db, installation, namespace, buildId } = deps;
  const searchAttributes = await registerSearchAttributes(client, namespace);
  const open = await db.tx('staff', async (trx) => ({
    orders: await trx('orders').whereNotIn('state', closedOrders).orderBy('id').select('id'),
    consignments: await trx('consignments').where({ state: 'CLOSED' }).orderBy('id').select('id'),
    slots: await trx('consignments')
      .whereIn('state', ['CLOSED', 'BOOKED'])
      .distinct('brand_id', 'slot_date', 'slot_time'),
    mails: await trx('mails').whereNull('sent_at').select('id', 'kind'),
    imports: await trx('imports').whereIn('phase', ['reading', 'applying', 'listing']).orderBy('id').select('id'),
    repricings: await trx('repricings').whereNull('finished_at').orderBy('created_at').select('id'),
    marketplaces: await trx('connections')
      .where({ kind: 'marketplace' })
      .whereIn('state', ['CONNECTED', 'DEGRADED'])
      .select('id'),
  }));
  for (const { id } of open.orders) await wakeProcess(client, installation, 'order', orderKey(id));
  for (const { id } of open.consignments) await wakeProcess(client, installation, 'consignment', consignmentKey(id));
  for (const slot of open.slots) {
    await wakeProcess(client, installation, 'labels', labelsKey(slot.brand_id, slot.slot_date, slot.slot_time));
  }
  for (const { id } of open.mails) await wakeProcess(client, installation, 'mail', mailKey(id));
  for (const { id } of open.imports) await wakeProcess(client, installation, 'import', importKey(id));
  for (const { id } of open.repricings) await wakeProcess(client, installation, 'prices', pricesKey(id));
  for (const { id } of open.marketplaces) {
    await wakeProcess(client, installation, 'listings', listingsKey(id));
    await wakeProcess(client, installation, 'stock', stockKey(id));
  }
  const isCurrent =
    buildId !== null && (await makeVersionCurrent(client, { namespace, installation, buildId }, versionWaitMs));
  return {
    orders: open.orders.length,
    consignments: open.consignments.length,
    labelMails: open.slots.length,
    mails: open.mails.length,
    accounts: open.marketplaces.length,
    schedules: await reconcileSchedules(client, db, installation, { paused: deps.pausedSchedules }),
    searchAttributes,
    version: isCurrent ? buildId : null,
  };
}
