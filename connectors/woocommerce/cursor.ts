import { type Static, Type } from '@sinclair/typebox';
import { ConnectorError } from '../errors.ts';
import { check } from './schema.ts';

const whole = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

const fullCursor = Type.Object({ mode: Type.Literal('full'), offset: whole, lastId: whole });
const changedCursor = Type.Object({
  mode: Type.Literal('changed'),
  /** Products first; then variations, whose changes do not move their product's date. */
  of: Type.Union([Type.Literal('products'), Type.Literal('variations')]),
  /** Where the variations' pass begins, ISO 8601. */
  since: Type.String(),
  after: Type.String(),
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
    if (verdict.ok && (verdict.value.mode === 'full' || isTime(verdict.value.since, verdict.value.after))) {
      return verdict.value;
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new ConnectorError('Rejected', 'The cursor is none of this connector.', {
    code: 'cursor',
    field: 'cursor',
    remedy: 'Begin the read again without a cursor.',
  });
}

function isTime(...texts: readonly string[]): boolean {
  return texts.every((text) => !Number.isNaN(new Date(text).getTime()));
}
