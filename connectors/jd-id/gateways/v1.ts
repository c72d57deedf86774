import { Type } from '@sinclair/typebox';
import { idValue } from '../json.ts';
import { measures, toSkuInfo, toSpuInfo } from '../listing-mapping.ts';
import { text } from '../mapping.ts';
import {
  attributesSchema,
  brandsSchema,
  createdSchema,
  idListSchema,
  type JdIdSettings,
  labelV1Schema,
  ordersSchema,
  productDefaults,
  skusSchema,
  stockMapSchema,
  valuesV1Schema,
  wareListSchema,
} from '../schema.ts';
import { calling, type Gateway, type GatewayCalls, telling } from './gateway.ts';
import { count, levelsIn, named } from './readers.ts';
import { categoriesV1, categoryTreeSchema } from './v1-categories.ts';
import { innermost, openV1, throttleV1 } from './v1-envelope.ts';
import { requestV1 } from './v1-request.ts';

const VALUES_PAGE_SIZE = 20;
const DAY_MS = 86_400_000;
/** Ids of orders come in pages of so many; there is no other size. */
const ORDER_PAGE = 20;
const json = JSON.stringify;
const orNull = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) => Type.Union([schema, Type.Null()]);

const lookUps: Pick<GatewayCalls, 'categories' | 'attributes' | 'attributeValues' | 'brands'> = {
  categories: () =>
    calling({
      method: 'epi.ware.openapi.CategoryApi.getAllCategoryTree',
      operation: 'categories.list',
      business: '{}',
      schema: categoryTreeSchema,
      take: categoriesV1,
    }),
  attributes: (catId) =>
    calling({
      method: 'epi.ware.openapi.WareAttributeApi.getAttributesByCatId',
      operation: 'attributes.list',
      business: json({ catId }),
      schema: attributesSchema,
      take: (rows) => rows.map((row) => named(row.propertyId, row.nameEn, row.name)),
    }),
  attributeValues: (catId, attrId, currentPage) =>
    calling({
      method: 'epi.ware.openapi.WareAttributeApi.getAttrValuesByCatIdAndAttrId',
      operation: 'attributes.values',
      business: json({ catId, attrId, currentPage, pageSize: VALUES_PAGE_SIZE }),
      schema: valuesV1Schema,
      take: ({ data, totalCount }) => ({
        items: (data ?? []).map((row) => named(row.attributeValueId, row.nameEn, row.name)),
        total: count(totalCount),
      }),
    }),
  brands: () =>
    calling({
      method: 'epi.popShop.getShopBrandList',
      operation: 'brands.list',
      business: '{}',
      schema: brandsSchema,
      take: (rows) => rows.map((row) => named(row.brandId ?? row.id, row.brandName)),
    }),
};

type ProductCalls = Pick<
  GatewayCalls,
  'products' | 'product' | 'skus' | 'create' | 'update' | 'addSku' | 'renameSku' | 'images' | 'submit' | 'shelf'
>;

function products(settings: JdIdSettings): ProductCalls {
  // These two came with v2.
  const { minQuantity: _min, maxQuantity: _max, ...constants } = { ...productDefaults, ...settings.product };
  const v1Constants = { ...constants, transportId: constants.transportId ?? 0, isSequenceNumber: 0 };
  return {
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
}

const offers: Pick<GatewayCalls, 'price' | 'stock' | 'stockLevels'> = {
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

function orders(settings: JdIdSettings): Pick<GatewayCalls, 'orderIds' | 'orders' | 'label' | 'ship'> {
  const lookBackMs = (settings.orderLookBackDays ?? 9) * DAY_MS;
  const window = settings.orderWindow ?? 'bookTime';
  return {
    // No window goes by changes, and a state that changed later shows only in its new state's list: so every state is
    // asked for, from well before `since` on.
    orderIds: ({ since, until, page, state }) =>
      calling({
        method: 'epi.popOrder.getOrderIdListByCondition',
        operation: 'orders.list',
        business: json({
          orderStatus: idValue(state ?? '1'),
          startRow: (page - 1) * ORDER_PAGE,
          [`${window}Begin`]: Math.max(0, since.getTime() - lookBackMs),
          [`${window}End`]: until.getTime(),
        }),
        schema: orNull(idListSchema),
        take: (ids) => ids ?? [],
      }),
    orders: (externalIds) => {
      const call = {
        method: 'epi.popOrder.getOrderInfoListForBatch',
        operation: 'orders.read',
        business: json(externalIds.map(idValue)),
      };
      const { read, ...rest } = calling({ ...call, schema: orNull(ordersSchema), take: (found) => found ?? [] });
      return { ...rest, read: (model) => read(innermost(call, model)) };
    },
    label: (externalId) =>
      calling({
        method: 'epi.pop.order.print.uat1',
        operation: 'labels.print',
        business: `${idValue(externalId)},1,1,"PDF"`,
        schema: labelV1Schema,
        take: ({ data }) => {
          const label = data.find(({ orderId }) => String(orderId) === externalId) ?? data[0];
          return {
            trackingNumber: text(label?.deliveryId) ?? text(label?.preDeliveryId),
            pdfBase64: text(label?.PDF) ?? text(label?.pdf),
          };
        },
      }),
    ship: ({ externalId, trackingNumber }) =>
      telling({
        method: 'epi.popOrder.sendGoods.uat',
        operation: 'orders.ship',
        business: json({ orderId: idValue(externalId), expressNo: trackingNumber }),
        effect: true,
      }),
  };
}

/**
 * The gateway of 2018 to about 2021: `param_json` (an object, a list or positional values), uploads at an address of
 * their own, one long-lived token, answers encoded twice or three times.
 */
export function gatewayV1(settings: JdIdSettings): Gateway {
  return {
    version: 'v1',
    capabilities: { delists: false },
    renewsTokens: false,
    asksByState: true,
    calls: { ...lookUps, ...products(settings), ...offers, ...orders(settings) },
    request: (call, credentials, at) => requestV1(call, credentials, at, settings),
    open: openV1,
    throttle: throttleV1,
  };
}
