import type { EditRow } from '../../../client/web/api/types/tables.ts';
import type { Answer, Asked } from './routes.ts';
import { fakeAllowed } from './table-rows.ts';
import { isTable, saveTable, tablePage, undoEdit } from './tables.ts';
import type { World } from './world.ts';

const ok = (body: unknown): Answer => ({ status: 200, body });

interface Given {
  dryRun?: boolean;
  why?: string;
  rows?: EditRow[];
  items?: { id: string; version: number }[];
}

/** Answers the calls of the editable tables; null for all others. */
export function tableAnswer({ tables, user }: World, { method, path, query, body }: Asked): Answer | null {
  const [, , collection = '', name = '', verb = ''] = path.split('/');
  const given = (body ?? {}) as Given;
  const by = user.email;
  if (collection === 'tables' && isTable(name)) {
    if (method === 'GET') return ok(tablePage(tables, name, query));
    return ok(saveTable(tables, name, given.rows ?? [], { dryRun: given.dryRun === true, by, why: given.why }));
  }
  if (collection === 'edits') {
    if (method === 'GET') {
      const edits = tables.edits.filter(({ table }) => !query.table || table === query.table);
      return ok({ edits: edits.map(({ rows: _, ...edit }) => edit), next: null });
    }
    const answer = verb === 'undo' ? undoEdit(tables, name, given.dryRun === true, by) : null;
    return answer ? ok(answer) : null;
  }
  if (name !== 'bulk' || !isTable(collection)) return null;
  const items = given.items ?? [];
  const rows = new Map(tables.rows[collection].filter(({ parent }) => parent === null).map((row) => [row.entity, row]));
  if (!items.some(({ id }) => rows.has(id))) return null;
  const results = items.map(({ id, version }) => {
    const row = rows.get(id);
    if (!row) return { id, ok: false, why: 'There is no such row.' };
    const allowed = row.allowed.find(({ type }) => type === 'APPROVE');
    if (row.version !== version) return { id, ok: false, code: 'VersionConflict', why: 'It was changed meanwhile.' };
    if (!allowed?.ok) return { id, ok: false, code: 'NotAllowed', why: allowed?.why ?? 'Not in its state.' };
    row.state = 'APPROVED';
    row.cells.state = row.state;
    row.version += 1;
    row.allowed = fakeAllowed(collection, row.state);
    return { id, ok: true, state: row.state, version: row.version };
  });
  return ok({ results });
}
