import PostalMime from 'postal-mime';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { createMailer } from '../mail/send.ts';
import { answerLines, smtpError, startMailServer, startRawServer, type TestMailServer } from '../mail/smtp.fixture.ts';
import { openProblemsOf } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { openShippingBench } from '../tests/shipping-bench.ts';
import { mailActivities } from './mails.ts';

/** Label mails through real mail servers that do not behave. */
describe('a mail server', () => {
  let database: TestDatabase;
  let bench: Awaited<ReturnType<typeof openShippingBench>>;
  let server: TestMailServer | null = null;

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'act_smtp' });
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    bench = await openShippingBench(database);
  });
  afterEach(async () => {
    await server?.close();
    server = null;
  });

  /** The label mail of two consignments, and the activities over the given server. */
  const composed = async (running: TestMailServer, recipients: string[] = ['warehouse@kauri.test']) => {
    server = running;
    await bench.staff((trx) => trx('brands').where({ id: bench.world.brandId }).update({ mail_to: recipients }));
    for (const id of await bench.closed()) await bench.book(id);
    const { mailId } = await bench.compose();
    const mailer = createMailer({
      smtpUrl: running.url,
      from: 'Tradelane <ops@tradelane.test>',
      replyTo: 'Operations <people@tradelane.test>',
      timeouts: { connectMs: 20_000, greetingMs: 20_000, idleMs: 20_000, totalMs: 40_000 },
    });
    const mails = mailActivities({ ...bench.systems.deps(database.db), mailer });
    return { id: mailId ?? '', send: () => mails.sendMail(mailId ?? '') };
  };
  const rowOf = (id: string) => bench.staff((trx) => trx('mails').where({ id }).first());
  const statesOf = () =>
    bench.staff((trx) => trx('consignments').where({ brand_id: bench.world.brandId }).pluck('state'));

  it('that behaves gets one mail with text, HTML, labels and table under its fixed Message-ID', async () => {
    const mail = await composed(await startMailServer());
    await mail.send();
    await mail.send();
    expect(server?.taken).toHaveLength(1);
    const parsed = await PostalMime.parse(server?.taken[0]?.raw ?? Buffer.alloc(0));
    const row = await rowOf(mail.id);
    expect(parsed.messageId).toBe(row.message_id);
    expect(parsed.replyTo).toMatchObject([{ address: 'people@tradelane.test' }]);
    const header = (name: string) => parsed.headers.find(({ key }) => key === name)?.value;
    expect([header('auto-submitted'), header('x-tradelane-batch')]).toEqual(['auto-generated', row.key]);
    expect(parsed.attachments.map(({ filename, mimeType }) => [filename, mimeType])).toEqual([
      ['labels-2026-11-20-1600-1.pdf', 'application/pdf'],
      ['labels-2026-11-20-1600-1.csv', 'text/csv'],
    ]);
    for (const part of [parsed.text, parsed.html]) expect(part).toContain('batch 2026-11-20 16:00, revision 1');
    expect(await statesOf()).toEqual(['NOTIFIED', 'NOTIFIED']);
  });

  it('that refuses every address leaves the labels booked, with a problem, and is not asked again', async () => {
    let asked = 0;
    const mail = await composed(
      await startMailServer({
        onRcptTo: (_address, _session, done) => {
          asked += 1;
          done(smtpError(550, 'no such user'));
        },
      }),
    );
    expect(await mail.send()).toEqual({ outcome: 'refused' });
    expect(await mail.send()).toEqual({ outcome: 'refused' });
    expect(asked).toBe(1);
    expect(await openProblemsOf(database.db, mail.id)).toEqual(['mail-refused']);
    expect(await statesOf()).toEqual(['BOOKED', 'BOOKED']);
  });

  it('that says the message is too big refuses it for good', async () => {
    const mail = await composed(
      await startMailServer({}, () => {
        throw smtpError(552, 'message size exceeds limit');
      }),
    );
    expect(await mail.send()).toEqual({ outcome: 'refused' });
    expect(await openProblemsOf(database.db, mail.id)).toEqual(['mail-refused']);
  });

  it('that delays is asked again until it takes the mail, once', async () => {
    let delays = 2;
    const mail = await composed(
      await startMailServer({
        onMailFrom: (_address, _session, done) => {
          delays -= 1;
          done(delays >= 0 ? smtpError(451, 'greylisted, come again') : null);
        },
      }),
    );
    await expect(mail.send()).rejects.toMatchObject({ kind: 'Unavailable' });
    await expect(mail.send()).rejects.toMatchObject({ kind: 'Unavailable' });
    expect(await mail.send()).toEqual({ outcome: 'done' });
    expect(await mail.send()).toEqual({ outcome: 'done' });
    expect(server?.taken).toHaveLength(1);
    expect(await openProblemsOf(database.db, mail.id)).toEqual([]);
  });

  it('that takes it for half of the recipients has sent it; ops hear of the others', async () => {
    const mail = await composed(
      await startMailServer({
        onRcptTo: ({ address }, _session, done) =>
          done(address.startsWith('gone') ? smtpError(550, 'mailbox unavailable') : null),
      }),
      ['warehouse@kauri.test', 'gone@kauri.test', 'desk@kauri.test', 'not an address'],
    );
    expect(await mail.send()).toEqual({ outcome: 'done' });
    expect(server?.taken[0]?.to).toEqual(['warehouse@kauri.test', 'desk@kauri.test']);
    const row = await rowOf(mail.id);
    expect(row.accepted).toEqual(['warehouse@kauri.test', 'desk@kauri.test']);
    expect(row.rejected).toEqual([
      expect.stringMatching(/^gone@kauri\.test: 550 .*mailbox unavailable/),
      'not an address: not a mail address',
    ]);
    expect(await openProblemsOf(database.db, mail.id)).toEqual(['mail-recipients']);
    expect(await statesOf()).toEqual(['NOTIFIED', 'NOTIFIED']);
    expect(await mail.send()).toEqual({ outcome: 'done' });
    expect(server?.taken).toHaveLength(1);
  });

  it('that drops the connection after DATA may have it: nothing is sent again until a person says so', async () => {
    const mail = await composed(await startMailServer({}, (running) => running.dropAll()));
    await expect(mail.send()).rejects.toMatchObject({ name: 'EffectPending' });
    bench.systems.passWall(3_600_000);
    await expect(mail.send()).rejects.toMatchObject({ name: 'NeedsCheck' });
    await expect(mail.send()).rejects.toMatchObject({ name: 'NeedsCheck' });
    expect(server?.taken).toHaveLength(1);
    expect(await openProblemsOf(database.db, mail.id)).toEqual(['needs-check']);
    expect(await statesOf()).toEqual(['BOOKED', 'BOOKED']);
  });

  it('that is away before DATA has certainly not got it: it is sent later', async () => {
    const away = await startRawServer((socket) => {
      socket.write('220 hello\r\n');
      answerLines(socket, [
        [/^EHLO/, '250 hello'],
        [/^MAIL/, null],
      ]);
    });
    const mail = await composed(away);
    await expect(mail.send()).rejects.toMatchObject({ kind: 'Unavailable' });
    expect(await openProblemsOf(database.db, mail.id)).toEqual([]);
    expect((await rowOf(mail.id)).sent_at).toBeNull();
  });

  it('that does not accept our log-in is for an admin: nothing is lost', async () => {
    const mail = await composed(
      await startMailServer({
        disabledCommands: ['STARTTLS'],
        authOptional: true,
        onMailFrom: (_address, _session, done) => done(smtpError(530, 'authentication required')),
      }),
    );
    await expect(mail.send()).rejects.toMatchObject({ kind: 'Unauthorized' });
    expect((await rowOf(mail.id)).sent_at).toBeNull();
  });
});
