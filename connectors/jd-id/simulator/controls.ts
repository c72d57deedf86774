import {
  ControlError,
  type ControlHandler,
  type ControlRequest,
  Router,
  shapeError,
} from '../../simulator-kit/index.ts';
import { addBulkControls } from './bulk-controls.ts';
import { nowMs, type Sku, type Spu, setOffer, setPrice, skusOf, WARE_STATUS, type World } from './model.ts';
import { newCode } from './oauth.ts';
import { addOrderControls, skuBySellerSku } from './order-controls.ts';
import { changeListing, productView } from './review.ts';
import { addReviewControls, spuOf } from './review-controls.ts';
import { objectOf, wholeNumber } from './values.ts';

/** This simulator's own controls beside the kit's. */
export function jdIdControls(world: World): Router<ControlHandler> {
  const router = new Router<ControlHandler>()
    .on('GET', '/products', 'products', () => Object.values(world.state.spus).map((spu) => productView(world, spu)))
    .on('POST', '/products/:spuId/shelf', 'set shelf', (request) => setShelf(world, request))
    .on('POST', '/products/:spuId/copy', 'copy product', (request) => copyProduct(world, request))
    .on('POST', '/skus', 'set sku', ({ body }) => setSku(world, body))
    .on('POST', '/tokens/expire', 'expire tokens', () => endTokens(world, 'expire'))
    .on('POST', '/tokens/revoke', 'revoke tokens', () => endTokens(world, 'revoke'))
    .on('POST', '/labels', 'labels', ({ body }) => setLabelDelay(world, body))
    .on('POST', '/oauth-codes', 'consent code', () => ({ code: newCode(world) }));
  addBulkControls(router, world);
  addReviewControls(router, world);
  addOrderControls(router, world);
  return router;
}

/** Somebody turns the product on or off in the seller portal. */
function setShelf(world: World, request: ControlRequest) {
  const problem = shapeError('body', request.body, { onShelf: 'boolean' });
  if (problem !== null) throw new ControlError(400, problem);
  const spu = spuOf(world, request);
  if (spu.wareStatus === WARE_STATUS.neverApproved) throw new ControlError(409, 'the product was never approved');
  changeListing(world, spu, () => {
    spu.wareStatus = objectOf(request.body).onShelf === true ? WARE_STATUS.onShelf : WARE_STATUS.offShelf;
  });
  world.tools.changed();
  return productView(world, spu);
}

/** Somebody copies a product in the seller portal: it has one SKU, with a number that no feed knows. */
function copyProduct(world: World, request: ControlRequest) {
  const problem = shapeError('body', request.body, { sellerSku: 'string' });
  if (problem !== null) throw new ControlError(400, problem);
  const { state } = world;
  const original = spuOf(world, request);
  const [sku] = skusOf(world, original.spuId);
  if (sku === undefined) throw new ControlError(409, 'the product has no SKU');
  const copy: Spu = { ...structuredClone(original), spuId: state.nextId.spu };
  const sellerSkuId = String(objectOf(request.body).sellerSku);
  state.spus[copy.spuId] = copy;
  state.skus[state.nextId.sku] = { ...structuredClone(sku), skuId: state.nextId.sku, spuId: copy.spuId, sellerSkuId };
  state.nextId.spu += 1;
  state.nextId.sku += 1;
  world.tools.changed();
  return productView(world, copy);
}

/** Somebody changes stock, price or activity of a SKU in the seller portal. */
function setSku(world: World, body: unknown): Sku {
  const problem = shapeError('body', body, {
    sellerSku: 'string',
    stock: 'number?',
    jdPrice: 'number?',
    status: 'number?',
  });
  if (problem !== null) throw new ControlError(400, problem);
  const { sellerSku, stock, jdPrice, status } = objectOf(body);
  const sku = skuBySellerSku(world, String(sellerSku));
  if (typeof stock === 'number') setOffer(world, sku, stock, 'control');
  if (typeof jdPrice === 'number') setPrice(world, sku, jdPrice);
  if (typeof status === 'number') sku.status = status;
  world.tools.changed();
  return sku;
}

/** From now on documents of labels are ready so long after the first print; the airway bill is there at once. */
function setLabelDelay(world: World, body: unknown) {
  const problem = shapeError('body', body, { delayMs: 'number' });
  if (problem !== null) throw new ControlError(400, problem);
  world.state.labelDelayMs = wholeNumber(objectOf(body).delayMs) ?? 0;
  world.tools.changed();
  return { delayMs: world.state.labelDelayMs };
}

/** `expire`: access tokens of v2 end now, refresh tokens still work. `revoke`: the seller took the consent back. */
function endTokens(world: World, how: 'expire' | 'revoke') {
  for (const token of world.state.tokens) {
    if (how === 'revoke') token.dead = true;
    else token.expiresAt = Math.min(token.expiresAt, nowMs(world));
  }
  if (how === 'revoke') world.state.longLivedDead = true;
  world.tools.changed();
  return { ended: world.state.tokens.length };
}
