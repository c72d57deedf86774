import type { Topic } from '../../db/follow-ups.ts';

export { connectionQueue, orchestrationQueue, wakeSignal } from './queues.ts';

export interface WorkflowCall {
  readonly workflowType: string;
  readonly args: readonly string[];
}

/** Which process a business key belongs to. The key's parts are its arguments. */
export const processOf: Record<Topic, (key: string) => WorkflowCall> = {
  order: (key) => ({ workflowType: 'orderWorkflow', args: [part(key, 1)] }),
  consignment: (key) => ({ workflowType: 'consignmentWorkflow', args: [part(key, 1)] }),
  labels: (key) => ({ workflowType: 'labelMailWorkflow', args: [part(key, 1), part(key, 2), part(key, 3)] }),
  listings: (key) => ({ workflowType: 'listingsWorkflow', args: [part(key, 1)] }),
  stock: (key) => ({ workflowType: 'offersWorkflow', args: [part(key, 1)] }),
  connection: (key) => ({ workflowType: 'connectionWorkflow', args: [part(key, 1)] }),
  'channel-order': (key) => ({ workflowType: 'fetchOrderWorkflow', args: [part(key, 1), part(key, 2)] }),
  mail: (key) => ({ workflowType: 'mailWorkflow', args: [part(key, 1)] }),
  catalogue: (key) => ({ workflowType: 'catalogueWorkflow', args: [part(key, 1)] }),
  'product-stock': (key) => ({ workflowType: 'productStockWorkflow', args: [part(key, 1), part(key, 2)] }),
  refining: () => ({ workflowType: 'refiningWorkflow', args: [] }),
  import: (key) => ({ workflowType: 'importWorkflow', args: [part(key, 1)] }),
  incident: (key) => ({ workflowType: 'outageWorkflow', args: [part(key, 1)] }),
  shipment: (key) => ({ workflowType: 'shipmentWorkflow', args: [part(key, 1), part(key, 2)] }),
  pickup: (key) => ({ workflowType: 'pickupWorkflow', args: [part(key, 1)] }),
  prices: (key) => ({ workflowType: 'repricingWorkflow', args: [part(key, 1)] }),
};

function part(key: string, index: number): string {
  const value = key.split('/')[index];
  if (value === undefined || value === '') throw new Error(`the business key ${key} has no part ${index}`);
  return decodeURIComponent(value);
}

/** The streams that schedules read, by kind of connection, with the seconds between two readings. */
export const streamsOf = {
  store: { catalogue: 900, 'store-stock': 120, compare: 86_400, webhooks: 3600 },
  marketplace: { orders: 60, reviews: 120, offers: 300, live: 900, translations: 600, terms: 86_400 },
  carrier: { tracking: 300 },
} as const;

/** The process that serves a stream. */
export const streamProcess: Record<string, { topic: string; workflowType: string }> = {
  catalogue: { topic: 'catalogue', workflowType: 'catalogueWorkflow' },
  compare: { topic: 'compare', workflowType: 'compareWorkflow' },
  'store-stock': { topic: 'store-stock', workflowType: 'storeStockWorkflow' },
  webhooks: { topic: 'webhooks', workflowType: 'webhooksWorkflow' },
  orders: { topic: 'orders', workflowType: 'channelOrdersWorkflow' },
  reviews: { topic: 'listings', workflowType: 'listingsWorkflow' },
  offers: { topic: 'stock', workflowType: 'offersWorkflow' },
  live: { topic: 'live', workflowType: 'liveWorkflow' },
  translations: { topic: 'translations', workflowType: 'translateWorkflow' },
  terms: { topic: 'terms', workflowType: 'termsWorkflow' },
  tracking: { topic: 'tracking', workflowType: 'trackingWorkflow' },
};
