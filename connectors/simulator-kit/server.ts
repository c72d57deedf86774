import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { send } from './answer.ts';
import { SimulatorClock } from './clock.ts';
import { CONTROL_PREFIX, commonControls, serveControl } from './control.ts';
import type { SimulatorDefinition, SimulatorTools } from './definition.ts';
import { FaultBook } from './faults.ts';
import { MemoryAndFileLog } from './log.ts';
import { SeededRandom } from './random.ts';
import { TokenBucket } from './rate-limit.ts';
import { StateFile } from './state-file.ts';
import type { RunningSimulator, SimulatorOptions, VendorRequest } from './types.ts';
import { VendorCalls } from './vendor-calls.ts';

interface SavedState {
  now: string | null;
  random: number;
  simulator: unknown;
}

/**
 * Starts a simulator: one HTTP server with the vendor's paths and the control surface.
 *
 * @param build called once, before listening, with the kit's tools
 * @throws when the port is taken, or a state or log file can't be read
 */
export async function startSimulator(
  name: string,
  options: SimulatorOptions,
  build: (tools: SimulatorTools) => SimulatorDefinition,
): Promise<RunningSimulator> {
  const seed = options.seed ?? 1;
  const clock = new SimulatorClock(options.now ?? (() => new Date()));
  const log = new MemoryAndFileLog(name, clock, options.logFile);
  const random = new SeededRandom(seed);
  // Faults draw from a source of their own: setting one must not change what the vendor makes up.
  const faultRandom = new SeededRandom(seed ^ 0x5eed);
  const faults = new FaultBook(faultRandom);
  const bucket = new TokenBucket(options.limits ?? null);
  let url = '';
  let stateFile: StateFile | null = null;
  const changed = () => stateFile?.changed();
  const definition = build({ log, clock, random, changed, url: () => url });
  const calls = new VendorCalls({ definition, log, faults, bucket });

  if (options.stateFile !== undefined) {
    stateFile = new StateFile(options.stateFile, () => saved(definition, clock, random));
    takeUp(stateFile.load(), definition, clock, random);
  }
  const reset = async () => {
    faults.clear();
    calls.release();
    clock.set(null);
    random.state = seed;
    faultRandom.state = seed ^ 0x5eed;
    bucket.limit = options.limits ?? null;
    log.reset();
    await definition.reset();
    changed();
  };
  const common = commonControls({ name, definition, clock, log, faults, bucket, calls, changed, reset });
  const routers = definition.controls ? [definition.controls, common] : [common];
  const server = createServer((message, response) => {
    serve(message, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(message);
    if (!isControl(request.path)) return calls.serve(request, response);
    const query = new URLSearchParams(request.query.map(([key, value]) => [key, value]));
    send(response, await serveControl(routers, message, request.path, query, request.body));
  }
  // Longer than clients keep an idle connection, so that it isn't closed under a request that is just being sent.
  server.keepAliveTimeout = 120_000;
  url = await listen(server, options.port ?? 0, options.host ?? '127.0.0.1');
  definition.started?.();
  const close = async () => {
    await definition.closed?.();
    const ended = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await ended;
    await stateFile?.close();
    log.close();
  };
  return { name, url, log, close };
}

function saved(definition: SimulatorDefinition, clock: SimulatorClock, random: SeededRandom): SavedState {
  return {
    now: clock.isVirtual ? clock.now().toISOString() : null,
    random: random.state,
    simulator: definition.save?.() ?? null,
  };
}

function takeUp(state: unknown, definition: SimulatorDefinition, clock: SimulatorClock, random: SeededRandom): void {
  if (state === undefined) return;
  const { now, random: randomState, simulator } = state as SavedState;
  clock.set(now === null ? null : new Date(now));
  random.state = randomState;
  definition.load?.(simulator);
}

function isControl(path: string): boolean {
  return path === CONTROL_PREFIX || path.startsWith(`${CONTROL_PREFIX}/`);
}

async function readRequest(message: IncomingMessage): Promise<VendorRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  const rawUrl = message.url ?? '/';
  const questionMark = rawUrl.indexOf('?');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return {
    method: message.method ?? 'GET',
    path: questionMark < 0 ? rawUrl : rawUrl.slice(0, questionMark),
    query: questionMark < 0 ? [] : [...new URLSearchParams(rawUrl.slice(questionMark + 1))],
    rawUrl,
    headers,
    body: Buffer.concat(chunks),
    stale: false,
  };
}

async function listen(server: Server, port: number, host: string): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error(`simulator listens on no TCP port: ${address}`);
  const shownHost = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${shownHost.includes(':') ? `[${shownHost}]` : shownHost}:${address.port}`;
}
