import { contextsOf } from '../../../db/contexts.ts';
import type { Tx } from '../../../db/database.ts';
import type { Row } from '../../../db/steps.ts';
import type { User } from '../../../db/users.ts';
import { decide, type MachineDefinition, type MachineName, machines } from '../../../state-machines/index.ts';
import type { TableRow } from '../schemas/tables.ts';
import { allowedForMany } from '../stepping.ts';

export type Standing = Pick<TableRow, 'allowed' | 'edited' | 'locked'>;

/**
 * What can be done with each of these rows now: its buttons, and what the machine does with an edit. Where it refuses
 * one, the whole row is locked with the machine's sentence. Ask after rising to the staff's eyes.
 */
export async function standingsOf(
  trx: Tx,
  machine: MachineName,
  rows: readonly Row[],
  user: User,
): Promise<Map<string, Standing>> {
  const allowed = await allowedForMany(trx, machine, rows, user);
  const contexts = await contextsOf(trx, machine, rows, { actor: user.email });
  const definition = machines[machine] as MachineDefinition;
  const known = new Map<string, TableRow['edited']>();
  return new Map(
    rows.map((row, index) => {
      const context = contexts[index] ?? {};
      const key = `${row.state} ${JSON.stringify(context)}`;
      const edited = known.get(key) ?? editedOf(definition, row.state, context, user);
      known.set(key, edited);
      const locked: Record<string, string> = edited.why === null ? {} : { '*': edited.why };
      return [row.id, { allowed: allowed[index] ?? [], edited, locked }];
    }),
  );
}

function editedOf(definition: MachineDefinition, state: string, context: object, user: User): TableRow['edited'] {
  const decision = decide(definition, state, context, { type: 'EDIT' }, user.role);
  return decision.ok ? { to: decision.to, why: null } : { to: null, why: decision.why };
}
