import { Router } from '../../simulator-kit/index.ts';
import { type BulkHandler, bulkStatus } from './bulk.ts';
import { type Call, field, type Handler, listOptions, p } from './call.ts';
import * as carts from './carts.ts';
import { catalogueRoutes, stockRoutes } from './catalogue-routes.ts';
import { listAnswer } from './criteria.ts';
import * as inventory from './inventory.ts';
import { type JsonObject, objectOf, textOf } from './json.ts';
import { placeDirectOrder } from './order-place.ts';
import { loadDirectItems, orderView, postedView } from './order-view.ts';
import * as orders from './orders.ts';
import { productView } from './product-view.ts';
import * as products from './products.ts';
import * as refunds from './refunds.ts';
import type { Shop } from './shop.ts';
import * as site from './site.ts';

function postOrder({ shop, body }: Call): JsonObject {
  const order = placeDirectOrder(shop, body);
  const answer = postedView(order);
  if (order.isDirect) loadDirectItems(order);
  return answer;
}

const READ_ORDERS = 'Magento_Sales::actions_view';

function salesRoutes(router: Router<Handler>): void {
  const act = (right: string, run: (call: Call, order: ReturnType<Shop['order']>) => unknown): Handler => ({
    right: `Magento_Sales::${right}`,
    run: (call) => run(call, call.shop.order(p(call, 'id'))),
  });
  router
    .on('POST', '/orders', 'orders.create', { right: 'Magento_Sales::create', run: postOrder })
    .on('GET', '/orders', 'orders.list', {
      right: READ_ORDERS,
      run: ({ shop, query }) =>
        listAnswer(query, [...shop.orders.values()], orders.orderField, orderView, listOptions(shop)),
    })
    .on(
      'GET',
      '/orders/:id',
      'orders.get',
      act('actions_view', (_call, order) => orderView(order)),
    )
    .on(
      'POST',
      '/orders/:id/cancel',
      'orders.cancel',
      act('cancel', ({ shop }, order) => orders.cancelOrder(shop, order, 'api')),
    )
    .on(
      'POST',
      '/orders/:id/hold',
      'orders.hold',
      act('hold', ({ shop }, order) => orders.holdOrder(shop, order)),
    )
    .on(
      'POST',
      '/orders/:id/unhold',
      'orders.unhold',
      act('unhold', ({ shop }, order) => orders.unholdOrder(shop, order)),
    )
    .on(
      'POST',
      '/orders/:id/comments',
      'orders.comment',
      act('comment', ({ shop, body }, order) => orders.commentOrder(shop, order, body)),
    )
    .on(
      'POST',
      '/order/:id/invoice',
      'orders.invoice',
      act('invoice', ({ shop }, order) => orders.invoiceOrder(shop, order)),
    )
    .on(
      'POST',
      '/order/:id/ship',
      'orders.ship',
      act('ship', ({ shop, body }, order) => orders.shipOrder(shop, order, body)),
    )
    .on(
      'POST',
      '/order/:id/refund',
      'orders.refund',
      act('creditmemo', ({ shop, body }, order) => refunds.refundOrder(shop, order, body)),
    )
    .on('GET', '/creditmemos', 'creditmemos.list', {
      right: 'Magento_Sales::sales_creditmemo',
      run: ({ shop, query }) => listAnswer(query, refunds.creditmemoRows(shop), field, (row) => row, listOptions(shop)),
    })
    .on('GET', '/creditmemo/:id/comments', 'creditmemos.comments', {
      right: 'Magento_Sales::sales_creditmemo',
      run: (c) => refunds.creditmemoComments(c.shop, Number(p(c, 'id'))),
    })
    .on('POST', '/shipment/track', 'shipments.track', {
      right: 'Magento_Sales::ship',
      run: ({ shop, body }) => orders.addTrack(shop, body),
    })
    .on('GET', '/shipments', 'shipments.list', {
      right: 'Magento_Sales::shipment',
      run: ({ shop, query }) => listAnswer(query, orders.shipmentRows(shop), field, (row) => row, listOptions(shop)),
    })
    .on('POST', '/guest-carts', 'carts.create', { right: null, run: ({ shop }) => carts.createCart(shop) })
    .on('GET', '/guest-carts/:id', 'carts.get', { right: null, run: (c) => carts.readCart(c.shop, p(c, 'id')) })
    .on('POST', '/guest-carts/:id/items', 'carts.add', {
      right: null,
      run: (c) => carts.addCartItem(c.shop, p(c, 'id'), c.body),
    })
    .on('POST', '/guest-carts/:id/estimate-shipping-methods', 'carts.methods', {
      right: null,
      run: (c) => carts.shippingMethods(c.shop, p(c, 'id')),
    })
    .on('POST', '/guest-carts/:id/shipping-information', 'carts.shipping', {
      right: null,
      run: (c) => carts.setShipping(c.shop, p(c, 'id'), c.body),
    })
    .on('POST', '/guest-carts/:id/payment-information', 'carts.pay', {
      right: null,
      run: (c) => carts.payCart(c.shop, p(c, 'id'), c.body),
    });
}

function systemRoutes(router: Router<Handler>): void {
  const bulkRight = 'Magento_Logging::system_magento_logging_bulk_operations';
  const self = 'Magento_Backend::store';
  router
    .on('POST', '/integration/admin/token', 'token', { right: null, run: ({ access, body }) => access.signIn(body) })
    .on('GET', '/store/storeConfigs', 'store.configs', { right: self, run: ({ shop }) => site.storeConfigs(shop) })
    .on('GET', '/store/websites', 'store.websites', { right: self, run: site.websites })
    .on('GET', '/directory/currency', 'store.currency', { right: null, run: ({ shop }) => site.currency(shop) })
    .on('GET', '/modules', 'modules', { right: self, run: ({ shop }) => site.modules(shop) })
    .on('GET', '/bulk/:uuid/status', 'bulk.status', {
      right: bulkRight,
      run: (c) => bulkStatus(c.shop, p(c, 'uuid'), false),
    })
    .on('GET', '/bulk/:uuid/detailed-status', 'bulk.detailed', {
      right: bulkRight,
      run: (c) => bulkStatus(c.shop, p(c, 'uuid'), true),
    });
}

/** All routes below `/rest/{scope}/V1`. */
export function magentoRoutes(): Router<Handler> {
  const router = new Router<Handler>();
  catalogueRoutes(router);
  stockRoutes(router);
  salesRoutes(router);
  systemRoutes(router);
  return router;
}

/** What can be sent by `/async/bulk/V1`: route → topic. */
export const BULK_TOPICS: Readonly<Record<string, string>> = {
  'POST /products': 'async.magento.catalog.api.productrepositoryinterface.save.post',
  'POST /products/base-prices': 'async.magento.catalog.api.basepricestorageinterface.update.post',
  'POST /inventory/source-items': 'async.magento.inventoryapi.api.sourceitemssaveinterface.execute.post',
};

export function bulkHandlers(shop: Shop): Readonly<Record<string, BulkHandler>> {
  const [save = '', price = '', stock = ''] = Object.values(BULK_TOPICS);
  return {
    [save]: (body) =>
      productView(products.saveProduct(shop, objectOf(body), 'bulk', textOf(objectOf(body.product).sku)), 'full'),
    [price]: (body) => inventory.saveBasePrices(shop, body),
    [stock]: (body) => inventory.saveSourceItems(shop, body),
  };
}
