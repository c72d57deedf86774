import { nextId, nowMs, PRODUCT_STATUS, type Product, setOffer, setPrice, type World } from './model.ts';

/** Longest name the reviewers let through, in characters. A rule of this simulator. */
export const NAME_MAX_CHARACTERS = 100;

/** The listing's state in words, for the facts. */
export function listingState(product: Product): string {
  switch (product.status) {
    case PRODUCT_STATUS.approved:
      return 'ON_SHELF';
    case PRODUCT_STATUS.delisted:
      return 'OFF_SHELF';
    default:
      return product.status;
  }
}

/** Changes a product's status and writes down what that did to its listing. */
export function changeStatus(world: World, product: Product, status: string, reason: string | null): void {
  const from = listingState(product);
  product.status = status;
  product.reason = reason;
  product.reviewDueAt = null;
  const to = listingState(product);
  world.tools.changed();
  if (from === to) return;
  const fact = { fact: 'listing.state' as const, externalId: product.productClientId, from, to };
  world.tools.log.fact(reason === null ? fact : { ...fact, reason });
}

/** Products whose quality check is due now. */
export function dueReviews(world: World): Product[] {
  const now = nowMs(world);
  return Object.values(world.state.products).filter(({ reviewDueAt }) => reviewDueAt !== null && reviewDueAt <= now);
}

/** Ends all checks that are due. */
export function endDueReviews(world: World): void {
  for (const product of dueReviews(world)) endReview(world, product);
}

/** Ends one check: approved and live, or not, with a reason. `forced` overrides the rules. */
export function endReview(world: World, product: Product, forced?: { approve: boolean; reason?: string }): void {
  const listed = (rules: Record<string, string>) =>
    product.skus.map(({ sellerSKUId }) => rules[sellerSKUId]).find((reason) => reason !== undefined);
  const failure = listed(world.state.failSkus);
  if (forced === undefined && failure !== undefined) {
    changeStatus(world, product, PRODUCT_STATUS.failed, failure);
    return;
  }
  const found = listed(world.state.rejectSkus) ?? problemOf(product);
  const why = forced === undefined ? found : forced.approve ? null : (forced.reason ?? found ?? 'changes are wanted');
  if (why === null) approve(world, product);
  else changeStatus(world, product, PRODUCT_STATUS.needsAction, why);
}

/** Only now there are a product and SKUs with numbers of their own; it is live at once. */
function approve(world: World, product: Product): void {
  product.productId ??= `PRO${String(nextId(world, 'product')).padStart(8, '0')}`;
  for (const sku of product.skus) {
    sku.zilingoSKUId ??= `ZSKU${String(nextId(world, 'sku')).padStart(8, '0')}`;
    setPrice(world, sku, sku.price);
    setOffer(world, sku, sku.quantity, 'api');
  }
  changeStatus(world, product, PRODUCT_STATUS.approved, null);
}

function problemOf({ name, description }: Product): string | null {
  if ([...name].length > NAME_MAX_CHARACTERS) return `Product name is longer than ${NAME_MAX_CHARACTERS} characters`;
  return description.replaceAll(/<[^>]*>/g, '').trim() === '' ? 'Product description is missing' : null;
}
