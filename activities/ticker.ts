import { startStream, startTick } from '../client/temporal/deliver.ts';
import { reconcileSchedules } from '../client/temporal/schedules.ts';
import { askByRule, confirmationsDue, endSilence, ordersToAskAbout, remindBrand } from '../db/confirmation-rules.ts';
import { wakeWaitingFor } from '../db/connection-health.ts';
import { closeDueConsignments } from '../db/consignments.ts';
import type { Tx } from '../db/database.ts';
import { abandonUnwanted } from '../db/effect-sweep.ts';
import { consignmentKey, orderKey } from '../db/follow-ups.ts';
import { forgetHandOvers } from '../db/hand-overs.ts';
import { noteCallSaved, openIncident } from '../db/incidents.ts';
import { reportKeptAddresses } from '../db/kept-addresses.ts';
import { wakeImpatientSlots } from '../db/label-mail.ts';
import { reportOverdueReviews } from '../db/listing-outcomes.ts';
import { reserveWaiting, stepOrder } from '../db/orders.ts';
import { callCouriers, callOffCouriers } from '../db/pickups.ts';
import { expirePrices, repriceDue } from '../db/prices-due.ts';
import { reportProblem } from '../db/problems.ts';
import { type Command, step } from '../db/steps.ts';
import { wake } from '../db/stock.ts';
import { expireAdjustments } from '../db/stock-adjustments.ts';
import { watchThrottles } from '../db/throttles.ts';
import { rechooseOpen } from './carrier-rechoice.ts';
import { type ActivityDeps, commandOf } from './deps.ts';
import { planDueSlots, priceChanged } from './freight.ts';
import { auditFreight } from './freight-audit.ts';
import { labelsDue } from './late-labels.ts';
import { shrinkStale } from './outages.ts';

export interface TickReport {
  readonly closedConsignments: number;
  readonly silentCancels: number;
  readonly wokenProblems: number;
  readonly triedAgain: number;
  /** Orders that had been waiting for stock and have it now. */
  readonly served: number;
  readonly forgotten: number;
}

/** Answers are given again for a month; who asks later than that asks anew. */
const answersRetentionMs = 30 * 24 * 60 * 60 * 1000;
const outboxRetentionMs = 7 * 24 * 60 * 60 * 1000;

export function tickerActivities(deps: ActivityDeps) {
  return {
    /** Turns everything that is due at the present time into events. Twice at one time does nothing new. */
    async runDue(): Promise<TickReport> {
      const command = await commandOf(deps, 'tick');
      const { at } = command;
      const untaken = await rechooseOpen(deps, command);
      const held = new Set([...untaken, ...(await planDueSlots(deps, command))]);
      const closed = await deps.db.tx('staff', (trx) => closeDueConsignments(trx, command, held));
      await priceChanged(deps);
      await auditFreight(deps, command);
      await deps.db.tx('staff', (trx) => wakeImpatientSlots(trx, command));
      await tickCarriers(deps, command);
      const silent = await deps.db.tx('staff', (trx) =>
        trx('orders')
          .where({ state: 'CANCEL_PENDING' })
          .where('cancel_due_at', '<=', at)
          .orderBy('id')
          .select('id', 'version'),
      );
      for (const { id, version } of silent) {
        await deps.db.tx('staff', (trx) =>
          stepOrder(
            trx,
            { id, event: 'CANCEL_IMPOSSIBLE' },
            {
              ...command,
              commandId: `order/${id}/cancel-silent/${version}`,
              role: 'rule',
              why: 'The shop was silent past the deadline.',
            },
          ),
        );
      }
      await tickConfirmations(deps, command);
      const snoozed = await deps.db.tx('staff', (trx) =>
        trx('problems').where({ state: 'SNOOZED' }).where('snoozed_until', '<=', at).select('id', 'version'),
      );
      for (const { id, version } of snoozed) {
        await deps.db.tx('staff', (trx) =>
          step(
            trx,
            { machine: 'problem', id, event: 'WAKE', changes: { snoozed_until: null } },
            { ...command, commandId: `problem/${id}/wake/${version}`, role: 'rule' },
          ),
        );
      }
      // Typed prices end, sales begin and end; each round is a transaction of its own.
      while ((await deps.db.tx('staff', (trx) => expirePrices(trx, command))) > 0);
      while ((await deps.db.tx('staff', (trx) => repriceDue(trx, command))) > 0);
      await deps.db.tx('staff', (trx) => abandonUnwanted(trx, command));
      await deps.db.tx('staff', (trx) => expireAdjustments(trx, command));
      await deps.db.tx('staff', (trx) => reportOverdueReviews(trx, command));
      const { addressReviewDays } = deps;
      if (addressReviewDays !== undefined)
        await deps.db.tx('staff', (trx) => reportKeptAddresses(trx, addressReviewDays, command));
      await shrinkStale(deps, command);
      await deps.db.tx('staff', (trx) => watchThrottles(trx, command));
      const { served } = await deps.db.tx('staff', (trx) => reserveWaiting(trx, command));
      // Orders that could not be planned are tried again: what was missing may be there now.
      const stuck = await deps.db.tx('staff', (trx) =>
        trx('orders').where({ state: 'APPROVED' }).orderBy('id').limit(500).pluck('id'),
      );
      await deps.db.tx('staff', (trx) =>
        wake(
          trx,
          stuck.map((id: string) => ({ topic: 'order', key: orderKey(id), payload: { id } })),
          command,
        ),
      );
      const forgotten = await deps.db.tx('staff', async (trx) => {
        const raw = await trx('channel_orders')
          .whereNotNull('raw')
          .where('raw_expires_at', '<=', at)
          .update({ raw: null });
        const inbox = await trx('webhook_inbox')
          .whereNotNull('raw')
          .where('raw_expires_at', '<=', at)
          .update({ raw: null });
        await trx('outbox')
          .whereNotNull('delivered_at')
          .where('delivered_at', '<', new Date(deps.wall().getTime() - outboxRetentionMs))
          .delete();
        const monthAgo = new Date(deps.wall().getTime() - answersRetentionMs);
        for (const table of ['answered_commands', 'login_attempts'])
          await trx(table).where('at', '<', monthAgo).delete();
        return raw + inbox + (await forgetHandOvers(trx, deps.wall()));
      });
      return {
        closedConsignments: closed.closed,
        silentCancels: silent.length,
        wokenProblems: snoozed.length,
        triedAgain: stuck.length,
        served,
        forgotten,
      };
    },

    /** Starts the reading of a stream; called by schedules, so that a stream has one process whoever asks. */
    async startStream(connectionId: string, stream: string): Promise<void> {
      if (await deps.db.tx('staff', (trx) => leftToIncident(trx, connectionId))) return;
      await startStream(deps.client, deps.installation, connectionId, stream);
    },

    /** An activity was given up because its time was over: nobody else saw that. */
    async noteTimeOut(activity: string, what: string): Promise<void> {
      const command = await commandOf(deps, `timed-out/${activity}`);
      await deps.db.tx('staff', (trx) =>
        reportProblem(
          trx,
          {
            causeKey: `activity/${activity}/unexpected`,
            kind: 'activity-unexpected',
            severity: 'error',
            title: `${activity} is not finished in time`,
            detail: `${what}: it was given up after its time-out.`,
            remedy: 'It is tried again by itself. If it stays, look at the account’s answers in the log.',
          },
          command,
        ),
      );
    },

    async startTick(): Promise<void> {
      await startTick(deps.client, deps.installation);
    },

    /** After a connection changed: its schedules, and a first reading. */
    async connectionChanged(connectionId: string): Promise<{ state: string; streams: string[] }> {
      const row = await deps.db.tx('staff', (trx) => trx('connections').where({ id: connectionId }).first());
      await reconcileSchedules(deps.client, deps.db, deps.installation, { paused: deps.pausedSchedules });
      if (row.state !== 'CONNECTED') return { state: row.state, streams: [] };
      const command = await commandOf(deps, `connection/${connectionId}/changed/${row.version}`);
      await deps.db.tx('staff', (trx) => wakeWaitingFor(trx, connectionId, command));
      const streams = row.kind === 'store' ? ['catalogue'] : row.kind === 'marketplace' ? ['orders'] : [];
      for (const stream of streams) await startStream(deps.client, deps.installation, connectionId, stream);
      return { state: row.state, streams };
    },
  };
}

/**
 * While an account is away none of its streams is read; while a shop is caught up with, its incident reads everything. True
 * where that is so, and it is counted.
 */
async function leftToIncident(trx: Tx, connectionId: string): Promise<boolean> {
  const incident = await openIncident(trx, connectionId);
  if (!incident) return false;
  const { kind } = await trx('connections').where({ id: connectionId }).first('kind');
  if (incident.state !== 'OPEN' && kind !== 'store') return false;
  if (incident.state === 'OPEN') await noteCallSaved(trx, connectionId);
  return true;
}

/** Labels that came late are asked for again, couriers are called and called off. */
async function tickCarriers(deps: ActivityDeps, command: Command): Promise<void> {
  await deps.db.tx('staff', (trx) => callCouriers(trx, command));
  await deps.db.tx('staff', (trx) => callOffCouriers(trx, command));
  await deps.db.tx('staff', async (trx) => {
    const late = await labelsDue(trx, command.at);
    const work = late.map((id) => ({ topic: 'consignment' as const, key: consignmentKey(id), payload: { id } }));
    await wake(trx, work, command);
  });
}

/** Questions to brands: asked by their rule, reminded of, and ended when the deadline passed in silence. */
async function tickConfirmations(deps: ActivityDeps, command: Command): Promise<void> {
  const toAsk = await deps.db.tx('staff', (trx) => ordersToAskAbout(trx));
  for (const id of toAsk) await deps.db.tx('staff', (trx) => askByRule(trx, id, command));
  const { overdue, toRemind } = await deps.db.tx('staff', (trx) => confirmationsDue(trx, command.at));
  for (const id of toRemind) await deps.db.tx('staff', (trx) => remindBrand(trx, id, command));
  for (const id of overdue) await deps.db.tx('staff', (trx) => endSilence(trx, id, command));
}
