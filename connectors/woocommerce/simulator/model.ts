import type { JsonObject } from './json.ts';

/** Free data attached to products, orders and order lines. */
export interface MetaRecord {
  id: number;
  key: string;
  value: unknown;
}

export interface ImageRecord {
  id: number;
  createdMs: number;
  src: string;
  name: string;
  alt: string;
}

/** A product's attribute: `id` 0 = local to the product; `options` are term names. */
export interface AttributeUse {
  id: number;
  name: string;
  position: number;
  visible: boolean;
  variation: boolean;
  options: string[];
}

/** A variation's choice; `name` is empty for a global attribute (it is looked up by id). */
export interface AttributeChoice {
  id: number;
  name: string;
  option: string;
}

export type ProductType = 'simple' | 'grouped' | 'external' | 'variable' | 'variation';

/** A product or variation; prices are decimal texts, empty = none. */
export interface ProductRecord {
  id: number;
  /** 0 for everything but variations. */
  parentId: number;
  type: ProductType;
  createdMs: number;
  modifiedMs: number;
  name: string;
  slug: string;
  status: string;
  sku: string;
  globalUniqueId: string;
  regularPrice: string;
  salePrice: string;
  saleFromMs: number | null;
  saleToMs: number | null;
  manageStock: boolean;
  stockQuantity: number | null;
  stockStatus: string;
  backorders: string;
  lowStockAmount: number | null;
  weight: string;
  dimensions: { length: string; width: string; height: string };
  categories: number[];
  tags: number[];
  brands: number[];
  images: ImageRecord[];
  attributes: AttributeUse[];
  choices: AttributeChoice[];
  meta: MetaRecord[];
  totalSales: number;
  /** Fields that the shop only keeps and gives back, by their API names. */
  plain: JsonObject;
}

/** A category, tag or brand (`kind`), or a term of a global attribute (`pa_…`). */
export interface TermRecord {
  id: number;
  kind: string;
  name: string;
  slug: string;
  parent: number;
  description: string;
  menuOrder: number;
}

/** A global attribute; its slug begins with `pa_`. */
export interface AttributeRecord {
  id: number;
  name: string;
  slug: string;
  type: string;
  orderBy: string;
  hasArchives: boolean;
}

/** What one tax rate makes of a line, in millionths; `subtotalUnits` is that before discounts. */
export interface LineTax {
  rateId: number;
  totalUnits: number;
  subtotalUnits: number;
}

/** A line of an order; amounts are millionths of the currency unit. */
export interface LineRecord {
  id: number;
  name: string;
  /** 0 when the product is unknown. */
  productId: number;
  variationId: number;
  quantity: number;
  taxClass: string;
  subtotalUnits: number;
  totalUnits: number;
  taxes: LineTax[];
  meta: MetaRecord[];
}

/** A shipping or fee line. */
export interface ExtraLineRecord {
  id: number;
  title: string;
  methodId: string;
  instanceId: string;
  /** Of a fee: `taxable` or `none`. */
  taxStatus: string;
  taxClass: string;
  totalUnits: number;
  taxes: LineTax[];
  meta: MetaRecord[];
}

/** What one tax rate comes to in an order. */
export interface TaxLineRecord {
  id: number;
  rateId: number;
  rateCode: string;
  label: string;
  compound: boolean;
  ratePercent: number;
  taxUnits: number;
  shippingTaxUnits: number;
}

export interface RefundRecord {
  id: number;
  createdMs: number;
  amountUnits: number;
  reason: string;
  /** Pieces of which line of the order, and how much of it. */
  lines: { id: number; orderLineId: number; quantity: number; totalUnits: number; meta: MetaRecord[] }[];
  meta: MetaRecord[];
}

export interface NoteRecord {
  id: number;
  author: string;
  createdMs: number;
  note: string;
  customerNote: boolean;
}

export type Address = Record<string, string>;

export interface OrderRecord {
  id: number;
  parentId: number;
  status: string;
  currency: string;
  createdMs: number;
  modifiedMs: number;
  paidMs: number | null;
  completedMs: number | null;
  orderKey: string;
  billing: Address;
  shipping: Address;
  paymentMethod: string;
  paymentMethodTitle: string;
  transactionId: string;
  createdVia: string;
  customerNote: string;
  meta: MetaRecord[];
  lines: LineRecord[];
  shippingLines: ExtraLineRecord[];
  feeLines: ExtraLineRecord[];
  taxLines: TaxLineRecord[];
  pricesIncludeTax: boolean;
  refunds: RefundRecord[];
  notes: NoteRecord[];
  isStockReduced: boolean;
}

export interface WebhookRecord {
  id: number;
  name: string;
  status: string;
  topic: string;
  deliveryUrl: string;
  secret: string;
  createdMs: number;
  modifiedMs: number | null;
  failureCount: number;
  /** No ping was answered with 200 yet. */
  isPingDue: boolean;
}

/** A delivery that waits for the shop's background runner. */
export interface DeliveryJob {
  webhookId: number;
  topic: string;
  resourceId: number;
}
