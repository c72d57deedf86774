import { ApiError, call, withQuery } from './http.ts';
import type { BulkAnswer } from './types/common.ts';
import type { EditList, EditRow, EditTableAnswer, TableName, TablePage } from './types/tables.ts';

export interface TableFilter {
  q?: string;
  state?: string;
  brand?: string;
  connection?: string;
  findings?: boolean;
  sort?: string;
}

/** Things of the first page of a table, which shall be there at once, and of each further one. */
const firstPageSize = 100;
const furtherPageSize = 500;
/** Rows of one edit, and of one approval of many. */
export const editLimit = 500;
/** Things that can be read by their ids at once. */
export const idsLimit = 100;

export function readTable(
  table: TableName,
  { findings, ...filter }: TableFilter,
  more: { cursor?: string | null; ids?: readonly string[]; signal?: AbortSignal } = {},
): Promise<TablePage> {
  const { cursor = null, ids, signal } = more;
  const query = {
    limit: ids ? idsLimit : cursor === null ? firstPageSize : furtherPageSize,
    cursor,
    ...filter,
    findings: findings ? 'true' : null,
    ids: ids?.join(',') ?? null,
  };
  return call('GET', withQuery(`/api/tables/${table}`, query), signal ? { signal } : {});
}

export interface EditRequest {
  dryRun: boolean;
  rows: readonly EditRow[];
  why?: string;
}

/** One edit of at most 500 rows under the key of the person's intent; the same key again gets the first answer. */
export function sendEdit(table: TableName, body: EditRequest, idempotencyKey: string): Promise<EditTableAnswer> {
  return call('POST', `/api/tables/${table}/edits`, { body, idempotencyKey });
}

export function sendUndo(editId: string, dryRun: boolean, idempotencyKey: string): Promise<EditTableAnswer> {
  return call('POST', `/api/edits/${encodeURIComponent(editId)}/undo`, { body: { dryRun }, idempotencyKey });
}

export const readEdits = (table: TableName, signal: AbortSignal): Promise<EditList> =>
  call('GET', withQuery('/api/edits', { table, limit: 30 }), { signal });

export interface BulkItem {
  id: string;
  version: number;
}

export function sendApproval(collection: string, items: readonly BulkItem[], idempotencyKey: string) {
  return call<BulkAnswer>('POST', `/api/${collection}/bulk`, { body: { type: 'APPROVE', items }, idempotencyKey });
}

/** Whether the server is away rather than refusing: the same command may be sent again under its key. */
export const isAway = (error: unknown): boolean =>
  error instanceof ApiError && [0, 502, 503, 504].includes(error.status);

const retryDelaysMs = [1_000, 2_000, 4_000, 8_000, 15_000] as const;

/** How long to wait before the next attempt, in milliseconds. */
export const retryDelayMs = (failures: number): number =>
  retryDelaysMs[Math.min(failures, retryDelaysMs.length) - 1] ?? 1_000;

/**
 * Tries until the server is there again or `signal` ends it; a refusal is thrown at once.
 * @throws ApiError of a refusal, or the last failure when the person stops it
 */
export async function untilThere<Answer>(
  attempt: () => Promise<Answer>,
  onAway: (waitMs: number) => void,
  signal: AbortSignal,
): Promise<Answer> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isAway(error) || signal.aborted) throw error;
      const waitMs = retryDelayMs(failures);
      onAway(waitMs);
      await pause(waitMs, signal);
      if (signal.aborted) throw error;
    }
  }
}

const pause = (waitMs: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, waitMs);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
