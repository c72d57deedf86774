import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import type { Knex } from 'knex';
import type { Scope } from './database.ts';

export const userRoles = ['ops', 'approver', 'admin', 'brand'] as const;
export type UserRole = (typeof userRoles)[number];

/** A person who may log in. A `brand` user belongs to exactly one brand, everybody else to none. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: UserRole;
  readonly brandId: string | null;
}

/** Which rows a person's transactions may see. */
export function scopeOf(user: User): Scope {
  if (user.role !== 'brand') return 'staff';
  if (user.brandId === null) throw new Error(`the brand user ${user.id} belongs to no brand`);
  return { brandId: user.brandId };
}

/** Parameters of RFC 7914; a check takes 128 × N × r bytes. */
export interface HashCost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** 2^15 × 8 × 128 bytes = 32 MiB and a tenth of a second for each check. */
const properCost: HashCost = { N: 32_768, r: 8, p: 1 };
const saltBytes = 16;
const hashBytes = 32;

function derive(password: string, salt: Buffer, { N, r, p }: HashCost): Promise<Buffer> {
  const options: ScryptOptions = { N, r, p, maxmem: 256 * N * r };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, hashBytes, options, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

/** `scrypt$N$r$p$salt$hash`, salt and hash in base64. The cost stands in it, so that it can be raised later. */
export async function hashPassword(password: string, cost = properCost): Promise<string> {
  const salt = randomBytes(saltBytes);
  const hash = await derive(password, salt, cost);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64'), hash.toString('base64')].join('$');
}

/** Compares in constant time. @throws Error when the stored text is no hash of ours. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const [name, N, r, p, salt, hash] = stored.split('$');
  if (name !== 'scrypt' || !salt || !hash) throw new Error('a stored password hash is damaged');
  const expected = Buffer.from(hash, 'base64');
  const found = await derive(password, Buffer.from(salt, 'base64'), { N: Number(N), r: Number(r), p: Number(p) });
  return expected.length === found.length && timingSafeEqual(expected, found);
}

export interface NewUser extends User {
  readonly password: string;
  readonly at: Date;
  /** Lower for people of a test only, who log in thousands of times. */
  readonly hashCost?: HashCost;
}

/** Adds a person, or gives the known address this name, role, brand and password. */
export async function saveUser(knex: Knex, user: NewUser): Promise<string> {
  const { id, email, name, role, brandId, password, at, hashCost } = user;
  const columns = {
    name,
    role,
    brand_id: brandId,
    password_hash: await hashPassword(password, hashCost),
    disabled_at: null,
  };
  return knex.transaction(async (trx) => {
    const known = await trx('users').whereRaw('lower(email) = lower(?)', [email]).forUpdate().first('id');
    if (known) {
      await trx('users').where({ id: known.id }).update(columns);
      return known.id;
    }
    await trx('users').insert({ id, email, ...columns, created_at: at });
    return id;
  });
}

interface UserRow {
  id: string;
  email: string;
  name: string;
  role: UserRole;
  brand_id: string | null;
}

function userOf(row: UserRow): User {
  return { id: row.id, email: row.email, name: row.name, role: row.role, brandId: row.brand_id };
}

/** The person with this address, with the password hash; null when there is none or it is disabled. */
export async function findLogin(knex: Knex, email: string): Promise<{ user: User; passwordHash: string } | null> {
  const row = await knex('users')
    .whereRaw('lower(email) = lower(?)', [email])
    .whereNull('disabled_at')
    .first('id', 'email', 'name', 'role', 'brand_id', 'password_hash');
  return row ? { user: userOf(row), passwordHash: row.password_hash } : null;
}

/** Opens a session. Only the hash of its token is kept. */
export async function openSession(
  knex: Knex,
  session: { tokenHash: Buffer; userId: string; at: Date; expiresAt: Date },
): Promise<void> {
  await knex('sessions').insert({
    token_hash: session.tokenHash,
    user_id: session.userId,
    created_at: session.at,
    expires_at: session.expiresAt,
  });
}

/** Whose session it is; null when it is unknown, over, revoked, or its person disabled. */
export async function findSession(knex: Knex, tokenHash: Buffer, at: Date): Promise<User | null> {
  const row = await knex('sessions')
    .join('users', 'users.id', 'sessions.user_id')
    .where({ token_hash: tokenHash })
    .whereNull('revoked_at')
    .whereNull('disabled_at')
    .where('expires_at', '>', at)
    .first('users.id', 'users.email', 'users.name', 'users.role', 'users.brand_id');
  return row ? userOf(row) : null;
}

export async function revokeSession(knex: Knex, tokenHash: Buffer, at: Date): Promise<void> {
  await knex('sessions').where({ token_hash: tokenHash }).whereNull('revoked_at').update({ revoked_at: at });
}

/** Sessions that ended before `before` are of no use to anybody. */
export async function forgetOldSessions(knex: Knex, before: Date): Promise<void> {
  await knex('sessions').where('expires_at', '<', before).delete();
}

export async function noteLogin(knex: Knex, attempt: { email: string; succeeded: boolean; at: Date }): Promise<void> {
  await knex('login_attempts').insert({ ...attempt, email: attempt.email.toLowerCase() });
}

/** When the attempts for this address failed since `since` and since its last success, oldest first. */
export async function recentFailures(knex: Knex, email: string, since: Date): Promise<Date[]> {
  const rows: { at: Date; succeeded: boolean }[] = await knex('login_attempts')
    .where({ email: email.toLowerCase() })
    .where('at', '>', since)
    .orderBy('id')
    .select('at', 'succeeded');
  const lastSuccess = rows.findLastIndex(({ succeeded }) => succeeded);
  return rows.slice(lastSuccess + 1).map(({ at }) => at);
}

/** A person as an admin sees them. */
export interface UserSummary extends User {
  readonly disabledAt: Date | null;
  readonly createdAt: Date;
  readonly lastLoginAt: Date | null;
}

/** Everybody, also who is shut out, by address. */
export async function listUsers(knex: Knex): Promise<UserSummary[]> {
  const rows: (UserRow & { disabled_at: Date | null; created_at: Date; last_login_at: Date | null })[] = await knex(
    'users',
  )
    .orderByRaw('lower(email)')
    .select('users.*')
    .select(
      knex('login_attempts')
        .whereRaw('login_attempts.email = lower(users.email)')
        .where({ succeeded: true })
        .max('at')
        .as('last_login_at'),
    );
  return rows.map((row) => ({
    ...userOf(row),
    disabledAt: row.disabled_at,
    createdAt: row.created_at,
    lastLoginAt: row.last_login_at,
  }));
}

/** True while nobody was ever added. */
export async function isWithoutUsers(knex: Knex): Promise<boolean> {
  return (await knex('users').first('id')) === undefined;
}

/** Adds a person. @throws a unique violation when the address is known already */
export async function addUser(knex: Knex, { id, email, name, role, brandId, password, at }: NewUser): Promise<void> {
  const password_hash = await hashPassword(password);
  await knex('users').insert({ id, email, name, role, brand_id: brandId, password_hash, created_at: at });
}

/** A new password ends all sessions of the person. False when there is nobody with this id. */
export async function setPassword(knex: Knex, id: string, password: string, at: Date): Promise<boolean> {
  const password_hash = await hashPassword(password);
  return knex.transaction(async (trx) => {
    const changed = await trx('users').where({ id }).update({ password_hash });
    await trx('sessions').where({ user_id: id }).whereNull('revoked_at').update({ revoked_at: at });
    return changed > 0;
  });
}

/** Shuts a person out at once, or lets them in again. False when there is nobody with this id. */
export async function setDisabled(knex: Knex, id: string, disabled: boolean, at: Date): Promise<boolean> {
  return knex.transaction(async (trx) => {
    const changed = await trx('users')
      .where({ id })
      .update({ disabled_at: disabled ? at : null });
    if (disabled) await trx('sessions').where({ user_id: id }).whereNull('revoked_at').update({ revoked_at: at });
    return changed > 0;
  });
}
