import type { Money } from '../../connectors/contract/common.ts';
import type { KnownRate } from '../../pricing/exchange.ts';

/** An error forbids sending the listing, a warning is shown beside its field. */
export type Severity = 'error' | 'warning';

/** What a rule asks of a field. Every kind is data; `check.ts` is the only code that knows what it means. */
export type Check =
  | { readonly kind: 'required' }
  /** Characters as people count them, after trimming. */
  | { readonly kind: 'length'; readonly min?: number; readonly max?: number }
  | { readonly kind: 'count'; readonly min?: number; readonly max?: number }
  | {
      readonly kind: 'image';
      readonly minWidthPx?: number;
      readonly minHeightPx?: number;
      readonly maxWidthPx?: number;
      readonly maxHeightPx?: number;
      readonly maxBytes?: number;
      readonly formats?: readonly ImageFormat[];
    }
  /** Whole words, whatever their case. */
  | { readonly kind: 'forbiddenWords'; readonly words: readonly string[] }
  /** Goods by the first digits of their HS code. */
  | { readonly kind: 'forbiddenGoods'; readonly hsPrefixes: readonly string[]; readonly goods: string }
  /** A whole number in the field's own unit (grams, millimetres). */
  | { readonly kind: 'range'; readonly min?: number; readonly max?: number }
  /** Minor units of the named currency; a price in another one is not judged by it. */
  | { readonly kind: 'minPrice'; readonly price: Money }
  /** Only where goods cross a border on their way to the marketplace's country. */
  | { readonly kind: 'hsCode'; readonly minDigits: number }
  /** Only where goods cross a border. */
  | { readonly kind: 'requiredAbroad' }
  /** The value that the marketplace refused once, by its hash. */
  | { readonly kind: 'notAgain'; readonly valueHash: string };

export type ImageFormat = 'JPEG' | 'PNG' | 'GIF' | 'WEBP';

/** One rule of a marketplace, as data. */
export interface ListingRule {
  /** Stable; people refer to it when they soften it for an account. */
  readonly id: string;
  /** As findings name fields: `title`, `images`, `weightGrams`, `attributes.Material` … */
  readonly field: string;
  readonly severity: Severity;
  readonly check: Check;
  /** Where it is from, in words. */
  readonly source: string;
  /** No source, or sources disagree: shown as UNCONFIRMED. */
  readonly confirmed: boolean;
  /** First day on which it holds, YYYY-MM-DD; absent: always. */
  readonly from?: string;
  /** Only in this category of the marketplace; absent: in all. */
  readonly categoryId?: string;
  /** Only for this listing; absent: for all. */
  readonly listingId?: string;
}

/** All rules of a marketplace. */
export interface MarketplaceRules {
  /** As people name it. */
  readonly label: string;
  /** ISO 3166-1 alpha-2 of the country whose buyers it serves; null: several, by account. */
  readonly country: string | null;
  /** Working days after which a silent review is overdue, and where they are counted. */
  readonly review: { readonly workingDays: number; readonly timeZone: string };
  /** Words of its refusals → field; the first match counts. Absent: only what the connector names. */
  readonly reasons?: readonly { readonly pattern: RegExp; readonly field: string }[];
  readonly rules: readonly ListingRule[];
}

/** What is known of a picture without looking at it: read from its first bytes. */
export interface ImageFacts {
  readonly url: string;
  readonly format: ImageFormat | null;
  readonly widthPx: number | null;
  readonly heightPx: number | null;
  readonly bytes: number;
}

/** What rules look at: a listing as it would be sent. */
export interface RuledListing {
  readonly listingId: string;
  readonly title: string;
  readonly descriptionHtml: string;
  readonly categoryId: string | null;
  readonly brandId: string | null;
  /** Marketplace attribute id → value id. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Attribute ids by name, of the listing's category. */
  readonly attributeIds: Readonly<Record<string, string>>;
  readonly images: readonly { readonly url: string }[];
  readonly skus: readonly RuledSku[];
}

export interface RuledSku {
  readonly sellerSku: string;
  readonly price: Money | null;
  readonly barcode: string | null;
  readonly weightGrams: number | null;
  readonly lengthMm: number | null;
  readonly widthMm: number | null;
  readonly heightMm: number | null;
  readonly hsCode?: string | null;
  readonly originCountryCode?: string | null;
  readonly variantAttributes?: Readonly<Record<string, string>>;
}

/** What an account has set about its rules. */
export interface AccountRuleSettings {
  /** Rules that this account softens or leaves out, by id. */
  readonly severities?: Readonly<Record<string, Severity | 'off'>>;
  /**
   * Its goods are sold directly from abroad in the sense of Indonesia's minimum value. `unknown`: nobody has said, so what
   * falls below is only warned of.
   */
  readonly directFromAbroad?: 'yes' | 'no' | 'unknown';
  /** Who changed them last, when (ISO 8601) and why. */
  readonly changed?: { readonly by: string; readonly at: string; readonly why: string };
}

/** Where goods come from and go to. */
export interface Lane {
  /** ISO 3166-1 alpha-2; null: not known. */
  readonly from: string | null;
  readonly to: string | null;
}

export interface RuleGround {
  readonly marketplace: MarketplaceRules | null;
  /** Rules learned from rejections of this account. */
  readonly learned: readonly ListingRule[];
  readonly settings: AccountRuleSettings;
  readonly lane: Lane;
  /** By address; a picture that is not in it has not been looked at. */
  readonly images: ReadonlyMap<string, ImageFacts>;
  /** Rates to judge a price in another currency by; latest entry first. */
  readonly rates: readonly KnownRate[];
  /** The day of the check, YYYY-MM-DD. */
  readonly on: string;
}
