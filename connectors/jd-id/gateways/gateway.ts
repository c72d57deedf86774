import type { Static, TSchema } from '@sinclair/typebox';
import type {
  ListingDraft,
  ListingDraftSku,
  ListingRef,
  MarketplaceCapabilities,
  PriceWrite,
} from '../../contract/marketplace.ts';
import type { IncomingAnswer, Throttle } from '../../transport/client.ts';
import { fits, misfit, type Sku, type stockMapSchema, type Ware } from '../answers.ts';
import { unreadable } from '../errors.ts';
import type { JdIdCredentials, JdIdSettings } from '../schema.ts';

export type GatewayVersion = 'v1' | 'v2';

/** One call: how the gateway names it, what goes along, and how its model is read. */
export interface GatewayCall<Answer = unknown> {
  readonly method: string;
  /** The same for both gateways: for logs, metrics and budgets. */
  readonly operation: string;
  /** The business parameter exactly as it is signed and sent: JSON, or v1's positional text. */
  readonly business: string;
  /** True where a repetition could do something twice. */
  readonly effect?: boolean;
  /** Goes to v1's address for uploads. */
  readonly file?: { readonly bytes: Buffer; readonly fileName: string };
  /** Throws `Unavailable` (`OutcomeUnknown` for effects) with the path where the model is of another shape. */
  readonly read: (model: unknown) => Answer;
}

/** The innermost layer of an answer, flags made uniform. */
export interface ServiceResult {
  readonly success: boolean;
  readonly code: string;
  readonly message: string;
  readonly model: unknown;
}

export interface Category {
  readonly id: string;
  readonly name: string;
  readonly parentId: string | null;
}

export interface Named {
  readonly id: string;
  readonly name: string;
}

/** One page of a list whose end is told by a total, by a page that brings nothing new, or by both. */
export interface Listed<Item> {
  readonly items: readonly Item[];
  readonly total: number | null;
}

export interface OrderQuery {
  readonly since: Date;
  readonly until: Date;
  /** From 1 on. */
  readonly page: number;
  /** `orderState`; null = all, which v1 cannot be asked for. */
  readonly state: string | null;
}

/** A label as printed: the document is missing while the platform still makes it. */
export interface PrintedLabel {
  readonly trackingNumber: string | null;
  readonly pdfBase64: string | null;
}

/** Every operation that both gateways know, each in its own words; null = the gateway has no method for it. */
export interface GatewayCalls {
  categories(): GatewayCall<readonly Category[]>;
  attributes(categoryId: string): GatewayCall<readonly Named[]>;
  attributeValues(categoryId: string, attributeId: string, page: number): GatewayCall<Listed<Named>>;
  brands(): GatewayCall<readonly Named[]>;
  /** Pages from 1 on. */
  products(page: number, size: number): GatewayCall<Listed<Ware>>;
  readonly product: ((externalId: string) => GatewayCall<Ware | null>) | null;
  skus(externalId: string): GatewayCall<readonly Sku[]>;
  /** Answers the product's id. */
  create(draft: ListingDraft): GatewayCall<string>;
  update(externalId: string, draft: ListingDraft): GatewayCall;
  addSku(externalId: string, draft: ListingDraft, sku: ListingDraftSku): GatewayCall;
  renameSku(externalId: string, there: Sku, sku: ListingDraftSku): GatewayCall;
  /** One call each, to be made in this order. */
  images(
    ref: ListingRef,
    images: readonly { readonly bytes: Buffer; readonly fileName: string }[],
  ): readonly GatewayCall[];
  submit(externalId: string): GatewayCall;
  readonly shelf: ((externalId: string, verb: 'onShelf' | 'offShelf') => GatewayCall) | null;
  price(row: PriceWrite): GatewayCall;
  stock(levels: ReadonlyMap<string, number>): GatewayCall<Static<typeof stockMapSchema>>;
  /** Levels by SKU id; what cannot be read is left out. */
  stockLevels(externalSkuIds: readonly string[]): GatewayCall<ReadonlyMap<string, number>>;
  orderIds(query: OrderQuery): GatewayCall<readonly (string | number)[]>;
  orders(externalIds: readonly string[]): GatewayCall<readonly unknown[]>;
  label(externalId: string): GatewayCall<PrintedLabel>;
  /** `expressCompany` null: the platform's own courier. */
  ship(input: { externalId: string; trackingNumber: string; expressCompany: string | null }): GatewayCall;
}

/** A call as it goes out. */
export interface OutgoingRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** One of JD.id's two gateways: its words, its way of asking and its way of answering. */
export interface Gateway {
  readonly version: GatewayVersion;
  /** What it can do otherwise than the other. */
  readonly capabilities: Partial<MarketplaceCapabilities>;
  /** Tokens are renewed by OAuth; otherwise one long-lived token is all there is. */
  readonly renewsTokens: boolean;
  /** Order ids can only be asked for state by state. */
  readonly asksByState: boolean;
  readonly calls: GatewayCalls;
  request(call: GatewayCall, credentials: JdIdCredentials, at: Date): OutgoingRequest;
  /** Takes an answer's layers apart; throws what the gateway refused. A service's refusal is returned. */
  open(call: GatewayCall, text: string): ServiceResult;
  /** Whether an answer's text is the gateway's own refusal, which says more than a status does. */
  isRefusal(text: string): boolean;
  /** Recognises the used-up quota, which comes with status 200. */
  throttle(answer: IncomingAnswer): Throttle | null;
}

export type GatewayOf = (settings: JdIdSettings) => Gateway;

/** A call whose model is checked against a schema and then taken over. */
export function calling<S extends TSchema, Answer>(
  call: Omit<GatewayCall, 'read'> & { readonly schema: S; readonly take: (model: Static<S>) => Answer },
): GatewayCall<Answer> {
  const { schema, take, ...rest } = call;
  return {
    ...rest,
    read: (model) => {
      if (fits(schema, model)) return take(model);
      throw unreadable(call.operation, call.effect ?? false, `/model${misfit(schema, model) ?? ''}`);
    },
  };
}

/** A call whose model nobody needs. */
export function telling(call: Omit<GatewayCall, 'read'>): GatewayCall {
  return { ...call, read: (model) => model };
}
