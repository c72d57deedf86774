import { type ChannelOrderTag, channelOrderTags, type RemoteListingStatus } from '../contract/marketplace.ts';

/** One row of a tag table. `confirmed: false` = no source says it: shown as UNCONFIRMED. */
interface TagRow<Tag extends string> {
  readonly native: string;
  readonly tag: Tag;
  readonly meaning: string;
  readonly confirmed: boolean;
}

/** States of a shippable unit, in the order in which one passes through them; the last two end it early. */
export const unitStates: readonly TagRow<ChannelOrderTag>[] = [
  { native: 'awaitingConfirmation', tag: 'OPEN', meaning: 'waits until the seller accepts it', confirmed: true },
  { native: 'awaitingPickupRequest', tag: 'OPEN', meaning: 'accepted; the courier is to be called', confirmed: true },
  { native: 'awaitingPickupSchedule', tag: 'OPEN', meaning: 'called; no time for the courier yet', confirmed: true },
  { native: 'pickupScheduled', tag: 'READY_TO_SHIP', meaning: 'the courier comes', confirmed: true },
  { native: 'inTransit', tag: 'SHIPPED', meaning: 'on its way', confirmed: true },
  { native: 'successfullyProcessed', tag: 'COMPLETED', meaning: 'ended well; whether delivered', confirmed: false },
  { native: 'cancelled', tag: 'CANCELLED', meaning: 'cancelled', confirmed: true },
  { native: 'rejected', tag: 'CANCELLED', meaning: 'refused by the seller', confirmed: true },
];

/** Tags without a native state, with the reason. */
export const orderTagsWithoutNative: Readonly<Partial<Record<ChannelOrderTag, string>>> = {
  AWAITING_PAYMENT: 'no source knows an unpaid state',
  CANCEL_REQUESTED: 'no source knows a pending cancellation: it comes as cancelled',
  RETURN_REQUESTED: 'no source knows a state of returns',
};

/** Null = nobody has translated it: a problem, never a guess. */
export function unitTag(native: string): ChannelOrderTag | null {
  return unitStates.find((row) => row.native === native)?.tag ?? null;
}

/** The native states of a tag; empty where `orderTagsWithoutNative` says why. */
export function nativeUnitStates(tag: ChannelOrderTag): readonly string[] {
  return unitStates.filter((row) => row.tag === tag).map((row) => row.native);
}

/** States in which nothing happens any more. */
export const endedUnitStates: readonly string[] = ['successfullyProcessed', 'cancelled', 'rejected'];

/** What a product's `status` says of the review and of what buyers see. */
interface ProductRow {
  readonly native: string;
  readonly review: 'in_review' | 'passed' | 'rejected';
  readonly remote: RemoteListingStatus;
  readonly meaning: string;
  readonly confirmed: boolean;
}

/** Product `status`. Everything that is not here counts as still in review, as the one known client does. */
export const productStates: readonly ProductRow[] = [
  { native: 'APPROVED', review: 'passed', remote: 'LIVE', meaning: 'live', confirmed: true },
  {
    native: 'NEEDS_ACTION',
    review: 'rejected',
    remote: 'LOCKED',
    meaning: 'the review wants changes',
    confirmed: true,
  },
  { native: 'FAILED', review: 'rejected', remote: 'LOCKED', meaning: 'the review refused it', confirmed: false },
  { native: 'DELISTED', review: 'passed', remote: 'DELISTED', meaning: 'in `delistedProducts`', confirmed: false },
];

/** Case aside; null = a value that nobody has translated. */
export function productState(native: string | null): ProductRow | null {
  return productStates.find((row) => row.native === native?.toUpperCase()) ?? null;
}

/** Names under which the reason of a review is looked for, without case (all UNCONFIRMED but `REASON` at the upload). */
export const reasonKeys = [
  'reason',
  'reasons',
  'needsActionReason',
  'rejectionReason',
  'comments',
  'qcRemarks',
] as const;

/** Words of reasons → field of our listing draft; first match counts. */
export const reasonFields: readonly { readonly pattern: RegExp; readonly field: string }[] = [
  { pattern: /title|product name|\bname\b/i, field: 'title' },
  { pattern: /image|picture|photo/i, field: 'images' },
  { pattern: /descri/i, field: 'descriptionHtml' },
  { pattern: /brand/i, field: 'brandId' },
  { pattern: /colou?r|\bsize|capacit/i, field: 'skus.variantAttributes' },
  { pattern: /attribut/i, field: 'attributes' },
  { pattern: /sub-?categor|categor/i, field: 'categoryId' },
  { pattern: /price|currency|amount/i, field: 'skus.price' },
  { pattern: /quantity|stock/i, field: 'skus.quantity' },
  { pattern: /sellerSKU|seller sku/i, field: 'skus.sellerSku' },
];

/** Which field of ours a text is about; null = unmapped, the raw text stays. */
export function fieldOfReason(raw: string): string | null {
  return reasonFields.find(({ pattern }) => pattern.test(raw))?.field ?? null;
}

const mark = (confirmed: boolean): string => (confirmed ? '' : ' (UNCONFIRMED)');

/** The tables as Markdown, for the documentation. */
export function renderTagTable(): string {
  const missing = channelOrderTags
    .filter((tag) => nativeUnitStates(tag).length === 0)
    .map((tag) => `| – | ${tag} | ${orderTagsWithoutNative[tag] ?? 'no native state'} |`);
  return [
    '| state of a shippable unit | tag | meaning |',
    '| --- | --- | --- |',
    ...unitStates.map((row) => `| ${row.native} | ${row.tag} | ${row.meaning}${mark(row.confirmed)} |`),
    ...missing,
    '| any other | – | kept as it is, shown as a problem |',
    '',
    '| product `status` | review | buyers see | meaning |',
    '| --- | --- | --- | --- |',
    ...productStates.map(
      (row) => `| ${row.native} | ${row.review} | ${row.remote} | ${row.meaning}${mark(row.confirmed)} |`,
    ),
    '| any other | in_review | DELISTED | kept as it is; the known client takes it as pending |',
    '| no such product | – | ABSENT | nothing is answered |',
    '',
  ].join('\n');
}
