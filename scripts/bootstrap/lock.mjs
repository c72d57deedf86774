// One bootstrap at a time: a lock file that holds the process id of its owner. Dependency-free: runs before `npm ci`.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const pollMs = 500;
const settleMs = 50;
const staleMs = 20 * 60_000;

/** Folder for what survives `node_modules` and is shared by all clones: the Temporal binary and the locks. */
export function cacheDir(env = process.env) {
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'tradelane');
}

/**
 * Runs `work` while holding the lock `name`; waits for another holder and takes over from one that died.
 * @param {string} name what is protected; hashed into a file name
 * @param {() => void} onWait called once when somebody else holds the lock
 * @param {() => Promise<T>} work
 * @template T
 */
export async function withLock(name, onWait, work) {
  const path = join(cacheDir(), 'locks', `${createHash('sha256').update(name).digest('hex').slice(0, 16)}.lock`);
  mkdirSync(join(cacheDir(), 'locks'), { recursive: true });
  for (let waited = false; !(await take(path)); waited = true) {
    if (!waited) onWait();
    await sleep(pollMs);
  }
  try {
    return await work();
  } finally {
    if (holderOf(path) === process.pid) rmSync(path, { force: true });
  }
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function take(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    // Two may have found the same dead holder, and one of them removed the file that the other had just made.
    await sleep(settleMs);
    return holderOf(path) === process.pid;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  const holder = holderOf(path);
  if (holder !== null && isAlive(holder) && ageMs(path) < staleMs) return false;
  // The next round competes for the free name; an empty file is one whose owner is just about to write its id.
  if (holder !== null || ageMs(path) > pollMs * 4) rmSync(path, { force: true });
  return false;
}

function holderOf(path) {
  try {
    return Number(readFileSync(path, 'utf8')) || null;
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

function ageMs(path) {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch (error) {
    if (error.code === 'ENOENT') return 0;
    throw error;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
