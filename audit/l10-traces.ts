import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Tx } from '../db/database.ts';
import { type Connections, connectionOf } from './connections.ts';
import { type CallLine, callsOf } from './facts.ts';
import type { Source, Verdict } from './types.ts';

/** A warning or error of ours about an outside call. */
export interface Warning {
  readonly timeMs: number;
  readonly correlationId: string | null;
  readonly connectionId: string | null;
}

export interface TraceBooks {
  readonly problems: readonly {
    readonly connection_id: string | null;
    readonly correlation_id: string | null;
    readonly entity_kind: string | null;
    readonly last_seen_at: Date;
  }[];
  /** When each account was last seen failing, by the engine's clock. */
  readonly failures: Readonly<Record<string, Date>>;
  /** By account, or by kind where there is none: outside calls whose answer was lost, refused or not sent, as the effects ledger has them. */
  readonly effectEvents: Readonly<Record<string, number>>;
}

export async function loadTraces(trx: Tx): Promise<TraceBooks> {
  const problems = await trx('problems').select('connection_id', 'correlation_id', 'entity_kind', 'last_seen_at');
  const failing = await trx('connections').whereNotNull('last_failure_at').select('id', 'last_failure_at');
  const effects = await trx.raw(
    `select coalesce(e.connection_id::text, e.kind) as id, count(*)::int as count from transitions t join effects e on e.id = t.entity_id
     where t.machine = 'effect' and t.event in ('LOSE_ANSWER', 'NOT_SENT', 'REFUSE', 'FOUND', 'NOT_FOUND')
     group by 1`,
  );
  return {
    problems,
    failures: Object.fromEntries(failing.map((row) => [row.id, row.last_failure_at])),
    effectEvents: Object.fromEntries(effects.rows.map(({ id, count }: { id: string; count: number }) => [id, count])),
  };
}

const warnLevel = 40;

/** The warnings of JSON-lines log files that name a correlation id or an account. Other lines are passed over. */
export async function readWarnings(paths: readonly string[]): Promise<Warning[]> {
  const warnings: Warning[] = [];
  for (const path of paths) {
    const lines = createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY });
    for await (const line of lines) {
      const start = line.indexOf('{');
      if (start < 0 || !line.includes('"level"')) continue;
      const warning = asWarning(line.slice(start));
      if (warning) warnings.push(warning);
    }
  }
  return warnings.toSorted((a, b) => a.timeMs - b.timeMs);
}

function asWarning(text: string): Warning | null {
  let parsed: Record<string, unknown>;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    // A line that a killed process left half-written is no log line.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const { level, time, correlationId, connectionId } = parsed;
  if (typeof level !== 'number' || level < warnLevel) return null;
  const timeMs = typeof time === 'number' ? time : Date.parse(String(time));
  if (Number.isNaN(timeMs)) return null;
  return {
    timeMs,
    correlationId: typeof correlationId === 'string' ? correlationId : null,
    connectionId: typeof connectionId === 'string' ? connectionId : null,
  };
}

/** Faults that may rightly pass unnoticed: the answer was whole and true, or true a moment ago. */
const harmless = new Set(['latency', 'slow-drip', 'stale', 'smtp-delay']);

/** Mails go out under no account: what is known of them is kept under this word. */
const mailAccount = 'mail';

const hurts = ({ fault }: CallLine): boolean =>
  fault !== undefined && !fault.split('+').every((kind) => harmless.has(kind));

const traces = ['log', 'problem', 'retry', 'effect', 'connection'] as const;
type Trace = (typeof traces)[number];

/** How long after a fault its warning may be written: our own time-outs. Wall time. */
const warnedWithinMs = 60_000;
/** Two processes' clocks may differ so much. */
const warnedBeforeMs = 1_000;
/** The engine may note a problem a little before the simulator's clock was moved on. */
const clockToleranceMs = 60_000;

/** Finds what an operator could see of a fault; each warning and each entry of the ledger explains one fault only. */
class Tracer {
  readonly #books: TraceBooks;
  readonly #byWork: Map<string, Warning[]>;
  readonly #byAccount: Map<string, Warning[]>;
  readonly #effects: Map<string, number>;

  constructor(books: TraceBooks, warnings: readonly Warning[]) {
    this.#books = books;
    this.#byWork = Map.groupBy(warnings, ({ correlationId }) => correlationId ?? '');
    const nameless = warnings.filter(({ correlationId }) => correlationId === null);
    this.#byAccount = Map.groupBy(nameless, ({ connectionId }) => connectionId ?? '');
    this.#effects = new Map(Object.entries(books.effectEvents));
  }

  trace(calls: readonly CallLine[], index: number, connectionId: string | null): Trace | null {
    const call = calls[index];
    if (!call) return null;
    if (this.#warned(call, connectionId)) return 'log';
    const seenMs = Date.parse(call.at) - clockToleranceMs;
    const { problems, failures } = this.#books;
    const shown = problems.some(
      ({ connection_id, correlation_id, entity_kind, last_seen_at }) =>
        (call.correlation !== undefined && correlation_id === call.correlation) ||
        (connectionId !== null &&
          (connection_id === connectionId || entity_kind === connectionId) &&
          last_seen_at.getTime() >= seenMs),
    );
    if (shown) return 'problem';
    if (calls.some((next, later) => later > index && isRetryThatSucceeded(call, next))) return 'retry';
    const entries = connectionId === null ? 0 : (this.#effects.get(connectionId) ?? 0);
    if (call.method !== 'GET' && connectionId !== null && entries > 0) {
      this.#effects.set(connectionId, entries - 1);
      return 'effect';
    }
    const failing = connectionId === null ? undefined : failures[connectionId];
    return failing && failing.getTime() >= seenMs ? 'connection' : null;
  }

  #warned(call: CallLine, connectionId: string | null): boolean {
    const candidates = [
      ...(call.correlation === undefined ? [] : [this.#byWork.get(call.correlation)]),
      ...(connectionId === null ? [] : [this.#byAccount.get(connectionId)]),
    ];
    for (const warnings of candidates) {
      const index = warnings?.findIndex(({ timeMs }) => {
        const sinceMs = timeMs - call.wall;
        return sinceMs >= -warnedBeforeMs && sinceMs <= warnedWithinMs;
      });
      if (warnings === undefined || index === undefined || index < 0) continue;
      warnings.splice(index, 1);
      return true;
    }
    return false;
  }
}

function isRetryThatSucceeded(call: CallLine, next: CallLine): boolean {
  return (
    next.method === call.method &&
    next.operation === call.operation &&
    next.path === call.path &&
    (call.correlation === undefined || next.correlation === undefined || next.correlation === call.correlation) &&
    next.outcome === 'answered' &&
    next.status < 400 &&
    !hurts(next)
  );
}

/** L10: every fault that hurt left something that an operator can find. */
export function checkTraces(input: {
  sources: readonly Source[];
  connections: Connections;
  books: TraceBooks;
  warnings: readonly Warning[];
}): Verdict {
  const tracer = new Tracer(input.books, input.warnings);
  const counts: Record<Trace, number> = { log: 0, problem: 0, retry: 0, effect: 0, connection: 0 };
  let mild = 0;
  let checked = 0;
  const findings = input.sources.flatMap((source) => {
    const connectionId = source.kind === 'mail' ? mailAccount : (connectionOf(input.connections, source)?.id ?? null);
    const calls = callsOf(source.lines);
    return calls.flatMap((call, index) => {
      if (call.fault === undefined) return [];
      if (!hurts(call)) {
        mild += 1;
        return [];
      }
      checked += 1;
      const trace = tracer.trace(calls, index, connectionId);
      if (trace) {
        counts[trace] += 1;
        return [];
      }
      const detail = `${call.fault} at ${call.at}, answered ${call.status}, ${call.outcome}`;
      return [{ what: 'a fault without a trace', ids: [source.name, call.operation, String(call.seq)], detail }];
    });
  });
  const figures = Object.fromEntries(traces.map((trace) => [`L10.seenIn.${trace}`, counts[trace]]));
  const note = checked === 0 ? 'no fault fired' : undefined;
  return { checked, findings, figures: { ...figures, 'L10.harmless': mild }, ...(note ? { note } : {}) };
}
