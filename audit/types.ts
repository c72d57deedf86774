import type { Database } from '../db/database.ts';
import type { AuditLine } from './facts.ts';

export const invariants = ['L1', 'L2', 'L3', 'L4', 'L5', 'L6', 'L7', 'L8', 'L9', 'L10'] as const;
/** The ten invariants of `docs/audit.md`. */
export type Invariant = (typeof invariants)[number];

/** One breach of an invariant: what it is in a few words, which things, and the facts that show it. */
export interface Finding {
  readonly what: string;
  /** Numbers and ids by which a person finds the things. */
  readonly ids: readonly string[];
  readonly detail: string;
}

export type Figures = Readonly<Record<string, number | string>>;

/** What became of one invariant. `checked` 0 with a note = there was nothing to judge it by. */
export interface Check {
  readonly ok: boolean;
  /** Things looked at: orders, SKUs, calls … */
  readonly checked: number;
  readonly findings: readonly Finding[];
  readonly note?: string;
}

export interface AuditReport {
  readonly ok: boolean;
  readonly checks: Readonly<Record<Invariant, Check>>;
  /** Measurements by name, e.g. `L3.longestOutsideIntervalMs`. */
  readonly figures: Figures;
}

/** What a check file hands back; `runAudit` makes a `Check` of it. */
export interface Verdict {
  readonly checked: number;
  readonly findings: readonly Finding[];
  readonly note?: string;
  readonly figures?: Figures;
}

/** A token bucket: `burst` calls at once, refilled with `perSecond` calls a second. Null = unlimited. */
export interface Limits {
  readonly perSecond: number | null;
  readonly burst: number | null;
}

export type SourceKind = 'store' | 'marketplace' | 'carrier' | 'mail';

/** An outside system as it tells the truth about itself: its own log, beyond the reach of our processes. */
export interface GroundTruth {
  readonly name: string;
  /** `connections.code` of the account that it stands for; null where there is none (mail). */
  readonly connectionCode: string | null;
  readonly kind: SourceKind;
  /** Everything since its last reset, oldest first. */
  readLog(): Promise<readonly AuditLine[]>;
  readState(): Promise<unknown>;
  /** What it permits; null = unlimited. Asked once. */
  readLimits(): Promise<Limits | null>;
}

/** A ground truth that was read. */
export interface Source {
  readonly name: string;
  readonly connectionCode: string | null;
  readonly kind: SourceKind;
  readonly lines: readonly AuditLine[];
  readonly limits: Limits | null;
}

export interface OpenWorkflow {
  readonly workflowId: string;
  readonly type: string;
}

export interface WorkflowStanding {
  readonly isRunning: boolean;
  /** For people: the status and, where it failed, why. */
  readonly text: string;
}

export interface AuditDeps {
  /** Opened as the application role; the audit reads with the scope 'staff' and writes nothing. */
  readonly db: Database;
  readonly temporal?: {
    listOpenWorkflows(): Promise<readonly OpenWorkflow[]>;
    /** How the newest run under an id stands; null = there was never one. Exact where the list is a moment behind. */
    standingOf?(workflowId: string): Promise<WorkflowStanding | null>;
  };
  /** Workflow histories as JSON texts, for the search for canaries. */
  readonly histories?: () => AsyncIterable<{ readonly workflowId: string; readonly json: string }>;
  readonly sources: readonly GroundTruth[];
  /** Outside systems that were found and belong to no account: named in the report, judged by nothing. */
  readonly unmatched?: readonly string[];
  /** Prefix of our workflow ids. */
  readonly installation: string;
  /** Secrets that must be nowhere. Never printed. */
  readonly canaries?: readonly string[];
  /** Log files of our own processes (JSON lines). */
  readonly logFiles?: readonly string[];
  /** Permitted rates by source name, where they differ from what the source says. */
  readonly permitted?: Readonly<Record<string, Limits>>;
  /** Checks only these. */
  readonly only?: readonly Invariant[];
}
