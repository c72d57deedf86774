import type { ProductRow } from '../../api/types/catalogue.ts';
import { RowActions } from '../../ui/actions.tsx';
import { Amount } from '../../ui/amount.tsx';
import { Nothing, StateBadge } from '../../ui/badge.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { FindingCount } from '../../ui/findings.tsx';
import { Picture } from '../../ui/picture.tsx';
import { RowLink } from '../../ui/row-link.tsx';
import { stateWords, toneOf } from '../../ui/states.ts';

/** One price, or from the lowest to the highest of its SKUs. */
function Prices({ skus }: Pick<ProductRow, 'skus'>) {
  const prices = skus.flatMap(({ priceMinor }) => (priceMinor === null ? [] : [priceMinor]));
  const currency = skus[0]?.currency;
  if (prices.length === 0 || !currency) return <Nothing />;
  const low = Math.min(...prices);
  const high = Math.max(...prices);
  return (
    <span className="amount">
      <Amount amountMinor={low} currency={currency} />
      {high > low ? (
        <>
          –<Amount amountMinor={high} currency={currency} />
        </>
      ) : null}
    </span>
  );
}

/** Where it is offered: a dot in the listing's colour and the marketplace's name. */
function ListingChips({ listings }: Pick<ProductRow, 'listings'>) {
  if (listings.length === 0) return <span className="muted">not offered yet</span>;
  return (
    <span className="chips">
      {listings.map(({ id, connection, state }) => (
        <span key={id} className="chip" data-tone={toneOf(state, 'listing')} title={stateWords(state)}>
          <span className="badge-dot" aria-hidden="true" />
          {connection?.name ?? '?'}
          <span className="visually-hidden">: {stateWords(state)}</span>
        </span>
      ))}
    </span>
  );
}

const customsWords: Readonly<Record<string, string>> = {
  'hs-code': 'HS code',
  origin: 'origin',
  description: 'description',
  value: 'value',
  'net-weight': 'weight',
};

/** What its SKUs lack for crossing a border. */
function CustomsReadiness({ skus }: Pick<ProductRow, 'skus'>) {
  const parts = [...new Set(skus.flatMap(({ customsMissing }) => customsMissing))];
  if (parts.length === 0) return <span className="muted">ready</span>;
  const lacking = skus.filter(({ customsMissing }) => customsMissing.length > 0).length;
  const words = parts.map((part) => customsWords[part] ?? part).join(', ');
  return (
    <span title={`${lacking} of ${skus.length} SKUs cannot cross a border yet`}>
      <span className="visually-hidden">lacks </span>
      no {words}
    </span>
  );
}

const sum = (numbers: number[]) => numbers.reduce((total, n) => total + n, 0);

export const productColumns: Column<ProductRow>[] = [
  {
    id: 'title',
    header: 'Product',
    role: 'title',
    cell: ({ id, title, skus, brand, imageUrl }) => (
      <span className="with-picture">
        {imageUrl ? (
          <Picture url={imageUrl} alt="" sizePx={34} />
        ) : (
          <span className="picture picture-missing picture-small" />
        )}
        <span className="two-lines">
          <RowLink to="/products/$id" id={id}>
            {title}
          </RowLink>
          <small>
            {brand.name} · {skus.length === 1 ? skus[0]?.sku : `${skus.length} SKUs`}
          </small>
        </span>
      </span>
    ),
  },
  {
    id: 'state',
    header: 'State',
    cell: ({ state, findings }) => (
      <span className="badges">
        <StateBadge state={state} machine="product" />
        <FindingCount findings={findings} />
      </span>
    ),
  },
  { id: 'price', header: 'Price', align: 'end', cell: ({ skus }) => <Prices skus={skus} /> },
  {
    id: 'available',
    header: 'Available',
    align: 'end',
    cell: ({ skus }) => (
      <span
        title={`${sum(skus.map(({ onHand }) => onHand))} on hand, ${sum(skus.map(({ reserved }) => reserved))} reserved`}
      >
        {sum(skus.map(({ available }) => available))}
      </span>
    ),
  },
  { id: 'customs', header: 'Customs', cell: ({ skus }) => <CustomsReadiness skus={skus} /> },
  { id: 'listings', header: 'Listings', cell: ({ listings }) => <ListingChips listings={listings} /> },
  {
    id: 'actions',
    header: 'Actions',
    role: 'actions',
    cell: (product) => <RowActions thing={{ ...product, collection: 'products', name: product.title }} />,
  },
];
