import type { Logger } from 'pino';
import { databaseBudget } from '../db/budget.ts';
import type { Database, Tx } from '../db/database.ts';
import { isAway, noteCallSaved } from '../db/incidents.ts';
import type { Sealer } from '../db/sealing.ts';
import type { HandOver } from './contract/access.ts';
import type { CarrierConnector } from './contract/carrier.ts';
import type { Clock, ConnectionReport, ConnectorContext } from './contract/common.ts';
import type { MarketplaceConnector } from './contract/marketplace.ts';
import type { StoreConnector } from './contract/store.ts';
import { createTurns, TURN_WAIT_MS } from './contract/turns.ts';
import { accountAway, ConnectorError } from './errors.ts';
import { type AnyConnector, connectors, secretsOf, targetsOf } from './registry.ts';
import {
  assertPublicTarget,
  type Budget,
  type CallObservation,
  type CallScope,
  type ClosableHttpClient,
  createHttpClient,
  type Permit,
  publicTargets,
  type ResolveAll,
  type TransportTimeouts,
  type Urgency,
  unlimitedBudget,
} from './transport/index.ts';

export interface OpenerDeps {
  readonly db: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly log: Logger;
  /** Loopback and private addresses may be called: for the sandbox and shops inside one's own network. */
  readonly allowPrivateTargets: boolean;
  /** Name resolution; default: the system's. */
  readonly resolve?: ResolveAll;
  /** Shorter than the attempts' lease in the effects ledger. */
  readonly timeouts?: Partial<TransportTimeouts>;
  /** How long a call waits for its turn in the account's budget before it is sent away. Default 15,000. */
  readonly longestBudgetWaitMs?: number;
  readonly scope?: () => CallScope;
  readonly onCall?: (observation: CallObservation) => void;
}

/** The account as its row says it, with the connector opened on it. */
export interface OpenConnection<Connector extends AnyConnector = AnyConnector> {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly brandId: string | null;
  readonly connector: Connector;
}

export interface ConnectionTest {
  readonly connector: string;
  readonly settings: unknown;
  readonly credentials: unknown;
  readonly onRenewed?: (credentials: Record<string, unknown>) => void;
}

/** What arrived of a hand-over, checked, to be made into credentials. */
export interface Redemption {
  readonly connector: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly credentials: Readonly<Record<string, unknown>>;
  readonly received: Readonly<Record<string, unknown>>;
}

/** Opens accounts by id: reads the row, unseals the credentials, gives the connector the one way out. */
export interface ConnectorOpener {
  store(connectionId: string): Promise<OpenConnection<StoreConnector>>;
  marketplace(connectionId: string): Promise<OpenConnection<MarketplaceConnector>>;
  carrier(connectionId: string): Promise<OpenConnection<CarrierConnector>>;
  /** For the probe of an account that is away: all others are refused until it has answered. */
  probe(connectionId: string): Promise<OpenConnection>;
  /**
   * For checking what the other side sends by itself, whatever state the account is in: laws about personal data hold for a
   * revoked one, too. Nothing may be sent with it.
   */
  listener(connectionId: string): Promise<OpenConnection>;
  /**
   * Tests credentials that are not stored yet. Where the test had to renew rotating tokens, the old ones are dead:
   * `onRenewed` gets the ones to store.
   */
  test(input: ConnectionTest): Promise<ConnectionReport>;
  /**
   * Waits for the account's next free call before it is known what exactly is sent: what is chosen then is the newest. For
   * `withPermit`; a permit that is not used is given back.
   * @throws ConnectorError RateLimited as a call itself
   */
  slot?(connectionId: string, operation: string, urgency: Urgency, signal?: AbortSignal): Promise<Permit | undefined>;
  /** Ends a hand-over: a code becomes tokens. Nothing is stored. @throws ConnectorError */
  redeem(input: Redemption): ReturnType<HandOver['redeem']>;
  close(): Promise<void>;
}

const sealedAs = (connectionId: string): string => `connection/${connectionId}`;

export function createConnectorOpener(deps: OpenerDeps): ConnectorOpener {
  const clients = new Map<string, ClosableHttpClient>();
  const secretsBy = new Map<string, (() => readonly string[])[]>();
  // A connector that is kept knows the shop's currency and units already; it is made anew when its row changed.
  const opened = new Map<string, { version: number; settings: string; sealed: Buffer; connector: AnyConnector }>();
  const budgets = new Map<string, Budget>();
  const { longestBudgetWaitMs } = deps;
  const budgetOf = (connectionId: string): Budget => {
    const known = budgets.get(connectionId);
    if (known) return known;
    const options = longestBudgetWaitMs === undefined ? {} : { longestWaitMs: longestBudgetWaitMs };
    const budget = databaseBudget(deps.db, connectionId, options);
    budgets.set(connectionId, budget);
    return budget;
  };
  const clientFor = (connectionId: string, secrets: () => readonly string[], budgeted: boolean): ClosableHttpClient =>
    createHttpClient({
      connectionId,
      log: deps.log,
      secrets,
      budget: budgeted ? budgetOf(connectionId) : unlimitedBudget,
      ...(deps.timeouts ? { timeouts: deps.timeouts } : {}),
      ...(deps.scope ? { scope: deps.scope } : {}),
      ...(deps.onCall ? { onCall: deps.onCall } : {}),
      ...(deps.allowPrivateTargets ? {} : publicTargets(deps.resolve)),
    });

  const open = async (connectionId: string, { probing = false, listening = false } = {}): Promise<OpenConnection> => {
    const { row, away } = await deps.db.tx('staff', async (trx) => ({
      row: await trx('connections').where({ id: connectionId }).first(),
      away: !probing && !listening && (await refusedByOutage(trx, connectionId)),
    }));
    if (!row) throw new ConnectorError('NotFound', `There is no connection ${connectionId}.`);
    const entry = connectors[row.connector];
    if (!entry) throw new ConnectorError('Rejected', `Nobody knows the connector ${row.connector}.`);
    if (!listening && ['PAUSED', 'REVOKED'].includes(row.state)) {
      throw new ConnectorError('Unauthorized', `${row.name} is ${row.state}: nothing is sent.`, { code: row.state });
    }
    if (away) throw accountAway(`${row.name} has not answered for a while: nothing but probes is sent to it.`);
    const known = opened.get(connectionId);
    const settings = JSON.stringify(row.settings);
    if (
      known &&
      known.version === row.version &&
      known.settings === settings &&
      known.sealed.equals(row.credentials_sealed)
    ) {
      return { id: row.id, code: row.code, name: row.name, brandId: row.brand_id, connector: known.connector };
    }
    let credentials: unknown = deps.sealer.openJson(row.credentials_sealed, sealedAs(connectionId));
    // The client stays when credentials are replaced: it must keep the new ones out of logs, and the old ones of calls under way.
    const [before] = secretsBy.get(connectionId) ?? [];
    secretsBy.set(connectionId, [() => secretsOf(credentials), ...(before ? [before] : [])]);
    let http = clients.get(connectionId);
    if (!http) {
      const all = () => (secretsBy.get(connectionId) ?? []).flatMap((one) => one());
      http = clientFor(connectionId, all, true);
      clients.set(connectionId, http);
    }
    const context: ConnectorContext<unknown, unknown> = {
      connectionId,
      credentials,
      settings: row.settings,
      http,
      clock: deps.clock,
      log: deps.log.child({ connection: row.code }),
      exclusively: (what, work) =>
        deps.db.exclusively(`${connectionId}/${what}`, work, {
          // Where calls are given up sooner, so are attempts.
          waitMs: Math.min(TURN_WAIT_MS, (deps.timeouts?.callMs ?? Number.POSITIVE_INFINITY) / 2),
          onLost: (error) =>
            deps.log.warn({ connection: row.code, what, reason: error.message }, 'a lock was lost while it was needed'),
        }),
      renewCredentials: async (refresh) => {
        credentials = await renewUnderLock(deps, connectionId, refresh);
        return credentials;
      },
    };
    const connector = entry.create(context);
    opened.set(connectionId, { version: row.version, settings, sealed: row.credentials_sealed, connector });
    return { id: row.id, code: row.code, name: row.name, brandId: row.brand_id, connector };
  };

  const openAs = async (connectionId: string, kind: AnyConnector['kind']): Promise<OpenConnection> => {
    const connection = await open(connectionId);
    if (connection.connector.kind !== kind)
      throw new Error(`${connection.code} is a ${connection.connector.kind}, not a ${kind}`);
    return connection;
  };

  return {
    store: async (id) => (await openAs(id, 'store')) as OpenConnection<StoreConnector>,
    marketplace: async (id) => (await openAs(id, 'marketplace')) as OpenConnection<MarketplaceConnector>,
    probe: (id) => open(id, { probing: true }),
    listener: (id) => open(id, { listening: true }),
    carrier: async (id) => (await openAs(id, 'carrier')) as OpenConnection<CarrierConnector>,
    slot: (connectionId, operation, urgency, signal) => budgetOf(connectionId).take(operation, 1, urgency, signal),
    test: async ({ connector: name, settings, credentials, onRenewed }) => {
      const entry = connectors[name];
      if (!entry) {
        throw new ConnectorError(
          'Rejected',
          `Nobody knows the connector ${name}; there are ${Object.keys(connectors).join(', ')}.`,
          { field: 'connector' },
        );
      }
      await assertTargets(deps, settings);
      let present = credentials;
      const secrets = () => secretsOf(present);
      const http = clientFor('not-stored-yet', secrets, false);
      try {
        const context: ConnectorContext<unknown, unknown> = {
          connectionId: 'not-stored-yet',
          credentials: present,
          settings,
          http,
          clock: deps.clock,
          log: deps.log,
          exclusively: createTurns(),
          renewCredentials: async (refresh) => {
            present = await refresh(present);
            onRenewed?.(present as Record<string, unknown>);
            return present;
          },
        };
        return await entry.create(context).testConnection();
      } finally {
        await http.close();
      }
    },
    redeem: async ({ connector: name, settings, credentials, received }) => {
      const { handOver } = connectors[name] ?? {};
      if (!handOver) throw new ConnectorError('Rejected', `${name} hands nothing over.`, { field: 'connector' });
      await assertTargets(deps, settings);
      const http = clientFor('not-stored-yet', () => secretsOf([credentials, received]), false);
      try {
        return await handOver.redeem({ http, settings, credentials, received, now: await deps.clock.now() });
      } finally {
        await http.close();
      }
    },
    close: async () => {
      await Promise.all([...clients.values()].map((client) => client.close()));
      clients.clear();
    },
  };
}

/** Whether the account is away; what is not tried therefore is counted. */
async function refusedByOutage(trx: Tx, connectionId: string): Promise<boolean> {
  if (!(await isAway(trx, connectionId))) return false;
  await noteCallSaved(trx, connectionId);
  return true;
}

/** @throws ConnectorError when an address in the settings is none that may be called */
async function assertTargets({ allowPrivateTargets, resolve }: OpenerDeps, settings: unknown): Promise<void> {
  const options = { allowPrivate: allowPrivateTargets, ...(resolve ? { resolve } : {}) };
  for (const url of targetsOf(settings)) await assertPublicTarget(url, options);
}

/** Two workers that see an old token at once refresh it once: the second finds the new one under the lock. */
async function renewUnderLock(
  { db, sealer }: OpenerDeps,
  connectionId: string,
  refresh: (latest: unknown) => Promise<unknown>,
): Promise<unknown> {
  return db.tx('staff', async (trx) => {
    const row = await trx('connections').where({ id: connectionId }).forNoKeyUpdate().first('credentials_sealed');
    const latest = sealer.openJson(row.credentials_sealed, sealedAs(connectionId));
    const renewed = await refresh(latest);
    if (renewed !== latest) {
      await trx('connections')
        .where({ id: connectionId })
        .update({
          credentials_sealed: sealer.sealJson(renewed, sealedAs(connectionId)),
          credentials_key_id: sealer.keyId,
        });
    }
    return renewed;
  });
}
