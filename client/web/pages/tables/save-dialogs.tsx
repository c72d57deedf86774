import { decide, type EditCount, type Edits, write } from '../../ui/grid/edits.ts';
import type { GridColumn } from '../../ui/grid/model.ts';
import { ConflictDialog, type Decision } from './conflict-dialog.tsx';
import { DiffDialog, ResultDialog } from './diff-dialog.tsx';
import type { TablePlan } from './tables.ts';
import type { KeptEdits } from './use-edits.ts';
import type { Saving } from './use-save.ts';

interface SaveDialogsProps {
  plan: TablePlan;
  saving: Saving;
  kept: KeptEdits;
  columns: readonly GridColumn[];
  count: EditCount;
  /** The reason that was given beside the changes. */
  why: string;
  deciding: boolean;
  onDeciding: (deciding: boolean) => void;
}

/** The dialogs on the way of a save: what would change, what conflicts, what came of it. */
export function SaveDialogs({ plan, saving, kept, columns, count, why, deciding, onDeciding }: SaveDialogsProps) {
  const { phase } = saving;
  const decideAll = async (decisions: Decision[]) => {
    onDeciding(false);
    kept.change((before) => decided(before, decisions, plan, columns));
    if (kept.now().rows.size > 0) await saving.check(true, why);
    else saving.close();
  };
  const onlyConflicts = phase.at === 'done' && phase.undoOf === null && phase.outcome.counts.refused === 0;
  if ((deciding || onlyConflicts) && count.conflicts > 0) {
    return (
      <ConflictDialog
        edits={kept.edits}
        columns={columns}
        priceKey={plan.override?.price ?? null}
        onDecide={decideAll}
        saved={phase.at === 'done' ? phase.outcome.counts.saved : null}
        onClose={() => {
          onDeciding(false);
          if (phase.at === 'done') saving.close();
        }}
      />
    );
  }
  if (phase.at === 'shown') {
    const { undoOf } = phase;
    return (
      <DiffDialog
        outcome={phase.outcome}
        columns={columns}
        undo={undoOf !== null}
        why={why}
        invalid={undoOf === null ? count.invalid : 0}
        conflicts={count.conflicts}
        onDecide={() => onDeciding(true)}
        onSave={(why) => (undoOf === null ? saving.save(why) : saving.undo(undoOf))}
        onClose={saving.close}
      />
    );
  }
  if (phase.at === 'done') {
    return (
      <ResultDialog
        outcome={phase.outcome}
        columns={columns}
        undo={phase.undoOf !== null}
        conflicts={count.conflicts}
        onDecide={() => onDeciding(true)}
        onClose={saving.close}
      />
    );
  }
  return null;
}

/** The choices, and the expiry of each price that is kept by hand. */
function decided(edits: Edits, decisions: readonly Decision[], plan: TablePlan, columns: readonly GridColumn[]): Edits {
  const choices = new Map(decisions.map(({ rowId, key, choice }) => [`${rowId} ${key}`, choice]));
  const next = decide(edits, (rowId, key) => choices.get(`${rowId} ${key}`) ?? 'leave');
  const until = columns.find(({ key }) => key === plan.override?.until);
  if (!until) return next;
  const writes = decisions.flatMap(({ rowId, choice, until: text }) => {
    const row = next.rows.get(rowId);
    return choice === 'mine' && text !== '' && row ? [{ row: row.row, name: row.name, column: until, text }] : [];
  });
  return write(next, writes);
}
