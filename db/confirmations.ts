import { randomUUID } from 'node:crypto';
import { type ConfirmationRule, deadlinesOf, money, ruleByHand } from '../confirmation/rule.ts';
import { composeConfirmationMail } from '../mail/compose-confirmation.ts';
import type { Tx } from './database.ts';
import { mailKey } from './follow-ups.ts';
import { dateAndTime } from './label-mail-rest.ts';
import { messageIdOf } from './mails.ts';
import { openLinesOf } from './order-lines.ts';
import { reportProblem } from './problems.ts';
import type { Command, Row } from './steps.ts';
import { wake } from './stock.ts';

/** A question to a brand about one order. */
export interface Confirmation {
  id: string;
  brand_id: string;
  order_id: string;
  round: number;
  because: string[];
  asked_by: string;
  asked_at: Date;
  due_at: Date;
  remind_at: Date | null;
  reminded_at: Date | null;
  on_decline: 'cancel' | 'ops';
  on_silence: 'approve' | 'ops';
  outcome: 'CONFIRMED' | 'DECLINED' | 'OVERDUE' | 'WITHDRAWN' | null;
  decided_by: string | null;
  decided_at: Date | null;
  reason: string | null;
  mail_id: string | null;
}

/** Asks the brand: the question with its deadlines, and the mail that goes out at once. */
export async function askBrand(trx: Tx, order: Row, command: Command): Promise<void> {
  const brand = await trx('brands')
    .where({ id: order.brand_id as string })
    .first();
  const rule = (brand.confirmation_rule as ConfirmationRule | null) ?? ruleByHand;
  const last = await trx('confirmations').where({ order_id: order.id }).max({ round: 'round' }).first();
  const { dueAt, remindAt } = deadlinesOf(rule, command.at, (order.ship_by as Date | null) ?? null);
  const confirmation: Confirmation = {
    id: randomUUID(),
    brand_id: String(order.brand_id),
    order_id: order.id,
    round: Number(last?.round ?? 0) + 1,
    because: [command.why ?? 'Our operations team would like to know.'],
    asked_by: command.actor,
    asked_at: command.at,
    due_at: dueAt,
    remind_at: remindAt,
    reminded_at: null,
    on_decline: rule.onDecline,
    on_silence: rule.onSilence,
    outcome: null,
    decided_by: null,
    decided_at: null,
    reason: null,
    mail_id: null,
  };
  await trx('confirmations').insert(confirmation);
  const mailId = await storeConfirmationMail(trx, order, confirmation, false, command);
  await trx('confirmations').where({ id: confirmation.id }).update({ mail_id: mailId });
}

/** Writes the mail with the question, or its reminder, and has it sent at once. */
export async function storeConfirmationMail(
  trx: Tx,
  order: Row,
  confirmation: Confirmation,
  isReminder: boolean,
  command: Command,
): Promise<string> {
  const brand = await trx('brands').where({ id: confirmation.brand_id }).first();
  const channelOrder = await trx('channel_orders')
    .where({ id: order.channel_order_id as string })
    .first('external_id');
  const channel = await trx('connections')
    .where({ id: order.connection_id as string })
    .first('name');
  const consignee = await trx('consignees')
    .where({ id: order.consignee_id as string })
    .first('country_code');
  const composed = composeConfirmationMail({
    confirmationId: confirmation.id,
    brandName: brand.name,
    orderNumber: String(order.number),
    channelName: channel.name,
    channelOrderNumber: channelOrder?.external_id ?? '',
    destinationCountryCode: consignee?.country_code ?? '?',
    total: money(Number(order.total_minor), String(order.currency)),
    lines: await openLinesOf(trx, order.id),
    because: confirmation.because,
    dueAt: dateAndTime(confirmation.due_at, brand.time_zone),
    onDecline: confirmation.on_decline,
    onSilence: confirmation.on_silence,
    isReminder,
  });
  const key = `confirmation:${order.number}:${confirmation.round}${isReminder ? ':reminder' : ''}`;
  const id = randomUUID();
  await trx('mails').insert({
    id,
    brand_id: confirmation.brand_id,
    key,
    kind: 'confirmation',
    message_id: messageIdOf(key),
    recipients: brand.mail_to,
    subject: composed.subject,
    body_text: composed.text,
    body_html: composed.html,
    links_expire_at: confirmation.due_at,
    order_id: order.id,
    created_at: command.at,
  });
  await wake(trx, [{ topic: 'mail', key: mailKey(id), payload: { id } }], command);
  return id;
}

const outcomeOf: Readonly<Record<string, NonNullable<Confirmation['outcome']>>> = {
  CONFIRM: 'CONFIRMED',
  DECLINE: 'DECLINED',
  CONFIRMATION_OVERDUE: 'OVERDUE',
};

/**
 * Closes the question when the order no longer waits for it, by whatever event: answered, overdue, or not to be answered
 * any more (edited, cancelled). A brand's "no" becomes a problem with its reason.
 */
export async function settleConfirmation(trx: Tx, order: Row, event: string, command: Command): Promise<void> {
  const open = await trx('confirmations').where({ order_id: order.id, outcome: null }).first('id', 'on_decline');
  if (!open) return;
  const outcome = outcomeOf[event] ?? 'WITHDRAWN';
  await trx('confirmations')
    .where({ id: open.id })
    .update({ outcome, decided_by: command.actor, decided_at: command.at, reason: command.why ?? null });
  if (outcome !== 'DECLINED') return;
  await reportProblem(
    trx,
    {
      causeKey: `order/${order.id}/confirmation-declined`,
      kind: 'confirmation-declined',
      severity: 'error',
      title: `${order.number}: the brand will not deliver it`,
      detail: command.why ? `The brand's reason: ${command.why}` : 'The brand gave no reason.',
      remedy:
        order.state === 'EDITED'
          ? 'Talk to the brand: edit and approve the order, ask again, or ask the marketplace to cancel it.'
          : 'Cancel it in the seller portal, or withdraw the cancel request if the brand delivers after all.',
      brandId: String(order.brand_id),
      entityKind: 'order',
      entityId: order.id,
      connectionId: String(order.connection_id),
    },
    command,
  );
}

/** Kinds of problems that end when the order is approved or closed. */
export const confirmationProblemKinds = [
  'confirmation-declined',
  'confirmation-overdue',
  'confirmation-blocked',
] as const;

/** The brand said yes, and the order cannot be approved as it is: for ops, who see what is missing. */
export async function confirmationBlocked(trx: Tx, order: Row, why: string, command: Command): Promise<void> {
  await reportProblem(
    trx,
    {
      causeKey: `order/${order.id}/confirmation-blocked`,
      kind: 'confirmation-blocked',
      severity: 'error',
      title: `${order.number}: the brand confirmed it, but it cannot be approved`,
      detail: why,
      remedy: 'Mend what is named, then confirm it in the brand’s name: the brand has said yes.',
      brandId: String(order.brand_id),
      entityKind: 'order',
      entityId: order.id,
      connectionId: String(order.connection_id),
    },
    command,
  );
}
