import type { Dials } from './options.ts';

/** One unit's place in the books of a location. On hand is both together; the other names are always 0 here. */
export interface LevelRecord {
  available: number;
  committed: number;
}

export interface VariantRecord {
  id: number;
  productId: number;
  itemId: number;
  title: string;
  sku: string | null;
  barcode: string | null;
  price: string;
  compareAtPrice: string | null;
  inventoryPolicy: 'DENY' | 'CONTINUE';
  taxable: boolean;
  tracked: boolean;
  requiresShipping: boolean;
  requiresComponents: boolean;
  weightGrams: number;
  harmonizedSystemCode: string | null;
  countryCodeOfOrigin: string | null;
  options: Array<{ name: string; value: string }>;
  /** By location number; a location that is missing is not stocked. */
  levels: Record<string, LevelRecord>;
  updatedMs: number;
}

export interface ProductRecord {
  id: number;
  handle: string;
  title: string;
  descriptionHtml: string;
  vendor: string;
  productType: string;
  status: 'ACTIVE' | 'ARCHIVED' | 'DRAFT' | 'UNLISTED';
  tags: string[];
  images: Array<{ url: string; alt: string | null; failed: boolean }>;
  collections: Array<{ id: number; title: string }>;
  createdMs: number;
  updatedMs: number;
}

export interface LocationRecord {
  id: number;
  name: string;
  isActive: boolean;
}

export interface OrderLineRecord {
  id: number;
  /** Number of the line's fulfilment-order line. */
  workId: number;
  variantId: number | null;
  productId: number | null;
  title: string;
  sku: string | null;
  quantity: number;
  unitPrice: string;
  requiresShipping: boolean;
  /** Stock was moved from available to committed for it. */
  isClaimed: boolean;
  fulfilled: number;
  /** In ten-thousandths; in the price where the order says that taxes are included. */
  taxes: TaxRecord[];
  /** Taken off the whole line, in ten-thousandths. */
  discount: number;
}

export interface TaxRecord {
  title: string;
  rate: number;
  units: number;
}

export interface ShippingRecord {
  title: string;
  code: string | null;
  source: string | null;
  units: number;
  taxes: TaxRecord[];
}

export interface TransactionRecord {
  id: number;
  kind: string;
  status: string;
  gateway: string;
  amount: string;
  parentId: number | null;
}

export interface RefundRecord {
  id: number;
  note: string | null;
  createdMs: number;
  lines: Array<{ id: number; lineId: number; quantity: number; restockType: string; subtotal: number }>;
  transactionIds: number[];
}

export interface HoldRecord {
  id: number;
  handle: string;
  reason: string;
  notes: string | null;
  /** False: another app, or the staff. */
  isOurs: boolean;
}

export interface FulfillmentRecord {
  id: number;
  status: 'SUCCESS' | 'CANCELLED';
  company: string | null;
  numbers: string[];
  urls: string[];
  createdMs: number;
}

export interface OrderRecord {
  id: number;
  /** Number of its only fulfilment order: one location sends everything. */
  workId: number;
  locationId: number;
  number: number;
  currency: string;
  email: string | null;
  note: string | null;
  tags: string[];
  sourceIdentifier: string | null;
  customAttributes: Array<{ key: string; value: string }>;
  shippingAddress: Record<string, unknown> | null;
  lines: OrderLineRecord[];
  phone: string | null;
  poNumber: string | null;
  shipping: ShippingRecord[];
  /** Taxes of the order as a whole, beside those of lines and shipping. */
  taxes: TaxRecord[];
  taxesIncluded: boolean;
  transactions: TransactionRecord[];
  fulfillments: FulfillmentRecord[];
  refunds: RefundRecord[];
  holds: HoldRecord[];
  processedMs: number;
  financialStatus: string | null;
  cancelReason: string | null;
  cancelledMs: number | null;
  closedMs: number | null;
  staffNote: string | null;
  createdMs: number;
  updatedMs: number;
}

/** A cancellation under way: it is carried out when the job was asked about so many times. */
export interface JobRecord {
  id: string;
  orderId: number;
  restock: boolean;
  reason: string;
  staffNote: string | null;
  pollsLeft: number;
  done: boolean;
}

export interface WebhookRecord {
  id: number;
  topic: string;
  uri: string;
  format: string;
  filter: string | null;
  name: string | null;
  includeFields: string[];
  metafieldNamespaces: string[];
  failuresInRow: number;
  createdMs: number;
  updatedMs: number;
}

/** A delivery that waits; its body is what the resource was at the time of the event. */
export interface DeliveryRecord {
  webhookId: number;
  topic: string;
  eventId: string;
  deliveryId: string;
  triggeredAt: string;
  body: string;
}

export interface TokenRecord {
  accessToken: string;
  refreshToken: string | null;
  /** Null = permanent. */
  expiresMs: number | null;
  /** Left out: those of the app. */
  scopes?: string[];
}

/** Work in the background: a query's or a mutation's. Its file is made when it is asked for. */
export interface BulkRecord {
  id: number;
  type: 'QUERY' | 'MUTATION';
  status: 'CREATED' | 'RUNNING' | 'COMPLETED' | 'CANCELING' | 'CANCELED' | 'FAILED' | 'EXPIRED';
  errorCode: string | null;
  query: string;
  /** Children follow their parents. */
  isGrouped: boolean;
  /** The staged file of a mutation's variables. */
  path: string | null;
  /** How often it must still be asked about until it is done. */
  pollsLeft: number;
  createdMs: number;
  completedMs: number | null;
  objectCount: number;
  rootCount: number;
}

/** Everything that the shop holds, as it is saved. */
export interface SavedShop {
  nextId: number;
  locations: LocationRecord[];
  products: ProductRecord[];
  variants: VariantRecord[];
  orders: OrderRecord[];
  jobs: JobRecord[];
  webhooks: WebhookRecord[];
  queue: DeliveryRecord[];
  tokens: TokenRecord[];
  codes: string[];
  keys: Array<[string, string]>;
  bulks: BulkRecord[];
  uploads: Array<[string, string]>;
  lastOrderNumber: number;
  dials: Dials;
}
