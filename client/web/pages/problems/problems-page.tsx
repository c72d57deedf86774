import { useNavigate, useSearch } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import type { ProblemRow } from '../../api/types/operations.ts';
import { useAct } from '../../ui/actions.tsx';
import { Empty } from '../../ui/feedback.tsx';
import { ListFilters } from '../../ui/list-filters.tsx';
import { ListView, useList } from '../../ui/list-view.tsx';
import { PageHead, Section } from '../../ui/section.tsx';
import { problemStates, stateWords } from '../../ui/states.ts';
import { useTableKeys } from '../../ui/table-keys.ts';
import { ProblemCard } from './problem-card.tsx';
import { SnoozeDialog } from './snooze-dialog.tsx';

/** In the URL: problems in all states. */
const everything = 'ALL';
const severities = ['error', 'warning', 'info'];

interface Group {
  kind: string;
  problems: ProblemRow[];
}

/** Problems of one kind together; the gravest kind first, then the one with most of them. */
export function groupByKind(problems: ProblemRow[]): Group[] {
  const groups = new Map<string, ProblemRow[]>();
  for (const problem of problems) groups.set(problem.kind, [...(groups.get(problem.kind) ?? []), problem]);
  const gravity = (group: Group) => Math.min(...group.problems.map(({ severity }) => severities.indexOf(severity)));
  return [...groups]
    .map(([kind, grouped]) => ({ kind, problems: grouped }))
    .sort((a, b) => gravity(a) - gravity(b) || b.problems.length - a.problems.length);
}

export function ProblemsPage() {
  const search = useSearch({ from: '/shell/problems' });
  const navigate = useNavigate();
  // Without a choice only what waits for a person is shown.
  const state = search.state ?? 'OPEN';
  const list = useList<ProblemRow>('problems', { ...search, state: state === everything ? undefined : state });
  const [snoozing, setSnoozing] = useState<ProblemRow | null>(null);
  const { act, busy } = useAct();
  const groups = groupByKind(list.rows);
  const cards = useProblemKeys();
  return (
    <>
      <PageHead title="Problems" lead="What a person should know or do, grouped by cause." />
      <ListFilters
        search={{ ...search, ...(state === everything ? {} : { state }) }}
        resting={{ state: 'OPEN' }}
        onSearch={(next) =>
          navigate({ to: '/problems', search: { ...next, state: next.state ?? everything }, replace: true })
        }
        placeholder="Title, order number …"
        states={problemStates}
      />
      <ListView list={list} what="problems" empty={<Empty title="No problems here">Nothing waits for a person.</Empty>}>
        <div ref={cards}>
          {groups.map(({ kind, problems }) => (
            <Section key={kind} title={stateWords(kind)} count={problems.length}>
              <ul className="cards">
                {problems.map((problem) => (
                  <ProblemCard
                    key={problem.id}
                    problem={problem}
                    busy={busy}
                    onSnooze={() => setSnoozing(problem)}
                    onAct={(event) => act({ ...problem, collection: 'problems', name: problem.title }, event)}
                  />
                ))}
              </ul>
            </Section>
          ))}
        </div>
      </ListView>
      {snoozing ? <SnoozeDialog problem={snoozing} onClose={() => setSnoozing(null)} /> : null}
    </>
  );
}

/** j and k walk through the cards as they do through the rows of a table; Enter follows the card's link. */
function useProblemKeys() {
  const box = useRef<HTMLDivElement>(null);
  const all = () => [...(box.current?.querySelectorAll<HTMLElement>('.problem') ?? [])];
  const present = () => all().findIndex((card) => card.contains(document.activeElement));
  useTableKeys(
    {
      onMove: (by) => {
        const cards = all();
        const next = cards[Math.min(Math.max(present() + by, 0), cards.length - 1)];
        next?.focus();
      },
      onOpen: () => all()[present()]?.querySelector<HTMLAnchorElement>('a')?.click(),
      onApprove: () => undefined,
      onSelect: () => undefined,
    },
    true,
  );
  return box;
}
