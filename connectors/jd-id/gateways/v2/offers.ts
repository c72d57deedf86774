import { stockMapSchema } from '../../answers.ts';
import { idValue } from '../../json.ts';
import { calling, type GatewayCalls, telling } from '../gateway.ts';
import { levelsIn } from '../readers.ts';

const json = JSON.stringify;

export const offers: Pick<GatewayCalls, 'price' | 'stock' | 'stockLevels'> = {
  price: ({ externalId, externalSkuId, price }) =>
    telling({
      method: 'jingdong.seller.product.sku.write.updateSkuList',
      operation: 'prices.write',
      business: json({ spuId: idValue(externalId), skuId: idValue(externalSkuId), jdPrice: price.amountMinor }),
    }),
  // The list is text inside the JSON, as some clients send it.
  stock: (levels) =>
    calling({
      method: 'jingdong.epistock.updateEpiMerchantWareStock',
      operation: 'stock.write',
      business: json({
        wareStockUpdateListStr: json([...levels].map(([skuId, realNum]) => ({ skuId: idValue(skuId), realNum }))),
      }),
      schema: stockMapSchema,
      take: (outcomes) => outcomes,
    }),
  stockLevels: (externalSkuIds) => ({
    method: 'jingdong.epistock.queryEpiMerchantWareStock',
    operation: 'stock.read',
    business: json({ wareStockQueryListStr: json(externalSkuIds.map((id) => ({ skuId: idValue(id) }))) }),
    read: (model) => levelsIn(model, externalSkuIds),
  }),
};
