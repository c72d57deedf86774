import { globSync } from 'node:fs';
import { join } from 'node:path';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { openClient } from '../client/temporal/connect.ts';
import { loadSettings } from '../config/load.ts';
import type { RunFile } from '../config/run-file.ts';
import { type Database, openDatabase } from '../db/database.ts';
import { httpGroundTruth } from './ground-truth.ts';
import type { AuditDeps, GroundTruth, OpenWorkflow, SourceKind, WorkflowStanding } from './types.ts';

export interface RunFileAuditOptions {
  readonly canaries?: readonly string[];
}

/** The deps of an audit of a running local world; `close` ends what was opened for it. */
export interface OpenedAudit {
  readonly deps: AuditDeps;
  close(): Promise<void>;
}

/**
 * Builds the deps of an audit from `run.json`: the database as the application role, Temporal, all simulators and the mail
 * catcher, and the processes' log files.
 *
 * @throws ConfigError when the file's environment is damaged; Error when the database cannot be read
 */
export async function auditFromRunFile(runFile: RunFile, options: RunFileAuditOptions = {}): Promise<OpenedAudit> {
  const { installation, temporal } = loadSettings(runFile.environment);
  const db = openDatabase({ url: runFile.databaseAppUrl, maxConnections: 2, applicationName: 'tradelane-audit' });
  const client = openClient({ ...temporal, address: runFile.temporalAddress });
  const close = async () => {
    await client.connection.close();
    await db.close();
  };
  try {
    const { sources, unmatched } = await sourcesOf(db, runFile.sandbox);
    return {
      deps: {
        db,
        sources,
        installation,
        unmatched,
        temporal: {
          listOpenWorkflows: () => listOpenWorkflows(client, installation),
          standingOf: (workflowId) => standingOf(client, workflowId),
        },
        histories: () => readHistories(client, installation),
        logFiles: globSync('logs/{api,worker}*.log', { cwd: runFile.dataDir }).map((name) =>
          join(runFile.dataDir, name),
        ),
        ...(options.canaries ? { canaries: options.canaries } : {}),
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Account {
  readonly code: string;
  readonly kind: Exclude<SourceKind, 'mail'>;
  readonly connector: string;
  readonly settings: string;
}

/** Which simulator stands for which account: by its address in the account's settings, else by its name. */
export async function sourcesOf(
  db: Database,
  sandbox: Readonly<Record<string, string>>,
): Promise<{ sources: GroundTruth[]; unmatched: string[] }> {
  const accounts: Account[] = await db.tx('staff', (trx) =>
    trx('connections').orderBy('code').select('code', 'kind', 'connector', trx.raw('settings::text as settings')),
  );
  const sources: GroundTruth[] = [];
  const unmatched: string[] = [];
  for (const [name, address] of Object.entries(sandbox)) {
    const url = address.replace(/\/$/, '');
    const account =
      accounts.find(({ settings }) => settings.includes(`${url}/`) || settings.includes(`${url}"`)) ??
      accounts.find(({ code }) => code === name) ??
      accounts.find(({ connector }) => connector === name);
    if (account) sources.push(httpGroundTruth(url, { name, connectionCode: account.code, kind: account.kind }));
    else if (name === 'mail') sources.push(httpGroundTruth(url, { name, connectionCode: null, kind: 'mail' }));
    else unmatched.push(name);
  }
  return { sources, unmatched };
}

/** Open workflows of this installation. Temporal's list may be a moment behind. */
export async function listOpenWorkflows(client: Client, installation: string): Promise<OpenWorkflow[]> {
  const open: OpenWorkflow[] = [];
  for await (const { workflowId, type } of client.workflow.list({ query: `ExecutionStatus = 'Running'` })) {
    if (workflowId.startsWith(`${installation}/`)) open.push({ workflowId, type });
  }
  return open;
}

/** Asked of the server itself, which is never behind. */
async function standingOf(client: Client, workflowId: string): Promise<WorkflowStanding | null> {
  const handle = client.workflow.getHandle(workflowId);
  try {
    const { status, closeTime } = await handle.describe();
    if (status.name === 'RUNNING') return { isRunning: true, text: 'running' };
    const ended = `${status.name} at ${closeTime?.toISOString() ?? 'an unknown time'}`;
    if (status.name !== 'FAILED') return { isRunning: false, text: ended };
    const why = await handle.result().then(
      () => '',
      (error: unknown) => String(error instanceof Error ? (error.cause ?? error) : error),
    );
    return { isRunning: false, text: `${ended}: ${why}` };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

async function* readHistories(
  client: Client,
  installation: string,
): AsyncIterable<{ workflowId: string; json: string }> {
  for await (const { workflowId, runId } of client.workflow.list()) {
    if (!workflowId.startsWith(`${installation}/`)) continue;
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    // Payloads are bytes; as base64 they are searched like everything else.
    yield { workflowId, json: JSON.stringify(history, bytesAsBase64) };
  }
}

/** Looks at the value itself: a Buffer would have turned itself into a list of numbers by now. */
function bytesAsBase64(this: unknown, key: string, value: unknown): unknown {
  const own = (this as Record<string, unknown>)[key];
  return own instanceof Uint8Array ? Buffer.from(own).toString('base64') : value;
}
