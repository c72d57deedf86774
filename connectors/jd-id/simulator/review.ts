import {
  AUDIT_STATUS,
  type Content,
  nowMs,
  type ReviewRule,
  type Spu,
  skusOf,
  WARE_STATUS,
  type World,
} from './model.ts';
import { decimalNumber, filledText } from './values.ts';

/** Longest title the reviewers let through, in characters. A rule of this simulator. */
export const TITLE_MAX_CHARACTERS = 100;

/** True while a first or a change review runs. */
export function isUnderReview(spu: Spu): boolean {
  return spu.auditStatus === AUDIT_STATUS.firstReview || spu.auditStatus === AUDIT_STATUS.changeReview;
}

/** The listing's state in words, for the facts. */
export function listingState(spu: Spu): string {
  if (spu.wareStatus === WARE_STATUS.neverApproved) {
    if (spu.auditStatus === AUDIT_STATUS.firstReview) return 'IN_REVIEW';
    return spu.auditStatus === AUDIT_STATUS.refused ? 'REJECTED' : 'DRAFT';
  }
  if (spu.wareStatus === WARE_STATUS.locked) return 'LOCKED';
  if (spu.wareStatus === WARE_STATUS.takenDown) {
    return spu.auditStatus === AUDIT_STATUS.changeReview ? 'TAKEN_DOWN+CHANGE_IN_REVIEW' : 'TAKEN_DOWN';
  }
  const shelf = spu.wareStatus === WARE_STATUS.onShelf ? 'ON_SHELF' : 'OFF_SHELF';
  if (spu.auditStatus === AUDIT_STATUS.changeReview) return `${shelf}+CHANGE_IN_REVIEW`;
  return spu.auditStatus === AUDIT_STATUS.refused ? `${shelf}+CHANGE_REJECTED` : shelf;
}

/** A product as the ground truth shows it. */
export function productView(world: World, spu: Spu) {
  return { ...spu, externalId: String(spu.spuId), listingState: listingState(spu), skus: skusOf(world, spu.spuId) };
}

/** Changes a product and writes down what that did to its listing. */
export function changeListing(world: World, spu: Spu, change: () => void, reason?: string): void {
  const from = listingState(spu);
  change();
  spu.modified = nowMs(world);
  const to = listingState(spu);
  if (from === to) return;
  const fact = { fact: 'listing.state' as const, externalId: String(spu.spuId), from, to };
  world.tools.log.fact(reason === undefined ? fact : { ...fact, reason });
}

/** Puts a product under review; it ends `reviewDelayMs`, or what a rule says, later. */
export function startReview(world: World, spu: Spu): void {
  changeListing(world, spu, () => {
    const isFirst = spu.wareStatus === WARE_STATUS.neverApproved;
    spu.auditStatus = isFirst ? AUDIT_STATUS.firstReview : AUDIT_STATUS.changeReview;
    if (spu.wareStatus !== WARE_STATUS.takenDown) spu.auditReason = null;
    spu.reviewDueAt = nowMs(world) + (ruleOf(world, spu)?.delayMs ?? world.options.reviewDelayMs);
  });
}

/** Products whose review is due now. */
export function dueReviews(world: World): Spu[] {
  const now = nowMs(world);
  return Object.values(world.state.spus).filter(({ reviewDueAt }) => reviewDueAt !== null && reviewDueAt <= now);
}

/** Ends all reviews that are due; answers how many. */
export function endDueReviews(world: World): number {
  const due = dueReviews(world);
  for (const spu of due) endReview(world, spu);
  if (due.length > 0) world.tools.changed();
  return due.length;
}

/** Ends one review: approved, or refused with a reason. `forced` overrides the rules. */
export function endReview(world: World, spu: Spu, forced?: { approve: boolean; reason?: string }): void {
  const found = refusalReason(world, spu);
  const reason =
    forced === undefined ? found : forced.approve ? null : (forced.reason ?? found ?? 'refused by the reviewer');
  const isOffShelfNow = [WARE_STATUS.neverApproved, WARE_STATUS.takenDown].some((one) => one === spu.wareStatus);
  countDown(world, spu);
  changeListing(
    world,
    spu,
    () => {
      spu.reviewDueAt = null;
      spu.auditReason = reason;
      spu.auditStatus = reason === null ? AUDIT_STATUS.approved : AUDIT_STATUS.refused;
      if (reason !== null) return;
      if (isOffShelfNow) spu.wareStatus = spu.shelvesItself === true ? WARE_STATUS.onShelf : WARE_STATUS.offShelf;
      if (spu.draft !== null) spu.content = spu.draft;
      spu.draft = null;
    },
    reason ?? undefined,
  );
}

function refusalReason(world: World, spu: Spu): string | null {
  const content: Content = spu.draft ?? spu.content;
  const skus = skusOf(world, spu.spuId);
  const listed = ruleOf(world, spu);
  if (listed !== undefined && listed.reason !== null) return listed.reason;
  const title = String(content.fields.spuName ?? '');
  if ([...title].length > TITLE_MAX_CHARACTERS)
    return `Product title is longer than ${TITLE_MAX_CHARACTERS} characters`;
  const isWeighed = isWeight(content.fields.weight) || skus.every(({ fields }) => isWeight(fields.weight));
  if (!isWeighed) return 'Product weight is missing';
  if (filledText(content.fields.description) === undefined) return 'Product description is missing';
  if (content.images.length === 0) return 'Product has no image';
  return null;
}

/** The first rule for one of the product's SKUs. */
function ruleOf(world: World, spu: Spu): ReviewRule | undefined {
  const { rejectSkus } = world.state;
  const skus = skusOf(world, spu.spuId);
  const sku = skus.find(({ sellerSkuId }) => Object.hasOwn(rejectSkus, sellerSkuId));
  return sku === undefined ? undefined : rejectSkus[sku.sellerSkuId];
}

/** Counts a review against the rule that held for it. */
function countDown(world: World, spu: Spu): void {
  const rule = ruleOf(world, spu);
  if (rule === undefined || rule.times === null) return;
  rule.times -= 1;
  if (rule.times > 0) return;
  world.state.rejectSkus = Object.fromEntries(Object.entries(world.state.rejectSkus).filter(([, one]) => one !== rule));
}

function isWeight(value: unknown): boolean {
  return (decimalNumber(value) ?? 0) > 0;
}
