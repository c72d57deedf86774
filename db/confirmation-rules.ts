import { type ConfirmationRule, reasonsToAsk } from '../confirmation/rule.ts';
import { type Confirmation, storeConfirmationMail } from './confirmations.ts';
import type { Tx } from './database.ts';
import { stepOrder } from './orders.ts';
import { reportProblem } from './problems.ts';
import { type Command, contextOf, lock, type Row } from './steps.ts';

/**
 * Asks the brand about a new order when its rule says so. Only an order that could be approved: the brand is not asked
 * about one that ops must mend first. True when it was asked.
 */
export async function askByRule(trx: Tx, orderId: string, command: Command): Promise<boolean> {
  const order = await lock(trx, 'order', orderId);
  if (order?.state !== 'NEW') return false;
  const brand = await trx('brands')
    .where({ id: order.brand_id as string })
    .first('confirmation_rule');
  const rule = brand.confirmation_rule as ConfirmationRule | null;
  if (rule === null || rule.ask === 'by-hand') return false;
  if (await trx('confirmations').where({ order_id: orderId }).first('id')) return false;
  const { linesKnown, stockReserved, addressComplete } = await contextOf(trx, 'order', order);
  if (!linesKnown || !stockReserved || !addressComplete) return false;
  const because = reasonsToAsk(rule, await factsOf(trx, order));
  if (because.length === 0) return false;
  const result = await stepOrder(
    trx,
    { id: orderId, event: 'REQUEST_CONFIRMATION' },
    { ...command, commandId: `order/${orderId}/ask-by-rule`, role: 'rule', why: because.join(' ') },
  );
  return result.ok;
}

async function factsOf(trx: Tx, order: Row) {
  const consignee = await trx('consignees')
    .where({ id: order.consignee_id as string })
    .first('country_code');
  const skus: string[] = await trx('order_lines')
    .join('skus', 'skus.id', 'order_lines.sku_id')
    .where({ order_id: order.id })
    .whereRaw('quantity_ordered > quantity_cancelled')
    .pluck('skus.sku');
  const earlier = await trx('orders')
    .where({ brand_id: order.brand_id as string, connection_id: order.connection_id as string })
    .whereNot({ id: order.id })
    .where('ordered_at', '<=', order.ordered_at as Date)
    .first('id');
  return {
    totalMinor: Number(order.total_minor),
    currency: String(order.currency),
    destinationCountryCode: consignee?.country_code ?? '',
    skus,
    isFirstOrder: earlier === undefined,
  };
}

/** New orders of brands with a rule that were not asked about yet: what kept them from it may be gone. */
export async function ordersToAskAbout(trx: Tx): Promise<string[]> {
  return trx('orders as o')
    .join('brands as b', 'b.id', 'o.brand_id')
    .where('o.state', 'NEW')
    .whereRaw(`b.confirmation_rule is not null and b.confirmation_rule->>'ask' <> 'by-hand'`)
    .whereNotExists((asked) => asked.from('confirmations as c').whereRaw('c.order_id = o.id'))
    .orderBy('o.id')
    .limit(500)
    .pluck('o.id');
}

/** Ids of questions whose deadline, or whose time for a reminder, is reached. */
export async function confirmationsDue(trx: Tx, at: Date): Promise<{ overdue: string[]; toRemind: string[] }> {
  const open = () => trx('confirmations').where({ outcome: null }).orderBy('id');
  return {
    overdue: await open().where('due_at', '<=', at).pluck('id'),
    toRemind: await open().where('due_at', '>', at).where('remind_at', '<=', at).whereNull('reminded_at').pluck('id'),
  };
}

/** Reminds the brand once. */
export async function remindBrand(trx: Tx, confirmationId: string, command: Command): Promise<void> {
  const { order, confirmation } = await lockBoth(trx, confirmationId);
  if (order?.state !== 'AWAITING_CONFIRMATION' || !confirmation || confirmation.reminded_at !== null) return;
  await storeConfirmationMail(trx, order, confirmation, true, command);
  await trx('confirmations').where({ id: confirmationId }).update({ reminded_at: command.at });
}

/** The brand was silent past the deadline: approved where its rule says that silence is yes, else back to ops. */
export async function endSilence(trx: Tx, confirmationId: string, command: Command): Promise<void> {
  const { order, confirmation } = await lockBoth(trx, confirmationId);
  if (!order || !confirmation) return;
  const under = (what: string, why: string): Command => ({
    ...command,
    commandId: `confirmation/${confirmationId}/${what}`,
    role: 'rule',
    why,
  });
  const overdue = await stepOrder(
    trx,
    { id: order.id, event: 'CONFIRMATION_OVERDUE' },
    under('overdue', 'The brand did not answer until the deadline.'),
  );
  if (!overdue.ok) return;
  let why = 'The brand wants to be asked again, or ops to decide, when it did not answer.';
  if (confirmation.on_silence === 'approve') {
    const approved = await stepOrder(
      trx,
      { id: order.id, event: 'APPROVE' },
      under('approve', 'By the brand’s rule silence means yes.'),
    );
    if (approved.ok) return;
    why = `By the brand’s rule silence means yes, but: ${approved.why}`;
  }
  await reportProblem(
    trx,
    {
      causeKey: `order/${order.id}/confirmation-overdue`,
      kind: 'confirmation-overdue',
      severity: 'error',
      title: `${order.number}: the brand did not answer in time`,
      detail: why,
      remedy: 'Talk to the brand, then approve the order, ask again, or ask the marketplace to cancel it.',
      brandId: String(order.brand_id),
      entityKind: 'order',
      entityId: order.id,
      connectionId: String(order.connection_id),
    },
    command,
  );
}

/** An open question with its order; the order is locked first, as everywhere: its answer may be on its way. */
async function lockBoth(trx: Tx, id: string): Promise<{ order: Row | null; confirmation: Confirmation | null }> {
  const known = await trx('confirmations').where({ id }).first('order_id');
  const order = known ? await lock(trx, 'order', known.order_id) : null;
  const open: Confirmation | undefined = await trx('confirmations').where({ id, outcome: null }).forUpdate().first();
  return { order, confirmation: open ?? null };
}
