import { useQuery } from '@tanstack/react-query';
import { sessionQuery } from '../api/queries.ts';
import type { User } from '../api/types/common.ts';

/** Who is signed in, on pages that are shown to signed-in people only. */
export function useUser(): User {
  const { data } = useQuery(sessionQuery);
  if (!data) throw new Error('this page needs somebody who is signed in');
  return data;
}

/** Our own people see connections, mails of the catcher and the like; a brand sees its own things. */
export const isStaff = (user: User): boolean => user.role !== 'brand';
