import { contextsOf } from '../../db/contexts.ts';
import type { Tx } from '../../db/database.ts';
import { stepOrder } from '../../db/orders.ts';
import { riseToStaff } from '../../db/queries/rise.ts';
import { stepReturn } from '../../db/returns.ts';
import { type Command, lock, type Row, type StepResult, step } from '../../db/steps.ts';
import type { User } from '../../db/users.ts';
import {
  allowedEvents,
  type MachineDefinition,
  type MachineName,
  machines,
  type Role,
} from '../../state-machines/index.ts';
import { ApiError, notFound, refusal } from './errors.ts';
import type { Allowed } from './schemas/common.ts';

const definitionOf = (machine: MachineName): MachineDefinition => machines[machine] as MachineDefinition;

export interface StepInput {
  readonly id: string;
  readonly event: string;
  readonly expectedVersion?: number | undefined;
  readonly changes?: Readonly<Record<string, unknown>>;
  /** As in `StepRequest`. */
  readonly noted?: Readonly<Record<string, readonly [unknown, unknown]>>;
}

type AnyStep = (
  trx: Tx,
  request: { id: string; event: never; expectedVersion?: number; changes?: Readonly<Record<string, unknown>> },
  command: Command,
) => Promise<StepResult>;

/** Machines whose steps have consequences of their own (released stock, problems); all others step alone. */
const withConsequences: { readonly [Name in MachineName]?: AnyStep } = {
  order: stepOrder,
  return: stepReturn,
};

/**
 * Steps any machine the way its kind demands. A refusal is returned, not thrown. The row must be visible inside the
 * caller's wall; what follows from the step (an account's budget, the marketplace's order) may lie outside of it.
 */
export async function stepAny(trx: Tx, machine: MachineName, input: StepInput, command: Command): Promise<StepResult> {
  const { id, event, expectedVersion, changes, noted } = input;
  if (!(await lock(trx, machine, id))) {
    return { ok: false, code: 'NotFound', why: `There is no ${machine} ${id}.`, state: null, version: null };
  }
  await riseToStaff(trx);
  const request = {
    id,
    event: event as never,
    ...(expectedVersion === undefined ? {} : { expectedVersion }),
    ...(changes === undefined ? {} : { changes }),
    ...(noted === undefined ? {} : { noted }),
  };
  const special = withConsequences[machine];
  return special ? special(trx, request, command) : step(trx, { machine, ...request }, command);
}

/** The same where a refusal is the answer to the request. @throws ApiError */
export async function stepOrRefuse(
  trx: Tx,
  machine: MachineName,
  input: StepInput,
  command: Command,
): Promise<Extract<StepResult, { ok: true }>> {
  const result = await stepAny(trx, machine, input, command);
  if (result.ok) return result;
  if (result.code === 'NotFound') throw notFound(machine.replace('_', ' '), input.id);
  throw refusal(result);
}

/** An edit without fields would move a state for nothing. @throws ApiError */
export function refuseBareEdit(event: string): void {
  if (event !== 'EDIT') return;
  throw new ApiError('UnknownEvent', 'EDIT is not sent by itself.', { remedy: 'Send the changed fields with PATCH.' });
}

/** The buttons of many rows in their order: what this role could send now, and why not. */
export async function allowedForMany(
  trx: Tx,
  machine: MachineName,
  rows: readonly Row[],
  { role, email }: Pick<User, 'role' | 'email'>,
): Promise<Allowed[][]> {
  const contexts = await contextsOf(trx, machine, rows, { actor: email });
  // Rows in the same situation have the same buttons, and a page has few situations.
  const known = new Map<string, Allowed[]>();
  return rows.map(({ state }, index) => {
    const context = contexts[index] ?? {};
    const situation = `${state} ${JSON.stringify(context)}`;
    const buttons = known.get(situation) ?? buttonsIn(definitionOf(machine), state, context, role);
    known.set(situation, buttons);
    return buttons;
  });
}

function buttonsIn(definition: MachineDefinition, state: string, context: object, role: Role): Allowed[] {
  return allowedEvents(definition, state, context, role).map(({ type, label, means, ok, why }) => ({
    type,
    label,
    means,
    ok,
    why,
  }));
}
