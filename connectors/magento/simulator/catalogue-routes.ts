import type { Router } from '../../simulator-kit/index.ts';
import { type Call, field, type Handler, listOptions, p } from './call.ts';
import { listAnswer } from './criteria.ts';
import { MagentoError } from './errors.ts';
import * as inventory from './inventory.ts';
import type { JsonObject } from './json.ts';
import { isProductField, productField, productView, stockItemView } from './product-view.ts';
import * as products from './products.ts';
import * as site from './site.ts';

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

const CATALOG = 'Magento_Catalog::products';
const STOCK = 'Magento_CatalogInventory::cataloginventory';

export function catalogueRoutes(router: Router<Handler>): void {
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
    .on('GET', '/products/attributes/:code', 'attributes.get', {
      right: 'Magento_Catalog::attributes_attributes',
      run: ({ shop, params }) => site.attributeByCode(shop, params.code ?? ''),
    })
    .on('GET', '/products/attributes/:code/options', 'attributes.options', {
      right: 'Magento_Catalog::attributes_attributes',
      run: options,
    })
    .on('POST', '/products/attributes/:code/options', 'attributes.add-option', {
      right: 'Magento_Catalog::attributes_attributes',
      run: ({ shop, params, body }) => site.addOption(shop, params.code ?? '', body),
    })
    .on('DELETE', '/products/attributes/:code', 'attributes.delete', {
      right: 'Magento_Catalog::attributes_attributes',
      run: ({ shop, params }) => site.deleteAttribute(shop, params.code ?? ''),
    })
    .on('GET', '/products/attribute-sets/groups/list', 'attribute-groups.list', {
      right: 'Magento_Catalog::sets',
      run: ({ shop, query }) => listAnswer(query, site.attributeGroups(), field, (row) => row, listOptions(shop)),
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

export function stockRoutes(router: Router<Handler>): void {
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
    .on('GET', '/inventory/get-sources-assigned-to-stock-ordered-by-priority/:stock', 'stock.links', {
      right: 'Magento_InventoryApi::source',
      msi: true,
      run: ({ shop }) => site.sourceRows(shop),
    })
    .on('POST', '/inventory/source-items-delete', 'source-items.delete', {
      right: 'Magento_InventoryApi::stock_source_item_assign',
      msi: true,
      run: ({ shop, body }) => inventory.deleteSourceItems(shop, body),
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
