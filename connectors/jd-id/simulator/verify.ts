import type { VendorRequest } from '../../simulator-kit/index.ts';
import type { World } from './model.ts';
import { signatureOf } from './signature.ts';
import { readGatewayTimestamp } from './times.ts';

/**
 * The gateway's own codes. 2 to 15 follow JD's mother platform; 9, 10, 19 and the numbers for an unreadable business
 * parameter and file are this simulator's reading, UNCONFIRMED.
 */
export const GATEWAY_ERRORS = {
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
  file: ['61', '文件校验失败', 'Invalid file'],
} as const;

/** Names of the gateway's own failures. */
export type GatewayError = keyof typeof GATEWAY_ERRORS;

/** What a call sent, wherever it stood. */
export interface Sent {
  parameters: Map<string, string>;
  /** The file part `param_file` of an upload. */
  file: Buffer | null;
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

/** What the gateway itself refuses, before any service is asked; `null` when nothing. */
export function refusalOf(
  world: World,
  parameters: Map<string, string>,
  gateway: { version: string; isToken: (token: string | undefined) => boolean },
): GatewayError | null {
  const { options } = world;
  if (!parameters.get('method')) return 'noMethod';
  if (!parameters.get('v')) return 'noVersion';
  if (parameters.get('v') !== gateway.version) return 'version';
  if (!parameters.get('app_key')) return 'noAppKey';
  if (parameters.get('app_key') !== options.appKey) return 'appKey';
  if (!parameters.get('timestamp')) return 'noTimestamp';
  if (!isTimely(world, parameters.get('timestamp') ?? '')) return 'timestamp';
  if (!parameters.get('sign')) return 'noSign';
  if (parameters.get('sign') !== signatureOf(parameters, options.appSecret)) return 'sign';
  return gateway.isToken(parameters.get('access_token')) ? null : 'token';
}

/** A timestamp may follow the simulator's clock or the clock beneath it: callers sign with either in a simulation. */
function isTimely(world: World, timestamp: string): boolean {
  const { clock } = world.tools;
  const sentAt = readGatewayTimestamp(timestamp);
  if (sentAt === null) return false;
  const clocks = [clock.now(), clock.baseNow()];
  return clocks.some((now) => Math.abs(now.getTime() - sentAt) <= world.options.maxClockDriftMs);
}

/** Query, form and multipart fields together; the file takes part by its MD5 only. A field of the body wins over one of the query. */
export async function mergedParameters(request: VendorRequest): Promise<Sent> {
  let file: Buffer | null = null;
  const merged = new Map<string, string>(request.query);
  const type = request.headers['content-type'] ?? '';
  if (request.body.length === 0) return { parameters: merged, file };
  if (type.startsWith('application/x-www-form-urlencoded')) {
    for (const [name, value] of new URLSearchParams(request.body.toString('utf8'))) merged.set(name, value);
  } else if (isMultipart(request)) {
    const response = new Response(new Uint8Array(request.body), { headers: { 'content-type': type } });
    for (const [name, value] of await response.formData()) {
      if (typeof value === 'string') merged.set(name, value);
      else if (name === 'param_file') file = Buffer.from(await value.arrayBuffer());
    }
  }
  return { parameters: merged, file };
}

function isMultipart(request: VendorRequest): boolean {
  return (request.headers['content-type'] ?? '').startsWith('multipart/form-data');
}
