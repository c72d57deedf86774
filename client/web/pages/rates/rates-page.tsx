import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { listQuery, sessionQuery } from '../../api/queries.ts';
import type { ConnectionRow } from '../../api/types/operations.ts';
import { Empty } from '../../ui/feedback.tsx';
import { PageHead, Section } from '../../ui/section.tsx';
import { Rates } from './rates.tsx';
import { RuleEditor } from './rule-editor.tsx';

/** How prices come about: exchange rates, and a rule for each marketplace. */
export function RatesPage() {
  return (
    <>
      <PageHead
        title="Price rules"
        lead="Brand price → exchange rate → fees → rounding → margin floor. Every price says how it came about."
      />
      <Rates />
      <Rules />
    </>
  );
}

function Rules() {
  const accounts = useInfiniteQuery(listQuery<ConnectionRow>('connections'));
  const marketplaces = (accounts.data?.pages ?? [])
    .flatMap(({ rows }) => rows)
    .filter(({ kind }) => kind === 'marketplace');
  const user = useQuery(sessionQuery).data;
  const [chosen, setChosen] = useState<string | null>(null);
  const id = chosen ?? marketplaces[0]?.id;
  return (
    <Section
      title="Rules of a marketplace"
      aside={
        <label className="field">
          <span className="visually-hidden">Marketplace</span>
          <select value={id ?? ''} onChange={(event) => setChosen(event.target.value)}>
            {marketplaces.map((account) => (
              <option key={account.id} value={account.id}>
                {account.name}
              </option>
            ))}
          </select>
        </label>
      }
    >
      {id ? (
        <RuleEditor key={id} connectionId={id} canSave={user?.role === 'admin'} />
      ) : (
        <Empty title="No marketplace is connected">Connect one, and its price rule stands here.</Empty>
      )}
    </Section>
  );
}
