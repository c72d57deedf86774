import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ruleSetsQuery } from '../../api/refining.ts';
import type { RuleSetHead, RuleSets } from '../../api/types/refining.ts';
import { Empty } from '../../ui/feedback.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { PageHead, Section } from '../../ui/section.tsx';
import { RuleEditor } from './rule-editor.tsx';
import { RuleList } from './rule-list.tsx';
import { RuleSetBoard } from './rule-set.tsx';

const scopeNames: Record<RuleSetHead['scope'], string> = {
  installation: 'all brands',
  brand: 'brand',
  marketplace: 'marketplace',
};

/** Cleaning rules: which sets there are, their versions, what a version would change, and which of them hold. */
export function RulesPage() {
  const query = useQuery(ruleSetsQuery);
  const [adding, setAdding] = useState(false);
  return (
    <>
      <PageHead
        title="Rules"
        lead="What becomes of the words that shops and files use. A version is never changed: another one is activated."
      >
        <button type="button" onClick={() => setAdding(true)}>
          New version
        </button>
      </PageHead>
      <QueryView query={query} what="the rules">
        {(answer) => (
          <>
            <Sets answer={answer} />
            {adding ? <RuleEditor sets={answer} onClose={() => setAdding(false)} /> : null}
          </>
        )}
      </QueryView>
    </>
  );
}

function Sets({ answer }: { answer: RuleSets }) {
  const { sets, standard, waiting } = answer;
  const own = sets.some(({ scope, activeVersion }) => scope === 'installation' && activeVersion !== null);
  return (
    <>
      {waiting.products + waiting.listings > 0 ? (
        <p className="waiting" role="status">
          {waiting.products} products and {waiting.listings} listings wait to be refined again.
        </p>
      ) : null}
      {sets.length === 0 ? <Empty title="Nobody has written rules yet">The standard ones hold.</Empty> : null}
      {sets.map((head) => (
        <Section key={head.id} title={`${head.name} (${scopeNames[head.scope]})`}>
          <RuleSetBoard head={head} />
        </Section>
      ))}
      <Section title={`standard ${standard.version}`} count={standard.rules.length}>
        <p className="muted">{own ? 'Not in force: rules for all brands are active.' : 'In force for every brand.'}</p>
        <RuleList rules={standard.rules} />
      </Section>
    </>
  );
}
