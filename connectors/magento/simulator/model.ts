import type { JsonObject } from './json.ts';

export interface ProductRecord {
  id: number;
  sku: string;
  name: string;
  attributeSetId: number;
  /** Null: never set. */
  price: number | null;
  status: number;
  visibility: number;
  typeId: string;
  createdMs: number;
  updatedMs: number;
  weight: number | null;
  websiteIds: number[];
  categoryIds: string[];
  images: JsonObject[];
  attributes: Record<string, unknown>;
  /** `special_to_date` and friends in the order in which they were set. */
  qty: number | null;
  isInStock: boolean;
  manageStock: boolean;
  options: { id: number; attributeId: string; label: string; values: number[] }[];
  children: number[];
  /** Rows of `POST /products/special-price`. */
  specialRows: { price: number; from: string; to: string }[];
  /** Base prices of store views that have their own, by store id. */
  storePrices?: Record<string, number>;
}

export interface CartRecord {
  id: number;
  maskedId: string;
  items: { itemId: number; sku: string; qty: number; price: number }[];
  shippingAddress: JsonObject | null;
  billingAddress: JsonObject | null;
  isOrdered: boolean;
}

/** An order: its fields in Magento's own words, and what the shop keeps beside them. */
export interface OrderRecord {
  id: number;
  /** Came by `POST /orders`: nothing is reserved for it. */
  isDirect: boolean;
  /** Holds `state`, `status`, totals, `items`, addresses, payment as they are answered. */
  fields: JsonObject;
  createdMs: number;
  updatedMs: number;
  shipments: { id: number; createdMs: number; source: string; tracks: JsonObject[] }[];
  creditmemos: { id: number; createdMs: number; fields: JsonObject }[];
  invoices: number[];
}

export interface BulkRecord {
  uuid: string;
  topic: string;
  startMs: number;
  storeId: number;
  operations: {
    id: number;
    body: JsonObject;
    status: number;
    message: string | null;
    errorCode: number | null;
    result: string | null;
  }[];
}

export interface AttributeRecord {
  id: number;
  code: string;
  label: string;
  input: string;
  options: { label: string; value: string }[];
}

export interface SourceRecord {
  code: string;
  name: string;
  enabled: boolean;
}

/** Everything that the state file keeps. */
export interface SavedShop {
  counters: Record<string, number>;
  products: ProductRecord[];
  attributes: AttributeRecord[];
  categories: { id: number; name: string; parentId: number }[];
  sources: SourceRecord[];
  sourceItems: { sku: string; source: string; quantity: number; status: number }[];
  reservations: Record<string, number>;
  carts: CartRecord[];
  orders: OrderRecord[];
  bulks: BulkRecord[];
}
