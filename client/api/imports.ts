import type { Tx } from '../../db/database.ts';
import type { ImportRow } from '../../db/imports.ts';
import type { User } from '../../db/users.ts';
import { missingFields } from '../../imports/columns.ts';
import { questionOf, takesAnswer } from '../../imports/questions.ts';
import type { ColumnMapping, Field } from '../../imports/types.ts';
import { fields } from '../../imports/types.ts';
import { ApiError, notFound } from './errors.ts';
import type { ImportDetail, ImportSummary } from './schemas/imports.ts';

const segmentsShown = 100;

/** The brand that is meant, by id or code; people of a brand mean their own, and no other exists for them. */
export async function brandOf(trx: Tx, user: User, asked: string | undefined): Promise<{ id: string; code: string }> {
  if (asked === undefined && user.brandId === null)
    throw new ApiError('InvalidInput', 'Say for which brand: ?brand=<code>.');
  const row = await trx('brands')
    .modify((query) => {
      if (asked === undefined) query.where({ id: user.brandId });
      else if (/^[0-9a-f-]{36}$/i.test(asked)) query.where({ id: asked });
      else query.where({ code: asked });
    })
    .first('id', 'code');
  if (!row || (user.brandId !== null && row.id !== user.brandId)) throw notFound('brand', asked ?? '');
  return row;
}

const instant = (at: Date | null): string | null => at?.toISOString() ?? null;

const countsOf = ({ counts }: ImportRow): ImportSummary['counts'] => {
  if (!counts) return null;
  const { read = 0, new: fresh = 0, changed = 0, unchanged = 0, duplicate = 0, held = 0, refused = 0 } = counts;
  return { read, new: fresh, changed, unchanged, duplicate, held, refused };
};

type Brand = ImportSummary['brand'];

export async function summaries(trx: Tx, rows: readonly ImportRow[]): Promise<ImportSummary[]> {
  const brands: Brand[] = await trx('brands')
    .whereIn('id', [...new Set(rows.map(({ brand_id }) => brand_id))])
    .select('id', 'code', 'name');
  const byId = new Map(brands.map((brand) => [brand.id, brand]));
  return rows.map((row) => ({
    id: row.id,
    brand: byId.get(row.brand_id) ?? { id: row.brand_id, code: '', name: '' },
    kind: row.kind,
    undoOf: row.undo_of,
    fileName: row.file_name,
    bytes: row.bytes,
    phase: row.phase,
    counts: countsOf(row),
    progress: {
      bytesRead: row.reading_state?.offset ?? 0,
      rowsRead: row.read_rows,
      rowsToApply: row.to_apply,
      rowsApplied: row.applied,
      productsListed: row.listed,
    },
    openQuestions: row.questions.length,
    uploadedBy: row.uploaded_by,
    uploadedAt: row.uploaded_at.toISOString(),
    confirmedBy: row.confirmed_by,
    confirmedAt: instant(row.confirmed_at),
    finishedAt: instant(row.finished_at),
    error: row.error,
  }));
}

export async function detailOf(trx: Tx, row: ImportRow): Promise<ImportDetail> {
  const [summary] = await summaries(trx, [row]);
  if (!summary) throw notFound('import', row.id);
  const segments = row.reading_state?.segments ?? row.probe?.state.segments ?? [];
  const dialect = row.probe?.dialect ?? null;
  return {
    ...summary,
    dialect: dialect ? { separator: dialect.separator, quote: dialect.quote, confidence: dialect.confidence } : null,
    encodings: segments.slice(0, segmentsShown).map((segment) => ({ ...segment })),
    encodingCount: segments.length,
    mapping: row.mapping.map((column) => ({ ...column })),
    fields: [...fields],
    missing: row.kind === 'undo' ? [] : missingFields(row.mapping),
    questions: row.questions.map((question) => ({
      ...question,
      examples: question.examples.map((example) => ({ ...example })),
      options: question.options.map((option) => ({ ...option })),
    })),
    answers: { ...row.answers },
    can: {
      correct: isCorrectable(row),
      confirm: row.phase === 'preview',
      discard: isDiscardable(row),
      undo: row.phase === 'done',
    },
  };
}

export const isCorrectable = ({ kind, phase }: ImportRow): boolean =>
  kind === 'products' && ['mapping', 'reading', 'preview'].includes(phase);
export const isDiscardable = ({ phase }: ImportRow): boolean =>
  ['uploading', 'mapping', 'reading', 'preview', 'failed'].includes(phase);

export const inPhase = (row: ImportRow, isPossible: boolean, what: string): void => {
  if (isPossible) return;
  throw new ApiError('NotAllowedInState', `An import that is ${row.phase} cannot be ${what}.`, {
    details: { phase: row.phase },
  });
};

/** The mapping as a person wants it. @throws ApiError when a column is named that there is not, or a field twice. */
export function corrected(row: ImportRow, wanted: readonly { index: number; field: Field | null }[]): ColumnMapping[] {
  const byIndex = new Map(wanted.map(({ index, field }) => [index, field]));
  for (const index of byIndex.keys())
    if (!row.mapping.some((column) => column.index === index))
      throw new ApiError('InvalidInput', `The file has no column ${index}.`);
  const mapping = row.mapping.map((column): ColumnMapping => {
    const field = byIndex.get(column.index);
    // Whoever corrects one column has seen the others.
    if (field === undefined) return { ...column, source: 'person', doubt: null };
    return { ...column, field, confidence: 1, source: 'person', doubt: null };
  });
  const taken = new Map<Field, string>();
  for (const { field, header } of mapping) {
    if (field === null || field === 'image' || field === 'attribute') continue;
    const other = taken.get(field);
    if (other !== undefined) throw new ApiError('InvalidInput', `"${other}" and "${header}" cannot both be ${field}.`);
    taken.set(field, header);
  }
  const [missing] = missingFields(mapping);
  if (missing) throw new ApiError('InvalidInput', missing);
  return mapping;
}

/** The answers after a change. @throws ApiError when a question does not take an answer. */
export function answered(row: ImportRow, wanted: Readonly<Record<string, string | null>>): Record<string, string> {
  const answers = { ...row.answers };
  for (const [id, answer] of Object.entries(wanted)) {
    if (answer === null) {
      delete answers[id];
      continue;
    }
    const question = row.questions.find((one) => one.id === id) ?? (id in answers ? questionOf(id, 0, []) : null);
    if (!question) throw new ApiError('InvalidInput', `This import asks no question ${id}.`);
    if (!takesAnswer(question, answer)) {
      const options = question.options.map((option) => option.answer).join(', ');
      throw new ApiError('InvalidInput', `${id} cannot be answered with "${answer}".`, {
        remedy: `It takes ${options}${question.takesCurrency ? ', or a currency code of ISO 4217' : ''}.`,
      });
    }
    answers[id] = answer;
  }
  return answers;
}
