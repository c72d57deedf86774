import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import type { Logger } from 'pino';
import { type Config, loadConfig } from '../../config/load.ts';
import { createConnectorOpener } from '../../connectors/open.ts';
import { connectorNames, connectors } from '../../connectors/registry.ts';
import { databaseClock, systemClock } from '../../db/clock.ts';
import { type Database, openDatabase } from '../../db/database.ts';
import { createSealer } from '../../db/sealing.ts';
import { assertSound } from '../../state-machines/checks.ts';
import { machines } from '../../state-machines/index.ts';
import { createLog } from '../../worker/log.ts';
import { openClient } from '../temporal/connect.ts';
import { createGateway } from '../temporal/gateway.ts';
import { type ApiParts, buildApiParts } from './app.ts';
import type { ApiDeps } from './deps.ts';
import { handleError } from './errors.ts';
import { healthRoutes } from './health.ts';
import { localMailCatcher } from './mail-catcher.ts';
import { fetchRateFile } from './rate-file.ts';
import type { Api, SchemaTypes } from './types.ts';
import { validatorCompiler } from './validation.ts';

/** How long requests under way may take to finish after SIGTERM. */
const drainMs = 8_000;

interface Opened {
  readonly deps: ApiDeps;
  close(): Promise<void>;
}

function dependencies(config: Config, db: Database, log: Logger): Opened {
  const sealer = createSealer(config.masterKey);
  const clock = config.clock === 'database' ? databaseClock(db) : systemClock;
  const client = openClient(config.temporal);
  const { installation, temporal, allowPrivateTargets } = config;
  const opener = createConnectorOpener({ db, sealer, clock, log, allowPrivateTargets });
  const deps: ApiDeps = {
    db,
    sealer,
    clock,
    wallClock: systemClock,
    newId: randomUUID,
    log,
    config,
    temporal: createGateway({ client, installation, namespace: temporal.namespace, uiUrl: temporal.uiUrl }),
    connectors: connectorNames.map((name) => {
      const { label, kind, settingsSchema, credentialsSchema, ways, handOver } = connectors[name];
      const forms = { settings: settingsSchema, credentials: credentialsSchema };
      return { name, title: label, kind, ...forms, ways, ...(handOver ? { handOver } : {}) };
    }),
    openConnector: async (id, kind, purpose) =>
      (purpose === 'listening' ? await opener.listener(id) : await opener[kind](id)).connector,
    testConnection: (input) => opener.test(input),
    redeemHandOver: (input) => opener.redeem(input),
    mailCatcher: localMailCatcher(config.dataDir),
    rateFile: () => fetchRateFile(config.exchangeRatesUrl, { allowPrivateTargets, log }),
  };
  return {
    deps,
    close: async () => {
      await opener.close();
      await client.connection.close();
      await db.close();
    },
  };
}

/** Health and metrics on a port of their own, for whoever watches the installation. */
async function serveHealth(config: Config, deps: ApiDeps, { metrics, draining }: ApiParts): Promise<Api> {
  const app: Api = fastify({ logger: false }).withTypeProvider<SchemaTypes>();
  app.setValidatorCompiler(validatorCompiler);
  app.setErrorHandler(handleError);
  healthRoutes(app, deps, { metrics, draining, metricsFor: 'public' });
  await app.listen({ host: config.metricsHost, port: config.api.metricsPort });
  return app;
}

function urlOf(app: Api, host: string): string {
  const address = app.server.address() as AddressInfo;
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${address.port}`;
}

/** Runs the API process until it is told to stop. Prints one JSON line when it serves. */
export async function runApi(config: Config): Promise<void> {
  const log = createLog('api', config.logLevel);
  assertSound(machines);
  const db = openDatabase({
    url: config.database.appUrl,
    maxConnections: config.database.poolSize,
    applicationName: 'tradelane-api',
  });
  const { deps, close } = dependencies(config, db, log);
  const parts = buildApiParts(deps);
  await parts.app.listen({ host: config.api.host, port: config.api.port });
  const health = await serveHealth(config, deps, parts);
  const url = urlOf(parts.app, config.api.host);
  const healthUrl = urlOf(health, config.metricsHost);
  process.stdout.write(`${JSON.stringify({ ready: true, name: 'api', url, healthUrl, pid: process.pid })}\n`);
  await toldToStop();
  log.info('the API is stopping');
  parts.draining.isDraining = true;
  const overdue = setTimeout(() => parts.app.server.closeAllConnections(), drainMs);
  await parts.app.close();
  clearTimeout(overdue);
  await health.close();
  await close();
  log.info('the API has stopped');
}

function toldToStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGQUIT'] as const) process.once(signal, () => resolve());
  });
}

if (import.meta.main) {
  await runApi(loadConfig());
  // An attempt to reach an absent Temporal would hold the process for its whole time-out.
  process.exit(0);
}
