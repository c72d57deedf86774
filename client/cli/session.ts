import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type LogIn, type RunFile, readRunFile, writePrivateFile } from '../../config/run-file.ts';
import { ApiClient } from './api-client.ts';
import { CliFault } from './exit-codes.ts';

/** Options that every command has. */
export interface GlobalOptions {
  readonly json: boolean;
  readonly apiUrl?: string;
  readonly token?: string;
  readonly dataDir: string;
  /** The folder was named on the command line. */
  readonly isDataDirGiven: boolean;
}

interface StoredSession {
  apiUrl: string;
  token: string;
  email: string;
  expiresAt: string;
}

const sessionPath = (dataDir: string): string => join(resolve(dataDir), 'cli-session.json');

/** What runs in the data folder; null when nothing does. */
export function runningWorld({ dataDir }: Pick<GlobalOptions, 'dataDir'>): RunFile | null {
  try {
    return readRunFile(resolve(dataDir));
  } catch (cause) {
    const fault = new CliFault('usage', cause instanceof Error ? cause.message : 'run.json cannot be read.');
    fault.cause = cause;
    throw fault;
  }
}

/** Where the API is: named, or that of the local world. @throws CliFault unreachable */
export function apiUrlOf(options: GlobalOptions): string {
  const url = options.apiUrl ?? runningWorld(options)?.apiUrl;
  if (url !== undefined && /^https?:\/\//.test(url)) return url;
  if (url !== undefined) throw new CliFault('usage', `${url} is no http address.`);
  throw new CliFault('unreachable', `No local world runs in ${resolve(options.dataDir)}.`, {
    remedy: 'Start it with `npm start`, or name the API with --api-url or TRADELANE_API_URL.',
  });
}

function storedSession(options: GlobalOptions, apiUrl: string): StoredSession | null {
  const path = sessionPath(options.dataDir);
  if (!existsSync(path)) return null;
  const stored = JSON.parse(readFileSync(path, 'utf8')) as StoredSession;
  return stored.apiUrl === apiUrl ? stored : null;
}

/** Logs in and keeps the session in the data folder, readable by its owner only. */
export async function logIn(
  options: GlobalOptions,
  apiUrl: string,
  { email, password }: { email: string; password: string },
): Promise<StoredSession & { role: string }> {
  const { token, expiresAt, user } = await new ApiClient(apiUrl, null).post<{
    token: string;
    expiresAt: string;
    user: { email: string; role: string };
  }>('/api/session', { email, password });
  const session = { apiUrl, token, email: user.email, expiresAt };
  writePrivateFile(sessionPath(options.dataDir), `${JSON.stringify(session)}\n`);
  return { ...session, role: user.role };
}

/** Ends the kept session here and, where the API is there, on the server. Returns whether there was one. */
export async function logOut(options: GlobalOptions): Promise<boolean> {
  const stored = storedSession(options, apiUrlOf(options));
  if (stored !== null) await new ApiClient(stored.apiUrl, stored.token).ask('DELETE', '/api/session');
  rmSync(sessionPath(options.dataDir), { force: true });
  return stored !== null;
}

/** Who works at a local world's own terminal: its admin. */
function localLogIn(world: RunFile | null): LogIn | null {
  const logIns = world?.logIns ?? [];
  return logIns.find(({ role }) => role === 'admin') ?? logIns.find(({ role }) => role === 'ops') ?? null;
}

/**
 * A client that is logged in: by token, by the session that `login` kept, or, at a local world, as its admin.
 * @throws CliFault notAllowed when there is no way in.
 */
export function loggedIn(options: GlobalOptions): Promise<ApiClient> {
  const known = clients.get(options) ?? enter(options);
  clients.set(options, known);
  return known;
}

/** One way in for each command line. */
const clients = new WeakMap<GlobalOptions, Promise<ApiClient>>();

async function enter(options: GlobalOptions): Promise<ApiClient> {
  const apiUrl = apiUrlOf(options);
  if (options.token !== undefined) return new ApiClient(apiUrl, options.token);
  const stored = storedSession(options, apiUrl);
  if (stored !== null) {
    const client = new ApiClient(apiUrl, stored.token);
    const { status } = await client.ask('GET', '/api/session');
    if (status === 200) return client;
  }
  const world = runningWorld(options);
  const local = world?.apiUrl === apiUrl ? localLogIn(world) : null;
  if (local !== null) return new ApiClient(apiUrl, (await logIn(options, apiUrl, local)).token);
  throw new CliFault('notAllowed', `Nobody is logged in at ${apiUrl}.`, {
    remedy: 'Run `tradelane login`, or set TRADELANE_TOKEN.',
  });
}
