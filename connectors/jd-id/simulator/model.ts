import type { SimulatorTools } from '../../simulator-kit/index.ts';
import { type Brand, DEFAULT_BRANDS } from './catalogue.ts';

/**
 * `wareStatus`: 1 and 2 are known from clients; 0 (never approved yet), 3 (taken down by the platform) and 4 (locked by
 * the platform) are this simulator's own choice, UNCONFIRMED.
 */
export const WARE_STATUS = { neverApproved: 0, onShelf: 1, offShelf: 2, takenDown: 3, locked: 4 } as const;

/** `auditStatus`: only 4 (a change is under review) is known; all other values are this simulator's own choice, UNCONFIRMED. */
export const AUDIT_STATUS = { notSubmitted: 0, firstReview: 1, approved: 2, refused: 3, changeReview: 4 } as const;

/** `orderState`. */
export const ORDER_STATE = {
  paid: 1,
  shipped: 2,
  cancelRequested: 3,
  waitingRefuse: 4,
  cancelled: 5,
  completed: 6,
  readyToShip: 7,
} as const;

/** Prices are whole rupiah, and this project counts IDR without decimals: 1 minor unit = 1 rupiah. */
export const MINOR_UNITS_PER_RUPIAH = 1;

/** A picture as uploaded: only its fingerprint is kept. */
export interface Image {
  colorId: string;
  order: number;
  sha256: string;
  bytes: number;
  /** Relative, as the vendor gives it. */
  uri: string;
}

/** What is said about a product; field names are the vendor's. */
export interface Content {
  fields: Record<string, string | number>;
  images: Image[];
}

/** A product. */
export interface Spu {
  spuId: number;
  /** What readers see. */
  content: Content;
  /** A changed copy that isn't approved yet; only for products that were approved before. */
  draft: Content | null;
  wareStatus: number;
  auditStatus: number;
  /** Why the last review refused, or why the platform took the product down or locked it. */
  auditReason: string | null;
  /** It goes on the shelf as soon as it is approved: it was submitted through v1, which has no call for that. */
  shelvesItself?: boolean;
  /** When the running review ends, epoch milliseconds. */
  reviewDueAt: number | null;
  modified: number;
}

/** A stock keeping unit; prices in whole rupiah. */
export interface Sku {
  skuId: number;
  spuId: number;
  sellerSkuId: string;
  skuName: string;
  jdPrice: number;
  costPrice: number | null;
  stock: number;
  /** 1 = active. */
  status: number;
  /** Vendor fields that are only kept and given back: `upc`, `saleAttributeIds`, measures, `piece`, `maxQuantity`. */
  fields: Record<string, string | number>;
}

/** A line of an order, field names the vendor's (`orderSkuinfos`). */
export interface OrderLine {
  skuId: number;
  spuId: number;
  popSkuId: string;
  skuName: string;
  skuNumber: number;
  jdPrice: number;
  costPrice: number;
  [field: string]: string | number | boolean;
}

/** An order as the vendor's API shows it. */
export interface OrderVo {
  orderId: number;
  orderState: number;
  modifyTime: number;
  bookTime: number;
  createTime: number;
  totalPrice: number;
  orderSkuinfos: OrderLine[];
  [field: string]: string | number | boolean | OrderLine[];
}

/** One state of an order in its history. */
export interface Snapshot {
  /** From 1 on. */
  version: number;
  /** Simulator time, ISO 8601. */
  at: string;
  cause: string;
  vo: OrderVo;
}

/** An order with its full history. */
export interface Order {
  orderId: number;
  snapshots: Snapshot[];
  /** `false`: listed by state, but its detail can't be read yet. */
  visible: boolean;
  /** When its label was printed first, epoch milliseconds. */
  printedAt?: number;
  /** Reads answer with this snapshot instead of the newest one. */
  servedVersion: number | null;
  /** Where a withdrawn cancel request goes back to. */
  stateBeforeCancel: number | null;
}

/** What a review does with a product that has a certain SKU. */
export interface ReviewRule {
  /** Why it is refused; null: it is not refused for this rule. */
  reason: string | null;
  /** How long its review lasts, milliseconds; null: as long as any. */
  delayMs: number | null;
  /** How many reviews the rule still holds for; null: all. */
  times: number | null;
}

/** A pair of tokens. */
export interface Token {
  accessToken: string;
  refreshToken: string;
  issuedAt: number;
  expiresAt: number;
  /** Revoked, or replaced by a newer pair. */
  dead: boolean;
}

/** All the simulator remembers; plain JSON. */
export interface State {
  nextId: { spu: number; sku: number; order: number; awb: number; token: number };
  spus: Record<string, Spu>;
  skus: Record<string, Sku>;
  orders: Record<string, Order>;
  tokens: Token[];
  /** The seller took back v1's long-lived token. */
  longLivedDead: boolean;
  /** How long after its first print a label's document is ready, milliseconds. */
  labelDelayMs: number;
  /** Consent codes not yet exchanged. */
  codes: string[];
  /** By seller SKU: what reviews say of it. */
  rejectSkus: Record<string, ReviewRule>;
  /** By seller SKU: why a product with it can't even be created. */
  refuseSkus: Record<string, string>;
  /** By category (`*` = any): attributes without which no product can be created or changed. */
  requiredAttributes: Record<string, number[]>;
}

/** What the parts of the simulator share. */
export interface World {
  tools: SimulatorTools;
  options: ResolvedOptions;
  state: State;
}

/** The options with their defaults filled in. */
export interface ResolvedOptions {
  appKey: string;
  appSecret: string;
  accessToken: string;
  refreshToken: string;
  longLivedToken: string;
  labelDelayMs: number;
  queryZoneHours: number;
  answerTimes: 'ms' | 's';
  reviewDelayMs: number;
  maxClockDriftMs: number;
  accessTokenLifetimeSeconds: number;
  looseTypesProbability: number;
  venderId: number;
  brands: readonly Brand[];
}

/** Options of the JD.id simulator beside the kit's. */
export interface JdIdOptions {
  /** 32 hex digits. */
  appKey: string;
  appSecret: string;
  /** The token valid at start. */
  accessToken?: string;
  refreshToken?: string;
  /** The token of the v1 gateway; it does not end. */
  longLivedToken?: string;
  /** How long after its first print a label's document is ready, milliseconds of the simulator's clock; default 0. */
  labelDelayMs?: number;
  /** The zone that v2's order windows are read in, hours east of UTC; default 7 (Jakarta). One source suggests 8. */
  queryZoneHours?: number;
  /** Times of orders in epoch milliseconds or, as one client expects it as well, in seconds; default `ms`. */
  answerTimes?: 'ms' | 's';
  /** How long a review lasts, milliseconds of the simulator's clock; default 0. */
  reviewDelayMs?: number;
  /** Largest difference between a request's timestamp and the clock, default 6 minutes (UNCONFIRMED for JD.id). */
  maxClockDriftMs?: number;
  /** Default 72,000 (20 hours, the fall-back of one client; the real lifetime is UNCONFIRMED). */
  accessTokenLifetimeSeconds?: number;
  /** Chance that a number goes out as a string or a measure as a number; default 0.02. */
  looseTypesProbability?: number;
  venderId?: number;
  brands?: readonly Brand[];
}

/** Fills in the defaults. */
export function resolveOptions(options: JdIdOptions): ResolvedOptions {
  return {
    appKey: options.appKey,
    appSecret: options.appSecret,
    accessToken: options.accessToken ?? 'demo-access-token',
    refreshToken: options.refreshToken ?? 'demo-refresh-token',
    longLivedToken: options.longLivedToken ?? 'demo-long-lived-token',
    labelDelayMs: options.labelDelayMs ?? 0,
    queryZoneHours: options.queryZoneHours ?? 7,
    answerTimes: options.answerTimes ?? 'ms',
    reviewDelayMs: options.reviewDelayMs ?? 0,
    maxClockDriftMs: options.maxClockDriftMs ?? 6 * 60_000,
    accessTokenLifetimeSeconds: options.accessTokenLifetimeSeconds ?? 72_000,
    looseTypesProbability: options.looseTypesProbability ?? 0.02,
    venderId: options.venderId ?? 100_321,
    brands: options.brands ?? DEFAULT_BRANDS,
  };
}

/** The state at first start: nothing sold, one pair of tokens. */
export function initialState(options: ResolvedOptions, nowMs: number): State {
  const token: Token = {
    accessToken: options.accessToken,
    refreshToken: options.refreshToken,
    issuedAt: nowMs,
    expiresAt: nowMs + options.accessTokenLifetimeSeconds * 1000,
    dead: false,
  };
  return {
    nextId: { spu: 500_001, sku: 600_001, order: 1_000_000_001, awb: 1, token: 1 },
    spus: {},
    skus: {},
    orders: {},
    tokens: [token],
    longLivedDead: false,
    labelDelayMs: options.labelDelayMs,
    codes: [],
    rejectSkus: {},
    refuseSkus: {},
    requiredAttributes: {},
  };
}

/** The simulator's time, epoch milliseconds. */
export function nowMs(world: World): number {
  return world.tools.clock.now().getTime();
}

/** The SKUs of a product, oldest first. */
export function skusOf(world: World, spuId: number): Sku[] {
  return Object.values(world.state.skus).filter((sku) => sku.spuId === spuId);
}

/** Sets what a SKU offers and writes it down. */
export function setOffer(world: World, sku: Sku, quantity: number, cause: 'api' | 'sale' | 'control'): void {
  sku.stock = quantity;
  world.tools.log.fact({ fact: 'offer.set', sku: sku.sellerSkuId, externalId: String(sku.skuId), quantity, cause });
}

/** Sets a SKU's price in whole rupiah and writes it down. */
export function setPrice(world: World, sku: Sku, rupiah: number): void {
  sku.jdPrice = rupiah;
  world.tools.log.fact({
    fact: 'price.set',
    sku: sku.sellerSkuId,
    externalId: String(sku.skuId),
    amountMinor: rupiah * MINOR_UNITS_PER_RUPIAH,
    currency: 'IDR',
  });
}
