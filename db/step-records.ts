import type { MachineName } from '../state-machines/index.ts';
import type { Tx } from './database.ts';
import type { Work } from './follow-ups.ts';
import type { Command, Row } from './steps.ts';

/** Personal data and file bodies have no place in the history; their names do. */
const unrecorded = new Set(['raw', 'sealed', 'credentials_sealed', 'bytes', 'password_hash']);

/** What a step changes, as the history keeps it: {column: [before, after]}. */
export function recordChanges(
  row: Row,
  changes: Readonly<Record<string, unknown>>,
): Record<string, [unknown, unknown]> {
  return Object.fromEntries(
    Object.entries(changes).flatMap(([column, after]) => {
      if (JSON.stringify(row[column] ?? null) === JSON.stringify(after ?? null)) return [];
      return [[column, unrecorded.has(column) ? ['…', '…'] : [row[column] ?? null, after ?? null]]];
    }),
  );
}

/** One step as `record_steps` takes it; `version` is the one before. */
export interface RecordedStep {
  machine: MachineName;
  id: string;
  from: string;
  to: string;
  event: string;
  version: number;
  changed: object;
  command: Command;
  commandId: string;
}

/** Moves the rows, writes their history and the follow-up work, in one call. The rows are locked and the machine was asked. */
export async function record(trx: Tx, steps: readonly RecordedStep[], work: readonly Work[]): Promise<void> {
  const seen = new Map<string, number>();
  const json = steps.map((step) => {
    const key = `${step.machine}/${step.id}`;
    const depth = seen.get(key) ?? 0;
    seen.set(key, depth + 1);
    return {
      machine: step.machine,
      id: step.id,
      from: step.from,
      to: step.to,
      event: step.event,
      version: step.version,
      command_id: step.commandId,
      actor: step.command.actor,
      role: step.command.role,
      why: step.command.why ?? null,
      changed: step.changed,
      correlation_id: step.command.correlationId ?? null,
      at: step.command.at,
      depth,
    };
  });
  await trx.raw('select record_steps(?::jsonb, ?::jsonb)', [JSON.stringify(json), JSON.stringify(work)]);
}

/** The columns that are PostgreSQL arrays; every other list or object is a JSON column and goes out as text. */
const arrayColumns = new Set(['mail_to', 'missing_fields', 'recipients', 'accepted', 'rejected']);

/** Makes values fit their columns: JSON as text, everything else as the driver takes it. */
export function forDriver(changes: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(changes).map(([column, value]) => {
      const plain =
        value === null ||
        typeof value !== 'object' ||
        value instanceof Date ||
        Buffer.isBuffer(value) ||
        arrayColumns.has(column);
      return [column, plain ? value : JSON.stringify(value)];
    }),
  );
}
