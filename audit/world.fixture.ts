import { randomBytes, randomUUID } from 'node:crypto';
import { observe } from '../db/channel-orders.ts';
import { planOrder } from '../db/consignments.ts';
import type { Database, Tx } from '../db/database.ts';
import { reserveLines, stepOrder } from '../db/orders.ts';
import { createSealer } from '../db/sealing.ts';
import { type Command, create, mustStep } from '../db/steps.ts';

const sealer = createSealer(randomBytes(32));
const at = new Date('2026-07-01T00:30:00Z');

/** Numbers commands, so that each is a new one. */
export function commands(): (role?: Command['role']) => Command {
  let count = 0;
  return (role = 'system') => {
    count += 1;
    return { commandId: `audit-test/${count}/${randomUUID()}`, actor: 'test', role, at };
  };
}

export interface SmallWorld {
  readonly brandId: string;
  readonly skuId: string;
  readonly listingId: string;
  readonly connections: { readonly shop: string; readonly jd: string; readonly carrier: string };
}

/** One brand with a shop, a marketplace and a carrier; one product that is live with 3 offered of 5. */
export async function makeSmallWorld(db: Database): Promise<SmallWorld> {
  const next = commands();
  return db.tx('staff', async (trx) => {
    const brandId = randomUUID();
    await trx('brands').insert({
      id: brandId,
      code: 'kauri',
      name: 'Kauri',
      time_zone: 'Australia/Sydney',
      currency: 'AUD',
      mail_schedule: JSON.stringify({ times: ['11:00', '16:00'], workingDays: [1, 2, 3, 4, 5, 6, 7] }),
      mail_to: ['warehouse@kauri.test'],
      ship_from: JSON.stringify({ name: 'Kauri' }),
      created_at: at,
    });
    const connection = async (code: string, kind: string, connector: string, owner: string | null) => {
      const id = randomUUID();
      const columns = {
        id,
        code,
        kind,
        connector,
        name: code,
        brand_id: owner,
        credentials_proved: true,
        created_at: at,
      };
      const settings = { url: `http://127.0.0.1:1/${code}` };
      await create(trx, 'connection', { ...columns, settings }, next());
      await mustStep(trx, { machine: 'connection', id, event: 'PROVE' }, next('admin'));
      return id;
    };
    const connections = {
      shop: await connection('kauri-shop', 'store', 'woocommerce', brandId),
      jd: await connection('jd', 'marketplace', 'jd-id', null),
      carrier: await connection('dhl', 'carrier', 'dhl-express', null),
    };
    const { skuId, listingId } = await makeListing(trx, brandId, connections, next);
    return { brandId, skuId, listingId, connections };
  });
}

async function makeListing(
  trx: Tx,
  brandId: string,
  { shop, jd }: { shop: string; jd: string },
  next: () => Command,
): Promise<{ skuId: string; listingId: string }> {
  const [productId, skuId, listingId] = [randomUUID(), randomUUID(), randomUUID()];
  const common = { brand_id: brandId, created_at: at };
  await create(
    trx,
    'product',
    { id: productId, ...common, store_connection_id: shop, external_id: '10', title: 'Tee' },
    next(),
  );
  await trx('skus').insert({
    id: skuId,
    ...common,
    product_id: productId,
    sku: 'TEE',
    currency: 'AUD',
    weight_grams: 200,
    on_hand: 5,
  });
  await create(
    trx,
    'listing',
    {
      id: listingId,
      ...common,
      product_id: productId,
      connection_id: jd,
      title: 'Tee',
      external_id: 'spu-1',
      remote: 'LIVE',
    },
    next(),
  );
  await trx('listing_skus').insert({
    id: randomUUID(),
    brand_id: brandId,
    listing_id: listingId,
    sku_id: skuId,
    connection_id: jd,
    seller_sku: 'JD-TEE',
    external_sku_id: 'x-JD-TEE',
    stock_desired: 3,
    stock_acknowledged: 3,
    price_desired_minor: 100_000,
    price_acknowledged_minor: 100_000,
    currency: 'IDR',
  });
  return { skuId, listingId };
}

const idr = (amountMinor: number) => ({ amountMinor, currency: 'IDR' });

/** Takes over an order for `quantity` tees, as the marketplace shows it. Returns our order's id and number. */
export async function announceHere(
  db: Database,
  world: SmallWorld,
  externalId: string,
  quantity: number,
): Promise<{ id: string; number: string }> {
  const next = commands();
  return db.tx('staff', async (trx) => {
    const line = {
      externalLineId: '1',
      sellerSku: 'JD-TEE',
      externalSkuId: 'x-JD-TEE',
      title: 'Tee',
      quantity,
      unitPrice: idr(100_000),
      discount: idr(0),
      tax: idr(0),
    };
    const shipTo = {
      ...{ name: 'Siti', company: null, lines: ['Jl. 1'], city: 'Jakarta', region: null, postcode: null },
      ...{ countryCode: 'ID', phone: null, email: null },
    };
    const snapshot = {
      ...{ externalId, nativeState: '1', tag: 'OPEN' as const, orderedAt: at, modifiedAt: at, shipBy: null },
      ...{ currency: 'IDR', total: idr(quantity * 100_000), shippingCharge: idr(0), shipTo, lines: [line] },
      ...{ buyerNote: null, trackingNumber: null, raw: {} },
    };
    const reading = { externalId, nativeState: '1', tag: 'OPEN' as const, snapshot };
    const input = { connectionId: world.connections.jd, reading, source: 'poll' as const, sealer };
    const { channelOrderId } = await observe(trx, input, next('connector'));
    return trx('orders').where({ channel_order_id: channelOrderId }).first('id', 'number');
  });
}

/** Approves, plans and pushes an order: it ends as SYNCED, in the shop under `shopOrderId`. */
export async function pushHere(db: Database, orderId: string, shopOrderId: string): Promise<void> {
  const next = commands();
  await db.tx('staff', async (trx) => {
    await reserveLines(trx, orderId, next());
    await stepOrder(trx, { id: orderId, event: 'APPROVE' }, next('ops'));
    await planOrder(trx, orderId, next());
    const changes = { shop_order_id: shopOrderId, in_shop_at: at };
    const result = await stepOrder(trx, { id: orderId, event: 'PUSHED', changes }, next('connector'));
    if (!result.ok) throw new Error(result.why);
  });
}
