import { setTimeout as sleep } from 'node:timers/promises';
import { DefaultLogger, NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { ActivityDeps } from '../activities/deps.ts';
import { FailureInterceptor } from '../activities/failures.ts';
import { Health } from '../activities/health.ts';
import { countAnswer, HealthInterceptor } from '../activities/health-interceptor.ts';
import { createActivities } from '../activities/index.ts';
import { nativeConnectionOptions, openClient } from '../client/temporal/connect.ts';
import { deliverTo } from '../client/temporal/deliver.ts';
import { connectionQueue, orchestrationQueue } from '../client/temporal/queues.ts';
import { startRelay } from '../client/temporal/relay.ts';
import { reconcileSchedules } from '../client/temporal/schedules.ts';
import { linkUrlOf } from '../config/link-url.ts';
import type { Config } from '../config/load.ts';
import { createConnectorOpener } from '../connectors/open.ts';
import { databaseClock, systemClock } from '../db/clock.ts';
import { type Database, openDatabase } from '../db/database.ts';
import { createSealer } from '../db/sealing.ts';
import { createMailer } from '../mail/send.ts';
import { assertSound } from '../state-machines/checks.ts';
import { machines } from '../state-machines/index.ts';
import { createDeeplProvider } from '../translation/deepl.ts';
import { workflowBundle } from './bundle.ts';
import { haltingCheckpoint } from './halt.ts';
import { createLog } from './log.ts';
import { activityPlace, CorrelationInterceptor, callScope } from './scope.ts';
import { announceSearchAttributes, announceVersion, versionOptions } from './versioning.ts';

/** New accounts get their own queue at most this late. */
const watchConnectionsMs = 1_000;

/** Runs the worker process until it is told to stop: processes, activities of every account, outbox relay. */
export async function runWorker(config: Config): Promise<void> {
  const log = createLog('worker', config.logLevel);
  assertSound(machines);
  installRuntime(config, log);
  const db = openDatabase({
    url: config.database.appUrl,
    maxConnections: config.database.poolSize,
    applicationName: 'tradelane-worker',
  });
  const deps = dependencies(config, db, log);
  const connection = await connect(config, log);
  await announceSearchAttributes(config, deps.client, log);
  const bundle = await workflowBundle(config.cacheDir, log);
  const common = commonOptions(config, deps, connection);
  const orchestration = await Worker.create({
    ...common,
    taskQueue: orchestrationQueue,
    workflowBundle: bundle,
    maxConcurrentWorkflowTaskExecutions: config.worker.workflowSlots,
    maxConcurrentActivityTaskExecutions: config.worker.activitySlots,
    maxCachedWorkflows: config.worker.cachedWorkflows,
    ...versionOptions(config),
  });
  const accounts = accountWorkers(db, common, log);
  const relay = startRelay({
    db,
    listenUrl: config.database.appUrl,
    deliver: deliverTo(deps.client, config.installation),
    checkpoint: deps.checkpoint,
    log,
  });
  const running = orchestration.run();
  // Without the database nobody knows the accounts yet; it is waited for, and a stop ends the waiting.
  await Promise.race([accounts.ready, running]);
  await announceVersion(config, deps.client, log);
  await prepareSchedules(deps, log);
  process.stdout.write(`${JSON.stringify({ ready: true, name: 'worker', pid: process.pid })}\n`);
  await running;
  await accounts.stop();
  await relay.stop();
  await deps.open.close();
  await connection.close();
  await db.close();
  log.info('the worker has stopped');
}

function installRuntime(config: Config, log: Logger): void {
  Runtime.install({
    logger: new DefaultLogger('INFO', ({ level, message, meta }) => {
      // Under `error` only its own fields would be written: neither message nor place.
      const { error, ...rest } = { error: undefined, ...meta };
      const line = { temporal: true, ...rest, ...(error === undefined ? {} : { err: error }) };
      if (level === 'ERROR') log.error(line, message);
      else if (level === 'WARN') log.warn(line, message);
      else log.debug(line, message);
    }),
    telemetryOptions: {
      metrics: { prometheus: { bindAddress: `${config.metricsHost}:${config.worker.metricsPort}` } },
      logging: { forward: {}, filter: 'WARN' },
    },
    shutdownSignals: ['SIGINT', 'SIGTERM', 'SIGQUIT'],
  });
}

function dependencies(config: Config, db: Database, log: Logger): ActivityDeps {
  const sealer = createSealer(config.masterKey);
  const clock = config.clock === 'database' ? databaseClock(db) : systemClock;
  const client = openClient(config.temporal);
  const simulated = config.clock === 'database';
  return {
    db,
    clock,
    log,
    sealer,
    client,
    installation: config.installation,
    addressReviewDays: config.addressReviewDays,
    allowPrivateTargets: config.allowPrivateTargets,
    pausedSchedules: config.clock === 'database',
    linkUrl: linkUrlOf(config.api),
    // A simulation asks for everything by itself.
    publicUrl: simulated ? null : config.api.publicUrl,
    wall: () => new Date(),
    place: activityPlace,
    checkpoint: haltingCheckpoint(config.haltAt, config.dataDir),
    // Simulated accounts settle at once; real ones are given time before a look-up is believed.
    waits: simulated ? { settleMs: 300, leaseMs: 4_000 } : { settleMs: 10_000, leaseMs: 60_000 },
    mailer: createMailer({
      smtpUrl: config.mail.smtpUrl ?? 'smtp://127.0.0.1:25',
      from: config.mail.from,
      ...(config.mail.replyTo ? { replyTo: config.mail.replyTo } : {}),
      ...(config.mail.dkim ? { dkim: config.mail.dkim } : {}),
      ...(config.mail.lookupUrl ? { lookupUrl: config.mail.lookupUrl } : {}),
      ...(simulated ? { timeouts: { totalMs: 3_000 } } : {}),
    }),
    translator: config.translation.deeplKey
      ? createDeeplProvider({
          apiKey: config.translation.deeplKey,
          serverUrl: config.translation.deeplUrl ?? undefined,
        })
      : null,
    open: createConnectorOpener({
      db,
      sealer,
      clock,
      log,
      allowPrivateTargets: config.allowPrivateTargets,
      scope: callScope,
      onCall: countAnswer,
      // Always below the lease: an attempt that is given up has ended.
      ...(simulated ? { timeouts: { connectMs: 1_000, firstByteMs: 2_500, callMs: 3_000 } } : {}),
    }),
  };
}

/** Waits for Temporal instead of dying: the outbox keeps what is to be done meanwhile. */
async function connect(config: Config, log: Logger): Promise<NativeConnection> {
  for (;;) {
    try {
      return await NativeConnection.connect(nativeConnectionOptions(config.temporal));
    } catch (error) {
      log.warn({ err: error, address: config.temporal.address }, 'Temporal is not there yet; trying again');
      await sleep(1_000);
    }
  }
}

function commonOptions(config: Config, deps: ActivityDeps, connection: NativeConnection) {
  const health = new Health(deps);
  return {
    connection,
    namespace: config.temporal.namespace,
    activities: createActivities(deps),
    shutdownGraceTime: config.worker.shutdownGraceMs,
    shutdownForceTime: config.worker.shutdownGraceMs + 5_000,
    stickyQueueScheduleToStartTimeout: '5 seconds',
    interceptors: {
      activity: [
        () => ({ inbound: new CorrelationInterceptor() }),
        () => ({ inbound: new FailureInterceptor() }),
        () => ({ inbound: new HealthInterceptor(health, () => callScope().correlationId ?? '') }),
      ],
    },
  } satisfies Partial<WorkerOptions>;
}

/** One activity worker per account that may be called; accounts that appear later get theirs as well. */
function accountWorkers(db: Database, common: ReturnType<typeof commonOptions>, log: Logger) {
  const workers = new Map<string, { worker: Worker; running: Promise<void> }>();
  const stopped = new AbortController();
  const first = Promise.withResolvers<void>();
  const reconcile = async (): Promise<void> => {
    const rows: { id: string; code: string }[] = await db.tx('staff', (trx) =>
      trx('connections').whereNot({ state: 'REVOKED' }).select('id', 'code'),
    );
    for (const { id, code } of rows) {
      if (workers.has(id) || stopped.signal.aborted) continue;
      const worker = await Worker.create({
        ...common,
        taskQueue: connectionQueue(id),
        maxConcurrentActivityTaskExecutions: 8,
      });
      workers.set(id, { worker, running: worker.run() });
      log.info({ connection: code }, 'the account has its queue');
    }
  };
  const watching = (async () => {
    while (!stopped.signal.aborted) {
      try {
        await reconcile();
        first.resolve();
      } catch (error) {
        log.warn({ err: error }, 'the accounts could not be read; trying again');
      }
      await sleep(watchConnectionsMs);
    }
  })();
  return {
    /** The accounts were read for the first time. */
    ready: first.promise,
    stop: async () => {
      stopped.abort();
      await watching;
      for (const { worker } of workers.values()) if (worker.getState() === 'RUNNING') worker.shutdown();
      await Promise.all([...workers.values()].map(({ running }) => running));
    },
  };
}

async function prepareSchedules(deps: ActivityDeps, log: Logger): Promise<void> {
  try {
    const counts = await reconcileSchedules(deps.client, deps.db, deps.installation, { paused: deps.pausedSchedules });
    log.info(counts, 'schedules are as the connections ask for');
  } catch (error) {
    log.warn(
      { err: error },
      'schedules could not be reconciled; they are when a connection changes or at the next start',
    );
  }
}
