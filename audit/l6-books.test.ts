import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { AuditBench } from './bench.fixture.ts';
import { LogWriter, whats } from './log.fixture.ts';

let bench: AuditBench;
beforeAll(async () => {
  bench = await AuditBench.open(inject('postgresSuperuserUrl'));
});
afterAll(() => bench.close());

describe('L6 on a real database', () => {
  const id = randomUUID();
  const step = (version: number, from: string, event: string, to: string) =>
    `insert into transitions (machine, entity_id, version, event, from_state, to_state, command_id, actor, role, at, chain_hash)
     select 'consignment', id, ${version}, '${event}', '${from}', '${to}', '${id}/${version}', 'x', 'system', now(), ''
     from consignments`;
  const notify = [
    step(2, 'OPEN', 'CLOSE', 'CLOSED'),
    step(3, 'CLOSED', 'BOOKED', 'BOOKED'),
    step(4, 'BOOKED', 'NOTIFIED', 'NOTIFIED'),
  ];
  const forget = [
    'alter table transitions disable trigger user',
    `delete from transitions where command_id like '${id}%'`,
    'alter table transitions enable trigger user',
  ];
  const write = (body: string) => [
    `insert into mails (id, brand_id, key, kind, slot_date, slot_time, message_id, recipients, subject, body_text, body_html,
       sent_at, created_at)
     select '${id}', brand_id, 'k', 'labels', slot_date, slot_time, '<k@x>', '{}', 'Labels', '${body}', '', now(), now()
     from consignments`,
    `insert into mail_consignments select '${id}', id, revision, brand_id from consignments`,
  ];
  const burn = [`delete from mail_consignments`, `delete from mails`];
  const accepted = () => new LogWriter('mail').facts({ fact: 'mail.accepted', messageId: '<k@x>' });

  it('finds a consignment that counts as mailed and is in no mail', async () => {
    await bench.violated(notify, forget, async () => {
      const { checks } = await bench.audit();
      expect(whats(checks.L6.findings)).toEqual(['counts as mailed, and no sent mail holds it']);
      expect(whats(checks.L4.findings)).toEqual(['row and history differ']);
    });
  });

  it('finds nothing once the mail with it was accepted, and everything that is missing before', async () => {
    await bench.violated([...notify, ...write(`with ${bench.order.number}`)], [...burn, ...forget], async () => {
      expect(await bench.found('L6', bench.logs(), { mail: accepted() })).toEqual([]);
      expect(await bench.found('L6')).toEqual(['sent by our books, and nobody accepted it']);
    });
    await bench.violated([...notify, ...write('with TL-999999')], [...burn, ...forget], async () => {
      expect(await bench.found('L6', bench.logs(), { mail: accepted() })).toEqual([
        'an order that its mail does not name',
        'a mail that names a foreign order',
      ]);
    });
  });

  it('does not ask for orders that had left before the mail was written', async () => {
    const leave = `update consignment_orders set left_at = timestamptz '2026-07-01'`;
    const rejoin = 'update consignment_orders set left_at = null';
    await bench.violated([...notify, ...write('nobody'), leave], [rejoin, ...burn, ...forget], async () => {
      expect(await bench.found('L6', bench.logs(), { mail: accepted() })).toEqual([]);
    });
  });
});
