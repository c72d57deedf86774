import { Type } from '@sinclair/typebox';
import { maybeText, strict, text } from './common.ts';

export const LogInBody = strict({
  email: Type.String({ minLength: 3, maxLength: 254, pattern: '^[^\\s@]+@[^\\s@]+$' }),
  password: Type.String({ minLength: 1, maxLength: 1000 }),
});

const Role = Type.Unsafe<'ops' | 'approver' | 'admin' | 'brand'>({
  type: 'string',
  enum: ['ops', 'approver', 'admin', 'brand'],
});

export const SessionUser = Type.Object({ id: text, email: text, name: text, role: Role, brandId: maybeText });
export const SessionAnswer = Type.Object({ user: SessionUser });
export const LogInAnswer = Type.Object({
  user: SessionUser,
  token: Type.String({ description: 'for `Authorization: Bearer`; the dashboard uses the cookie instead' }),
  expiresAt: text,
});
export const Done = Type.Object({ ok: Type.Literal(true) });
