import {
  ControlError,
  type ControlHandler,
  type ControlRequest,
  type Router,
  shapeError,
} from '../../simulator-kit/index.ts';
import { AUDIT_STATUS, nowMs, type Sku, type Spu, setOffer, setPrice, WARE_STATUS, type World } from './model.ts';
import { objectOf } from './values.ts';

/** Largest range of one call. */
const mostSkus = 50_000;

/** Fills the shop with many products that are on the shelf, as if they had been sold for years; for load and benches. */
export function addBulkControls(router: Router<ControlHandler>, world: World): void {
  router.on('POST', '/bulk-products', 'fill the shelf', (request) => fillShelf(world, request));
}

/**
 * Products with SKUs named `{prefix}-{product}-{sku}`, both counted from 0. Answers their ids in that order.
 */
function fillShelf(world: World, { body }: ControlRequest) {
  const shape = { prefix: 'string', products: 'number', skusEach: 'number', price: 'number', stock: 'number' } as const;
  const problem = shapeError('body', body, shape);
  if (problem !== null) throw new ControlError(400, problem);
  const { prefix, products, skusEach, price, stock } = objectOf(body) as Record<string, number> & { prefix: string };
  const [count = 0, each = 0] = [products, skusEach];
  if (!(count * each <= mostSkus)) throw new ControlError(400, `at most ${mostSkus} SKUs at once`);
  const made = Array.from({ length: count }, (_, index) => {
    const spu = onShelf(world, `${prefix} ${index}`);
    const skuIds = Array.from({ length: each }, (_, at) => {
      const sellerSkuId = `${prefix}-${index}-${at}`;
      return skuOn(world, { spuId: spu.spuId, sellerSkuId, price: price ?? 0, stock: stock ?? 0 }).skuId;
    });
    return { spuId: spu.spuId, skuIds };
  });
  world.tools.changed();
  return made;
}

function onShelf(world: World, spuName: string): Spu {
  const { state } = world;
  const spu: Spu = {
    spuId: state.nextId.spu,
    content: { fields: { spuName }, images: [] },
    draft: null,
    wareStatus: WARE_STATUS.onShelf,
    auditStatus: AUDIT_STATUS.approved,
    auditReason: null,
    reviewDueAt: null,
    modified: nowMs(world),
  };
  state.nextId.spu += 1;
  state.spus[spu.spuId] = spu;
  const externalId = String(spu.spuId);
  world.tools.log.fact({ fact: 'listing.state', externalId, from: 'ABSENT', to: 'ON_SHELF' });
  return spu;
}

function skuOn(world: World, from: { spuId: number; sellerSkuId: string; price: number; stock: number }): Sku {
  const { state } = world;
  const { spuId, sellerSkuId } = from;
  const sku: Sku = {
    ...{ skuId: state.nextId.sku, spuId, sellerSkuId, skuName: sellerSkuId },
    ...{ jdPrice: from.price, costPrice: null, stock: from.stock, status: 1, fields: {} },
  };
  state.nextId.sku += 1;
  state.skus[sku.skuId] = sku;
  setPrice(world, sku, from.price);
  setOffer(world, sku, from.stock, 'control');
  return sku;
}
