import { money } from '../../confirmation/rule.ts';
import { type Confirmation, confirmationBlocked } from '../../db/confirmations.ts';
import type { Tx } from '../../db/database.ts';
import { dateAndTime } from '../../db/label-mail-rest.ts';
import { openLinesOf } from '../../db/order-lines.ts';
import { stepOrder } from '../../db/orders.ts';
import { lock } from '../../db/steps.ts';

/** What the page behind a link shows of an order: of the buyer only the country. */
export interface QuestionView {
  readonly confirmation: Confirmation;
  readonly brandName: string;
  readonly orderNumber: string;
  readonly facts: readonly (readonly [string, string])[];
  readonly items: readonly (readonly [string, string])[];
  readonly dueAt: string;
  readonly timeZone: string;
}

/** Reads a question for its page; null when there is none. Works with the staff's view: the link is its own permission. */
export async function readQuestion(trx: Tx, id: string): Promise<QuestionView | null> {
  const confirmation: Confirmation | undefined = await trx('confirmations').where({ id }).first();
  if (!confirmation) return null;
  const order = await trx('orders as o')
    .join('channel_orders as ch', 'ch.id', 'o.channel_order_id')
    .join('connections as c', 'c.id', 'o.connection_id')
    .join('consignees as b', 'b.id', 'o.consignee_id')
    .where('o.id', confirmation.order_id)
    .first('o.number', 'o.total_minor', 'o.currency', 'ch.external_id', 'c.name as channel', 'b.country_code');
  const brand = await trx('brands').where({ id: confirmation.brand_id }).first('name', 'time_zone');
  const lines = await openLinesOf(trx, confirmation.order_id);
  const dueAt = dateAndTime(confirmation.due_at, brand.time_zone);
  return {
    confirmation,
    brandName: brand.name,
    orderNumber: order.number,
    dueAt,
    timeZone: brand.time_zone,
    facts: [
      ['Order', order.number],
      [order.channel, order.external_id],
      ['Goes to', order.country_code],
      ['Total', money(Number(order.total_minor), order.currency)],
      ['Why we ask', confirmation.because.join(' ')],
      ['Answer until', dueAt],
    ],
    items: lines.map(({ sku, title, quantity }) => [`${quantity} × ${sku}`, title] as const),
  };
}

export type Answered =
  | { readonly kind: 'answered' }
  /** Somebody, or silence, was faster. */
  | { readonly kind: 'decided' }
  /** The machine refused; ops are told. */
  | { readonly kind: 'blocked'; readonly why: string };

/**
 * Decides a question by its link: once, under one command id, so that a form that is sent twice decides nothing twice.
 */
export async function answerByLink(
  trx: Tx,
  given: { confirmationId: string; answer: 'confirm' | 'decline'; reason: string | null },
  by: { at: Date; correlationId: string },
): Promise<Answered> {
  const known = await trx('confirmations').where({ id: given.confirmationId }).first('order_id');
  const order = known ? await lock(trx, 'order', known.order_id) : null;
  const open: Confirmation | undefined = await trx('confirmations')
    .where({ id: given.confirmationId, outcome: null })
    .first();
  if (!order || !open) return { kind: 'decided' };
  const command = {
    commandId: `confirmation/${given.confirmationId}/answer`,
    actor: 'the brand, by the link in its mail',
    role: 'brand',
    at: by.at,
    correlationId: by.correlationId,
    ...(given.reason ? { why: given.reason } : {}),
  } as const;
  const result = await stepOrder(
    trx,
    { id: order.id, event: given.answer === 'confirm' ? 'CONFIRM' : 'DECLINE' },
    command,
  );
  if (result.ok) return { kind: 'answered' };
  await confirmationBlocked(trx, order, result.why, { ...command, role: 'system' });
  return { kind: 'blocked', why: result.why };
}
