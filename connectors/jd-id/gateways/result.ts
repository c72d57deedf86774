import type { Static } from '@sinclair/typebox';
import type { serviceResultSchema } from '../answers.ts';
import type { ServiceResult } from './gateway.ts';

function isTrue(value: unknown): boolean {
  return value === true || value === 1 || (typeof value === 'string' && /^(true|1)$/i.test(value));
}

/** A service's result with its flags made uniform; null where it has none. */
export function resultOf(inner: Static<typeof serviceResultSchema>): ServiceResult | null {
  const success = inner.success ?? inner.isSuccess;
  if (success === undefined || success === null) return null;
  return {
    success: isTrue(success),
    code: String(inner.code ?? '?'),
    message: String(inner.message ?? ''),
    model: inner.model ?? null,
  };
}
