import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import { Client, Connection, isGrpcServiceError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { DefaultLogger, NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { pino } from 'pino';
import { FailureInterceptor } from '../../activities/failures.ts';
import type { Activities } from '../../activities/index.ts';
import { connectionQueue, orchestrationQueue, wakeSignal } from '../../client/temporal/queues.ts';
import { searchAttributeTypes } from '../../client/temporal/search-attributes.ts';
import { workflowBundle } from '../../worker/bundle.ts';

/** The status of gRPC that says so. */
const alreadyExists = 6;

/** Accounts whose queues every bench serves. */
export const accounts = { store: 'store-1', marketplace: 'marketplace-1', carrier: 'carrier-1' } as const;

export type Script = { [Name in keyof Activities]?: (...args: Parameters<Activities[Name]>) => Promise<unknown> };

/** One thing that happened, in the order in which it did. */
export interface Happening {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly what: 'begins' | 'ends' | 'fails';
}

export interface RunningBench {
  readonly client: Client;
  readonly script: Script;
  readonly happenings: Happening[];
  /** Names of the activities that began, in order. */
  names(...only: string[]): string[];
  /** Starts a process under `id` as the outbox relay does: by waking it. */
  wake(workflowType: string, id: string, args: readonly unknown[]): Promise<WorkflowHandle>;
  /** Waits until `check` holds. */
  until(what: string, check: () => boolean | Promise<boolean>, timeoutMs?: number): Promise<void>;
}

const quiet = pino({ level: 'silent' });
const keyword = 2;

let installed = false;
function installRuntime(): void {
  if (installed) return;
  installed = true;
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => undefined),
    telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } },
  });
}

/** The bundle of the real workflow code, made once; worlds of this clone use the same one. */
export const bundle = () => workflowBundle(join(import.meta.dirname, '../../.tradelane/cache'), quiet);

/** A namespace of its own on the run's Temporal server: the queues' names are fixed. */
export async function openNamespace(address: string, name: string): Promise<Client> {
  const connection = await Connection.connect({ address });
  const { config } = await connection.workflowService.describeNamespace({ namespace: 'default' });
  const retention = config?.workflowExecutionRetentionTtl ?? null;
  await connection.workflowService
    .registerNamespace({ namespace: name, workflowExecutionRetentionPeriod: retention })
    .catch((error: unknown) => {
      // A young server may answer the first call too late; the client's own second call then finds it done.
      if (!isGrpcServiceError(error) || error.code !== alreadyExists) throw error;
    });
  const attributes = Object.fromEntries(Object.keys(searchAttributeTypes).map((key) => [key, keyword]));
  for (let attempt = 1; ; attempt += 1) {
    try {
      await connection.operatorService.addSearchAttributes({ namespace: name, searchAttributes: attributes });
      break;
    } catch (error) {
      // The server's parts hear of a new namespace one after the other.
      if (attempt === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return new Client({ connection, namespace: name });
}

/**
 * Runs real workflows with scripted activities on the real queues. An activity without a script fails for good, so that
 * nothing is called that the test did not expect.
 */
export async function withBench<Result>(
  options: {
    address: string;
    client: Client;
    script: Script;
    cachedWorkflows: number;
    orchestration?: Partial<WorkerOptions>;
  },
  work: (bench: RunningBench) => Promise<Result>,
): Promise<Result> {
  installRuntime();
  const { client, script } = options;
  const happenings: Happening[] = [];
  const connection = await NativeConnection.connect({ address: options.address });
  const common = {
    connection,
    namespace: client.options.namespace,
    activities: recorded(script, happenings),
    // Cancellations travel with heartbeats; tests need not wait for them.
    maxHeartbeatThrottleInterval: '50ms',
    defaultHeartbeatThrottleInterval: '50ms',
    stickyQueueScheduleToStartTimeout: '1 second',
    shutdownGraceTime: '1 second',
    interceptors: { activity: [() => ({ inbound: new FailureInterceptor() })] },
  } satisfies Partial<WorkerOptions>;
  const workers = [
    await Worker.create({
      ...common,
      taskQueue: orchestrationQueue,
      workflowBundle: await bundle(),
      maxCachedWorkflows: options.cachedWorkflows,
      // In the thread of the test: half of what a test computes would be the start of a thread for the sandbox, which the
      // scenarios use. The sandbox itself is the same.
      debugMode: true,
      ...options.orchestration,
    }),
    ...(await Promise.all(
      Object.values(accounts).map((id) => Worker.create({ ...common, taskQueue: connectionQueue(id) })),
    )),
  ];
  const running = Promise.all(workers.map((worker) => worker.run()));
  try {
    return await Promise.race([
      work(benchOf(client, script, happenings)),
      running.then(() => Promise.reject(new Error('a worker ended'))),
    ]);
  } finally {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    await running;
    await connection.close();
  }
}

function benchOf(client: Client, script: Script, happenings: Happening[]): RunningBench {
  return {
    client,
    script,
    happenings,
    names: (...only) =>
      happenings
        .filter(({ what, name }) => what === 'begins' && (only.length === 0 || only.includes(name)))
        .map(({ name }) => name),
    wake: (workflowType, workflowId, args) =>
      client.workflow.signalWithStart(workflowType, {
        workflowId,
        taskQueue: orchestrationQueue,
        args: [...args],
        signal: wakeSignal,
        signalArgs: [''],
        workflowIdConflictPolicy: 'USE_EXISTING',
      }),
    until: async (what, check, timeoutMs = 100_000) => {
      for (const deadline = Date.now() + timeoutMs; !(await check()); ) {
        if (Date.now() > deadline)
          throw new Error(`${what} did not happen; it saw ${JSON.stringify(happenings.slice(-100))}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
  };
}

const beatMs = 40;
const pulseless = new WeakSet<object>();

/** An activity that says nothing while it runs, as one whose worker is gone. */
export function withoutPulse<Act extends object>(act: Act): Act {
  pulseless.add(act);
  return act;
}

/** Every activity that is asked for, by name: written down, with a pulse, answered by the script of this moment. */
function recorded(script: Script, happenings: Happening[]): object {
  const perform =
    (name: string) =>
    async (...args: unknown[]): Promise<unknown> => {
      const context = Context.current();
      const act = script[name as keyof Script] as ((...given: unknown[]) => Promise<unknown>) | undefined;
      const isSilent = act !== undefined && pulseless.has(act);
      const pulse = isSilent ? undefined : setInterval(() => context.heartbeat(), beatMs);
      happenings.push({ name, args, what: 'begins' });
      try {
        if (!act) throw ApplicationFailure.nonRetryable(`the script has no ${name}`);
        const answer = await act(...args);
        happenings.push({ name, args, what: 'ends' });
        return answer;
      } catch (error) {
        happenings.push({ name, args, what: 'fails' });
        throw error;
      } finally {
        clearInterval(pulse);
      }
    };
  return Object.fromEntries(activityNames.map((name) => [name, perform(name)]));
}

/** Checked against the real ones by `proxies.test.ts`. */
export const activityNames = [
  'closeIncident',
  'compareCatalogue',
  'nextToDrain',
  'nothingToCompare',
  'probeAccount',
  'readIncident',
  'recoveryStepDone',
  'restoreOffers',
  'beginImport',
  'refineStale',
  'recomposeStale',
  'readMarketplaceTerms',
  'translateBatch',
  'readProductStock',
  'repriceBatch',
  'workOnImport',
  'bookConsignment',
  'cancelInShop',
  'completeOrder',
  'composeLabelMail',
  'confirmShipment',
  'connectionChanged',
  'endCancellation',
  'fetchOrder',
  'finishImport',
  'fulfilInShop',
  'importPage',
  'listingsToDo',
  'noteTimeOut',
  'ordersWindow',
  'ordersWindowDone',
  'planOrder',
  'pushOrder',
  'pushPrices',
  'pushStock',
  'readBackOffers',
  'carryOutPickup',
  'readConsignment',
  'readPickup',
  'readShipment',
  'voidConsignment',
  'readOrder',
  'readOrdersPage',
  'readReviews',
  'readStoreStock',
  'readTracking',
  'reconcileWebhooks',
  'runDue',
  'sendMail',
  'settlePush',
  'startStream',
  'startTick',
  'submitListing',
  'unsentLabelMails',
  'watchWebhooks',
] as const satisfies readonly (keyof Activities)[];

/** A door that an activity waits at until the test opens it. */
export class Gate {
  readonly #opened = Promise.withResolvers<void>();
  readonly #reached = Promise.withResolvers<void>();
  open(): void {
    this.#opened.resolve();
  }
  /** Resolves when somebody stands at it. */
  get reached(): Promise<void> {
    return this.#reached.promise;
  }
  async pass(): Promise<void> {
    this.#reached.resolve();
    await this.#opened.promise;
  }
}

/** Ends when the activity is cancelled, by throwing. */
export const untilCancelled = (): Promise<never> => Context.current().cancelled;
