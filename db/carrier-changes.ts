import { createHash } from 'node:crypto';
import { ConnectorError } from '../connectors/errors.ts';
import type { Considered } from '../freight/carrier-choice.ts';
import type { OpenCarrier } from './carrier-candidates.ts';
import { keepChoice, type PlanningAdvice } from './carrier-choices.ts';
import { bookingKey } from './contexts.ts';
import type { Tx } from './database.ts';
import { reportProblem, resolveProblem } from './problems.ts';
import { type Command, mustStep, type Row, type StepResult, step } from './steps.ts';

/** All carrier accounts as they are now. */
export interface CarrierStandings {
  /** Equal as long as neither accounts, nor what they take, nor ops' rules changed. */
  readonly fingerprint: string;
  readonly usable: ReadonlySet<string>;
  /** Of the usable ones those that do not answer at present. */
  readonly away: ReadonlySet<string>;
  /** When ops' rules changed last. */
  readonly rulesChangedAt: Date | null;
}

/** Written where no account takes a consignment: never a fingerprint, so it is asked again each time. */
export const heldMark = 'held';

/** Reads accounts and rules, and asks each connector what it takes; asks nobody outside. */
export async function readStandings(
  { tx }: { readonly tx: <Result>(work: (trx: Tx) => Promise<Result>) => Promise<Result> },
  open: OpenCarrier,
): Promise<CarrierStandings> {
  const { rows, rules, silent } = await tx(async (trx) => ({
    // Known to be away: opening them would count as calls that were saved.
    silent: new Set<string>(await trx('incidents').where({ state: 'OPEN' }).pluck('connection_id')),
    rows: await trx('connections')
      .where({ kind: 'carrier' })
      .whereIn('state', ['CONNECTED', 'DEGRADED'])
      .orderBy('id')
      .select('id', 'brand_id', 'settings'),
    rules: await trx('carrier_rules').orderBy('id').select('id', 'created_at', 'ended_at'),
  }));
  const away = new Set<string>();
  const accounts: unknown[] = [];
  for (const { id, brand_id, settings } of rows) {
    if (silent.has(id)) {
      away.add(id);
      accounts.push([id, brand_id, settings, 'away']);
      continue;
    }
    try {
      const { limits, capabilities } = await open(id);
      accounts.push([id, brand_id, settings, limits ?? null, capabilities]);
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      away.add(id);
      accounts.push([id, brand_id, settings, 'away']);
    }
  }
  const inForce = rules.filter(({ ended_at }) => ended_at === null).map(({ id }) => id);
  const times = rules.flatMap(({ created_at, ended_at }) => [created_at, ended_at]).filter((time) => time !== null);
  return {
    fingerprint: createHash('sha256')
      .update(JSON.stringify([accounts, inForce]))
      .digest('hex'),
    usable: new Set(rows.map(({ id }) => id)),
    away,
    rulesChangedAt: times.length === 0 ? null : new Date(Math.max(...times.map((time: Date) => time.getTime()))),
  };
}

/** Notes of consignments that were planned since that their accounts were asked by these standings already. */
export async function adoptPlanned(trx: Tx, { fingerprint, usable, rulesChangedAt }: CarrierStandings): Promise<void> {
  const query = trx('consignments')
    .where({ state: 'OPEN' })
    .whereNull('carrier_checked')
    .whereIn('carrier_connection_id', [...usable]);
  // Planned in the same moment: it may not have seen the rule.
  if (rulesChangedAt !== null) query.where('created_at', '>', rulesChangedAt);
  await query.update({ carrier_checked: fingerprint });
}

/**
 * Open consignments whose carrier is to be asked for again, the most urgent first: something changed since, or they are due
 * and their account does not answer. What people fixed is theirs; it is only asked for while it is held.
 */
export async function toBeRechosen(trx: Tx, standings: CarrierStandings, at: Date, most: number): Promise<Row[]> {
  return trx('consignments')
    .where({ state: 'OPEN' })
    .where((any) => any.whereNull('locked_by').orWhere({ carrier_checked: heldMark }))
    .where((any) =>
      any
        .whereRaw('carrier_checked is distinct from ?', [standings.fingerprint])
        .orWhere((due) => due.where('close_due_at', '<=', at).whereIn('carrier_connection_id', [...standings.away])),
    )
    .orderByRaw('coalesce(carrier_checked = ?, false), close_due_at, id', [heldMark])
    .limit(most);
}

export interface CarrierChange {
  readonly row: Row;
  readonly connectionId: string;
  /** For people, kept with the choice. */
  readonly reason: string;
  readonly advice: PlanningAdvice;
  /** Who decided it by hand: nothing else changes it then. */
  readonly lockedBy?: string;
  readonly fingerprint: string | null;
  readonly expectedVersion?: number | undefined;
}

/**
 * Gives an open consignment another account. Nothing of it is booked or labelled: the machine refuses it while a booking is
 * under way. It gets a new revision, so no call that was meant for the old account counts for the new one, and a new price.
 */
export async function changeCarrier(trx: Tx, change: CarrierChange, command: Command): Promise<StepResult> {
  const { row, connectionId, reason, advice, lockedBy, expectedVersion } = change;
  const codes = await trx('connections')
    .whereIn('id', [String(row.carrier_connection_id), connectionId])
    .select('id', 'code');
  const codeOf = (id: unknown): string => codes.find((one) => one.id === id)?.code ?? '';
  const result = await step(
    trx,
    {
      ...{ machine: 'consignment', id: row.id, event: 'CHOOSE_CARRIER' },
      changes: {
        carrier_connection_id: connectionId,
        revision: Number(row.revision) + 1,
        ...(lockedBy === undefined ? {} : { locked_by: lockedBy }),
      },
      noted: { carrier: [codeOf(row.carrier_connection_id), codeOf(connectionId)] },
      ...(expectedVersion === undefined ? {} : { expectedVersion }),
    },
    { why: reason, ...command, role: 'system' },
  );
  if (!result.ok) return result;
  await trx('consignments').where({ id: row.id }).update({
    carrier_checked: change.fingerprint,
    price_due: true,
    // Its plan was made by the other account's card.
    freight_plan_id: null,
  });
  await abandonBooking(trx, row, command);
  const kept = {
    ...advice,
    choice: { ok: true, connectionId, reason, considered: chosen(advice, connectionId) },
  } as const;
  for (const order of await ordersIn(trx, row.id)) {
    await keepChoice(trx, { order, consignmentId: row.id, advice: kept }, command);
  }
  await resolveHeld(trx, row.id, command);
  return result;
}

/** A call that was meant for the old account and never made, for that did not answer. */
async function abandonBooking(trx: Tx, row: Row, command: Command): Promise<void> {
  const key = bookingKey(row.id, Number(row.revision));
  const begun = await trx('effects').where({ key, state: 'INTENDED' }).forUpdate().first();
  if (!begun) return;
  const changes = { reason: 'another carrier was chosen', updated_at: command.at };
  const under = { ...command, commandId: `effect/${key}/ABANDON/${begun.version}`, role: 'system' as const };
  await mustStep(trx, { machine: 'effect', id: begun.id, event: 'ABANDON', changes }, under);
}

const ordersIn = (trx: Tx, consignmentId: string): Promise<Row[]> =>
  trx('consignment_orders as co')
    .join('orders as o', 'o.id', 'co.order_id')
    .where({ 'co.consignment_id': consignmentId, 'co.left_at': null })
    .orderBy('o.number')
    .select('o.*');

/** The comparison with the account that was taken in the end. */
const chosen = ({ choice }: PlanningAdvice, connectionId: string): Considered[] =>
  choice.considered.map((one) =>
    one.connectionId === connectionId
      ? { ...one, verdict: 'chosen' }
      : { ...one, verdict: one.verdict === 'chosen' ? 'possible' : one.verdict },
  );

const heldCause = (orderId: string): string => `order/${orderId}/cannot-ship`;

/** Nothing is booked until what is named is mended or released: each order of the consignment says so. */
export async function reportHeld(
  trx: Tx,
  row: Row,
  { why, remedy }: { readonly why: string; readonly remedy: string },
  command: Command,
): Promise<void> {
  await trx('consignments').where({ id: row.id }).update({ carrier_checked: heldMark });
  for (const order of await ordersIn(trx, row.id)) {
    await reportProblem(
      trx,
      {
        causeKey: heldCause(order.id),
        kind: 'cannot-ship',
        severity: 'error',
        title: `${order.number} cannot be shipped as it is`,
        detail: `${row.number} is not booked: ${why}`,
        remedy: `${remedy} It goes with the next label mail after that.`,
        ...{ brandId: String(row.brand_id), entityKind: 'order', entityId: order.id },
        connectionId: String(row.carrier_connection_id),
      },
      command,
    );
  }
}

export async function resolveHeld(trx: Tx, consignmentId: string, command: Command): Promise<void> {
  for (const { id } of await ordersIn(trx, consignmentId)) await resolveProblem(trx, heldCause(id), command);
}
