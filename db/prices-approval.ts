import type { Tx } from './database.ts';
import { decidePrice } from './prices-proposals.ts';
import { type Command, mustStep, type Row, type StepResult } from './steps.ts';

/** What approving a listing with open prices came to; `seen`: go on with the content, the listing is at this version now. */
export type ApprovedPrices =
  | {
      readonly ok: boolean;
      readonly state: string;
      readonly version: number;
      readonly code?: string;
      readonly why?: string;
    }
  | { readonly seen: number };

class PriceRefused extends Error {
  override readonly name = 'PriceRefused';
  readonly result: Extract<StepResult, { ok: false }>;

  constructor(result: Extract<StepResult, { ok: false }>) {
    super(result.why);
    this.result = result;
  }
}

/**
 * Approves the prices of a live listing that wait for a person, together with it. Where nothing else of it waits, that is
 * all: its content is not submitted once more. One price that cannot be approved refuses all of it, and nothing is written.
 * Null: no price of it waits. The row is locked by the caller.
 */
export async function approveWithPrices(
  trx: Tx,
  row: Row,
  expectedVersion: number | undefined,
  command: Command,
): Promise<ApprovedPrices | null> {
  const before = await trx('transitions')
    .where({ command_id: command.commandId, machine: 'listing', entity_id: row.id, event: 'PRICE_DECIDED' })
    .first('to_state', 'version');
  if (before) return { ok: true, state: before.to_state, version: before.version };
  if (row.state !== 'UPDATE' || (expectedVersion !== undefined && expectedVersion !== row.version)) return null;
  const open: string[] = await trx('price_proposals')
    .where({ listing_id: row.id, state: 'PROPOSED' })
    .orderBy('id')
    .pluck('id');
  if (open.length === 0) return null;
  try {
    return await trx.transaction((inner) => approveAll(inner, row, open, command));
  } catch (error) {
    if (!(error instanceof PriceRefused)) throw error;
    const { code, why } = error.result;
    return { ok: false, state: row.state, version: row.version, code, why };
  }
}

async function approveAll(trx: Tx, row: Row, open: readonly string[], command: Command): Promise<ApprovedPrices> {
  for (const id of open) {
    const result = await decidePrice(trx, { id, event: 'APPROVE', tellListing: false }, command);
    if (!result.ok) throw new PriceRefused(result);
  }
  const hasNews = row.content_hash !== row.submitted_hash;
  const step = await mustStep(
    trx,
    { machine: 'listing', id: row.id, event: 'PRICE_DECIDED' },
    // The content's own approval takes the command's id where it follows.
    { ...command, role: 'system', commandId: hasNews ? `${command.commandId}/prices` : command.commandId },
  );
  return hasNews ? { seen: step.version } : { ok: true, state: step.state, version: step.version };
}
