import type { CarrierDocument } from '../connectors/contract/carrier.ts';
import { ConnectorError } from '../connectors/errors.ts';
import type { Tx } from '../db/database.ts';
import { storeDocument } from '../db/documents.ts';
import { EffectPending, performEffect } from '../db/effects.ts';
import { type LabelMailState, labelMailOf, ordersWithoutShopIn, storeLabelMail } from '../db/mails.ts';
import { stepOrder } from '../db/orders.ts';
import { reportProblem, resolveProblem } from '../db/problems.ts';
import { type Command, step } from '../db/steps.ts';
import { mergeLabelBatch } from '../labels/batch.ts';
import { ORDERS_HEADER } from '../mail/send.ts';
import { type ActivityDeps, commandOf } from './deps.ts';

export interface SlotKey {
  readonly brandId: string;
  readonly date: string;
  readonly time: string;
}

interface MailAnswer {
  readonly accepted: readonly string[];
  readonly rejected: readonly string[];
  readonly response: string;
}

export function mailActivities(deps: ActivityDeps) {
  return {
    /**
     * Composes the label mail of a slot if all its labels are there: one document, one row, one Message-ID. `changed`:
     * what it should hold was cancelled while its document was made; ask again.
     */
    composeLabelMail: (slot: SlotKey) => composeSlot(deps, slot),

    /** Mails of a slot that were composed and not sent yet: a process that starts anew goes on with them. */
    async unsentLabelMails(slot: SlotKey): Promise<string[]> {
      return deps.db.tx('staff', (trx) =>
        trx('mails')
          .where({ brand_id: slot.brandId, kind: 'labels', slot_date: slot.date, slot_time: slot.time, sent_at: null })
          .orderBy('revision')
          .pluck('id'),
      );
    },

    /** Hands one mail to the mail server, once by its Message-ID as far as SMTP allows, and notes who took it. */
    async sendMail(mailId: string): Promise<{ outcome: string }> {
      const { mail, document, orderNumbers } = await deps.db.tx('staff', async (trx) => {
        const row = await trx('mails').where({ id: mailId }).first();
        return {
          mail: row,
          orderNumbers: await trx('mail_consignments')
            .join('consignment_orders', 'consignment_orders.consignment_id', 'mail_consignments.consignment_id')
            .join('orders', 'orders.id', 'consignment_orders.order_id')
            .where({ mail_id: mailId })
            .orderBy('orders.number')
            .distinct()
            .pluck('orders.number'),
          document: row.document_id ? await trx('documents').where({ id: row.document_id }).first() : null,
        };
      });
      const command = await commandOf(deps, `mail/${mailId}`);
      const result = await performEffect<MailAnswer>(
        deps,
        {
          key: `mail/${mail.key}`,
          kind: 'mail',
          connectionId: null,
          brandId: mail.brand_id,
          entityKind: 'mail',
          entityId: mailId,
          request: { messageId: mail.message_id, subject: mail.subject },
        },
        {
          stillWanted: async () => null,
          call: () => hand(deps, mail, document, orderNumbers),
          ...(deps.mailer.lookup ? { lookup: () => askProvider(deps, mail) } : {}),
          assumed: () => ({ accepted: mail.recipients, rejected: [], response: 'said by a person' }),
          onDone: async (trx, answer) => {
            await trx('mails')
              .where({ id: mailId })
              .update({ accepted: [...answer.accepted], rejected: [...answer.rejected], sent_at: command.at });
            const consignments =
              mail.kind === 'labels'
                ? await trx('mail_consignments')
                    .where({ mail_id: mailId })
                    .orderBy('consignment_id')
                    .pluck('consignment_id')
                : [];
            for (const id of consignments) {
              await step(
                trx,
                { machine: 'consignment', id, event: 'NOTIFIED' },
                { ...command, commandId: `mail/${mailId}/notified/${id}` },
              );
            }
            if (mail.kind === 'labels') await syncOrdersWithoutShop(trx, mailId, command);
            if (answer.rejected.length > 0) await noteRejected(deps, trx, mail, answer.rejected);
          },
          onRefused: async (trx, reason) => {
            await reportProblem(
              trx,
              mailProblem(mail, 'refused', `The mail "${mail.subject}" was refused`, reason),
              command,
            );
          },
          ...deps.waits,
        },
        command,
      );
      return { outcome: result.outcome };
    },
  };
}

/**
 * For a brand without shop the accepted mail is what a shop's order is for others: from then on the brand has the order.
 * An order that a cancellation overtook meanwhile is remembered as one that the brand knows of.
 */
async function syncOrdersWithoutShop(trx: Tx, mailId: string, command: Command): Promise<void> {
  for (const id of await ordersWithoutShopIn(trx, mailId)) {
    await stepOrder(
      trx,
      { id, event: 'PUSHED', changes: { in_shop_at: command.at } },
      { ...command, commandId: `mail/${mailId}/synced/${id}`, role: 'system', why: 'The mail with it was accepted.' },
    );
  }
}

/** Locked until the mail is stored: whoever takes an order out of one of them now finds the mail and stops it. */
async function areStillBooked(
  trx: Tx,
  { consignmentIds }: Extract<LabelMailState, { kind: 'ready' }>,
): Promise<boolean> {
  const rows = await trx('consignments')
    .whereIn('id', [...consignmentIds])
    .orderBy('id')
    .forNoKeyUpdate()
    .select('state');
  return rows.every(({ state }) => state === 'BOOKED');
}

async function composeSlot(
  deps: ActivityDeps,
  slot: SlotKey,
): Promise<{ kind: 'waiting' | 'nothing' | 'composed' | 'changed'; mailId: string | null }> {
  const state = await deps.db.tx('staff', (trx) => labelMailOf(trx, slot));
  if (state.kind !== 'ready') return { kind: state.kind, mailId: null };
  const labels = await deps.db.tx('staff', async (trx) => {
    const rows = await trx('consignments')
      .join('documents', 'documents.id', 'consignments.label_document_id')
      .whereIn('consignments.id', [...state.consignmentIds])
      .orderBy('consignments.number')
      .select('consignments.number', 'documents.bytes', 'documents.format');
    return rows as { number: string; bytes: Buffer; format: CarrierDocument['format'] }[];
  });
  const { input } = state;
  const command = await commandOf(deps, `labels/${state.key}`);
  const bytes = await printable(deps, slot, command, {
    cover: {
      brandName: input.brandName,
      batchId: input.batchId,
      slotDate: input.slotDate,
      slotTime: input.slotTime,
      revision: input.revision,
      consignments: input.consignments.map(({ number, orderNumbers, pieces, trackingNumber }) => ({
        number,
        orderNumbers,
        pieces,
        trackingNumber,
      })),
    },
    labels: labels.map(({ number, bytes: pdf }) => ({ consignmentNumber: number, pdf })),
  });
  if (bytes === null) return { kind: 'nothing', mailId: null };
  const mailId = await deps.db.tx('staff', async (trx) => {
    await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [
      `labels/${slot.brandId}/${slot.date}/${slot.time}`,
    ]);
    const known = await trx('mails').where({ key: state.key }).first('id');
    if (known) return known.id as string;
    if (!(await areStillBooked(trx, state))) return null;
    const documentId = await storeDocument(trx, {
      brandId: slot.brandId,
      kind: 'label-batch',
      format: 'PDF',
      fileName: `labels-${slot.date}-${slot.time.replace(':', '')}-${input.revision}.pdf`,
      bytes,
      at: command.at,
    });
    return storeLabelMail(trx, slot, state, documentId, command);
  });
  return mailId === null ? { kind: 'changed', mailId } : { kind: 'composed', mailId };
}

/** What paper cannot show is for a person, not for another try. */
const unprintable = ['MissingGlyph', 'UnreadableLabel', 'BatchMismatch', 'TextTooLong', 'UnprintableCode'];

async function printable(
  deps: ActivityDeps,
  slot: SlotKey,
  command: Command,
  batch: Parameters<typeof mergeLabelBatch>[0],
): Promise<Buffer | null> {
  const causeKey = `labels/${slot.brandId}/${slot.date}/${slot.time}/unprintable`;
  try {
    const bytes = await mergeLabelBatch(batch);
    await deps.db.tx('staff', (trx) => resolveProblem(trx, causeKey, command));
    return bytes;
  } catch (error) {
    if (!(error instanceof Error && unprintable.includes(error.name))) throw error;
    await deps.db.tx('staff', (trx) =>
      reportProblem(
        trx,
        {
          causeKey,
          kind: 'labels-unprintable',
          severity: 'error',
          title: `The labels of ${slot.date} ${slot.time} cannot be printed`,
          detail: error.message,
          remedy:
            'Mend the named text or book the named consignment again; it is tried again when the next label of the slot is booked.',
          brandId: slot.brandId,
        },
        command,
      ),
    );
    return null;
  }
}

interface MailRow {
  id: string;
  key: string;
  brand_id: string;
  message_id: string;
  recipients: string[];
  subject: string;
  body_text: string;
  body_html: string;
  created_at: Date;
}

async function hand(
  deps: ActivityDeps,
  mail: MailRow,
  document: { file_name: string; bytes: Buffer } | null,
  orderNumbers: readonly string[],
): Promise<MailAnswer> {
  const outcome = await deps.mailer.send({
    messageId: mail.message_id,
    to: mail.recipients,
    subject: mail.subject,
    text: mail.body_text,
    html: mail.body_html,
    attachments: document
      ? [{ fileName: document.file_name, contentType: 'application/pdf', bytes: document.bytes }]
      : [],
    headers: { 'X-Tradelane-Batch': mail.key, [ORDERS_HEADER]: orderNumbers.join(', ') },
    sentAt: mail.created_at,
  });
  switch (outcome.kind) {
    case 'accepted':
      return {
        accepted: outcome.accepted,
        rejected: outcome.rejected.map(({ address, reason }) => `${address}: ${reason}`),
        response: outcome.response,
      };
    case 'refused':
      throw new ConnectorError('Rejected', outcome.reason);
    case 'auth-failed':
      throw new ConnectorError('Unauthorized', outcome.reason, {
        remedy: 'Correct the mail server’s log-in (SMTP_URL).',
      });
    case 'not-sent':
      throw new ConnectorError('Unavailable', outcome.reason);
    case 'unknown':
      throw new ConnectorError('OutcomeUnknown', outcome.reason);
  }
}

async function askProvider(deps: ActivityDeps, mail: MailRow): Promise<MailAnswer | null> {
  const seen = await deps.mailer.lookup?.(mail.message_id);
  if (seen === 'accepted') return { accepted: mail.recipients, rejected: [], response: 'found in the provider’s log' };
  if (seen === 'absent') return null;
  throw new EffectPending(`mail/${mail.key}`, 'the provider’s log does not answer', 2_000);
}

const mailProblem = (mail: MailRow, what: string, title: string, detail: string) => ({
  causeKey: `mail/${mail.id}/${what}`,
  kind: `mail-${what}`,
  severity: 'error' as const,
  title,
  detail,
  remedy:
    'Correct the brand’s mail addresses or the mail server, then forward the labels by hand: the mail and its document are on the mail’s page.',
  brandId: mail.brand_id,
  entityKind: 'mail',
  entityId: mail.id,
});

async function noteRejected(
  deps: ActivityDeps,
  trx: Parameters<typeof reportProblem>[0],
  mail: MailRow,
  rejected: readonly string[],
): Promise<void> {
  const command = await commandOf(deps, `mail/${mail.id}/rejected`);
  await reportProblem(
    trx,
    mailProblem(mail, 'recipients', `Some recipients of "${mail.subject}" were refused`, rejected.join('; ')),
    command,
  );
}
