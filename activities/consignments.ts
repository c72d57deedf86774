import type { Booking, CarrierCapabilities } from '../connectors/contract/carrier.ts';
import { ConnectorError } from '../connectors/errors.ts';
import { reportHeld } from '../db/carrier-changes.ts';
import { waitForNextSlot } from '../db/consignments.ts';
import { bookingKey } from '../db/contexts.ts';
import { consignmentCustoms, missingSaid } from '../db/customs-gate.ts';
import type { Tx } from '../db/database.ts';
import { storeDocument } from '../db/documents.ts';
import { type EffectSpec, performEffect, settleUnwanted } from '../db/effects.ts';
import { noteBooked } from '../db/freight-audit.ts';
import { reportProblem, resolveProblem } from '../db/problems.ts';
import { type Command, lock, mustStep, type Row, step } from '../db/steps.ts';
import { joinedLabel, labelFileName } from '../labels/carrier-labels.ts';
import { type ActivityDeps, commandOf } from './deps.ts';
import { fetchLateLabel, isLabelLate, isVoidDue, voidLabel } from './late-labels.ts';
import { withReservedNumber } from './reserved-numbers.ts';
import { consignmentShipment } from './shipments.ts';

interface BookingAnswer {
  readonly shipmentIdentifier: string;
  readonly trackingNumber: string;
  readonly trackingUrl: string | null;
  readonly pieces: readonly { readonly pieceId: string; readonly trackingNumber: string }[];
  /** Null when there was none with the answer: not printed yet, or lost with a lost answer. */
  readonly labelDocumentId: string | null;
  /** The carrier hands labels out again; absent in answers from before it was asked. */
  readonly canRefetch?: boolean;
  /** The carrier takes labels back by a call. */
  readonly canVoid?: boolean;
  readonly cost: { readonly amountMinor: number; readonly currency: string } | null;
}

export function consignmentActivities(deps: ActivityDeps) {
  return {
    async readConsignment(consignmentId: string): Promise<{
      number: string;
      state: string;
      revision: number;
      carrierConnectionId: string;
      brandId: string;
      slotDate: string;
      slotTime: string;
      voidDue: boolean;
    }> {
      const row = await deps.db.tx('staff', (trx) => trx('consignments').where({ id: consignmentId }).first());
      return {
        number: row.number,
        state: row.state,
        revision: row.revision,
        carrierConnectionId: row.carrier_connection_id,
        brandId: row.brand_id,
        slotDate: row.slot_date,
        slotTime: row.slot_time,
        voidDue: isVoidDue(row),
      };
    },

    /** Takes the label of a cancelled consignment back where the account can. */
    async voidConsignment(consignmentId: string): Promise<{ outcome: string }> {
      const row = (await deps.db.tx('staff', (trx) => trx('consignments').where({ id: consignmentId }).first())) as Row;
      if (!isVoidDue(row)) return { outcome: 'not-due' };
      return voidLabel(deps, row, await commandOf(deps, `consignment/${consignmentId}/void/${row.revision}`));
    },

    /**
     * Books a closed consignment with its carrier, once per revision, and stores the labels at once. Of one that is no
     * longer to be booked it finds out what became of the call that was under way, and makes none.
     */
    async bookConsignment(consignmentId: string): Promise<{ outcome: string }> {
      const row = (await deps.db.tx('staff', (trx) => trx('consignments').where({ id: consignmentId }).first())) as Row;
      const command = await commandOf(deps, `consignment/${consignmentId}/book/${row.revision}`);
      const settling = {
        lookup: async () => {
          const { connector } = await deps.open.carrier(String(row.carrier_connection_id));
          const found = await connector.findBooking(referenceOf(row), row.created_at as Date);
          return found ? keepBooking(deps, row, found, connector.capabilities) : null;
        },
        onDone: (trx: Tx, answer: BookingAnswer) => recordBooking(trx, row, answer, command),
        ...deps.waits,
      };
      if (row.state !== 'CLOSED') return settleBooking(deps, row, settling, command);
      if (isLabelLate(row)) return fetchLateLabel(deps, row, command);
      if (await deps.db.tx('staff', (trx) => heldAtCustoms(trx, row, command))) return { outcome: 'held' };
      const shipment = await consignmentShipment(deps, row, referenceOf(row));
      const request = await withReservedNumber(deps, String(row.carrier_connection_id), shipment);
      const { outcome } = await performEffect<BookingAnswer>(
        deps,
        bookingSpec(row),
        {
          ...settling,
          stillWanted: async (trx) => {
            const now = await lock(trx, 'consignment', consignmentId);
            return now?.state === 'CLOSED' ? null : `the consignment is ${now?.state ?? 'gone'}`;
          },
          call: async () => {
            const { connector } = await deps.open.carrier(String(row.carrier_connection_id));
            const { details, messages } = await connector.book(request);
            const errors = messages
              .filter(({ level }) => level === 'error')
              .map(({ field, message }) => (field ? `${field}: ${message}` : message));
            if (!details) throw new ConnectorError('Rejected', errors.join('; ') || 'the carrier gave no reason');
            return keepBooking(deps, row, details, connector.capabilities);
          },
          onRefused: (trx, reason) => bookingRefused(trx, row, reason, command),
        },
        command,
      );
      const now = (await deps.db.tx('staff', (trx) => trx('consignments').where({ id: consignmentId }).first())) as Row;
      return isLabelLate(now) ? fetchLateLabel(deps, now, command) : { outcome };
    },
  };
}

/** Nothing that customs would not let in is booked: it waits open, as a problem. A call that may be under way is settled first. */
async function heldAtCustoms(trx: Tx, row: Row, command: Command): Promise<boolean> {
  const faults = await consignmentCustoms(trx, row);
  if (faults.length === 0) return false;
  const begun = await trx('effects')
    .where({ key: bookingSpec(row).key })
    .first('state');
  const now = await lock(trx, 'consignment', row.id);
  if ((begun && begun.state !== 'INTENDED') || now?.state !== 'CLOSED') return false;
  const said = missingSaid(faults);
  const under: Command = { ...command, commandId: `${command.commandId}/customs/${now.version}`, why: said.why };
  await mustStep(trx, { machine: 'consignment', id: row.id, event: 'BOOKING_REFUSED' }, under);
  await waitForNextSlot(trx, now, under);
  await reportHeld(trx, row, said, under);
  return true;
}

/** The same for every attempt at one revision, and what the carrier is asked for. */
const referenceOf = (row: Row): string => `${row.number}-${row.revision}`;

const bookingSpec = (row: Row): EffectSpec => ({
  key: bookingKey(row.id, Number(row.revision)),
  kind: 'book',
  connectionId: String(row.carrier_connection_id),
  brandId: String(row.brand_id),
  entityKind: 'consignment',
  entityId: row.id,
  request: { reference: referenceOf(row) },
});

async function settleBooking(
  deps: ActivityDeps,
  row: Row,
  settling: Parameters<typeof settleUnwanted<BookingAnswer>>[2],
  command: Command,
): Promise<{ outcome: string }> {
  const spec = bookingSpec(row);
  const begun = await deps.db.tx('staff', (trx) => trx('effects').where({ key: spec.key }).first('id'));
  if (!begun) return { outcome: 'abandoned' };
  const answer = await settleUnwanted(deps, spec, settling, `the consignment is ${row.state}`, command);
  return { outcome: answer ? 'done' : 'abandoned' };
}

/** Stores the label before anything else: carriers do not hand it out twice. */
async function keepBooking(
  deps: ActivityDeps,
  row: Row,
  booking: Booking,
  capabilities: CarrierCapabilities,
): Promise<BookingAnswer> {
  const label = await joinedLabel(booking.documents);
  const at = await deps.clock.now();
  await deps.db.tx('staff', (trx) => noteBooked(trx, row, booking.charges, at));
  const total = booking.charges.reduce<BookingAnswer['cost']>(
    (sum, { amount }) => ({ amountMinor: (sum?.amountMinor ?? 0) + amount.amountMinor, currency: amount.currency }),
    null,
  );
  const labelDocumentId = label
    ? await deps.db.tx('staff', (trx) =>
        storeDocument(trx, {
          brandId: String(row.brand_id),
          kind: 'label',
          format: label.format,
          fileName: labelFileName(String(row.number), label.format),
          bytes: label.bytes,
          at,
        }),
      )
    : null;
  return {
    shipmentIdentifier: booking.shipmentIdentifier,
    trackingNumber: booking.trackingNumber,
    trackingUrl: booking.trackingUrl,
    pieces: booking.pieces,
    labelDocumentId,
    canRefetch: capabilities.labelRefetch,
    canVoid: capabilities.void === 'call',
    cost: total,
  };
}

async function recordBooking(trx: Tx, row: Row, answer: BookingAnswer, command: Command): Promise<void> {
  const under = (what: string): Command => ({
    ...command,
    commandId: `${command.commandId}/${what}`,
    role: 'connector',
  });
  if (answer.labelDocumentId === null && !answer.canRefetch) {
    // The waybill exists and its label is lost. An unused waybill is never billed, so the consignment is booked anew.
    await trx('consignments')
      .where({ id: row.id })
      .update({ revision: Number(row.revision) + 1 });
    return;
  }
  const now = await lock(trx, 'consignment', row.id);
  const details = {
    shipment_identifier: answer.shipmentIdentifier,
    tracking_number: answer.trackingNumber,
    tracking_url: answer.trackingUrl,
    label_document_id: answer.labelDocumentId,
    cost_minor: answer.cost?.amountMinor ?? null,
    cost_currency: answer.cost?.currency ?? null,
    can_void: answer.canVoid ?? false,
  };
  const parcels = await trx('parcels').where({ consignment_id: row.id }).orderBy('piece_number');
  for (const [index, parcel] of parcels.entries()) {
    const trackingNumber =
      answer.pieces.find(({ pieceId }) => pieceId === parcel.id)?.trackingNumber ??
      answer.pieces[index]?.trackingNumber ??
      answer.trackingNumber;
    if (parcel.state === 'PLANNED') {
      await mustStep(
        trx,
        { machine: 'parcel', id: parcel.id, event: 'BOOK', changes: { tracking_number: trackingNumber } },
        under(`parcel-${parcel.id}`),
      );
    } else await trx('parcels').where({ id: parcel.id }).update({ tracking_number: trackingNumber });
  }
  if (now?.state !== 'CLOSED') {
    // Cancelled while the booking was under way: the label exists, is kept as a fact and is not used.
    await trx('consignments').where({ id: row.id }).update(details);
    return;
  }
  await resolveProblem(trx, `consignment/${row.id}/booking-refused`, command);
  if (answer.labelDocumentId === null) {
    // Booked, and its label comes later: it stays closed until then, and is never booked again.
    await trx('consignments')
      .where({ id: row.id })
      .update({ ...details, label_due_at: command.at, label_attempts: 0 });
    return;
  }
  await mustStep(trx, { machine: 'consignment', id: row.id, event: 'BOOKED', changes: details }, under('booked'));
}

async function bookingRefused(trx: Tx, row: Row, reason: string, command: Command): Promise<void> {
  await step(
    trx,
    { machine: 'consignment', id: row.id, event: 'BOOKING_REFUSED', changes: { revision: Number(row.revision) + 1 } },
    {
      ...command,
      commandId: `${command.commandId}/refused`,
      role: 'connector',
      why: reason,
    },
  );
  await waitForNextSlot(trx, row, command);
  const membership = await trx('consignment_orders').where({ consignment_id: row.id, left_at: null }).first('order_id');
  await reportProblem(
    trx,
    {
      causeKey: `consignment/${row.id}/booking-refused`,
      kind: 'booking-refused',
      severity: 'error',
      title: `${row.number}: the carrier would not take it`,
      detail: reason,
      remedy: 'Mend the named field at the order, the product or the brand; it is booked again at the next slot.',
      brandId: String(row.brand_id),
      entityKind: membership ? 'order' : 'consignment',
      entityId: membership?.order_id ?? row.id,
      connectionId: String(row.carrier_connection_id),
    },
    command,
  );
}
