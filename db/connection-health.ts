import type { Tx } from './database.ts';
import { connectionKey, consignmentKey, orderKey } from './follow-ups.ts';
import { incidentAnswered, incidentFailed, lockIncident, openIncidentOf } from './incidents.ts';
import { defaultOutagePolicy, outagePolicyOf } from './outage-policy.ts';
import { reportProblem, resolveProblem } from './problems.ts';
import { type Command, forDriver, lock, type Row, step } from './steps.ts';
import { wake } from './stock.ts';

/** So many failures in a row without one answer between them make an account DEGRADED, where its policy says no other. */
export const failuresUntilDegraded = defaultOutagePolicy.openAfterFailures;

/** `refused`: the credentials are not taken. `away`: no answer that could be used. */
export type AccountFailure = 'refused' | 'away';

export interface FailedCall {
  readonly connectionId: string;
  readonly failure: AccountFailure;
  /** What was being done, for people: the activity's name. */
  readonly operation: string;
  /** Short and redacted: it is stored and shown. */
  readonly message: string;
  readonly remedy: string | null;
}

export const awayKey = (connectionId: string): string => `connection/${connectionId}/away`;
export const refusedKey = (connectionId: string): string => `connection/${connectionId}/refused`;

const openOrders = ['QUEUE', 'SYNCED', 'CANCEL_PENDING'];

/**
 * Counts a failed call of an account. The first refusal of the credentials makes it REVOKED; a row of failures makes it DEGRADED
 * and opens an incident, of which one problem tells however often it fails. An account that is paused, revoked or not connected yet is left alone.
 */
export async function noteFailedCall(trx: Tx, call: FailedCall, command: Command): Promise<void> {
  const row = await lock(trx, 'connection', call.connectionId);
  if (!row || !['CONNECTED', 'DEGRADED'].includes(row.state)) return;
  // A revoked account begins anew with its new credentials.
  const inARow = call.failure === 'refused' ? 0 : failuresOf(row) + 1;
  const since = inARow <= 1 ? command.at : sinceOf(row, command.at);
  const { operation, message, remedy, failure } = call;
  await trx('connections')
    .where({ id: row.id })
    .update(
      forDriver({ last_failure_at: command.at, last_failure: { operation, failure, message, remedy, inARow, since } }),
    );
  if (failure === 'refused') return revoke(trx, row, call, command);
  const known = await lockIncident(trx, row.id);
  if (known) return incidentFailed(trx, known, inARow, command);
  if (inARow < outagePolicyOf(row.outage).openAfterFailures) return;
  if (row.state === 'CONNECTED') {
    await step(
      trx,
      { machine: 'connection', id: row.id, event: 'DEGRADE' },
      { ...command, commandId: `connection/${row.id}/degrade/${row.version}`, role: 'system', why: message },
    );
  }
  const incident = await openIncidentOf(trx, row, { since, operation, message, failures: inARow }, command);
  await reportProblem(
    trx,
    {
      causeKey: awayKey(row.id),
      kind: 'account-away',
      severity: 'error',
      title: `${row.name} does not answer as it should`,
      detail: `Incident ${incident.number}: ${inARow} failures in a row, the last one at "${operation}": ${message}`,
      remedy:
        remedy ??
        'Check that it is up and that its address in the settings is right. It is tried again by itself, ever more slowly; what waits for it is kept.',
      brandId: row.brand_id as string | null,
      connectionId: row.id,
    },
    command,
  );
}

async function revoke(trx: Tx, row: Row, { operation, message, remedy }: FailedCall, command: Command): Promise<void> {
  await step(
    trx,
    { machine: 'connection', id: row.id, event: 'REVOKE', changes: { credentials_proved: false } },
    { ...command, commandId: `connection/${row.id}/refused/${row.version}`, role: 'system', why: message },
  );
  await reportProblem(
    trx,
    {
      causeKey: refusedKey(row.id),
      kind: 'account-refused',
      severity: 'error',
      title: `${row.name} refuses our credentials: connect it again`,
      detail: `Refused at "${operation}": ${message} Nothing is sent or fetched until it is connected again; what waits is kept.`,
      remedy: `${remedy ? `${remedy} ` : ''}Open the connection, enter credentials that work, then "Test and connect".`,
      brandId: row.brand_id as string | null,
      connectionId: row.id,
    },
    command,
  );
  // Its schedules go away until it is connected again.
  await wake(trx, [{ topic: 'connection', key: connectionKey(row.id), payload: { id: row.id } }], command);
}

/**
 * The account gave an answer that could be used: the row of failures ends, and its problems are gone. An incident begins to
 * recover and ends by itself; the account counts as recovered with it. False where the answer ended nothing yet, or where
 * the account was revoked or paused meanwhile: an answer that was on its way brings nothing back.
 */
export async function noteAnsweredCall(trx: Tx, connectionId: string, command: Command): Promise<boolean> {
  const row = await lock(trx, 'connection', connectionId);
  if (!row || !['CONNECTED', 'DEGRADED'].includes(row.state)) return false;
  if (failuresOf(row) > 0) {
    await trx('connections')
      .where({ id: row.id })
      .update(forDriver({ last_failure: { ...(row.last_failure as object), inARow: 0 } }));
  }
  await trx('connections').where({ id: row.id }).update({ last_success_at: command.at });
  await resolveProblem(trx, refusedKey(row.id), command);
  const incident = await lockIncident(trx, row.id);
  if (incident) {
    await incidentAnswered(trx, incident, command);
    return false;
  }
  await endTrouble(trx, row, command);
  return true;
}

/** The account is as it should be: it is CONNECTED again, and nothing is open about it any more. */
export async function endTrouble(trx: Tx, connection: Row, command: Command): Promise<void> {
  if (connection.state === 'DEGRADED') {
    await step(
      trx,
      { machine: 'connection', id: connection.id, event: 'RECOVER' },
      { ...command, commandId: `connection/${connection.id}/recover/${connection.version}`, role: 'system' },
    );
  }
  for (const key of [awayKey(connection.id), refusedKey(connection.id)]) await resolveProblem(trx, key, command);
}

function sinceOf(row: Row, otherwise: Date): Date {
  const last = row.last_failure as { since?: string } | null;
  return last?.since ? new Date(last.since) : otherwise;
}

function failuresOf(row: Row): number {
  const last = row.last_failure as { inARow?: number } | null;
  return last?.inARow ?? 0;
}

/** Cause keys of open problems, and accounts with a row of failures: what a success may have ended. */
export async function openTroubles(trx: Tx, kinds: readonly string[]): Promise<string[]> {
  const problems: string[] = await trx('problems')
    .whereIn('kind', [...kinds])
    .whereNot({ state: 'RESOLVED' })
    .pluck('cause_key');
  const accounts: string[] = await trx('connections')
    .where({ state: 'DEGRADED' })
    .orWhereRaw(`(last_failure->>'inARow')::int > 0`)
    .pluck('id');
  const unwell = await trx('problems')
    .whereIn('kind', ['account-away', 'account-refused'])
    .whereNot({ state: 'RESOLVED' })
    .whereNotNull('connection_id')
    .pluck('connection_id');
  return [...problems, ...[...accounts, ...unwell].map((id) => `connection/${id}`)];
}

/** Wakes the orders whose cancellation waits for this shop: a cancellation goes before everything else. */
export async function wakeCancellations(trx: Tx, connectionId: string, command: Command): Promise<void> {
  const orders: string[] = await trx('orders')
    .where({ state: 'CANCEL_PENDING', store_connection_id: connectionId })
    .orderBy('id')
    .pluck('id');
  await wake(
    trx,
    orders.map((id) => ({ topic: 'order', key: orderKey(id), payload: { id } })),
    command,
  );
}

/** Wakes the processes that have something to do at an account that is reachable again, instead of at their next look. */
export async function wakeWaitingFor(trx: Tx, connectionId: string, command: Command): Promise<void> {
  const orders: string[] = await trx('orders')
    .whereIn('state', openOrders)
    .where((query) => query.where({ connection_id: connectionId }).orWhere({ store_connection_id: connectionId }))
    .where((query) =>
      query
        .whereNot({ state: 'SYNCED' })
        .orWhere((told) =>
          told
            .whereNotNull('handed_over_at')
            .where((half) => half.whereNull('marketplace_told_at').orWhereNull('shop_told_at')),
        ),
    )
    .orderBy('id')
    .pluck('id');
  const consignments: string[] = await trx('consignments')
    .where({ carrier_connection_id: connectionId, state: 'CLOSED' })
    .orderBy('id')
    .pluck('id');
  await wake(
    trx,
    [
      ...orders.map((id) => ({ topic: 'order', key: orderKey(id), payload: { id } })),
      ...consignments.map((id) => ({ topic: 'consignment', key: consignmentKey(id), payload: { id } })),
    ],
    command,
  );
}
