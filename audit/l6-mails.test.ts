import { describe, expect, it } from 'vitest';
import {
  type AuditedConsignment,
  type AuditedMail,
  checkMails,
  type MailBooks,
  type MailedConsignment,
} from './l6-mails.ts';
import { LogWriter, whats } from './log.fixture.ts';
import { OpenProblems } from './problems.ts';

const mail = (more: Partial<AuditedMail> = {}): AuditedMail => ({
  id: 'm1',
  key: 'labels:kauri:1',
  kind: 'labels',
  brand_id: 'b1',
  slot_date: '2026-07-01',
  slot_time: '11:00',
  revision: 1,
  message_id: '<labels.1@tradelane.invalid>',
  sent: true,
  text: 'Labels\nOrders TL-000001, TL-000002',
  ...more,
});
const mailed = (more: Partial<MailedConsignment> = {}): MailedConsignment => ({
  mail_id: 'm1',
  brand_id: 'b1',
  consignment_id: 'k1',
  revision: 1,
  members: ['TL-000001', 'TL-000002'],
  ...more,
});
const consignment = (more: Partial<AuditedConsignment> = {}): AuditedConsignment => ({
  id: 'k1',
  number: 'C-000001',
  brand_id: 'b1',
  revision: 1,
  slot_date: '2026-07-01',
  slot_time: '11:00',
  notified: true,
  foreignOrders: [],
  ...more,
});
const books = (more: Partial<MailBooks> = {}): MailBooks => ({
  mails: [mail()],
  mailed: [mailed()],
  consignments: [consignment()],
  brandOf: { 'TL-000001': 'b1', 'TL-000002': 'b1', 'TL-000009': 'b2' },
  ...more,
});

const accepted = (messageId: string, orderNumbers?: string[]) => ({
  fact: 'mail.accepted' as const,
  messageId,
  ...(orderNumbers ? { orderNumbers } : {}),
});
const caught = (...facts: ReturnType<typeof accepted>[]) => new LogWriter('mail').facts(...facts);
const once = () => caught(accepted('<labels.1@tradelane.invalid>'));

function audit(given: MailBooks, log: LogWriter | null = once(), problemOf: string[] = []) {
  const problems = problemOf.map((entity_id) => ({ kind: 'mail', entity_id, connection_id: null }));
  return checkMails({
    sources: log ? [log.source('mail', null)] : [],
    books: given,
    problems: new OpenProblems(problems),
  });
}
const found = (...args: Parameters<typeof audit>) => whats(audit(...args).findings);

describe('L6: label mails', () => {
  it('finds nothing where each notified consignment is in one mail that was accepted once', () => {
    expect(audit(books())).toMatchObject({ checked: 1, findings: [] });
  });

  it('finds two mails for a slot and revision, and a consignment revision in two mails', () => {
    const second = mail({ id: 'm2', key: 'labels:kauri:1b', message_id: '<2@x>' });
    const log = once().facts(accepted('<2@x>'));
    const text = 'nothing in particular';
    expect(found(books({ mails: [mail(), { ...second, text }] }), log)).toEqual([
      'two mails for one slot and revision',
    ]);
    const later = { ...second, revision: 2 };
    const both = [mailed(), mailed({ mail_id: 'm2' })];
    expect(found(books({ mails: [mail(), later], mailed: both }), log)).toEqual([
      'a consignment revision in two mails',
    ]);
    const rebooked = [mailed(), mailed({ mail_id: 'm2', revision: 2 })];
    const consignments = [consignment({ revision: 2 })];
    expect(found(books({ mails: [mail(), later], mailed: rebooked, consignments }), log)).toEqual([]);
  });

  it('finds a notified consignment that no sent mail holds', () => {
    const what = ['counts as mailed, and no sent mail holds it'];
    expect(found(books({ mails: [], mailed: [] }), caught())).toEqual(what);
    expect(found(books({ mails: [mail({ sent: false })] }), caught())).toEqual(what);
    expect(found(books({ consignments: [consignment({ revision: 2 })] }))).toEqual(what);
    expect(found(books({ mails: [], mailed: [], consignments: [consignment({ notified: false })] }), caught())).toEqual(
      [],
    );
  });

  it('finds foreign orders, foreign consignments and another slot', () => {
    expect(found(books({ mails: [mail({ text: 'TL-000001 TL-000002 TL-000009' })] }))).toEqual([
      'a mail that names a foreign order',
    ]);
    expect(found(books({ consignments: [consignment({ brand_id: 'b2' })] }))).toEqual([
      'a consignment in another brand’s mail',
    ]);
    expect(found(books({ consignments: [consignment({ slot_time: '16:00' })] }))).toEqual([
      'a consignment in the mail of another slot',
    ]);
    expect(found(books({ consignments: [consignment({ foreignOrders: ['TL-000009'] })] }))).toEqual([
      'an order of another brand in a consignment',
    ]);
  });

  it('finds an order that its mail does not name', () => {
    expect(found(books({ mails: [mail({ text: 'TL-000001' })] }))).toEqual(['an order that its mail does not name']);
  });

  it('finds a mail that was accepted twice, never, or without our knowing', () => {
    const twice = once().facts(accepted('<labels.1@tradelane.invalid>'));
    expect(found(books(), twice)).toEqual(['a mail that was accepted twice']);
    expect(found(books(), caught())).toEqual(['sent by our books, and nobody accepted it']);
    const unsent = books({ mails: [mail({ sent: false })], consignments: [consignment({ notified: false })] });
    expect(found(unsent)).toEqual(['accepted, and our books do not know it']);
    expect(found(unsent, once(), ['m1'])).toEqual([]);
    expect(found(books(), once().facts(accepted('<strange@x>')))).toEqual(['a mail that nobody wrote down']);
  });

  it('compares the orders that the mail server saw', () => {
    const id = '<labels.1@tradelane.invalid>';
    expect(found(books(), caught(accepted(id, ['TL-000001', 'TL-000002'])))).toEqual([]);
    expect(found(books(), caught(accepted(id, ['TL-000001'])))).toEqual(['the accepted mail holds other orders']);
    expect(found(books(), caught(accepted(id, ['TL-000001', 'TL-000002', 'TL-000009'])))).toEqual([
      'the accepted mail holds other orders',
    ]);
  });

  it('says that it has no mail server to ask', () => {
    expect(audit(books(), null)).toMatchObject({ findings: [], note: expect.stringContaining('no mail catcher') });
  });
});
