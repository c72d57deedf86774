import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { type Limit, type Limits, wholeAccount } from './types.ts';

const positive = Type.Number({ exclusiveMinimum: 0 });
const atLeastOne = Type.Integer({ minimum: 1 });
const points = Type.Object({ perSecond: positive, capacity: positive }, { additionalProperties: false });

/** What an account permits per group of endpoints; `connections.budget`. */
export const BudgetSettings = Type.Object(
  {
    concurrent: Type.Optional(atLeastOne),
    points: Type.Optional(points),
    groups: Type.Optional(
      Type.Record(
        Type.String({ pattern: '^[a-z][a-z0-9-]*$' }),
        Type.Object(
          {
            /** Names of operations as connectors give them; one `*` at the end stands for anything. */
            operations: Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }),
            callsPerSecond: positive,
            burst: atLeastOne,
            concurrent: Type.Optional(atLeastOne),
            points: Type.Optional(points),
          },
          { additionalProperties: false },
        ),
      ),
    ),
  },
  { additionalProperties: false },
);
export type BudgetSettings = Static<typeof BudgetSettings>;

/** An account's limits, and the group that each operation belongs to. */
export interface AccountBudget {
  readonly limits: Limits;
  groupOf(operation: string): string;
}

/** @throws Error naming what of the settings cannot be read */
export function accountBudget(callsPerSecond: number, burst: number, settings: unknown): AccountBudget {
  if (!Value.Check(BudgetSettings, settings)) {
    const [problem] = Value.Errors(BudgetSettings, settings);
    throw new Error(`The account's budget cannot be read: ${problem?.path ?? ''} ${problem?.message ?? ''}`);
  }
  const groups = Object.entries(settings.groups ?? {});
  const limits: Limits = {
    account: {
      callsPerSecond,
      burst,
      concurrent: settings.concurrent ?? null,
      points: settings.points ?? null,
    },
    groups: Object.fromEntries(
      groups.map(([name, group]): [string, Limit] => [
        name,
        {
          callsPerSecond: group.callsPerSecond,
          burst: group.burst,
          concurrent: group.concurrent ?? null,
          points: group.points ?? null,
        },
      ]),
    ),
  };
  return {
    limits,
    groupOf: (operation) =>
      groups.find(([, { operations }]) => operations.some((pattern) => matches(pattern, operation)))?.[0] ??
      wholeAccount,
  };
}

const matches = (pattern: string, operation: string): boolean =>
  pattern.endsWith('*') ? operation.startsWith(pattern.slice(0, -1)) : operation === pattern;
