import { createHash } from 'node:crypto';
import type { Money } from '../connectors/contract/common.ts';
import type { ListingDraft } from '../connectors/contract/marketplace.ts';
import type { RowFinding } from '../connectors/contract/store.ts';

/** The listing's own content, as ops see and edit it. */
export interface ListingContent {
  readonly listingId: string;
  readonly title: string;
  readonly descriptionHtml: string;
  readonly categoryId: string | null;
  readonly brandId: string | null;
  readonly attributes: Readonly<Record<string, string>>;
  readonly images: readonly { readonly url: string }[];
  readonly skus: readonly ListingContentSku[];
  /** What mapping, translation and the marketplace's rules found; absent: nothing. */
  readonly sourceFindings?: readonly RowFinding[];
}

export interface ListingContentSku {
  readonly sellerSku: string;
  readonly optionText: string;
  readonly price: Money | null;
  /** Units to offer at the start. */
  readonly quantity: number;
  readonly barcode: string | null;
  readonly weightGrams: number | null;
  readonly lengthMm: number | null;
  readonly widthMm: number | null;
  readonly heightMm: number | null;
  readonly hsCode?: string | null;
  readonly originCountryCode?: string | null;
  /** Marketplace variant attribute id → value id; absent: none. */
  readonly variantAttributes?: Readonly<Record<string, string>>;
}

export interface ComposedListing {
  /** Null while a blocking finding is open. */
  readonly draft: ListingDraft | null;
  readonly findings: readonly RowFinding[];
  /** What an approver approves: SHA-256 over everything that would be shown. Price and stock have their own approval. */
  readonly contentHash: string;
}

/** A parcel size to declare where the product has none; marked as a finding. */
const assumedMm = { length: 300, width: 200, height: 50 };

const block = (field: string, value: string | null, reason: string, remedy: string): RowFinding => ({
  field,
  value,
  reason,
  remedy,
  blocking: true,
});

function findingsOf(content: ListingContent): RowFinding[] {
  const findings: RowFinding[] = [...(content.sourceFindings ?? [])];
  const said = (field: string) => findings.some((finding) => finding.field === field && finding.blocking);
  if (content.title.trim() === '' && !said('title'))
    findings.push(block('title', '', 'It has no title.', 'Type a title.'));
  if (!content.categoryId && !said('categoryId'))
    findings.push(block('categoryId', null, 'No category over there.', 'Choose the marketplace’s category.'));
  if (!content.brandId && !said('brandId'))
    findings.push(
      block('brandId', null, 'No brand over there.', 'Set the brand in the connection’s listing defaults.'),
    );
  if (content.skus.length === 0)
    findings.push(block('skus', null, 'It has no SKU that can be sold.', 'Give the product a SKU in the shop.'));
  for (const sku of content.skus) {
    if (!sku.price) {
      findings.push(
        block(
          'price',
          sku.sellerSku,
          `${sku.sellerSku} has no price over there.`,
          'Give it a price in the shop and a rate for the currency.',
        ),
      );
    }
  }
  return findings;
}

/** Equal for equal prices: they are no part of the content, but a refusal may have been about them. */
export const pricesHashOf = ({ skus }: Pick<ListingDraft, 'skus'>): string =>
  createHash('sha256')
    .update(JSON.stringify(skus.map(({ sellerSku, price }) => [sellerSku, price.amountMinor, price.currency])))
    .digest('hex')
    .slice(0, 32);

/** What would be sent, what forbids sending it, and the hash that stands for it. Pure. */
export function composeListing(content: ListingContent): ComposedListing {
  const findings = findingsOf(content);
  const skus = [...content.skus].sort((a, b) => (a.sellerSku < b.sellerSku ? -1 : 1));
  const shown = {
    title: content.title,
    descriptionHtml: content.descriptionHtml,
    categoryId: content.categoryId,
    brandId: content.brandId,
    attributes: Object.entries(content.attributes).sort(),
    images: content.images.map(({ url }) => url),
    skus: skus.map(({ sellerSku, optionText, barcode, weightGrams, variantAttributes = {} }) => [
      ...[sellerSku, optionText, barcode, weightGrams],
      ...Object.entries(variantAttributes).sort(),
    ]),
  };
  const contentHash = createHash('sha256').update(JSON.stringify(shown)).digest('hex').slice(0, 32);
  const { categoryId, brandId } = content;
  if (findings.some(({ blocking }) => blocking) || !categoryId || !brandId)
    return { draft: null, findings, contentHash };
  const heaviest = Math.max(...skus.map(({ weightGrams }) => weightGrams ?? 0));
  return {
    findings,
    contentHash,
    draft: {
      listingId: content.listingId,
      title: content.title,
      descriptionHtml: content.descriptionHtml,
      categoryId,
      brandId,
      attributes: content.attributes,
      images: content.images,
      // 0 says "unknown": the marketplace's own rule on missing weights decides, and its reason comes back to the field.
      weightGrams: heaviest,
      lengthMm: skus[0]?.lengthMm ?? assumedMm.length,
      widthMm: skus[0]?.widthMm ?? assumedMm.width,
      heightMm: skus[0]?.heightMm ?? assumedMm.height,
      skus: skus.map((sku) => ({
        sellerSku: sku.sellerSku,
        title: sku.optionText ? `${content.title} ${sku.optionText}` : content.title,
        price: sku.price ?? { amountMinor: 0, currency: '' },
        quantity: sku.quantity,
        barcode: sku.barcode,
        variantAttributes: sku.variantAttributes ?? {},
      })),
    },
  };
}
