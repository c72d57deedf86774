import { type Static, Type } from '@sinclair/typebox';
import { ConnectorError } from '../errors.ts';
import { check } from './schema.ts';

const whole = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

const fullCursor = Type.Object({
  mode: Type.Literal('full'),
  /** First configurable products with their variants, then what stands by itself, then hidden products without parent. */
  phase: Type.Union([Type.Literal('configurable'), Type.Literal('single'), Type.Literal('hidden')]),
  lastId: whole,
});
const changedCursor = Type.Object({
  mode: Type.Literal('changed'),
  /** UTC, as filters take it. */
  since: Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d$' }),
  page: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
});
const cursorSchema = Type.Union([fullCursor, changedCursor]);

export type FullCursor = Static<typeof fullCursor>;
export type ChangedCursor = Static<typeof changedCursor>;
export type ProductCursor = FullCursor | ChangedCursor;

/** A place in a long read as opaque text. */
export function writeCursor(cursor: ProductCursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

/** @throws ConnectorError Rejected, field `cursor`, for a text that none of ours reads back from */
export function readCursor(text: string): ProductCursor {
  try {
    const verdict = check(cursorSchema, JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    if (verdict.ok) return verdict.value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const remedy = 'Begin the read again without a cursor.';
  throw new ConnectorError('Rejected', 'The cursor is none of this connector.', {
    code: 'cursor',
    field: 'cursor',
    remedy,
  });
}
