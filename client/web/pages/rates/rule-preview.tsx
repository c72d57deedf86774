import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { call, withQuery } from '../../api/http.ts';
import type { Preview, PriceRule } from '../../api/types/prices.ts';
import type { TablePage } from '../../api/types/tables.ts';
import { Amount } from '../../ui/amount.tsx';
import { explain } from '../../ui/notices.tsx';
import { Trace } from './trace.tsx';

/** What one SKU would cost under the rule as it is on the screen, step by step. */
export function RulePreview({ connection, rule }: { connection: string; rule: PriceRule }) {
  const first = useQuery({
    queryKey: ['price-preview', 'sku', connection],
    queryFn: ({ signal }) =>
      call<TablePage>('GET', withQuery('/api/tables/prices', { connection, limit: '1' }), { signal }),
  });
  const [typed, setTyped] = useState<string | null>(null);
  const sku = useDeferredValue(typed ?? String(first.data?.rows[0]?.cells.sku ?? ''));
  const tried = useDeferredValue(rule);
  const preview = useQuery({
    queryKey: ['price-preview', connection, sku, tried],
    enabled: sku !== '',
    placeholderData: keepPreviousData,
    retry: false,
    queryFn: ({ signal }) =>
      call<Preview>('POST', '/api/price-preview', { body: { connection, sku, rule: tried }, signal }),
  });
  return (
    <div className="stack" aria-live="polite">
      <label className="field">
        <span>Try it on</span>
        <input
          value={typed ?? sku}
          placeholder="SKU"
          autoComplete="off"
          onChange={(event) => setTyped(event.target.value)}
        />
      </label>
      {preview.isError ? <p className="refused">{explain(preview.error)}</p> : null}
      {preview.data && !preview.isError ? <Outcome preview={preview.data} /> : null}
    </div>
  );
}

function Outcome({ preview }: { preview: Preview }) {
  const { priceMinor, rulePriceMinor, currency, marginPercent, trace } = preview;
  return (
    <>
      <p className="panel-title">
        <Amount amountMinor={priceMinor ?? rulePriceMinor} currency={currency} />
        {priceMinor === null ? ' would not be offered' : ''}
        {marginPercent === null ? '' : ` · margin ${marginPercent} %`}
      </p>
      <Trace steps={trace} />
    </>
  );
}
