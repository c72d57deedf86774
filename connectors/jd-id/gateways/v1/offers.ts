import { stockMapSchema } from '../../answers.ts';
import { idValue } from '../../json.ts';
import { calling, type GatewayCalls, telling } from '../gateway.ts';
import { levelsIn } from '../readers.ts';

const json = JSON.stringify;

export const offers: Pick<GatewayCalls, 'price' | 'stock' | 'stockLevels'> = {
  price: ({ externalSkuId, price }) =>
    telling({
      method: 'epi.ware.openapi.SkuApi.updateSkuInfo',
      operation: 'prices.write',
      business: json({ skuInfo: { skuId: idValue(externalSkuId), jdPrice: price.amountMinor } }),
    }),
  stock: (levels) =>
    calling({
      method: 'epi.ware.openapi.warestock.updateWareStock',
      operation: 'stock.write',
      business: json({ jsonStr: [...levels].map(([skuId, realNum]) => ({ skuId: idValue(skuId), realNum })) }),
      schema: stockMapSchema,
      take: (outcomes) => outcomes,
    }),
  stockLevels: (externalSkuIds) => ({
    method: 'epi.ware.openapi.warestock.queryWareStockList',
    operation: 'stock.read',
    business: json({ jsonStr: externalSkuIds.map((id) => ({ skuId: idValue(id) })) }),
    read: (model) => levelsIn(model, externalSkuIds),
  }),
};
