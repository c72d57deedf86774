import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { newIntentKey } from '../../api/http.ts';
import { editLimit, sendEdit, sendUndo, untilThere } from '../../api/tables.ts';
import type { EditRow, EditTableAnswer, RowOutcome, TableName, TableRow } from '../../api/types/tables.ts';
import { rowsToSend, settle } from '../../ui/grid/edits.ts';
import { useNotices } from '../../ui/notices.tsx';
import { type Outcome, sumOf } from './outcome.ts';
import type { KeptEdits } from './use-edits.ts';

/** What is going on with the unsaved changes, or with an edit that is being taken back. */
export type SavePhase =
  | { at: 'rest' }
  | { at: 'checking' | 'saving' }
  /** The server is away; the same command is sent again by itself. */
  | { at: 'away'; waitMs: number; doing: 'checking' | 'saving' }
  /** The person looks at what would change. */
  | { at: 'shown'; outcome: Outcome; undoOf: string | null }
  | { at: 'done'; outcome: Outcome; undoOf: string | null };

interface SaveOptions {
  table: TableName;
  kept: KeptEdits;
  refresh: (entities: readonly string[]) => Promise<readonly TableRow[]>;
  nameOf: (row: TableRow) => string;
}

export interface Saving {
  phase: SavePhase;
  /** The edits of the last save, which can be taken back at once. */
  lastEdits: readonly string[];
  /** Marks what conflicts or would be refused; with `show` the whole difference is shown, to be saved from there. */
  check: (show: boolean, why: string) => Promise<void>;
  save: (why: string) => Promise<void>;
  showUndo: (editId: string) => Promise<void>;
  undo: (editId: string) => Promise<void>;
  stop: () => void;
  close: () => void;
}

const portions = (rows: readonly EditRow[]): EditRow[][] =>
  Array.from({ length: Math.ceil(rows.length / editLimit) }, (_, at) =>
    rows.slice(at * editLimit, (at + 1) * editLimit),
  );

/** Dry run, save, undo: every one of them answered row by row. */
export function useSave({ table, kept, refresh, nameOf }: SaveOptions): Saving {
  const [phase, setPhase] = useState<SavePhase>({ at: 'rest' });
  const [lastEdits, setLastEdits] = useState<readonly string[]>([]);
  const abort = useRef(new AbortController());
  const notices = useNotices();
  const queries = useQueryClient();

  /** Sends it until the server is there; the key stays, so that nothing happens twice. */
  const insist = <Answer>(doing: 'checking' | 'saving', send: (key: string) => Promise<Answer>): Promise<Answer> => {
    const key = newIntentKey();
    const onAway = (waitMs: number) => setPhase({ at: 'away', waitMs, doing });
    return untilThere(() => send(key), onAway, abort.current.signal);
  };
  const guard = async (doing: 'checking' | 'saving', failed: string, work: () => Promise<SavePhase>) => {
    abort.current = new AbortController();
    setPhase({ at: doing });
    try {
      setPhase(await work());
    } catch (error) {
      setPhase({ at: 'rest' });
      notices.fail(failed, error);
    }
  };
  const names = useRef<ReadonlyMap<string, string>>(new Map());
  const rememberNames = () => {
    names.current = new Map([...kept.now().rows].map(([id, { name }]) => [id, name]));
  };

  const sendAll = async (doing: 'checking' | 'saving', dryRun: boolean, why: string) => {
    const answers: EditTableAnswer[] = [];
    for (const rows of portions(rowsToSend(kept.now()))) {
      const body = { dryRun, rows, ...(why === '' ? {} : { why }) };
      const answer = await insist(doing, (key) => sendEdit(table, body, key));
      kept.change((edits) => settle(edits, answer.rows, dryRun));
      answers.push(answer);
    }
    return answers;
  };
  const reread = async (rows: readonly RowOutcome[]) => {
    try {
      await refresh([...new Set(rows.map(({ entity }) => entity))]);
    } catch (error) {
      notices.fail('The rows could not be read again.', error);
    }
  };

  const settled = (outcome: Outcome, undoOf: string | null): SavePhase => {
    const { saved, conflict, refused } = outcome.counts;
    void queries.invalidateQueries({ queryKey: ['edits', table] });
    if (conflict + refused > 0) return { at: 'done', outcome, undoOf };
    notices.say('good', `${saved} ${saved === 1 ? 'row' : 'rows'} ${undoOf === null ? 'saved' : 'taken back'}.`);
    return { at: 'rest' };
  };
  const check = (show: boolean, why: string) =>
    guard('checking', 'Nothing was checked; your changes are kept here.', async () => {
      rememberNames();
      const answers = await sendAll('checking', true, why);
      const outcome = sumOf(answers, names.current);
      // What the person decides about is what is there now, at its version.
      await reread(outcome.rows.filter(({ fields }) => fields.some((field) => field.outcome === 'conflict')));
      if (show || outcome.rows.length === 0) return { at: 'shown', outcome, undoOf: null };
      notices.say(outcome.counts.conflict + outcome.counts.refused > 0 ? 'attention' : 'good', checkedWords(outcome));
      return { at: 'rest' };
    });
  const save = (why: string) =>
    guard('saving', 'Not everything was saved; what is left is kept here.', async () => {
      rememberNames();
      const answers = await sendAll('saving', false, why);
      const outcome = sumOf(answers, names.current);
      setLastEdits(answers.flatMap(({ editId }) => (editId === null ? [] : [editId])));
      await reread(outcome.rows.filter((row) => row.outcome !== 'unchanged'));
      return settled(outcome, null);
    });
  const showUndo = (editId: string) =>
    guard('checking', 'It cannot be taken back.', async () => {
      const answer = await insist('checking', (key) => sendUndo(editId, true, key));
      const rows = await refresh([...new Set(answer.rows.map(({ entity }) => entity))]);
      names.current = new Map(rows.map((row) => [row.id, nameOf(row)]));
      return { at: 'shown', outcome: sumOf([answer], names.current), undoOf: editId };
    });
  const undo = (editId: string) =>
    guard('saving', 'It was not taken back.', async () => {
      const answer = await insist('saving', (key) => sendUndo(editId, false, key));
      setLastEdits([]);
      await reread(answer.rows);
      return settled(sumOf([answer], names.current), editId);
    });
  return {
    phase,
    lastEdits,
    check,
    save,
    showUndo,
    undo,
    stop: () => abort.current.abort(),
    close: () => setPhase({ at: 'rest' }),
  };
}

function checkedWords({ counts }: Outcome): string {
  const bad = [
    counts.conflict > 0 ? `${counts.conflict} in conflict` : '',
    counts.refused > 0 ? `${counts.refused} refused` : '',
  ].filter(Boolean);
  return `Checked: ${counts.saved} of ${counts.saved + counts.conflict + counts.refused} rows would be saved${
    bad.length > 0 ? `, ${bad.join(', ')}` : ''
  }.`;
}
