import { ConnectorError } from '../connectors/errors.ts';
import type { OpenConnection } from '../connectors/open.ts';
import { noteAnsweredCall, noteFailedCall } from '../db/connection-health.ts';
import { offerSlice, shrinkDue } from '../db/incident-offers.ts';
import {
  closeIncident,
  type IncidentNext,
  type IncidentView,
  nextToDrain,
  nothingToCompare,
  readIncident,
  recoveryStepDone,
} from '../db/incident-steps.ts';
import { probeFailed, wakeIncidents } from '../db/incidents.ts';
import type { Command } from '../db/steps.ts';
import { type ActivityDeps, commandOf } from './deps.ts';

const hourMs = 60 * 60 * 1000;

/** One cheap reading that needs everything an account's other calls need: address, TLS, credentials, the right. */
async function ask({ connector }: OpenConnection, now: Date): Promise<void> {
  switch (connector.kind) {
    case 'store':
      await connector.readProducts({ cursor: null, changedSince: now, pageSize: 1 });
      return;
    case 'marketplace':
      await connector.listOrders({ since: new Date(now.getTime() - hourMs), until: now, cursor: null });
      return;
    case 'carrier':
      await connector.findBooking('tradelane-probe', now);
      return;
  }
}

/** Shops of which one tick reckons a slice, and slices of one activity. */
const shopsATick = 4;
const slicesAtOnce = 10;

/**
 * Moves the shops that are away to the stage that is due, and reckons one slice of each; a small shop is done with it. The
 * tick waits for no large one: the process of its incident does the rest, and where that is busy with a recovery, the next ticks.
 */
export async function shrinkStale(deps: ActivityDeps, command: Command): Promise<void> {
  const due = await deps.db.tx('staff', (trx) => shrinkDue(trx, command.at));
  for (const connectionId of due.slice(0, shopsATick))
    await deps.db.tx('staff', (trx) => offerSlice(trx, connectionId, command));
  await deps.db.tx('staff', (trx) => wakeIncidents(trx, command));
}

export function outageActivities(deps: ActivityDeps) {
  return {
    /** The account's incident as its row says it, and the next thing to do. */
    async readIncident(connectionId: string): Promise<{ view: IncidentView | null; next: IncidentNext }> {
      const at = await deps.clock.now();
      return deps.db.tx('staff', (trx) => readIncident(trx, connectionId, at));
    },

    /** Asks the account once. No answer makes the pause longer; an answer begins the recovery. */
    async probeAccount(connectionId: string): Promise<{ answered: boolean }> {
      const command = await commandOf(deps, `incident/${connectionId}/probe`);
      try {
        await ask(await deps.open.probe(connectionId), command.at);
      } catch (error) {
        if (!(error instanceof ConnectorError) || ['PAUSED', 'REVOKED'].includes(error.details.code ?? '')) throw error;
        const { kind, message, details } = error;
        if (kind === 'Unauthorized') {
          const refused = { failure: 'refused', operation: 'probe', remedy: details.remedy ?? null } as const;
          await deps.db.tx('staff', (trx) => noteFailedCall(trx, { connectionId, message, ...refused }, command));
          return { answered: false };
        }
        // A throttle or a refusal of what was asked is an answer, too: somebody is there.
        const isAnswer = kind === 'RateLimited' || kind === 'NotFound' || kind === 'Rejected';
        if (!isAnswer) {
          await deps.db.tx('staff', (trx) => probeFailed(trx, connectionId, message, command));
          return { answered: false };
        }
      }
      await deps.db.tx('staff', (trx) => noteAnsweredCall(trx, connectionId, command));
      return { answered: true };
    },

    /** The next orders for the shop, earliest ship-by deadline first; none: all were handed over. */
    async nextToDrain(connectionId: string): Promise<{ orders: string[] }> {
      const command = await commandOf(deps, `incident/${connectionId}/drain`);
      return { orders: await deps.db.tx('staff', (trx) => nextToDrain(trx, connectionId, command)) };
    },

    /** Notes that a step of the recovery is done. */
    async recoveryStepDone(
      connectionId: string,
      step: 'catalogue' | 'compare' | 'stock',
      runId: string | null,
    ): Promise<void> {
      const command = await commandOf(deps, `incident/${connectionId}/${step}`);
      await deps.db.tx('staff', (trx) => recoveryStepDone(trx, connectionId, step, runId, command));
    },

    /** Of an account that is no shop nothing is compared. */
    async nothingToCompare(connectionId: string): Promise<void> {
      const command = await commandOf(deps, `incident/${connectionId}/nothing-to-compare`);
      await deps.db.tx('staff', (trx) => nothingToCompare(trx, connectionId, command));
    },

    /** Reckons the next quotas of a shop by the stage that holds now: a bounded part, and the row says where the next goes on. */
    async restoreOffers(connectionId: string): Promise<void> {
      const command = await commandOf(deps, `incident/${connectionId}/restore`);
      for (let slice = 0; slice < slicesAtOnce; slice += 1)
        if (!(await deps.db.tx('staff', (trx) => offerSlice(trx, connectionId, command)))) return;
    },

    /** Writes the report and ends the incident. */
    async closeIncident(connectionId: string): Promise<void> {
      const command = await commandOf(deps, `incident/${connectionId}/close`);
      await deps.db.tx('staff', (trx) => closeIncident(trx, connectionId, command));
    },
  };
}
