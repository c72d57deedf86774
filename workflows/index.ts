export { consignmentWorkflow } from './consignment.ts';
export { importWorkflow } from './imports.ts';
export { labelMailWorkflow, mailWorkflow } from './mails.ts';
export { orderWorkflow } from './order.ts';
export { outageWorkflow } from './outage.ts';
export { pickupWorkflow } from './pickups.ts';
export { repricingWorkflow } from './prices.ts';
export { refiningWorkflow, termsWorkflow, translateWorkflow } from './refining.ts';
export {
  catalogueWorkflow,
  channelOrdersWorkflow,
  compareWorkflow,
  fetchOrderWorkflow,
  listingsWorkflow,
  liveWorkflow,
  offersWorkflow,
  productStockWorkflow,
  shipmentWorkflow,
  storeStockWorkflow,
  trackingWorkflow,
} from './streams.ts';
export { connectionWorkflow, scheduledWorkflow, tickerWorkflow, webhooksWorkflow } from './upkeep.ts';
