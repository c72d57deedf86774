import type { SeededRandom } from './random.ts';
import { type Shape, shapeError } from './shape.ts';
import { ControlError, type Fault, type FaultRule } from './types.ts';

/** A rule as the control surface shows it. */
export interface StoredFault extends FaultRule {
  id: string;
  /** Matching calls seen so far. */
  seen: number;
  /** How often it has fired. */
  fired: number;
}

/** The faults that fire on one call: latencies add up, and at most one other fault is chosen (the oldest rule). */
export interface FiringFaults {
  latencyMs: number;
  fault: Exclude<Fault, { kind: 'latency' }> | null;
  /** For the log; `undefined` when nothing fires. */
  label: string | undefined;
}

const SHAPES: Record<Fault['kind'], Shape> = {
  latency: { ms: 'number' },
  status: { status: 'number', body: 'any?', headers: 'object?', contentType: 'string?' },
  html: { status: 'number' },
  throttle: { retryAfter: ['seconds', 'date', 'absent', 'in-200'], seconds: 'number' },
  drop: {},
  'lose-answer': {},
  cut: { bytes: 'number' },
  'slow-drip': { bytesPerSecond: 'number' },
  'wrong-type': {},
  hold: {},
  stale: {},
};

/** The fault dials of one simulator. */
export class FaultBook {
  readonly #random: SeededRandom;
  #rules: StoredFault[] = [];
  #nextId = 1;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  /**
   * Adds a rule given as JSON.
   * @throws ControlError 400 naming what is wrong with it
   */
  add(body: unknown): StoredFault {
    const rule: StoredFault = { ...parseRule(body), id: `f${this.#nextId}`, seen: 0, fired: 0 };
    this.#nextId += 1;
    this.#rules.push(rule);
    return rule;
  }

  list(): StoredFault[] {
    return [...this.#rules];
  }

  /** True when there was such a rule. */
  remove(id: string): boolean {
    const before = this.#rules.length;
    this.#rules = this.#rules.filter((rule) => rule.id !== id);
    return this.#rules.length < before;
  }

  clear(): void {
    this.#rules = [];
  }

  /** Which faults fire on this call; counts them. */
  fire(call: { method: string; path: string; operation: string }): FiringFaults {
    let latencyMs = 0;
    let fault: FiringFaults['fault'] = null;
    const kinds: string[] = [];
    for (const rule of this.#rules) {
      const isLatency = rule.fault.kind === 'latency';
      if (!matches(rule, call) || (!isLatency && fault !== null) || !this.#isDue(rule)) continue;
      rule.fired += 1;
      kinds.push(rule.fault.kind);
      if (rule.fault.kind === 'latency') latencyMs += rule.fault.ms;
      else fault = rule.fault;
    }
    this.#rules = this.#rules.filter((rule) => rule.times === 0 || rule.fired < (rule.times ?? 1));
    return { latencyMs, fault, label: kinds.length > 0 ? kinds.join('+') : undefined };
  }

  #isDue(rule: StoredFault): boolean {
    rule.seen += 1;
    if (rule.seen <= (rule.skip ?? 0)) return false;
    return rule.probability === undefined || this.#random.next() < rule.probability;
  }
}

function matches(rule: FaultRule, call: { method: string; path: string; operation: string }): boolean {
  const { method, path, operation } = rule.match ?? {};
  if (method !== undefined && method.toUpperCase() !== call.method) return false;
  if (path !== undefined && !new RegExp(path).test(call.path)) return false;
  return operation === undefined || new RegExp(operation).test(call.operation);
}

function parseRule(body: unknown): FaultRule {
  const shapeProblem =
    shapeError('body', body, {
      match: 'object?',
      times: 'number?',
      skip: 'number?',
      probability: 'number?',
      fault: 'object',
    }) ?? faultProblem((body as { fault: object }).fault);
  if (shapeProblem !== null) throw new ControlError(400, shapeProblem);
  const rule = body as FaultRule;
  const matchProblem = rule.match
    ? shapeError('match', rule.match, { method: 'string?', path: 'string?', operation: 'string?' })
    : null;
  if (matchProblem !== null) throw new ControlError(400, matchProblem);
  for (const source of [rule.match?.path, rule.match?.operation]) checkRegex(source);
  return rule;
}

function faultProblem(fault: object): string | null {
  const kind = 'kind' in fault && typeof fault.kind === 'string' ? fault.kind : '';
  const known = Object.entries(SHAPES).find(([name]) => name === kind);
  if (known === undefined) return `fault.kind must be one of ${Object.keys(SHAPES).join(', ')}`;
  return shapeError('fault', fault, { kind: 'string', ...known[1] });
}

function checkRegex(source: string | undefined): void {
  if (source === undefined) return;
  try {
    new RegExp(source);
  } catch (error) {
    throw new ControlError(400, error instanceof Error ? error.message : String(error));
  }
}
