import type { ReactNode } from 'react';
import type { ListingSku } from '../../api/types/catalogue.ts';
import { Amount } from '../../ui/amount.tsx';
import { Nothing } from '../../ui/badge.tsx';
import { priceOf, type SyncStand, standOf, stockOf, type ThreeValues } from '../../ui/sync.ts';

const words: Record<SyncStand, string> = {
  same: 'in sync',
  sending: 'on the way',
  drift: 'differs there',
  none: 'not yet',
};

const looks: Record<SyncStand, string> = { same: 'in-sync', sending: 'mark', drift: 'mark', none: 'muted' };

interface ValueRowProps {
  label: string;
  values: ThreeValues;
  remote: string;
  show: (value: number | null) => ReactNode;
}

function ValueRow({ label, values, remote, show }: ValueRowProps) {
  const stand = standOf(values, remote);
  return (
    <tr data-stand={stand}>
      <th scope="row">{label}</th>
      <td data-align="end">{show(values.desired)}</td>
      <td data-align="end">{show(values.acknowledged)}</td>
      <td data-align="end">{show(values.seen)}</td>
      <td>
        <span className={looks[stand]} data-mark={stand === 'drift' ? 'overdue' : 'soon'}>
          {words[stand]}
        </span>
      </td>
    </tr>
  );
}

/** The three values of price and stock per SKU: what we want, what was confirmed, what was last seen there. */
export function ListingSync({ skus, remote }: { skus: ListingSku[]; remote: string }) {
  return (
    <div className="table-box">
      <table className="values">
        <caption className="visually-hidden">Price and stock: desired, acknowledged and seen</caption>
        <thead>
          <tr>
            <td />
            <th scope="col" data-align="end">
              Desired
            </th>
            <th scope="col" data-align="end">
              Acknowledged
            </th>
            <th scope="col" data-align="end">
              Seen
            </th>
            <td />
          </tr>
        </thead>
        {skus.map((sku) => (
          <tbody key={sku.listingSkuId}>
            <tr>
              <th scope="rowgroup" colSpan={5} className="values-sku">
                <code>{sku.sku}</code>
                {sku.lastError ? <span className="refused"> {sku.lastError}</span> : null}
              </th>
            </tr>
            <ValueRow
              label="Price"
              remote={remote}
              values={priceOf(sku)}
              show={(value) => <Amount amountMinor={value} currency={sku.listingCurrency} />}
            />
            <ValueRow
              label="Stock"
              remote={remote}
              values={stockOf(sku)}
              show={(value) => (value === null ? <Nothing /> : value)}
            />
          </tbody>
        ))}
      </table>
    </div>
  );
}
