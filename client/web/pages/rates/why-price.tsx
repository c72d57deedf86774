import { queryOptions, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useStep } from '../../api/commands.ts';
import { call, withQuery } from '../../api/http.ts';
import type { WhyPrice } from '../../api/types/prices.ts';
import { refreshEveryMs } from '../../app/query-client.ts';
import { Amount } from '../../ui/amount.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { Time } from '../../ui/time.tsx';
import { Trace } from './trace.tsx';

const whyQuery = (sku: string, connection: string) =>
  queryOptions({
    queryKey: ['why', 'price', connection, sku],
    refetchInterval: refreshEveryMs,
    queryFn: ({ signal }) => call<WhyPrice>('GET', withQuery('/api/why/price', { sku, connection }), { signal }),
  });

/** Why SKUs cost what they cost there; each is read when somebody asks. */
export function WhyPrices({ skus, connection }: { skus: readonly string[]; connection: string }) {
  return (
    <div className="stack why">
      {skus.map((sku) => (
        <OneSku key={sku} sku={sku} connection={connection} isOnly={skus.length === 1} />
      ))}
    </div>
  );
}

function OneSku({ sku, connection, isOnly }: { sku: string; connection: string; isOnly: boolean }) {
  const [isOpen, setOpen] = useState(isOnly);
  return (
    <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        Why does <code>{sku}</code> cost that?
      </summary>
      {isOpen ? <Answer sku={sku} connection={connection} /> : null}
    </details>
  );
}

function Answer({ sku, connection }: { sku: string; connection: string }) {
  const query = useQuery(whyQuery(sku, connection));
  return (
    <QueryView query={query} what="how the price came about">
      {(why) => (
        <>
          <Trace steps={why.trace} />
          <Open why={why} />
          <History why={why} />
        </>
      )}
    </QueryView>
  );
}

/** Prices that wait for a person, with their buttons. */
function Open({ why }: { why: WhyPrice }) {
  const step = useStep();
  const open = why.proposals.filter(({ state }) => state === 'PROPOSED');
  if (open.length === 0) return null;
  return (
    <ul className="results">
      {open.map((proposal) => (
        <li key={proposal.id}>
          <strong>
            <Amount amountMinor={proposal.amountMinor} currency={proposal.currency} />
          </strong>{' '}
          {proposal.kind === 'hand' ? `typed by ${proposal.proposedBy}` : 'by the rule'}: {proposal.reason}
          <span className="page-actions">
            {proposal.allowed
              .filter(({ ok }) => ok)
              .map(({ type, label, means }) => (
                <button
                  key={type}
                  type="button"
                  title={means}
                  disabled={step.isPending}
                  onClick={() =>
                    step.mutate({
                      collection: 'price-proposals',
                      id: proposal.id,
                      name: proposal.sellerSku,
                      type,
                      label,
                      version: proposal.version,
                    })
                  }
                >
                  {label}
                </button>
              ))}
          </span>
        </li>
      ))}
    </ul>
  );
}

function History({ why }: { why: WhyPrice }) {
  if (why.history.length === 0) return null;
  return (
    <details>
      <summary>Who changed it ({why.history.length})</summary>
      <ul>
        {why.history.map(({ version, at, cause, actor, source, why: reason }) => (
          <li key={version}>
            <Time at={at} /> · {cause} · {actor}
            {source === actor ? '' : `, ${source}`}
            {reason ? `: ${reason}` : ''}
          </li>
        ))}
      </ul>
    </details>
  );
}
