import { ConnectorError } from '../errors.ts';
import type { CallMeaning } from './axios.ts';
import type { HttpClient } from './client.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
/** Statuses whose answers have no body; `Response` refuses to be made with one. */
const BODILESS = new Set([204, 205, 304]);

/**
 * A function shaped like `fetch` that sends through the policy, for libraries that take a fetch of one's own. It throws
 * `ConnectorError`s; other statuses come back as a `Response`.
 */
export function policyFetch(
  client: HttpClient,
  meaning: CallMeaning | ((request: Request) => CallMeaning),
): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const known = typeof meaning === 'function' ? meaning(request.clone()) : meaning;
    const method = METHODS.find((one) => one === request.method);
    if (method === undefined) {
      throw new ConnectorError('Rejected', `${known.operation}: method ${request.method} is not served`);
    }
    const body = Buffer.from(await request.arrayBuffer());
    const answer = await client.send({
      ...known,
      method,
      url: request.url,
      headers: Object.fromEntries(request.headers),
      signal: known.signal ?? request.signal,
      ...(body.length === 0 ? {} : { body }),
    });
    const headers = new Headers(answer.headers);
    // The body is decompressed already.
    headers.delete('content-encoding');
    headers.delete('content-length');
    const bytes = answer.bytes ?? Buffer.from(answer.text);
    return new Response(BODILESS.has(answer.status) ? null : new Uint8Array(bytes), { status: answer.status, headers });
  };
}
