import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, redirect, useLocation, useNavigate, useRouter } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { ApiError, call } from '../api/http.ts';
import { overviewQuery, sessionQuery } from '../api/queries.ts';
import type { User } from '../api/types/common.ts';
import { ConfirmProvider } from '../ui/confirm.tsx';
import { Failed, Loading } from '../ui/feedback.tsx';
import { NoticesProvider, useNotices } from '../ui/notices.tsx';
import { Help } from './help.tsx';
import { Nav } from './nav.tsx';
import { queryClient } from './query-client.ts';
import { isStaff } from './session.ts';

/** Lets signed-in people pass; anybody else goes to the log-in page and comes back after it. */
export async function demandSession({ location }: { location: { href: string } }): Promise<void> {
  const user = await queryClient.ensureQueryData(sessionQuery);
  if (user === null) throw redirect({ to: '/login', search: location.href === '/' ? {} : { to: location.href } });
}

/** What surrounds every page. */
export function Shell() {
  const { data: user } = useQuery(sessionQuery);
  if (!user) return <Loading what="your session" />;
  return (
    <NoticesProvider>
      <ConfirmProvider>
        <Frame user={user} />
      </ConfirmProvider>
    </NoticesProvider>
  );
}

/** The server could not say who is signed in: nothing else can be shown. */
export function ShellFailed({ error, reset }: { error: unknown; reset: () => void }) {
  const router = useRouter();
  const retry = () => {
    reset();
    router.invalidate();
  };
  return <Failed what="Your session" error={error} onRetry={retry} />;
}

function Frame({ user }: { user: User }) {
  const overview = useQuery(overviewQuery);
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const queries = useQueryClient();
  const router = useRouter();
  const first = useRef(true);
  const signedOut = overview.error instanceof ApiError && overview.error.status === 401;
  useEffect(() => {
    if (!signedOut) return;
    queries.setQueryData(sessionQuery.queryKey, null);
    router.invalidate();
  }, [signedOut, queries, router]);
  // After a change of page the reading position of keyboards and screen readers follows.
  useEffect(() => {
    if (!first.current && pathname) main.current?.focus({ preventScroll: true });
    first.current = false;
  }, [pathname]);
  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <header className="top">
        <Link to="/" className="brand-mark">
          <img src="/favicon.svg" alt="" width="22" height="22" /> Tradelane
        </Link>
        <Who user={user} />
      </header>
      <Nav overview={overview.data} staff={isStaff(user)} />
      <main ref={main} id="main" className="main" tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  );
}

function Who({ user }: { user: User }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const notices = useNotices();
  const logOut = async () => {
    try {
      await call('DELETE', '/api/session');
      queries.clear();
      queries.setQueryData(sessionQuery.queryKey, null);
      await navigate({ to: '/login' });
    } catch (error) {
      notices.fail('You are still logged in.', error);
    }
  };
  return (
    <div className="who">
      <span className="who-name" title={user.email}>
        {user.name} <span className="muted">{user.role}</span>
      </span>
      <Help />
      <button type="button" className="quiet" onClick={logOut}>
        Log out
      </button>
    </div>
  );
}
