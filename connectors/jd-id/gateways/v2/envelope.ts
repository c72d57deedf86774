import type { ConnectorError } from '../../../errors.ts';
import type { IncomingAnswer, Throttle } from '../../../transport/client.ts';
import { fits, gatewayErrorSchema, misfit, serviceResultSchema } from '../../answers.ts';
import { gatewayError, quotaCode, unreadable } from '../../errors.ts';
import { parseJson } from '../../json.ts';
import type { ServiceResult } from '../gateway.ts';
import { isObject } from '../readers.ts';
import { resultOf } from '../result.ts';

export interface EnvelopeInput {
  readonly method: string;
  readonly operation: string;
  readonly effect: boolean;
  readonly text: string;
}

const wrapperNames = ['result', 'returnType', 'EptRemoteResult', 'com.jd.eptid.common.domain.EptRemoteResult'].map(
  (name) => name.toLowerCase(),
);

function lookUp(record: Record<string, unknown>, names: readonly string[]): unknown {
  const key = Object.keys(record).find((candidate) => names.includes(candidate.toLowerCase()));
  return key === undefined ? undefined : record[key];
}

/** The `error_response` of the outermost layer, null when there is none. */
function gatewayFailure(body: unknown, input: EnvelopeInput): ConnectorError | null {
  if (!fits(gatewayErrorSchema, body)) return null;
  const text = body.en_desc ?? body.zh_desc ?? '';
  return gatewayError(String(body.code ?? '?'), text, input.operation, input.effect);
}

/**
 * Takes an answer's three layers apart: `<method>_response` → wrapper (its name depends on the service) → result. Names
 * are compared without case. Throws what the gateway refused, or that the answer cannot be read; a service's own
 * refusal (`success: false`) is returned, because its model may still say something.
 */
export function openEnvelope(input: EnvelopeInput): ServiceResult {
  const html = input.text.trimStart().startsWith('<');
  // Only a page may be quoted: cut JSON may hold a buyer's name.
  const fail = (where: string) => unreadable(input.operation, input.effect, where, html ? input.text : '');
  let root: unknown;
  try {
    root = parseJson(input.text);
  } catch (error) {
    throw fail(html ? 'HTML instead of JSON' : `no JSON (${error instanceof Error ? error.name : 'unknown'})`);
  }
  if (!isObject(root)) throw fail('/: expected an object');
  const refusal = lookUp(root, ['error_response']);
  if (refusal !== undefined) throw gatewayFailure(refusal, input) ?? fail('/error_response: unexpected shape');

  const name = input.method.replaceAll('.', '_').toLowerCase();
  const response = lookUp(root, [`${name}_response`, `${name}_responce`]);
  if (!isObject(response)) throw fail(`/${name}_response: expected an object`);
  const outer = lookUp(response, ['code']);
  if (outer !== undefined && outer !== null && String(outer) !== '0') {
    throw gatewayFailure(response, input) ?? fail('/code: unexpected shape');
  }
  const inner = lookUp(response, wrapperNames);
  if (!fits(serviceResultSchema, inner)) {
    throw fail(`/${name}_response/<wrapper>${misfit(serviceResultSchema, inner) ?? ''}`);
  }
  const result = resultOf(inner);
  if (result === null) throw fail(`/${name}_response/<wrapper>/success: missing`);
  return result;
}

/** Recognises the used-up quota, which comes with status 200; JD.id does not say for how long. */
export function throttleOf(answer: IncomingAnswer): Throttle | null {
  if (answer.status !== 200 || !/error_response/i.test(answer.text.slice(0, 200))) return null;
  const code = /"code"\s*:\s*"?(\d+)"?/.exec(answer.text)?.[1];
  return code === quotaCode ? { retryAfterMs: null } : null;
}
