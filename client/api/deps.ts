import type { TSchema } from '@sinclair/typebox';
import type { Logger } from 'pino';
import type { Settings } from '../../config/load.ts';
import type { AccessWay, HandOver } from '../../connectors/contract/access.ts';
import type {
  Clock,
  ConnectionFinding,
  ConnectionReport,
  WebhookDelivery,
  WebhookVerdict,
} from '../../connectors/contract/common.ts';
import type { ResolveAll } from '../../connectors/transport/index.ts';
import type { Database } from '../../db/database.ts';
import type { Sealer } from '../../db/sealing.ts';
import type { TemporalGateway } from '../temporal/gateway.ts';

export type { TemporalGateway };

export type ConnectorKind = 'store' | 'marketplace' | 'carrier';

/** What a person fills in to connect an account: one schema with titles for settings, one for credentials. */
export interface ConnectorInfo {
  readonly name: string;
  readonly title: string;
  readonly kind: ConnectorKind;
  readonly settings: TSchema;
  readonly credentials: TSchema;
  readonly ways?: readonly AccessWay[];
  readonly handOver?: HandOver;
}

export type Values = Readonly<Record<string, unknown>>;

/** The part of an opened account that the API uses itself. */
export interface OpenedConnector {
  testConnection(): Promise<ConnectionReport>;
  /** Of a carrier: which consignments it takes, among others. */
  readonly capabilities?: object;
  /** Of a carrier: what it takes at most and where, as far as known. */
  readonly limits?: object;
  /** What the other side signs with, where that is part of the credentials. */
  webhookSecret?(): string;
  verifyWebhook?(delivery: WebhookDelivery, secret: string): WebhookVerdict;
}

/** Mails that the local mail catcher holds, as its own HTTP answers show them. */
export interface MailCatcher {
  list(): Promise<readonly CaughtMail[]>;
  one(id: string): Promise<CaughtMailDetail | null>;
}

export interface CaughtMail {
  readonly id: string;
  readonly subject: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly receivedAt: string;
}

export interface CaughtMailDetail extends CaughtMail {
  readonly text: string | null;
  readonly html: string | null;
  readonly attachments: readonly { readonly fileName: string; readonly contentType: string; readonly bytes: number }[];
}

export interface ApiDeps {
  readonly db: Database;
  readonly sealer: Sealer;
  /** Business time. */
  readonly clock: Clock;
  /** Technical time, for sessions and login throttling: a simulation that jumps a week logs nobody out. */
  readonly wallClock: Clock;
  readonly newId: () => string;
  readonly log: Logger;
  readonly config: Pick<Settings, 'api' | 'allowPrivateTargets'>;
  /** Null while no Temporal server is configured. */
  readonly temporal: TemporalGateway | null;
  readonly connectors: readonly ConnectorInfo[];
  /** `listening`: only to check what arrives, also of an account that is paused, revoked or away. */
  readonly openConnector: (
    connectionId: string,
    kind: ConnectorKind,
    purpose?: 'listening',
  ) => Promise<OpenedConnector>;
  /** Tests credentials that are not stored yet. Throws `ConnectorError` where it cannot even ask. */
  readonly testConnection: (input: {
    readonly connector: string;
    readonly settings: Values;
    readonly credentials: Values;
    /** Rotating tokens that the test had to renew: the old ones are dead, these are the ones to store. */
    readonly onRenewed?: (credentials: Values) => void;
  }) => Promise<ConnectionReport>;
  /** Makes credentials of what a hand-over brought; stores nothing. Throws `ConnectorError`. */
  readonly redeemHandOver: (input: {
    readonly connector: string;
    readonly settings: Values;
    readonly credentials: Values;
    readonly received: Values;
  }) => Promise<{ readonly credentials: Values; readonly findings: readonly ConnectionFinding[] }>;
  /** Name resolution for addresses that people type; absent: the system's. */
  readonly resolve?: ResolveAll;
  readonly mailCatcher: MailCatcher | null;
  /** Fetches the daily file of exchange rates; absent where no address is configured. @throws ApiError */
  readonly rateFile?: () => Promise<string>;
}
