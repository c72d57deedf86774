import { useQuery } from '@tanstack/react-query';
import { readEdits } from '../../api/tables.ts';
import type { EditSummary, TableName } from '../../api/types/tables.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Empty } from '../../ui/feedback.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { Time } from '../../ui/time.tsx';

interface RecentEditsProps {
  table: TableName;
  onUndo: (editId: string) => void;
  onClose: () => void;
}

/** The last saves of this table by anybody; each can be taken back as a new change that is shown first. */
export function RecentEdits({ table, onUndo, onClose }: RecentEditsProps) {
  const query = useQuery({ queryKey: ['edits', table], queryFn: ({ signal }) => readEdits(table, signal) });
  return (
    <Dialog title="Recent edits" shape="sheet" onClose={onClose}>
      <QueryView query={query} what="the recent edits">
        {({ edits }) =>
          edits.length === 0 ? (
            <Empty title="Nothing was edited here yet">Every save of this table is listed here.</Empty>
          ) : (
            <ul className="recent">
              {edits.map((edit) => (
                <Recent key={edit.id} edit={edit} onUndo={onUndo} />
              ))}
            </ul>
          )
        }
      </QueryView>
    </Dialog>
  );
}

function Recent({ edit, onUndo }: { edit: EditSummary; onUndo: (editId: string) => void }) {
  const { saved, conflict, refused } = edit.counts;
  const left = [conflict > 0 ? `${conflict} in conflict` : '', refused > 0 ? `${refused} refused` : ''].filter(Boolean);
  return (
    <li>
      <div>
        <strong>
          {saved} {saved === 1 ? 'row' : 'rows'} {edit.undoOf === null ? 'saved' : 'taken back'}
        </strong>
        {left.length > 0 ? <span className="muted"> ({left.join(', ')})</span> : null}
        <small className="muted">
          <Time at={edit.at} /> by {edit.by}
          {edit.why === null ? '' : `: ${edit.why}`}
        </small>
      </div>
      {edit.undoneBy === null ? (
        <button type="button" className="small" disabled={saved === 0} onClick={() => onUndo(edit.id)}>
          Undo …<span className="visually-hidden"> the edit of {saved} rows</span>
        </button>
      ) : (
        <span className="muted">taken back</span>
      )}
    </li>
  );
}
