import type { Server } from 'node:net';
import { join } from 'node:path';
import { type ControlHandler, Router, startSimulator, type VendorAnswer } from '../connectors/simulator-kit/index.ts';
import { type MailCatcherLog, MailReceiver } from './mail-catcher-smtp.ts';
import { MailStore } from './mail-catcher-store.ts';

export type { MailFault, MailFaultRule } from './mail-catcher-faults.ts';
export type { MailAccepted, MailCatcherLine, MailCatcherLog } from './mail-catcher-smtp.ts';
export type { CaughtAttachment, CaughtMail, CaughtSummary } from './mail-catcher-store.ts';

/** How the catcher is started. Port 0 = a free one. It listens on 127.0.0.1 only. */
export interface MailCatcherOptions {
  smtpPort: number;
  httpPort: number;
  /** Folder for mails and clock: a killed catcher comes back with them. */
  stateDir?: string | undefined;
  /** Append-only file of JSON lines. */
  logFile?: string | undefined;
}

/** A mail server that keeps every mail to be looked at and delivers none. */
export interface RunningMailCatcher {
  smtpUrl: string;
  /** Of the HTTP side: `/messages` and the control surface, without a trailing slash. */
  url: string;
  log: MailCatcherLog;
  close(): Promise<void>;
}

/**
 * Starts the catcher: SMTP on one port, on the other the caught mails (`GET /messages`, `/messages/:id`,
 * `/messages/:id/raw`, `/messages/:id/attachments/:n`) and the control surface of the simulator kit. Its faults are
 * those of `MailFault`; `GET /__control/messages?messageId=…` is the log that a mailer asks after a lost answer.
 *
 * @throws when a port is taken or a file of an earlier run can't be read
 */
export async function startMailCatcher(options: MailCatcherOptions): Promise<RunningMailCatcher> {
  const { httpPort: port, smtpPort, stateDir, logFile } = options;
  const store = await MailStore.open(stateDir === undefined ? null : join(stateDir, 'messages'));
  const stateFile = stateDir === undefined ? undefined : join(stateDir, 'state.json');
  const receivers: MailReceiver[] = [];
  const simulator = await startSimulator('mail-catcher', { port, logFile, stateFile }, (tools) => {
    const made = new MailReceiver(tools, store);
    receivers.push(made);
    const pages = messagePages(store);
    return {
      operation: ({ method, path }) => pages.find(method, path)?.route.operation ?? 'unknown',
      handle: ({ method, path }) => {
        const match = pages.find(method, path);
        return match === undefined ? notFound : match.route.handler(match.params);
      },
      throttled: () => ({ status: 429, body: { error: 'too many calls' } }),
      controls: controls(store, made),
      pending: () => made.delayedCount,
      state: () => ({ messages: store.list() }),
      reset: () => made.reset(),
      closed: () => made.close(),
    };
  });
  try {
    const [receiver] = receivers;
    if (receiver === undefined) throw new Error('the simulator kit did not ask for its simulator');
    const boundPort = await listen(receiver.server.server, smtpPort);
    const { url, close } = simulator;
    return { smtpUrl: `smtp://127.0.0.1:${boundPort}`, url, log: receiver.log, close };
  } catch (error) {
    await simulator.close();
    throw error;
  }
}

type Page = (params: Readonly<Record<string, string>>) => VendorAnswer;

const notFound: VendorAnswer = { status: 404, body: { error: 'no such page or message' } };

function messagePages(store: MailStore): Router<Page> {
  return new Router<Page>()
    .on('GET', '/messages', 'messages', () => ({ status: 200, body: { messages: store.list() } }))
    .on('GET', '/messages/:id', 'message', ({ id = '' }) => {
      const body = store.get(id);
      return body === undefined ? notFound : { status: 200, body };
    })
    .on('GET', '/messages/:id/raw', 'raw message', ({ id = '' }) => {
      const body = store.raw(id);
      return body === undefined ? notFound : { status: 200, body, headers: { 'content-type': 'message/rfc822' } };
    })
    .on('GET', '/messages/:id/attachments/:n(\\d+)', 'attachment', ({ id = '', n }) => {
      const found = store.attachment(id, Number(n));
      if (found === undefined) return notFound;
      const { about, content } = found;
      return {
        status: 200,
        body: content,
        headers: {
          'content-type': about.contentType,
          'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(about.fileName)}`,
          'x-content-type-options': 'nosniff',
        },
      };
    });
}

/** Further controls, and those of the kit that mean the SMTP side here. */
function controls(store: MailStore, receiver: MailReceiver): Router<ControlHandler> {
  const { faults } = receiver;
  return new Router<ControlHandler>()
    .on('GET', '/messages', 'find messages', ({ query }) => {
      const messageId = query.get('messageId');
      return { messages: store.list().filter((mail) => messageId === null || mail.messageId === messageId) };
    })
    .on('POST', '/release', 'release', () => ({ released: receiver.release() }))
    .on('POST', '/faults', 'set fault', ({ body }) => ({ id: faults.add(body).id }))
    .on('GET', '/faults', 'faults', () => faults.list())
    .on('DELETE', '/faults', 'clear faults', () => {
      faults.clear();
      return { removed: true };
    })
    .on('DELETE', '/faults/:id', 'remove fault', ({ params }) => ({ removed: faults.remove(params.id ?? '') }));
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error(`no TCP port: ${address}`);
  return address.port;
}
