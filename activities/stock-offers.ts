import { randomUUID } from 'node:crypto';
import type { RowOutcome } from '../connectors/contract/common.ts';
import type { Urgency } from '../connectors/transport/index.ts';
import type { Tx } from '../db/database.ts';
import { EffectPending } from '../db/effects.ts';
import { reportProblem, resolveProblem } from '../db/problems.ts';
import type { Command } from '../db/steps.ts';
import {
  dueStock,
  longestLease,
  type PlannedWrite,
  planWrites,
  recordFailed,
  recordWritten,
} from '../db/stock-writes.ts';
import { type ActivityDeps, commandOf } from './deps.ts';
import { inLanes, inTurn, oneAtATime } from './offer-turns.ts';
import { sendDeltas } from './stock-deltas.ts';

/** A round begins no further batch after this; what is left is the next round's, which reads orders where cuts freed units. */
const roundMs = 20_000;
/** Batches side by side: while one is on its way the next is chosen. */
const lanes = 3;

export interface StockRound {
  readonly sent: number;
  readonly failed: number;
  readonly more: boolean;
  /** Cuts for which another marketplace waits: orders are to be read before their units are free. */
  readonly freed: number;
}

export function stockOfferActivities(deps: ActivityDeps) {
  const plan = async (connectionId: string, limit: number, by: string, command: Command) =>
    deps.db.tx('staff', (trx) =>
      planWrites(trx, { connectionId, limit, by, wallNow: deps.wall(), leaseMs: deps.waits.leaseMs }, command),
    );

  /** Sends one batch that is marked as under way. Whatever becomes of the call, the marks say what may be shown. */
  const send = async (connectionId: string, writes: readonly PlannedWrite[], by: string): Promise<RowOutcome[]> => {
    const { connector } = await deps.open.marketplace(connectionId);
    try {
      if (connector.capabilities.stockWrites === 'delta')
        return await sendDeltas(deps, { connectionId, connector }, writes, by);
      return [...(await connector.writeStock(writes))];
    } catch (error) {
      await deps.db.tx('staff', (trx) => recordFailed(trx, writes, by));
      throw error;
    }
  };

  const record = async (
    connectionId: string,
    writes: readonly PlannedWrite[],
    outcomes: readonly RowOutcome[],
    by: string,
  ): Promise<{ failed: number; freed: number }> => {
    const command = await commandOf(deps, `offers/${connectionId}/${by}`);
    const outcomeOf = new Map(outcomes.map((outcome) => [outcome.key, outcome]));
    const done = writes.filter(({ sellerSku }) => outcomeOf.get(sellerSku)?.ok === true);
    const failed = writes.filter((write) => !done.includes(write));
    return deps.db.tx('staff', async (trx) => {
      const { freed } = await recordWritten(trx, done, by, command);
      await recordFailed(trx, failed, by);
      await resolveRefusals(trx, done, command);
      for (const write of failed) {
        const outcome = outcomeOf.get(write.sellerSku);
        const reason = outcome?.ok === false ? outcome.reason : 'The answer does not say what became of it.';
        await trx('listing_skus').where({ id: write.id }).update({ last_error: reason });
        await reportProblem(trx, refusedProblem(connectionId, write, reason), command);
      }
      return { failed: failed.length, freed };
    });
  };

  const wanted = (connectionId: string) => async (): Promise<Urgency | null> => {
    const due = await deps.db.tx('staff', (trx) => dueStock(trx, connectionId, deps.wall()));
    return due === null ? null : { priority: `stock-${due}`, brandId: null };
  };

  return {
    /**
     * Sends what differs between what is wanted and what may be shown, decreases first and the brands in turn, in batches as the
     * connector takes them. Each batch is chosen and marked when the account's budget has a call for it, so that it carries the
     * newest values; a raise waits for the cuts that it needs. Absolute: may be repeated.
     */
    async pushStock(connectionId: string): Promise<StockRound> {
      const by = randomUUID();
      const total = { sent: 0, failed: 0, freed: 0 };
      const { connector } = await deps.open.marketplace(connectionId);
      const { stockBatchSize, stockWrites } = connector.capabilities;
      const alone = oneAtATime();
      const untilMs = performance.now() + roundMs;
      let leasedForMs = 0;
      let isOver = false;
      let more = false;
      const batch = async (): Promise<void> => {
        const command = await commandOf(deps, `offers/${connectionId}/${by}/plan`);
        const planned = await alone(() => plan(connectionId, stockBatchSize, by, command));
        const { writes } = planned;
        if (writes.length === 0) {
          leasedForMs = planned.leasedForMs;
          isOver = true;
          return;
        }
        if (isOver) return deps.db.tx('staff', (trx) => recordFailed(trx, writes, by));
        await deps.checkpoint('stock:before-call');
        const outcomes = await send(connectionId, writes, by);
        // Before the rows are free again: no other lane takes up what was refused in this round.
        if (outcomes.length < writes.length || outcomes.some(({ ok }) => !ok)) isOver = true;
        await deps.checkpoint('stock:after-call');
        const { failed, freed } = await record(connectionId, writes, outcomes, by);
        total.sent += writes.length;
        total.failed += failed;
        total.freed += freed;
        // Rows that were refused stay due: they are tried again by the next round, not by this one.
        if (failed > 0) {
          isOver = true;
          more = failed < writes.length;
        }
      };
      await inLanes(stockWrites === 'delta' ? 1 : lanes, async (goesOn) => {
        while (goesOn() && !isOver) {
          const turn = { connectionId, operation: 'stock.write', wanted: wanted(connectionId) };
          if (!(await inTurn(deps, turn, batch))) isOver = true;
          else if (performance.now() > untilMs) {
            isOver = true;
            more = true;
          }
        }
      });
      if (total.sent === 0)
        leasedForMs ||= await deps.db.tx('staff', (trx) => longestLease(trx, connectionId, deps.wall()));
      if (total.sent === 0 && leasedForMs > 0)
        throw new EffectPending(`stock/${connectionId}`, 'an earlier write may still be under way', leasedForMs);
      return { ...total, more };
    },
  };
}

/** What had been refused and was taken now is no problem any more. */
async function resolveRefusals(trx: Tx, done: readonly PlannedWrite[], command: Command): Promise<void> {
  const keys = done.map(({ id }) => `listing-sku/${id}/offer`);
  const open: string[] = await trx('problems')
    .whereIn('cause_key', keys)
    .whereNot({ state: 'RESOLVED' })
    .orderBy('cause_key')
    .pluck('cause_key');
  for (const key of open) await resolveProblem(trx, key, command);
}

function refusedProblem(connectionId: string, write: PlannedWrite, reason: string) {
  return {
    causeKey: `listing-sku/${write.id}/offer`,
    kind: 'offer-refused',
    severity: 'warning',
    title: `${write.sellerSku}: the marketplace would not take its stock or price`,
    detail: reason,
    remedy: 'Look at the listing over there; it is tried again at the next round.',
    entityKind: 'listing',
    entityId: write.listingId,
    connectionId,
  } as const;
}
