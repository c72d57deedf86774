import { Router, type VendorRequest } from '../../simulator-kit/index.ts';
import type { Access } from './auth.ts';
import { type BulkHandler, bulkStatus } from './bulk.ts';
import * as carts from './carts.ts';
import { type ListOptions, listAnswer } from './criteria.ts';
import { MagentoError } from './errors.ts';
import * as inventory from './inventory.ts';
import { type JsonObject, objectOf, textOf } from './json.ts';
import { loadDirectItems, orderView, placeDirectOrder, postedView } from './order-place.ts';
import * as orders from './orders.ts';
import { isProductField, productField, productView, stockItemView } from './product-view.ts';
import * as products from './products.ts';
import type { Shop } from './shop.ts';
import * as site from './site.ts';

export interface Call {
  shop: Shop;
  access: Access;
  request: VendorRequest;
  params: Readonly<Record<string, string>>;
  query: JsonObject;
  body: unknown;
}

export interface Handler {
  /** Null: everybody may. */
  right: string | null;
  /** Only with multi-source inventory. */
  msi?: boolean;
  run: (call: Call) => unknown;
}

const listOptions = ({ dials }: Shop): ListOptions => dials;
const p = (call: Call, name: string): string => call.params[name] ?? '';
const field = (row: JsonObject, name: string): unknown => row[name];

/** Reads with a `stale` fault show the version before the present one. */
function maybeStale({ shop, request }: Call, key: string, view: unknown): unknown {
  return request.stale ? (shop.versions.of(key) ?? view) : view;
}

function listProducts(call: Call): JsonObject {
  const { shop, query } = call;
  const checkField = (name: string) => {
    if (isProductField(shop, name)) return;
    throw new MagentoError(400, 'The "%1" attribute name is invalid. Reset the name and try again.', [name]);
  };
  const rows = [...shop.products.values()];
  const view = (row: (typeof rows)[number]) => maybeStale(call, `product ${row.sku}`, productView(row, 'row'));
  return listAnswer(query, rows, productField, view, { ...listOptions(shop), checkField });
}

function stockItem({ shop, params }: Call): JsonObject {
  const product = shop.products.get((params.sku ?? '').toLowerCase());
  if (product !== undefined) return stockItemView(product);
  throw new MagentoError(404, 'The Product with the "%1" SKU doesn\'t exist.', [params.sku]);
}

function children({ shop, params }: Call): JsonObject[] {
  const parent = shop.product(params.sku ?? '');
  return parent.children.flatMap((id) => {
    const child = shop.productById(id);
    return child === undefined ? [] : [productView(child, 'child')];
  });
}

function options({ shop, params }: Call): JsonObject[] {
  const attribute = shop.attributes.get(params.code ?? '');
  if (attribute !== undefined) return site.optionsOf(attribute);
  throw new MagentoError(
    404,
    'The attribute with a "%1" attributeCode doesn\'t exist. Verify the attribute and try again.',
    [params.code],
  );
}

const save = (call: Call, sku?: string): JsonObject =>
  productView(products.saveProduct(call.shop, call.body, 'api', sku), 'save');

function postOrder({ shop, body }: Call): JsonObject {
  const order = placeDirectOrder(shop, body);
  const answer = postedView(order);
  loadDirectItems(order);
  return answer;
}

const CATALOG = 'Magento_Catalog::products';
const STOCK = 'Magento_CatalogInventory::cataloginventory';
const READ_ORDERS = 'Magento_Sales::actions_view';

function catalogueRoutes(router: Router<Handler>): void {
  router
    .on('GET', '/products', 'products.list', { right: CATALOG, run: listProducts })
    .on('POST', '/products', 'products.save', { right: CATALOG, run: (call) => save(call) })
    .on('POST', '/products/base-prices', 'prices.save', {
      right: CATALOG,
      run: (c) => inventory.saveBasePrices(c.shop, c.body),
    })
    .on('POST', '/products/base-prices-information', 'prices.read', {
      right: CATALOG,
      run: (c) => inventory.basePrices(c.shop, c.body),
    })
    .on('POST', '/products/special-price', 'special-prices.save', {
      right: CATALOG,
      run: (c) => inventory.saveSpecialPrices(c.shop, c.body),
    })
    .on('POST', '/products/special-price-information', 'special-prices.read', {
      right: CATALOG,
      run: (c) => inventory.specialPrices(c.shop, c.body),
    })
    .on('POST', '/products/special-price-delete', 'special-prices.delete', {
      right: CATALOG,
      run: (c) => inventory.deleteSpecialPrices(c.shop, c.body),
    })
    .on('GET', '/products/attribute-sets/sets/list', 'attribute-sets.list', {
      right: 'Magento_Catalog::sets',
      run: ({ shop, query }) => listAnswer(query, site.attributeSets(), field, (row) => row, listOptions(shop)),
    })
    .on('POST', '/products/attribute-sets/attributes', 'attribute-sets.add', {
      right: 'Magento_Catalog::sets',
      run: ({ shop }) => String(134 + shop.next('setEntry')),
    })
    .on('GET', '/products/attributes', 'attributes.list', {
      right: 'Magento_Catalog::attributes_attributes',
      run: ({ shop, query }) =>
        listAnswer(
          query,
          [...shop.attributes.values()].map(site.attributeView),
          field,
          (row) => row,
          listOptions(shop),
        ),
    })
    .on('POST', '/products/attributes', 'attributes.create', {
      right: 'Magento_Catalog::attributes_attributes',
      run: ({ shop, body }) => site.createAttribute(shop, body),
    })
    .on('GET', '/products/attributes/:code/options', 'attributes.options', {
      right: 'Magento_Catalog::attributes_attributes',
      run: options,
    })
    .on('PUT', '/products/:sku/stockItems/:item', 'stock-items.save', {
      right: CATALOG,
      run: (c) => inventory.saveStockItem(c.shop, p(c, 'sku'), c.body),
    })
    .on('GET', '/products/:sku', 'products.get', {
      right: CATALOG,
      run: (c) => maybeStale(c, `product ${p(c, 'sku')}`, productView(c.shop.product(p(c, 'sku')), 'full')),
    })
    .on('PUT', '/products/:sku', 'products.save', { right: CATALOG, run: (c) => save(c, p(c, 'sku')) })
    .on('DELETE', '/products/:sku', 'products.delete', {
      right: CATALOG,
      run: (c) => products.deleteProduct(c.shop, p(c, 'sku')),
    })
    .on('POST', '/configurable-products/:sku/options', 'configurable.option', {
      right: CATALOG,
      run: (c) => products.addOption(c.shop, p(c, 'sku'), c.body),
    })
    .on('POST', '/configurable-products/:sku/child', 'configurable.child', {
      right: CATALOG,
      run: (c) => products.addChild(c.shop, p(c, 'sku'), c.body),
    })
    .on('GET', '/configurable-products/:sku/children', 'configurable.children', { right: CATALOG, run: children })
    .on('POST', '/categories', 'categories.create', {
      right: 'Magento_Catalog::categories',
      run: (c) => site.createCategory(c.shop, c.body),
    })
    .on('GET', '/categories/list', 'categories.list', {
      right: 'Magento_Catalog::categories',
      run: ({ shop, query }) =>
        listAnswer(
          query,
          [...shop.categories.values()],
          (row, name) => field({ ...row, entity_id: row.id }, name),
          site.categoryView,
          listOptions(shop),
        ),
    });
}

function stockRoutes(router: Router<Handler>): void {
  router
    .on('GET', '/stockItems/:sku', 'stock-items.get', { right: STOCK, run: stockItem })
    .on('GET', '/inventory/sources', 'sources.list', {
      right: 'Magento_InventoryApi::source',
      msi: true,
      run: ({ shop, query }) =>
        listAnswer(query, site.sourceRows(shop), field, (row) => row, { ...listOptions(shop), optional: true }),
    })
    .on('GET', '/inventory/source-items', 'source-items.list', {
      right: 'Magento_InventoryApi::source',
      msi: true,
      run: ({ shop, query }) => {
        const rows = [...shop.sourceItems.values()].map(({ sku, source, quantity, status }) => ({
          sku,
          source_code: source,
          quantity,
          status,
        }));
        return listAnswer(
          query,
          rows,
          (row, name) => field({ ...row }, name),
          (row) => row,
          listOptions(shop),
        );
      },
    })
    .on('POST', '/inventory/source-items', 'source-items.save', {
      right: 'Magento_InventoryApi::stock_source_item_assign',
      msi: true,
      run: ({ shop, body }) => inventory.saveSourceItems(shop, body),
    })
    .on('GET', '/inventory/stock-resolver/website/:code', 'stock.resolve', {
      right: 'Magento_InventorySalesApi::stock',
      msi: true,
      run: () => ({
        stock_id: 1,
        name: 'Default Stock',
        extension_attributes: { sales_channels: [{ type: 'website', code: 'base' }] },
      }),
    })
    .on('GET', '/inventory/get-product-salable-quantity/:sku/:stock', 'stock.salable', {
      right: 'Magento_InventorySalesApi::stock',
      msi: true,
      run: (c) => inventory.salableQuantity(c.shop, p(c, 'sku')),
    })
    .on('GET', '/inventory/export-stock-salable-qty/website/:code', 'stock.export', {
      right: 'Magento_InventoryApi::stock',
      msi: true,
      run: ({ shop, query }) => {
        if (shop.dials.withoutStockExport) throw new MagentoError(404, 'Request does not match any route.');
        const rows = [...shop.products.values()].filter(({ typeId }) => typeId !== 'configurable');
        return listAnswer(query, rows, productField, (row) => inventory.exportRow(shop, row), listOptions(shop));
      },
    });
}

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
