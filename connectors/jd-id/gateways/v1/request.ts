import { createHash } from 'node:crypto';
import type { JdIdCredentials, JdIdSettings } from '../../schema.ts';
import { sign } from '../../signature.ts';
import { gatewayTimestamp } from '../../times.ts';
import type { GatewayCall, OutgoingRequest } from '../gateway.ts';
import { multipart } from './multipart.ts';

/** The parameters of a v1 call, signature included. The file takes part by its MD5 only, hex in upper case. */
export function parametersV1(
  { method, business, file }: Pick<GatewayCall, 'method' | 'business' | 'file'>,
  { appKey, appSecret, accessToken }: JdIdCredentials,
  at: Date,
): Record<string, string> {
  const unsigned = {
    app_key: appKey,
    access_token: accessToken,
    method,
    v: '1.0',
    format: 'json',
    sign_method: 'md5',
    timestamp: gatewayTimestamp(at),
    param_json: business,
    ...(file === undefined ? {} : { param_file_md5: createHash('md5').update(file.bytes).digest('hex').toUpperCase() }),
  };
  return { ...unsigned, sign: sign(unsigned, appSecret) };
}

/** A call as a form; files go to the address for uploads, `…_bigdata` unless the settings name another. */
export function requestV1(
  call: GatewayCall,
  credentials: JdIdCredentials,
  at: Date,
  settings: JdIdSettings,
): OutgoingRequest {
  const fields = parametersV1(call, credentials, at);
  const { file } = call;
  const part = file === undefined ? undefined : { ...file, name: 'param_file' };
  const { contentType, body } = multipart(fields, `jd-${fields.sign}`, part);
  const url = file === undefined ? settings.gatewayUrl : (settings.uploadUrl ?? `${settings.gatewayUrl}_bigdata`);
  return { url, headers: { 'content-type': contentType }, body };
}
