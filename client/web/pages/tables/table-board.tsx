import { useMemo, useState } from 'react';
import { editLimit } from '../../api/tables.ts';
import type { TableSearch } from '../../app/search.ts';
import { useConfirm } from '../../ui/confirm.tsx';
import { Empty, Failed, Loading, Stale } from '../../ui/feedback.tsx';
import { countEdits, discard, redo, undo, write } from '../../ui/grid/edits.ts';
import { Grid } from '../../ui/grid/grid.tsx';
import type { GridHandlers } from '../../ui/grid/use-commands.ts';
import { ApproveBar } from './approve-bar.tsx';
import { ChangeBar } from './change-bar.tsx';
import { ColumnMenu } from './column-menu.tsx';
import { type Left, LeftoversDialog } from './leftovers-dialog.tsx';
import { RecentEdits } from './recent-edits.tsx';
import { SaveDialogs } from './save-dialogs.tsx';
import { TableFilters } from './table-filters.tsx';
import { TableFoot } from './table-foot.tsx';
import type { TablePlan } from './tables.ts';
import { useApproval } from './use-approval.ts';
import { useLeaveGuard, useSaveKey } from './use-guard.ts';
import { useSave } from './use-save.ts';
import { useTable } from './use-table.ts';

interface TableBoardProps {
  plan: TablePlan;
  search: TableSearch;
  /** Whose unsaved changes these are. */
  owner: string;
  onSearch: (search: TableSearch) => void;
  onOpen: (path: string) => void;
}

/** Filters, grid, and everything that becomes of what is typed into it. */
export function TableBoard({ plan, search, owner, onSearch, onOpen }: TableBoardProps) {
  const { rows, kept, columns, sheet, view, unread, onSight, onlyChanged } = useTable(plan, search, owner);
  const { edits, change } = kept;
  const count = useMemo(() => countEdits(edits), [edits]);
  const saving = useSave({ table: plan.name, kept, refresh: rows.refresh, nameOf: sheet.nameOf });
  const approval = useApproval({ plan, rows: sheet.rows, edits, nameOf: sheet.nameOf, refresh: rows.refresh });
  const confirm = useConfirm();
  const [left, setLeft] = useState<Left | null>(null);
  const [deciding, setDeciding] = useState(false);
  const [recent, setRecent] = useState(false);
  const [why, setWhy] = useState('');
  useLeaveGuard(count.cells);

  const save = () => (kept.now().rows.size > 0 ? saving.check(true, why) : undefined);
  useSaveKey(save);
  const handlers: GridHandlers = {
    write: (writes) => change((before) => write(before, writes)),
    leave: (what, changed, leftovers) => setLeft({ what, changed, leftovers }),
    undo: () => change(undo),
    redo: () => change(redo),
    save,
    open: (row) => onOpen(plan.hrefOf(row) ?? ''),
    pick: approval.pick,
  };
  const drop = async () => {
    const answer = await confirm({
      title: `Discard ${count.cells} changed ${count.cells === 1 ? 'cell' : 'cells'}?`,
      consequences: ['The cells show again what is saved. This cannot be taken back.'],
      confirmLabel: 'Discard',
      danger: true,
    });
    if (answer) change(discard(kept.now()));
  };
  const { loaded } = rows;
  return (
    <>
      <TableFilters
        plan={plan}
        search={search}
        states={loaded?.states ?? {}}
        changed={count.rows}
        onSearch={onSearch}
      />
      <ChangeBar
        count={count}
        phase={saving.phase}
        canUndo={edits.undo.length > 0}
        canRedo={edits.redo.length > 0}
        lastEdits={saving.lastEdits}
        forgetful={kept.forgetful}
        onUndo={handlers.undo}
        onRedo={handlers.redo}
        onDiscard={drop}
        onCheck={() => saving.check(false, why)}
        onSave={save}
        onDecide={() => setDeciding(true)}
        onTakeBack={saving.showUndo}
        onStop={saving.stop}
        reason={plan.asksReason ? { value: why, onChange: setWhy } : null}
      >
        <ColumnMenu
          columns={columns}
          shown={sheet.columns}
          widths={view.widths}
          onShow={view.show}
          onWidth={view.setWidth}
          onReset={view.reset}
        />
        <button type="button" onClick={() => setRecent(true)}>
          Recent edits
        </button>
      </ChangeBar>
      {loaded !== null && unread !== null ? <Stale error={unread} /> : null}
      {loaded === null && rows.error !== null ? (
        <Failed what={`The table of ${plan.things}`} error={rows.error} onRetry={rows.reload} />
      ) : loaded === null ? (
        <Loading what={plan.things} />
      ) : sheet.rows.length === 0 ? (
        <Empty title={onlyChanged ? 'Nothing is changed' : `No ${plan.things} here`}>
          {onlyChanged ? 'Rows appear here as soon as a cell is changed.' : plan.empty}
        </Empty>
      ) : (
        <Grid
          key={JSON.stringify(search)}
          caption={plan.title}
          sheet={sheet}
          rowCount={loaded.next === null || onlyChanged ? sheet.rows.length : null}
          drawnWidths={view.widths}
          sort={search.sort ?? ''}
          picked={approval.picked}
          pickKeyOf={approval.keyOf}
          hrefOf={plan.hrefOf}
          onSort={(sort) => onSearch({ ...withoutSort(search), ...(sort === '' ? {} : { sort }) })}
          onWidth={view.setWidth}
          onPickAll={() => approval.pickAll()}
          onEnd={rows.loadMore}
          onSight={onSight}
          handlers={handlers}
        />
      )}
      <TableFoot rows={rows} things={plan.things} shown={sheet.rows} onlyChanged={onlyChanged} />
      <ApproveBar
        approval={approval}
        things={plan.things}
        total={loaded?.total ?? null}
        onPickFiltered={async () => approval.pickAll(await rows.loadUpTo(editLimit))}
      />
      <SaveDialogs
        plan={plan}
        saving={saving}
        kept={kept}
        columns={columns}
        count={count}
        why={why}
        deciding={deciding}
        onDeciding={setDeciding}
      />
      {left ? <LeftoversDialog left={left} onClose={() => setLeft(null)} /> : null}
      {recent ? (
        <RecentEdits
          table={plan.name}
          onClose={() => setRecent(false)}
          onUndo={(editId) => {
            setRecent(false);
            void saving.showUndo(editId);
          }}
        />
      ) : null}
    </>
  );
}

function withoutSort({ sort: _, ...rest }: TableSearch): TableSearch {
  return rest;
}
