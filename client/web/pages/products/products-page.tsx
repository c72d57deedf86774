import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ProductRow } from '../../api/types/catalogue.ts';
import { approvalOf, useAct } from '../../ui/actions.tsx';
import { BulkBar, useBulkApproval } from '../../ui/bulk.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/feedback.tsx';
import { ListFilters } from '../../ui/list-filters.tsx';
import { ListView, useList } from '../../ui/list-view.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { PageHead } from '../../ui/section.tsx';
import { productStates } from '../../ui/states.ts';
import { productColumns } from './columns.tsx';

export function ProductsPage() {
  const search = useSearch({ from: '/shell/products' });
  const navigate = useNavigate();
  const list = useList<ProductRow>('products', { ...search });
  const bulk = useBulkApproval(
    'products',
    list.rows.map((product) => ({ ...product, name: product.title })),
  );
  const { act } = useAct();
  const notices = useNotices();
  const approve = (product: ProductRow) => {
    if (bulk.count > 0) return bulk.approve();
    const event = approvalOf(product.allowed);
    if (event?.ok) return act({ ...product, collection: 'products', name: product.title }, event);
    notices.say('attention', `${product.title} cannot be approved.`, event?.why ?? 'Not possible in its state.');
  };
  return (
    <>
      <PageHead title="Products">
        <Link to="/products/table" search={search} className="button">
          Edit table
        </Link>
      </PageHead>
      <ListFilters
        search={search}
        onSearch={(next) => navigate({ to: '/products', search: next, replace: true })}
        placeholder="Title or SKU …"
        states={productStates}
        brands
      />
      <ListView
        list={list}
        what="products"
        empty={
          <Empty title="No products here">
            They come from a brand's connected shop with its first synchronisation, or from a file under Imports; or the
            filters hide them.
          </Empty>
        }
      >
        <DataTable
          caption="Products"
          columns={productColumns}
          rows={list.rows}
          nameOf={({ title }) => title}
          selection={bulk.selection}
          onOpen={({ id }) => navigate({ to: '/products/$id', params: { id } })}
          onApprove={approve}
        />
      </ListView>
      <BulkBar bulk={bulk} />
    </>
  );
}
