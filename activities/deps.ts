import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Clock } from '../connectors/contract/common.ts';
import type { ConnectorOpener } from '../connectors/open.ts';
import type { Database } from '../db/database.ts';
import type { EffectDeps } from '../db/effects.ts';
import type { Sealer } from '../db/sealing.ts';
import type { Command } from '../db/steps.ts';
import type { Mailer } from '../mail/send.ts';
import type { TranslationProvider } from '../translation/provider.ts';

/** How far a long activity is, told with its heartbeats: its next attempt finds it, also on another worker. */
export interface ActivityPlace {
  /** What the last attempt (or this one) kept; null: nothing. */
  read(): unknown;
  /** Ids only, no personal data. What was kept a few seconds before a worker was killed may be lost. */
  keep(place: unknown): void;
}

/** What activities are given; a test gives them other ones. */
export interface ActivityDeps extends EffectDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly sealer: Sealer;
  readonly open: ConnectorOpener;
  readonly mailer: Mailer;
  readonly client: Client;
  /** Loopback and private addresses may be called (sandbox, shops in one's own network). */
  readonly allowPrivateTargets: boolean;
  readonly installation: string;
  /** An order that is open for longer, and so keeps its buyer's address, becomes a problem. Absent: none does. */
  readonly addressReviewDays?: number;
  /** Where outside systems report changes, without a slash at its end; absent where none can reach us. */
  readonly publicUrl?: string | null;
  /** Absent where nothing survives an attempt. */
  readonly place?: ActivityPlace;
  /** Where people reach us from links in mails and codes on labels, without a slash at its end. */
  readonly linkUrl: string;
  /** Schedules are made paused where a simulation asks for everything by itself. */
  readonly pausedSchedules: boolean;
  /** Machine translation; null or absent where none is configured: people translate. */
  readonly translator?: TranslationProvider | null;
  /** Lengths of technical waits in milliseconds; short ones in tests and simulations. */
  readonly waits: { readonly settleMs: number; readonly leaseMs: number };
}

/** A command of our own processes. `name` and its parts are stable, so that a repeated activity is a repeated command. */
export async function commandOf(
  deps: Pick<ActivityDeps, 'clock'>,
  commandId: string,
  correlationId?: string,
): Promise<Command> {
  return {
    commandId,
    actor: 'tradelane',
    role: 'system',
    at: await deps.clock.now(),
    ...(correlationId ? { correlationId } : {}),
  };
}
