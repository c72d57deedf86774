import { randomUUID } from 'node:crypto';
import type { Tx } from './database.ts';
import { incidentKey } from './follow-ups.ts';
import { type OutagePolicy, outagePolicyOf, probePauseMs } from './outage-policy.ts';
import { type Command, create, mustStep, type Row } from './steps.ts';
import { wake } from './stock-offers.ts';

/** The incident of an account that is not closed; null where it answers as it should. */
export async function openIncident(trx: Tx, connectionId: string): Promise<Row | null> {
  const row = await trx('incidents').where({ connection_id: connectionId }).whereNot({ state: 'CLOSED' }).first();
  return (row as Row | undefined) ?? null;
}

/** The same, locked for the rest of the transaction. */
export async function lockIncident(trx: Tx, connectionId: string): Promise<Row | null> {
  const row = await trx('incidents')
    .where({ connection_id: connectionId })
    .whereNot({ state: 'CLOSED' })
    .forNoKeyUpdate()
    .first();
  return (row as Row | undefined) ?? null;
}

/** Nothing but probes may be sent to this account now. */
export async function isAway(trx: Tx, connectionId: string): Promise<boolean> {
  return (await trx('incidents').where({ connection_id: connectionId, state: 'OPEN' }).first('id')) !== undefined;
}

/** Counts something that was not even tried because the account is away. */
export async function noteCallSaved(trx: Tx, connectionId: string): Promise<void> {
  await trx('incidents')
    .where({ connection_id: connectionId })
    .whereNot({ state: 'CLOSED' })
    .increment('calls_saved', 1);
}

export interface Outage {
  readonly since: Date;
  readonly operation: string;
  readonly message: string;
  readonly failures: number;
}

/** Opens the incident of an account whose row of failures was too long. The account must be locked, and have none. */
export async function openIncidentOf(trx: Tx, connection: Row, outage: Outage, command: Command): Promise<Row> {
  const { rows } = await trx.raw(`select 'INC-' || lpad(nextval('incident_numbers')::text, 6, '0') as number`);
  const policy = outagePolicyOf(connection.outage);
  const id = randomUUID();
  await create(
    trx,
    'incident',
    {
      id,
      number: rows[0].number,
      brand_id: connection.brand_id ?? null,
      connection_id: connection.id,
      since: outage.since,
      opened_at: command.at,
      operation: outage.operation,
      reason: outage.message.slice(0, 500),
      policy,
      failures: outage.failures,
      probe_due_at: new Date(command.at.getTime() + probePauseMs(policy, 0)),
      correlation_id: command.correlationId ?? null,
    },
    { ...command, commandId: `incident/${id}/open`, role: 'system', why: outage.message },
  );
  return (await trx('incidents').where({ id }).first()) as Row;
}

/** The account answered: what waited is made up for from now on. Nothing happens where it had answered before. */
export async function incidentAnswered(trx: Tx, incident: Row, command: Command): Promise<void> {
  if (incident.state !== 'OPEN') return;
  const mark = await trx('stock_movements').max({ id: 'id' }).first();
  await mustStep(
    trx,
    {
      machine: 'incident',
      id: incident.id,
      event: 'ANSWERED',
      changes: { answered_at: command.at, probe_due_at: null, stock_mark: Number(mark?.id ?? 0) },
    },
    { ...command, commandId: `incident/${incident.id}/answered/${incident.version}`, role: 'system' },
  );
}

/** A failure while an incident is open: a late one is counted, a row of them ends a recovery. */
export async function incidentFailed(trx: Tx, incident: Row, inARow: number, command: Command): Promise<void> {
  await trx('incidents').where({ id: incident.id }).increment('failures', 1);
  const policy = outagePolicyOf(incident.policy);
  if (incident.state !== 'RECOVERING' || inARow < policy.openAfterFailures) return;
  await mustStep(
    trx,
    {
      machine: 'incident',
      id: incident.id,
      event: 'AWAY_AGAIN',
      changes: {
        answered_at: null,
        drained_at: null,
        caught_up_at: null,
        compared_at: null,
        stock_read_at: null,
        // Lifted already, at least for some: the next tick finds the stage that is due, and all are reckoned by it.
        ...(incident.shrink_stage === 'lifted'
          ? {
              shrink_stage: 'frozen',
              offered_stage: 'lifted',
              offers_after: null,
              offers_round: Number(incident.offers_round) + 1,
            }
          : {}),
        probe_due_at: new Date(command.at.getTime() + probePauseMs(policy, Number(incident.probes))),
      },
    },
    { ...command, commandId: `incident/${incident.id}/away-again/${incident.version}`, role: 'system' },
  );
  await trx('incident_orders').where({ incident_id: incident.id, pushed_at: null }).update({ handed_at: null });
}

/** A probe got no answer: the next one comes after a longer pause. */
export async function probeFailed(trx: Tx, connectionId: string, message: string, command: Command): Promise<void> {
  const incident = await lockIncident(trx, connectionId);
  if (incident?.state !== 'OPEN') return;
  const probes = Number(incident.probes) + 1;
  const dueAt = new Date(command.at.getTime() + probePauseMs(outagePolicyOf(incident.policy), probes));
  await trx('incidents')
    .where({ id: incident.id })
    .update({ probes, probe_due_at: dueAt, failures: Number(incident.failures) + 1, reason: message.slice(0, 500) });
}

/**
 * Wakes the processes of incidents that have something to do at this time: a probe that is due, a recovery under way, quotas
 * that are not reckoned yet.
 */
export async function wakeIncidents(trx: Tx, command: Command): Promise<number> {
  const due: string[] = await trx('incidents')
    .join('connections', 'connections.id', 'incidents.connection_id')
    .whereNot({ 'incidents.state': 'CLOSED' })
    .where((either) =>
      either
        .where((callable) =>
          callable
            .whereIn('connections.state', ['CONNECTED', 'DEGRADED'])
            .where((due) => due.where({ 'incidents.state': 'RECOVERING' }).orWhere('probe_due_at', '<=', command.at)),
        )
        .orWhere((shop) => shop.where({ kind: 'store' }).whereRaw('shrink_stage <> offered_stage')),
    )
    .orderBy('incidents.opened_at')
    .pluck('incidents.connection_id');
  await wake(
    trx,
    due.map((id) => ({ topic: 'incident', key: incidentKey(id), payload: { id } })),
    command,
  );
  return due.length;
}

/** Another policy for an incident that is open. What is offered was reckoned by the old one: the next tick does it again. */
export async function holdPolicy(trx: Tx, connectionId: string, policy: OutagePolicy): Promise<void> {
  await trx('incidents')
    .where({ connection_id: connectionId })
    .whereNot({ state: 'CLOSED' })
    .update({
      policy: JSON.stringify(policy),
      offered_stage: trx.raw("case when shrink_stage = 'lifted' then offered_stage else 'lifted' end"),
      offers_after: null,
      offers_round: trx.raw('offers_round + 1'),
    });
}

/** A person does not want to wait for the next probe. False where nothing is to be probed. */
export async function probeNow(trx: Tx, incidentId: string, command: Command): Promise<boolean> {
  const [row] = await trx('incidents')
    .where({ id: incidentId, state: 'OPEN' })
    .update({ probe_due_at: command.at })
    .returning('connection_id');
  if (!row) return false;
  const id = String(row.connection_id);
  await wake(trx, [{ topic: 'incident', key: incidentKey(id), payload: { id } }], command);
  return true;
}
