import { describe, expect, it } from 'vitest';
import { machines } from '../../../state-machines/index.ts';
import { bulkApproval, consequenceOf } from './consequences.ts';

const machineOf: Record<string, keyof typeof machines> = {
  orders: 'order',
  products: 'product',
  listings: 'listing',
  consignments: 'consignment',
  parcels: 'parcel',
  returns: 'return',
  connections: 'connection',
  effects: 'effect',
};

/** Steps of people that may go without a question: they can be taken back, or nothing outside happens. */
const harmless = new Set([
  'orders/EDIT',
  'orders/APPROVE',
  'orders/REQUEST_CONFIRMATION',
  'orders/CONFIRM',
  'products/EDIT',
  'products/CHANGED_IN_SHOP',
  'products/APPROVE',
  'listings/EDIT',
  'listings/APPROVE',
  'consignments/REOPEN',
  'returns/SCAN_IN',
  'connections/PROVE',
  'connections/RESUME',
]);
/** Parcels have no page of their own: their steps come from the carrier. */
const withoutPage = new Set(['parcels']);

const people = ['ops', 'approver', 'admin', 'brand'];
const steps = Object.entries(machineOf).flatMap(([collection, name]) =>
  Object.entries(machines[name].events as Record<string, { by: readonly string[] }>)
    .filter(([, { by }]) => by.some((role) => people.includes(role)))
    .map(([type]) => ({ collection, type })),
);

describe('what is asked before a step', () => {
  it.each(steps.filter(({ collection }) => !withoutPage.has(collection)))(
    '$collection/$type is either harmless or explained',
    ({ collection, type }) => {
      const asked = consequenceOf(collection, type) !== null;
      expect(asked).toBe(!harmless.has(`${collection}/${type}`));
    },
  );

  it('demands the reason that the API demands for settling an outside call', () => {
    for (const type of ['FOUND', 'NOT_FOUND', 'ABANDON']) {
      expect(consequenceOf('effects', type)?.reason).toBe('required');
    }
  });

  it('says what a bulk approval does for each list that has one', () => {
    expect(Object.keys(bulkApproval)).toEqual(['orders', 'products', 'prices', 'listings']);
  });
});
