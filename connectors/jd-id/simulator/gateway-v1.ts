import { createHash } from 'node:crypto';
import type { VendorAnswer, VendorRequest } from '../../simulator-kit/index.ts';
import { LOOK_UPS_V1 } from './lookups-v1.ts';
import type { World } from './model.ts';
import { ORDER_METHODS_V1 } from './order-methods-v1.ts';
import { PRODUCT_METHODS_V1 } from './product-methods-v1.ts';
import { failureModel, type MethodResult, type MethodV1 } from './result.ts';
import { loosened } from './values.ts';
import { GATEWAY_ERRORS, type GatewayError, mergedParameters, refusalOf } from './verify.ts';

const METHODS: Readonly<Record<string, MethodV1>> = { ...LOOK_UPS_V1, ...PRODUCT_METHODS_V1, ...ORDER_METHODS_V1 };
/** Where uploads go. */
export const UPLOAD_PATH = '/api_bigdata';

/** The gateway's own refusal; HTTP 200 unless said otherwise. Its codes are read as those of v2: UNCONFIRMED. */
export function gatewayErrorV1(name: GatewayError, status = 200): VendorAnswer {
  const [code, , text] = GATEWAY_ERRORS[name];
  const body = { openapi_code: Number(code), openapi_msg: text, openapi_data: null, error: text };
  return { status, body, summary: `gateway ${code}: ${text}` };
}

/** Serves one call of the v1 gateway: the service's answer is JSON text inside the gateway's JSON. */
export async function serveGatewayV1(world: World, request: VendorRequest): Promise<VendorAnswer> {
  const { parameters, file } = await mergedParameters(request);
  const isToken = (token: string | undefined) => token === world.options.longLivedToken && !world.state.longLivedDead;
  const refusal = refusalOf(world, parameters, { version: '1.0', isToken });
  if (refusal !== null) return gatewayErrorV1(refusal);
  if ((parameters.get('sign_method') ?? 'md5') !== 'md5') return gatewayErrorV1('sign');
  const name = parameters.get('method') ?? '';
  const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
  if (method === undefined) return gatewayErrorV1('method');
  if ((method.upload === true) !== (request.path === UPLOAD_PATH)) return gatewayErrorV1('method');
  if (method.upload === true && !isWhole(file, parameters.get('param_file_md5'))) return gatewayErrorV1('file');
  const sent = businessValue(parameters.get('param_json'));
  if (sent === undefined) return gatewayErrorV1('parameter');
  const result = await method.run(world, sent, { stale: request.stale, file });
  world.tools.changed();
  const body = { openapi_code: 0, openapi_msg: 'success', openapi_data: JSON.stringify(inner(world, method, result)) };
  return result.success ? { status: 200, body } : { status: 200, body, summary: `refused: ${result.message}` };
}

function inner(world: World, method: MethodV1, { code, success, message, model }: MethodResult) {
  const { random } = world.tools;
  if (model === undefined) return { code, success, message, ...failureModel(random) };
  const loose = loosened(model, random, world.options.looseTypesProbability);
  // One method wraps its model once more: three layers of JSON.
  return { code, success, message, model: method.model === 'text' ? JSON.stringify(loose) : loose };
}

/** JSON of any kind, or comma-separated values that are JSON each (`1,10` or `7,1,1,"PDF"`); `undefined` for neither. */
function businessValue(text: string | undefined): unknown {
  if (text === undefined || text.trim() === '') return undefined;
  for (const candidate of [text, `[${text}]`]) {
    try {
      return JSON.parse(candidate);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return undefined;
}

function isWhole(file: Buffer | null, md5: string | undefined): boolean {
  return file !== null && createHash('md5').update(file).digest('hex').toUpperCase() === md5;
}
