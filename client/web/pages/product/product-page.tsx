import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { oneQuery } from '../../api/queries.ts';
import type { ProductDetail } from '../../api/types/catalogue.ts';
import { canEdit, PageActions } from '../../ui/actions.tsx';
import { StateBadge } from '../../ui/badge.tsx';
import { Empty } from '../../ui/feedback.tsx';
import { Findings } from '../../ui/findings.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { RowLink } from '../../ui/row-link.tsx';
import { PageHead, Section } from '../../ui/section.tsx';
import { Timeline } from '../../ui/timeline.tsx';
import { ProductContent } from './product-content.tsx';
import { ProductEdit } from './product-edit.tsx';
import { ProductFields } from './product-fields.tsx';
import { ProductSkus } from './product-skus.tsx';

export function ProductPage() {
  const { id } = useParams({ from: '/shell/products/$id' });
  const query = useQuery(oneQuery<ProductDetail>('products', id));
  return (
    <QueryView query={query} what="the product">
      {(product) => <ProductBoard key={product.id} product={product} />}
    </QueryView>
  );
}

function ProductBoard({ product }: { product: ProductDetail }) {
  const [editing, setEditing] = useState(false);
  const edit = canEdit(product.allowed);
  return (
    <>
      <PageHead
        title={product.title}
        lead={
          <>
            <StateBadge state={product.state} machine="product" /> {product.brand.name}
            {product.category ? ` · ${product.category}` : ''}
          </>
        }
      >
        {edit ? (
          <button
            type="button"
            aria-disabled={!edit.ok}
            title={edit.why ?? edit.means}
            onClick={() => setEditing(edit.ok)}
          >
            Edit
          </button>
        ) : null}
      </PageHead>
      <Section title="What can be done">
        <PageActions thing={{ ...product, collection: 'products', name: product.title }} />
      </Section>
      <div className="two-columns wide-left">
        <div>
          <Section title="Findings" count={product.findings.length}>
            <Findings findings={product.findings} />
          </Section>
          <Section title="SKUs" count={product.skus.length}>
            <ProductSkus skus={product.skus} />
          </Section>
          <Section title="Listings" count={product.listings.length}>
            <ProductListings listings={product.listings} />
          </Section>
          <Section title="Content">
            <ProductContent product={product} />
          </Section>
          <ProductFields productId={product.id} />
        </div>
        <Section title="Timeline" count={product.timeline.length}>
          <Timeline entries={product.timeline} brandId={product.brand.id} />
        </Section>
      </div>
      {editing ? <ProductEdit product={product} onClose={() => setEditing(false)} /> : null}
    </>
  );
}

function ProductListings({ listings }: Pick<ProductDetail, 'listings'>) {
  if (listings.length === 0) {
    return <Empty title="Offered nowhere yet">A listing per connected marketplace is made when it is approved.</Empty>;
  }
  return (
    <ul className="plain-list">
      {listings.map(({ id, connection, state, remote }) => (
        <li key={id}>
          <RowLink to="/listings/$id" id={id}>
            {connection?.name ?? 'a removed connection'}
          </RowLink>
          <span className="badges">
            <StateBadge state={state} machine="listing" />
            <span className="muted">there:</span> <StateBadge state={remote} machine="remote" />
          </span>
        </li>
      ))}
    </ul>
  );
}
