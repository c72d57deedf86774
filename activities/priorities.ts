import type { Priority } from '../budget/types.ts';

/**
 * What each activity's outside calls are for. Stock is told apart by what is due (`stock-offers.ts`), where a cut goes before a
 * raise; reading one order that somebody pointed at is how a buyer's cancellation arrives.
 */
const priorityBy: Readonly<Record<string, Priority>> = {
  cancelInShop: 'cancel',
  fetchOrder: 'cancel',
  settlePush: 'cancel',
  endCancellation: 'cancel',
  takeBack: 'cancel',
  readOrder: 'order-acknowledge',
  readOrdersPage: 'order-acknowledge',
  pushOrder: 'order-acknowledge',
  acceptOrder: 'order-acknowledge',
  confirmShipment: 'order-acknowledge',
  bookConsignment: 'label',
  voidConsignment: 'label',
  readConsignment: 'label',
  carryOutPickup: 'label',
  readTracking: 'tracking',
  readShipment: 'tracking',
  fulfilInShop: 'tracking',
  completeOrder: 'tracking',
  probeAccount: 'tracking',
  readStoreStock: 'stock-increase',
  readProductStock: 'stock-increase',
  pushStock: 'stock-increase',
  pushPrices: 'price',
  submitListing: 'content',
  readReviews: 'content',
  readBackOffers: 'content',
  importPage: 'content',
  compareCatalogue: 'content',
};

/** An activity that nobody ranked goes before what can wait and after what cannot. */
export const priorityOf = (activity: string): Priority => priorityBy[activity] ?? 'tracking';
