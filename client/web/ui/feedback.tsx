import type { ReactNode } from 'react';
import { explain } from './notices.tsx';

export function Loading({ what }: { what: string }) {
  return (
    <div className="loading" role="status">
      <span className="spinner" aria-hidden="true" /> Loading {what} …
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children ? <p>{children}</p> : null}
    </div>
  );
}

/** What could not be read, why, and a way to try again. */
export function Failed({ what, error, onRetry }: { what: string; error: unknown; onRetry?: () => void }) {
  return (
    <div className="failed" role="alert">
      <p>
        <strong>{what} could not be read.</strong> {explain(error)}
      </p>
      {onRetry ? (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      ) : null}
    </div>
  );
}

/** Shown above data that is still on the page although the last refresh failed. */
export function Stale({ error }: { error: unknown }) {
  return (
    <p className="stale" role="status">
      This is the last answer; refreshing fails: {explain(error)}
    </p>
  );
}
