import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** A person who can log in to the dashboard of a local world. */
export interface LogIn {
  role: string;
  email: string;
  password: string;
}

/**
 * What runs where in a local world: `run.json` in the data folder, readable by its owner only.
 * Written by the launcher when everything is ready, removed when it stops cleanly.
 */
export interface RunFile {
  startedAt: string;
  dataDir: string;
  pids: Record<string, number>;
  apiUrl: string;
  dashboardUrl: string;
  databaseUrl: string;
  databaseAppUrl: string;
  temporalAddress: string;
  temporalUiUrl: string | null;
  mailUrl: string | null;
  /** Control URLs of the simulated outside systems, by name. */
  sandbox: Record<string, string>;
  logIns: LogIn[];
  /** The variables that the processes were started with, without secrets that have a file of their own. */
  environment: Record<string, string>;
}

const masterKeyBytes = 32;

/** Where the launcher writes what runs where. */
export function runFilePath(dataDir: string): string {
  return join(dataDir, 'run.json');
}

/** Where the local world keeps its master key. */
export function masterKeyPath(dataDir: string): string {
  return join(dataDir, 'master.key');
}

/**
 * Reads `run.json`.
 * @returns null when no local world is running in this folder.
 * @throws Error when the file is there but can't be read or is damaged.
 */
export function readRunFile(dataDir: string): RunFile | null {
  const path = runFilePath(dataDir);
  if (!existsSync(path)) return null;
  const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!isRunFile(parsed)) throw new Error(`${path} is damaged: delete it and start again with \`npm start\``);
  return parsed;
}

function isRunFile(value: unknown): value is RunFile {
  if (typeof value !== 'object' || value === null) return false;
  return 'environment' in value && typeof value.environment === 'object' && value.environment !== null;
}

/** Writes a file that only its owner may read; a reader sees the old or the new content, never half of it. */
export function writePrivateFile(path: string, content: string): void {
  renameSync(writeTemporary(path, content), path);
}

function writeTemporary(path: string, content: string): string {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  const file = openSync(temporary, 'w', 0o600);
  try {
    writeSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return temporary;
}

/**
 * The master key of a local world in base64: made once, kept in the data folder with mode 0600.
 * @throws Error when the file holds something else than 32 bytes.
 */
export function localMasterKey(dataDir: string): string {
  const path = masterKeyPath(dataDir);
  if (!existsSync(path)) {
    const temporary = writeTemporary(path, `${randomBytes(masterKeyBytes).toString('base64')}\n`);
    try {
      // Unlike a rename, a link never replaces the key that another process made meanwhile.
      linkSync(temporary, path);
    } catch (error) {
      if (!existsSync(path)) throw error;
    } finally {
      rmSync(temporary);
    }
  }
  const key = readFileSync(path, 'utf8').trim();
  if (Buffer.from(key, 'base64').length !== masterKeyBytes)
    throw new Error(
      `${path} does not hold 32 bytes in base64: restore it from a backup, or start over with \`npm start -- --fresh\``,
    );
  return key;
}
