import { type Static, type TSchema, Type } from '@sinclair/typebox';

/** Pieces that the shapes of answers are made of. */
export const text = Type.String();
export const maybe = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()]);
export const optional = <S extends TSchema>(schema: S) => Type.Optional(maybe(schema));
export const id = Type.String({ pattern: '^gid://shopify/' });
export const ref = maybe(Type.Object({ id }));
export const pageInfo = Type.Object({ hasNextPage: Type.Boolean(), endCursor: maybe(text) });
export const nodes = <S extends TSchema>(node: S) => Type.Object({ nodes: Type.Array(node) });
export const paged = <S extends TSchema>(node: S) => Type.Object({ nodes: Type.Array(node), pageInfo });
export const moneyBag = Type.Object({ shopMoney: Type.Object({ amount: text, currencyCode: text }) });

/** Business refusals. Some kinds have no code. */
export const userErrors = Type.Array(
  Type.Object({
    field: optional(Type.Array(Type.Union([text, Type.Number()]))),
    message: text,
    code: optional(text),
  }),
);
export type UserErrors = Static<typeof userErrors>;
