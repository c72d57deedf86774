import { Type } from '@sinclair/typebox';
import type { ListingDraft } from '../../contract/marketplace.ts';
import { idValue } from '../json.ts';
import { measures, toSkuInfo, toSpuInfo } from '../listing-mapping.ts';
import { text } from '../mapping.ts';
import {
  attributesSchema,
  attributeValuesSchema,
  brandsSchema,
  categoriesSchema,
  createdSchema,
  idListSchema,
  type JdIdSettings,
  labelSchema,
  ordersSchema,
  productDefaults,
  skusSchema,
  stockMapSchema,
  wareListSchema,
  waresSchema,
} from '../schema.ts';
import { sign } from '../signature.ts';
import { gatewayTimestamp, jakartaWallTime } from '../times.ts';
import { calling, type Gateway, type GatewayCalls, telling } from './gateway.ts';
import { count, levelsIn, named } from './readers.ts';
import { openEnvelope, throttleOf } from './v2-envelope.ts';

const ALL_COLOURS = '0000000000';
const VALUES_PAGE_SIZE = 20;
const MINUTE_MS = 60_000;
const json = JSON.stringify;
const orNull = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) => Type.Union([schema, Type.Null()]);

/** Look-ups. */
function lookUps({
  venderId,
}: JdIdSettings): Pick<GatewayCalls, 'categories' | 'attributes' | 'attributeValues' | 'brands'> {
  return {
    categories: () =>
      calling({
        method: 'jingdong.seller.category.api.read.getAllCategory',
        operation: 'categories.list',
        business: json(venderId === undefined ? {} : { venderId: idValue(venderId) }),
        schema: categoriesSchema,
        take: (rows) =>
          rows.map((row) => {
            const parentId = text(row.parentId);
            return { ...named(row.id, row.nameEn, row.name), parentId: parentId === '0' ? null : parentId };
          }),
      }),
    attributes: (categoryId) =>
      calling({
        method: 'jingdong.category.api.read.getAttributesByCatId',
        operation: 'attributes.list',
        business: json({ catId: idValue(categoryId) }),
        schema: attributesSchema,
        take: (rows) => rows.map((row) => named(row.propertyId, row.nameEn, row.name)),
      }),
    attributeValues: (categoryId, attributeId, currentPage) =>
      calling({
        method: 'jingdong.category.api.read.getAttrValuesByCatIdAndAttrId',
        operation: 'attributes.values',
        business: json({
          catId: idValue(categoryId),
          attrId: idValue(attributeId),
          currentPage,
          pageSize: VALUES_PAGE_SIZE,
        }),
        schema: attributeValuesSchema,
        take: ({ result, totalCount }) => ({
          items: (result ?? []).map((row) => named(row.attributeValueId, row.nameEn, row.name)),
          total: count(totalCount),
        }),
      }),
    // Shape UNCONFIRMED.
    brands: () =>
      calling({
        method: 'jingdong.epi.shop.center.sdk.service.outer.BrandSdk.getAllOpenBrands',
        operation: 'brands.list',
        business: '{}',
        schema: brandsSchema,
        take: (rows) => rows.map((row) => named(row.brandId ?? row.id, row.brandName, row.nameEn)),
      }),
  };
}

type ProductCalls = Pick<
  GatewayCalls,
  'products' | 'product' | 'skus' | 'create' | 'update' | 'addSku' | 'renameSku' | 'images' | 'submit' | 'shelf'
>;

function products(settings: JdIdSettings): ProductCalls {
  const spuInfo = (draft: ListingDraft) => toSpuInfo(draft, { ...productDefaults, ...settings.product });
  return {
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
}

const offers: Pick<GatewayCalls, 'price' | 'stock' | 'stockLevels'> = {
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

function orders(settings: JdIdSettings): Pick<GatewayCalls, 'orderIds' | 'orders' | 'label' | 'ship'> {
  // One source reads the windows as China's time, an hour ahead of Jakarta's: an hour more at the end loses nothing.
  const slackMs = (settings.windowSlackMinutes ?? 60) * MINUTE_MS;
  return {
    orderIds: ({ since, until, page, state }) =>
      calling({
        method: 'jingdong.seller.order.getOrderIdListByCondition',
        operation: 'orders.list',
        business: json({
          updateTimeBegin: jakartaWallTime(since, 'down'),
          updateTimeEnd: jakartaWallTime(new Date(until.getTime() + slackMs), 'up'),
          pageNo: page,
          pageSize: settings.orderPageSize ?? 100,
          ...(state === null ? {} : { orderStatus: idValue(state) }),
        }),
        schema: orNull(idListSchema),
        take: (ids) => ids ?? [],
      }),
    orders: (externalIds) =>
      calling({
        method: 'jingdong.seller.order.batchGetOrderInfoList',
        operation: 'orders.read',
        business: json({ orderId: externalIds.join(',') }),
        schema: orNull(ordersSchema),
        take: (found) => found ?? [],
      }),
    label: (externalId) =>
      calling({
        method: 'jingdong.seller.order.printOrder',
        operation: 'labels.print',
        business: json({ orderId: idValue(externalId), printType: 1, printNum: 1 }),
        schema: labelSchema,
        take: ({ expressNo, preExpressNo, content }) => ({
          trackingNumber: text(expressNo) ?? text(preExpressNo),
          pdfBase64: text(content),
        }),
      }),
    ship: ({ externalId, trackingNumber, expressCompany }) =>
      telling({
        method: 'jingdong.seller.order.sendGoodsOpenApi',
        operation: 'orders.ship',
        business: json({
          orderId: idValue(externalId),
          ...(expressCompany === null ? {} : { expressNo: trackingNumber, expressCompany }),
        }),
        effect: true,
      }),
  };
}

/**
 * The gateway of 2021 to 2023: one URL, form-encoded POST (images do not fit into a query, and tokens do not belong into
 * a URL), `360buy_param_json`, OAuth tokens that rotate.
 */
export function gatewayV2(settings: JdIdSettings): Gateway {
  return {
    version: 'v2',
    capabilities: {},
    renewsTokens: true,
    asksByState: false,
    calls: { ...lookUps(settings), ...products(settings), ...offers, ...orders(settings) },
    request: ({ method, business }, { appKey, appSecret, accessToken }, at) => {
      const unsigned = {
        app_key: appKey,
        access_token: accessToken,
        method,
        v: '2.0',
        timestamp: gatewayTimestamp(at),
        '360buy_param_json': business,
      };
      return {
        url: settings.gatewayUrl,
        headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
        body: new URLSearchParams({ ...unsigned, sign: sign(unsigned, appSecret) }).toString(),
      };
    },
    open: ({ method, operation, effect = false }, text) => openEnvelope({ method, operation, effect, text }),
    throttle: throttleOf,
  };
}
