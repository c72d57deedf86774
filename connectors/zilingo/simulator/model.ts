import type { SimulatorTools } from '../../simulator-kit/index.ts';

/** Product `status`. APPROVED and NEEDS_ACTION were seen in clients; the others are this simulator's own, UNCONFIRMED. */
export const PRODUCT_STATUS = {
  inReview: 'IN_REVIEW',
  approved: 'APPROVED',
  needsAction: 'NEEDS_ACTION',
  failed: 'FAILED',
  delisted: 'DELISTED',
} as const;

/** States of a shippable unit, in the order in which one passes through them; the last two end it early. */
export const UNIT_STATES = [
  ...['awaitingConfirmation', 'awaitingPickupRequest', 'awaitingPickupSchedule', 'pickupScheduled'],
  ...['inTransit', 'successfullyProcessed', 'cancelled', 'rejected'],
] as const;

/** An amount as the vendor writes it: a plain number in major units. */
export interface Price {
  amount: number;
  currency: string;
}

/** One option of a product. */
export interface Sku {
  /** Given with the approval; null before. */
  zilingoSKUId: string | null;
  sellerSKUId: string;
  colorId: string | null;
  sizeId: string | null;
  capacityId: string | null;
  imageUrls: string[];
  price: Price;
  quantity: number;
}

/** A product as it was uploaded, with what became of it. */
export interface Product {
  /** Temporary number, from the upload. */
  productClientId: string;
  /** Given with the approval; null before. */
  productId: string | null;
  name: string;
  description: string;
  primaryImageUrl: string;
  subCategoryId: string;
  attributeChoiceIds: string[];
  status: string;
  /** What the reviewers want changed. */
  reason: string | null;
  /** When the running review ends, epoch milliseconds. */
  reviewDueAt: number | null;
  skus: Sku[];
}

/** One bought thing. */
export interface OrderItem {
  orderItemId: string;
  zilingoSKUId: string;
  sellerSKUId: string;
  productName: string;
  quantity: number;
  pricePerUnit: Price;
}

/** What ships by itself. */
export interface Unit {
  shippableUnitId: string;
  subOrderId: string;
  status: string;
  /** The state before the newest one, for stale reads. */
  earlierStatus: string | null;
  items: OrderItem[];
  trackingNumber: string | null;
  carrier: string | null;
  pickupAt: string | null;
}

/** Who bought and where it goes. */
export type Buyer = Record<string, string>;

/** A purchase, split into shippable units. */
export interface Order {
  orderId: string;
  createdAt: number;
  buyer: Buyer;
  shippingCharge: number;
  currency: string;
  /** `false`: listed by state, but its invoice cannot be read yet. */
  visible: boolean;
  /** Its invoices come in a shape that nobody knows. */
  damaged: boolean;
  units: Unit[];
}

/** All the simulator remembers; plain JSON. */
export interface State {
  nextId: { product: number; sku: number; order: number; unit: number; tracking: number };
  products: Record<string, Product>;
  orders: Record<string, Order>;
  rejectSkus: Record<string, string>;
  failSkus: Record<string, string>;
  /** Labels are not drawn yet. */
  labelsLate: boolean;
}

/** Options of the Zilingo simulator beside the kit's. */
export interface ZilingoOptions {
  /** Begins with `SEL`. */
  sellerId: string;
  /** Begins with `SAK-`. */
  apiKey: string;
  /** How long the quality check lasts, milliseconds of the simulator's clock; default 0. */
  reviewDelayMs?: number;
  /** The seller's currency; prices in another one are refused. Default SGD. */
  currency?: string;
  /** Where buyers live, ISO 3166-1 alpha-2; default SG. */
  countryCode?: string;
  /** State of new orders; default `awaitingPickupRequest`, which the one known client polls. */
  firstUnitState?: string;
  /** Rows of `byStatus` name the order and the state beside the unit (UNCONFIRMED); default true. */
  rowsNameOrders?: boolean;
  /** Chance that an answer says `status` for `STATUS` (one client reads it so), default 0.1. */
  lowerCaseProbability?: number;
  /** Orders say numbers as strings, and ids as numbers where they can; default false. */
  looseTypes?: boolean;
}

export type ResolvedOptions = Required<ZilingoOptions>;

/** What the parts of the simulator share. */
export interface World {
  tools: SimulatorTools;
  options: ResolvedOptions;
  state: State;
}

/** Fills in the defaults. */
export function resolveOptions(options: ZilingoOptions): ResolvedOptions {
  return {
    reviewDelayMs: 0,
    currency: 'SGD',
    countryCode: 'SG',
    firstUnitState: 'awaitingPickupRequest',
    rowsNameOrders: true,
    lowerCaseProbability: 0.1,
    looseTypes: false,
    ...options,
  };
}

/** The state at first start: nothing listed, nothing sold. */
export function initialState(): State {
  return {
    nextId: { product: 1, sku: 1, order: 1, unit: 1, tracking: 1 },
    products: {},
    orders: {},
    rejectSkus: {},
    failSkus: {},
    labelsLate: false,
  };
}

/** The simulator's time, epoch milliseconds. */
export const nowMs = (world: World): number => world.tools.clock.now().getTime();

/** Takes the next number of a kind. */
export function nextId(world: World, kind: keyof State['nextId']): number {
  world.state.nextId[kind] += 1;
  return world.state.nextId[kind] - 1;
}

const WITHOUT_DECIMALS = ['IDR', 'KRW', 'VND', 'JPY'];

/** Integer minor units of an amount in major ones: IDR and KRW count whole units, all others hundredths. */
export function minorOf({ amount, currency }: Price): number {
  return Math.round(amount * (WITHOUT_DECIMALS.includes(currency) ? 1 : 100));
}

/** True where the amount has no more decimals than its currency. */
export function isExact(price: Price): boolean {
  const digits = WITHOUT_DECIMALS.includes(price.currency) ? 0 : 2;
  return Math.abs(Number(price.amount.toFixed(digits)) - price.amount) < 1e-9;
}

/** Sets what a SKU offers and writes it down; one that was never approved offers nothing. */
export function setOffer(world: World, sku: Sku, quantity: number, cause: 'api' | 'sale' | 'control'): void {
  sku.quantity = quantity;
  if (sku.zilingoSKUId === null) return;
  world.tools.log.fact({ fact: 'offer.set', sku: sku.sellerSKUId, externalId: sku.zilingoSKUId, quantity, cause });
}

/** Sets a SKU's price and writes it down. */
export function setPrice(world: World, sku: Sku, price: Price): void {
  sku.price = price;
  if (sku.zilingoSKUId === null) return;
  world.tools.log.fact({
    fact: 'price.set',
    sku: sku.sellerSKUId,
    externalId: sku.zilingoSKUId,
    amountMinor: minorOf(price),
    currency: price.currency,
  });
}

/** The SKU with this id and its product. */
export function skuById(world: World, zilingoSKUId: unknown): { sku: Sku; product: Product } | undefined {
  for (const product of Object.values(world.state.products)) {
    const sku = product.skus.find((one) => one.zilingoSKUId !== null && one.zilingoSKUId === zilingoSKUId);
    if (sku !== undefined) return { sku, product };
  }
  return undefined;
}
