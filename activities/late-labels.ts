import { ConnectorError } from '../connectors/errors.ts';
import type { Tx } from '../db/database.ts';
import { storeDocument } from '../db/documents.ts';
import { type EffectSpec, performEffect } from '../db/effects.ts';
import { reportProblem, resolveProblem } from '../db/problems.ts';
import { type Command, lock, mustStep, type Row } from '../db/steps.ts';
import { labelFileName } from '../labels/carrier-labels.ts';
import type { ActivityDeps } from './deps.ts';

/** A label that is not printed yet is asked for again after this, then twice as long, at most `longestWaitMs`. */
const firstWaitMs = 15_000;
const longestWaitMs = 15 * 60 * 1000;
/** From so many vain attempts on (some four minutes) people are told. */
const attemptsUntilProblem = 5;

const lateCause = (row: Row): string => `consignment/${row.id}/label-late`;
const voidCause = (row: Row): string => `consignment/${row.id}/void-refused`;

/** Booked, with its label still to be fetched. */
export const isLabelLate = (row: Row): boolean => row.state === 'CLOSED' && row.label_due_at !== null;

/**
 * Fetches the label of a booking that was answered without one, or whose answer was lost with it. Nothing is booked again:
 * one that is not ready is asked for later, longer and longer.
 */
export async function fetchLateLabel(deps: ActivityDeps, row: Row, command: Command): Promise<{ outcome: string }> {
  const { connector } = await deps.open.carrier(String(row.carrier_connection_id));
  const booking = {
    shipmentIdentifier: String(row.shipment_identifier),
    trackingNumber: String(row.tracking_number),
  };
  let why = 'it is not ready yet';
  let label = null;
  try {
    label = (await connector.fetchLabel?.(booking)) ?? null;
  } catch (error) {
    if (!(error instanceof ConnectorError) || !['Rejected', 'NotFound'].includes(error.kind)) throw error;
    why = error.message;
  }
  if (label === null) {
    await deps.db.tx('staff', (trx) => askLater(trx, row, why, command));
    return { outcome: 'label-late' };
  }
  const { format, bytes } = label;
  const at = command.at;
  await deps.db.tx('staff', async (trx) => {
    const now = await lock(trx, 'consignment', row.id);
    if (!now || now.label_document_id !== null) return;
    const documentId = await storeDocument(trx, {
      brandId: String(row.brand_id),
      kind: 'label',
      format,
      fileName: labelFileName(String(row.number), format),
      bytes,
      at,
    });
    const changes = { label_document_id: documentId, label_due_at: null };
    if (now.state === 'CLOSED') {
      const booked = { ...command, commandId: `${command.commandId}/label`, role: 'connector' as const };
      await mustStep(trx, { machine: 'consignment', id: row.id, event: 'BOOKED', changes }, booked);
    } else await trx('consignments').where({ id: row.id }).update(changes);
    await resolveProblem(trx, lateCause(row), command);
  });
  return { outcome: 'done' };
}

async function askLater(trx: Tx, row: Row, why: string, command: Command): Promise<void> {
  const attempts = Number(row.label_attempts) + 1;
  const waitMs = Math.min(longestWaitMs, firstWaitMs * 2 ** (attempts - 1));
  await trx('consignments')
    .where({ id: row.id, state: 'CLOSED' })
    .update({ label_attempts: attempts, label_due_at: new Date(command.at.getTime() + waitMs) });
  if (attempts < attemptsUntilProblem) return;
  await reportProblem(
    trx,
    {
      causeKey: lateCause(row),
      kind: 'label-late',
      severity: 'warning',
      title: `${row.number}: it is booked, but the carrier has not given its label`,
      detail: `Asked for ${attempts} times: ${why}. Its number there is ${row.tracking_number}.`,
      remedy: 'It is asked for again by itself and follows in a supplementary mail. Do not book it elsewhere.',
      brandId: String(row.brand_id),
      entityKind: 'consignment',
      entityId: row.id,
      connectionId: String(row.carrier_connection_id),
    },
    command,
  );
}

const voidSpec = (row: Row): EffectSpec => ({
  key: `consignment/${row.id}/void/${row.revision}`,
  kind: 'void',
  connectionId: String(row.carrier_connection_id),
  brandId: String(row.brand_id),
  entityKind: 'consignment',
  entityId: row.id,
  request: { trackingNumber: row.tracking_number },
});

interface VoidAnswer {
  readonly voided: boolean;
  readonly reason: string | null;
}

/** Booked and then cancelled, with an account that takes labels back by a call, and not called yet. */
export const isVoidDue = (row: Row): boolean =>
  row.state === 'CANCELLED' &&
  row.can_void === true &&
  row.void_outcome === null &&
  (row.shipment_identifier ?? null) !== null;

/** Takes the label of a cancelled consignment back, once. What the carrier refuses is for a person: it may be billed. */
export async function voidLabel(deps: ActivityDeps, row: Row, command: Command): Promise<{ outcome: string }> {
  const open = async () => (await deps.open.carrier(String(row.carrier_connection_id))).connector;
  const trackingNumber = String(row.tracking_number);
  const record = async (trx: Tx, outcome: 'voided' | 'refused', why: string | null): Promise<void> => {
    await trx('consignments').where({ id: row.id }).update({ void_outcome: outcome, label_due_at: null });
    if (outcome === 'voided') await resolveProblem(trx, voidCause(row), command);
    else await noteRefusedVoid(trx, row, why ?? 'it gave no reason', command);
  };
  const { outcome } = await performEffect<VoidAnswer>(
    deps,
    voidSpec(row),
    {
      stillWanted: async (trx) => {
        const left = await trx('parcels')
          .where({ consignment_id: row.id })
          .whereNotIn('state', ['PLANNED', 'BOOKED', 'VOIDED'])
          .first('id');
        if (!left) return null;
        // The goods left: tracking has told people already, and there is nothing to be taken back.
        await trx('consignments').where({ id: row.id }).update({ void_outcome: 'refused' });
        return 'the parcel was handed over';
      },
      call: async () => {
        const connector = await open();
        if (!connector.voidBooking) throw new ConnectorError('Rejected', 'the account takes no labels back by a call');
        return connector.voidBooking({ shipmentIdentifier: String(row.shipment_identifier), trackingNumber });
      },
      lookup: async () => {
        const events = await (await open()).track([trackingNumber]);
        return events.some(({ tag }) => tag === 'CANCELLED') ? { voided: true, reason: null } : null;
      },
      assumed: () => ({ voided: true, reason: null }),
      onDone: (trx, { voided, reason }) => record(trx, voided ? 'voided' : 'refused', reason),
      onRefused: (trx, reason) => record(trx, 'refused', reason),
      ...deps.waits,
    },
    command,
  );
  return { outcome };
}

async function noteRefusedVoid(trx: Tx, row: Row, why: string, command: Command): Promise<void> {
  await reportProblem(
    trx,
    {
      causeKey: voidCause(row),
      kind: 'void-refused',
      severity: 'warning',
      title: `${row.number}: the carrier does not take its label back (${row.tracking_number})`,
      detail: why,
      remedy: 'Ask the carrier to cancel it or to stop the parcel; else it may be billed or collected.',
      brandId: String(row.brand_id),
      entityKind: 'consignment',
      entityId: row.id,
      connectionId: String(row.carrier_connection_id),
    },
    command,
  );
}

/** Consignments whose label is to be asked for now. */
export async function labelsDue(trx: Tx, at: Date): Promise<string[]> {
  return trx('consignments').where({ state: 'CLOSED' }).where('label_due_at', '<=', at).orderBy('id').pluck('id');
}
