import { randomUUID } from 'node:crypto';
import { type MailSchedule, nextSlot } from '../schedule/slots.ts';
import { carrierAccounts, keepChoice, type PlanningAdvice } from './carrier-choices.ts';
import type { Tx } from './database.ts';
import { labelsKey, mailKey } from './follow-ups.ts';
import { composeDoNotShip } from './mails.ts';
import { reportProblem, resolveProblem } from './problems.ts';
import { type Command, create, lock, mustStep, type Row, step } from './steps.ts';
import { wake } from './stock.ts';

/** Tare of the carton and a plain carton size, until brands keep their own list; marked as an estimate on the parcel. */
export const tareGrams = 150;
export const cartonMm = { length: 300, width: 250, height: 120 };

export type PlanOutcome =
  | { readonly planned: true; readonly consignmentId: string }
  | { readonly planned: false; readonly why: string };

/**
 * Gives an approved order its consignment for the next label slot of the brand and moves it to the queue. What is missing
 * for shipping becomes a problem with its remedy, never a guess. At the slot's cut-off it may join others.
 * @param advice which account takes it and why, or why none does; without it the first account by its code is taken
 */
export async function planOrder(
  trx: Tx,
  orderId: string,
  command: Command,
  advice: PlanningAdvice | null = null,
): Promise<PlanOutcome> {
  const order = await lock(trx, 'order', orderId);
  if (order?.state !== 'APPROVED') return { planned: false, why: `the order is ${order?.state ?? 'missing'}` };
  const brand = await trx('brands')
    .where({ id: order.brand_id as string })
    .first();
  const carrierId = await accountOf(trx, brand.id, advice);
  const lines = await trx('order_lines')
    .join('skus', 'skus.id', 'order_lines.sku_id')
    .where({ order_id: orderId })
    .whereRaw('quantity_ordered > quantity_cancelled')
    .select('order_lines.*', 'skus.weight_grams', 'skus.sku');
  const weightless = lines.filter((line) => line.weight_grams === null).map((line) => line.sku);
  const why = [
    carrierId !== null || advice !== null ? null : 'no carrier is connected',
    brand.ship_from ? null : `brand ${brand.code} has no address to ship from`,
    weightless.length > 0 ? `no weight: ${weightless.join(', ')}` : null,
    advice === null || advice.choice.ok ? null : advice.choice.why,
  ].filter((reason) => reason !== null);
  if (why.length > 0 || carrierId === null) {
    const remedy = advice === null || advice.choice.ok ? null : advice.choice.remedy;
    return cannotPlan(trx, order, { why: why.join('; '), remedy }, command);
  }

  const slot = nextSlot(brand.mail_schedule as MailSchedule, brand.time_zone, command.at);
  const consignee = await trx('consignees')
    .where({ id: order.consignee_id as string })
    .first('country_code');
  const goodsGrams = lines.reduce(
    (sum, line) => sum + line.weight_grams * (line.quantity_ordered - line.quantity_cancelled),
    0,
  );
  const consignmentId = await openConsignment(
    trx,
    {
      brandId: String(order.brand_id),
      carrierId,
      countryCode: consignee.country_code,
      incoterm: brand.incoterm,
      slotDate: slot.date,
      slotTime: slot.time,
      closeDueAt: slot.at,
    },
    { ...command, commandId: `${command.commandId}/consignment` },
  );
  await trx('consignment_orders').insert({
    consignment_id: consignmentId,
    order_id: orderId,
    brand_id: order.brand_id,
  });
  if (advice) await keepChoice(trx, { order, consignmentId, advice }, command);
  await create(
    trx,
    'parcel',
    {
      id: randomUUID(),
      brand_id: order.brand_id,
      consignment_id: consignmentId,
      order_id: orderId,
      piece_number: 1,
      weight_grams: goodsGrams + tareGrams,
      length_mm: cartonMm.length,
      width_mm: cartonMm.width,
      height_mm: cartonMm.height,
      created_at: command.at,
    },
    { ...command, commandId: `${command.commandId}/parcel` },
  );
  await mustStep(
    trx,
    { machine: 'order', id: orderId, event: 'ENQUEUE' },
    { ...command, commandId: `${command.commandId}/enqueue`, role: 'system' },
  );
  for (const what of ['cannot-plan', 'cannot-ship']) await resolveProblem(trx, `order/${orderId}/${what}`, command);
  return { planned: true, consignmentId };
}

export interface NewConsignment {
  readonly brandId: string;
  readonly carrierId: string;
  readonly countryCode: string;
  readonly incoterm: 'DDP' | 'DAP';
  readonly slotDate: string;
  readonly slotTime: string;
  readonly closeDueAt: Date;
  /** Who fixed it, so that no planning touches it. */
  readonly lockedBy?: string;
}

/** Opens a consignment without orders, under the next number. */
export async function openConsignment(trx: Tx, input: NewConsignment, command: Command): Promise<string> {
  const number = await trx.raw(`select 'C-' || lpad(nextval('consignment_numbers')::text, 6, '0') as number`);
  const id = randomUUID();
  await create(
    trx,
    'consignment',
    {
      id,
      brand_id: input.brandId,
      number: number.rows[0].number,
      carrier_connection_id: input.carrierId,
      destination_country_code: input.countryCode,
      incoterm: input.incoterm,
      slot_date: input.slotDate,
      slot_time: input.slotTime,
      close_due_at: input.closeDueAt,
      price_due: true,
      locked_by: input.lockedBy ?? null,
      created_at: command.at,
    },
    command,
  );
  return id;
}

/** The account that was chosen; null where none takes it, or none is there. */
async function accountOf(trx: Tx, brandId: string, advice: PlanningAdvice | null): Promise<string | null> {
  if (advice) return advice.choice.ok ? advice.choice.connectionId : null;
  const [first] = await carrierAccounts(trx, brandId);
  return first?.id ?? null;
}

async function cannotPlan(
  trx: Tx,
  order: Row,
  { why, remedy }: { why: string; remedy: string | null },
  command: Command,
): Promise<PlanOutcome> {
  await reportProblem(
    trx,
    {
      causeKey: `order/${order.id}/cannot-plan`,
      kind: 'cannot-plan',
      severity: 'error',
      title: `${order.number} cannot be shipped as it is`,
      detail: why,
      remedy: `${remedy ?? 'Add what is missing at the product, the brand or the carrier connection.'} It is tried again every few minutes.`,
      brandId: String(order.brand_id),
      entityKind: 'order',
      entityId: order.id,
    },
    command,
  );
  return { planned: false, why };
}

/**
 * Closes every open consignment that is due at `command.at`; what must wait moves to the brand's next slot.
 * @param held consignments that may not be sent as they are
 */
export async function closeDueConsignments(
  trx: Tx,
  command: Command,
  held: ReadonlySet<string> = new Set(),
): Promise<{ closed: number; moved: number }> {
  const due = await trx('consignments').where({ state: 'OPEN' }).where('close_due_at', '<=', command.at).orderBy('id');
  let closed = 0;
  for (const row of due) {
    const under: Command = { ...command, commandId: `close/${row.id}/${row.version}`, role: 'system' };
    const frozen = await trx('consignment_orders')
      .join('orders', 'orders.id', 'consignment_orders.order_id')
      .where({ consignment_id: row.id, left_at: null })
      .whereNotIn('orders.state', ['QUEUE', 'SYNCED'])
      .first('orders.id');
    const slots =
      frozen || held.has(row.id)
        ? null
        : await step(
            trx,
            { machine: 'consignment', id: row.id, event: 'CLOSE', changes: { closed_at: command.at } },
            under,
          );
    if (slots?.ok) {
      closed += 1;
      await wakeLabels(trx, row, under);
      continue;
    }
    await moveToNextSlot(trx, row, command.at);
  }
  return { closed, moved: due.length - closed };
}

async function moveToNextSlot(trx: Tx, row: Row, at: Date): Promise<void> {
  const brand = await trx('brands')
    .where({ id: row.brand_id as string })
    .first();
  const slot = nextSlot(brand.mail_schedule as MailSchedule, brand.time_zone, at);
  await trx('consignments')
    .where({ id: row.id })
    .update({ slot_date: slot.date, slot_time: slot.time, close_due_at: slot.at });
}

/** A consignment whose booking was refused is booked again at the brand's next slot; its present slot's mail goes without it. */
export async function waitForNextSlot(trx: Tx, row: Row, command: Command): Promise<void> {
  await moveToNextSlot(trx, row, command.at);
  await wakeLabels(trx, row, command);
}

const wakeLabels = (trx: Tx, row: Row, command: Command): Promise<void> =>
  wake(
    trx,
    [
      {
        topic: 'labels',
        key: labelsKey(String(row.brand_id), String(row.slot_date), String(row.slot_time)),
        payload: { id: row.id },
      },
    ],
    command,
  );

/**
 * Takes an order out of the consignment that it is in. Unlabelled pieces are dropped; a label that exists is voided, and a
 * brand that already has it is told at once, not with the next batch. What has left stays where it is.
 */
export async function leaveConsignment(trx: Tx, order: Row, why: string, command: Command): Promise<void> {
  const membership = await trx('consignment_orders').where({ order_id: order.id, left_at: null }).first();
  if (!membership) return;
  const consignment = await lock(trx, 'consignment', membership.consignment_id);
  if (!consignment || consignment.state === 'HANDED_OVER') return;
  const under = (what: string): Command => ({
    ...command,
    commandId: `${command.commandId}/leave/${what}`,
    role: 'system',
    why,
  });
  await trx('consignment_orders')
    .where({ consignment_id: consignment.id, order_id: order.id })
    .update({ left_at: command.at });
  const parcels = await trx('parcels').where({ consignment_id: consignment.id, order_id: order.id }).orderBy('id');
  for (const parcel of parcels) {
    await step(trx, { machine: 'parcel', id: parcel.id, event: 'VOID' }, under(`parcel-${parcel.id}`));
  }
  const mailed = await trx('mail_consignments').where({ consignment_id: consignment.id }).first('mail_id');
  const staying = await trx('consignment_orders')
    .where({ consignment_id: consignment.id, left_at: null })
    .first('order_id');
  // What is left of an unlabelled consignment costs something else; a labelled one is paid as it is.
  if (staying && ['OPEN', 'CLOSED'].includes(consignment.state)) {
    await trx('consignments').where({ id: consignment.id }).update({ price_due: true });
  }
  if (!staying) {
    await step(trx, { machine: 'consignment', id: consignment.id, event: 'CANCEL' }, under('consignment'));
    // The slot's mail may have been waiting for this label only.
    if (consignment.state === 'CLOSED') await wakeLabels(trx, consignment, command);
  }
  if (mailed) {
    const mailId = await composeDoNotShip(trx, { order, consignment, why }, under('do-not-ship'));
    await wake(trx, [{ topic: 'mail', key: mailKey(mailId), payload: { id: mailId } }], command);
  }
}
