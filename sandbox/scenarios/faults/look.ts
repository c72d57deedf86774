import type { Control } from '../../control.ts';
import type { Stage } from '../s1/stage.ts';

export interface Problem {
  readonly kind: string;
  readonly state: string;
  readonly remedy: string;
  readonly occurrences: number;
}

/** Problems about an account that are not resolved, with how often each was seen. */
export function openProblems({ demo }: Stage, connectionId: string): Promise<Problem[]> {
  return demo.db.tx('staff', (trx) =>
    trx('problems')
      .where({ connection_id: connectionId })
      .whereNot({ state: 'RESOLVED' })
      .orderBy('kind')
      .select('kind', 'state', 'remedy', 'occurrences'),
  );
}

export async function stateOf({ demo }: Stage, connectionId: string): Promise<string> {
  const row = await demo.db.tx('staff', (trx) => trx('connections').where({ id: connectionId }).first('state'));
  return row.state;
}

/** How many calls a simulated system has seen so far. */
export async function callsOf(control: Control): Promise<number> {
  const lines = await control.get<{ kind: string }[]>('log');
  return lines.filter(({ kind }) => kind === 'call').length;
}

/** "Read this stream now", without waiting for what comes of it. */
export async function ask({ demo }: Stage, connectionId: string, stream: string): Promise<void> {
  await demo.api.send('POST', `connections/${connectionId}/sync`, { stream });
}
