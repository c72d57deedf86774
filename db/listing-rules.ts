import { createHash } from 'node:crypto';
import type { RowFinding } from '../connectors/contract/store.ts';
import type { ListingContent } from '../listings/compose.ts';
import { checkListing } from '../listings/rules/check.ts';
import { minimumValues } from '../listings/rules/minimum-value.ts';
import { rulesOf } from '../listings/rules/registry.ts';
import type {
  AccountRuleSettings,
  Check,
  ImageFacts,
  Lane,
  ListingRule,
  MarketplaceRules,
  RuledListing,
} from '../listings/rules/types.ts';
import type { KnownRate } from '../pricing/exchange.ts';
import { clockNow } from './clock.ts';
import type { Tx } from './database.ts';
import { ratesAmong } from './exchange-rates.ts';
import { grouped } from './queries/paging.ts';
import type { Row } from './steps.ts';

/** A marketplace account as its rules see it. */
export interface RuledAccount {
  readonly id: string;
  readonly marketplace: MarketplaceRules | null;
  readonly settings: AccountRuleSettings;
  /** Where its buyers are, ISO 3166-1 alpha-2; null: not known. */
  readonly country: string | null;
}

interface AccountRow {
  readonly id: string;
  readonly connector: string;
  readonly settings: { readonly region?: unknown };
  readonly listing_defaults: { readonly rules?: AccountRuleSettings };
}

const isCountry = (value: unknown): value is string => typeof value === 'string' && /^[A-Z]{2}$/.test(value);

/** What an account's row says about its rules. */
export function ruledAccount({ id, connector, settings, listing_defaults }: AccountRow): RuledAccount {
  const marketplace = rulesOf(connector);
  const country = isCountry(settings.region) ? settings.region : (marketplace?.country ?? null);
  return { id, marketplace, settings: listing_defaults.rules ?? {}, country };
}

/** The accounts by id. */
export async function ruledAccounts(trx: Tx, connectionIds: readonly string[]): Promise<Map<string, RuledAccount>> {
  const rows: AccountRow[] = await trx('connections')
    .whereIn('id', [...new Set(connectionIds)])
    .select('id', 'connector', 'settings', 'listing_defaults');
  return new Map(rows.map((row) => [row.id, ruledAccount(row)]));
}

export const urlHashOf = (url: string): string => createHash('sha256').update(url).digest('hex');

async function imageFactsOf(trx: Tx, urls: readonly string[]): Promise<Map<string, ImageFacts>> {
  if (urls.length === 0) return new Map();
  const hashes = [...new Set(urls.map(urlHashOf))];
  const rows: {
    url: string;
    format: ImageFacts['format'];
    width_px: number | null;
    height_px: number | null;
    bytes: number;
  }[] = await trx('image_facts').whereIn('url_hash', hashes).select('url', 'format', 'width_px', 'height_px', 'bytes');
  return new Map(
    rows.map((row) => [
      row.url,
      { url: row.url, format: row.format, widthPx: row.width_px, heightPx: row.height_px, bytes: row.bytes },
    ]),
  );
}

/** Pictures of which nothing is known yet. */
export async function imagesNotSeen(trx: Tx, urls: readonly string[]): Promise<string[]> {
  const known = await imageFactsOf(trx, urls);
  return urls.filter((url) => !known.has(url));
}

/** Writes down what pictures are like. */
export async function saveImageFacts(trx: Tx, facts: readonly ImageFacts[], at: Date): Promise<void> {
  if (facts.length === 0) return;
  const rows = new Map(
    facts.map(({ url, format, widthPx, heightPx, bytes }) => [
      urlHashOf(url),
      { url_hash: urlHashOf(url), url, format, width_px: widthPx, height_px: heightPx, bytes, seen_at: at },
    ]),
  );
  await trx('image_facts')
    .insert([...rows.values()])
    .onConflict('url_hash')
    .merge();
}

export interface LearnedRow {
  readonly id: string;
  readonly connection_id: string;
  readonly field: string;
  readonly check: Check;
  readonly category_id: string | null;
  readonly listing_id: string | null;
  readonly reason: string;
  readonly learned_at: Date;
  readonly times: number;
}

const asRule = (row: LearnedRow): ListingRule => ({
  id: `learned.${row.id}`,
  field: row.field,
  severity: 'error',
  check: row.check,
  source: `learned from a rejection on ${row.learned_at.toISOString().slice(0, 10)}: “${row.reason.slice(0, 200)}”`,
  confirmed: true,
  ...(row.category_id === null ? {} : { categoryId: row.category_id }),
  ...(row.listing_id === null ? {} : { listingId: row.listing_id }),
});

/** Rules that rejections taught, in force, per account; those of single listings only where the listing is asked for. */
async function learnedRules(trx: Tx, listings: readonly Row[]): Promise<Map<string, ListingRule[]>> {
  const rows: LearnedRow[] = await trx('listing_learned_rules')
    .whereIn('connection_id', [...new Set(listings.map((row) => String(row.connection_id)))])
    .whereNull('removed_at')
    .where((whose) =>
      whose.whereNull('listing_id').orWhereIn(
        'listing_id',
        listings.map(({ id }) => id),
      ),
    )
    .orderBy(['learned_at', 'id']);
  const perAccount = grouped(rows, ({ connection_id }) => connection_id);
  return new Map([...perAccount].map(([id, all]) => [id, all.map(asRule)]));
}

/** Attribute ids by name, per account and category. */
export async function attributeNames(
  trx: Tx,
  connectionIds: readonly string[],
): Promise<(connectionId: string, categoryId: string | null) => Readonly<Record<string, string>>> {
  const rows: { connection_id: string; category_id: string; attribute_id: string; name: string }[] = await trx(
    'marketplace_attributes',
  )
    .whereIn('connection_id', [...new Set(connectionIds)])
    .select('connection_id', 'category_id', 'attribute_id', 'name');
  const all = grouped(rows, (row) => `${row.connection_id} ${row.category_id}`);
  return (connectionId, categoryId) =>
    Object.fromEntries(
      (all.get(`${connectionId} ${categoryId ?? ''}`) ?? []).map((row) => [row.name, row.attribute_id]),
    );
}

/** A listing's content as rules look at it. */
export const asRuled = (content: ListingContent, attributeIds: Readonly<Record<string, string>>): RuledListing => ({
  ...content,
  attributeIds,
});

/** Where each brand's goods come from: the country that its parcels are sent from. */
async function originsOf(trx: Tx, brandIds: readonly string[]): Promise<Map<string, string | null>> {
  const rows: { id: string; country: unknown }[] = await trx('brands')
    .whereIn('id', [...new Set(brandIds)])
    .select('id', trx.raw(`ship_from ->> 'countryCode' as country`));
  return new Map(rows.map(({ id, country }) => [id, isCountry(country) ? country : null]));
}

/** Rates are read only where a country's minimum value has to be judged in dollars. */
async function ratesFor(
  trx: Tx,
  accounts: Iterable<RuledAccount>,
  contents: readonly ListingContent[],
  at: Date,
): Promise<KnownRate[]> {
  const judged = [...accounts].some(
    ({ country, settings }) =>
      settings.directFromAbroad !== 'no' && minimumValues.some((rule) => rule.country === country),
  );
  if (!judged) return [];
  const currencies = contents.flatMap(({ skus }) => skus.flatMap(({ price }) => (price ? [price.currency] : [])));
  return ratesAmong(trx, [...new Set([...currencies, ...minimumValues.map(({ least }) => least.currency)])], at);
}

/**
 * What the rules of their marketplaces find about these listings, in their order: a fixed number of queries, however many
 * there are. `learned: false` leaves out what rejections taught: that holds from the next approval on, it does not undo
 * one that was given.
 */
export async function ruleFindings(
  trx: Tx,
  listings: readonly Row[],
  contents: readonly ListingContent[],
  { learned: withLearned = true } = {},
): Promise<RowFinding[][]> {
  const ids = listings.map((row) => String(row.connection_id));
  const accounts = await ruledAccounts(trx, ids);
  const learned = withLearned ? await learnedRules(trx, listings) : new Map<string, ListingRule[]>();
  if (learned.size === 0 && [...accounts.values()].every(({ marketplace }) => marketplace === null))
    return contents.map(() => []);
  const at = await clockNow(trx);
  const attributesOf = await attributeNames(trx, ids);
  const origins = await originsOf(
    trx,
    listings.map((row) => String(row.brand_id)),
  );
  const images = await imageFactsOf(
    trx,
    contents.flatMap((content) => content.images.map(({ url }) => url)),
  );
  const rates = await ratesFor(trx, accounts.values(), contents, at);
  return contents.map((content, index) => {
    const row = listings[index];
    const account = accounts.get(String(row?.connection_id));
    if (!row || !account) return [];
    const lane: Lane = { from: origins.get(String(row.brand_id)) ?? null, to: account.country };
    return checkListing(asRuled(content, attributesOf(account.id, content.categoryId)), {
      ...{ marketplace: account.marketplace, settings: account.settings, lane, images, rates },
      learned: learned.get(account.id) ?? [],
      on: at.toISOString().slice(0, 10),
    });
  });
}
