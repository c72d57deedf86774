import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createMailer, type Mailer, type MailMessage, ORDERS_HEADER } from '../mail/send.ts';
import { type MailCatcherOptions, type RunningMailCatcher, startMailCatcher } from './mail-catcher.ts';

const pdf = Buffer.from('%PDF-1.7 made up');
const message: MailMessage = {
  messageId: '<labels.kopi.2026-11-21.1100.1@tradelane.invalid>',
  to: ['ops@kopi.example', 'gudang@kopi.example'],
  subject: 'Kopi Kita: labels – ฉลาก',
  text: 'batch 2026-11-21 11:00, revision 1',
  html: '<p>batch 2026-11-21 11:00, revision 1</p>',
  attachments: [{ fileName: 'Etiket ฉลาก.pdf', contentType: 'application/pdf', bytes: pdf }],
  headers: { [ORDERS_HEADER]: 'TL-1, TL-2' },
};
const fact = {
  kind: 'fact',
  fact: 'mail.accepted',
  sim: 'mail-catcher',
  messageId: message.messageId,
  to: message.to,
  subject: message.subject,
  attachments: [
    { fileName: 'Etiket ฉลาก.pdf', sha256: createHash('sha256').update(pdf).digest('hex'), bytes: pdf.length },
  ],
  orderNumbers: ['TL-1', 'TL-2'],
};

const catchers: RunningMailCatcher[] = [];
const folders: string[] = [];

afterEach(async () => {
  await Promise.all(catchers.splice(0).map((catcher) => catcher.close()));
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

async function started(options: Partial<MailCatcherOptions> = {}): Promise<RunningMailCatcher> {
  const catcher = await startMailCatcher({ smtpPort: 0, httpPort: 0, ...options });
  catchers.push(catcher);
  return catcher;
}

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'mail-catcher-'));
  folders.push(made);
  return made;
}

function mailerFor({ smtpUrl, url }: RunningMailCatcher, idleMs = 20_000): Mailer {
  return createMailer({
    smtpUrl,
    from: 'Tradelane <ops@tradelane.example>',
    lookupUrl: `${url}/__control/messages`,
    timeouts: { idleMs },
  });
}

async function call(catcher: RunningMailCatcher, method: string, path: string, body?: unknown) {
  const response = await fetch(`${catcher.url}${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

const setFault = (catcher: RunningMailCatcher, fault: object, rest: object = {}) =>
  call(catcher, 'POST', '/__control/faults', { fault, ...rest });

const factsOf = (catcher: RunningMailCatcher) => catcher.log.lines.filter((line) => line.kind === 'fact');

describe('a caught mail', () => {
  it('can be listed, read and its attachments fetched; the log has it as a fact', async () => {
    const catcher = await started();
    expect(await mailerFor(catcher).send(message)).toMatchObject({ kind: 'accepted', accepted: message.to });
    const list = await call(catcher, 'GET', '/messages');
    expect(list.body.messages).toMatchObject([{ id: '1', messageId: message.messageId, subject: message.subject }]);
    const { body } = await call(catcher, 'GET', '/messages/1');
    expect(body).toMatchObject({ from: 'ops@tradelane.example', to: message.to });
    expect(body.text.trim()).toBe(message.text);
    expect(body.html.trim()).toBe(message.html);
    expect(body.headers).toContainEqual({ name: 'Auto-Submitted', value: 'auto-generated' });
    const attachment = await fetch(`${catcher.url}/messages/1/attachments/0`);
    expect(attachment.headers.get('content-type')).toBe('application/pdf');
    expect(Buffer.from(await attachment.arrayBuffer()).equals(pdf)).toBe(true);
    expect(await (await fetch(`${catcher.url}/messages/1/raw`)).text()).toMatch(/^Message-ID: <labels\.kopi/m);
    for (const path of ['/messages/2', '/messages/1/attachments/1', '/other']) {
      expect((await call(catcher, 'GET', path)).status).toBe(404);
    }
    expect(factsOf(catcher)).toMatchObject([fact]);
    const log = await call(catcher, 'GET', '/__control/log?after=0');
    expect(log.body.slice(0, 2)).toMatchObject([fact, { method: 'SMTP', operation: 'data', status: 250 }]);
    expect((await call(catcher, 'GET', '/__control/health')).body).toMatchObject({ name: 'mail-catcher', pending: 0 });
  });

  it('counts each time that it is sent: a twin is seen', async () => {
    const catcher = await started();
    await mailerFor(catcher).send(message);
    await mailerFor(catcher).send(message);
    expect(factsOf(catcher)).toMatchObject([
      { externalId: '1', messageId: message.messageId },
      { externalId: '2', messageId: message.messageId },
    ]);
  });

  it('carries the virtual time', async () => {
    const catcher = await started();
    await call(catcher, 'POST', '/__control/clock', { now: '2026-11-21T04:00:00Z' });
    await mailerFor(catcher).send(message);
    expect((await call(catcher, 'GET', '/messages/1')).body.acceptedAt).toBe('2026-11-21T04:00:00.000Z');
  });

  it('is gone after a reset', async () => {
    const catcher = await started({ stateDir: await folder() });
    await mailerFor(catcher).send(message);
    await setFault(catcher, { kind: 'smtp-hold' }, { times: 0 });
    await call(catcher, 'POST', '/__control/reset');
    expect((await call(catcher, 'GET', '/messages')).body).toEqual({ messages: [] });
    expect((await call(catcher, 'GET', '/__control/faults')).body).toEqual([]);
    expect(await mailerFor(catcher).send(message)).toMatchObject({ kind: 'accepted' });
    expect(factsOf(catcher)).toMatchObject([{ fact: 'reset' }, { externalId: '1' }]);
  });
});

describe('a catcher that comes back', () => {
  it('has its mails, goes on counting, and logs a mail whose line a kill prevented', async () => {
    const stateDir = await folder();
    const logFile = join(stateDir, 'log.jsonl');
    const first = await started({ stateDir, logFile });
    await mailerFor(first).send(message);
    // As after a kill: the mail's file is there, read by a catcher whose log lacks the line.
    const second = await started({ stateDir, logFile: join(stateDir, 'other.jsonl') });
    expect(factsOf(second)).toMatchObject([{ ...fact, externalId: '1' }]);
    await second.close();
    await first.close();
    catchers.length = 0;
    const third = await started({ stateDir, logFile });
    expect(factsOf(third)).toHaveLength(1);
    await mailerFor(third).send({ ...message, messageId: '<other@tradelane.invalid>' });
    expect((await call(third, 'GET', '/messages')).body.messages).toMatchObject([{ id: '1' }, { id: '2' }]);
    const lines = (await readFile(logFile, 'utf8')).trim().split('\n');
    expect(lines.filter((line) => line.includes('mail.accepted'))).toHaveLength(2);
  });

  it('says when its port is taken', async () => {
    const catcher = await started();
    const smtpPort = Number(new URL(catcher.smtpUrl).port);
    await expect(startMailCatcher({ smtpPort, httpPort: 0 })).rejects.toThrow('EADDRINUSE');
  });
});

describe('faults', () => {
  it.each([
    ['connect', 421, 'not-sent'],
    ['data', 552, 'refused'],
    ['data', 451, 'not-sent'],
    ['rcpt', 550, 'refused'],
  ])('refuse at %s with %i: %s, once', async (stage, code, kind) => {
    const catcher = await started();
    await setFault(catcher, { kind: 'smtp-refuse', stage, code }, { times: stage === 'rcpt' ? 2 : 1 });
    expect((await mailerFor(catcher).send(message)).kind).toBe(kind);
    expect(factsOf(catcher)).toHaveLength(0);
    expect(catcher.log.lines).toMatchObject(
      Array.from({ length: stage === 'rcpt' ? 2 : 1 }, () => ({
        operation: stage,
        status: code,
        fault: 'smtp-refuse',
      })),
    );
    expect((await mailerFor(catcher).send(message)).kind).toBe('accepted');
  });

  it('refuse one of two recipients, and mails by subject', async () => {
    const catcher = await started();
    await setFault(catcher, { kind: 'smtp-refuse', stage: 'rcpt', code: 550 }, { match: { to: '^gudang' }, times: 0 });
    await setFault(catcher, { kind: 'smtp-refuse', stage: 'data', code: 554 }, { match: { subject: 'DO NOT' } });
    expect(await mailerFor(catcher).send(message)).toMatchObject({
      kind: 'accepted',
      accepted: ['ops@kopi.example'],
      rejected: [{ address: 'gudang@kopi.example' }],
    });
    expect(await mailerFor(catcher).send({ ...message, subject: 'DO NOT SHIP' })).toMatchObject({ kind: 'refused' });
    expect(factsOf(catcher)).toMatchObject([{ to: ['ops@kopi.example'] }]);
  });

  it.each([
    [true, 'accepted'],
    [false, 'absent'],
  ])('drop the connection after the data (accepted: %s), which the log can tell', async (accepted, found) => {
    const catcher = await started();
    await setFault(catcher, { kind: 'smtp-drop-after-data', accepted });
    const mailer = mailerFor(catcher);
    expect(await mailer.send(message)).toMatchObject({ kind: 'unknown' });
    expect(await mailer.lookup?.(message.messageId)).toBe(found);
    expect(factsOf(catcher)).toHaveLength(accepted ? 1 : 0);
  });

  it('hold the answer until it is released', async () => {
    const catcher = await started();
    await setFault(catcher, { kind: 'smtp-hold' });
    const sending = mailerFor(catcher).send(message);
    await expect.poll(() => factsOf(catcher).length).toBe(1);
    expect(await Promise.race([sending, Promise.resolve('waiting')])).toBe('waiting');
    await expect.poll(async () => (await call(catcher, 'POST', '/__control/release')).body.released).toBe(1);
    expect(await sending).toMatchObject({ kind: 'accepted' });
  });

  it('delay a mail, which is still taken when its sender has given up', async () => {
    const catcher = await started();
    await setFault(catcher, { kind: 'smtp-delay', ms: 10_000 });
    const mailer = mailerFor(catcher, 2_000);
    expect(await mailer.send(message)).toMatchObject({ kind: 'unknown' });
    expect((await call(catcher, 'GET', '/__control/pending')).body).toEqual({ pending: 1 });
    expect(await mailer.lookup?.(message.messageId)).toBe('absent');
    await expect.poll(() => mailer.lookup?.(message.messageId), { timeout: 60_000 }).toBe('accepted');
    expect((await call(catcher, 'GET', '/__control/pending')).body).toEqual({ pending: 0 });
  });

  it.each([
    {},
    { fault: { kind: 'drop' } },
    { fault: { kind: 'smtp-refuse', stage: 'helo', code: 550 } },
    { fault: { kind: 'smtp-refuse', stage: 'data', code: 250 } },
    { fault: { kind: 'smtp-delay' } },
    { fault: { kind: 'smtp-hold' }, match: { to: '(' } },
    { fault: { kind: 'smtp-hold' }, match: { path: '/' } },
  ])('are refused when they make no sense: %j', async (rule) => {
    const catcher = await started();
    expect(await call(catcher, 'POST', '/__control/faults', rule)).toMatchObject({ status: 400, body: {} });
  });

  it('can be listed and removed', async () => {
    const catcher = await started();
    const { body } = await setFault(catcher, { kind: 'smtp-hold' });
    expect((await call(catcher, 'GET', '/__control/faults')).body).toMatchObject([{ id: body.id, fired: 0 }]);
    expect((await call(catcher, 'DELETE', `/__control/faults/${body.id}`)).body).toEqual({ removed: true });
    expect(await mailerFor(catcher).send(message)).toMatchObject({ kind: 'accepted' });
  });
});
