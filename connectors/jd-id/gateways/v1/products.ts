import { createdSchema, skusSchema, wareListSchema } from '../../answers.ts';
import { idValue } from '../../json.ts';
import { measures, toSkuInfo, toSpuInfo } from '../../listing-mapping.ts';
import { type JdIdSettings, productDefaults } from '../../schema.ts';
import { calling, type GatewayCalls, telling } from '../gateway.ts';
import { count, orNull } from '../readers.ts';

const json = JSON.stringify;

export const productReads: Pick<GatewayCalls, 'products' | 'product' | 'skus'> = {
  products: (page, size) =>
    calling({
      method: 'com.jd.eptid.warecenter.api.ware.WarePlusClient.getWareTinyInfoListByVenderId',
      operation: 'products.list',
      business: `${page},${size}`,
      schema: orNull(wareListSchema),
      take: (model) => ({ items: model?.spuInfoVoList ?? [], total: count(model?.totalNum) }),
    }),
  product: null,
  skus: (externalId) =>
    calling({
      method: 'com.jd.eptid.warecenter.api.ware.WarePlusClient.getSkuInfoBySpuId',
      operation: 'products.skus',
      business: json([idValue(externalId)]),
      schema: orNull(skusSchema),
      take: (skus) => skus ?? [],
    }),
};

export function productWrites(
  settings: JdIdSettings,
): Pick<GatewayCalls, 'create' | 'update' | 'addSku' | 'renameSku'> {
  // These two came with v2.
  const { minQuantity: _min, maxQuantity: _max, ...constants } = { ...productDefaults, ...settings.product };
  const v1Constants = { ...constants, transportId: constants.transportId ?? 0, isSequenceNumber: 0 };
  return {
    create: (draft) => {
      const spuInfo = toSpuInfo(draft, v1Constants);
      return calling({
        method: 'epi.ware.openapi.SpuApi.publishWare',
        operation: 'listings.create',
        business: json({ spuInfo: { ...spuInfo, netWeight: spuInfo.weight }, skuList: draft.skus.map(toSkuInfo) }),
        effect: true,
        schema: createdSchema,
        take: ({ spuId }) => String(spuId),
      });
    },
    update: (externalId, draft) => {
      const spuInfo = { ...toSpuInfo(draft, v1Constants), spuId: idValue(externalId) };
      return telling({
        method: 'epi.ware.openapi.SpuApi.updateSpuInfo',
        operation: 'listings.update',
        business: json({ spuInfo: { ...spuInfo, netWeight: measures(draft).weight } }),
      });
    },
    addSku: (spuId, _draft, sku) =>
      telling({
        method: 'epi.ware.openapi.SkuApi.addSkuInfo',
        operation: 'listings.addSku',
        business: json({ spuId, skuList: [toSkuInfo(sku)] }),
      }),
    renameSku: (_externalId, { skuId }, { sellerSku, title }) =>
      telling({
        method: 'epi.ware.openapi.SkuApi.updateSkuInfo',
        operation: 'listings.updateSku',
        business: json({ skuInfo: { skuId, sellerSkuId: sellerSku, skuName: title } }),
      }),
  };
}

export const publishing: Pick<GatewayCalls, 'images' | 'submit' | 'shelf'> = {
  // Pictures belong to SKUs here: the first is the main one, the others are counted from 1 on.
  images: ({ skus }, images) =>
    skus.flatMap(({ externalSkuId: skuId }) =>
      images.map((file, index) => {
        const { fileName } = file;
        const verb = index === 0 ? 'saveSkuMainPic' : 'saveSkuDetailPic';
        const business = json({ skuId, fileName, ...(index === 0 ? {} : { order: String(index) }) });
        return telling({ method: `epi.ware.openapi.SkuApi.${verb}`, operation: 'listings.image', business, file });
      }),
    ),
  submit: (spuIds) =>
    telling({
      method: 'epi.ware.openapi.WareOperation.doAudit',
      operation: 'listings.submit',
      business: json({ spuIds }),
    }),
  shelf: null,
};
