import {
  ControlError,
  type ControlHandler,
  type ControlRequest,
  Router,
  type Shape,
  shapeError,
} from '../../simulator-kit/index.ts';
import { PRODUCT_STATUS, type Product, type Sku, setOffer, setPrice, type World } from './model.ts';
import { addOrderControls } from './order-controls.ts';
import { changeStatus, endReview, listingState } from './review.ts';
import { objectOf } from './values.ts';

/** This simulator's own controls beside the kit's. */
export function zilingoControls(world: World): Router<ControlHandler> {
  const router = new Router<ControlHandler>()
    .on('GET', '/products', 'products', () => Object.values(world.state.products).map(productView))
    .on('POST', '/review-rules', 'set review rules', ({ body }) => setReviewRules(world, body))
    .on('POST', '/products/:id/review', 'end review', (request) => forceReview(world, request))
    .on('POST', '/products/:id/shelf', 'set shelf', (request) => setShelf(world, request))
    .on('POST', '/products/:id/status', 'set status', (request) => setStatus(world, request))
    .on('POST', '/skus', 'set sku', ({ body }) => setSku(world, body));
  addOrderControls(router, world);
  return router;
}

/** The body as an object of this shape. */
export function checked(body: unknown, shape: Shape): Record<string, unknown> {
  const problem = shapeError('body', body, shape);
  if (problem !== null) throw new ControlError(400, problem);
  return objectOf(body);
}

/** A product as the ground truth shows it; the number is the one that the upload gave. */
function productView(product: Product) {
  const skus = product.skus.map((sku) => ({ ...sku, sellerSkuId: sku.sellerSKUId, stock: sku.quantity }));
  return { ...product, externalId: product.productClientId, listingState: listingState(product), skus };
}

function setReviewRules(world: World, body: unknown) {
  const { rejectSkus, failSkus } = checked(body, { rejectSkus: 'object?', failSkus: 'object?' });
  const texts = (rules: unknown) =>
    Object.fromEntries(Object.entries(objectOf(rules)).map(([sku, reason]) => [sku, String(reason)]));
  world.state.rejectSkus = texts(rejectSkus);
  world.state.failSkus = texts(failSkus);
  world.tools.changed();
  return { rejectSkus: world.state.rejectSkus, failSkus: world.state.failSkus };
}

/** Ends a running check at once, against the rules if need be. */
function forceReview(world: World, request: ControlRequest) {
  const { approve, reason } = checked(request.body, { approve: 'boolean', reason: 'string?' });
  const product = productOf(world, request);
  if (product.reviewDueAt === null) throw new ControlError(409, 'the product is not under review');
  endReview(world, product, { approve: approve === true, ...(typeof reason === 'string' ? { reason } : {}) });
  return productView(product);
}

/** Somebody takes the product down, or puts it up again, in the seller portal. */
function setShelf(world: World, request: ControlRequest) {
  const { onShelf, reason } = checked(request.body, { onShelf: 'boolean', reason: 'string?' });
  const product = productOf(world, request);
  if (product.productId === null) throw new ControlError(409, 'the product was never approved');
  const status = onShelf === true ? PRODUCT_STATUS.approved : PRODUCT_STATUS.delisted;
  changeStatus(world, product, status, typeof reason === 'string' ? reason : null);
  return productView(product);
}

function setStatus(world: World, request: ControlRequest) {
  const { status, reason } = checked(request.body, { status: 'string', reason: 'string?' });
  const product = productOf(world, request);
  changeStatus(world, product, String(status), typeof reason === 'string' ? reason : null);
  return productView(product);
}

/** Somebody changes stock or price (major units) of a SKU in the seller portal. */
function setSku(world: World, body: unknown): Sku {
  const { sellerSku, stock, price } = checked(body, { sellerSku: 'string', stock: 'number?', price: 'number?' });
  const { sku } = skuBySellerSku(world, String(sellerSku));
  if (typeof stock === 'number') setOffer(world, sku, stock, 'control');
  if (typeof price === 'number') setPrice(world, sku, { ...sku.price, amount: price });
  world.tools.changed();
  return sku;
}

/** The SKU that a buyer would find: a live one rather than one that is not. */
export function skuBySellerSku(world: World, sellerSku: string): { sku: Sku; product: Product } {
  const all = Object.values(world.state.products).flatMap((product) =>
    product.skus.filter(({ sellerSKUId }) => sellerSKUId === sellerSku).map((sku) => ({ sku, product })),
  );
  const found = all.find(({ product }) => product.status === PRODUCT_STATUS.approved) ?? all[0];
  if (found === undefined) throw new ControlError(409, `a buyer there cannot buy ${sellerSku}: it is not listed`);
  return found;
}

function productOf(world: World, { params }: ControlRequest): Product {
  const product = Object.values(world.state.products).find(
    ({ productClientId, productId }) => productClientId === params.id || productId === params.id,
  );
  if (product === undefined) throw new ControlError(404, `no product ${params.id}`);
  return product;
}
