import { type Static, type TSchema, Type } from '@sinclair/typebox';
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
/** Reading in bulk: which operation, and where in its file the next product begins. */
const bulkCursor = Type.Object({
  mode: Type.Literal('bulk'),
  id: Type.String({ pattern: '^gid://shopify/BulkOperation/\\d+$' }),
  byte: Type.Integer({ minimum: 0 }),
  /** How often it was asked about without an end. */
  asked: count,
  /** How often reading has begun anew, for results that were gone. */
  begun: count,
});
const cursorSchema = Type.Union([fullCursor, changedCursor, bulkCursor]);
export type ProductCursor = Static<typeof cursorSchema>;
export type BulkCursor = Static<typeof bulkCursor>;
export type PagedCursor = Exclude<ProductCursor, BulkCursor>;

/** A place in a long read of products as opaque text. */
export function writeCursor(cursor: ProductCursor): string {
  return encodeCursor(cursor);
}

/** @throws ConnectorError Rejected, field `cursor`, for a text that none of ours reads back from */
export function readCursor(text: string): ProductCursor {
  const cursor = decodeCursor(cursorSchema, text);
  if (cursor.mode === 'changed' && Number.isNaN(Date.parse(cursor.since))) throw foreign();
  return cursor;
}

/** A place in a long read as opaque text. */
export function encodeCursor(cursor: unknown): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

/** @throws ConnectorError Rejected, field `cursor`, for a text that none of ours reads back from */
export function decodeCursor<S extends TSchema>(schema: S, text: string): Static<S> {
  try {
    const verdict = check(schema, JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    if (verdict.ok) return verdict.value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw foreign();
}

function foreign(): ConnectorError {
  return new ConnectorError('Rejected', 'The cursor is none of this connector.', {
    code: 'cursor',
    field: 'cursor',
    remedy: 'Begin the read again without a cursor.',
  });
}
