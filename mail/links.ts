import { timingSafeEqual } from 'node:crypto';

/** What a link in a mail opens. */
export type LinkPurpose = 'file' | 'confirmation';

/** What a signed link says; nothing in it is secret, and nothing of it can be changed. */
export interface LinkClaims {
  purpose: LinkPurpose;
  /** Id of the mail or of the question that it is about. */
  subject: string;
  /** What of it: a paper. Letters, digits and hyphens. */
  detail: string;
  /** In whole seconds; earlier by up to one second than what was asked for. */
  expiresAt: Date;
}

/** Signs a text under a key that belongs to one purpose. */
export type Mac = (purpose: string, text: string) => Buffer;

export type LinkReading =
  | { ok: true; claims: LinkClaims }
  | { ok: false; why: 'not-ours' }
  | { ok: false; why: 'expired'; claims: LinkClaims };

const purposes: readonly LinkPurpose[] = ['file', 'confirmation'];
const shape = /^[A-Za-z0-9_-]{8,400}\.[A-Za-z0-9_-]{43}$/;

const keyOf = (purpose: LinkPurpose): string => `link/${purpose}`;

/** Makes the token of a link: what it says, and a signature (HMAC-SHA-256) under the installation's key. */
export function signLink(mac: Mac, { purpose, subject, detail, expiresAt }: LinkClaims): string {
  const said = [purpose, subject, detail, String(Math.floor(expiresAt.getTime() / 1000))].join('|');
  const signature = mac(keyOf(purpose), said).toString('base64url');
  return `${Buffer.from(said, 'utf8').toString('base64url')}.${signature}`;
}

/** Reads a token; one that was changed in any way, or made under another key or for another purpose, is not ours. */
export function readLink(mac: Mac, purpose: LinkPurpose, token: string, now: Date): LinkReading {
  if (!shape.test(token)) return { ok: false, why: 'not-ours' };
  const [saidPart = '', signature = ''] = token.split('.');
  const said = Buffer.from(saidPart, 'base64url').toString('utf8');
  const [kind, subject, detail, seconds] = said.split('|');
  const known = purposes.find((one) => one === kind);
  if (known !== purpose || subject === undefined || detail === undefined || seconds === undefined) {
    return { ok: false, why: 'not-ours' };
  }
  const expected = mac(keyOf(purpose), said);
  const given = Buffer.from(signature, 'base64url');
  // Base64 has several writings of the same bytes; only the one that we make is taken.
  const isOurs = given.length === expected.length && timingSafeEqual(given, expected);
  if (!isOurs || Buffer.from(said, 'utf8').toString('base64url') !== saidPart) return { ok: false, why: 'not-ours' };
  if (given.toString('base64url') !== signature) return { ok: false, why: 'not-ours' };
  const claims: LinkClaims = { purpose, subject, detail, expiresAt: new Date(Number(seconds) * 1000) };
  return claims.expiresAt.getTime() <= now.getTime() ? { ok: false, why: 'expired', claims } : { ok: true, claims };
}

/**
 * Stands in a stored mail for a link. Who reads the database or the dashboard gets no link that decides something: the
 * real one is put in while the mail is sent.
 */
export const linkMarker = (name: string): string => `https://link.invalid/${name}`;

const marker = /https:\/\/link\.invalid\/([a-z0-9/-]+)/g;

/** Puts the real links in. */
export const fillLinks = (text: string, urlOf: (name: string) => string): string =>
  text.replace(marker, (_, name: string) => urlOf(name));
