import { ApiError } from '../errors.ts';
import type { TableName } from '../schemas/tables.ts';
import type { TableAdapter } from './adapter.ts';
import { listingTable } from './listings.ts';
import { orderTable } from './orders.ts';
import { priceTable } from './prices.ts';
import { productTable } from './products.ts';
import { stockTable } from './stock.ts';

/** Every editable table by its name. */
const tables: { readonly [Name in TableName]?: TableAdapter } = {
  products: productTable,
  listings: listingTable,
  prices: priceTable,
  stock: stockTable,
  orders: orderTable,
};

/** @throws ApiError NotFound */
export function tableNamed(name: TableName): TableAdapter {
  const table = tables[name];
  if (!table) throw new ApiError('NotFound', `There is no table ${name}.`);
  return table;
}
