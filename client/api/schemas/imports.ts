import { type Static, Type } from '@sinclair/typebox';
import { fields } from '../../../imports/types.ts';
import { anything, count, Finding, maybeInstant, maybeText, Paging, Ref, strict, text, Uuid, Why } from './common.ts';

const code = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{1,40}$' });
const FieldName = Type.Union(fields.map((field) => Type.Literal(field)));

/** A brand by its id or its code; people of a brand may leave it out. */
const Brand = Type.Optional(Type.Union([Uuid, code], { description: 'id or code of the brand' }));
export const UploadQuery = strict({
  brand: Brand,
  fileName: Type.Optional(Type.String({ minLength: 1, maxLength: 200, pattern: '^[^/\\\\\\r\\n]+$' })),
});
export const TemplateQuery = strict({ brand: Brand });
export const ImportsQuery = strict({ ...Paging, brand: Type.Optional(Uuid) });

const Column = Type.Object({
  index: count,
  header: text,
  field: maybeText,
  confidence: Type.Number(),
  source: text,
  doubt: maybeText,
});
const Segment = Type.Object({
  encoding: text,
  from: count,
  to: count,
  firstLine: count,
  lastLine: count,
  confidence: Type.Number(),
  evidence: text,
});
const QuestionShown = Type.Object({
  id: text,
  text,
  rows: count,
  examples: Type.Array(Type.Object({ row: count, line: count, value: text })),
  options: Type.Array(Type.Object({ answer: text, label: text })),
  takesCurrency: Type.Boolean(),
});
const Counts = Type.Object(
  { read: count, new: count, changed: count, unchanged: count, duplicate: count, held: count, refused: count },
  { description: 'read = new + changed + unchanged + duplicate + held + refused, always' },
);

export const ImportSummary = Type.Object({
  id: text,
  brand: Ref,
  kind: text,
  undoOf: maybeText,
  fileName: text,
  bytes: count,
  phase: text,
  counts: Type.Union([Counts, Type.Null()]),
  progress: Type.Object({
    bytesRead: count,
    rowsRead: count,
    rowsToApply: count,
    rowsApplied: count,
    productsListed: count,
  }),
  openQuestions: count,
  uploadedBy: text,
  uploadedAt: text,
  confirmedBy: maybeText,
  confirmedAt: maybeInstant,
  finishedAt: maybeInstant,
  error: maybeText,
});
export type ImportSummary = Static<typeof ImportSummary>;

export const ImportPage = Type.Object({ rows: Type.Array(ImportSummary), next: maybeText, total: count });

export const ImportDetail = Type.Composite([
  ImportSummary,
  Type.Object({
    dialect: Type.Union([Type.Object({ separator: text, quote: text, confidence: Type.Number() }), Type.Null()]),
    /** At most a hundred of them. */
    encodings: Type.Array(Segment),
    encodingCount: count,
    mapping: Type.Array(Column),
    fields: Type.Array(text, { description: 'what a column can be read as' }),
    missing: Type.Array(text, { description: 'why it cannot be read yet' }),
    questions: Type.Array(QuestionShown),
    answers: Type.Unsafe<Record<string, string>>({ type: 'object', additionalProperties: { type: 'string' } }),
    can: Type.Object({
      correct: Type.Boolean(),
      confirm: Type.Boolean(),
      discard: Type.Boolean(),
      undo: Type.Boolean(),
    }),
  }),
]);
export type ImportDetail = Static<typeof ImportDetail>;

export const RowsQuery = strict({
  outcome: Type.Optional(
    Type.String({
      pattern: '^(new|changed|unchanged|duplicate|held|refused)(,(new|changed|unchanged|duplicate|held|refused)){0,5}$',
    }),
  ),
  findings: Type.Optional(Type.Boolean({ description: 'only rows about which something was found' })),
  after: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_147_483_647, description: '`next` of the page before' })),
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
});
export const ImportRows = Type.Object({
  rows: Type.Array(
    Type.Object({
      rowNumber: count,
      line: count,
      lineCount: count,
      sku: maybeText,
      outcome: text,
      question: maybeText,
      changes: Type.Unsafe<Record<string, readonly [unknown, unknown]>>({
        type: 'object',
        additionalProperties: { type: 'array', items: anything },
      }),
      currency: maybeText,
      kept: Type.Array(text),
      findings: Type.Array(Type.Composite([Finding, Type.Object({ code: text, column: maybeText })])),
    }),
  ),
  next: Type.Unsafe<number | null>({ type: ['integer', 'null'] }),
});
export type ImportRows = Static<typeof ImportRows>;

export const ImportPatch = strict({
  mapping: Type.Optional(
    Type.Array(
      strict({
        index: Type.Integer({ minimum: 0, maximum: 1000 }),
        field: Type.Union([FieldName, Type.Null()], { description: 'null = the column is not read' }),
      }),
      { maxItems: 1000 },
    ),
  ),
  answers: Type.Optional(
    Type.Record(
      Type.String({ pattern: '^.{1,60}$' }),
      Type.Union([Type.String({ minLength: 1, maxLength: 20 }), Type.Null()]),
      {
        description: 'question id → answer; null takes an answer back',
      },
    ),
  ),
});
export const ImportCommand = strict({ why: Type.Optional(Why) });
export const ImportAccepted = Type.Object({ id: text, phase: text });
