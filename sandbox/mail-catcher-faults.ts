import { ControlError, type SeededRandom, shapeError } from '../connectors/simulator-kit/index.ts';

/** What the catcher can be told to do to a mail. */
export type MailFault =
  /** Answers with this reply code at this stage; nothing is stored. */
  | { kind: 'smtp-refuse'; stage: 'connect' | 'rcpt' | 'data'; code: number }
  /** Ends the connection after the message instead of answering; stored only if `accepted`. */
  | { kind: 'smtp-drop-after-data'; accepted: boolean }
  /** Waits before the message is dealt with; a client that gave up meanwhile is still served. */
  | { kind: 'smtp-delay'; ms: number }
  /** Stores the message, answers only after `POST /__control/release`. */
  | { kind: 'smtp-hold' };

/** A fault as set by `POST /__control/faults`. */
export interface MailFaultRule {
  /** Regular expressions; all given ones must match. Nothing is known of a mail while a client connects. */
  match?: { to?: string; subject?: string };
  /** How often it fires; 0 = until removed; default 1. */
  times?: number;
  /** Matching occasions that are let through first; default 0. */
  skip?: number;
  /** Chance to fire, drawn from a seeded source; default 1. */
  probability?: number;
  fault: MailFault;
}

/** A rule as the control surface shows it. */
export interface StoredMailFault extends MailFaultRule {
  id: string;
  seen: number;
  fired: number;
}

/** What is known when a fault may fire. */
export type MailOccasion =
  | { stage: 'connect' }
  | { stage: 'rcpt'; to: readonly string[] }
  | { stage: 'data'; to: readonly string[]; subject: string };

/** What fires: delays add up, of the others the oldest rule. */
export interface FiringMailFaults {
  delayMs: number;
  fault: Exclude<MailFault, { kind: 'smtp-delay' }> | null;
  /** Kinds that fired, for the log. */
  label: string | undefined;
}

/** The fault dials of the mail catcher. */
export class MailFaultBook {
  readonly #random: SeededRandom;
  #rules: StoredMailFault[] = [];
  #nextId = 1;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  /** Adds a rule given as JSON. @throws ControlError 400 naming what is wrong with it */
  add(body: unknown): StoredMailFault {
    const rule: StoredMailFault = { ...parseRule(body), id: `f${this.#nextId}`, seen: 0, fired: 0 };
    this.#nextId += 1;
    this.#rules.push(rule);
    return rule;
  }

  list(): StoredMailFault[] {
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

  /** Which faults fire now; counts them. */
  fire(occasion: MailOccasion): FiringMailFaults {
    let delayMs = 0;
    let fault: FiringMailFaults['fault'] = null;
    const kinds: string[] = [];
    for (const rule of this.#rules) {
      const isDelay = rule.fault.kind === 'smtp-delay';
      if (!matches(rule, occasion) || (!isDelay && fault !== null) || !this.#isDue(rule)) continue;
      rule.fired += 1;
      kinds.push(rule.fault.kind);
      if (rule.fault.kind === 'smtp-delay') delayMs += rule.fault.ms;
      else fault = rule.fault;
    }
    this.#rules = this.#rules.filter((rule) => rule.times === 0 || rule.fired < (rule.times ?? 1));
    return { delayMs, fault, label: kinds.length > 0 ? kinds.join('+') : undefined };
  }

  #isDue(rule: StoredMailFault): boolean {
    rule.seen += 1;
    if (rule.seen <= (rule.skip ?? 0)) return false;
    return rule.probability === undefined || this.#random.next() < rule.probability;
  }
}

function matches({ match, fault }: MailFaultRule, occasion: MailOccasion): boolean {
  const stage = fault.kind === 'smtp-refuse' ? fault.stage : 'data';
  if (stage !== occasion.stage) return false;
  const { to, subject } = match ?? {};
  if (to !== undefined && !(occasion.stage !== 'connect' && occasion.to.some((one) => new RegExp(to).test(one)))) {
    return false;
  }
  return subject === undefined || (occasion.stage === 'data' && new RegExp(subject).test(occasion.subject));
}

const FAULT_SHAPES = {
  'smtp-refuse': { kind: 'string', stage: ['connect', 'rcpt', 'data'], code: 'number' },
  'smtp-drop-after-data': { kind: 'string', accepted: 'boolean' },
  'smtp-delay': { kind: 'string', ms: 'number' },
  'smtp-hold': { kind: 'string' },
} as const;

function parseRule(body: unknown): MailFaultRule {
  refuseIf(
    shapeError('body', body, {
      match: 'object?',
      times: 'number?',
      skip: 'number?',
      probability: 'number?',
      fault: 'object',
    }),
  );
  const rule = body as MailFaultRule;
  const shape = Object.entries(FAULT_SHAPES).find(([kind]) => kind === rule.fault.kind)?.[1];
  if (shape === undefined) {
    throw new ControlError(400, `fault.kind must be one of ${Object.keys(FAULT_SHAPES).join(', ')}`);
  }
  refuseIf(shapeError('fault', rule.fault, shape));
  const { fault } = rule;
  if (fault.kind === 'smtp-refuse' && !(Number.isInteger(fault.code) && fault.code >= 400 && fault.code <= 599)) {
    throw new ControlError(400, 'fault.code must be a reply code from 400 to 599');
  }
  if (rule.match !== undefined) refuseIf(shapeError('match', rule.match, { to: 'string?', subject: 'string?' }));
  for (const source of [rule.match?.to, rule.match?.subject]) checkRegex(source);
  return rule;
}

function refuseIf(problem: string | null): void {
  if (problem !== null) throw new ControlError(400, problem);
}

function checkRegex(source: string | undefined): void {
  if (source === undefined) return;
  try {
    new RegExp(source);
  } catch (error) {
    throw new ControlError(400, error instanceof Error ? error.message : String(error));
  }
}
