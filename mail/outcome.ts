import { oneLine } from './safe-text.ts';

/** An address that the server did not take. */
export interface RejectedAddress {
  address: string;
  reason: string;
}

/** What became of a mail. Only `unknown` leaves open whether it was accepted. */
export type MailOutcome =
  /** The server took it for at least one address; `rejected` lists the others. */
  | { kind: 'accepted'; accepted: string[]; rejected: RejectedAddress[]; response: string }
  /** It was not taken and will not be: the message or all its addresses are at fault. */
  | { kind: 'refused'; reason: string; permanent: true }
  /** It was certainly not taken, for now: may be sent again later. */
  | { kind: 'not-sent'; reason: string }
  /** The message was on its way and no answer came: look it up before anything else. */
  | { kind: 'unknown'; reason: string }
  /** The server does not accept our credentials: no mail will go out until somebody acts. */
  | { kind: 'auth-failed'; reason: string };

/** What the mail library tells about a failure. */
interface Failure {
  code: string;
  /** SMTP reply code, 0 = the server gave no reply. */
  replyCode: number;
  message: string;
  rejected: RejectedAddress[];
}

const MAX_REASON_LENGTH = 500;
const AUTH_REPLIES = [530, 534, 535, 538];
/** 503 says that the session was out of step, not that the message is at fault (RFC 5321, 4.2.4). */
const OUT_OF_STEP = 503;

/**
 * Says what a failed attempt means.
 *
 * @param dataBegun whether the first byte of the message had been handed to the connection: only then can the server
 *   have accepted it without our knowing. A negative reply is certain whenever it comes.
 */
export function outcomeOf(error: unknown, dataBegun: boolean): Exclude<MailOutcome, { kind: 'accepted' }> {
  const failure = readFailure(error);
  const { code, replyCode } = failure;
  const reason = reasonOf(failure);
  const isTemporary = (replyCode >= 400 && replyCode < 500) || replyCode === OUT_OF_STEP;
  if (code === 'EAUTH') return isTemporary ? { kind: 'not-sent', reason } : { kind: 'auth-failed', reason };
  if (isTemporary) return { kind: 'not-sent', reason };
  if (replyCode >= 500) {
    if (!dataBegun && AUTH_REPLIES.includes(replyCode)) return { kind: 'auth-failed', reason };
    // A server that turns us away at its door says nothing about this message.
    const isAboutMessage = code === 'EENVELOPE' || code === 'EMESSAGE';
    return isAboutMessage || dataBegun ? { kind: 'refused', reason, permanent: true } : { kind: 'not-sent', reason };
  }
  // The message could not be produced; what was sent of it lacks its end, so no server takes it.
  if (code === 'ESTREAM') return { kind: 'refused', reason, permanent: true };
  if (dataBegun) return { kind: 'unknown', reason };
  // Without a reply and without a connection's error code it never got as far as a server, and never will.
  const isOurs = code === 'EENVELOPE' || code === 'EMESSAGE' || code === '';
  return isOurs ? { kind: 'refused', reason, permanent: true } : { kind: 'not-sent', reason };
}

/** One line of at most 500 characters. */
export function shortReason(text: string): string {
  const line = oneLine(text);
  return line.length <= MAX_REASON_LENGTH ? line : `${line.slice(0, MAX_REASON_LENGTH - 1)}…`;
}

/** The addresses that a server rejected, with its replies. */
export function rejectedAddresses(errors: unknown): RejectedAddress[] {
  if (!Array.isArray(errors)) return [];
  return errors.map((error: unknown) => ({
    address: textField(error, 'recipient'),
    reason: shortReason(textField(error, 'response') || textField(error, 'message')),
  }));
}

function readFailure(error: unknown): Failure {
  const replyCode = isObject(error) && 'responseCode' in error ? Number(error.responseCode) : 0;
  return {
    code: textField(error, 'code'),
    replyCode: Number.isInteger(replyCode) ? replyCode : 0,
    message: error instanceof Error ? error.message : String(error),
    rejected: isObject(error) && 'rejectedErrors' in error ? rejectedAddresses(error.rejectedErrors) : [],
  };
}

function reasonOf({ code, message, rejected }: Failure): string {
  const details = rejected.map(({ address, reason }) => `${address}: ${reason}`).join('; ');
  return shortReason(`${code === '' ? '' : `${code}: `}${message}${details === '' ? '' : ` (${details})`}`);
}

function textField(value: unknown, name: string): string {
  if (!isObject(value)) return '';
  const field: unknown = Reflect.get(value, name);
  return typeof field === 'string' ? field : '';
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
