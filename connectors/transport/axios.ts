import axios, { type AxiosAdapter, AxiosError, AxiosHeaders, type InternalAxiosRequestConfig } from 'axios';
import { ConnectorError } from '../errors.ts';
import type { HttpClient, OutgoingCall } from './client.ts';

/** What a library's request means to us; libraries know only method and URL. */
export type CallMeaning = Pick<OutgoingCall, 'operation' | 'effect'> &
  Partial<Pick<OutgoingCall, 'cost' | 'throttle' | 'signal'>>;

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/**
 * An axios adapter that sends through the policy, so that axios and libraries built on it obey the same rules.
 * `ConnectorError`s pass through axios unchanged; statuses are judged by the request's `validateStatus`.
 */
export function policyAdapter(
  client: HttpClient,
  meaning: CallMeaning | ((config: InternalAxiosRequestConfig) => CallMeaning),
): AxiosAdapter {
  return async (config) => {
    const call = toCall(config, typeof meaning === 'function' ? meaning(config) : meaning);
    const answer = await client.send(call);
    const response = {
      data: config.responseType === 'arraybuffer' ? (answer.bytes ?? Buffer.from(answer.text)) : answer.text,
      status: answer.status,
      statusText: '',
      headers: new AxiosHeaders({ ...answer.headers }),
      config,
      request: null,
    };
    if (!config.validateStatus || config.validateStatus(answer.status)) return response;
    const code = answer.status < 500 ? AxiosError.ERR_BAD_REQUEST : AxiosError.ERR_BAD_RESPONSE;
    throw new AxiosError(`Request failed with status code ${answer.status}`, code, config, null, response);
  };
}

function toCall(config: InternalAxiosRequestConfig, meaning: CallMeaning): OutgoingCall {
  const method = METHODS.find((known) => known === (config.method ?? 'get').toUpperCase());
  if (method === undefined) {
    throw new ConnectorError('Rejected', `${meaning.operation}: method ${config.method} is not served`);
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(config.headers.toJSON())) {
    if (value !== null && value !== undefined) headers[name.toLowerCase()] = String(value);
  }
  if (config.auth) {
    const pair = `${config.auth.username}:${config.auth.password}`;
    headers.authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  }
  const body = toBody(config.data, meaning);
  const signal = config.signal instanceof AbortSignal ? config.signal : undefined;
  return {
    ...meaning,
    method,
    url: axios.getUri(config),
    headers,
    ...(body === undefined ? {} : { body }),
    ...(signal === undefined ? {} : { signal }),
  };
}

function toBody(data: unknown, meaning: CallMeaning): string | Buffer | undefined {
  if (data === undefined || data === null) return undefined;
  if (typeof data === 'string' || Buffer.isBuffer(data)) return data;
  if (data instanceof URLSearchParams) return data.toString();
  if (data instanceof Uint8Array) return Buffer.from(data);
  throw new ConnectorError('Rejected', `${meaning.operation}: this kind of request body is not served`);
}
