import { describe, expect, it } from 'vitest';
import { statesOf } from '../state-machines/kit.ts';
import { order } from '../state-machines/order.ts';
import { nextOrderStep, type OrderStep, type OrderView } from './next-step.ts';

const view = (overrides: Partial<OrderView>): OrderView => ({
  number: 'TL-000001',
  brand: 'kauri',
  marketplace: 'market',
  marketplaceConnectionId: 'm',
  storeConnectionId: 's',
  state: 'NEW',
  version: 1,
  inShop: false,
  handedOver: false,
  marketplaceTold: false,
  shopTold: false,
  channelOrderState: 'OPEN',
  parcelStates: [],
  hasTrackingNumber: false,
  ...overrides,
});

const left = { handedOver: true, hasTrackingNumber: true, parcelStates: ['HANDED_OVER'] };

describe('the next step of an order', () => {
  it.each<[string, Partial<OrderView>, OrderStep]>([
    ['waits for people', { state: 'NEW' }, 'wait'],
    ['waits for people after an edit', { state: 'EDITED' }, 'wait'],
    ['waits for the brand', { state: 'AWAITING_CONFIRMATION' }, 'wait'],
    ['is planned once it is approved', { state: 'APPROVED' }, 'plan'],
    ['is pushed from the queue', { state: 'QUEUE' }, 'push'],
    ['is not pushed twice', { state: 'QUEUE', inShop: true }, 'wait'],
    ['has no shop to be pushed into', { state: 'QUEUE', storeConnectionId: null }, 'wait'],
    ['tells the marketplace first although the shop is down', { state: 'QUEUE', ...left }, 'confirm-shipment'],
    ['goes on pushing once the marketplace knows', { state: 'QUEUE', ...left, marketplaceTold: true }, 'push'],
    ['waits for the carrier', { state: 'SYNCED', inShop: true, parcelStates: ['BOOKED'] }, 'wait'],
    ['tells the marketplace that it left', { state: 'SYNCED', inShop: true, ...left }, 'confirm-shipment'],
    [
      'tells the shop alone while another part of its basket has still to leave',
      { state: 'SYNCED', inShop: true, ...left, restOfBasketWaits: true },
      'fulfil-in-shop',
    ],
    [
      'stays open, arrived as it is, while another part of its basket has still to leave',
      { state: 'SYNCED', inShop: true, ...left, parcelStates: ['DELIVERED'], shopTold: true, restOfBasketWaits: true },
      'wait',
    ],
    [
      'has nothing to tell without a tracking number',
      { state: 'SYNCED', inShop: true, shopTold: true, handedOver: true, parcelStates: ['HANDED_OVER'] },
      'wait',
    ],
    ['then tells the shop', { state: 'SYNCED', inShop: true, ...left, marketplaceTold: true }, 'fulfil-in-shop'],
    [
      'tells no shop where there is none',
      { state: 'SYNCED', storeConnectionId: null, ...left, marketplaceTold: true },
      'wait',
    ],
    [
      'then waits for the delivery',
      { state: 'SYNCED', inShop: true, ...left, marketplaceTold: true, shopTold: true, parcelStates: ['IN_TRANSIT'] },
      'wait',
    ],
    [
      'is complete when all parcels arrived',
      {
        state: 'SYNCED',
        inShop: true,
        ...left,
        marketplaceTold: true,
        shopTold: true,
        parcelStates: ['DELIVERED', 'DELIVERED'],
      },
      'complete',
    ],
    [
      'is not complete while one is under way',
      {
        state: 'SYNCED',
        inShop: true,
        ...left,
        marketplaceTold: true,
        shopTold: true,
        parcelStates: ['DELIVERED', 'IN_TRANSIT'],
      },
      'wait',
    ],
    [
      'does not wait for voided parcels',
      {
        state: 'SYNCED',
        inShop: true,
        ...left,
        marketplaceTold: true,
        shopTold: true,
        parcelStates: ['VOIDED', 'DELIVERED'],
      },
      'complete',
    ],
    ['is not complete when all were voided', { state: 'SYNCED', inShop: true, parcelStates: ['VOIDED'] }, 'wait'],
    ['is not complete without parcels', { state: 'SYNCED', inShop: true }, 'wait'],
    [
      'is complete when the marketplace says so',
      { state: 'SYNCED', inShop: true, channelOrderState: 'COMPLETED' },
      'complete',
    ],
    [
      'tells everybody before it completes',
      { state: 'SYNCED', inShop: true, ...left, parcelStates: ['DELIVERED'], channelOrderState: 'COMPLETED' },
      'confirm-shipment',
    ],
    ['stands still while a cancel request is open', { state: 'CANCEL_REQUESTED', ...left }, 'wait'],
    ['is taken back', { state: 'CANCEL_PENDING', inShop: true, ...left }, 'take-back'],
    ['is left to people in a conflict', { state: 'CANCEL_CONFLICT', inShop: true, ...left }, 'wait'],
    ['is closed when cancelled', { state: 'CANCELLED' }, 'closed'],
    ['is closed when processed', { state: 'SUCCESSFULLY_PROCESSED', ...left }, 'closed'],
  ])('%s', (_, overrides, expected) => {
    expect(nextOrderStep(view(overrides))).toBe(expected);
  });

  it('is closed exactly in the states that the machine calls closed', () => {
    const closed = statesOf(order).filter((state) => nextOrderStep(view({ state })) === 'closed');
    expect(closed.sort()).toEqual([...order.closed].sort());
  });

  it('calls nobody outside unless people approved and nobody cancelled', () => {
    const calling: OrderStep[] = ['push', 'confirm-shipment', 'fulfil-in-shop'];
    for (const state of statesOf(order).filter((name) => !['QUEUE', 'SYNCED'].includes(name))) {
      for (const facts of [{}, left, { ...left, inShop: true }, { ...left, inShop: true, marketplaceTold: true }]) {
        expect(calling).not.toContain(nextOrderStep(view({ state, ...facts })));
      }
    }
  });
});
