import { Router } from '../../simulator-kit/index.ts';
import { batch } from './batch.ts';
import type { Call, Reply } from './call.ts';
import type { Deliveries } from './deliveries.ts';
import { textOf } from './json.ts';
import { createNote, createRefund, listNotes, listRefunds } from './order-extras.ts';
import { changeOrder, createOrder } from './order-save.ts';
import { orderView } from './order-view.ts';
import { createOrderCall, deleteOrder, dropOrder, listOrders, orderOf, readOrder, updateOrder } from './orders.ts';
import type { ParamSpecs } from './params.ts';
import { productView, variationView } from './product-view.ts';
import * as products from './products.ts';
import * as schemas from './schemas.ts';
import type { Shop } from './shop.ts';
import { currentCurrency, listSettings, readSetting, siteIndex, taxClasses } from './site.ts';
import * as terms from './terms.ts';
import * as variations from './variations.ts';
import { createWebhook, deleteWebhook, listWebhooks, readWebhook, updateWebhook } from './webhooks.ts';

/** What a caller without key is told that it can't do; `public` needs no key. */
export type Access = 'public' | 'list' | 'view' | 'create' | 'edit' | 'delete' | 'batch';

/** How a route is served. */
export interface RouteSpec {
  access: Access;
  /** Checked in the query for reads and deletes, in the body for writes; a function where dials change them. */
  params: ParamSpecs | ((shop: Shop) => ParamSpecs);
  handler: (call: Call) => Reply | Promise<Reply>;
}

type Handler = RouteSpec['handler'];
type Params = RouteSpec['params'];

/** Everything the simulator knows of `/wp-json`. */
export function wooRoutes(deliveries: Deliveries): Router<RouteSpec> {
  const router = new Router<RouteSpec>();
  const at = new Routes(router);
  router.on('GET', '/wp-json', 'index', { access: 'public', params: {}, handler: siteIndex });
  productRoutes(at);
  termRoutes(at);
  orderRoutes(at);
  at.list('/webhooks', 'webhooks', schemas.webhookListParams, listWebhooks);
  at.create('/webhooks', 'webhooks', schemas.newWebhookParams, createWebhook(deliveries));
  at.read('/webhooks/:id(\\d+)', 'webhooks', readWebhook);
  at.edit('/webhooks/:id(\\d+)', 'webhooks', schemas.webhookParams, updateWebhook);
  at.remove('/webhooks/:id(\\d+)', 'webhooks', deleteWebhook);
  at.list('/settings/:group([\\w-]+)', 'settings', {}, listSettings);
  router.on('GET', `${ROOT}/settings/:group([\\w-]+)/:settingId([\\w-]+)`, 'settings.read', view({}, readSetting));
  router.on('GET', `${ROOT}/data/currencies/current`, 'currency.read', view({}, currentCurrency));
  router.on('GET', `${ROOT}/taxes/classes`, 'tax-classes.list', view({}, taxClasses));
  return router;
}

const ROOT = '/wp-json/wc/v3';
const view = (params: Params, handler: Handler): RouteSpec => ({ access: 'view', params, handler });

/** Adds routes in the order in which the shop's `Allow` header names their methods. */
class Routes {
  readonly #router: Router<RouteSpec>;

  constructor(router: Router<RouteSpec>) {
    this.#router = router;
  }

  list(path: string, name: string, params: Params, handler: Handler): void {
    this.#router.on('GET', `${ROOT}${path}`, `${name}.list`, { access: 'list', params, handler });
  }

  /** What WooCommerce's own reports read; the same keys open it. */
  analytics(path: string, name: string, params: Params, handler: Handler): void {
    this.#router.on('GET', `/wp-json/wc-analytics${path}`, `${name}.list`, { access: 'list', params, handler });
  }

  create(path: string, name: string, params: Params, handler: Handler): void {
    this.#router.on('POST', `${ROOT}${path}`, `${name}.create`, { access: 'create', params, handler });
  }

  read(path: string, name: string, handler: Handler): void {
    this.#router.on('GET', `${ROOT}${path}`, `${name}.read`, view(schemas.readParams, handler));
  }

  /** `PUT`, `PATCH` and `POST` to an id all update partially. */
  edit(path: string, name: string, params: Params, handler: Handler): void {
    for (const method of ['POST', 'PUT', 'PATCH']) {
      this.#router.on(method, `${ROOT}${path}`, `${name}.update`, { access: 'edit', params, handler });
    }
  }

  remove(path: string, name: string, handler: Handler): void {
    const spec: RouteSpec = { access: 'delete', params: schemas.deleteParams, handler };
    this.#router.on('DELETE', `${ROOT}${path}`, `${name}.delete`, spec);
  }

  batch(path: string, name: string, handler: Handler): void {
    for (const method of ['POST', 'PUT', 'PATCH']) {
      this.#router.on(method, `${ROOT}${path}/batch`, `${name}.batch`, { access: 'batch', params: {}, handler });
    }
  }
}

function productRoutes(at: Routes): void {
  at.list('/products', 'products', schemas.productListParams, products.listProducts);
  at.create('/products', 'products', schemas.productParams, products.createProduct);
  at.read('/products/:id(\\d+)', 'products', products.readProduct);
  at.edit('/products/:id(\\d+)', 'products', schemas.productParams, products.updateProduct);
  at.remove('/products/:id(\\d+)', 'products', products.deleteProduct);
  at.batch(
    '/products',
    'products',
    batch({
      create: async ({ shop }, row) => productView(shop, await products.addProduct(shop, row, 'api'), 'edit'),
      update: ({ shop }, id, row) => products.changeProduct(shop, id, row),
      remove: ({ shop }, id) => products.dropProduct(shop, id, true),
    }),
  );
  at.list('/variations', 'all-variations', schemas.variationListParams, variations.listVariations);
  at.analytics('/variations', 'analytics-variations', schemas.variationListParams, variations.listVariations);
  const path = '/products/:id(\\d+)/variations';
  at.list(path, 'variations', schemas.variationListParams, variations.listVariations);
  at.create(path, 'variations', schemas.variationParams, variations.createVariation);
  at.read(`${path}/:variationId(\\d+)`, 'variations', variations.readVariation);
  at.edit(`${path}/:variationId(\\d+)`, 'variations', schemas.variationParams, variations.updateVariation);
  at.remove(`${path}/:variationId(\\d+)`, 'variations', variations.deleteVariation);
  at.batch(
    path,
    'variations',
    batch({
      create: async ({ shop, params }, row) =>
        variationView(shop, await variations.addVariation(shop, Number(params.id), row, 'api'), 'edit'),
      update: ({ shop, params }, id, row) => variations.changeVariation(shop, Number(params.id), id, row),
      remove: ({ shop, params }, id) => variations.dropVariation(shop, Number(params.id), id),
    }),
  );
}

function termRoutes(at: Routes): void {
  const kinds = [
    ['categories', 'category', schemas.categoryParams],
    ['tags', 'tag', schemas.termParams],
    ['brands', 'brand', schemas.categoryParams],
  ] as const;
  for (const [path, kind, params] of kinds) {
    const kindOf = () => kind;
    at.list(`/products/${path}`, path, schemas.termListParams, terms.listTerms(kindOf));
    at.create(`/products/${path}`, path, params, terms.createTerm(kindOf));
    at.read(`/products/${path}/:termId(\\d+)`, path, terms.readTerm(kindOf));
  }
  at.list('/products/attributes', 'attributes', schemas.attributeListParams, terms.listAttributes);
  at.create('/products/attributes', 'attributes', schemas.attributeParams, terms.createAttribute);
  const attribute = '/products/attributes/:attributeId(\\d+)';
  at.read(attribute, 'attributes', terms.readAttribute);
  at.list(`${attribute}/terms`, 'attribute-terms', schemas.termListParams, terms.listTerms(terms.attributeKind));
  at.create(`${attribute}/terms`, 'attribute-terms', schemas.termParams, terms.createTerm(terms.attributeKind));
}

function orderRoutes(at: Routes): void {
  const bodyParams = (shop: Shop) => schemas.orderParams(shop.dials.extraStatuses);
  at.list('/orders', 'orders', (shop) => schemas.orderListParams(shop.dials.extraStatuses), listOrders);
  at.create('/orders', 'orders', bodyParams, createOrderCall);
  at.read('/orders/:id(\\d+)', 'orders', readOrder);
  at.edit('/orders/:id(\\d+)', 'orders', bodyParams, updateOrder);
  at.remove('/orders/:id(\\d+)', 'orders', deleteOrder);
  at.batch(
    '/orders',
    'orders',
    batch({
      create: ({ shop }, row) => orderView(shop, createOrder(shop, row, textOf(row.created_via) || 'rest-api', 'api')),
      update: ({ shop }, id, row) => {
        const order = orderOf(shop, id, 400);
        changeOrder(shop, order, row, 'api');
        return orderView(shop, order);
      },
      remove: ({ shop }, id) => dropOrder(shop, orderOf(shop, id), true),
    }),
  );
  at.list('/orders/:id(\\d+)/notes', 'notes', schemas.noteListParams, listNotes);
  at.create('/orders/:id(\\d+)/notes', 'notes', schemas.noteParams, createNote);
  at.list('/orders/:id(\\d+)/refunds', 'refunds', schemas.refundListParams, listRefunds);
  at.create('/orders/:id(\\d+)/refunds', 'refunds', schemas.refundParams, createRefund);
}
