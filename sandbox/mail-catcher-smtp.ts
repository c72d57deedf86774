import type { Socket } from 'node:net';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type {
  CallOutcome,
  Fact,
  LogLine,
  SimulatorClock,
  SimulatorLog,
  SimulatorTools,
} from '../connectors/simulator-kit/index.ts';
import { type FiringMailFaults, MailFaultBook } from './mail-catcher-faults.ts';
import { type CaughtMail, type MailStore, type ParsedMail, parseMail } from './mail-catcher-store.ts';

/** The catcher's ground truth beside the kit's facts: one for every mail that was taken, twins included. */
export interface MailAccepted {
  fact: 'mail.accepted';
  /** The catcher's own number of the mail. */
  externalId: string;
  messageId: string;
  to: string[];
  subject: string;
  attachments: { fileName: string; sha256: string; bytes: number }[];
  /** From the header `X-Tradelane-Orders`. */
  orderNumbers?: string[];
}

/** A line of the catcher's log. */
export type MailCatcherLine =
  | LogLine
  | (Pick<LogLine, 'seq' | 'wall' | 'at' | 'sim'> & { kind: 'fact' } & MailAccepted);

/** The catcher's log. */
export interface MailCatcherLog extends Omit<SimulatorLog, 'lines' | 'after' | 'fact'> {
  readonly lines: readonly MailCatcherLine[];
  after(seq: number): MailCatcherLine[];
  fact(fact: Fact | MailAccepted): void;
}

type Reply = (error?: Error | null) => void;

/** The SMTP side: takes mails into the store, logs them, and does what the fault dials say. */
export class MailReceiver {
  readonly log: MailCatcherLog;
  readonly faults: MailFaultBook;
  readonly server: SMTPServer;
  readonly #clock: SimulatorClock;
  readonly #store: MailStore;
  readonly #sockets = new Map<number, Socket>();
  #held: Array<() => void> = [];
  #delayedCount = 0;

  constructor({ log, clock, random }: SimulatorTools, store: MailStore) {
    this.log = log;
    this.faults = new MailFaultBook(random);
    this.#clock = clock;
    this.#store = store;
    this.server = new SMTPServer({
      // Its certificate would be one that nobody vouches for; and whoever reaches this machine may send.
      disabledCommands: ['STARTTLS', 'AUTH'],
      disableReverseLookup: true,
      closeTimeout: 1_000,
      onConnect: (_session, reply) => this.#refuseOr(reply, 'connect', this.faults.fire({ stage: 'connect' })),
      onRcptTo: ({ address }, _session, reply) =>
        this.#refuseOr(reply, 'rcpt', this.faults.fire({ stage: 'rcpt', to: [address] })),
      onData: (stream, session, reply) => {
        this.#receive(stream, session, reply).catch((error: unknown) => reply(smtpError(451, String(error))));
      },
    });
    // Clients that go away in the middle of a mail, mostly.
    this.server.on('error', ({ message }) => {
      log.call({ method: 'SMTP', path: '/', operation: 'connection', status: 0, outcome: 'dropped', summary: message });
    });
    this.server.server.on('connection', (socket: Socket) => {
      const port = socket.remotePort ?? 0;
      this.#sockets.set(port, socket);
      socket.on('close', () => this.#sockets.delete(port));
    });
    this.#logUnlogged();
  }

  /** Mails that wait for a `smtp-delay` to pass. */
  get delayedCount(): number {
    return this.#delayedCount;
  }

  /** Lets held answers go; answers how many. */
  release(): number {
    const held = this.#held;
    this.#held = [];
    for (const answer of held) answer();
    return held.length;
  }

  reset(): void {
    this.faults.clear();
    this.release();
    this.#store.clear();
  }

  /** Ends all connections and stops listening. */
  async close(): Promise<void> {
    this.release();
    for (const socket of this.#sockets.values()) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  async #receive(stream: SMTPServerDataStream, session: SMTPServerSession, reply: Reply): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    const { mailFrom, rcptTo } = session.envelope;
    const to = rcptTo.map(({ address }) => address);
    const from = mailFrom === false ? '' : mailFrom.address;
    const mail = await parseMail({ from, to, raw: Buffer.concat(chunks) });
    const firing = this.faults.fire({ stage: 'data', to, subject: mail.email.subject ?? '' });
    await this.#delay(firing.delayMs);
    const { fault } = firing;
    if (fault?.kind === 'smtp-refuse') return this.#refuseOr(reply, 'data', firing);
    if (fault?.kind === 'smtp-drop-after-data') {
      if (fault.accepted) this.#take(mail);
      this.#note('data', fault.accepted ? 250 : 0, fault.accepted ? 'lost' : 'dropped', firing);
      this.#sockets.get(session.remotePort)?.destroy();
      reply(smtpError(421, 'connection dropped'));
      return;
    }
    this.#take(mail);
    this.#note('data', 250, fault === null ? 'answered' : 'held', firing);
    if (fault === null) reply(null);
    else this.#held.push(() => reply(null));
  }

  #take(mail: ParsedMail): void {
    this.#logAccepted(this.#store.add(mail, this.#clock.now().toISOString()));
  }

  /** A kill can come between a mail's file and its line in the log; the line is written now. */
  #logUnlogged(): void {
    const logged = new Set(this.log.lines.map((line) => ('messageId' in line ? line.externalId : '')));
    for (const { id } of this.#store.list()) {
      const mail = this.#store.get(id);
      if (mail !== undefined && !logged.has(id)) this.#logAccepted(mail);
    }
  }

  #logAccepted({ id, messageId, to, subject, attachments, headers }: CaughtMail): void {
    const orders = headers.find(({ name }) => name.toLowerCase() === ORDERS_HEADER)?.value ?? '';
    const orderNumbers = orders.split(',').map((one) => one.trim());
    this.log.fact({
      fact: 'mail.accepted',
      externalId: id,
      messageId,
      to,
      subject,
      attachments: attachments.map(({ fileName, sha256, bytes }) => ({ fileName, sha256, bytes })),
      ...(orders.trim() !== '' && { orderNumbers: orderNumbers.filter((one) => one !== '') }),
    });
  }

  async #delay(ms: number): Promise<void> {
    if (ms === 0) return;
    this.#delayedCount += 1;
    await new Promise((resolve) => setTimeout(resolve, ms));
    this.#delayedCount -= 1;
  }

  #refuseOr(reply: Reply, stage: string, firing: FiringMailFaults): void {
    const { fault } = firing;
    if (fault?.kind !== 'smtp-refuse') {
      reply(null);
      return;
    }
    this.#note(stage, fault.code, 'answered', firing);
    reply(smtpError(fault.code, `refused by fault at ${stage}`));
  }

  #note(operation: string, status: number, outcome: CallOutcome, { label }: FiringMailFaults): void {
    this.log.call({
      method: 'SMTP',
      path: '/',
      operation,
      status,
      outcome,
      ...(label !== undefined && { fault: label }),
    });
  }
}

const ORDERS_HEADER = 'x-tradelane-orders';

const smtpError = (code: number, message: string): Error => Object.assign(new Error(message), { responseCode: code });
