import { endTrouble, wakeCancellations, wakeWaitingFor } from './connection-health.ts';
import type { Tx } from './database.ts';
import { offersAnew, offersAreDue } from './incident-offers.ts';
import { reportOf } from './incident-report.ts';
import { lockIncident, openIncident } from './incidents.ts';
import { outagePolicyOf, type ShrinkStage } from './outage-policy.ts';
import { type Command, lock, mustStep, type Row } from './steps.ts';

/** What the process of an incident does next; `probe` only when it is due. */
export type IncidentNext = 'none' | 'wait' | 'probe' | 'drain' | 'catalogue' | 'compare' | 'stock' | 'offers' | 'close';

export interface IncidentView {
  readonly number: string;
  readonly account: string;
  readonly isStore: boolean;
  readonly state: string;
  readonly probes: number;
}

/** The incident as its row says it, and the one next thing to do: a process that starts anew goes on where the last one was. */
export async function readIncident(
  trx: Tx,
  connectionId: string,
  at: Date,
): Promise<{ view: IncidentView | null; next: IncidentNext }> {
  const row = await openIncident(trx, connectionId);
  if (!row) return { view: null, next: 'none' };
  const connection = await trx('connections').where({ id: connectionId }).first('code', 'kind', 'state');
  const view: IncidentView = {
    number: String(row.number),
    account: connection.code,
    isStore: connection.kind === 'store',
    state: row.state,
    probes: Number(row.probes),
  };
  // Paused by a person, or refused for good: it goes on when it may be called again.
  const canBeCalled = ['CONNECTED', 'DEGRADED'].includes(connection.state);
  const next = canBeCalled ? nextOf(row, at) : 'wait';
  // What marketplaces are offered is reckoned without the shop, while there is nothing to do with it.
  return { view, next: next === 'wait' && view.isStore && offersAreDue(row) ? 'offers' : next };
}

function nextOf(row: Row, at: Date): IncidentNext {
  if (row.state === 'OPEN') {
    const dueAt = row.probe_due_at as Date | null;
    return dueAt !== null && dueAt <= at ? 'probe' : 'wait';
  }
  if (row.drained_at === null) return 'drain';
  if (row.caught_up_at === null) return 'catalogue';
  if (row.compared_at === null) return 'compare';
  if (row.stock_read_at === null) return 'stock';
  return row.offered_stage === 'lifted' ? 'close' : 'offers';
}

/** An order has to wait for its shop: noted once, for the report. */
export async function noteWaiting(trx: Tx, order: Row, at: Date): Promise<'away' | 'draining' | null> {
  const incident = await openIncident(trx, String(order.store_connection_id));
  if (!incident || (incident.state === 'RECOVERING' && incident.drained_at !== null)) return null;
  if (order.state === 'QUEUE' && order.in_shop_at === null) {
    await trx('incident_orders')
      .insert({
        incident_id: incident.id,
        order_id: order.id,
        brand_id: order.brand_id,
        ship_by: order.ship_by,
        waits_since: at,
      })
      .onConflict(['incident_id', 'order_id'])
      .ignore();
  }
  return incident.state === 'OPEN' ? 'away' : 'draining';
}

/**
 * Takes the next orders that waited, the one with the earliest ship-by deadline first, and marks them as handed to the shop.
 * An empty list: all were handed over; whoever still waits for the account is woken.
 */
export async function nextToDrain(trx: Tx, connectionId: string, command: Command): Promise<string[]> {
  const incident = await lockIncident(trx, connectionId);
  if (incident?.state !== 'RECOVERING' || incident.drained_at !== null) return [];
  // A cancellation is dearer than a push: the order that must not be made goes before those that must.
  await wakeCancellations(trx, connectionId, command);
  const { drainAtOnce } = outagePolicyOf(incident.policy);
  const due: Row[] = await trx('orders')
    .where({ store_connection_id: connectionId, 'orders.state': 'QUEUE' })
    .whereNull('in_shop_at')
    .whereNotExists(
      trx('incident_orders')
        .where({ incident_id: incident.id })
        .whereNotNull('handed_at')
        .whereRaw('incident_orders.order_id = orders.id'),
    )
    .orderByRaw('orders.ship_by nulls last, orders.ordered_at, orders.number')
    .limit(drainAtOnce)
    .select('orders.*');
  for (const order of due)
    await trx('incident_orders')
      .insert({
        incident_id: incident.id,
        order_id: order.id,
        brand_id: order.brand_id,
        ship_by: order.ship_by,
        waits_since: command.at,
        handed_at: command.at,
      })
      .onConflict(['incident_id', 'order_id'])
      .merge({ handed_at: command.at });
  if (due.length === 0) {
    await trx('incidents').where({ id: incident.id }).update({ drained_at: command.at });
    await wakeWaitingFor(trx, connectionId, command);
  }
  return due.map(({ id }) => id);
}

/** The order is in the shop; nothing happens where it did not wait for an incident. */
export async function noteDrained(trx: Tx, orderId: string, at: Date): Promise<void> {
  await trx('incident_orders').where({ order_id: orderId, pushed_at: null }).update({ pushed_at: at });
}

const stepColumns = { catalogue: 'caught_up_at', compare: 'compared_at', stock: 'stock_read_at' } as const;

/** One step of the recovery is done; `runId` is the reading that it was. After the last one the quotas may be restored. */
export async function recoveryStepDone(
  trx: Tx,
  connectionId: string,
  step: keyof typeof stepColumns,
  runId: string | null,
  command: Command,
): Promise<void> {
  const incident = await lockIncident(trx, connectionId);
  if (incident?.state !== 'RECOVERING') return;
  await trx('incidents')
    .where({ id: incident.id })
    .update({
      [stepColumns[step]]: command.at,
      ...(step === 'catalogue' ? { catalogue_run: runId } : {}),
      ...(step === 'compare' ? { compare_run: runId } : {}),
      ...(step === 'stock' && incident.shrink_stage !== 'lifted' ? lifted(trx) : {}),
    });
}

/** All is to be offered again. Whatever was reckoned so far may be less: none of it counts as lifted. */
const lifted = (trx: Tx) => ({ shrink_stage: 'lifted', offered_stage: 'frozen', ...offersAnew(trx) });

/** An account that is no shop has no catalogue and no stock to compare: these steps are done with the first answer. */
export async function nothingToCompare(trx: Tx, connectionId: string, command: Command): Promise<void> {
  const incident = await lockIncident(trx, connectionId);
  if (incident?.state !== 'RECOVERING') return;
  const done = { caught_up_at: command.at, compared_at: command.at, stock_read_at: command.at };
  const offered: { shrink_stage: ShrinkStage; offered_stage: ShrinkStage } = {
    shrink_stage: 'lifted',
    offered_stage: 'lifted',
  };
  await trx('incidents')
    .where({ id: incident.id })
    .update({ ...done, ...offered });
}

/** Everything is made up for: the report is written, the account is as it should be again. */
export async function closeIncident(trx: Tx, connectionId: string, command: Command): Promise<void> {
  const connection = await lock(trx, 'connection', connectionId);
  const incident = await lockIncident(trx, connectionId);
  if (!connection || incident?.state !== 'RECOVERING') return;
  const report = await reportOf(trx, incident, command.at);
  await mustStep(
    trx,
    { machine: 'incident', id: incident.id, event: 'CLOSE', changes: { closed_at: command.at, report } },
    { ...command, commandId: `incident/${incident.id}/close/${incident.version}`, role: 'system' },
  );
  await endTrouble(trx, connection, command);
}
