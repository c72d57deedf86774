import type { IncomingAnswer, Throttle } from '../../../transport/client.ts';
import { fits, misfit, outerV1Schema, serviceResultSchema } from '../../answers.ts';
import { gatewayError, quotaCode, unreadable } from '../../errors.ts';
import { parseJson } from '../../json.ts';
import type { GatewayCall, ServiceResult } from '../gateway.ts';
import { resultOf } from '../result.ts';

/**
 * Takes an answer of the v1 gateway apart: `openapi_code`, `openapi_msg`, and in `openapi_data` a JSON **text** that
 * holds the service's result. The gateway refused where its code is not 0 and its message not "success" (compared
 * without case); then no service was reached.
 */
export function openV1(call: GatewayCall, body: string): ServiceResult {
  const { operation, effect = false } = call;
  const html = body.trimStart().startsWith('<');
  const fail = (where: string) => unreadable(operation, effect, where, html ? body : '');
  const parsed = (text: string, where: string): unknown => {
    try {
      return parseJson(text);
    } catch (error) {
      const why = error instanceof Error ? error.name : 'unknown';
      throw fail(html ? 'HTML instead of JSON' : `${where}: no JSON (${why})`);
    }
  };
  const outer = parsed(body, '/');
  if (!fits(outerV1Schema, outer)) throw fail(misfit(outerV1Schema, outer) ?? '/');
  const code = String(outer.openapi_code);
  const said = outer.openapi_msg ?? '';
  if (code !== '0' && said.toLowerCase() !== 'success') throw gatewayError(code, said, operation, effect);
  const data = outer.openapi_data;
  const inner = typeof data === 'string' ? parsed(data, '/openapi_data') : data;
  if (!fits(serviceResultSchema, inner)) {
    throw fail(`/openapi_data${misfit(serviceResultSchema, inner) ?? ''}`);
  }
  const result = resultOf(inner);
  if (result === null) throw fail('/openapi_data/success: missing');
  return result;
}

/** A model that is one more JSON text (batches of orders), parsed; anything else as it is. */
export function innermost(call: { operation: string; effect?: boolean }, model: unknown): unknown {
  if (typeof model !== 'string' || model === '') return model === '' ? null : model;
  try {
    return parseJson(model);
  } catch (error) {
    const why = error instanceof Error ? error.name : 'unknown';
    throw unreadable(call.operation, call.effect ?? false, `/model: no JSON (${why})`);
  }
}

/** Recognises the used-up quota, which comes with status 200. */
export function throttleV1({ status, text }: IncomingAnswer): Throttle | null {
  if (status !== 200) return null;
  const code = /"openapi_code"\s*:\s*"?(-?\d+)"?/.exec(text.slice(0, 300))?.[1];
  return code === quotaCode ? { retryAfterMs: null } : null;
}
