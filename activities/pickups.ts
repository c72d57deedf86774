import type { Pickup, PickupRequest } from '../connectors/contract/carrier.ts';
import type { PostalAddress } from '../connectors/contract/common.ts';
import { ConnectorError } from '../connectors/errors.ts';
import type { Tx } from '../db/database.ts';
import { performEffect } from '../db/effects.ts';
import { awaitingCourier, type PickupRow, pickupTodo } from '../db/pickups.ts';
import { reportProblem } from '../db/problems.ts';
import type { Command } from '../db/steps.ts';
import { type ActivityDeps, commandOf } from './deps.ts';

export function pickupActivities(deps: ActivityDeps) {
  const read = (pickupId: string): Promise<PickupRow> =>
    deps.db.tx('staff', (trx) => trx('pickups').where({ id: pickupId }).first());
  return {
    async readPickup(
      pickupId: string,
    ): Promise<{ todo: ReturnType<typeof pickupTodo>; connectionId: string; name: string }> {
      const row = await read(pickupId);
      return { todo: pickupTodo(row), connectionId: row.connection_id, name: nameOf(row) };
    },

    /** Calls the courier once, or calls it off. */
    async carryOutPickup(pickupId: string): Promise<{ outcome: string }> {
      const row = await read(pickupId);
      const command = await commandOf(deps, `pickup/${pickupId}`);
      const todo = pickupTodo(row);
      if (todo === 'book') return bookCourier(deps, row, command);
      if (todo === 'cancel') return callOff(deps, row, command);
      return { outcome: 'nothing' };
    },
  };
}

const nameOf = (row: PickupRow): string => `${row.slot_date} ${row.slot_time}`;

async function bookCourier(deps: ActivityDeps, row: PickupRow, command: Command): Promise<{ outcome: string }> {
  const set = (trx: Tx, changes: object) => trx('pickups').where({ id: row.id }).update(changes);
  const { outcome } = await performEffect<{ pickupIdentifier: string }>(
    deps,
    {
      key: `pickup/${row.id}`,
      kind: 'pickup',
      connectionId: row.connection_id,
      brandId: row.brand_id,
      entityKind: 'pickup',
      entityId: row.id,
      request: { reference: referenceOf(row) },
    },
    {
      stillWanted: async (trx) => {
        const request = await requestOf(trx, row);
        if (request.pieces.length > 0) return null;
        await set(trx, { unwanted_at: command.at });
        return 'nothing is left for the courier';
      },
      call: async () => {
        const { connector } = await deps.open.carrier(row.connection_id);
        if (!connector.capabilities.pickup || !connector.bookPickup) {
          throw new ConnectorError('Rejected', 'this account calls no couriers');
        }
        const request = await deps.db.tx('staff', (trx) => requestOf(trx, row));
        const { details, messages } = await connector.bookPickup(request);
        if (details) return { pickupIdentifier: (details satisfies Pickup).pickupIdentifier };
        const errors = messages.filter(({ level }) => level === 'error').map(({ message }) => message);
        throw new ConnectorError('Rejected', errors.join('; ') || 'the carrier gave no reason');
      },
      // No carrier here lets couriers be searched by our reference: a person reads the number over there.
      assumed: (foundAs) => (foundAs === null ? null : { pickupIdentifier: foundAs }),
      onDone: async (trx, { pickupIdentifier }) => {
        await set(trx, { pickup_identifier: pickupIdentifier, booked_at: command.at });
      },
      onRefused: async (trx, reason) => {
        await set(trx, { refused: reason });
        await tellPeople(trx, row, { what: 'refused', title: 'no courier comes', detail: reason }, command);
      },
      ...deps.waits,
    },
    command,
  );
  return { outcome };
}

/** Calling off may be repeated: a courier that was called off stays called off. */
async function callOff(deps: ActivityDeps, row: PickupRow, command: Command): Promise<{ outcome: string }> {
  const { connector } = await deps.open.carrier(row.connection_id);
  let refused: string | null = null;
  try {
    if (!connector.cancelPickup) throw new ConnectorError('Rejected', 'this account calls no couriers off');
    await connector.cancelPickup({
      pickupIdentifier: row.pickup_identifier ?? '',
      reason: 'Everything was cancelled.',
    });
  } catch (error) {
    if (!(error instanceof ConnectorError) || !['Rejected', 'NotFound'].includes(error.kind)) throw error;
    refused = error.message;
  }
  const why = refused;
  await deps.db.tx('staff', async (trx) => {
    await trx('pickups').where({ id: row.id }).update({ cancelled_at: command.at });
    if (why === null) return;
    await tellPeople(trx, row, { what: 'cancel', title: 'a courier comes for nothing', detail: why }, command);
  });
  return { outcome: why === null ? 'cancelled' : 'refused' };
}

const referenceOf = ({ id }: PickupRow): string => id.replaceAll('-', '');

async function requestOf(trx: Tx, row: PickupRow): Promise<PickupRequest> {
  const brand = await trx('brands').where({ id: row.brand_id }).first('ship_from', 'time_zone');
  const consignments = await trx('consignments')
    .where({ brand_id: row.brand_id, carrier_connection_id: row.connection_id })
    .where({ slot_date: row.slot_date, slot_time: row.slot_time })
    .whereIn('state', awaitingCourier)
    .orderBy('number')
    .select('id', 'number', 'shipment_identifier');
  const parcels = await trx('parcels')
    .whereIn(
      'consignment_id',
      consignments.map(({ id }) => id),
    )
    .whereNot({ state: 'VOIDED' })
    .orderBy(['consignment_id', 'piece_number']);
  return {
    reference: referenceOf(row),
    at: brand.ship_from as PostalAddress,
    readyAt: row.ready_at,
    closesAt: row.closes_at,
    timeZone: brand.time_zone,
    pieces: parcels.map((parcel) => ({
      pieceId: parcel.id,
      weightGrams: parcel.weight_grams,
      lengthMm: parcel.length_mm,
      widthMm: parcel.width_mm,
      heightMm: parcel.height_mm,
      description: consignments.find(({ id }) => id === parcel.consignment_id)?.number ?? '',
    })),
    shipmentIdentifiers: consignments.flatMap(({ shipment_identifier }) => shipment_identifier ?? []),
  };
}

async function tellPeople(
  trx: Tx,
  row: PickupRow,
  { what, title, detail }: { what: string; title: string; detail: string },
  command: Command,
): Promise<void> {
  await reportProblem(
    trx,
    {
      causeKey: `pickup/${row.id}/${what}`,
      kind: 'pickup-refused',
      severity: 'warning',
      title: `${nameOf(row)}: ${title}`,
      detail,
      remedy: 'Call the carrier, or bring the parcels to its counter.',
      brandId: row.brand_id,
      connectionId: row.connection_id,
    },
    command,
  );
}
