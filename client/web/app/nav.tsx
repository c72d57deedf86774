import { Link, useLocation } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import type { Overview } from '../api/types/common.ts';

interface Item {
  to: string;
  label: string;
  staffOnly?: boolean;
  /** What of it waits for our own people. */
  waiting?: (overview: Overview) => number;
  /** What of it waits for the brand. */
  waitingForBrand?: (overview: Overview) => number;
}

const sum = (counts: Record<string, number>, ...states: string[]) =>
  states.reduce((total, state) => total + (counts[state] ?? 0), 0);

const items: Item[] = [
  { to: '/', label: 'Overview' },
  {
    to: '/orders',
    label: 'Orders',
    waiting: ({ orders }) => sum(orders, 'NEW', 'EDITED', 'CANCEL_CONFLICT'),
    waitingForBrand: ({ orders }) => sum(orders, 'AWAITING_CONFIRMATION'),
  },
  { to: '/consignments', label: 'Consignments' },
  { to: '/freight', label: 'Freight', staffOnly: true },
  { to: '/returns', label: 'Returns' },
  { to: '/products', label: 'Products', waiting: ({ products }) => sum(products, 'NEW', 'EDITED') },
  { to: '/imports', label: 'Imports' },
  { to: '/listings', label: 'Listings', waiting: ({ listings }) => sum(listings, 'REJECTED', 'UPDATE', 'EDITED') },
  { to: '/prices', label: 'Prices' },
  { to: '/stock', label: 'Stock' },
  { to: '/drift', label: 'Drift', staffOnly: true },
  { to: '/mapping', label: 'Mapping', staffOnly: true },
  { to: '/translations', label: 'Translations' },
  { to: '/rules', label: 'Rules', staffOnly: true },
  { to: '/problems', label: 'Problems', waiting: ({ problemsOpen }) => problemsOpen },
  { to: '/incidents', label: 'Incidents' },
  { to: '/brands', label: 'Brands' },
  { to: '/connections', label: 'Connections', staffOnly: true },
  { to: '/rates', label: 'Price rules', staffOnly: true },
  { to: '/mails', label: 'Mails' },
  { to: '/machines', label: 'Machines' },
];

/** The pages, each with the number of things there that wait for a person. */
export function Nav({ overview, staff }: { overview: Overview | undefined; staff: boolean }) {
  const nav = useRef<HTMLElement>(null);
  const section = useLocation({ select: ({ pathname }) => pathname.split('/')[1] });
  // On a narrow screen the pages stand in one line that scrolls: the one that is open has to be in sight.
  const isCounted = overview !== undefined;
  useEffect(() => {
    const line = nav.current;
    // The counts make the line longer: it is placed again when they come.
    const open = section === undefined && !isCounted ? null : line?.querySelector('[aria-current="page"]');
    if (!line || !open) return;
    const [outer, inner] = [line.getBoundingClientRect(), open.getBoundingClientRect()];
    // The line alone is moved; the page keeps its place.
    line.scrollLeft += inner.left + inner.width / 2 - (outer.left + outer.width / 2);
  }, [section, isCounted]);
  return (
    <nav ref={nav} className="nav" aria-label="Pages">
      <ul>
        {items
          .filter(({ staffOnly }) => staff || !staffOnly)
          .map(({ to, label, waiting, waitingForBrand }) => {
            const counter = staff ? waiting : waitingForBrand;
            const count = overview && counter ? counter(overview) : 0;
            return (
              <li key={to}>
                <Link to={to} activeOptions={{ exact: to === '/', includeSearch: false }}>
                  <span>{label}</span>
                  {count > 0 ? (
                    <span className="count" title={`${count} wait for you`}>
                      {count}
                      <span className="visually-hidden"> wait for you</span>
                    </span>
                  ) : null}
                </Link>
              </li>
            );
          })}
      </ul>
    </nav>
  );
}
