import { generateKeyPairSync } from 'node:crypto';
import PostalMime from 'postal-mime';
import type { SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createMailer,
  MAX_ATTACHED_BYTES,
  type MailMessage,
  type MailOutcome,
  needsLinks,
  ORDERS_HEADER,
} from './send.ts';
import { answerLines, smtpError, startMailServer, startRawServer, type TestMailServer } from './smtp.fixture.ts';

const message: MailMessage = {
  messageId: '<labels.kopi.2026-11-21.1100.1@tradelane.invalid>',
  to: ['ops@kopi.example', 'gudang@kopi.example'],
  subject: 'Kopi Kita: labels – ฉลาก',
  text: 'batch 2026-11-21 11:00, revision 1\n.\nEnd',
  html: '<p>batch</p>',
  attachments: [
    { fileName: 'Etiket ฉลาก.pdf', contentType: 'application/pdf', bytes: Buffer.from([0, 255, 13, 10, 46]) },
  ],
  headers: { [ORDERS_HEADER]: 'TL-1, TL-2' },
  sentAt: new Date('2026-11-21T04:00:00Z'),
};

const from = 'Tradelane <ops@tradelane.example>';
const patient = { connectMs: 20_000, greetingMs: 20_000, idleMs: 20_000, totalMs: 20_000 };
/** Short for what never comes, long for what a busy machine answers. */
const hasty = { ...patient, greetingMs: 300, idleMs: 3_000 };
const servers: TestMailServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function started(server: Promise<TestMailServer>): Promise<TestMailServer> {
  const running = await server;
  servers.push(running);
  return running;
}

const sendTo = (url: string, changes: Partial<MailMessage> = {}, timeouts = patient): Promise<MailOutcome> =>
  createMailer({ smtpUrl: url, from, replyTo: 'help@tradelane.example', timeouts }).send({ ...message, ...changes });

const withOptions = async (options: SMTPServerOptions): Promise<MailOutcome> =>
  sendTo((await started(startMailServer(options))).url);

describe('an accepted mail', () => {
  it('arrives as it was given, with its fixed Message-ID and marked as sent by a machine', async () => {
    const server = await started(startMailServer());
    const outcome = await sendTo(server.url);
    expect(outcome).toMatchObject({ kind: 'accepted', accepted: message.to, rejected: [] });
    expect(outcome).toHaveProperty('response', expect.stringMatching(/^250 /));
    const [taken] = server.taken;
    expect(taken).toMatchObject({ from: 'ops@tradelane.example', to: message.to });
    const mail = await PostalMime.parse(taken?.raw ?? '');
    expect(mail.messageId).toBe(message.messageId);
    expect(mail.subject).toBe(message.subject);
    expect(mail.text?.trim()).toBe(message.text);
    expect(mail.html?.trim()).toBe(message.html);
    expect(mail.date).toBe('2026-11-21T04:00:00.000Z');
    expect(mail.replyTo?.[0]).toMatchObject({ address: 'help@tradelane.example' });
    const header = (name: string) => mail.headers.find(({ key }) => key === name)?.value;
    expect(header('auto-submitted')).toBe('auto-generated');
    expect(header('x-tradelane-orders')).toBe('TL-1, TL-2');
    expect(header('x-mailer')).toBeUndefined();
    expect(mail.attachments).toHaveLength(1);
    const [attachment] = mail.attachments;
    expect(attachment).toMatchObject({ filename: 'Etiket ฉลาก.pdf', mimeType: 'application/pdf' });
    expect(Buffer.from(attachment?.content as ArrayBuffer)).toEqual(message.attachments[0]?.bytes);
  });

  it('is the same bytes when it is sent again', async () => {
    const server = await started(startMailServer());
    await sendTo(server.url);
    await sendTo(server.url);
    expect(server.taken[0]?.raw.equals(server.taken[1]?.raw ?? Buffer.alloc(0))).toBe(true);
  });

  it('lists the addresses that the server or the form of the address ruled out', async () => {
    const server = await started(
      startMailServer({
        onRcptTo: ({ address }, _session, callback) =>
          callback(address.startsWith('gudang') ? smtpError(550, 'no such user') : null),
      }),
    );
    const outcome = await sendTo(server.url, { to: [...message.to, 'a@b.example, c@d.example'] });
    expect(outcome).toMatchObject({
      kind: 'accepted',
      accepted: ['ops@kopi.example'],
      rejected: [
        { address: 'gudang@kopi.example', reason: expect.stringContaining('550 no such user') },
        { address: 'a@b.example, c@d.example', reason: 'not a mail address' },
      ],
    });
    expect(server.taken[0]?.to).toEqual(['ops@kopi.example']);
  });

  it('gets no header of a subject’s making', async () => {
    const server = await started(startMailServer());
    await sendTo(server.url, { subject: 'Labels\r\nBcc: spy@evil.example\r\n\r\nbody' });
    const mail = await PostalMime.parse(server.taken[0]?.raw ?? '');
    expect(mail.headers.some(({ key }) => key === 'bcc')).toBe(false);
    expect(server.taken[0]?.to).toEqual(message.to);
  });

  it('is signed with DKIM where there is a key; a key that can not be read is told at once', async () => {
    const server = await started(startMailServer());
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const dkim = { domainName: 'tradelane.example', keySelector: 's1', privateKey: pem };
    expect(await createMailer({ smtpUrl: server.url, from, dkim }).send(message)).toMatchObject({ kind: 'accepted' });
    const mail = await PostalMime.parse(server.taken[0]?.raw ?? '');
    expect(mail.headers.find(({ key }) => key === 'dkim-signature')?.value).toMatch(/d=tradelane\.example;.*s=s1;/s);
    expect(() => createMailer({ smtpUrl: server.url, from, dkim: { ...dkim, privateKey: 'x' } })).toThrow();
  });
});

describe('a refused mail', () => {
  it('is one whose addresses, sender, size or content the server refuses for good', async () => {
    const refuse = (code: number) => (_: unknown, __: unknown, callback: (error: Error) => void) =>
      callback(smtpError(code, 'no'));
    expect(await withOptions({ onRcptTo: refuse(550) })).toMatchObject({
      kind: 'refused',
      permanent: true,
      reason: expect.stringMatching(/ops@kopi\.example: 550 no; gudang@kopi\.example: 550 no/),
    });
    expect(await withOptions({ onMailFrom: refuse(550) })).toMatchObject({ kind: 'refused' });
    const full = startMailServer({}, () => {
      throw smtpError(552, 'message too big');
    });
    expect(await sendTo((await started(full)).url)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('552 message too big'),
    });
  });

  it('is one that can not be addressed or named', async () => {
    const server = await started(startMailServer());
    for (const changes of [{ to: [] }, { to: ['nobody'] }, { messageId: 'x' }, { messageId: '<a@b>\r\nBcc: <c@d>' }]) {
      expect(await sendTo(server.url, changes)).toMatchObject({ kind: 'refused', permanent: true });
    }
    expect(server.taken).toHaveLength(0);
  });
});

describe('a mail that was certainly not sent', () => {
  it.each([421, 450, 451, 452])('has a temporary refusal %i of its addresses or after DATA', async (code) => {
    const onRcptTo: SMTPServerOptions['onRcptTo'] = (_address, _session, callback) =>
      callback(smtpError(code, 'later'));
    expect(await withOptions({ onRcptTo })).toMatchObject({
      kind: 'not-sent',
      reason: expect.stringContaining('later'),
    });
    const busy = startMailServer({}, () => {
      throw smtpError(code, 'later');
    });
    expect(await sendTo((await started(busy)).url)).toMatchObject({ kind: 'not-sent' });
  });

  it('has one address refused for good and the other for now', async () => {
    const onRcptTo: SMTPServerOptions['onRcptTo'] = ({ address }, _session, callback) =>
      callback(smtpError(address.startsWith('ops') ? 450 : 550, 'no'));
    expect(await withOptions({ onRcptTo })).toMatchObject({ kind: 'not-sent' });
  });

  it.each([421, 554])('met a server that turned it away at the door with %i', async (code) => {
    const outcome = await withOptions({ onConnect: (_session, callback) => callback(smtpError(code, 'closed')) });
    expect(outcome).toMatchObject({ kind: 'not-sent', reason: expect.stringContaining(`${code}`) });
  });

  it('found no server', async () => {
    const server = await startMailServer();
    await server.close();
    expect(await sendTo(server.url)).toMatchObject({
      kind: 'not-sent',
      reason: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('met a server that never greets, or hangs up before DATA is answered', async () => {
    const silent = await started(startRawServer(() => undefined));
    expect(await sendTo(silent.url, {}, hasty)).toMatchObject({ kind: 'not-sent' });
    for (const verb of [/^EHLO/, /^MAIL/, /^RCPT/, /^DATA/]) {
      const server = startRawServer((socket) => {
        socket.write('220 ready\r\n');
        answerLines(socket, [
          [verb, null],
          [/^(EHLO|MAIL|RCPT)/, '250 ok'],
        ]);
      });
      expect(await sendTo((await started(server)).url), String(verb)).toMatchObject({ kind: 'not-sent' });
    }
  });

  it('lacks TLS where it is demanded, or meets a certificate that nobody vouches for', async () => {
    const plain = await started(startMailServer());
    expect(await sendTo(`${plain.url}?requireTLS=true`)).toMatchObject({ kind: 'not-sent' });
    const selfSigned = await started(startMailServer({ disabledCommands: ['AUTH'] }));
    expect(await sendTo(selfSigned.url)).toMatchObject({ kind: 'not-sent' });
    expect([...plain.taken, ...selfSigned.taken]).toHaveLength(0);
  });
});

describe('a mail of unknown fate', () => {
  it('lost its connection after DATA had begun, whether the server took it or not', async () => {
    const cutOff = startRawServer((socket) => {
      socket.write('220 ready\r\n');
      answerLines(socket, [
        [/^(EHLO|MAIL|RCPT)/, '250 ok'],
        [/^DATA/, '354 go ahead'],
        [/^Subject/, null],
      ]);
    });
    expect(await sendTo((await started(cutOff)).url)).toMatchObject({ kind: 'unknown' });
    const lost = await started(startMailServer({}, (server) => server.dropAll()));
    expect(await sendTo(lost.url)).toMatchObject({ kind: 'unknown' });
    expect(lost.taken).toHaveLength(1);
  });

  it('got no answer to its end in time', async () => {
    const slow = await started(startMailServer({}, () => new Promise(() => undefined)));
    expect(await sendTo(slow.url, {}, hasty)).toMatchObject({ kind: 'unknown' });
    expect(slow.taken).toHaveLength(1);
  });

  it('took longer than a mail may take, though the server kept talking', async () => {
    const drip = startRawServer((socket) => {
      let timer: NodeJS.Timeout | undefined;
      socket.write('220 ready\r\n');
      answerLines(socket, [
        [/^(EHLO|MAIL|RCPT)/, '250 ok'],
        [/^DATA/, '354 go ahead'],
      ]);
      socket.on('data', (chunk) => {
        if (chunk.includes('\r\n.\r\n')) timer = setInterval(() => socket.write('250-still busy\r\n'), 50);
      });
      socket.on('close', () => clearInterval(timer));
    });
    const { url } = await started(drip);
    const mailer = createMailer({ smtpUrl: url, from, timeouts: { ...patient, totalMs: 5_000 } });
    expect(await mailer.send(message)).toMatchObject({ kind: 'unknown' });
  });
});

describe('credentials', () => {
  const auth = (code: number | null): SMTPServerOptions => ({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, callback) =>
      callback(
        code === null ? null : smtpError(code, 'no'),
        code === null ? { user: `${username}:${password}` } : undefined,
      ),
  });

  it('are used, told apart when wrong from when they can not be checked now, and never repeated', async () => {
    const right = await started(startMailServer(auth(null)));
    expect(await sendTo(`smtp://me%40x:p%2Fw@${right.address}`)).toMatchObject({ kind: 'accepted' });
    const wrong = await started(startMailServer(auth(535)));
    const outcome = await sendTo(`smtp://me:hush-hush@${wrong.address}`);
    expect(outcome.kind).toBe('auth-failed');
    expect(JSON.stringify(outcome)).not.toContain('hush-hush');
    const busy = await started(startMailServer(auth(454)));
    expect(await sendTo(`smtp://me:x@${busy.address}`)).toMatchObject({ kind: 'not-sent' });
  });

  it('are missing where the server wants some', async () => {
    const server = await started(startMailServer(auth(null)));
    expect(await sendTo(server.url)).toMatchObject({ kind: 'auth-failed' });
  });

  it('cross TLS where it is offered', async () => {
    const server = await started(startMailServer({ disabledCommands: ['AUTH'] }));
    expect(await sendTo(`${server.url}?tls.rejectUnauthorized=false`)).toMatchObject({ kind: 'accepted' });
    expect(server.taken[0]?.secure).toBe(true);
  });
});

describe('big attachments', () => {
  it('become links above 7 MB', () => {
    expect(needsLinks(MAX_ATTACHED_BYTES)).toBe(false);
    expect(needsLinks(MAX_ATTACHED_BYTES + 1)).toBe(true);
  });
});
