import { wordKey } from '../../cleaning/text.ts';
import type { ReviewReason } from '../../connectors/contract/marketplace.ts';
import { isRuledField, valueHashOf } from './fields.ts';
import type { Check, MarketplaceRules, RuledListing } from './types.ts';

/** How a text that ops mapped is known again, and what it is about. */
export interface ReasonPattern {
  readonly id: string;
  /** Part of the raw text, without regard to case and blanks. */
  readonly pattern: string;
  readonly field: string;
}

/** A reason with the field that it is about, as the grid names fields. */
export interface MappedReason extends ReviewReason {
  /** Who mapped it: the connector's table, ops, or nobody yet. */
  readonly by: 'connector' | 'ops' | null;
}

/** The contract's field names where they differ from the grid's. */
const gridFields: Readonly<Record<string, string>> = {
  'skus.price': 'price',
  'skus.barcode': 'barcode',
  'skus.sellerSku': 'sellerSku',
  'skus.quantity': 'stock',
  'skus.variantAttributes': 'attributes',
  description: 'descriptionHtml',
};

const folded = (text: string): string => text.toLowerCase().replace(/\s+/g, ' ').trim();

/** Whether a text is one that a pattern means. */
export const isMeant = (raw: string, { pattern }: Pick<ReasonPattern, 'pattern'>): boolean =>
  folded(raw).includes(folded(pattern));

/**
 * Which field of the grid a refusal is about. What ops have said goes before the connector's table; an attribute is named
 * where the text names it. The raw text stays in any case.
 */
export function mapReason(
  reason: ReviewReason,
  {
    patterns,
    attributeIds,
    marketplace = null,
  }: {
    patterns: readonly ReasonPattern[];
    attributeIds: Readonly<Record<string, string>>;
    marketplace?: Pick<MarketplaceRules, 'reasons'> | null;
  },
): MappedReason {
  const { raw } = reason;
  const set = patterns.find((pattern) => isMeant(raw, pattern));
  if (set) return { field: set.field, raw, by: 'ops' };
  const told = reason.field ?? marketplace?.reasons?.find(({ pattern }) => pattern.test(raw))?.field ?? null;
  if (told === null) return { field: null, raw, by: null };
  const field = gridFields[told] ?? told;
  return { field: field === 'attributes' ? namedAttribute(raw, attributeIds) : field, raw, by: 'connector' };
}

/** `attributes.Material` where the text has the name or the id of one of the category's attributes, the longest name first. */
function namedAttribute(raw: string, attributeIds: Readonly<Record<string, string>>): string {
  const text = wordKey(raw);
  const [found] = Object.entries(attributeIds)
    .filter(([name, id]) => text.includes(wordKey(name)) || new RegExp(`(?<!\\d)${id}(?!\\d)`).test(raw))
    .sort(([a], [b]) => b.length - a.length);
  if (found) return `attributes.${found[0]}`;
  const told =
    /(?:attribute|atribut|property)\s+["“']?([\p{L}\p{N} ]+?)["”']?\s*(?:\((\w+)\))?\s+(?:is|was|must|wajib|harus)/iu.exec(
      raw,
    );
  // By its id where nobody has read the category's attributes yet: a name alone could not be found at a listing.
  const name = told?.[2] ?? told?.[1]?.trim();
  return name ? `attributes.${name}` : 'attributes';
}

const isMissing =
  /missing|required|mandatory|must (?:be (?:given|filled)|have)|has no |is empty|wajib|harus diisi|belum diisi|tidak ada/i;
const atMost = /(?:longer than|at most|maximum(?: of| is)?|max\.?|not exceed|maksimal)\s*(\d{1,6})/i;
const atLeast = /(?:shorter than|at least|minimum(?: of| is)?|min\.?|minimal)\s*(\d{1,6})/i;
const pixels = /(\d{2,5})\s*(?:x|×|\*)\s*(\d{2,5})/i;

/** What is learned from a refusal: a check, and for whom it holds. */
export interface Lesson {
  readonly field: string;
  readonly check: Check;
  /** `category`: for everything of the account in that category. `listing`: for this listing alone. */
  readonly scope: 'category' | 'listing';
}

/**
 * What validation is to include from now on. A general demand ("is missing", "longer than 100") holds for the category;
 * anything else only says that this listing's value was refused: it may not be sent again unchanged. Null while nobody
 * knows which field is meant, or while the field is none that validation sees.
 */
export function lessonOf({ field, raw }: ReviewReason, listing: RuledListing): Lesson | null {
  if (field === null || !isRuledField(field)) return null;
  const [max, min, size] = [atMost.exec(raw)?.[1], atLeast.exec(raw)?.[1], pixels.exec(raw)];
  if (field === 'images' && size && !max) {
    const check: Check = { kind: 'image', minWidthPx: Number(size[1]), minHeightPx: Number(size[2]) };
    return { field, check, scope: 'category' };
  }
  if (['title', 'descriptionHtml'].includes(field) && (max ?? min) !== undefined) {
    const bound: Check =
      max === undefined ? { kind: 'length', min: Number(min) } : { kind: 'length', max: Number(max) };
    return { field, check: bound, scope: 'category' };
  }
  if (isMissing.test(raw) && field !== 'attributes') {
    const check: Check = field === 'images' ? { kind: 'count', min: 1 } : { kind: 'required' };
    return { field, check, scope: 'category' };
  }
  return { field, check: { kind: 'notAgain', valueHash: valueHashOf(listing, field) }, scope: 'listing' };
}
