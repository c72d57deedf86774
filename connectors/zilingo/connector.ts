import type { ConnectionFinding, ConnectionReport, ConnectorContext } from '../contract/common.ts';
import type { ListingRef, MarketplaceCapabilities, MarketplaceConnector } from '../contract/marketplace.ts';
import { ConnectorError } from '../errors.ts';
import { ZilingoClient } from './client.ts';
import { byHand } from './errors.ts';
import { ZilingoListings } from './listings.ts';
import { STOCK_BATCH_SIZE, ZilingoOffers } from './offers.ts';
import { ORDER_BATCH_SIZE, ZilingoOrders } from './orders.ts';
import type { ZilingoCredentials, ZilingoSettings } from './schema.ts';

/** What the seller API can do, as far as its public clients show; what nobody could confirm is off unless settings say else. */
export function zilingoCapabilities({
  unconfirmed = {},
}: Pick<ZilingoSettings, 'unconfirmed'>): MarketplaceCapabilities {
  return {
    sellerCancel: false,
    answerCancelRequest: false,
    webhooks: false,
    stockWrites: 'delta',
    stockBatchSize: STOCK_BATCH_SIZE,
    priceBatchSize: 20,
    orderDetailBatchSize: ORDER_BATCH_SIZE,
    readsStock: true,
    platformLabel: unconfirmed.label === true,
    labelTiming: 'before',
    acceptsOrders: unconfirmed.accept === true,
    arrangesPickup: unconfirmed.pickup === true,
    updatesContent: false,
    findsListings: false,
    imagesByUrl: true,
    delists: false,
    confirmsShipments: unconfirmed.ship === true,
    ownCarrier: unconfirmed.ship === true,
    cancelReturnsOffer: false,
    priceNeedsReview: false,
  };
}

/** Capabilities that no source confirms; shown with the others. */
export const unconfirmedCapabilities: readonly (keyof MarketplaceCapabilities)[] = [
  'sellerCancel',
  'answerCancelRequest',
  'webhooks',
  'stockBatchSize',
  'priceBatchSize',
  'platformLabel',
  'labelTiming',
  'acceptsOrders',
  'arrangesPickup',
  'updatesContent',
  'findsListings',
  'delists',
  'confirmsShipments',
  'ownCarrier',
  'cancelReturnsOffer',
  'priceNeedsReview',
];

/** A Zilingo seller account. Zilingo closed in 2023: see the README for what is reconstructed. */
export function createZilingoConnector(
  ctx: ConnectorContext<ZilingoCredentials, ZilingoSettings>,
): MarketplaceConnector {
  const { settings } = ctx;
  const client = new ZilingoClient(ctx);
  const listings = new ZilingoListings(client, settings);
  const offers = new ZilingoOffers(client, listings, settings, ctx.log);
  const orders = new ZilingoOrders(client, settings, () => ctx.clock.now());
  const unconfirmed = settings.unconfirmed ?? {};
  return {
    kind: 'marketplace',
    capabilities: zilingoCapabilities(settings),
    testConnection: () => testConnection(ctx, listings, orders),
    listCategories: () => listings.listCategories(),
    listAttributes: (categoryId) => listings.listAttributes(categoryId),
    createListing: (draft) => listings.createListing(draft),
    findListing: (sellerSku) => listings.findListing(sellerSku),
    updateListing: async () => {
      throw byHand('changing the content of a product');
    },
    // They go with the upload, by their addresses, and the upload is the submission.
    uploadImages: async () => undefined,
    submitForReview: async () => undefined,
    readReview: (ref) => listings.readReview(ref),
    // Approved is live.
    putOnShelf: async () => undefined,
    takeOffShelf: (ref) => sellOut(offers, ref),
    writeStock: (rows) => offers.writeStock(rows),
    readStock: (rows) => offers.readStock(rows),
    changeStock: (rows) => offers.changeStock(rows),
    writePrices: (rows) => offers.writePrices(rows),
    readLive: (refs) => offers.readLive(refs),
    listOrders: (input) => orders.listOrders(input),
    readOrders: (externalIds) => orders.readOrders(externalIds),
    ...(unconfirmed.accept === true ? { acceptOrder: (externalId: string) => orders.acceptOrder(externalId) } : {}),
    ...(unconfirmed.pickup === true
      ? { arrangePickup: (input: { externalId: string; readyAt: Date }) => orders.arrangePickup(input) }
      : {}),
    ...(unconfirmed.label === true ? { printLabel: (externalId: string) => orders.printLabel(externalId) } : {}),
    confirmShipment: (input) => orders.confirmShipment(input),
  };
}

/** There is no call that takes a product down: nothing is offered of it any more. Repeated after success: nothing happens. */
async function sellOut(offers: ZilingoOffers, { externalId, skus }: ListingRef): Promise<void> {
  const outcomes = await offers.writeStock(skus.map((sku) => ({ ...sku, externalId, quantity: 0 })));
  for (const outcome of outcomes) {
    if (!outcome.ok) throw new ConnectorError('Rejected', `${outcome.key}: ${outcome.reason}`, { code: outcome.code });
  }
}

const hourMs = 3_600_000;

/** Reads the orders' states and the sub-categories. What stands in the way becomes a finding; being throttled is thrown. */
async function testConnection(
  ctx: ConnectorContext<ZilingoCredentials, ZilingoSettings>,
  listings: ZilingoListings,
  orders: ZilingoOrders,
): Promise<ConnectionReport> {
  const { settings, credentials } = ctx;
  const facts: Record<string, string> = { address: settings.baseUrl, currency: settings.currency ?? 'SGD' };
  const findings: ConnectionFinding[] = [];
  const attempt = async (what: string, run: () => Promise<void>) => {
    try {
      await run();
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.kind === 'RateLimited') throw error;
      const remedy = error.details.remedy ?? 'Check the address in the settings and whether the API is up.';
      findings.push({ severity: 'error', what: `${what}: ${error.message}`, remedy });
    }
  };
  await attempt('Orders cannot be read', async () => {
    const until = await ctx.clock.now();
    const page = await orders.listOrders({ since: new Date(until.getTime() - hourMs), until, cursor: null });
    facts.orders = String(page.total);
  });
  await attempt('Sub-categories cannot be read', async () => {
    facts.subCategories = String((await listings.listCategories()).length);
  });
  if ((settings.subCategoryIds ?? []).length === 0) {
    const remedy = 'Copy the ids of the sub-categories in use from the portal’s upload sheets into the settings.';
    findings.push({ severity: 'warning', what: 'No sub-categories are named: categories cannot be mapped', remedy });
  }
  const ok = findings.every(({ severity }) => severity !== 'error');
  return { ok, account: credentials.sellerId, facts, findings };
}
