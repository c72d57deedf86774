import { createReadStream, existsSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ImportDetail, ImportSummary } from '../../api/schemas/imports.ts';
import { type Context, more, type Outcome, readRows } from '../command.ts';
import { CliFault } from '../exit-codes.ts';
import { loggedIn } from '../session.ts';
import { table, time } from '../text.ts';

const pollMs = 250;
/** Reading and applying a file of 300 MiB takes minutes; longer than this, somebody should look. */
const patienceMs = 60 * 60 * 1000;
const busy = ['uploading', 'reading', 'applying', 'listing'];

export interface ImportOptions {
  readonly brand: string;
  readonly dryRun: boolean;
  /** `question=answer`, as the preview names them. */
  readonly answer: readonly string[];
}

async function settled(context: Context, id: string): Promise<ImportDetail> {
  const client = await loggedIn(context.options);
  const until = performance.now() + patienceMs;
  for (;;) {
    const detail = await client.get<ImportDetail>(`/api/imports/${id}`);
    if (!busy.includes(detail.phase)) return detail;
    if (performance.now() > until)
      throw new CliFault('unreachable', `${id} is still ${detail.phase}.`, {
        remedy: 'Does a worker run? Try doctor.',
      });
    await sleep(pollMs);
  }
}

/** Sends a file, shows what it would change and, without `dryRun`, applies that. Held rows wait for answers. */
export async function importProducts(context: Context, path: string, options: ImportOptions): Promise<Outcome> {
  if (!existsSync(path) || !statSync(path).isFile()) throw new CliFault('usage', `There is no file ${path}.`);
  const client = await loggedIn(context.options);
  const query = new URLSearchParams({ brand: options.brand, fileName: basename(path) });
  const { id } = await client.upload<{ id: string }>(`/api/imports?${query}`, createReadStream(path));
  let detail = await settled(context, id);
  if (options.answer.length > 0 && detail.phase === 'preview') {
    const answers = Object.fromEntries(options.answer.map(answerOf));
    await client.patch(`/api/imports/${id}`, { answers });
    detail = await settled(context, id);
  }
  if (detail.phase === 'mapping') return { json: detail, text: render(detail), exit: 'refused' };
  if (options.dryRun) {
    await client.post(`/api/imports/${id}/discard`, {});
    return { json: detail, text: `${render(detail)}\n\nNothing was written.` };
  }
  await client.post(`/api/imports/${id}/confirm`, {});
  detail = await settled(context, id);
  return { json: detail, text: render(detail) };
}

function answerOf(text: string): [string, string] {
  const at = text.lastIndexOf('=');
  if (at < 1) throw new CliFault('usage', `An answer is question=answer, not ${text}.`);
  return [text.slice(0, at), text.slice(at + 1)];
}

/** Plans the undo of an import and shows it; with `confirm` it is done. */
export async function undoImport(context: Context, of: string, { confirm }: { confirm: boolean }): Promise<Outcome> {
  const client = await loggedIn(context.options);
  const { id } = await client.post<{ id: string }>(`/api/imports/${encodeURIComponent(of)}/undo`, {});
  let detail = await settled(context, id);
  if (confirm) {
    await client.post(`/api/imports/${id}/confirm`, {});
    detail = await settled(context, id);
  }
  const hint = confirm ? '' : `\n\nNothing was written. To do it: tradelane import confirm ${id}`;
  return { json: detail, text: render(detail) + hint };
}

export async function commandImport(context: Context, id: string, what: 'confirm' | 'discard'): Promise<Outcome> {
  const client = await loggedIn(context.options);
  await client.post(`/api/imports/${encodeURIComponent(id)}/${what}`, {});
  const detail = await settled(context, id);
  return { json: detail, text: render(detail) };
}

export async function listImports(context: Context, { limit }: { limit: number }): Promise<Outcome> {
  const page = await readRows<ImportSummary>(context, '/api/imports', {}, limit);
  const rows = page.rows.map((row) => [
    row.id,
    row.brand.code,
    row.kind,
    row.fileName,
    row.phase,
    row.counts ? sum(row.counts) : '',
    time(row.uploadedAt),
  ]);
  return { json: page, text: table(['ID', 'BRAND', 'KIND', 'FILE', 'PHASE', 'ROWS', 'SENT'], rows) + more(page) };
}

/** The sum that always holds, in one line. */
function sum(counts: NonNullable<ImportSummary['counts']>): string {
  const { read, ...outcomes } = counts;
  const parts = Object.entries(outcomes).map(([name, count]) => `${count} ${name}`);
  return `${read} read = ${parts.join(' + ')}`;
}

function render(detail: ImportDetail): string {
  const lines = [`${detail.fileName} for ${detail.brand.code}: ${detail.phase} (${detail.id})`];
  if (detail.error) lines.push(detail.error);
  if (detail.counts) lines.push(sum(detail.counts));
  for (const { encoding, firstLine, lastLine, confidence, evidence } of detail.encodings)
    lines.push(`lines ${firstLine} to ${lastLine}: ${encoding}, ${Math.round(confidence * 100)} % (${evidence})`);
  if (detail.kind === 'products') {
    const columns = detail.mapping.map((column) => [
      column.header,
      column.field ?? '(not read)',
      column.source,
      column.doubt ?? '',
    ]);
    lines.push('', table(['COLUMN', 'READ AS', 'BECAUSE', 'DOUBT'], columns));
  }
  lines.push(...detail.missing);
  for (const question of detail.questions) {
    const answers = [
      ...question.options.map(({ answer }) => answer),
      ...(question.takesCurrency ? ['<currency>'] : []),
    ];
    lines.push('', `${question.text} (${question.rows} rows)`, `  --answer '${question.id}=${answers.join('|')}'`);
    for (const { line, value } of question.examples) lines.push(`  line ${line}: ${value}`);
  }
  return lines.join('\n');
}
