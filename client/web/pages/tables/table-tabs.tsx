import { Link } from '@tanstack/react-router';
import type { TableName } from '../../api/types/tables.ts';
import { tablePlans } from './tables.ts';

const titles: Record<TableName, string> = {
  products: 'Products',
  listings: 'Listings',
  prices: 'Prices',
  stock: 'Stock',
  orders: 'Orders',
};

/** From one editable table to the next. */
export function TableTabs({ present }: { present: TableName }) {
  return (
    <nav className="tabs" aria-label="Editable tables">
      {Object.values(tablePlans).map(({ name, path }) => (
        <Link key={name} to={path} aria-current={name === present ? 'page' : undefined}>
          {titles[name]}
        </Link>
      ))}
    </nav>
  );
}
