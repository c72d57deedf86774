import { type TSchema, Type } from '@sinclair/typebox';

/** Chapters of the configuration table, in the order in which they are printed. */
export const groups = [
  'Installation',
  'Database',
  'Temporal',
  'HTTP',
  'Worker',
  'Mail',
  'Translation',
  'Security',
  'Prices',
  'Sandbox',
] as const;
export type Group = (typeof groups)[number];

/** What a variable says about itself beside its type; the configuration table and every fault message are made of it. */
export interface VariableNotes {
  group: Group;
  description: string;
  /** What a valid value looks like, for people; follows "expected". */
  expects: string;
  /** What to do when the value is wrong; a whole sentence. */
  remedy: string;
  /** `all` hides the value everywhere; `password` hides the password inside a URL. */
  secret?: 'all' | 'password';
  /** Shown in the table where there is no fixed default. */
  fallback?: string;
}

/** A TCP port; 0 lets the system choose. */
export const port = (notes: VariableNotes, fallback: number) =>
  Type.Integer({ ...notes, minimum: 0, maximum: 65_535, default: fallback });
/** A whole number within limits. */
export const whole = (notes: VariableNotes, limits: { minimum: number; maximum: number; default: number }) =>
  Type.Integer({ ...notes, ...limits });
/** A string that is not empty. */
export const text = (notes: VariableNotes, rules: { pattern?: string; minLength?: number; default?: string } = {}) =>
  Type.String({ minLength: 1, ...notes, ...rules });
/** A variable that may be missing. */
export const optional = <T extends TSchema>(schema: T) => Type.Optional(schema);

export const postgresUrl = '^postgres(ql)?://[^\\s/@]+@[^\\s/]+/[^\\s?]+(\\?\\S*)?$';
export const httpUrl = '^https?://[^\\s/]+(/\\S*)?$';
export const portHint = 'a port between 0 and 65535 (0 lets the system choose)';
export const choosePort = 'Choose another port that is free.';
