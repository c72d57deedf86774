import { Type } from '@sinclair/typebox';
import { maybeText, strict, text, Uuid } from './common.ts';

/** Long rather than complicated: NIST SP 800-63B asks for length and against rules of composition. */
const Password = Type.String({ minLength: 12, maxLength: 1000, description: 'at least 12 characters' });
const Email = Type.String({ minLength: 3, maxLength: 254, pattern: '^[^\\s@]+@[^\\s@]+$' });
const Role = Type.Unsafe<'ops' | 'approver' | 'admin' | 'brand'>({
  type: 'string',
  enum: ['ops', 'approver', 'admin', 'brand'],
});

export const UserBody = strict({
  email: Email,
  name: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' }),
  role: Type.Union([Type.Literal('ops'), Type.Literal('approver'), Type.Literal('admin'), Type.Literal('brand')]),
  brandId: Type.Optional(Type.Union([Uuid, Type.Null()], { description: 'for the role brand, and only for it' })),
  password: Password,
});
export const PasswordBody = strict({ password: Password });
export const OwnPasswordBody = strict({ present: Type.String({ minLength: 1, maxLength: 1000 }), password: Password });
export const AccessBody = strict({ disabled: Type.Boolean() });

export const UserItem = Type.Object({
  id: text,
  email: text,
  name: text,
  role: Role,
  brandId: maybeText,
  disabledAt: maybeText,
  createdAt: text,
  lastLoginAt: maybeText,
});
export const UserList = Type.Object({ rows: Type.Array(UserItem) });
export const UserAdded = Type.Object({ id: text });
