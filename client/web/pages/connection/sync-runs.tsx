import { countsText } from '../../api/reading.ts';
import type { ConnectionDetail, SyncRun } from '../../api/types/operations.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/feedback.tsx';
import { formatDuration } from '../../ui/format.ts';
import { Relative } from '../../ui/time.tsx';

const seconds = ({ startedAt, finishedAt }: SyncRun) =>
  finishedAt === null ? null : (new Date(finishedAt).getTime() - new Date(startedAt).getTime()) / 1_000;

function Took({ run }: { run: SyncRun }) {
  const length = seconds(run);
  return length === null ? (
    <span className="mark" data-mark="soon">
      running
    </span>
  ) : (
    formatDuration(length)
  );
}

const columns: Column<SyncRun>[] = [
  { id: 'stream', header: 'What', role: 'head', cell: ({ stream }) => stream },
  { id: 'started', header: 'Began', cell: ({ startedAt }) => <Relative at={startedAt} /> },
  { id: 'took', header: 'Took', align: 'end', cell: (run) => <Took run={run} /> },
  {
    id: 'result',
    header: 'Result',
    cell: ({ counts, error }) =>
      error ? (
        <span className="refused wrap">{error}</span>
      ) : (
        <span className="wrap">{countsText(counts) || 'nothing new'}</span>
      ),
  },
];

export function SyncRuns({ runs }: { runs: SyncRun[] }) {
  if (runs.length === 0) return <Empty title="No run is on record">"Sync now" begins one.</Empty>;
  return (
    <DataTable
      caption="Last synchronisations"
      columns={columns}
      rows={runs}
      nameOf={({ stream }) => stream}
      keys={false}
    />
  );
}

/** How far each stream has been read. */
export function Cursors({ cursors }: Pick<ConnectionDetail, 'cursors'>) {
  if (cursors.length === 0) return <Empty title="Nothing was read yet" />;
  return (
    <ul className="plain-list">
      {cursors.map(({ stream, cursor, updatedAt }) => (
        <li key={stream}>
          <span>{stream}</span>
          <code className="clip" title={JSON.stringify(cursor)}>
            {JSON.stringify(cursor)}
          </code>
          <span className="muted">
            <Relative at={updatedAt} />
          </span>
        </li>
      ))}
    </ul>
  );
}
