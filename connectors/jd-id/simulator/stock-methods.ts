import { setOffer, WARE_STATUS, type World } from './model.ts';
import { skuOf, spuOf } from './product-writes.ts';
import { type Method, type MethodResult, ok, refused } from './result.ts';
import { objectOf, structured, wholeNumber } from './values.ts';

/** Stock methods; they answer under `EptRemoteResult` with a map keyed by SKU id. */
export const STOCK_METHODS: Readonly<Record<string, Method>> = {
  'jingdong.epistock.updateEpiMerchantWareStock': { wrapper: 'EptRemoteResult', run: updateStock },
  // Shape of this answer: UNCONFIRMED. Here: a map by SKU id of {skuId, realNum, lockNum}.
  'jingdong.epistock.queryEpiMerchantWareStock': { wrapper: 'EptRemoteResult', run: queryStock },
};

interface Outcome {
  code: number;
  message: string;
  success: boolean;
}

/** Sets absolute quantities; each SKU succeeds or fails by itself, and the outer flag is false when any failed. */
function updateStock(world: World, sent: Record<string, unknown>): MethodResult {
  const list = structured(sent.wareStockUpdateListStr);
  if (!Array.isArray(list) || list.length === 0) return refused('wareStockUpdateListStr can not be read');
  const outcomes: Record<string, Outcome> = {};
  for (const item of list) {
    const { skuId, realNum } = objectOf(item);
    outcomes[String(skuId)] = updateOne(world, skuId, realNum);
  }
  const isAllDone = Object.values(outcomes).every(({ success }) => success);
  const result = ok(outcomes);
  // The outer message says nothing useful: the reasons stand in the map only.
  return isAllDone ? result : { ...result, success: false, code: 1, message: 'failure' };
}

function updateOne(world: World, skuId: unknown, realNum: unknown): Outcome {
  const sku = skuOf(world, skuId);
  const quantity = wholeNumber(realNum);
  if (sku === undefined) return { code: 2, message: 'sku does not exist', success: false };
  if (quantity === undefined || quantity < 0) return { code: 3, message: 'realNum is invalid', success: false };
  const isInactive = sku.status !== 1 || spuOf(world, sku.spuId)?.wareStatus === WARE_STATUS.neverApproved;
  if (isInactive) return { code: 1, message: 'Failure operation!!', success: false };
  setOffer(world, sku, quantity, 'api');
  return { code: 0, message: 'success', success: true };
}

function queryStock(world: World, sent: Record<string, unknown>): MethodResult {
  const list = structured(sent.wareStockQueryListStr);
  if (!Array.isArray(list)) return refused('wareStockQueryListStr can not be read');
  const found: Record<string, { skuId: number; realNum: number; lockNum: number }> = {};
  for (const item of list) {
    const sku = skuOf(world, objectOf(item).skuId);
    if (sku !== undefined) found[String(sku.skuId)] = { skuId: sku.skuId, realNum: sku.stock, lockNum: 0 };
  }
  return ok(found);
}
