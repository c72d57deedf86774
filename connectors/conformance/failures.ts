import assert from 'node:assert/strict';
import { ConnectorError, type ConnectorErrorKind } from '../errors.ts';
import type { Fault } from './fault-dials.ts';

/** The ConnectorError that a promise fails with; anything else fails the case. */
export async function failureOf(promise: Promise<unknown>): Promise<ConnectorError> {
  const outcome = await promise.then(
    (value) => new assert.AssertionError({ message: `it worked: ${JSON.stringify(value)?.slice(0, 200)}` }),
    (error: unknown) => error,
  );
  if (outcome instanceof ConnectorError) return outcome;
  throw outcome;
}

/** Fails unless the promise fails as one of these. */
export async function failsAs(
  promise: Promise<unknown>,
  ...kinds: readonly ConnectorErrorKind[]
): Promise<ConnectorError> {
  const error = await failureOf(promise);
  assert.ok(kinds.includes(error.kind), `failed as ${error.kind} instead of ${kinds.join(' or ')}: ${error.message}`);
  return error;
}

/** A name, the fault, and whether it strikes before or after the call was worked on. */
export const faults: readonly { id: string; name: string; fault: Fault; processed: boolean }[] = [
  { id: '500', name: 'status 500', fault: { kind: 'status', status: 500, body: 'broken' }, processed: false },
  { id: '502', name: 'status 502', fault: { kind: 'html', status: 502 }, processed: false },
  { id: '503', name: 'status 503', fault: { kind: 'html', status: 503 }, processed: false },
  { id: 'html', name: 'HTML with 200', fault: { kind: 'html', status: 200 }, processed: false },
  { id: 'empty', name: 'an empty 200', fault: { kind: 'status', status: 200, body: '' }, processed: false },
  { id: 'drop', name: 'a dropped connection', fault: { kind: 'drop' }, processed: false },
  { id: 'cut', name: 'a cut body', fault: { kind: 'cut', bytes: 12 }, processed: true },
  { id: 'drip', name: 'an answer that drips', fault: { kind: 'slow-drip', bytesPerSecond: 5 }, processed: true },
  { id: 'silent', name: 'an answer that never begins', fault: { kind: 'hold' }, processed: true },
];

export type ThrottleForm = 'seconds' | 'date' | 'absent' | 'in-200';
export const throttleForms: readonly ThrottleForm[] = ['seconds', 'date', 'absent', 'in-200'];
/** What a throttle of a case says. */
export const THROTTLE_SECONDS = 7;

/** The wait that a connector takes from a throttle: what it was told, or something where it was told nothing. */
export function assertWait(error: ConnectorError, form: ThrottleForm): void {
  const waitMs = error.details.retryAfterMs ?? 0;
  const isTold = form === 'seconds' || form === 'date';
  assert.ok(waitMs >= (isTold ? (THROTTLE_SECONDS - 1) * 1000 : 1), `waits ${waitMs} ms`);
  if (isTold) assert.ok(waitMs <= (THROTTLE_SECONDS + 1) * 1000, `waits ${waitMs} ms instead of 7 s`);
}
