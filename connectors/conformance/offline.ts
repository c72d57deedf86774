import { pino } from 'pino';
import { ConnectorError } from '../errors.ts';
import { type AnyConnector, connectors } from '../registry.ts';

/** Made-up credentials and settings that fit the schemas, for looking at a connector without a server. */
export interface Example {
  readonly credentials: unknown;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** A connector made from made-up credentials, on a transport that calls nobody: to see what it can do. */
export function offlineConnector(name: string, example: Example): AnyConnector {
  const entry = connectors[name];
  if (entry === undefined) throw new Error(`the registry has no ${name}`);
  const unreachable = async () => {
    throw new ConnectorError('Unavailable', 'nobody is called here');
  };
  return entry.create({
    connectionId: 'conformance',
    credentials: example.credentials,
    settings: example.settings,
    http: { send: unreachable },
    clock: { now: async () => new Date(0) },
    log: pino({ level: 'silent' }),
    exclusively: unreachable,
    renewCredentials: unreachable,
  });
}
