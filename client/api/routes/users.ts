import { addUser, findLogin, listUsers, setDisabled, setPassword, verifyPassword } from '../../../db/users.ts';
import { userOf } from '../auth.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError, notFound } from '../errors.ts';
import { ById } from '../schemas/common.ts';
import { Done } from '../schemas/session.ts';
import { AccessBody, OwnPasswordBody, PasswordBody, UserAdded, UserBody, UserList } from '../schemas/users.ts';
import { type Api, adminOnly, everyone } from '../types.ts';

const tags = ['people'];
const bodyLimit = 16 * 1024;
const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

/**
 * Who may log in. Bodies with passwords take no Idempotency-Key, so that not even a digest of one is stored; each of these
 * calls may be repeated as it is.
 */
export function userRoutes(app: Api, deps: ApiDeps): void {
  const { db, wallClock } = deps;

  app.get(
    '/api/users',
    {
      config: { access: adminOnly },
      schema: { summary: 'Everybody who may log in or might once', tags, response: { 200: UserList } },
    },
    async () => {
      const users = await listUsers(db.knex);
      return {
        rows: users.map(({ disabledAt, createdAt, lastLoginAt, ...user }) => ({
          ...user,
          disabledAt: iso(disabledAt),
          createdAt: createdAt.toISOString(),
          lastLoginAt: iso(lastLoginAt),
        })),
      };
    },
  );

  app.post(
    '/api/users',
    {
      config: { access: adminOnly },
      bodyLimit,
      schema: { summary: 'Add a person', tags, body: UserBody, response: { 201: UserAdded } },
    },
    async (request, reply) => {
      const { role, brandId = null } = request.body;
      if ((role === 'brand') !== (brandId !== null)) {
        throw new ApiError(
          'InvalidInput',
          'A person of a brand belongs to exactly one brand, everybody else to none.',
          {
            remedy: role === 'brand' ? 'Give brandId.' : 'Leave brandId out, or choose the role brand.',
          },
        );
      }
      const id = deps.newId();
      await addUser(db.knex, { ...request.body, brandId, id, at: await wallClock.now() });
      request.log.info({ user: userOf(request).id, added: id, role }, 'a person was added');
      return reply.code(201).send({ id });
    },
  );

  app.post(
    '/api/users/:id/password',
    {
      config: { access: adminOnly },
      bodyLimit,
      schema: {
        summary: 'Give a person a new password; it ends their sessions',
        tags,
        params: ById,
        body: PasswordBody,
        response: { 200: Done },
      },
    },
    async (request) => {
      const { id } = request.params;
      if (!(await setPassword(db.knex, id, request.body.password, await wallClock.now()))) throw notFound('person', id);
      return { ok: true as const };
    },
  );

  app.post(
    '/api/users/:id/access',
    {
      config: { access: adminOnly },
      schema: {
        summary: 'Shut a person out at once, or let them in again',
        tags,
        params: ById,
        body: AccessBody,
        response: { 200: Done },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { disabled } = request.body;
      if (disabled && id === userOf(request).id) {
        throw new ApiError('NotAllowedInState', 'Nobody shuts themselves out.', { remedy: 'Ask another admin.' });
      }
      if (!(await setDisabled(db.knex, id, disabled, await wallClock.now()))) throw notFound('person', id);
      return { ok: true as const };
    },
  );

  app.post(
    '/api/session/password',
    {
      config: { access: everyone },
      bodyLimit,
      schema: {
        summary: 'Change one’s own password; it ends all sessions, this one, too',
        tags: ['session'],
        body: OwnPasswordBody,
        response: { 200: Done },
      },
    },
    async (request) => {
      const { id, email } = userOf(request);
      const login = await findLogin(db.knex, email);
      if (!login || !(await verifyPassword(request.body.present, login.passwordHash))) {
        throw new ApiError('LoginRefused', 'The present password is wrong.');
      }
      await setPassword(db.knex, id, request.body.password, await wallClock.now());
      return { ok: true as const };
    },
  );
}
