import { fromMinor } from '../../connectors/contract/minor-units.ts';
import type { RowFinding } from '../../connectors/contract/store.ts';
import { type FieldValue, plainText, valueHashOf, valuesOf } from './fields.ts';
import { minimumValueFindings } from './minimum-value.ts';
import type { Check, ListingRule, RuledListing, RuleGround, Severity } from './types.ts';

/** What a check found of one value, in words; the value is what a person sees beside it. */
interface Complaint {
  readonly value: string | null;
  readonly reason: string;
  readonly remedy: string;
}

type Checks = { readonly [Kind in Check['kind']]: (check: Extract<Check, { kind: Kind }>, at: Place) => Complaint[] };

interface Place {
  readonly listing: RuledListing;
  readonly field: string;
  readonly ground: RuleGround;
}

const complain = (value: string | number | null, reason: string, remedy: string): Complaint[] => [
  { value: value === null ? null : String(value).slice(0, 300), reason, remedy },
];
const isBlank = (value: FieldValue['value']): boolean => value === null || String(value).trim() === '';
const names: Readonly<Record<string, string>> = {
  descriptionHtml: 'description',
  categoryId: 'category',
  brandId: 'brand',
  weightGrams: 'weight',
  lengthMm: 'length',
  widthMm: 'width',
  heightMm: 'height',
  hsCode: 'HS code',
  originCountryCode: 'country of origin',
  sellerSku: 'seller SKU',
  images: 'picture',
};
const nameOf = (field: string): string => names[field] ?? field.replace(/^attributes\./, '');
const whose = ({ sku }: FieldValue): string => (sku === null ? 'It' : sku);
const valuesAt = ({ listing, field }: Place): readonly FieldValue[] => valuesOf(listing, field);
const textOf = ({ field }: Place, value: FieldValue['value']): string =>
  field === 'descriptionHtml' ? plainText(String(value ?? '')) : String(value ?? '').trim();
const crossesBorder = ({ ground: { lane } }: Place): boolean =>
  lane.from !== null && lane.to !== null && lane.from !== lane.to;

const missing = (at: Place, why = ''): Complaint[] =>
  valuesAt(at).flatMap((one) =>
    isBlank(at.field === 'descriptionHtml' ? textOf(at, one.value) : one.value)
      ? complain(null, `${whose(one)} has no ${nameOf(at.field)}${why}.`, `Give it the ${nameOf(at.field)}.`)
      : [],
  );

/** A bound below or above which a number may not be; null: it is within. */
function outside(value: number, { min, max }: { min?: number; max?: number }, unit: string): string | null {
  if (min !== undefined && value < min) return `${value} ${unit}, at least ${min} are needed`;
  if (max !== undefined && value > max) return `${value} ${unit}, at most ${max} are taken`;
  return null;
}

const units: Readonly<Record<string, string>> = { weightGrams: 'g', lengthMm: 'mm', widthMm: 'mm', heightMm: 'mm' };

const checks: Checks = {
  required: (_check, at) => missing(at),
  requiredAbroad: (_check, at) =>
    crossesBorder(at) ? missing(at, `, which goods from ${at.ground.lane.from} to ${at.ground.lane.to} need`) : [],
  length: (check, at) =>
    valuesAt(at).flatMap(({ value }) => {
      if (isBlank(value)) return [];
      const text = textOf(at, value);
      const wrong = outside([...text].length, check, 'characters');
      return wrong === null
        ? []
        : complain(text, `The ${nameOf(at.field)} has ${wrong}.`, `Change the ${nameOf(at.field)} until it fits.`);
    }),
  count: (check, at) => {
    const count = at.field === 'images' ? at.listing.images.length : at.listing.skus.length;
    const what = at.field === 'images' ? 'pictures' : 'SKUs';
    const wrong = outside(count, check, what);
    return wrong === null ? [] : complain(count, `It has ${wrong}.`, `Give the product the right number of ${what}.`);
  },
  image: (check, at) => at.listing.images.flatMap(({ url }) => imageComplaints(check, url, at)),
  forbiddenWords: (check, at) =>
    valuesAt(at).flatMap(({ value }) => {
      const found = check.words.filter((word) => hasWord(textOf(at, value), word));
      return found.length === 0
        ? []
        : complain(
            found.join(', '),
            `The ${nameOf(at.field)} says “${found.join('”, “')}”, which may not stand there.`,
            'Take it out.',
          );
    }),
  forbiddenGoods: (check, at) =>
    valuesOf(at.listing, 'hsCode').flatMap((one) => {
      const code = String(one.value ?? '');
      return check.hsPrefixes.some((prefix) => code.startsWith(prefix))
        ? complain(
            code,
            `${whose(one)} is ${check.goods} by its HS code, which may not be sold there.`,
            'Leave it out of this marketplace, or correct its HS code.',
          )
        : [];
    }),
  range: (check, at) =>
    valuesAt(at).flatMap((one) => {
      if (typeof one.value !== 'number') return [];
      const wrong = outside(one.value, check, units[at.field] ?? '');
      return wrong === null
        ? []
        : complain(
            one.value,
            `${whose(one)} has a ${nameOf(at.field)} of ${wrong}.`,
            `Correct the ${nameOf(at.field)}.`,
          );
    }),
  minPrice: ({ price: least }, at) =>
    at.listing.skus.flatMap(({ sellerSku, price }) => {
      if (price === null || price.currency !== least.currency || price.amountMinor >= least.amountMinor) return [];
      const shown = ({ amountMinor, currency }: typeof least) => `${fromMinor(amountMinor, currency)} ${currency}`;
      return complain(
        shown(price),
        `${sellerSku} costs ${shown(price)}, at least ${shown(least)} is needed.`,
        'Raise its price.',
      );
    }),
  hsCode: ({ minDigits }, at) => {
    if (!crossesBorder(at)) return [];
    const { from, to } = at.ground.lane;
    return valuesOf(at.listing, 'hsCode').flatMap((one) => {
      const digits = String(one.value ?? '').replace(/[.\s]/g, '');
      return new RegExp(`^\\d{${minDigits},}$`).test(digits)
        ? []
        : complain(
            one.value,
            `${whose(one)} has no HS code of ${minDigits} digits, which goods from ${from} to ${to} need.`,
            'Type in its HS code at the product.',
          );
    });
  },
  notAgain: ({ valueHash }, at) =>
    valueHashOf(at.listing, at.field) === valueHash
      ? complain(
          null,
          `The marketplace refused this ${nameOf(at.field)}, and it has not changed since.`,
          `Change the ${nameOf(at.field)}.`,
        )
      : [],
};

function hasWord(text: string, word: string): boolean {
  const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'iu').test(text);
}

/** Pictures that nobody has looked at yet are judged when they are fetched, before anything is sent. */
function imageComplaints(check: Extract<Check, { kind: 'image' }>, url: string, { ground }: Place): Complaint[] {
  const facts = ground.images.get(url);
  if (facts === undefined) return [];
  const { format, widthPx, heightPx, bytes } = facts;
  const remedy = 'Put a picture that fits into the shop, or take this one out.';
  if (format === null || widthPx === null || heightPx === null)
    return complain(url, 'The picture is none that can be read.', remedy);
  const wrong = [
    check.formats && !check.formats.includes(format)
      ? `is a ${format}, taken are ${check.formats.join(' and ')}`
      : null,
    bytes > (check.maxBytes ?? Number.POSITIVE_INFINITY)
      ? `has ${bytes} bytes, at most ${check.maxBytes} are taken`
      : null,
    bounds('wide', widthPx, check.minWidthPx, check.maxWidthPx),
    bounds('high', heightPx, check.minHeightPx, check.maxHeightPx),
  ].filter((text) => text !== null);
  return wrong.length === 0
    ? []
    : complain(url, `A picture of ${widthPx} × ${heightPx} px ${wrong.join(', and ')}.`, remedy);
}

function bounds(how: string, value: number, min = 0, max = Number.POSITIVE_INFINITY): string | null {
  if (value < min) return `is ${value} px ${how}, at least ${min} are needed`;
  return value > max ? `is ${value} px ${how}, at most ${max} are taken` : null;
}

const run = <Kind extends Check['kind']>(check: Extract<Check, { kind: Kind }>, kind: Kind, at: Place): Complaint[] => {
  const judge: (check: Extract<Check, { kind: Kind }>, at: Place) => Complaint[] = checks[kind];
  return judge(check, at);
};

/** How strict a rule is for an account: as its data says, unless the account softens it. */
export function severityOf(rule: ListingRule, { settings }: Pick<RuleGround, 'settings'>): Severity | 'off' {
  return settings.severities?.[rule.id] ?? rule.severity;
}

/** Whether a rule is about a listing at all on that day. */
export const isAbout = (rule: ListingRule, listing: RuledListing, on: string): boolean =>
  (rule.from === undefined || rule.from <= on) &&
  (rule.categoryId === undefined || rule.categoryId === listing.categoryId) &&
  (rule.listingId === undefined || rule.listingId === listing.listingId);

/**
 * Everything that a marketplace's rules, and what it taught us by refusing, find about a listing. Each finding names its
 * field, rule and source. Pure.
 */
export function checkListing(listing: RuledListing, ground: RuleGround): RowFinding[] {
  const { marketplace, learned, on } = ground;
  const findings = [...(marketplace?.rules ?? []), ...learned].flatMap((rule): RowFinding[] => {
    const severity = severityOf(rule, ground);
    if (severity === 'off' || !isAbout(rule, listing, on)) return [];
    const source = `${rule.source}${rule.confirmed ? '' : ' (UNCONFIRMED)'}`;
    return run(rule.check, rule.check.kind, { listing, field: rule.field, ground }).map((complaint) => ({
      field: rule.field,
      ...complaint,
      blocking: severity === 'error',
      rule: rule.id,
      source,
    }));
  });
  return [...findings, ...minimumValueFindings(listing, ground)];
}
