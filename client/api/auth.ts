import { createHash, randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Database } from '../../db/database.ts';
import {
  findLogin,
  findSession,
  forgetOldSessions,
  hashPassword,
  noteLogin,
  openSession,
  recentFailures,
  revokeSession,
  type User,
  verifyPassword,
} from '../../db/users.ts';
import type { ApiDeps } from './deps.ts';
import { ApiError } from './errors.ts';

export const sessionCookie = 'tradelane_session';
/** A working day; nobody stays logged in over night. */
export const sessionMs = 12 * 60 * 60 * 1000;
/** After this many failures for one address within the window the next attempts are refused unseen. */
export const maxFailures = 5;
export const failureWindowMs = 15 * 60 * 1000;

const tokenBytes = 32;
const tokenPattern = /^[A-Za-z0-9_-]{43}$/;
const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/** Compared against when an address is unknown, so that the answer takes as long as for a known one. */
let nobodysHash: Promise<string> | null = null;

export interface LogIn {
  readonly user: User;
  /** Shown once; only its hash is stored. */
  readonly token: string;
  readonly expiresAt: Date;
}

/**
 * Checks a password and opens a session. The attempt is counted before the password is looked at, so that parallel
 * guesses cannot slip past the limit.
 * @throws ApiError LoginRefused, or TooManyAttempts with the time to wait.
 */
export async function logIn(
  { db, wallClock }: Pick<ApiDeps, 'db' | 'wallClock'>,
  { email, password }: { email: string; password: string },
): Promise<LogIn> {
  const at = await wallClock.now();
  const since = new Date(at.getTime() - failureWindowMs);
  const failures = await recentFailures(db.knex, email, since);
  const oldest = failures.at(-maxFailures);
  if (oldest !== undefined) throw tooMany(oldest, at);
  await noteLogin(db.knex, { email, succeeded: false, at });
  const together = await recentFailures(db.knex, email, since);
  if (together.length > maxFailures) throw tooMany(together.at(-maxFailures) ?? at, at);

  const login = await findLogin(db.knex, email);
  nobodysHash ??= hashPassword(randomBytes(tokenBytes).toString('hex'));
  const matches = await verifyPassword(password, login?.passwordHash ?? (await nobodysHash));
  if (!login || !matches) throw new ApiError('LoginRefused', 'E-mail or password is wrong.');
  await noteLogin(db.knex, { email, succeeded: true, at });
  return { user: login.user, ...(await newSession(db, login.user, at)) };
}

function tooMany(oldest: Date, at: Date): ApiError {
  const waitMs = oldest.getTime() + failureWindowMs - at.getTime();
  return new ApiError('TooManyAttempts', 'Too many failed attempts for this address.', {
    remedy: 'Wait, then try again.',
    retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
  });
}

async function newSession(db: Database, user: User, at: Date): Promise<{ token: string; expiresAt: Date }> {
  const token = randomBytes(tokenBytes).toString('base64url');
  const expiresAt = new Date(at.getTime() + sessionMs);
  await openSession(db.knex, { tokenHash: hashOf(token), userId: user.id, at, expiresAt });
  await forgetOldSessions(db.knex, new Date(at.getTime() - sessionMs));
  return { token, expiresAt };
}

export async function logOut({ db, wallClock }: Pick<ApiDeps, 'db' | 'wallClock'>, token: string): Promise<void> {
  await revokeSession(db.knex, hashOf(token), await wallClock.now());
}

/** The token of a request: `Authorization: Bearer`, else the cookie. */
function tokenOf(request: FastifyRequest): { token: string; fromCookie: boolean } | null {
  const bearer = /^Bearer ([^\s]+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return { token: bearer, fromCookie: false };
  const cookie = request.cookies[sessionCookie];
  return cookie === undefined ? null : { token: cookie, fromCookie: true };
}

/** Says who asks, and refuses whom the route is not for. Routes without `access` are not the API's and ask nobody. */
export function authenticate({ db, wallClock }: Pick<ApiDeps, 'db' | 'wallClock'>) {
  return async (request: FastifyRequest, _reply: FastifyReply): Promise<void> => {
    const { access } = request.routeOptions.config;
    if (access === undefined || access === 'public') return;
    const given = tokenOf(request);
    if (given?.fromCookie) refuseForeignPage(request);
    const valid = given !== null && tokenPattern.test(given.token);
    const user = valid ? await findSession(db.knex, hashOf(given.token), await wallClock.now()) : null;
    if (!user)
      throw new ApiError('NotLoggedIn', 'Log in first.', { remedy: 'POST /api/session, or `tradelane login`.' });
    if (!access.includes(user.role)) {
      throw new ApiError('Forbidden', `This is for ${access.join(', ')}, not for ${user.role}.`);
    }
    request.user = user;
    request.sessionToken = given?.token ?? null;
  };
}

/**
 * A cookie goes along with whatever a page of another origin on the same host sends, SameSite=Strict notwithstanding
 * (ports do not make a site). Browsers say where a request comes from.
 */
function refuseForeignPage(request: FastifyRequest): void {
  const site = request.headers['sec-fetch-site'];
  const reading = request.method === 'GET' || request.method === 'HEAD';
  if (!reading && (site === 'cross-site' || site === 'same-site')) {
    throw new ApiError('Forbidden', 'The request comes from a page of another origin.');
  }
}

/** Who is logged in on a route that demands it. */
export function userOf(request: FastifyRequest): User {
  if (!request.user) throw new ApiError('NotLoggedIn', 'Log in first.');
  return request.user;
}
