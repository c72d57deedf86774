import type { Tx } from './database.ts';
import { refiningKey } from './follow-ups.ts';
import type { Command } from './steps.ts';
import { wake } from './stock.ts';

/** Wakes the process that refines stale products and composes stale listings again. */
export async function wakeRefining(trx: Tx, command: Command): Promise<void> {
  await wake(trx, [{ topic: 'refining', key: refiningKey, payload: {} }], command);
}
