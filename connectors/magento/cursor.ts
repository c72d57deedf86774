import { type Static, type TSchema, Type } from '@sinclair/typebox';
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
const allOrdersCursor = Type.Object({ mode: Type.Literal('all'), lastId: whole });
const orderCursorSchema = Type.Union([allOrdersCursor, changedCursor]);

/** Clocks differ, and rows appear in lists a little after their date. */
export const OVERLAP_MS = 5 * 60 * 1000;

export type FullCursor = Static<typeof fullCursor>;
export type ChangedCursor = Static<typeof changedCursor>;
export type ProductCursor = FullCursor | ChangedCursor;
export type OrderCursor = Static<typeof orderCursorSchema>;

/** A place in a long read as opaque text. */
export function writeCursor(cursor: ProductCursor | OrderCursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

/** @throws ConnectorError Rejected, field `cursor`, for a text that none of ours reads back from */
export function readCursor(text: string): ProductCursor {
  return readAs(cursorSchema, text);
}

/** @throws ConnectorError as `readCursor` does */
export function readOrderCursor(text: string): OrderCursor {
  return readAs(orderCursorSchema, text);
}

/** Goes on from the last row's second; only where a whole page is of one second, by page number. */
export function nextChanged(cursor: ChangedCursor, lastAt: string | null | undefined): ChangedCursor {
  const at = lastAt ?? '';
  const isLater = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(at) && at > cursor.since;
  return isLater ? { mode: 'changed', since: at, page: 1 } : { ...cursor, page: cursor.page + 1 };
}

function readAs<S extends TSchema>(schema: S, text: string): Static<S> {
  try {
    const verdict = check(schema, JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
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
