import { type Static, Type } from '@sinclair/typebox';
import { ConnectorError } from '../errors.ts';
import { check } from './schema.ts';

const count = Type.Integer({ minimum: 0, maximum: 1_000_000 });
const after = Type.Union([Type.Null(), Type.String({ minLength: 1, maxLength: 2_000 })]);

const fullCursor = Type.Object({
  mode: Type.Literal('full'),
  /** Shopify's own cursor. */
  after,
  /** Only ids above this number; begins anew when a listing reaches its limit. */
  above: Type.Union([Type.Null(), Type.String({ pattern: '^\\d{1,20}$' })]),
  read: count,
});
const changedCursor = Type.Object({ mode: Type.Literal('changed'), after, since: Type.String(), read: count });
const cursorSchema = Type.Union([fullCursor, changedCursor]);
export type ProductCursor = Static<typeof cursorSchema>;

/** A place in a long read as opaque text. */
export function writeCursor(cursor: ProductCursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

/** @throws ConnectorError Rejected, field `cursor`, for a text that none of ours reads back from */
export function readCursor(text: string): ProductCursor {
  try {
    const verdict = check(cursorSchema, JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    if (verdict.ok && (verdict.value.mode === 'full' || !Number.isNaN(Date.parse(verdict.value.since)))) {
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
