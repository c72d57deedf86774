import type { Finding, Ref } from './common.ts';

export type Phase =
  | 'uploading'
  | 'mapping'
  | 'reading'
  | 'preview'
  | 'applying'
  | 'listing'
  | 'done'
  | 'discarded'
  | 'failed';

export const outcomes = ['new', 'changed', 'unchanged', 'duplicate', 'held', 'refused'] as const;
export type Outcome = (typeof outcomes)[number];
export type Counts = Record<Outcome | 'read', number>;

export interface ImportSummary {
  id: string;
  brand: Ref;
  kind: 'products' | 'undo';
  undoOf: string | null;
  fileName: string;
  bytes: number;
  phase: Phase;
  counts: Counts | null;
  progress: {
    bytesRead: number;
    rowsRead: number;
    rowsToApply: number;
    rowsApplied: number;
    productsListed: number;
  };
  openQuestions: number;
  uploadedBy: string;
  uploadedAt: string;
  confirmedBy: string | null;
  confirmedAt: string | null;
  finishedAt: string | null;
  error: string | null;
}

export interface ImportColumn {
  index: number;
  header: string;
  field: string | null;
  confidence: number;
  source: string;
  doubt: string | null;
}

export interface ImportQuestion {
  id: string;
  text: string;
  rows: number;
  examples: { row: number; line: number; value: string }[];
  options: { answer: string; label: string }[];
  takesCurrency: boolean;
}

export interface ImportDetail extends ImportSummary {
  dialect: { separator: string; quote: string; confidence: number } | null;
  encodings: {
    encoding: string;
    from: number;
    to: number;
    firstLine: number;
    lastLine: number;
    confidence: number;
    evidence: string;
  }[];
  encodingCount: number;
  mapping: ImportColumn[];
  fields: string[];
  missing: string[];
  questions: ImportQuestion[];
  answers: Record<string, string>;
  can: { correct: boolean; confirm: boolean; discard: boolean; undo: boolean };
}

export interface ImportRow {
  rowNumber: number;
  line: number;
  lineCount: number;
  sku: string | null;
  outcome: Outcome;
  question: string | null;
  changes: Record<string, [unknown, unknown]>;
  currency: string | null;
  kept: string[];
  findings: (Finding & { code: string; column: string | null })[];
}

export interface ImportRows {
  rows: ImportRow[];
  next: number | null;
}
