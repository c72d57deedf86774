import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ApiDeps } from './deps.ts';
import { ApiError, errorBody } from './errors.ts';
import type { Api } from './types.ts';

/** Nothing inline, nothing from elsewhere except the pictures of the brands' own shops. */
export function contentSecurityPolicy(allowPrivateTargets: boolean): string {
  // Shops of a sandbox answer by plain HTTP.
  const pictures = allowPrivateTargets ? 'https: http:' : 'https:';
  return [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' data: blob: ${pictures}`,
    "font-src 'self'",
    "connect-src 'self'",
    "frame-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Headers that every answer carries, unless a route set its own. */
export function secureHeaders(reply: FastifyReply, policy: string, https: boolean): void {
  const defaults: Record<string, string> = {
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    ...(https ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  };
  for (const [name, value] of Object.entries(defaults)) if (!reply.hasHeader(name)) reply.header(name, value);
}

/** Paths that belong to programs: what is not there is answered as JSON, never with the dashboard. */
const forPrograms = /^\/(api|hooks|live|ready|metrics)(\/|\?|$)/;

/** Serves the built dashboard; every path that is not a file is one of its pages. */
export function webRoutes(app: Api, { config }: ApiDeps): void {
  const { webDir } = config.api;
  const built = existsSync(join(webDir, 'index.html'));
  if (built) {
    app.register(fastifyStatic, {
      root: webDir,
      wildcard: true,
      index: ['index.html'],
      cacheControl: false,
      setHeaders: (reply, path) => {
        // Vite names files by their content; only the page itself must be asked for again.
        const named = path.includes('/assets/');
        reply.header('cache-control', named ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  app.setNotFoundHandler(async (request: FastifyRequest, reply: FastifyReply) => {
    const wantsPage = request.method === 'GET' && !forPrograms.test(request.url);
    if (wantsPage && built) return reply.header('cache-control', 'no-cache').sendFile('index.html');
    const remedy = wantsPage ? { remedy: `There is no dashboard in ${webDir}: \`npm start\` builds it.` } : {};
    const error = new ApiError('NotFound', 'There is nothing at this address.', remedy);
    return reply.code(404).send(errorBody(error));
  });
}
