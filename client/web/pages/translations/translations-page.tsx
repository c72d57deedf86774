import { useNavigate, useSearch } from '@tanstack/react-router';
import { useRef } from 'react';
import type { TranslationRow } from '../../api/types/refining.ts';
import { isStaff, useUser } from '../../app/session.ts';
import { Empty } from '../../ui/feedback.tsx';
import { ListFilters } from '../../ui/list-filters.tsx';
import { ListView, useList } from '../../ui/list-view.tsx';
import { PageHead } from '../../ui/section.tsx';
import { useTableKeys } from '../../ui/table-keys.ts';
import { GlossarySection } from './glossary.tsx';
import { SettingsSection } from './settings.tsx';
import { TranslationCard, useApprove } from './translation-card.tsx';

const shown = ['WAITING', 'APPROVED', 'ALL'];

/** Translations that wait for a person, side by side with what was translated; `a` approves the one that has the focus. */
export function TranslationsPage() {
  const search = useSearch({ from: '/shell/translations' });
  const navigate = useNavigate();
  const staff = isStaff(useUser());
  const show = (search.state ?? 'WAITING').toLowerCase();
  const list = useList<TranslationRow>('translations', { show, q: search.q, brand: search.brand });
  const approve = useApprove();
  const cards = useCardKeys((id) => {
    const row = list.rows.find((one) => one.id === id);
    if (row && !approve.isPending) approve.approve([row]);
  });
  return (
    <>
      <PageHead
        title="Translations"
        lead="j and k move, a approves. What a person wrote is remembered and comes back for the same text."
      >
        <button
          type="button"
          disabled={approve.isPending || show !== 'waiting' || list.rows.length === 0}
          onClick={() => approve.approve(list.rows)}
        >
          Approve all {list.rows.length} shown
        </button>
      </PageHead>
      <ListFilters
        search={search}
        resting={{}}
        onSearch={(next) => navigate({ to: '/translations', search: next, replace: true })}
        placeholder="Original or translation …"
        states={shown}
        brands
      />
      <ListView
        list={list}
        what="translations"
        empty={<Empty title="Nothing to look at">No translation waits for a person.</Empty>}
      >
        <div ref={cards}>
          <ul className="cards">
            {list.rows.map((row) => (
              <TranslationCard key={`${row.id} ${row.revision}`} row={row} approve={approve} />
            ))}
          </ul>
        </div>
      </ListView>
      {staff ? (
        <>
          <SettingsSection />
          <GlossarySection />
        </>
      ) : null}
    </>
  );
}

/** j and k walk through the cards, a approves the one that has the focus, Enter goes into its text. */
function useCardKeys(onApprove: (id: string) => void) {
  const box = useRef<HTMLDivElement>(null);
  const all = () => [...(box.current?.querySelectorAll<HTMLElement>('.translation') ?? [])];
  const present = () => all().findIndex((card) => card.contains(document.activeElement));
  useTableKeys(
    {
      onMove: (by) => {
        const cards = all();
        cards[Math.min(Math.max(present() + by, 0), cards.length - 1)]?.focus();
      },
      onOpen: () => all()[present()]?.querySelector('textarea')?.focus(),
      onApprove: () => {
        const id = all()[present()]?.dataset.id;
        if (id) onApprove(id);
      },
      onSelect: () => undefined,
    },
    true,
  );
  return box;
}
