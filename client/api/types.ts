// Teaches the types of requests and replies about cookies.
import '@fastify/cookie';
// … and schemas about their descriptions.
import '@fastify/swagger';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Static, TSchema } from '@sinclair/typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyPluginCallback,
  FastifyTypeProvider,
  RawServerDefault,
} from 'fastify';
import type { User, UserRole } from '../../db/users.ts';

/** Request and answer types come from the same TypeBox schemas that validate and describe them. */
export interface SchemaTypes extends FastifyTypeProvider {
  validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
  serializer: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
}

export type Api = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, SchemaTypes>;
export type ApiPlugin = FastifyPluginCallback<Record<never, never>, RawServerDefault, SchemaTypes, FastifyBaseLogger>;

/** Who may call a route: everybody, everybody who is logged in, or these roles. */
export type Access = 'public' | readonly UserRole[];

export const everyone: Access = ['ops', 'approver', 'admin', 'brand'];
export const staff: Access = ['ops', 'approver', 'admin'];
export const adminOnly: Access = ['admin'];

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is logged in; null on public routes. */
    user: User | null;
    /** Token of the session that this request came with. */
    sessionToken: string | null;
  }
  interface FastifyContextConfig {
    access?: Access;
  }
}
