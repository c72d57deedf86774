import { Type } from '@sinclair/typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ConsentPage, consentStyle, renderConsentPage } from '../consent-page.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError, asApiError } from '../errors.ts';
import { type Finished, finishHandOver, noteDisagreement, takeArrival } from '../hand-over-arrivals.ts';
import { lockByState } from '../hand-overs.ts';
import { createLimiter } from '../rate-limit.ts';
import { strict } from '../schemas/common.ts';
import { Done } from '../schemas/session.ts';
import type { Api } from '../types.ts';

const tags = ['connections'];
/** What a platform posts is some hundred bytes. */
const maxKeysBytes = 16 * 1024;
const perMinute = { calls: 60, windowMs: 60_000 };
const State = Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' });
const ByState = strict({ state: State });
const Returned = Type.Object({ success: Type.Optional(Type.String({ maxLength: 10 })) });
const back = { href: '/connections', label: 'Back to the connections' };

/** Where platforms send keys, and owners' browsers, after somebody agreed there. Anybody can call these addresses. */
export function consentRoutes(app: Api, deps: ApiDeps): void {
  const waitMs = createLimiter(perMinute);
  const limit = async (request: FastifyRequest): Promise<void> => {
    const ms = waitMs(request.ip, await deps.wallClock.now());
    if (ms === 0) return;
    throw new ApiError('TooManyAttempts', 'Too many calls.', {
      remedy: 'Wait a minute, then try again.',
      retryAfterSeconds: Math.ceil(ms / 1000),
    });
  };
  keysRoute(app, deps, limit);
  pageRoutes(app, deps, limit);
}

type Limit = (request: FastifyRequest) => Promise<void>;

function keysRoute(app: Api, deps: ApiDeps, limit: Limit): void {
  app.post(
    '/connect/:state/keys',
    {
      config: { access: 'public' },
      bodyLimit: maxKeysBytes,
      schema: {
        summary: 'Where a shop posts the key that its owner agreed to; the address counts once',
        tags,
        params: ByState,
        body: Type.Unknown(),
        response: { 200: Done },
      },
    },
    async (request) => {
      await limit(request);
      const { state } = request.params;
      // The shop waits for this answer before it sends its owner back: the test comes after it.
      const query = new URLSearchParams();
      await takeArrival(deps, { arrival: 'post', state, query, body: request.body });
      return { ok: true as const };
    },
  );
}

function pageRoutes(app: Api, deps: ApiDeps, limit: Limit): void {
  const hidden = { schema: { hide: true } };
  app.get('/connect/page.css', hidden, async (_request, reply) =>
    reply.type('text/css; charset=utf-8').header('cache-control', 'public, max-age=3600').send(consentStyle),
  );

  app.get<{ Params: { state: string }; Querystring: { success?: string } }>(
    '/connect/:state/return',
    { schema: { ...hidden.schema, querystring: Returned } },
    async (request, reply) =>
      page(request, reply, async () => {
        await limit(request);
        const { state } = request.params;
        if (request.query.success !== '1') {
          await noteDisagreement(deps, state);
          return refusedPage('No access was given', 'Somebody chose to cancel on the shop’s page.', [
            'Nothing was stored. Begin again when the shop’s owner agrees.',
          ]);
        }
        const row = await deps.db.tx('staff', (trx) => lockByState(trx, state));
        return finishedPage(await finishHandOver(deps, row.id, request.id));
      }),
  );

  app.get('/connect/callback', hidden, async (request, reply) =>
    page(request, reply, async () => {
      await limit(request);
      const query = new URLSearchParams(request.url.split('?')[1] ?? '');
      const state = query.get('state') ?? '';
      const id = await takeArrival(deps, { arrival: 'redirect', state, query, body: undefined });
      return finishedPage(await finishHandOver(deps, id, request.id));
    }),
  );
}

/** Answers with a page whatever happens: a person's browser came here. */
async function page(
  request: FastifyRequest,
  reply: FastifyReply,
  work: () => Promise<ConsentPage & { status?: number }>,
): Promise<FastifyReply> {
  const shown = await work().catch((error: unknown): ConsentPage & { status: number } => {
    const { status, message, extras } = asApiError(error);
    if (status >= 500) request.log.error({ err: error }, 'a hand-over failed');
    else request.log.warn({ reason: message }, 'a hand-over was refused');
    const remedy = extras.remedy ?? 'Begin the connection of the shop again.';
    return { ...refusedPage('The shop is not connected', message, [`Nothing was stored. ${remedy}`]), status };
  });
  const type = reply.code(shown.status ?? 200).type('text/html; charset=utf-8');
  return type.header('cache-control', 'no-store').send(renderConsentPage(shown));
}

const refusedPage = (title: string, what: string, more: readonly string[]): ConsentPage => ({
  tone: 'bad',
  title,
  text: [what, ...more],
  link: back,
});

function finishedPage({ progress, connectionId, report }: Finished): ConsentPage {
  const findings = report?.findings ?? [];
  if (progress === 'connected') {
    const text = [`${report?.account ?? 'The shop'} handed over access, and the test of it succeeded.`];
    const link = { href: `/connections/${connectionId ?? ''}`, label: 'See the connection' };
    return { tone: findings.length > 0 ? 'attention' : 'good', title: 'The shop is connected', text, findings, link };
  }
  if (progress === 'refused') {
    const text = ['The shop handed over access, but it is not enough. Nothing was stored.'];
    return { tone: 'bad', title: 'The shop is not connected', text, findings, link: back };
  }
  if (progress === 'waiting') {
    const text = [
      'The shop says that its owner agreed, but its key has not arrived here.',
      'Shops call only public https addresses: check TRADELANE_PUBLIC_URL, then begin again.',
    ];
    return { tone: 'bad', title: 'The key is missing', text, link: back };
  }
  const text = ['Access has arrived. It could not be tested yet: go back, and test it there again.'];
  return { tone: 'attention', title: 'Nearly there', text, findings, link: back };
}
