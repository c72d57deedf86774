import type { ConnectionFinding, ConnectionReport, ConnectorContext } from '../contract/common.ts';
import type { MarketplaceCapabilities, MarketplaceConnector } from '../contract/marketplace.ts';
import { ConnectorError } from '../errors.ts';
import { JdIdClient } from './client.ts';
import type { GatewayVersion } from './gateways/gateway.ts';
import { gatewayFor } from './gateways/index.ts';
import { printLabel } from './labels.ts';
import { JdIdListings } from './listings.ts';
import { JdIdLookUps } from './lookups.ts';
import { JdIdOffers, STOCK_BATCH_SIZE } from './offers.ts';
import { JdIdOrders, ORDER_BATCH_SIZE } from './orders.ts';
import { JdIdProducts } from './products.ts';
import type { JdIdCredentials, JdIdSettings } from './schema.ts';

/** What JD.id can do, as far as its public clients show; v1 differs in what `gateways/v1/` names. */
export const jdIdCapabilities: MarketplaceCapabilities = {
  sellerCancel: false,
  answerCancelRequest: false,
  webhooks: false,
  stockWrites: 'absolute',
  stockBatchSize: STOCK_BATCH_SIZE,
  priceBatchSize: 1,
  orderDetailBatchSize: ORDER_BATCH_SIZE,
  readsStock: true,
  platformLabel: true,
  labelTiming: 'before',
  ownCarrier: true,
  cancelReturnsOffer: false,
  priceNeedsReview: false,
};

/** Capabilities that no source confirms; shown with the others. */
export const unconfirmedCapabilities: readonly (keyof MarketplaceCapabilities)[] = [
  'sellerCancel',
  'answerCancelRequest',
  'webhooks',
  'stockBatchSize',
  'priceBatchSize',
  'readsStock',
  'cancelReturnsOffer',
];

const hourMs = 3_600_000;

/**
 * A JD.id shop through the gateway that its settings choose. JD.id closed in 2023: see the README for what is
 * reconstructed.
 *
 * @throws ConnectorError Rejected where the credentials lack what that gateway needs
 */
export function createJdIdConnector(ctx: ConnectorContext<JdIdCredentials, JdIdSettings>): MarketplaceConnector {
  const client = new JdIdClient(ctx, gatewayFor(ctx.settings));
  const lookUps = new JdIdLookUps(client, ctx);
  const products = new JdIdProducts(client, ctx.settings);
  const listings = new JdIdListings(client, products, ctx.settings);
  const offers = new JdIdOffers(client, products, ctx.settings, ctx.log);
  const orders = new JdIdOrders(client, ctx.settings);
  return {
    kind: 'marketplace',
    capabilities: { ...jdIdCapabilities, ...client.gateway.capabilities },
    testConnection: () => testConnection(ctx, client.gateway.version, products, orders),
    listCategories: () => lookUps.categories(),
    listAttributes: (categoryId) => lookUps.attributes(categoryId),
    listBrands: () => lookUps.brands(),
    createListing: (draft) => listings.createListing(draft),
    findListing: (sellerSku) => products.findListing(sellerSku),
    updateListing: (ref, draft) => listings.updateListing(ref, draft),
    uploadImages: (ref, images) => listings.uploadImages(ref, images),
    submitForReview: (ref) => listings.submitForReview(ref),
    readReview: (ref) => listings.readReview(ref),
    putOnShelf: (ref) => listings.putOnShelf(ref),
    takeOffShelf: (ref) => listings.takeOffShelf(ref),
    writeStock: (rows) => offers.writeStock(rows),
    writePrices: (rows) => offers.writePrices(rows),
    readLive: (refs) => offers.readLive(refs),
    listOrders: (input) => orders.listOrders(input),
    readOrders: (externalIds) => orders.readOrders(externalIds),
    printLabel: (externalId) => printLabel(client, externalId),
    confirmShipment: (input) => orders.confirmShipment(input),
  };
}

/** Reads one product and an hour of orders. What stands in the way becomes a finding; being throttled is thrown. */
async function testConnection(
  ctx: ConnectorContext<JdIdCredentials, JdIdSettings>,
  version: GatewayVersion,
  products: JdIdProducts,
  orders: JdIdOrders,
): Promise<ConnectionReport> {
  const facts: Record<string, string> = { gateway: ctx.settings.gatewayUrl, api: version };
  const findings: ConnectionFinding[] = [];
  const attempt = async (what: string, run: () => Promise<void>) => {
    try {
      await run();
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.kind === 'RateLimited') throw error;
      const remedy = error.details.remedy ?? 'Check the address in the settings and whether the gateway is up.';
      findings.push({ severity: 'error', what: `${what}: ${error.message}`, remedy });
    }
  };
  await attempt('Products cannot be read', async () => {
    const total = await products.total();
    facts.products = total === null ? 'unknown' : String(total);
  });
  await attempt('Orders cannot be read', async () => {
    const until = await ctx.clock.now();
    const since = new Date(until.getTime() - hourMs);
    const page = await orders.listOrders({ since, until, cursor: null });
    facts.ordersChangedInTheLastHour = `${page.items.length}${page.next === null ? '' : ' or more'}`;
  });
  const account = ctx.settings.venderId ?? `app ${ctx.credentials.appKey.slice(0, 6)}…`;
  return { ok: findings.length === 0, account, facts, findings };
}
