import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { brandsQuery } from '../api/queries.ts';
import { Nothing } from './badge.tsx';
import { formatRelative, formatTime, formatUtc, zoneMark } from './format.ts';

/** The browser's time, renewed every 15 s so that "3 min ago" stays true on an open page. */
export function useNow(): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 15_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

interface Instant {
  at: string | null | undefined;
  /** Shown in this brand's zone; without it in the browser's. */
  brandId?: string | undefined;
  /** Leaves out the mark of a zone that is not the browser's, where it stands above a list already. */
  unmarked?: boolean;
}

/** IANA zone of a brand's working day; undefined, which means the browser's, while it is not known. */
export function useZone(brandId: string | undefined): string | undefined {
  const { data } = useQuery({ ...brandsQuery, enabled: brandId !== undefined });
  return data?.find(({ id }) => id === brandId)?.timeZone;
}

/** An instant in the brand's or the browser's zone; the tooltip gives UTC. */
export function Time({ at, brandId, unmarked = false }: Instant) {
  const zone = useZone(brandId);
  if (!at) return <Nothing />;
  const mark = unmarked ? '' : zoneMark(at, zone);
  return (
    <time dateTime={at} title={zone ? `${formatUtc(at)} · shown in ${zone}` : formatUtc(at)}>
      {formatTime(at, zone)}
      {mark === '' ? null : <small className="zone"> {mark}</small>}
    </time>
  );
}

/** The outside system's own clock beside ours: the day is named only where it differs. */
export function OtherClock({ at, ours, brandId }: Instant & { at: string; ours: string }) {
  const zone = useZone(brandId);
  const text = formatTime(at, zone);
  const [day, time] = text.split(', ');
  return (
    <time dateTime={at} title={formatUtc(at)}>
      {time && formatTime(ours, zone).startsWith(`${day},`) ? time : text}
    </time>
  );
}

/** How long ago, or in how long. */
export function Relative({ at }: { at: string | null | undefined }) {
  const now = useNow();
  if (!at) return <Nothing />;
  return (
    <time dateTime={at} title={`${formatTime(at)} · ${formatUtc(at)}`}>
      {formatRelative(at, now)}
    </time>
  );
}

/** States in which a ship-by date no longer presses. */
const settled = ['SUCCESSFULLY_PROCESSED', 'CANCELLED', 'CANCEL_PENDING', 'CANCEL_CONFLICT'];
const soonMs = 6 * 3_600_000;

/** The marketplace's ship-by instant, marked when it has passed or comes within six hours. */
export function ShipBy({ at, brandId, state }: Instant & { state: string }) {
  const now = useNow();
  if (!at) return <Nothing />;
  const leftMs = new Date(at).getTime() - now.getTime();
  const presses = !settled.includes(state);
  const mark = presses && leftMs < 0 ? 'overdue' : presses && leftMs < soonMs ? 'soon' : null;
  return (
    <span className="ship-by">
      <Time at={at} brandId={brandId} />
      {mark === null ? null : (
        <span className="mark" data-mark={mark}>
          {mark === 'overdue' ? `overdue ${formatRelative(at, now).replace(' ago', '')}` : formatRelative(at, now)}
        </span>
      )}
    </span>
  );
}
