import { queryOptions, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useAsk } from '../../api/commands.ts';
import { call } from '../../api/http.ts';
import { brandsQuery } from '../../api/queries.ts';
import type { PriceRule, RuleList, RuleSaved } from '../../api/types/prices.ts';
import { QueryView } from '../../ui/query-view.tsx';
import { Time } from '../../ui/time.tsx';
import { RuleFields } from './rule-fields.tsx';
import { RulePreview } from './rule-preview.tsx';

const rulesQuery = (id: string) =>
  queryOptions({
    queryKey: ['price-rules', id],
    queryFn: ({ signal }) => call<RuleList>('GET', `/api/price-rules/${id}`, { signal }),
  });

/** The rule of an account, or of one brand on it, with what one SKU would cost under it while it is edited. */
export function RuleEditor({ connectionId, canSave }: { connectionId: string; canSave: boolean }) {
  const query = useQuery(rulesQuery(connectionId));
  const brands = useQuery(brandsQuery).data ?? [];
  const [brand, setBrand] = useState('');
  return (
    <QueryView query={query} what="the price rules">
      {(list) => (
        <>
          <label className="field">
            <span>For</span>
            <select value={brand} onChange={(event) => setBrand(event.target.value)}>
              <option value="">every brand without a rule of its own</option>
              {brands.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          <Editor
            key={`${brand} ${versionOf(list, brand)}`}
            list={list}
            brand={brand === '' ? null : brand}
            canSave={canSave}
          />
        </>
      )}
    </QueryView>
  );
}

const ruleOf = ({ rules }: RuleList, brand: string | null) => rules.find(({ brandId }) => brandId === brand);
const versionOf = (list: RuleList, brand: string): number => ruleOf(list, brand === '' ? null : brand)?.version ?? 0;

function Editor({ list, brand, canSave }: { list: RuleList; brand: string | null; canSave: boolean }) {
  const stored = ruleOf(list, brand);
  const behind = brand === null ? list.standard : (ruleOf(list, null)?.data ?? list.standard);
  const [rule, setRule] = useState<PriceRule>(stored?.data ?? behind);
  const [reason, setReason] = useState('');
  const ask = useAsk<RuleSaved>(({ version }) => `Version ${version} is in force. Prices are reckoned anew.`);
  const send = (data: PriceRule | null) =>
    ask.mutate({
      path: `/api/price-rules/${list.connection.id}`,
      body: { brand, rule: data, seenVersion: stored?.version ?? 0, reason },
    });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    send(rule);
  };
  return (
    <div className="two-columns rule">
      <form className="stack" onSubmit={submit}>
        <p className="muted">
          {stored?.data ? (
            <>
              Version {stored.version} by {stored.createdBy}, <Time at={stored.createdAt} />: {stored.reason}
            </>
          ) : brand === null ? (
            'No rule was written yet: prices are converted and rounded.'
          ) : (
            'This brand has no rule of its own: that of the account holds.'
          )}
        </p>
        <RuleFields rule={rule} currency={list.currency} onChange={setRule} />
        {canSave ? (
          <>
            <label className="field">
              <span>Reason</span>
              <input value={reason} required maxLength={1000} onChange={(event) => setReason(event.target.value)} />
            </label>
            <div className="dialog-actions">
              {stored?.data ? (
                <button type="button" disabled={ask.isPending || reason === ''} onClick={() => send(null)}>
                  End this rule
                </button>
              ) : null}
              <button type="submit" className="primary" disabled={ask.isPending}>
                {ask.isPending ? 'Keeping …' : 'Put it in force'}
              </button>
            </div>
          </>
        ) : (
          <p className="muted">Admins put rules in force; you can try them.</p>
        )}
      </form>
      <RulePreview connection={list.connection.id} rule={rule} />
    </div>
  );
}
