import type { ProductSku } from '../../api/types/catalogue.ts';
import { Amount } from '../../ui/amount.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/feedback.tsx';

const columns: Column<ProductSku>[] = [
  { id: 'sku', header: 'SKU', role: 'head', cell: ({ sku }) => <code>{sku}</code> },
  {
    id: 'price',
    header: 'Price',
    align: 'end',
    cell: ({ priceMinor, currency }) => <Amount amountMinor={priceMinor} currency={currency} />,
  },
  { id: 'on-hand', header: 'On hand', align: 'end', cell: ({ onHand }) => onHand },
  { id: 'reserved', header: 'Reserved', align: 'end', cell: ({ reserved }) => reserved },
  { id: 'available', header: 'Available', align: 'end', cell: ({ available }) => <strong>{available}</strong> },
];

export function ProductSkus({ skus }: { skus: ProductSku[] }) {
  if (skus.length === 0) return <Empty title="It has no SKU, so it cannot be sold" />;
  return <DataTable caption="SKUs" columns={columns} rows={skus} nameOf={({ sku }) => sku} keys={false} />;
}
