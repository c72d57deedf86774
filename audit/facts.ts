import type { Fact, LogLine } from '../connectors/simulator-kit/types.ts';
import type { Source } from './types.ts';

/** What the mail catcher adds to the vocabulary of facts: it took over a mail. */
export interface MailAccepted {
  readonly fact: 'mail.accepted';
  readonly messageId: string;
  readonly subject?: string;
  readonly recipients?: readonly string[];
  /** Order numbers that it found in the mail's text, where it looks for them. */
  readonly orderNumbers?: readonly string[];
}

type Head = Pick<LogLine, 'seq' | 'wall' | 'at' | 'sim'>;
export type AuditFact = Fact | MailAccepted;
/** How long a throttled caller was told to wait; absent where the simulator doesn't log it. */
export type CallLine = Extract<LogLine, { kind: 'call' }> & { readonly retryAfterSeconds?: number };
/** One line of an outside system's log. */
export type AuditLine = CallLine | (Head & { readonly kind: 'fact' } & AuditFact);

export type FactName = AuditFact['fact'];
export type FactLineOf<Name extends FactName> = Head & { readonly kind: 'fact' } & Extract<AuditFact, { fact: Name }>;

const isFact =
  <Name extends FactName>(names: readonly Name[]) =>
  (line: AuditLine): line is FactLineOf<Name> =>
    line.kind === 'fact' && (names as readonly string[]).includes(line.fact);

/** The facts of the given names, in the order of the log. */
export function factsOf<Name extends FactName>(lines: readonly AuditLine[], ...names: Name[]): FactLineOf<Name>[] {
  return lines.filter(isFact(names));
}

/** The vendor calls, in the order in which they were decided. */
export function callsOf(lines: readonly AuditLine[]): CallLine[] {
  return lines.filter((line) => line.kind === 'call');
}

/** What counts: everything after the last reset. */
export function sinceReset(lines: readonly AuditLine[]): readonly AuditLine[] {
  const last = lines.findLastIndex((line) => line.kind === 'fact' && line.fact === 'reset');
  return last < 0 ? lines : lines.slice(last + 1);
}

/**
 * Checks that something read from outside is a log; single facts are taken as they are.
 * @throws Error naming the first line that is none
 */
export function asLog(value: unknown, from: string): readonly AuditLine[] {
  if (!Array.isArray(value)) throw new Error(`${from}: the log is not a list`);
  value.forEach((line, index) => {
    const ok =
      typeof line === 'object' &&
      line !== null &&
      Number.isFinite(line.seq) &&
      Number.isFinite(line.wall) &&
      (line.kind === 'call' || (line.kind === 'fact' && typeof line.fact === 'string'));
    if (!ok) throw new Error(`${from}: entry ${index} of the log is not a log line`);
  });
  return value as AuditLine[];
}

/** The last value per key: later lines replace earlier ones. */
export function newestBy<Line>(lines: readonly Line[], keyOf: (line: Line) => string): Map<string, Line> {
  return new Map(lines.map((line) => [keyOf(line), line]));
}

export const ofKind = (sources: readonly Source[], kind: Source['kind']): Source[] =>
  sources.filter((source) => source.kind === kind);
