import { ConnectorError } from '../connectors/errors.ts';
import type { Tx } from '../db/database.ts';
import { EffectPending, performEffect } from '../db/effects.ts';
import type { SlotKey } from '../db/label-mail.ts';
import { ordersWithoutShopIn } from '../db/mails.ts';
import { stepOrder } from '../db/orders.ts';
import { reportProblem } from '../db/problems.ts';
import { type Command, step } from '../db/steps.ts';
import { onPaper, type Paper } from '../labels/papers.ts';
import { fillLinks, signLink } from '../mail/links.ts';
import { type MailAttachment, ORDERS_HEADER } from '../mail/send.ts';
import { type ActivityDeps, commandOf } from './deps.ts';
import { composeSlot } from './label-mail.ts';

export type { SlotKey } from '../db/label-mail.ts';

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
      const { mail, documents, orderNumbers } = await deps.db.tx('staff', async (trx) => {
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
          documents: await trx('documents')
            .whereIn('id', [row.document_id, row.table_document_id, row.zpl_document_id].filter(Boolean))
            .select('id', 'format', 'file_name', 'bytes'),
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
          call: () => hand(deps, mail, documents, orderNumbers),
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
  document_id: string | null;
  papers: Paper[];
  links_expire_at: Date | null;
}

interface DocumentRow {
  id: string;
  format: string;
  file_name: string;
  bytes: Buffer;
}

/** The labels for each paper of the mail, unless they are linked, and the table. */
async function attachmentsOf(mail: MailRow, documents: readonly DocumentRow[]): Promise<MailAttachment[]> {
  const attachments: MailAttachment[] = [];
  for (const { id, format, file_name: fileName, bytes } of documents) {
    if (format === 'CSV') attachments.push({ fileName, contentType: 'text/csv; charset=utf-8', bytes });
    if (format === 'ZPL' && mail.links_expire_at === null) {
      attachments.push({ fileName, contentType: 'application/octet-stream', bytes });
    }
    if (format !== 'PDF' || id !== mail.document_id || mail.links_expire_at !== null) continue;
    // Mails of before papers were chosen have none: the document as it is.
    const papers: readonly Paper[] = mail.papers.length > 0 ? mail.papers : ['thermal-100x150'];
    for (const paper of papers) {
      const { pdf } = await onPaper(bytes, paper);
      const name = papers.length === 1 ? fileName : fileName.replace(/\.pdf$/, `-${paper}.pdf`);
      attachments.push({ fileName: name, contentType: 'application/pdf', bytes: pdf });
    }
  }
  return attachments.sort((a, b) => (a.contentType < b.contentType ? -1 : 1));
}

/**
 * The address that stands for a marker of this mail: `file/{paper}` opens the labels for a paper, `confirm/{id}` and
 * `decline/{id}` the page on which the brand decides.
 */
function linkOf(deps: ActivityDeps, mail: MailRow, name: string): string {
  const [kind, about = ''] = name.split('/');
  const expiresAt = mail.links_expire_at;
  if (expiresAt !== null && kind === 'file') {
    const claims = { purpose: 'file', subject: mail.id, detail: about, expiresAt } as const;
    return `${deps.linkUrl}/files/${signLink(deps.sealer.mac, claims)}`;
  }
  if (expiresAt !== null && (kind === 'confirm' || kind === 'decline')) {
    const claims = { purpose: 'confirmation', subject: about, detail: '', expiresAt } as const;
    return `${deps.linkUrl}/confirmations/${signLink(deps.sealer.mac, claims)}?answer=${kind}`;
  }
  throw new Error(`the mail ${mail.key} has no link ${name}`);
}

async function hand(
  deps: ActivityDeps,
  mail: MailRow,
  documents: readonly DocumentRow[],
  orderNumbers: readonly string[],
): Promise<MailAnswer> {
  const outcome = await deps.mailer.send({
    messageId: mail.message_id,
    to: mail.recipients,
    subject: mail.subject,
    text: fillLinks(mail.body_text, (name) => linkOf(deps, mail, name)),
    html: fillLinks(mail.body_html, (name) => linkOf(deps, mail, name)),
    attachments: await attachmentsOf(mail, documents),
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
