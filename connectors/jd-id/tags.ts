import {
  type ChannelOrderTag,
  channelOrderTags,
  type RemoteListingStatus,
  type ReviewVerdict,
} from '../contract/marketplace.ts';
import type { GatewayVersion } from './gateways/gateway.ts';

/** One row of a tag table. `confirmed: false` = no source, or sources disagree: shown as UNCONFIRMED. */
interface TagRow<Tag extends string> {
  readonly native: string;
  readonly tag: Tag;
  readonly meaning: string;
  readonly confirmed: boolean;
}

/** `orderState` → tag, all values that any source names. */
export const orderStates: readonly TagRow<ChannelOrderTag>[] = [
  { native: '1', tag: 'OPEN', meaning: 'paid, waiting for the seller to ship', confirmed: true },
  { native: '7', tag: 'READY_TO_SHIP', meaning: 'ready to ship; its trigger is UNCONFIRMED', confirmed: true },
  { native: '2', tag: 'SHIPPED', meaning: 'shipped', confirmed: true },
  { native: '3', tag: 'CANCEL_REQUESTED', meaning: 'buyer asked to cancel, pending', confirmed: true },
  { native: '4', tag: 'RETURN_REQUESTED', meaning: 'waiting refuse: rejection or return pending', confirmed: false },
  { native: '5', tag: 'CANCELLED', meaning: 'cancelled', confirmed: true },
  { native: '6', tag: 'COMPLETED', meaning: 'completed', confirmed: true },
];

/** Tags without a native state, with the reason. */
export const orderTagsWithoutNative: Readonly<Partial<Record<ChannelOrderTag, string>>> = {
  AWAITING_PAYMENT: 'orders appear once paid; no source knows an unpaid state',
};

/** Null = nobody has translated it: a problem, never a guess. */
export function orderTag(native: string): ChannelOrderTag | null {
  return orderStates.find((row) => row.native === native)?.tag ?? null;
}

/** The native states of a tag; empty where `orderTagsWithoutNative` says why. */
export function nativeOrderStates(tag: ChannelOrderTag): readonly string[] {
  return orderStates.filter((row) => row.tag === tag).map((row) => row.native);
}

/** `wareStatus` → what is true over there. Only 1 and 2 are in a source; v1 may use other numbers than v2. */
export const wareStates: Readonly<Record<GatewayVersion, readonly TagRow<RemoteListingStatus>[]>> = {
  v1: [
    { native: '0', tag: 'DELISTED', meaning: 'never approved; an assumption', confirmed: false },
    { native: '1', tag: 'LIVE', meaning: 'on the shelf', confirmed: true },
    { native: '2', tag: 'DELISTED', meaning: 'exists, not on the shelf', confirmed: false },
    { native: '3', tag: 'DELISTED', meaning: 'taken down by JD.id; an assumption', confirmed: false },
    { native: '4', tag: 'LOCKED', meaning: 'locked by JD.id; an assumption', confirmed: false },
    { native: '5', tag: 'DELISTED', meaning: 'refused by the first review; an assumption', confirmed: false },
    { native: '6', tag: 'DELISTED', meaning: 'in the first review; an assumption', confirmed: false },
  ],
  v2: [
    { native: '0', tag: 'DELISTED', meaning: 'never approved; an assumption', confirmed: false },
    { native: '1', tag: 'LIVE', meaning: 'on the shelf', confirmed: true },
    { native: '2', tag: 'DELISTED', meaning: 'exists, not on the shelf', confirmed: false },
    { native: '3', tag: 'DELISTED', meaning: 'taken down by JD.id; an assumption', confirmed: false },
    { native: '4', tag: 'LOCKED', meaning: 'locked by JD.id; an assumption', confirmed: false },
  ],
};

/** Values of `wareStatus` that are the platform's doing: then its reason is shown. Both are assumptions. */
export const takenDownByPlatform: readonly string[] = ['3', '4'];

/** Statuses without a native value, with what stands for them. */
export const remoteTagsWithoutNative: Readonly<Partial<Record<RemoteListingStatus, string>>> = {
  ABSENT: 'no such product: deleted or never created',
};

/** Null = a value that nobody has translated. */
export function wareTag(version: GatewayVersion, native: string | null): RemoteListingStatus | null {
  return wareStates[version].find((row) => row.native === native)?.tag ?? null;
}

export type ReviewStatus = ReviewVerdict['status'];

/** Where a gateway shows what the review says. */
interface ReviewTable {
  readonly field: 'auditStatus' | 'wareStatus';
  readonly states: readonly TagRow<ReviewStatus>[];
  /** Values during which a product must not be submitted again. */
  readonly underReview: readonly string[];
  /** While a change of an approved product is under review: its old content is shown. Null: the gateway never says so. */
  readonly changeUnderReview: string | null;
}

/** Review values → review. Of v2's only 4 is in a source; v1 has no field of its own. Settings may correct them. */
export const reviews: Readonly<Record<GatewayVersion, ReviewTable>> = {
  v1: {
    field: 'wareStatus',
    states: [
      { native: '0', tag: 'in_review', meaning: 'not submitted; an assumption', confirmed: false },
      { native: '1', tag: 'passed', meaning: 'on the shelf', confirmed: true },
      { native: '2', tag: 'passed', meaning: 'off the shelf, so once approved; an assumption', confirmed: false },
      { native: '3', tag: 'passed', meaning: 'once approved, taken down; an assumption', confirmed: false },
      { native: '4', tag: 'passed', meaning: 'once approved, locked; an assumption', confirmed: false },
      { native: '5', tag: 'rejected', meaning: 'refused, without a reason; an assumption', confirmed: false },
      { native: '6', tag: 'in_review', meaning: 'first review; an assumption', confirmed: false },
    ],
    underReview: ['6'],
    changeUnderReview: null,
  },
  v2: {
    field: 'auditStatus',
    states: [
      { native: '0', tag: 'in_review', meaning: 'not submitted; an assumption', confirmed: false },
      { native: '1', tag: 'in_review', meaning: 'first review; an assumption', confirmed: false },
      { native: '2', tag: 'passed', meaning: 'approved; an assumption', confirmed: false },
      { native: '3', tag: 'rejected', meaning: 'refused; an assumption', confirmed: false },
      { native: '4', tag: 'in_review', meaning: 'change under review: must not be submitted again', confirmed: true },
    ],
    underReview: ['1', '4'],
    changeUnderReview: '4',
  },
};

/** Null = a value that nobody has translated: treated as still in review, the native value kept. */
export function reviewTag(
  version: GatewayVersion,
  native: string | null,
  extra: Readonly<Record<string, ReviewStatus>> = {},
): ReviewStatus | null {
  if (native === null) return null;
  return extra[native] ?? reviews[version].states.find((row) => row.native === native)?.tag ?? null;
}

/** The native review values of a verdict. */
export function nativeReviews(version: GatewayVersion, status: ReviewStatus): readonly string[] {
  return reviews[version].states.filter((row) => row.tag === status).map((row) => row.native);
}

/** The native values of a remote status; empty where `remoteTagsWithoutNative` says why. */
export function nativeWareStates(version: GatewayVersion, status: RemoteListingStatus): readonly string[] {
  return wareStates[version].filter((row) => row.tag === status).map((row) => row.native);
}

/** Names under which a product's refusal reason is looked for (all UNCONFIRMED). */
export const reasonKeys = ['auditReason', 'rejectReason', 'auditRemark', 'auditMsg', 'refuseReason'] as const;

/** Words of reasons and refusals → field of our listing draft. English and Indonesian; first match counts. */
export const reasonFields: readonly { readonly pattern: RegExp; readonly field: string }[] = [
  { pattern: /title|judul|product name|nama produk|spuName/i, field: 'title' },
  { pattern: /image|picture|photo|gambar|foto/i, field: 'images' },
  { pattern: /descri|deskripsi/i, field: 'descriptionHtml' },
  { pattern: /brand|merek/i, field: 'brandId' },
  { pattern: /categor|kategori|\bcatId\b/i, field: 'categoryId' },
  { pattern: /saleAttr|variant|varian/i, field: 'skus.variantAttributes' },
  { pattern: /attribut|propert|atribut/i, field: 'attributes' },
  { pattern: /weight|berat/i, field: 'weightGrams' },
  { pattern: /pack(age|Long|Wide|Height)|dimension|length|width|height|panjang|lebar|tinggi/i, field: 'lengthMm' },
  { pattern: /price|harga/i, field: 'skus.price' },
  { pattern: /stock|stok|quantity/i, field: 'skus.quantity' },
  { pattern: /upc|barcode/i, field: 'skus.barcode' },
  { pattern: /sellerSku|seller sku/i, field: 'skus.sellerSku' },
  { pattern: /name|nama/i, field: 'title' },
];

/** Which field of ours a text is about; null = unmapped, the raw text stays. */
export function fieldOfReason(raw: string): string | null {
  return reasonFields.find(({ pattern }) => pattern.test(raw))?.field ?? null;
}

/** The tables as Markdown, for the documentation. */
export function renderTagTable(): string {
  const rows = <Tag extends string>(table: readonly TagRow<Tag>[]) =>
    table.map((row) => `| ${row.native} | ${row.tag} | ${row.meaning}${row.confirmed ? '' : ' (UNCONFIRMED)'} |`);
  const without = (tags: Readonly<Record<string, string>>) =>
    Object.entries(tags).map(([tag, why]) => `| – | ${tag} | ${why} |`);
  const head = (name: string) => [`| ${name} | tag | meaning |`, '| --- | --- | --- |'];
  const missing = channelOrderTags
    .filter((tag) => nativeOrderStates(tag).length === 0)
    .map((tag) => [tag, orderTagsWithoutNative[tag] ?? 'no native state']);
  const products = (version: GatewayVersion) => [
    ...head(`\`wareStatus\` (${version})`),
    ...rows(wareStates[version]),
    ...without(remoteTagsWithoutNative),
    '| any other | DELISTED | exists; kept as it is and logged |',
    '',
    ...head(`review: \`${reviews[version].field}\` (${version})`),
    ...rows(reviews[version].states),
    '| any other | in_review | kept as it is; settings may name its meaning |',
    '',
  ];
  return [
    ...head('`orderState` (v1 and v2)'),
    ...rows(orderStates),
    ...without(Object.fromEntries(missing)),
    '| any other | – | kept as it is, shown as a problem |',
    '',
    ...products('v2'),
    ...products('v1'),
  ].join('\n');
}
