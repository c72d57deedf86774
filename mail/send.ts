import { createHash, createPrivateKey } from 'node:crypto';
import { Readable } from 'node:stream';
import { createTransport } from 'nodemailer';
import { lookUpMessage } from './lookup.ts';
import { type MailOutcome, outcomeOf, type RejectedAddress, rejectedAddresses, shortReason } from './outcome.ts';
import { type MailServer, MailServerUrlError, parseMailServerUrl } from './server-url.ts';

export type { MailOutcome, RejectedAddress } from './outcome.ts';
export { MailServerUrlError } from './server-url.ts';

/** A file that travels with a mail. */
export interface MailAttachment {
  fileName: string;
  contentType: string;
  bytes: Uint8Array;
}

/** A mail to be sent. */
export interface MailMessage {
  /** `<left@right>`; stays the same however often the mail is sent, so that a twin can be told by it. */
  messageId: string;
  /** Plain addresses, one each. */
  to: string[];
  subject: string;
  text: string;
  html: string;
  attachments: MailAttachment[];
  /** Further headers. */
  headers: Record<string, string>;
  /** For the `Date` header; default: the real clock. */
  sentAt?: Date;
}

/** Technical limits in milliseconds. */
export interface MailTimeouts {
  /** Until the connection stands, name look-up and TLS included. */
  connectMs: number;
  /** Until the server has greeted us. */
  greetingMs: number;
  /** Without a byte from the server. */
  idleMs: number;
  /** For a whole mail. A lease on the attempt must be longer, or a second attempt may start beside the first. */
  totalMs: number;
}

/** How mails leave. */
export interface MailerOptions {
  /** See `parseMailServerUrl`. */
  smtpUrl: string;
  /** Sender, e.g. `Tradelane <ops@example.com>`. */
  from: string;
  replyTo?: string | undefined;
  /** Signs mails; `privateKey` in PEM. */
  dkim?: { domainName: string; keySelector: string; privateKey: string } | undefined;
  /** A provider's log, see `lookUpMessage`. */
  lookupUrl?: string | undefined;
  timeouts?: Partial<MailTimeouts> | undefined;
}

/** Sends mails. */
export interface Mailer {
  /** Sends once, over a connection of its own, and says what became of it; never throws for what a server does. */
  send(message: MailMessage): Promise<MailOutcome>;
  /** Whether the server accepted a mail, `null` = can't be told now. Only there with a `lookupUrl`. */
  lookup?(messageId: string): Promise<'accepted' | 'absent' | null>;
}

/** Header that lists the orders of a mail, for whoever traces it. */
export const ORDERS_HEADER = 'X-Tradelane-Orders';

/** Above this, in bytes before encoding, documents are linked: base64 makes 9.6 MB of it, many servers stop at 10 MB. */
export const MAX_ATTACHED_BYTES = 7_000_000;

/** Whether attachments of this total size must be sent as links. */
export const needsLinks = (bytes: number): boolean => bytes > MAX_ATTACHED_BYTES;

const DEFAULT_TIMEOUTS: MailTimeouts = { connectMs: 10_000, greetingMs: 10_000, idleMs: 30_000, totalMs: 45_000 };
const ADDRESS = /^[^\s@<>,;:"()[\]\\]+@[^\s@<>,;:"()[\]\\]+$/;
const MESSAGE_ID = /^<[^\s@<>]+@[^\s@<>]+>$/;

/**
 * Makes a mailer.
 * @throws MailServerUrlError, or an error of `node:crypto` for a DKIM key that can't be read
 */
export function createMailer(options: MailerOptions): Mailer {
  const server = parseMailServerUrl(options.smtpUrl);
  if (options.dkim !== undefined) createPrivateKey(options.dkim.privateKey);
  const timeouts: MailTimeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const { lookupUrl } = options;
  if (lookupUrl !== undefined && !URL.canParse(lookupUrl)) throw new MailServerUrlError('the look-up URL is none');
  return {
    send: (message) => send(message, server, options, timeouts),
    ...(lookupUrl !== undefined && { lookup: (messageId: string) => lookUpMessage(lookupUrl, messageId) }),
  };
}

async function send(
  message: MailMessage,
  server: MailServer,
  options: MailerOptions,
  timeouts: MailTimeouts,
): Promise<MailOutcome> {
  if (!MESSAGE_ID.test(message.messageId)) return refusal(`"${message.messageId}" is no Message-ID`);
  const usable = message.to.filter((address) => ADDRESS.test(address));
  const unusable: RejectedAddress[] = message.to
    .filter((address) => !ADDRESS.test(address))
    .map((address) => ({ address, reason: 'not a mail address' }));
  if (usable.length === 0) return refusal(`no usable address: ${message.to.join(', ') || 'none given'}`);
  // A transport of its own for each mail: no pool, whose requeueing would send a second time by itself.
  const transport = createTransport({
    ...server,
    ...(options.dkim !== undefined && { dkim: options.dkim }),
    connectionTimeout: timeouts.connectMs,
    dnsTimeout: timeouts.connectMs,
    greetingTimeout: timeouts.greetingMs,
    socketTimeout: timeouts.idleMs,
    socketCloseTimeout: 1_000,
  });
  let dataBegun = false;
  transport.use('stream', (mail, done) => {
    const original = mail.message.createReadStream.bind(mail.message);
    // The message is read only once the server has answered DATA with "go ahead".
    mail.message.createReadStream = (settings) =>
      whenRead(() => {
        dataBegun = true;
        return original(settings);
      });
    done();
  });
  try {
    const info = await transport.sendMail({
      ...fields(message, options),
      to: usable.map((address) => ({ name: '', address })),
      signal: AbortSignal.timeout(timeouts.totalMs),
    });
    return {
      kind: 'accepted',
      accepted: info.accepted,
      rejected: [...rejectedAddresses(info.rejectedErrors), ...unusable],
      response: shortReason(info.response),
    };
  } catch (error) {
    return outcomeOf(error, dataBegun);
  } finally {
    transport.close();
  }
}

function fields(message: MailMessage, { from, replyTo }: MailerOptions) {
  return {
    messageId: message.messageId,
    from,
    ...(replyTo !== undefined && { replyTo }),
    ...(message.sentAt !== undefined && { date: message.sentAt }),
    subject: message.subject,
    text: message.text,
    html: message.html,
    headers: { ...message.headers, 'Auto-Submitted': 'auto-generated' },
    attachments: message.attachments.map(({ fileName, contentType, bytes }) => ({
      filename: fileName,
      contentType,
      content: Buffer.from(bytes),
      contentDisposition: 'attachment' as const,
    })),
    // The same mail is the same MIME, boundaries included.
    baseBoundary: createHash('sha256').update(message.messageId).digest('hex').slice(0, 24),
    xMailer: false as const,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

const refusal = (reason: string): MailOutcome => ({ kind: 'refused', reason: shortReason(reason), permanent: true });

/** A stream that is made at the moment when somebody reads its first byte. */
function whenRead(make: () => Readable): Readable {
  return Readable.from(
    (async function* () {
      yield* make();
    })(),
    { objectMode: false },
  );
}
