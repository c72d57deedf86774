import type { TrackingEvent } from '../api/types/orders.ts';
import { Time } from './time.tsx';

/** What the carrier scanned, newest first, in the carrier's own words. */
export function TrackingEvents({ events, brandId }: { events: TrackingEvent[]; brandId?: string | undefined }) {
  if (events.length === 0) return <p className="muted">The carrier has reported nothing yet.</p>;
  const sorted = [...events].sort((a, b) => (b.at ?? '').localeCompare(a.at ?? ''));
  return (
    <ol className="tracking">
      {sorted.map((event) => (
        <li key={`${event.code}${event.at}${event.description}`}>
          <Time at={event.at} brandId={brandId} />
          <code className="native">{event.code}</code>
          <span>
            {event.description}
            {event.place ? <span className="muted"> {event.place}</span> : null}
          </span>
        </li>
      ))}
    </ol>
  );
}
