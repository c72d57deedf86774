import { Value } from '@sinclair/typebox/value';
import type { Logger } from 'pino';
import type { Database } from '../db/database.ts';
import type { Sealer } from '../db/sealing.ts';
import { databaseBudget } from '../db/budget.ts';
import type { CarrierConnector } from './contract/carrier.ts';
import type { Clock, ConnectionReport, ConnectorContext } from './contract/common.ts';
import type { MarketplaceConnector } from './contract/marketplace.ts';
import type { StoreConnector } from './contract/store.ts';
import { ConnectorError } from './errors.ts';
import { connectors } from './registry.ts';
import {
  type CallObservation,
  type CallScope,
  type ClosableHttpClient,
  createHttpClient,
  publicOnlyLookup,
  unlimitedBudget,
} from './transport/index.ts';

export interface OpenerDeps {
  readonly db: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly log: Logger;
  /** Loopback and private addresses may be called: for the sandbox and shops inside one's own network. */
  readonly allowPrivateTargets: boolean;
  readonly scope?: () => CallScope;
  readonly onCall?: (observation: CallObservation) => void;
}

export type AnyConnector = StoreConnector | MarketplaceConnector | CarrierConnector;

/** The account as its row says it, with the connector opened on it. */
export interface OpenConnection<Connector extends AnyConnector = AnyConnector> {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly brandId: string | null;
  readonly connector: Connector;
}

/** Opens accounts by id: reads the row, unseals the credentials, gives the connector the one way out. */
export interface ConnectorOpener {
  store(connectionId: string): Promise<OpenConnection<StoreConnector>>;
  marketplace(connectionId: string): Promise<OpenConnection<MarketplaceConnector>>;
  carrier(connectionId: string): Promise<OpenConnection<CarrierConnector>>;
  /** Tests credentials that are not stored yet. */
  test(input: { connector: string; settings: unknown; credentials: unknown }): Promise<ConnectionReport>;
  close(): Promise<void>;
}

const sealedAs = (connectionId: string): string => `connection/${connectionId}`;

function checked(schema: Parameters<typeof Value.Check>[0], value: unknown, what: string): unknown {
  const faults = [...Value.Errors(schema, value)].map(({ path, message }) => `${path || '/'}: ${message}`);
  if (faults.length > 0) {
    throw new ConnectorError('Rejected', `The ${what} are not complete: ${faults.slice(0, 5).join('; ')}.`, {
      field: what,
      remedy: 'Correct the named fields and connect again.',
    });
  }
  return value;
}

export function createConnectorOpener(deps: OpenerDeps): ConnectorOpener {
  const clients = new Map<string, ClosableHttpClient>();
  const clientFor = (connectionId: string, secrets: () => readonly string[], budgeted: boolean): ClosableHttpClient =>
    createHttpClient({
      connectionId,
      log: deps.log,
      secrets,
      budget: budgeted ? databaseBudget(deps.db, connectionId) : unlimitedBudget,
      ...(deps.scope ? { scope: deps.scope } : {}),
      ...(deps.onCall ? { onCall: deps.onCall } : {}),
      ...(deps.allowPrivateTargets ? {} : { lookup: publicOnlyLookup(), publicTargetsOnly: true }),
    });

  const open = async (connectionId: string): Promise<OpenConnection & { kind: string }> => {
    const row = await deps.db.tx('staff', (trx) => trx('connections').where({ id: connectionId }).first());
    if (!row) throw new ConnectorError('NotFound', `There is no connection ${connectionId}.`);
    const entry = connectors[row.connector];
    if (!entry) throw new ConnectorError('Rejected', `Nobody knows the connector ${row.connector}.`);
    if (['PAUSED', 'REVOKED'].includes(row.state)) {
      throw new ConnectorError('Unauthorized', `${row.name} is ${row.state}: nothing is sent.`, { code: row.state });
    }
    let credentials: unknown = deps.sealer.openJson(row.credentials_sealed, sealedAs(connectionId));
    const secrets = () => Object.values(credentials as Record<string, unknown>).filter((v): v is string => typeof v === 'string' && v.length > 5);
    let http = clients.get(connectionId);
    if (!http) {
      http = clientFor(connectionId, secrets, true);
      clients.set(connectionId, http);
    }
    const context: ConnectorContext<unknown, unknown> = {
      connectionId,
      credentials,
      settings: checked(entry.settingsSchema, row.settings, 'settings'),
      http,
      clock: deps.clock,
      log: deps.log.child({ connection: row.code }),
      renewCredentials: async (refresh) => {
        credentials = await renewUnderLock(deps, connectionId, refresh);
        return credentials;
      },
    };
    checked(entry.credentialsSchema, credentials, 'credentials');
    const connector = entry.create(context as never) as AnyConnector;
    return { id: row.id, code: row.code, name: row.name, brandId: row.brand_id, connector, kind: row.kind };
  };

  const openAs = async (connectionId: string, kind: AnyConnector['kind']): Promise<OpenConnection> => {
    const connection = await open(connectionId);
    if (connection.connector.kind !== kind) throw new Error(`${connection.code} is a ${connection.connector.kind}, not a ${kind}`);
    return connection;
  };

  return {
    store: async (id) => (await openAs(id, 'store')) as OpenConnection<StoreConnector>,
    marketplace: async (id) => (await openAs(id, 'marketplace')) as OpenConnection<MarketplaceConnector>,
    carrier: async (id) => (await openAs(id, 'carrier')) as OpenConnection<CarrierConnector>,
    test: async ({ connector: name, settings, credentials }) => {
      const entry = connectors[name];
      if (!entry) {
        throw new ConnectorError('Rejected', `Nobody knows the connector ${name}; there are ${Object.keys(connectors).join(', ')}.`, { field: 'connector' });
      }
      let present = checked(entry.credentialsSchema, credentials, 'credentials');
      const secrets = () => Object.values(present as Record<string, unknown>).filter((v): v is string => typeof v === 'string' && v.length > 5);
      const http = clientFor('not-stored-yet', secrets, false);
      try {
        const context: ConnectorContext<unknown, unknown> = {
          connectionId: 'not-stored-yet',
          credentials: present,
          settings: checked(entry.settingsSchema, settings, 'settings'),
          http,
          clock: deps.clock,
          log: deps.log,
          renewCredentials: async (refresh) => {
            present = await refresh(present);
            return present;
          },
        };
        return await (entry.create(context as never) as AnyConnector).testConnection();
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

/** Two workers that see an old token at once refresh it once: the second finds the new one under the lock. */
async function renewUnderLock(
  { db, sealer }: OpenerDeps,
  connectionId: string,
  refresh: (latest: unknown) => Promise<unknown>,
): Promise<unknown> {
  return db.tx('staff', async (trx) => {
    const row = await trx('connections').where({ id: connectionId }).forUpdate().first('credentials_sealed');
    const latest = sealer.openJson(row.credentials_sealed, sealedAs(connectionId));
    const renewed = await refresh(latest);
    if (renewed !== latest) {
      await trx('connections')
        .where({ id: connectionId })
        .update({ credentials_sealed: sealer.sealJson(renewed, sealedAs(connectionId)), credentials_key_id: sealer.keyId });
    }
    return renewed;
  });
}
