import type { ListingDraft } from '../contract/marketplace.ts';
import { ConnectorError } from '../errors.ts';
import type { JdIdSettings } from './schema.ts';

const isId = (id: string): boolean => /^\d+$/.test(id);
const isPositive = (value: number): boolean => Number.isSafeInteger(value) && value > 0;

/**
 * What the gateway cannot take, before it is sent. Fields are those of our draft. JD.id's own rules (lengths, required
 * attributes, forbidden words) are not known here: the platform's refusal names them.
 *
 * @throws ConnectorError Rejected with the field
 */
export function checkDraft(draft: ListingDraft, { currency = 'IDR' }: JdIdSettings): void {
  const problem =
    productProblem(draft) ??
    attributeProblem('attributes', draft.attributes) ??
    draft.skus.map((sku) => skuProblem(sku, currency)).find((found) => found !== null) ??
    variantProblem(draft);
  if (problem !== null) throw refused(...problem);
}

/** @throws ConnectorError Rejected where there is no picture, or one that is neither JPEG nor PNG */
export function checkImages(images: readonly { readonly bytes: Buffer; readonly fileName: string }[]): void {
  if (images.length === 0) throw refused('images', 'a product needs at least one image');
  const strange = images.find(({ bytes }) => !isPicture(bytes));
  if (strange !== undefined) throw refused('images', `${strange.fileName} is neither JPEG nor PNG`);
}

type Problem = readonly [field: string, what: string];

function productProblem(draft: ListingDraft): Problem | null {
  if (draft.title.trim() === '') return ['title', 'a product needs a title'];
  if (!isId(draft.categoryId)) return ['categoryId', 'a product needs a category of JD.id'];
  if (!isId(draft.brandId)) return ['brandId', 'a product needs a brand of JD.id'];
  if (!isPositive(draft.weightGrams)) return ['weightGrams', 'a product needs a weight'];
  for (const side of ['lengthMm', 'widthMm', 'heightMm'] as const) {
    if (!isPositive(draft[side])) return [side, 'a product needs the measures of its parcel'];
  }
  return draft.skus.length === 0 ? ['skus', 'a product needs at least one SKU'] : null;
}

/** Ids are sent as `attribute:value;…`, so nothing else may stand in them. */
function attributeProblem(field: string, attributes: Readonly<Record<string, string>>): Problem | null {
  const wrong = Object.entries(attributes).find(([attribute, value]) => !isId(attribute) || !isId(value));
  return wrong === undefined ? null : [field, `attribute ${wrong[0]} has no value of JD.id`];
}

function skuProblem(sku: ListingDraft['skus'][number], currency: string): Problem | null {
  if (sku.sellerSku.trim() === '') return ['skus.sellerSku', 'a SKU needs its number'];
  if (sku.title.trim() === '') return ['skus.title', `${sku.sellerSku} needs a title`];
  if (sku.price.currency !== currency || !isPositive(sku.price.amountMinor)) {
    return ['skus.price', `${sku.sellerSku} needs a whole, positive price in ${currency}`];
  }
  if (!Number.isSafeInteger(sku.quantity) || sku.quantity < 0) {
    return ['skus.quantity', `${sku.sellerSku} needs a whole quantity from 0 on`];
  }
  return attributeProblem('skus.variantAttributes', sku.variantAttributes);
}

function variantProblem({ skus }: ListingDraft): Problem | null {
  const seen = new Set<string>();
  for (const { sellerSku } of skus) {
    if (seen.has(sellerSku)) return ['skus.sellerSku', `${sellerSku} is there twice`];
    seen.add(sellerSku);
  }
  return null;
}

function isPicture(bytes: Buffer): boolean {
  const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
  return isJpeg || bytes.subarray(0, 8).toString('hex') === '89504e470d0a1a0a';
}

function refused(field: string, what: string): ConnectorError {
  return new ConnectorError('Rejected', `Not sent to JD.id: ${what}`, {
    code: 'bad_draft',
    field,
    remedy: 'Complete the listing, then publish it again.',
  });
}
