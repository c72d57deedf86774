import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A process as Temporal recorded it, made fit for keeping: see `scripts/generate/histories.ts`. */
export interface RecordedHistory {
  readonly workflowId: string;
  /** How it ended: COMPLETED, CANCELLED, FAILED, CONTINUED_AS_NEW, or RUNNING when it was recorded. */
  readonly status: string;
  readonly history: { readonly events: RecordedEvent[] };
}

export interface RecordedEvent {
  eventType: string;
  activityTaskScheduledEventAttributes?: { activityType: { name: string } };
  workflowExecutionStartedEventAttributes?: { workflowType: { name: string } };
  [other: string]: unknown;
}

export const historiesFolder = join(import.meta.dirname, 'histories');

/** `orderWorkflow.cancelled.json` → its content, under its name. */
export function readHistories(): { name: string; recorded: RecordedHistory }[] {
  return readdirSync(historiesFolder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => ({ name, recorded: JSON.parse(readFileSync(join(historiesFolder, name), 'utf8')) }));
}

const base64 = /^[A-Za-z0-9+/]+=*$/;

/** Every text in it, with payloads decoded: what somebody who looks for secrets would read. */
export function textsOf(value: unknown): string[] {
  if (typeof value === 'string') {
    const decoded = value.length >= 4 && base64.test(value) ? [Buffer.from(value, 'base64').toString('utf8')] : [];
    return [value, ...decoded];
  }
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(textsOf);
  return [];
}
