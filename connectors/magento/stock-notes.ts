import { type Static, Type } from '@sinclair/typebox';
import { check, type MagentoOrder } from './schema.ts';

const NOTE = 'Tradelane stock ';

const rowSchema = Type.Object({
  sku: Type.String(),
  source: Type.String(),
  from: Type.Number(),
  to: Type.Number(),
});
const noteSchema = Type.Union([
  Type.Object({
    phase: Type.Union([Type.Literal('plan'), Type.Literal('lend'), Type.Literal('settle')]),
    rows: Type.Array(rowSchema),
  }),
  Type.Object({ phase: Type.Literal('measured'), counts: Type.Record(Type.String(), Type.Number()) }),
  Type.Object({ phase: Type.Union([Type.Literal('taken'), Type.Literal('returned'), Type.Literal('settled')]) }),
]);
export type StockNote = Static<typeof noteSchema>;
export type PlanRow = Static<typeof rowSchema>;

/** What the notes of a direct order say about its stock. */
export interface Taking {
  readonly plan: readonly PlanRow[] | null;
  readonly isTaken: boolean;
  readonly isReturned: boolean;
  /** Put back for the shipment, and not yet taken again. */
  readonly isLent: boolean;
  /** How they were to be taken again. */
  readonly settlement: readonly PlanRow[] | null;
  /** What could be sold before the first cancellation. */
  readonly measured: ReadonlyMap<string, number> | null;
}

export function takingOf(order: MagentoOrder): Taking {
  // The shop shows the newest first; the first of each phase counts.
  const histories = (order.status_histories ?? []).toSorted((x, y) => (x.entity_id ?? 0) - (y.entity_id ?? 0));
  const notes = histories.flatMap(({ comment }) => readNote(comment ?? ''));
  const rowsOf = (phase: 'plan' | 'settle') => {
    const note = notes.find((one) => one.phase === phase);
    return note !== undefined && 'rows' in note ? note.rows : null;
  };
  const has = (phase: StockNote['phase']) => notes.some((note) => note.phase === phase);
  const measured = notes.find((note) => note.phase === 'measured');
  return {
    plan: rowsOf('plan'),
    isTaken: has('taken'),
    isReturned: has('returned'),
    isLent: has('lend') && !has('settled'),
    settlement: rowsOf('settle'),
    measured: measured?.phase === 'measured' ? new Map(Object.entries(measured.counts)) : null,
  };
}

function readNote(comment: string): StockNote[] {
  if (!comment.startsWith(NOTE)) return [];
  try {
    const verdict = check(noteSchema, JSON.parse(comment.slice(NOTE.length)));
    return verdict.ok ? [verdict.value] : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

/** In ASCII alone: shops whose database cuts texts at rarer characters must not cut a plan. */
export function textOfNote(note: StockNote): string {
  return `${NOTE}${asciiJson(note)}`;
}

export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
