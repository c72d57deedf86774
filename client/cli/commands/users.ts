import { randomUUID } from 'node:crypto';
import type { Static } from '@sinclair/typebox';
import { loadConfig } from '../../../config/load.ts';
import { openDatabase } from '../../../db/database.ts';
import { addUser, isWithoutUsers } from '../../../db/users.ts';
import type { UserList } from '../../api/schemas/users.ts';
import type { Context, Outcome } from '../command.ts';
import { CliFault } from '../exit-codes.ts';
import { loggedIn } from '../session.ts';
import { table, time } from '../text.ts';
import { idOfCode } from './orders.ts';

type User = Static<typeof UserList>['rows'][number];

export interface PasswordOption {
  readonly passwordStdin: boolean;
}

const shortest = 12;

/** From a prompt, twice, or from standard input; never from the command line. */
async function newPassword({ io }: Context, { passwordStdin }: PasswordOption): Promise<string> {
  if (passwordStdin) return (await io.readAll()).replace(/\r?\n$/, '');
  if (!io.isInteractive) {
    throw new CliFault('usage', 'Nobody is there to be asked.', { remedy: 'Give the password with --password-stdin.' });
  }
  const password = await io.ask(`New password, at least ${shortest} characters`, { hidden: true });
  if ((await io.ask('Once more', { hidden: true })) !== password) {
    throw new CliFault('usage', 'The two passwords differ; nothing was changed.');
  }
  return password;
}

async function everybody(context: Context): Promise<User[]> {
  const client = await loggedIn(context.options);
  return (await client.get<{ rows: User[] }>('/api/users')).rows;
}

async function idOf(context: Context, email: string): Promise<string> {
  const user = (await everybody(context)).find((one) => one.email.toLowerCase() === email.toLowerCase());
  if (!user)
    throw new CliFault('notFound', `Nobody has the address ${email}.`, {
      remedy: '`tradelane users list` shows everybody.',
    });
  return user.id;
}

/** Everybody who may log in, or might once. */
export async function listUsers(context: Context): Promise<Outcome> {
  const rows = await everybody(context);
  const cells = rows.map(({ email, name, role, disabledAt, lastLoginAt }) => [
    email,
    name,
    role,
    disabledAt === null ? 'may log in' : `shut out ${time(disabledAt)}`,
    lastLoginAt === null ? 'never' : time(lastLoginAt),
  ]);
  return { json: { rows }, text: table(['E-MAIL', 'NAME', 'ROLE', 'ACCESS', 'LAST LOG-IN'], cells) };
}

/** Adds a person. */
export async function addPerson(
  context: Context,
  email: string,
  options: PasswordOption & { name: string; role: string; brand?: string },
): Promise<Outcome> {
  const client = await loggedIn(context.options);
  const brandId = options.brand === undefined ? null : await idOfCode(context, 'brands', options.brand);
  const password = await newPassword(context, options);
  const body = { email, name: options.name, role: options.role, password, ...(brandId === null ? {} : { brandId }) };
  const { id } = await client.post<{ id: string }>('/api/users', body);
  return { json: { id, email, role: options.role }, text: `${email} may log in now (${options.role}).` };
}

/** Gives a person a new password. */
export async function changePassword(context: Context, email: string, options: PasswordOption): Promise<Outcome> {
  const client = await loggedIn(context.options);
  const id = await idOf(context, email);
  await client.post(`/api/users/${id}/password`, { password: await newPassword(context, options) });
  return { json: { ok: true, email }, text: `${email} has a new password; all sessions of theirs are over.` };
}

/** Shuts a person out, or lets them in again. */
export async function setAccess(context: Context, email: string, disabled: boolean): Promise<Outcome> {
  const client = await loggedIn(context.options);
  await client.post(`/api/users/${await idOf(context, email)}/access`, { disabled });
  return {
    json: { ok: true, email, disabled },
    text: disabled ? `${email} is shut out; all sessions of theirs are over.` : `${email} may log in again.`,
  };
}

/**
 * The first admin of an installation, written straight into its database, because nobody can log in yet. Refused once there
 * is anybody.
 */
export async function addFirstAdmin(
  context: Context,
  email: string,
  options: PasswordOption & { name: string },
): Promise<Outcome> {
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) throw new CliFault('usage', `${email} is no address.`);
  const password = await newPassword(context, options);
  if (password.length < shortest) throw new CliFault('usage', `A password takes at least ${shortest} characters.`);
  const db = openDatabase({ url: loadConfig().database.appUrl, applicationName: 'tradelane-first-admin' });
  try {
    if (!(await isWithoutUsers(db.knex))) {
      throw new CliFault('refused', 'There are people already.', {
        remedy: 'An admin of theirs adds more: `tradelane users add`.',
      });
    }
    const user = { id: randomUUID(), email, name: options.name, role: 'admin', brandId: null } as const;
    await addUser(db.knex, { ...user, password, at: new Date() });
  } finally {
    await db.close();
  }
  return { json: { ok: true, email, role: 'admin' }, text: `${email} may log in now as the first admin.` };
}
