import type { VendorAnswer, VendorRequest } from '../../simulator-kit/index.ts';
import { nowMs, type World } from './model.ts';
import { ORDER_METHODS } from './order-methods.ts';
import { PRODUCT_READS } from './product-reads.ts';
import { PRODUCT_WRITES } from './product-writes.ts';
import { failureModel, type Method, type MethodResult } from './result.ts';
import { STOCK_METHODS } from './stock-methods.ts';
import { loosened } from './values.ts';
import { GATEWAY_ERRORS, type GatewayError, mergedParameters, refusalOf } from './verify.ts';

const METHODS: Readonly<Record<string, Method>> = {
  ...ORDER_METHODS,
  ...PRODUCT_READS,
  ...PRODUCT_WRITES,
  ...STOCK_METHODS,
};
const BUSINESS_PARAMETER = '360buy_param_json';

/** An `error_response`; HTTP 200 unless said otherwise. */
export function gatewayError(name: GatewayError, status = 200): VendorAnswer {
  const [code, zh_desc, en_desc] = GATEWAY_ERRORS[name];
  return { status, body: { error_response: { code, zh_desc, en_desc } }, summary: `gateway ${code}: ${en_desc}` };
}

/** Serves one call of the v2 gateway. */
export async function serveGateway(world: World, request: VendorRequest): Promise<VendorAnswer> {
  const { parameters } = await mergedParameters(request);
  const refusal = refusalOf(world, parameters, { version: '2.0', isToken: (token) => isToken(world, token) });
  if (refusal !== null) return gatewayError(refusal);
  const name = parameters.get('method') ?? '';
  const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
  if (method === undefined) return gatewayError('method');
  const sent = businessParameter(parameters.get(BUSINESS_PARAMETER));
  if (sent === null) return gatewayError('parameter');
  const result = await method.run(world, sent, { stale: request.stale });
  world.tools.changed();
  const inner = innerEnvelope(world, method, result);
  // Method case is kept in the key, as most clients show it.
  const key = `${name.replaceAll('.', '_')}_response`;
  const body = { [key]: { code: '0', [method.wrapper]: inner } };
  return result.success ? { status: 200, body } : { status: 200, body, summary: `refused: ${result.message}` };
}

function innerEnvelope(world: World, method: Method, result: MethodResult): Record<string, unknown> {
  const { random } = world.tools;
  const envelope = { code: result.code, [method.flag ?? 'success']: result.success, message: result.message };
  if (result.model !== undefined) {
    return { ...envelope, model: loosened(result.model, random, world.options.looseTypesProbability) };
  }
  return { ...envelope, ...failureModel(random) };
}

function isToken(world: World, accessToken: string | undefined): boolean {
  const token = world.state.tokens.find((known) => known.accessToken === accessToken);
  return token !== undefined && !token.dead && token.expiresAt > nowMs(world);
}

/** The JSON object of the business parameter; `null` when it isn't one. An empty text is refused, `{}` is right. */
function businessParameter(text: string | undefined): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
