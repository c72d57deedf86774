import { randomUUID } from 'node:crypto';
import type { Tx } from './database.ts';
import { pickupKey } from './follow-ups.ts';
import type { Command } from './steps.ts';
import { wake } from './stock.ts';

export interface PickupSetting {
  readonly brandId: string;
  readonly connectionId: string;
  readonly enabled: boolean;
  /** Minutes from the call until the goods are packed. */
  readonly readyAfterMinutes: number;
  /** Minutes for which somebody is there then. */
  readonly windowMinutes: number;
}

export interface PickupRow {
  readonly id: string;
  readonly brand_id: string;
  readonly connection_id: string;
  readonly slot_date: string;
  readonly slot_time: string;
  readonly ready_at: Date;
  readonly closes_at: Date;
  readonly pickup_identifier: string | null;
  readonly booked_at: Date | null;
  readonly refused: string | null;
  readonly unwanted_at: Date | null;
  readonly cancelled_at: Date | null;
}

/** A courier is called for what was closed within this time; switched on later, it is not called for older slots. */
const freshMs = 24 * 60 * 60 * 1000;
/** What the courier is called for. */
export const awaitingCourier = ['BOOKED', 'NOTIFIED'];

/** Whether couriers are called for a brand at an account. */
export async function setPickups(trx: Tx, setting: PickupSetting, command: Command): Promise<void> {
  const row = {
    enabled: setting.enabled,
    ready_after_minutes: setting.readyAfterMinutes,
    window_minutes: setting.windowMinutes,
    changed_by: command.actor,
    changed_at: command.at,
  };
  await trx('pickup_settings')
    .insert({ brand_id: setting.brandId, connection_id: setting.connectionId, ...row })
    .onConflict(['brand_id', 'connection_id'])
    .merge(row);
}

export async function listPickupSettings(trx: Tx): Promise<(PickupSetting & { brand: string; connection: string })[]> {
  const rows = await trx('pickup_settings as s')
    .join('brands as b', 'b.id', 's.brand_id')
    .join('connections as c', 'c.id', 's.connection_id')
    .orderBy(['b.code', 'c.code'])
    .select('s.*', 'b.code as brand', 'c.code as connection');
  return rows.map((row) => ({
    brandId: row.brand_id,
    connectionId: row.connection_id,
    enabled: row.enabled,
    readyAfterMinutes: row.ready_after_minutes,
    windowMinutes: row.window_minutes,
    brand: row.brand,
    connection: row.connection,
  }));
}

const wakePickups = (trx: Tx, ids: readonly string[], command: Command): Promise<void> =>
  wake(
    trx,
    ids.map((id) => ({ topic: 'pickup' as const, key: pickupKey(id), payload: { id } })),
    command,
  );

/**
 * Calls a courier for each brand, account and slot whose cut-off is over and whose labels are booked, where the brand wants
 * that; a label that is still to come is waited for as long as the label mail waits. Once for a slot.
 */
export async function callCouriers(trx: Tx, command: Command): Promise<number> {
  const slots = await trx('consignments as c')
    .join('pickup_settings as s', (on) =>
      on.on('s.brand_id', 'c.brand_id').andOn('s.connection_id', 'c.carrier_connection_id'),
    )
    .join('brands as b', 'b.id', 'c.brand_id')
    .where({ 's.enabled': true })
    .whereIn('c.state', awaitingCourier)
    .whereBetween('c.close_due_at', [new Date(command.at.getTime() - freshMs), command.at])
    .whereNotExists((called) =>
      called
        .from('pickups as p')
        .whereRaw('p.brand_id = c.brand_id and p.connection_id = c.carrier_connection_id')
        .whereRaw('p.slot_date = c.slot_date and p.slot_time = c.slot_time'),
    )
    .whereNotExists((awaited) =>
      awaited
        .from('consignments as o')
        .where({ 'o.state': 'CLOSED' })
        .whereRaw('o.brand_id = c.brand_id and o.carrier_connection_id = c.carrier_connection_id')
        .whereRaw('o.slot_date = c.slot_date and o.slot_time = c.slot_time')
        .whereRaw('o.closed_at + make_interval(mins => b.mail_patience_minutes) > ?', [command.at]),
    )
    .distinct(
      'c.brand_id',
      'c.carrier_connection_id',
      'c.slot_date',
      'c.slot_time',
      's.ready_after_minutes',
      's.window_minutes',
    );
  const ids: string[] = [];
  for (const slot of slots) {
    const readyAt = new Date(command.at.getTime() + slot.ready_after_minutes * 60_000);
    const id = randomUUID();
    const inserted = await trx('pickups')
      .insert({
        id,
        brand_id: slot.brand_id,
        connection_id: slot.carrier_connection_id,
        slot_date: slot.slot_date,
        slot_time: slot.slot_time,
        ready_at: readyAt,
        closes_at: new Date(readyAt.getTime() + slot.window_minutes * 60_000),
        created_at: command.at,
      })
      .onConflict(['brand_id', 'connection_id', 'slot_date', 'slot_time'])
      .ignore()
      .returning('id');
    if (inserted.length > 0) ids.push(id);
  }
  await wakePickups(trx, ids, command);
  return ids.length;
}

/** Calls couriers off for whom nothing is left: everything of the slot was cancelled before they came. */
export async function callOffCouriers(trx: Tx, command: Command): Promise<number> {
  const ids: string[] = await trx('pickups as p')
    .whereNotNull('p.booked_at')
    .whereNull('p.unwanted_at')
    .where('p.closes_at', '>', command.at)
    .whereNotExists((left) =>
      left
        .from('consignments as c')
        .whereNotIn('c.state', ['CANCELLED', 'OPEN'])
        .whereRaw('c.brand_id = p.brand_id and c.carrier_connection_id = p.connection_id')
        .whereRaw('c.slot_date = p.slot_date and c.slot_time = p.slot_time'),
    )
    .orderBy('p.id')
    .pluck('p.id');
  if (ids.length === 0) return 0;
  await trx('pickups').whereIn('id', ids).update({ unwanted_at: command.at });
  await wakePickups(trx, ids, command);
  return ids.length;
}

/** What is to be done about a courier now. */
export function pickupTodo(row: PickupRow): 'book' | 'cancel' | 'none' {
  if (row.cancelled_at !== null || row.refused !== null) return 'none';
  if (row.booked_at === null) return row.unwanted_at === null ? 'book' : 'none';
  return row.unwanted_at === null ? 'none' : 'cancel';
}

/** A courier as people see it. */
export interface CourierView {
  readonly id: string;
  readonly brand: string;
  readonly connection: string;
  readonly slotDate: string;
  readonly slotTime: string;
  readonly readyAt: Date;
  readonly closesAt: Date;
  readonly number: string | null;
  readonly state: 'asked for' | 'called' | 'called off' | 'refused' | 'not wanted' | 'unknown';
  readonly why: string | null;
  readonly unknownCall: { readonly id: string; readonly version: number } | null;
}

/** The latest couriers, those first whose call nobody knows the outcome of. */
export async function listCouriers(trx: Tx, most: number): Promise<CourierView[]> {
  const rows = await trx('pickups as p')
    .join('brands as b', 'b.id', 'p.brand_id')
    .join('connections as c', 'c.id', 'p.connection_id')
    .leftJoin('effects as e', (on) => on.onVal('e.kind', 'pickup').andOn('e.entity_id', 'p.id'))
    .orderByRaw(`coalesce(e.state = 'AMBIGUOUS', false) desc, p.ready_at desc, p.id`)
    .limit(most)
    .select('p.*', 'b.code as brand', 'c.code as connection', 'e.id as e_id', 'e.version as e_version')
    .select('e.state as e_state', 'e.reason as e_reason');
  return rows.map((row) => {
    const isUnknown = row.e_state === 'AMBIGUOUS' && row.booked_at === null;
    return {
      id: row.id,
      brand: row.brand,
      connection: row.connection,
      slotDate: row.slot_date,
      slotTime: row.slot_time,
      readyAt: row.ready_at,
      closesAt: row.closes_at,
      number: row.pickup_identifier,
      state: isUnknown ? 'unknown' : courierState(row),
      why: row.refused ?? (isUnknown ? row.e_reason : null),
      unknownCall: isUnknown ? { id: row.e_id, version: row.e_version } : null,
    };
  });
}

function courierState(row: PickupRow): CourierView['state'] {
  if (row.refused !== null) return 'refused';
  if (row.cancelled_at !== null) return 'called off';
  if (row.booked_at !== null) return 'called';
  return row.unwanted_at === null ? 'asked for' : 'not wanted';
}
