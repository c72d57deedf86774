import { createReadStream, existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { contentSecurityPolicy } from '../../client/api/web.ts';
import { makeLabel } from './fake/label.ts';
import { mailHtml } from './fake/mails.ts';
import { type Answer, type Asked, answer } from './fake/routes.ts';
import { makeWorld, type World } from './fake/world.ts';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** As the API sends them. */
const documentHeaders = {
  'content-disposition': 'inline; filename="label.pdf"',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
  'x-frame-options': 'SAMEORIGIN',
};
const bodyHeaders = {
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; base-uri 'none'; form-action 'none'; sandbox",
  'x-frame-options': 'SAMEORIGIN',
};

export interface FakeApi {
  url: string;
  world: World;
  /** Everything that was asked with POST, PATCH or DELETE. */
  asked: Asked[];
  /** While set, every call of the API is answered with this status. */
  broken: { status: number | null };
  close: () => Promise<void>;
}

export async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString('utf8');
  return text === '' ? null : JSON.parse(text);
}

export function sendFile(folder: string, pathname: string, response: ServerResponse): void {
  const wanted = join(folder, normalize(pathname));
  const file = extname(pathname) !== '' && existsSync(wanted) ? wanted : join(folder, 'index.html');
  response.writeHead(200, {
    'content-type': types[extname(file)] ?? 'application/octet-stream',
    'content-security-policy': contentSecurityPolicy(false),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  });
  createReadStream(file).pipe(response);
}

function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
}

/** Serves the built dashboard and a world of canned answers in the API's shape. Events move the world by the real machines. */
export async function startFakeApi(webFolder: string): Promise<FakeApi> {
  const world = makeWorld();
  const label = await makeLabel();
  const asked: Asked[] = [];
  const broken: FakeApi['broken'] = { status: null };
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://fake');
    if (!url.pathname.startsWith('/api/')) return sendFile(webFolder, url.pathname, response);
    if (url.pathname.startsWith('/api/documents/')) {
      response.writeHead(200, { ...documentHeaders, 'content-type': 'application/pdf' });
      return response.end(label);
    }
    if (url.pathname.endsWith('/body.html')) {
      response.writeHead(200, { ...bodyHeaders, 'content-type': 'text/html; charset=utf-8' });
      return response.end(mailHtml);
    }
    if (broken.status !== null) {
      const error = { code: 'DatabaseAway', message: 'The database cannot be reached right now.' };
      return send(response, { status: broken.status, body: { error } });
    }
    const call: Asked = {
      method: request.method ?? 'GET',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      body: await bodyOf(request),
      idempotencyKey: request.headers['idempotency-key']?.toString() ?? null,
      loggedIn: (request.headers.cookie ?? '').includes('tradelane_session=fake'),
    };
    if (call.method !== 'GET') asked.push(call);
    return send(response, answer(world, call));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    world,
    asked,
    broken,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}
