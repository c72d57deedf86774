import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { ConnectorError } from '../errors.ts';
import { check } from './schema.ts';

const whole = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const time = Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z$' });

const full = { offset: whole, lastId: whole };
const changed = {
  /** Rows changed later than this second come next. */
  after: time,
  /** Rows later than it that were read already, in a shop that sends no dates; absent: none. */
  skip: Type.Optional(whole),
  /** While one second with more rows than a page is read by id. */
  tie: Type.Optional(Type.Object({ second: time, ...full })),
};
const fullPlace = Type.Object(full);
const changedPlace = Type.Object(changed);
/** A place in a list of everything by id. */
export type FullPlace = Readonly<Static<typeof fullPlace>>;
/** A place in a list of changes by date. */
export type ChangedPlace = Readonly<Static<typeof changedPlace>>;

const productCursor = Type.Union([
  /** `variations`: how many were read with the products so far. */
  Type.Object({ mode: Type.Literal('full'), ...full, variations: Type.Optional(whole) }),
  /** After all products, where the shop has more variations than they name. */
  Type.Object({ mode: Type.Literal('orphans'), ...full }),
  Type.Object({
    mode: Type.Literal('changed'),
    /** Products first; then variations, whose changes do not move their product's date. */
    of: Type.Union([Type.Literal('products'), Type.Literal('variations')]),
    /** Where the variations' pass begins. */
    since: time,
    ...changed,
  }),
]);
export type ProductCursor = Readonly<Static<typeof productCursor>>;

const orderCursor = Type.Union([
  Type.Object({ mode: Type.Literal('all-orders'), ...full }),
  Type.Object({
    mode: Type.Literal('changed-orders'),
    /** Orders first; then those that went to the trash, which other lists leave out. */
    of: Type.Union([Type.Literal('orders'), Type.Literal('trash')]),
    since: time,
    ...changed,
  }),
]);
export type OrderCursor = Readonly<Static<typeof orderCursor>>;

/** A place in a long read as opaque text. */
export function writeCursor(cursor: ProductCursor | OrderCursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

/** @throws ConnectorError Rejected, field `cursor`, for a text that none of ours reads back from */
export function readProductCursor(text: string): ProductCursor {
  return read(productCursor, text);
}

/** @throws ConnectorError Rejected, field `cursor`, for a text that none of ours reads back from */
export function readOrderCursor(text: string): OrderCursor {
  return read(orderCursor, text);
}

function read<S extends TSchema>(schema: S, text: string): Static<S> {
  try {
    const verdict = check(schema, JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    if (verdict.ok) return verdict.value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new ConnectorError('Rejected', 'The cursor is none of this connector.', {
    code: 'cursor',
    field: 'cursor',
    remedy: 'Begin the read again without a cursor.',
  });
}
