import type { Tx } from '../db/database.ts';
import { factsOf, type MailAccepted, ofKind } from './facts.ts';
import type { OpenProblems } from './problems.ts';
import type { Finding, Source, Verdict } from './types.ts';

export interface AuditedMail {
  readonly id: string;
  readonly key: string;
  readonly kind: string;
  readonly brand_id: string;
  readonly slot_date: string | null;
  readonly slot_time: string | null;
  readonly revision: number;
  readonly message_id: string;
  readonly sent: boolean;
  /** Subject and plain text, as they were composed. */
  readonly text: string;
}

/** A consignment in a mail. `members`: its orders when the mail was written. */
export interface MailedConsignment {
  readonly mail_id: string;
  readonly brand_id: string;
  readonly consignment_id: string;
  readonly revision: number;
  readonly members: readonly string[];
}

export interface AuditedConsignment {
  readonly id: string;
  readonly number: string;
  readonly brand_id: string;
  readonly revision: number;
  readonly slot_date: string;
  readonly slot_time: string;
  /** It is or was NOTIFIED. */
  readonly notified: boolean;
  readonly foreignOrders: readonly string[];
}

export interface MailBooks {
  readonly mails: readonly AuditedMail[];
  readonly mailed: readonly MailedConsignment[];
  readonly consignments: readonly AuditedConsignment[];
  /** Order number → brand. */
  readonly brandOf: Readonly<Record<string, string>>;
}

export async function loadMails(trx: Tx): Promise<MailBooks> {
  const mails = await trx.raw(
    `select id, key, kind, brand_id, slot_date::text, slot_time, revision, message_id, sent_at is not null as sent,
       subject || E'\\n' || body_text as text
     from mails order by created_at, id`,
  );
  const mailed = await trx.raw(
    `select mc.mail_id, mc.brand_id, mc.consignment_id, mc.consignment_revision as revision,
       coalesce(jsonb_agg(o.number order by o.number) filter (where o.id is not null and (co.left_at is null or co.left_at > m.created_at)), '[]')
         as members
     from mail_consignments mc join mails m on m.id = mc.mail_id and m.kind = 'labels'
     left join consignment_orders co on co.consignment_id = mc.consignment_id
     left join orders o on o.id = co.order_id
     group by mc.mail_id, mc.brand_id, mc.consignment_id, mc.consignment_revision`,
  );
  const consignments = await trx.raw(
    `select c.id, c.number, c.brand_id, c.revision, c.slot_date::text, c.slot_time,
       exists (select 1 from transitions t where t.machine = 'consignment' and t.entity_id = c.id
         and t.to_state = 'NOTIFIED') as notified,
       coalesce((select jsonb_agg(o.number) from consignment_orders co join orders o on o.id = co.order_id
         where co.consignment_id = c.id and o.brand_id <> c.brand_id), '[]') as "foreignOrders"
     from consignments c order by c.number`,
  );
  const orders: { number: string; brand_id: string }[] = await trx('orders').select('number', 'brand_id');
  return {
    mails: mails.rows,
    mailed: mailed.rows,
    consignments: consignments.rows,
    brandOf: Object.fromEntries(orders.map(({ number, brand_id }) => [number, brand_id])),
  };
}

/**
 * L6: each order of a notified consignment revision is in exactly one mail of one slot, no brand gets two mails for a slot
 * and revision, none holds another brand's order; and the mail server accepted each of them once.
 */
export function checkMails(input: { sources: readonly Source[]; books: MailBooks; problems: OpenProblems }): Verdict {
  const { books, problems } = input;
  const labels = books.mails.filter(({ kind }) => kind === 'labels');
  const findings = [
    ...twins(labels),
    ...membership(books, new Map(labels.map((mail) => [mail.id, mail])), problems),
    ...contents(labels, books),
  ];
  const catchers = ofKind(input.sources, 'mail');
  const accepted = catchers.flatMap(({ lines }) => factsOf(lines, 'mail.accepted'));
  if (catchers.length > 0) findings.push(...acceptance(books, accepted, problems));
  const note = catchers.length === 0 ? 'no mail catcher: what was accepted is not known' : undefined;
  const figures = { 'L6.labelMails': labels.length, 'L6.accepted': accepted.length };
  return { checked: books.mails.length, findings, figures, ...(note ? { note } : {}) };
}

function twins(labels: readonly AuditedMail[]): Finding[] {
  const slot = (mail: AuditedMail) => `${mail.slot_date} ${mail.slot_time} revision ${mail.revision}`;
  const groups = Map.groupBy(labels, (mail) => `${mail.brand_id} ${slot(mail)}`);
  return [...groups.values()]
    .filter(({ length }) => length > 1)
    .map((mails) => ({
      what: 'two mails for one slot and revision',
      ids: mails.map(({ key }) => key),
      detail: mails[0] ? slot(mails[0]) : '',
    }));
}

function membership(
  { mailed, consignments }: MailBooks,
  labels: ReadonlyMap<string, AuditedMail>,
  problems: OpenProblems,
): Finding[] {
  const byId = new Map(consignments.map((row) => [row.id, row]));
  const findings: Finding[] = [];
  const pairs = Map.groupBy(mailed, (row) => `${row.consignment_id} ${row.revision}`);
  for (const rows of pairs.values()) {
    const keys = rows.map(({ mail_id }) => labels.get(mail_id)?.key ?? mail_id);
    const number = byId.get(rows[0]?.consignment_id ?? '')?.number ?? '';
    if (rows.length > 1)
      findings.push({
        what: 'a consignment revision in two mails',
        ids: [number, ...keys],
        detail: `${rows.length} mails`,
      });
  }
  for (const row of mailed) {
    const mail = labels.get(row.mail_id);
    const consignment = byId.get(row.consignment_id);
    if (!mail || !consignment) continue;
    const ids = [consignment.number, mail.key];
    if (mail.brand_id !== consignment.brand_id || row.brand_id !== mail.brand_id)
      findings.push({ what: 'a consignment in another brand’s mail', ids, detail: `brand ${mail.brand_id}` });
    if (mail.slot_date !== consignment.slot_date || mail.slot_time !== consignment.slot_time)
      findings.push({
        what: 'a consignment in the mail of another slot',
        ids,
        detail: `${consignment.slot_date} ${consignment.slot_time}, mailed ${mail.slot_date} ${mail.slot_time}`,
      });
  }
  for (const { id, number, notified, revision, foreignOrders } of consignments) {
    if (foreignOrders.length > 0)
      findings.push({
        what: 'an order of another brand in a consignment',
        ids: [number, ...foreignOrders],
        detail: id,
      });
    if (!notified || problems.about(id)) continue;
    const sent = mailed.filter((row) => row.consignment_id === id && labels.get(row.mail_id)?.sent);
    if (!sent.some((row) => row.revision === revision))
      findings.push({
        what: 'counts as mailed, and no sent mail holds it',
        ids: [number, id],
        detail: `revision ${revision}`,
      });
  }
  return findings;
}

const numbersIn = (text: string): Set<string> => new Set(text.match(/\bTL-\d+\b/g) ?? []);

/** A mail names every order of its consignments and nobody else's. Orders that are held back are the brand's own, too. */
function contents(labels: readonly AuditedMail[], { mailed, brandOf }: MailBooks): Finding[] {
  const byMail = Map.groupBy(mailed, ({ mail_id }) => mail_id);
  return labels.flatMap((mail) => {
    const named = numbersIn(mail.text);
    const missing = (byMail.get(mail.id) ?? []).flatMap(({ members }) =>
      members.filter((number) => !named.has(number)),
    );
    const foreign = [...named].filter((number) => brandOf[number] !== mail.brand_id);
    return [
      ...(missing.length > 0
        ? [{ what: 'an order that its mail does not name', ids: [mail.key, ...missing], detail: mail.message_id }]
        : []),
      ...(foreign.length > 0
        ? [{ what: 'a mail that names a foreign order', ids: [mail.key, ...foreign], detail: mail.message_id }]
        : []),
    ];
  });
}

const bare = (messageId: string): string => messageId.replace(/^<|>$/g, '');

function acceptance(books: MailBooks, accepted: readonly MailAccepted[], problems: OpenProblems): Finding[] {
  const caught = Map.groupBy(accepted, ({ messageId }) => bare(messageId));
  const members = Map.groupBy(books.mailed, ({ mail_id }) => mail_id);
  const findings: Finding[] = [];
  for (const mail of books.mails) {
    const copies = caught.get(bare(mail.message_id)) ?? [];
    caught.delete(bare(mail.message_id));
    const ids = [mail.key];
    if (copies.length > 1)
      findings.push({
        what: 'a mail that was accepted twice',
        ids,
        detail: `${copies.length} copies of ${mail.message_id}`,
      });
    if (mail.sent && copies.length === 0)
      findings.push({ what: 'sent by our books, and nobody accepted it', ids, detail: mail.message_id });
    if (!mail.sent && copies.length > 0 && !problems.about(mail.id))
      findings.push({ what: 'accepted, and our books do not know it', ids, detail: mail.message_id });
    const named = copies[0]?.orderNumbers;
    if (mail.kind !== 'labels' || named === undefined) continue;
    const missing = (members.get(mail.id) ?? []).flatMap((row) =>
      row.members.filter((number) => !named.includes(number)),
    );
    const foreign = named.filter((number) => books.brandOf[number] !== mail.brand_id);
    if (missing.length + foreign.length > 0)
      findings.push({
        what: 'the accepted mail holds other orders',
        ids,
        detail: `missing: ${missing.join(', ') || 'none'}; foreign: ${foreign.join(', ') || 'none'}`,
      });
  }
  for (const messageId of caught.keys())
    findings.push({ what: 'a mail that nobody wrote down', ids: [messageId], detail: 'no row has this Message-ID' });
  return findings;
}
