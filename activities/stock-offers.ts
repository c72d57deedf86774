import { randomUUID } from 'node:crypto';
import type { RowOutcome } from '../connectors/contract/common.ts';
import { EffectPending } from '../db/effects.ts';
import { reportProblem, resolveProblem } from '../db/problems.ts';
import type { Command } from '../db/steps.ts';
import { type PlannedWrite, planWrites, recordFailed, recordWritten } from '../db/stock-writes.ts';
import { type ActivityDeps, commandOf } from './deps.ts';
import { sendDeltas } from './stock-deltas.ts';

/** Writes in one go; more waits for the next round of the same process. */
const roundLimit = 200;

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
      for (const { id } of done) await resolveProblem(trx, `listing-sku/${id}/offer`, command);
      for (const write of failed) {
        const outcome = outcomeOf.get(write.sellerSku);
        const reason = outcome?.ok === false ? outcome.reason : 'The answer does not say what became of it.';
        await trx('listing_skus').where({ id: write.id }).update({ last_error: reason });
        await reportProblem(trx, refusedProblem(connectionId, write, reason), command);
      }
      return { failed: failed.length, freed };
    });
  };

  return {
    /**
     * Sends what differs between what is wanted and what may be shown, decreases first, in batches as the connector takes
     * them. Each batch is chosen and marked just before its call, so that it carries the newest values; a raise waits for
     * the cuts that it needs. Absolute: may be repeated.
     */
    async pushStock(connectionId: string): Promise<StockRound> {
      const by = randomUUID();
      const total = { sent: 0, failed: 0, freed: 0 };
      const { connector } = await deps.open.marketplace(connectionId);
      const size = connector.capabilities.stockBatchSize;
      for (;;) {
        const command = await commandOf(deps, `offers/${connectionId}/${by}/plan`);
        const { writes, leasedForMs } = await plan(connectionId, size, by, command);
        if (writes.length === 0) {
          if (total.sent === 0 && leasedForMs > 0)
            throw new EffectPending(`stock/${connectionId}`, 'an earlier write may still be under way', leasedForMs);
          return { ...total, more: false };
        }
        await deps.checkpoint('stock:before-call');
        const outcomes = await send(connectionId, writes, by);
        await deps.checkpoint('stock:after-call');
        const { failed, freed } = await record(connectionId, writes, outcomes, by);
        total.sent += writes.length;
        total.failed += failed;
        total.freed += freed;
        // Rows that were refused stay due: they are tried again by the next round, not by this one.
        if (failed > 0 || total.sent >= roundLimit) return { ...total, more: failed < writes.length };
      }
    },
  };
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
