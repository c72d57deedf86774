import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { type FormEvent, useEffect } from 'react';
import { call } from '../../api/http.ts';
import { sessionQuery } from '../../api/queries.ts';
import type { User } from '../../api/types/common.ts';
import { explain } from '../../ui/notices.tsx';

/** The session itself is an HttpOnly cookie: no script of this page ever sees it. */
export function LoginPage() {
  const { to } = useSearch({ from: '/login' });
  const queries = useQueryClient();
  const router = useRouter();
  useEffect(() => {
    document.title = 'Log in · Tradelane';
  }, []);
  const logIn = useMutation({
    mutationFn: (credentials: { email: string; password: string }) =>
      call<{ user: User }>('POST', '/api/session', { body: credentials }),
    onSuccess: ({ user }) => {
      queries.setQueryData(sessionQuery.queryKey, user);
      router.history.push(to ?? '/');
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    logIn.mutate({ email: String(form.get('email') ?? ''), password: String(form.get('password') ?? '') });
  };
  return (
    <main className="login">
      <form className="login-card stack" onSubmit={submit}>
        <h1>
          <img src="/favicon.svg" alt="" width="28" height="28" /> Tradelane
        </h1>
        <label className="field">
          <span>E-mail</span>
          <input name="email" type="email" autoComplete="username" required />
        </label>
        <label className="field">
          <span>Password</span>
          <input name="password" type="password" autoComplete="current-password" required />
        </label>
        <div aria-live="assertive">{logIn.isError ? <p className="refused">{explain(logIn.error)}</p> : null}</div>
        <button type="submit" className="primary" disabled={logIn.isPending}>
          {logIn.isPending ? 'Logging in …' : 'Log in'}
        </button>
      </form>
    </main>
  );
}
