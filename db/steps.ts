import { type ContextOf, type EventOf, type MachineName, machines } from '../state-machines/index.ts';
import {
  begin,
  type Decision,
  decide,
  initialStateOf,
  type MachineDefinition,
  type Role,
} from '../state-machines/kit.ts';
import { type ContextLoader, contextLoaders } from './contexts.ts';
import type { Tx } from './database.ts';
import { followUpsOf } from './follow-ups.ts';
import { forDriver, type RecordedStep, record, recordChanges } from './step-records.ts';

export { forDriver } from './step-records.ts';

/** Who does something, when and why. `commandId` is unique for ever: asked again, the first answer is given. */
export interface Command {
  readonly commandId: string;
  /** A user's id or e-mail, a connector's or a process's name. */
  readonly actor: string;
  readonly role: Role;
  readonly at: Date;
  readonly why?: string;
  readonly correlationId?: string;
}

export interface StepRequest<Name extends MachineName> {
  readonly machine: Name;
  readonly id: string;
  readonly event: EventOf<Name>['type'];
  /** Columns that change with the step; recorded as {column: [before, after]}. */
  readonly changes?: Readonly<Record<string, unknown>>;
  /** Changes beside the row that its history shall name as well: {what: [before, after]}. */
  readonly noted?: Readonly<Record<string, readonly [unknown, unknown]>>;
  /** Refuse when the row is at another version: the command was given about something else. */
  readonly expectedVersion?: number;
}

export type StepResult =
  | {
      readonly ok: true;
      readonly from: string;
      readonly state: string;
      readonly version: number;
      readonly repeated: boolean;
    }
  | {
      readonly ok: false;
      readonly code:
        | 'NotAllowedInState'
        | 'GuardRefused'
        | 'NotYourEvent'
        | 'UnknownEvent'
        | 'VersionConflict'
        | 'NotFound';
      readonly why: string;
      readonly state: string | null;
      readonly version: number | null;
    };

export type Row = Record<string, unknown> & { id: string; state: string; version: number };

const tableNames: Record<MachineName, string> = {
  channel_order: 'channel_orders',
  order: 'orders',
  parcel: 'parcels',
  consignment: 'consignments',
  product: 'products',
  listing: 'listings',
  connection: 'connections',
  effect: 'effects',
  problem: 'problems',
  return: 'returns',
  price_proposal: 'price_proposals',
  incident: 'incidents',
};

export function tableOf(machine: MachineName): string {
  return tableNames[machine];
}

/** A machine by its name, without the types of its context and events. */
export const definitionOf = (name: MachineName): MachineDefinition => machines[name] as MachineDefinition;

/** Begins a thing: inserts its row in the machine's initial state with the first row of its history and follow-up work. */
export async function create<Name extends MachineName>(
  trx: Tx,
  machine: Name,
  columns: Readonly<Record<string, unknown>> & { id: string },
  command: Command,
): Promise<{ id: string; state: string; version: number }> {
  const definition = definitionOf(machine);
  const [row] = await trx(tableOf(machine)).insert(forDriver(columns)).returning('*');
  const { state, followUps } = begin(definition, {});
  if (state !== initialStateOf(definition)) throw new Error(`${machine}: unexpected initial state ${state}`);
  const step: RecordedStep = {
    machine,
    id: columns.id,
    from: '',
    to: state,
    event: 'CREATE',
    version: 0,
    changed: {},
    command,
    commandId: command.commandId,
  };
  await record(trx, [step], followUpsOf(machine, { ...(row as Row), state, version: 1 }, followUps, command));
  return { id: columns.id, state, version: 1 };
}

/** Begins many things of one kind at once; `commandIdOf` makes one command id for each. */
export async function createMany<Name extends MachineName>(
  trx: Tx,
  machine: Name,
  rows: readonly (Readonly<Record<string, unknown>> & { id: string })[],
  command: Command,
): Promise<void> {
  if (rows.length === 0) return;
  const definition = definitionOf(machine);
  const inserted = (await trx(tableOf(machine)).insert(rows.map(forDriver)).returning('*')) as Row[];
  const { state, followUps } = begin(definition, {});
  const steps = inserted.map((row) => ({
    machine,
    id: row.id,
    from: '',
    to: state,
    event: 'CREATE',
    version: 0,
    changed: {},
    command,
    commandId: `${command.commandId}/${row.id}`,
  }));
  const work = inserted.flatMap((row) => followUpsOf(machine, { ...row, state, version: 1 }, followUps, command));
  await record(trx, steps, work);
}

// FOR UPDATE would deadlock two transactions that each inserted something that refers to the row (lines of one SKU).
/** Locks a thing for the rest of the transaction. */
export async function lock(trx: Tx, machine: MachineName, id: string): Promise<Row | null> {
  const row = await trx(tableOf(machine)).where({ id }).forNoKeyUpdate().first();
  return (row as Row | undefined) ?? null;
}

async function answeredBefore(
  trx: Tx,
  { machine, id }: { machine: MachineName; id: string },
  commandId: string,
): Promise<StepResult | null> {
  const row = await trx('transitions').where({ command_id: commandId }).first();
  if (!row) return null;
  if (row.machine !== machine || row.entity_id !== id) {
    throw new Error(
      `the command id ${commandId} was used for ${row.machine} ${row.entity_id} and cannot step ${machine} ${id}`,
    );
  }
  return { ok: true, from: row.from_state, state: row.to_state, version: row.version, repeated: true };
}

/**
 * The one way in which a state changes: locks the row, gives the first answer again if the command was seen before, loads
 * what the guards may consider, asks the machine, writes columns, state, history and follow-up work. A refusal is an
 * answer, not an exception, and writes nothing.
 *
 * @throws Error when the command id was used for another thing.
 */
export async function step<Name extends MachineName>(
  trx: Tx,
  request: StepRequest<Name>,
  command: Command,
): Promise<StepResult> {
  const { machine, id, event, changes = {}, noted = {}, expectedVersion } = request;
  const row = await lock(trx, machine, id);
  if (!row) return { ok: false, code: 'NotFound', why: `There is no ${machine} ${id}.`, state: null, version: null };
  const before = await answeredBefore(trx, { machine, id }, command.commandId);
  if (before) return before;
  if (expectedVersion !== undefined && row.version !== expectedVersion) {
    return {
      ok: false,
      code: 'VersionConflict',
      why: `It was changed meanwhile: you saw version ${expectedVersion}, it is at ${row.version}.`,
      state: row.state,
      version: row.version,
    };
  }
  const loader = contextLoaders[machine] as ContextLoader;
  const context = await loader.load(trx, { ...row, ...changes } as Row, command);
  const decision = decide(definitionOf(machine), row.state, context, { type: event }, command.role) as Decision<object>;
  if (!decision.ok)
    return { ok: false, code: decision.code, why: decision.why, state: row.state, version: row.version };
  const all = { ...changes, ...loader.persist(decision.context) };
  const changed = { ...recordChanges(row, all), ...noted };
  if (Object.keys(all).length > 0) await trx(tableOf(machine)).where({ id }).update(forDriver(all));
  const after = { ...row, ...all, state: decision.to, version: row.version + 1 };
  await record(
    trx,
    [
      {
        machine,
        id,
        from: row.state,
        to: decision.to,
        event,
        version: row.version,
        changed,
        command,
        commandId: command.commandId,
      },
    ],
    followUpsOf(machine, after as Row, decision.followUps, command),
  );
  return { ok: true, from: row.state, state: decision.to, version: row.version + 1, repeated: false };
}

/** Thrown by `mustStep`: a step that had to be possible was not. */
export class StepRefused extends Error {
  override readonly name = 'StepRefused';
  readonly result: Extract<StepResult, { ok: false }>;

  constructor(request: { machine: string; id: string; event: string }, result: Extract<StepResult, { ok: false }>) {
    super(`${request.machine} ${request.id}: ${request.event} refused in ${result.state ?? 'nowhere'}: ${result.why}`);
    this.result = result;
  }
}

/** `step` where a refusal means that our own bookkeeping is wrong: throws and rolls the transaction back. */
export async function mustStep<Name extends MachineName>(
  trx: Tx,
  request: StepRequest<Name>,
  command: Command,
): Promise<Extract<StepResult, { ok: true }>> {
  const result = await step(trx, request, command);
  if (!result.ok) throw new StepRefused(request, result);
  return result;
}

/** What the machine's guards see of a row now; for buttons and explanations. */
export async function contextOf<Name extends MachineName>(trx: Tx, machine: Name, row: Row): Promise<ContextOf<Name>> {
  return (await (contextLoaders[machine] as ContextLoader).load(trx, row)) as ContextOf<Name>;
}
