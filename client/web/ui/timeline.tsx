import type { TimelineEntry } from '../api/types/common.ts';
import { StateBadge } from './badge.tsx';
import { Empty } from './feedback.tsx';
import { formatRelative, zoneMark } from './format.ts';
import { OtherClock, Time, useZone } from './time.tsx';

/** One list of everything that happened, newest first, with both clocks: ours and the outside system's. */
export function Timeline({ entries, brandId }: { entries: TimelineEntry[]; brandId?: string | undefined }) {
  const zone = useZone(brandId);
  if (entries.length === 0) return <Empty title="Nothing has happened yet" />;
  const sorted = entries.map((entry, index) => ({ entry, index }));
  sorted.sort((a, b) => b.entry.at.localeCompare(a.entry.at) || b.index - a.index);
  const newest = sorted[0]?.entry.at ?? '';
  const mark = zoneMark(newest, zone);
  return (
    <>
      {mark === '' ? null : <p className="muted">Times are the brand's: {mark}.</p>}
      <ol className="timeline">
        {sorted.map(({ entry, index }) => (
          <li key={index} data-kind={entry.kind}>
            <div className="timeline-clock">
              <Time at={entry.at} brandId={brandId} unmarked />
              {entry.otherClock ? (
                <span className="other-clock" title={gap(entry.at, entry.otherClock)}>
                  there <OtherClock at={entry.otherClock} ours={entry.at} brandId={brandId} />
                </span>
              ) : null}
            </div>
            <div className="timeline-what">
              <p>
                {entry.title}{' '}
                {entry.to && entry.to !== entry.from ? <StateBadge state={entry.to} {...machineOf(entry)} /> : null}
              </p>
              {entry.detail || entry.actor ? (
                <p className="muted timeline-detail" title={entry.detail ?? undefined}>
                  {entry.detail}
                  {entry.detail && entry.actor ? ' · ' : ''}
                  {entry.actor ? `by ${entry.actor}` : ''}
                </p>
              ) : null}
            </div>
          </li>
        ))}
      </ol>
    </>
  );
}

const machineOf = ({ machine }: TimelineEntry) => (machine ? { machine } : {});

function gap(ours: string, theirs: string): string {
  return `By their clock it was ${formatRelative(theirs, new Date(ours))}, seen from when we learned of it.`;
}
