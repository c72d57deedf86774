import { Link } from '@tanstack/react-router';
import { explain } from '../ui/notices.tsx';

/** A page that broke: the frame around it still works. */
export function Crash({ error, reset }: { error: unknown; reset: () => void }) {
  return (
    <div className="failed" role="alert">
      <p>
        <strong>This page broke.</strong> {explain(error)}
      </p>
      <button type="button" onClick={reset}>
        Show it again
      </button>
    </div>
  );
}

export function NoSuchPage() {
  return (
    <div className="empty">
      <p className="empty-title">There is no such page</p>
      <p>
        <Link to="/">To the overview</Link>
      </p>
    </div>
  );
}
