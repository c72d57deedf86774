import type { VendorAnswer, VendorRequest } from '../../simulator-kit/index.ts';
import { nowMs, type World } from './model.ts';
import { ORDER_METHODS } from './order-methods.ts';
import { PRODUCT_READS } from './product-reads.ts';
import { PRODUCT_WRITES } from './product-writes.ts';
import type { Method, MethodResult } from './result.ts';
import { signatureOf } from './signature.ts';
import { STOCK_METHODS } from './stock-methods.ts';
import { readGatewayTimestamp } from './times.ts';
import { loosened } from './values.ts';

const METHODS: Readonly<Record<string, Method>> = {
  ...ORDER_METHODS,
  ...PRODUCT_READS,
  ...PRODUCT_WRITES,
  ...STOCK_METHODS,
};
const BUSINESS_PARAMETER = '360buy_param_json';

/**
 * The gateway's own codes. 2 to 15 follow JD's mother platform; 9, 10, 19 and the number for an unreadable business
 * parameter are this simulator's reading, UNCONFIRMED.
 */
const GATEWAY_ERRORS = {
  quota: ['2', '应用调用次数超限', 'The call quota is used up'],
  noVersion: ['4', '缺少版本参数', 'Missing version'],
  version: ['5', '不支持的版本号', 'Unsupported version'],
  noTimestamp: ['7', '缺少时间戳参数', 'Missing timestamp'],
  timestamp: ['8', '非法的时间戳参数', 'Invalid timestamp'],
  noAppKey: ['9', '缺少app_key参数', 'Missing app key'],
  appKey: ['10', '无效app_key', 'Invalid app key'],
  noSign: ['11', '缺少签名参数', 'Missing signature'],
  sign: ['12', '无效签名', 'Invalid signature'],
  noMethod: ['14', '缺少方法名参数', 'Missing method'],
  method: ['15', '不存在的方法名', 'Invalid method'],
  token: ['19', '无效access_token', 'Invalid access token'],
  parameter: ['60', '业务参数格式错误', 'Invalid business parameter'],
} as const;

/** Names of the gateway's own failures. */
export type GatewayError = keyof typeof GATEWAY_ERRORS;

/** An `error_response`; HTTP 200 unless said otherwise. */
export function gatewayError(name: GatewayError, status = 200): VendorAnswer {
  const [code, zh_desc, en_desc] = GATEWAY_ERRORS[name];
  return { status, body: { error_response: { code, zh_desc, en_desc } }, summary: `gateway ${code}: ${en_desc}` };
}

/** Name of the method that a call asks for, without verifying anything. */
export function methodNameOf(request: VendorRequest): string {
  const inQuery = request.query.find(([name]) => name === 'method')?.[1];
  if (inQuery !== undefined) return inQuery;
  const text = request.body.subarray(0, 20_000).toString('utf8');
  const inBody = isMultipart(request)
    ? /name="method"\r\n(?:[^\r\n]+\r\n)*\r\n([^\r\n]*)/.exec(text)?.[1]
    : new URLSearchParams(text).get('method');
  return inBody ?? '(no method)';
}

/** Serves one gateway call. */
export async function serveGateway(world: World, request: VendorRequest): Promise<VendorAnswer> {
  const parameters = await mergedParameters(request);
  const refusal = refusalOf(world, parameters);
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
  // On failure `model` is absent, null, or of another type than on success.
  const shapes = [{}, { model: null }, { model: '' }, { model: false }];
  return { ...envelope, ...shapes[random.int(shapes.length)] };
}

function refusalOf(world: World, parameters: Map<string, string>): GatewayError | null {
  const { options } = world;
  if (!parameters.get('method')) return 'noMethod';
  if (!parameters.get('v')) return 'noVersion';
  if (parameters.get('v') !== '2.0') return 'version';
  if (!parameters.get('app_key')) return 'noAppKey';
  if (parameters.get('app_key') !== options.appKey) return 'appKey';
  if (!parameters.get('timestamp')) return 'noTimestamp';
  if (!isTimely(world, parameters.get('timestamp') ?? '')) return 'timestamp';
  if (!parameters.get('sign')) return 'noSign';
  if (parameters.get('sign') !== signatureOf(parameters, options.appSecret)) return 'sign';
  const token = world.state.tokens.find(({ accessToken }) => accessToken === parameters.get('access_token'));
  return token === undefined || token.dead || token.expiresAt <= nowMs(world) ? 'token' : null;
}

/** A timestamp may follow the simulator's clock or the clock beneath it: callers sign with either in a simulation. */
function isTimely(world: World, timestamp: string): boolean {
  const { clock } = world.tools;
  const sentAt = readGatewayTimestamp(timestamp);
  if (sentAt === null) return false;
  const clocks = [clock.now(), clock.baseNow()];
  return clocks.some((now) => Math.abs(now.getTime() - sentAt) <= world.options.maxClockDriftMs);
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

/** Query, form and multipart fields together; files take no part. A field of the body wins over one of the query. */
async function mergedParameters(request: VendorRequest): Promise<Map<string, string>> {
  const merged = new Map<string, string>(request.query);
  const type = request.headers['content-type'] ?? '';
  if (request.body.length === 0) return merged;
  if (type.startsWith('application/x-www-form-urlencoded')) {
    for (const [name, value] of new URLSearchParams(request.body.toString('utf8'))) merged.set(name, value);
  } else if (isMultipart(request)) {
    const response = new Response(new Uint8Array(request.body), { headers: { 'content-type': type } });
    for (const [name, value] of await response.formData()) if (typeof value === 'string') merged.set(name, value);
  }
  return merged;
}

function isMultipart(request: VendorRequest): boolean {
  return (request.headers['content-type'] ?? '').startsWith('multipart/form-data');
}
