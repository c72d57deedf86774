import type { User } from '../../../db/users.ts';
import { logIn, logOut, sessionCookie, sessionMs, userOf } from '../auth.ts';
import type { ApiDeps } from '../deps.ts';
import { Done, LogInAnswer, LogInBody, SessionAnswer } from '../schemas/session.ts';
import { type Api, everyone } from '../types.ts';

const shown = ({ id, email, name, role, brandId }: User) => ({ id, email, name, role, brandId });

/** Logging in and out. These take no Idempotency-Key: an answer that holds a token is stored nowhere. */
export function sessionRoutes(app: Api, deps: ApiDeps): void {
  const secure = deps.config.api.publicUrl?.startsWith('https:') ?? false;
  const cookie = { path: '/', httpOnly: true, sameSite: 'strict', secure } as const;

  app.post(
    '/api/session',
    {
      config: { access: 'public' },
      bodyLimit: 16 * 1024,
      schema: { summary: 'Log in', tags: ['session'], body: LogInBody, response: { 200: LogInAnswer } },
    },
    async (request, reply) => {
      const { user, token, expiresAt } = await logIn(deps, request.body);
      reply.setCookie(sessionCookie, token, { ...cookie, maxAge: sessionMs / 1000 });
      return { user: shown(user), token, expiresAt: expiresAt.toISOString() };
    },
  );

  app.get(
    '/api/session',
    {
      config: { access: everyone },
      schema: { summary: 'Who is logged in', tags: ['session'], response: { 200: SessionAnswer } },
    },
    async (request) => ({ user: shown(userOf(request)) }),
  );

  app.delete(
    '/api/session',
    {
      config: { access: everyone },
      schema: { summary: 'Log out', tags: ['session'], response: { 200: Done } },
    },
    async (request, reply) => {
      if (request.sessionToken !== null) await logOut(deps, request.sessionToken);
      reply.clearCookie(sessionCookie, cookie);
      return { ok: true as const };
    },
  );
}
