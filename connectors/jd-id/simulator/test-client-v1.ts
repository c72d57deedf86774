import { createHash } from 'node:crypto';
import type { RunningSimulator } from '../../simulator-kit/index.ts';
import { demoOptions, signatureOf } from './index.ts';

/** What a v1 call came back with: the gateway's layer, and the service's below it where there is one. */
export interface AnswerV1 {
  readonly outer: Record<string, unknown>;
  readonly inner: Record<string, unknown>;
}

type Changes = Record<string, string | null>;

/** A small caller of the v1 gateway for this folder's tests. */
export class TestClientV1 {
  readonly #simulator: RunningSimulator;

  constructor(simulator: RunningSimulator) {
    this.#simulator = simulator;
  }

  /** `business` is sent as it is. `changes` replace parameters before they are signed, `null` takes one out. */
  signed(method: string, business: string, changes: Changes = {}): Array<[string, string]> {
    const all: Record<string, string | null> = {
      app_key: demoOptions.appKey,
      access_token: 'demo-long-lived-token',
      method,
      v: '1.0',
      format: 'json',
      sign_method: 'md5',
      timestamp: `${new Date(Date.now() + 7 * 3_600_000).toISOString().replace('T', ' ').replace('Z', '')}+0700`,
      param_json: business,
      ...changes,
    };
    const parameters = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null);
    return [...parameters, ['sign', signatureOf(parameters, demoOptions.appSecret)]];
  }

  /** By GET with everything in the query, as some clients call. */
  async call(method: string, business: string, changes: Changes = {}): Promise<AnswerV1> {
    const query = new URLSearchParams(this.signed(method, business, changes));
    return read(await fetch(`${this.#simulator.url}/api?${query}`));
  }

  /** By a multipart POST, as others do. */
  async upload(method: string, business: string, bytes: Buffer, to = '/api_bigdata', md5?: string): Promise<AnswerV1> {
    const param_file_md5 = md5 ?? createHash('md5').update(bytes).digest('hex').toUpperCase();
    const form = new FormData();
    for (const [name, value] of this.signed(method, business, { param_file_md5 })) form.set(name, value);
    form.set('param_file', new Blob([new Uint8Array(bytes)]), 'picture.png');
    return read(await fetch(`${this.#simulator.url}${to}`, { method: 'POST', body: form }));
  }
}

async function read(response: Response): Promise<AnswerV1> {
  const outer = (await response.json()) as Record<string, unknown>;
  const data = outer.openapi_data;
  return { outer, inner: typeof data === 'string' ? (JSON.parse(data) as Record<string, unknown>) : {} };
}
