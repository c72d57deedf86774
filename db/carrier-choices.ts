import { randomUUID } from 'node:crypto';
import type { CarrierChoice, Considered } from '../freight/carrier-choice.ts';
import type { CustomsFinding } from '../freight/customs.ts';
import type { Tx } from './database.ts';
import type { Command, Row } from './steps.ts';

/** What was found out about an order before it is planned. */
export interface PlanningAdvice {
  readonly choice: CarrierChoice;
  /** Digest of recipient and address; null once the buyer was erased. */
  readonly recipient: string | null;
  /** Null within one country, or where no rule is recorded. */
  readonly customs: CustomsFinding | null;
}

export interface KeptChoice {
  readonly connection: string;
  readonly consignment: string;
  readonly reason: string;
  readonly considered: readonly Considered[];
  readonly customs: CustomsFinding | null;
  readonly madeAt: Date;
}

/** Accounts that may carry a brand's goods, by code: its own and the common ones. */
export async function carrierAccounts(trx: Tx, brandId: string): Promise<Row[]> {
  return trx('connections')
    .where({ kind: 'carrier' })
    .whereIn('state', ['CONNECTED', 'DEGRADED'])
    .where((any) => any.whereNull('brand_id').orWhere({ brand_id: brandId }))
    .orderBy('code');
}

/** Keeps why an order travels with its account. */
export async function keepChoice(
  trx: Tx,
  { order, consignmentId, advice }: { order: Row; consignmentId: string; advice: PlanningAdvice },
  command: Command,
): Promise<void> {
  const { choice, recipient, customs } = advice;
  if (!choice.ok) return;
  await trx('carrier_choices').insert({
    id: randomUUID(),
    brand_id: order.brand_id,
    order_id: order.id,
    consignment_id: consignmentId,
    connection_id: choice.connectionId,
    reason: choice.reason,
    considered: JSON.stringify(choice.considered),
    recipient,
    customs: customs && JSON.stringify(customs),
    made_at: command.at,
  });
}

/** Every choice that was made for an order, the newest first. */
export async function choicesOf(trx: Tx, orderId: string): Promise<KeptChoice[]> {
  const rows = await trx('carrier_choices as k')
    .join('connections as c', 'c.id', 'k.connection_id')
    .join('consignments as s', 's.id', 'k.consignment_id')
    .where({ 'k.order_id': orderId })
    // Of several of one moment the one that holds.
    .orderByRaw('k.made_at desc, s.number desc, k.connection_id = s.carrier_connection_id desc')
    .select('k.*', 'c.code', 's.number');
  return rows.map((row) => ({
    connection: row.code,
    consignment: row.number,
    reason: row.reason,
    considered: row.considered,
    customs: row.customs,
    madeAt: row.made_at,
  }));
}

/** What else a recipient is sent to a country on a day: orders in consignments that were not cancelled. */
export async function sentOnDay(
  trx: Tx,
  day: { recipient: string; countryCode: string; shipOn: string; exceptOrderIds: readonly string[] },
): Promise<{ totalMinor: number; currency: string }[]> {
  const rows = await trx('carrier_choices as k')
    .join('consignment_orders as co', (on) =>
      on.on('co.order_id', 'k.order_id').andOn('co.consignment_id', 'k.consignment_id'),
    )
    .join('orders as o', 'o.id', 'k.order_id')
    .where({ 'k.recipient': day.recipient })
    .whereNotIn('o.id', [...day.exceptOrderIds])
    .whereExists((present) =>
      present
        .from('consignment_orders as now')
        .join('consignments as s', 's.id', 'now.consignment_id')
        .whereRaw('now.order_id = k.order_id and now.left_at is null')
        .where({ 's.slot_date': day.shipOn, 's.destination_country_code': day.countryCode })
        .whereNot({ 's.state': 'CANCELLED' }),
    )
    .distinct('o.id', 'o.total_minor', 'o.currency');
  return rows.map(({ total_minor, currency }) => ({ totalMinor: Number(total_minor), currency }));
}

/** Forgets whose parcels these were. */
export async function forgetRecipient(trx: Tx, consigneeId: string): Promise<void> {
  await trx('carrier_choices')
    .whereIn('order_id', trx('orders').where({ consignee_id: consigneeId }).select('id'))
    .update({ recipient: null });
}
