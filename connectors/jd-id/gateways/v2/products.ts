import type { ListingDraft } from '../../../contract/marketplace.ts';
import { createdSchema, skusSchema, wareListSchema, waresSchema } from '../../answers.ts';
import { idValue } from '../../json.ts';
import { measures, toSkuInfo, toSpuInfo } from '../../listing-mapping.ts';
import { type JdIdSettings, productDefaults } from '../../schema.ts';
import { calling, type GatewayCalls, telling } from '../gateway.ts';
import { count, orNull } from '../readers.ts';

const ALL_COLOURS = '0000000000';
const json = JSON.stringify;

export const productReads: Pick<GatewayCalls, 'products' | 'product' | 'skus'> = {
  products: (page, size) =>
    calling({
      method: 'jingdong.seller.product.getWareInfoListByVendorId',
      operation: 'products.list',
      business: json({ page, size }),
      schema: orNull(wareListSchema),
      take: (model) => ({ items: model?.spuInfoVoList ?? [], total: count(model?.totalNum) }),
    }),
  product: (externalId) =>
    calling({
      method: 'jingdong.seller.product.getWareBySpuIds',
      operation: 'products.read',
      business: json({ spuId: idValue(externalId), skuIds: '1' }),
      schema: orNull(waresSchema),
      take: (wares) => wares?.find((ware) => String(ware.spuId) === externalId) ?? null,
    }),
  skus: (externalId) =>
    calling({
      method: 'jingdong.seller.product.getSkuInfoBySpuIdAndVenderId',
      operation: 'products.skus',
      business: json({ spuId: idValue(externalId) }),
      schema: orNull(skusSchema),
      take: (skus) => skus ?? [],
    }),
};

export function productWrites(
  settings: JdIdSettings,
): Pick<GatewayCalls, 'create' | 'update' | 'addSku' | 'renameSku'> {
  const spuInfo = (draft: ListingDraft) => toSpuInfo(draft, { ...productDefaults, ...settings.product });
  return {
    create: (draft) =>
      calling({
        method: 'jingdong.seller.product.api.write.addProduct',
        operation: 'listings.create',
        business: json({ spuInfo: spuInfo(draft), skuList: draft.skus.map(toSkuInfo) }),
        effect: true,
        schema: createdSchema,
        take: ({ spuId }) => String(spuId),
      }),
    update: (externalId, draft) =>
      telling({
        method: 'jingdong.seller.product.api.write.updateProduct',
        operation: 'listings.update',
        business: json({ ...spuInfo(draft), spuId: idValue(externalId) }),
      }),
    addSku: (externalId, draft, sku) =>
      telling({
        method: 'jingdong.seller.product.sku.write.addSkuInfo',
        operation: 'listings.addSku',
        business: json({ spuId: idValue(externalId), ...toSkuInfo(sku), ...measures(draft) }),
      }),
    renameSku: (externalId, { skuId }, { sellerSku, title }) =>
      telling({
        method: 'jingdong.seller.product.sku.write.updateSkuInfo',
        operation: 'listings.updateSku',
        business: json({ spuId: idValue(externalId), skuId, sellerSkuId: sellerSku, skuName: title }),
      }),
  };
}

export const publishing: Pick<GatewayCalls, 'images' | 'submit' | 'shelf'> = {
  // `order` 1 becomes the main image.
  images: (ref, images) =>
    images.map(({ bytes }, index) => {
      const imageByteBase64 = bytes.toString('base64');
      const productId = idValue(ref.externalId);
      return telling({
        method: 'jingdong.seller.product.sku.write.updateProductImages',
        operation: 'listings.image',
        business: json({ imageApiVo: { productId, colorId: ALL_COLOURS, order: index + 1, imageByteBase64 } }),
      });
    }),
  submit: (externalId) =>
    telling({
      method: 'jingdong.seller.product.api.write.submitAudit',
      operation: 'listings.submit',
      business: json({ spuId: externalId }),
    }),
  shelf: (externalId, verb) =>
    telling({
      method: `jingdong.seller.product.api.write.${verb}`,
      operation: `listings.${verb}`,
      business: json({ spuId: idValue(externalId) }),
    }),
};
