import { randomUUID } from 'node:crypto';
import type { PostalAddress } from '../connectors/contract/common.ts';
import type { ChannelOrderLine } from '../connectors/contract/marketplace.ts';
import { observe, type Reading } from '../db/channel-orders.ts';
import type { Database, Tx } from '../db/database.ts';
import { stepOrder } from '../db/orders.ts';
import { createSealer } from '../db/sealing.ts';
import { type Command, create, mustStep, type Row } from '../db/steps.ts';
import { moveStock, offerAgain } from '../db/stock.ts';
import { externalSkuFor, lineOf, readingOf, sellerSkuFor, snapshotOf, startAt } from './readings.ts';

export * from './readings.ts';

export const testSealer = createSealer(Buffer.alloc(32, 7));

let serial = 0;

/** A name that no other thing of this test file has. */
export const unique = (prefix: string): string => {
  serial += 1;
  return `${prefix}-${serial}`;
};

/** A command with a fresh id unless one is given. */
export function command(overrides: Partial<Command> = {}): Command {
  return { commandId: unique('test/command'), actor: 'a-test', role: 'ops', at: startAt, ...overrides };
}

const warehouse: PostalAddress = {
  name: 'Warehouse',
  company: 'Kauri Wool Pty Ltd',
  lines: ['12 Harbour Street'],
  city: 'Sydney',
  region: 'NSW',
  postcode: '2000',
  countryCode: 'AU',
  phone: '+61 2 5550 1234',
  email: 'warehouse@kauri.test',
};

export async function makeBrand(trx: Tx, columns: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const id = randomUUID();
  await trx('brands').insert({
    id,
    code: unique('brand'),
    name: 'Kauri Wool',
    time_zone: 'Australia/Sydney',
    currency: 'AUD',
    mail_schedule: JSON.stringify({ times: ['11:00', '16:00'], workingDays: [1, 2, 3, 4, 5] }),
    mail_to: ['warehouse@kauri.test'],
    ship_from: JSON.stringify(warehouse),
    created_at: startAt,
    ...columns,
  });
  return id;
}

/** A connected account. */
export async function makeConnection(
  trx: Tx,
  kind: 'store' | 'marketplace' | 'carrier',
  columns: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const id = randomUUID();
  const code = unique(kind);
  const row = {
    id,
    code,
    kind,
    connector: `test-${kind}`,
    name: code,
    credentials_proved: true,
    created_at: startAt,
    ...columns,
  };
  await create(trx, 'connection', row, command());
  await mustStep(trx, { machine: 'connection', id, event: 'PROVE' }, command({ role: 'admin' }));
  return id;
}

export async function makeProduct(
  trx: Tx,
  brandId: string,
  columns: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const id = randomUUID();
  await create(
    trx,
    'product',
    { id, brand_id: brandId, title: 'Wool jumper', created_at: startAt, ...columns },
    command(),
  );
  return id;
}

/** A SKU with `onHand` units read from the shop. */
export async function makeSku(
  trx: Tx,
  input: { brandId: string; productId: string; onHand?: number },
  columns: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const id = randomUUID();
  await trx('skus').insert({
    id,
    brand_id: input.brandId,
    product_id: input.productId,
    sku: unique('SKU'),
    currency: 'AUD',
    price_minor: 9_900,
    weight_grams: 400,
    hs_code: '611011',
    origin_country_code: 'AU',
    created_at: startAt,
    ...columns,
  });
  await moveStock(
    trx,
    { skuId: id, kind: 'LEVEL', quantity: input.onHand ?? 10, reason: 'read from the shop' },
    command(),
  );
  return id;
}

/** A listing of the given SKUs that is live; `seller_sku` and `external_sku_id` are those that `lineOf` uses. */
export async function makeListing(
  trx: Tx,
  input: { brandId: string; productId: string; connectionId: string; skuIds: readonly string[] },
  columns: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const id = randomUUID();
  const row = {
    id,
    brand_id: input.brandId,
    product_id: input.productId,
    connection_id: input.connectionId,
    title: 'Wool jumper',
    remote: 'LIVE',
    created_at: startAt,
    ...columns,
  };
  await create(trx, 'listing', row, command());
  for (const skuId of input.skuIds) {
    await trx('listing_skus').insert({
      id: randomUUID(),
      brand_id: input.brandId,
      listing_id: id,
      sku_id: skuId,
      connection_id: input.connectionId,
      seller_sku: sellerSkuFor(skuId),
      external_sku_id: externalSkuFor(skuId),
      currency: 'IDR',
    });
  }
  await offerAgain(trx, input.skuIds, command());
  return id;
}

/** What most tests need: one brand with its shop, a marketplace, a carrier, two SKUs of `onHand` units each, and a live listing. */
export interface World {
  readonly brandId: string;
  readonly storeId: string;
  readonly marketplaceId: string;
  readonly carrierId: string;
  readonly productId: string;
  readonly skuA: string;
  readonly skuB: string;
}

export async function makeWorld(
  db: Database,
  brand: Readonly<Record<string, unknown>> = {},
  onHand = 10,
): Promise<World> {
  return db.tx('staff', async (trx) => {
    const brandId = await makeBrand(trx, brand);
    const storeId = await makeConnection(trx, 'store', { brand_id: brandId });
    const marketplaceId = await makeConnection(trx, 'marketplace');
    const carrierId = await makeConnection(trx, 'carrier');
    const productId = await makeProduct(trx, brandId, { store_connection_id: storeId, external_id: unique('shop') });
    const skuA = await makeSku(trx, { brandId, productId, onHand });
    const skuB = await makeSku(trx, { brandId, productId, onHand });
    await makeListing(trx, { brandId, productId, connectionId: marketplaceId, skuIds: [skuA, skuB] });
    return { brandId, storeId, marketplaceId, carrierId, productId, skuA, skuB };
  });
}

/** Takes one reading over in a transaction of its own, as the activities do. */
export function see(
  db: Database,
  marketplaceId: string,
  reading: Reading,
  options: { source?: 'poll' | 'webhook' | 'fetch'; at?: Date } = {},
) {
  const version = reading.snapshot?.modifiedAt.getTime() ?? 0;
  return db.tx('staff', (trx) =>
    observe(
      trx,
      { connectionId: marketplaceId, reading, source: options.source ?? 'poll', sealer: testSealer },
      command({
        commandId: `observe/${marketplaceId}/${reading.externalId}/${version}/${reading.nativeState}`,
        role: 'connector',
        at: options.at ?? startAt,
      }),
    ),
  );
}

/** The order that a brand has of a channel order. */
export async function orderOf(db: Database, externalId: string, brandId?: string): Promise<Row> {
  const row = await db.tx('staff', (trx) =>
    trx('orders')
      .join('channel_orders', 'channel_orders.id', 'orders.channel_order_id')
      .where({ external_id: externalId })
      .modify((query) => {
        if (brandId) query.where('orders.brand_id', brandId);
      })
      .first('orders.*'),
  );
  if (!row) throw new Error(`there is no order of ${externalId}`);
  return row;
}

/** A new open order of 2 × SKU A and 1 × SKU B. */
export async function makeOrder(
  db: Database,
  world: World,
  lines: readonly ChannelOrderLine[] = [lineOf(world.skuA, 2), lineOf(world.skuB, 1)],
): Promise<Row> {
  const externalId = unique('channel-order');
  await see(db, world.marketplaceId, readingOf(snapshotOf(externalId, 0, 'OPEN', lines)));
  return orderOf(db, externalId);
}

type OrderEvent = Parameters<typeof stepOrder>[1]['event'];

/** Steps an order and demands that it was possible. */
export async function orderStep(
  db: Database,
  orderId: string,
  event: OrderEvent,
  options: Partial<Command> & { changes?: Readonly<Record<string, unknown>> } = {},
): Promise<Row> {
  const { changes = {}, ...by } = options;
  return db.tx('staff', async (trx) => {
    const result = await stepOrder(trx, { id: orderId, event, changes }, command(by));
    if (!result.ok) throw new Error(`${event} refused: ${result.why}`);
    return trx('orders').where({ id: orderId }).first();
  });
}

/** What the shop answered when the order arrived there. */
export const pushedChanges = (orderId: string) => ({
  shop_order_id: `shop-${orderId}`,
  shop_order_number: '1001',
  in_shop_at: startAt,
});

/** On hand, reserved, and the desired offers of a SKU. */
export async function levelsOf(
  db: Database,
  skuId: string,
): Promise<{ onHand: number; reserved: number; offered: number[] }> {
  return db.tx('staff', async (trx) => {
    const sku = await trx('skus').where({ id: skuId }).first();
    const offered = await trx('listing_skus').where({ sku_id: skuId }).orderBy('id').pluck('stock_desired');
    return { onHand: sku.on_hand, reserved: sku.reserved, offered };
  });
}

/** Every problem of a thing that is not resolved, by kind. */
export async function openProblemsOf(db: Database, entityId: string): Promise<string[]> {
  return db.tx('staff', (trx) =>
    trx('problems').where({ entity_id: entityId }).whereNot({ state: 'RESOLVED' }).orderBy('kind').pluck('kind'),
  );
}
