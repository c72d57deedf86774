import { type Static, Type } from '@sinclair/typebox';
import { anything, line, maybe, strict, text } from './common.ts';

const atOnce = (description: string) => Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, description }));
const positive = (maximum: number) => Type.Number({ exclusiveMinimum: 0, maximum });
const limit = {
  calls: Type.Number({ exclusiveMinimum: 0, maximum: 100_000_000, description: 'so many in one `per`' }),
  per: Type.Union([Type.Literal('second'), Type.Literal('minute'), Type.Literal('day')]),
  burst: atOnce('calls at once after a rest; absent: those of a second, at least one'),
  concurrent: atOnce('calls under way at the same time; absent: no limit'),
  points: Type.Optional(strict({ perSecond: positive(1_000_000), capacity: positive(100_000_000) })),
};
const group = {
  operations: Type.Array(Type.String({ pattern: '^[a-z][A-Za-z0-9.-]{0,60}\\*?$', examples: ['stock.*'] }), {
    minItems: 1,
    maxItems: 50,
    description: 'as the log names them; one * at the end stands for anything',
  }),
  ...limit,
};
const named = <Group extends Parameters<typeof Type.Record>[1]>(schema: Group) =>
  Type.Record(Type.String({ pattern: '^[a-z][a-z0-9-]{0,40}$' }), schema, {
    maxProperties: 50,
    additionalProperties: false,
    description: 'by name: a group of endpoints; a call needs room in its group and in the account',
  });

/** All limits at once: a group that is not named is gone afterwards. */
export const BudgetBody = strict({ account: strict(limit), groups: named(strict(group)), why: line(300) });
export const Limits = maybe(
  Type.Object(
    { account: Type.Object(limit), groups: named(Type.Object(group)) },
    { description: 'null: what stands in the database cannot be read, and the account’s calls stop' },
  ),
);
export type Limits = Static<typeof Limits>;
export const BudgetAnswer = Type.Object({
  budget: Limits,
  changes: Type.Array(Type.Object({ at: text, by: text, why: text, before: anything, after: anything }), {
    description: 'the newest first',
  }),
});
export type BudgetAnswer = Static<typeof BudgetAnswer>;
