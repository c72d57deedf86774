import { isDeepStrictEqual } from 'node:util';
import { type MailSchedule, nextSlot, slotForNow } from '../schedule/slots.ts';
import type { Tx } from './database.ts';
import { labelsKey } from './follow-ups.ts';
import type { Command, Row } from './steps.ts';
import { wake } from './stock.ts';
import { offerAgain } from './stock-offers.ts';

export interface Brand extends Record<string, unknown> {
  id: string;
  code: string;
  name: string;
  time_zone: string;
  currency: string;
  mail_schedule: MailSchedule;
  mail_to: string[];
  ship_from: Record<string, unknown> | null;
  safety_stock: number;
  quota_threshold: number;
  label_papers: string[];
  packing_slips: boolean;
  own_labels: string;
  label_format: 'PDF' | 'ZPL';
  incoterm: 'DDP' | 'DAP';
  mail_patience_minutes: number;
  confirmation_rule: Record<string, unknown> | null;
  four_eyes: boolean;
  settings_version: number;
}

/** Settings as columns; JSON columns as values. */
export type BrandChanges = Partial<
  Pick<
    Brand,
    | 'mail_schedule'
    | 'mail_to'
    | 'ship_from'
    | 'safety_stock'
    | 'quota_threshold'
    | 'label_papers'
    | 'packing_slips'
    | 'own_labels'
    | 'label_format'
    | 'incoterm'
    | 'mail_patience_minutes'
    | 'confirmation_rule'
    | 'four_eyes'
  >
>;

const jsonColumns = new Set(['mail_schedule', 'ship_from', 'confirmation_rule']);

/** The brand, locked for the rest of the transaction. */
export async function lockBrand(trx: Tx, id: string): Promise<Brand | null> {
  const row: Brand | undefined = await trx('brands').where({ id }).forNoKeyUpdate().first();
  return row ?? null;
}

/**
 * Saves settings that differ, with who, when and why, and lets follow what depends on them: open consignments move to the
 * new schedule's next slot, offers are reckoned anew with another safety stock. Answers the names of the changed columns.
 */
export async function saveBrandSettings(
  trx: Tx,
  brand: Brand,
  changes: BrandChanges,
  command: Command,
): Promise<string[]> {
  const changed = Object.entries(changes).filter(([column, value]) => !isDeepStrictEqual(brand[column], value));
  if (changed.length === 0) return [];
  const version = brand.settings_version + 1;
  const columns = Object.fromEntries(
    changed.map(([column, value]) => [
      column,
      jsonColumns.has(column) && value !== null ? JSON.stringify(value) : value,
    ]),
  );
  await trx('brands')
    .where({ id: brand.id })
    .update({ ...columns, settings_version: version });
  await trx('brand_setting_changes').insert({
    brand_id: brand.id,
    settings_version: version,
    changed: JSON.stringify(Object.fromEntries(changed.map(([column, value]) => [column, [brand[column], value]]))),
    actor: command.actor,
    why: command.why ?? null,
    at: command.at,
  });
  const names = changed.map(([column]) => column);
  if (names.includes('mail_schedule')) await moveOpenConsignments(trx, { ...brand, ...changes }, command.at);
  if (names.includes('safety_stock') || names.includes('quota_threshold')) {
    const skuIds: string[] = await trx('skus').where({ brand_id: brand.id, gone_at: null }).orderBy('id').pluck('id');
    await offerAgain(trx, skuIds, command);
  }
  return names;
}

async function moveOpenConsignments(trx: Tx, brand: Brand, at: Date): Promise<void> {
  const slot = nextSlot(brand.mail_schedule, brand.time_zone, at);
  await trx('consignments')
    .where({ brand_id: brand.id, state: 'OPEN' })
    .update({ slot_date: slot.date, slot_time: slot.time, close_due_at: slot.at });
}

export async function settingChangesOf(trx: Tx, brandId: string) {
  return trx('brand_setting_changes').where({ brand_id: brandId }).orderBy('settings_version', 'desc').limit(50);
}

export interface SendNow {
  readonly slot: { date: string; time: string };
  readonly consignments: number;
  readonly waitingLabels: number;
}

/**
 * Sends what is ready without waiting for the next slot: open consignments are closed at the next tick into a supplement of
 * today's last slot (or the coming one, where there was none today), and slots with labels that are in no mail are woken.
 */
export async function sendNow(trx: Tx, brand: Brand, command: Command): Promise<SendNow> {
  const slot = slotForNow(brand.mail_schedule, brand.time_zone, command.at);
  const consignments = await trx('consignments')
    .where({ brand_id: brand.id, state: 'OPEN' })
    .update({ slot_date: slot.date, slot_time: slot.time, close_due_at: command.at });
  const waiting: Row[] = await trx('consignments as c')
    .where({ 'c.brand_id': brand.id, 'c.state': 'BOOKED' })
    .whereNotExists((mailed) =>
      mailed
        .from('mail_consignments as mc')
        .join('mails as m', 'm.id', 'mc.mail_id')
        .where('m.kind', 'labels')
        .whereRaw('mc.consignment_id = c.id and mc.consignment_revision = c.revision'),
    )
    .select('c.slot_date', 'c.slot_time');
  const keys = new Set(waiting.map((row) => labelsKey(brand.id, String(row.slot_date), String(row.slot_time))));
  await wake(
    trx,
    [...keys].map((key) => ({ topic: 'labels', key, payload: { id: brand.id } })),
    command,
  );
  return { slot: { date: slot.date, time: slot.time }, consignments, waitingLabels: waiting.length };
}
