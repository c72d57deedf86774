import { TablePage } from './table-page.tsx';

// One component per route, so that the router can load them by name.

export const ProductsTable = () => <TablePage table="products" />;
export const ListingsTable = () => <TablePage table="listings" />;
export const PricesTable = () => <TablePage table="prices" />;
export const StockTable = () => <TablePage table="stock" />;
export const OrdersTable = () => <TablePage table="orders" />;
