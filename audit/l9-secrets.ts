import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Tx } from '../db/database.ts';
import type { Finding, Verdict } from './types.ts';

const shortestCanary = 8;

/**
 * All spellings in which a secret may lie about: plain, as JSON or URL text, and in base64 at each of the three positions
 * that it can have inside a longer text.
 * @throws Error for a canary under 8 characters: it would be found by chance
 */
export function spellingsOf(canary: string): string[] {
  if (canary.length < shortestCanary) throw new Error(`a canary needs at least ${shortestCanary} characters`);
  const asJson = JSON.stringify(canary).slice(1, -1);
  const plain = [canary, asJson, encodeURIComponent(canary)];
  const encoded = [canary, asJson].flatMap((text) => [0, 1, 2].map((offset) => base64Core(text, offset)));
  const forUrls = encoded.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
  return [...new Set([...plain, ...encoded, ...forUrls])];
}

/** The part of the base64 text that depends on the secret only, when `offset` bytes stand before it in its group. */
function base64Core(text: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text, 'utf8')]);
  const firstOwn = Math.ceil((offset * 8) / 6);
  const lastOwn = Math.floor((bytes.length * 8) / 6);
  return bytes.toString('base64').slice(firstOwn, lastOwn);
}

interface Column {
  readonly table_name: string;
  readonly column_name: string;
  readonly data_type: string;
  readonly readable: boolean;
}

/** Raw bodies of webhooks hold what the sender wrote, until their retention date: no place for a finding. */
const excepted = new Set(['webhook_inbox.raw']);

async function textColumns(trx: Tx): Promise<Column[]> {
  const { rows } = await trx.raw(
    `select c.table_name, c.column_name, c.data_type,
       has_column_privilege(format('%I.%I', c.table_schema, c.table_name), c.column_name, 'select') as readable
     from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
     where c.table_schema = 'public' and t.table_type = 'BASE TABLE'
       and (c.data_type in ('text', 'character varying', 'json', 'jsonb', 'bytea')
         or (c.data_type = 'ARRAY' and c.udt_name in ('_text', '_varchar', '_jsonb')))
     order by 1, 2`,
  );
  return rows.filter((row: Column) => !excepted.has(`${row.table_name}.${row.column_name}`));
}

/** Searches every text, JSON and binary column that the application may read; one pass over each table and canary. */
async function searchTables(trx: Tx, canaries: readonly string[]): Promise<{ findings: Finding[]; columns: number }> {
  const columns = (await textColumns(trx)).filter(({ readable }) => readable);
  const tables = Map.groupBy(columns, ({ table_name }) => table_name);
  const findings: Finding[] = [];
  for (const [table, all] of tables) {
    for (const [index, canary] of canaries.entries()) {
      const spellings = spellingsOf(canary);
      const counts = all.map(({ data_type }) => {
        const text = data_type === 'bytea' ? `encode(??, 'escape')` : '??::text';
        return `count(*) filter (where exists (select from unnest(?::text[]) p where strpos(${text}, p) > 0))::int as ??`;
      });
      const bindings = all.flatMap(({ column_name }) => [spellings, column_name, column_name]);
      const { rows } = await trx.raw(`select ${counts.join(', ')} from ??`, [...bindings, table]);
      for (const [column, count] of Object.entries<number>(rows[0] ?? {})) {
        if (count > 0) findings.push(found(`${table}.${column}`, index, `${count} rows`));
      }
    }
  }
  return { findings, columns: columns.length };
}

/** The canary itself is never printed: its place in the list names it. */
const found = (where: string, index: number, detail: string): Finding => ({
  what: 'a secret lies about',
  ids: [where],
  detail: `canary ${index + 1}: ${detail}`,
});

async function searchFile(path: string, canaries: readonly string[]): Promise<Finding[]> {
  const all = canaries.map(spellingsOf);
  const counts = canaries.map(() => 0);
  const lines = createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) {
    all.forEach((spellings, index) => {
      if (spellings.some((spelling) => line.includes(spelling))) counts[index] = (counts[index] ?? 0) + 1;
    });
  }
  return counts.flatMap((count, index) => (count > 0 ? [found(path, index, `${count} lines`)] : []));
}

/** L9: none of the canaries is anywhere: not in a table, not in a workflow history, not in a log. */
export async function checkSecrets(input: {
  /** Runs one piece of work with all rows visible. */
  read: <Result>(work: (trx: Tx) => Promise<Result>) => Promise<Result>;
  canaries: readonly string[];
  logFiles: readonly string[];
  histories: (() => AsyncIterable<{ readonly workflowId: string; readonly json: string }>) | null;
}): Promise<Verdict> {
  const { canaries, logFiles } = input;
  if (canaries.length === 0) return { checked: 0, findings: [], note: 'no canaries were given' };
  const { findings, columns } = await input.read((trx) => searchTables(trx, canaries));
  for (const path of logFiles) findings.push(...(await searchFile(path, canaries)));
  let histories = 0;
  const all = canaries.map(spellingsOf);
  for await (const { workflowId, json } of input.histories?.() ?? []) {
    histories += 1;
    all.forEach((spellings, index) => {
      if (spellings.some((spelling) => json.includes(spelling)))
        findings.push(found(workflowId, index, 'in its history'));
    });
  }
  const missing = [...(input.histories ? [] : ['workflow histories']), ...(logFiles.length > 0 ? [] : ['log files'])];
  return {
    checked: columns + logFiles.length + histories,
    findings,
    figures: { 'L9.columns': columns, 'L9.logFiles': logFiles.length, 'L9.histories': histories },
    ...(missing.length > 0 ? { note: `not searched: ${missing.join(', ')}` } : {}),
  };
}
