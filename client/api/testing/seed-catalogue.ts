import { randomUUID } from 'node:crypto';
import { storeConsignee } from '../../../db/consignees.ts';
import type { Tx } from '../../../db/database.ts';
import type { Sealer } from '../../../db/sealing.ts';
import { create } from '../../../db/steps.ts';
import { command, type SeededAccounts, type SeededBrand, seededAt } from './seed-parts.ts';

/** A product with one SKU and its listing. */
export async function seedCatalogue(trx: Tx, brand: SeededBrand, accounts: SeededAccounts): Promise<void> {
  const common = { brand_id: brand.id, created_at: seededAt };
  await create(
    trx,
    'product',
    {
      id: brand.product,
      ...common,
      store_connection_id: brand.store,
      external_id: '4711',
      title: `Serum of ${brand.code}`,
      description_html: '<p>Soft</p>',
      attributes: { Volume: ['30 ml'] },
      images: [{ url: 'https://shop.example.com/a.jpg', alt: null }],
    },
    command(brand.product),
  );
  await trx('skus').insert({
    id: brand.sku,
    ...common,
    product_id: brand.product,
    sku: 'SERUM-30',
    price_minor: 2_500,
    currency: 'AUD',
    weight_grams: 120,
    on_hand: 20,
    reserved: 2,
    safety_stock: 3,
  });
  await create(
    trx,
    'listing',
    {
      id: brand.listing,
      ...common,
      product_id: brand.product,
      connection_id: accounts.marketplace,
      title: `Serum of ${brand.code}`,
      description_html: '<p>Soft</p>',
      category_id: '75061450',
      content_hash: 'first-content',
    },
    command(brand.listing),
  );
  await trx('listing_skus').insert({
    id: randomUUID(),
    brand_id: brand.id,
    listing_id: brand.listing,
    sku_id: brand.sku,
    connection_id: accounts.marketplace,
    seller_sku: `${brand.code}-SERUM-30`,
    currency: 'IDR',
    stock_desired: 15,
    stock_acknowledged: 14,
    price_desired_minor: 270_000,
    price_acknowledged_minor: 270_000,
  });
}

const addressIn = (brand: SeededBrand) => ({
  name: `Buyer of ${brand.code}`,
  company: null,
  lines: ['Jalan Melati 5'],
  city: 'Jakarta',
  region: null,
  postcode: '10110',
  countryCode: 'ID',
  phone: '+62215550100',
  email: null,
});

/** An order of two units, announced by the marketplace. */
export async function seedOrder(trx: Tx, sealer: Sealer, brand: SeededBrand, accounts: SeededAccounts): Promise<void> {
  const consigneeId = await storeConsignee(trx, sealer, addressIn(brand), seededAt);
  const external = `MP-${brand.code}-1`;
  await create(
    trx,
    'channel_order',
    {
      id: brand.channelOrder,
      connection_id: accounts.marketplace,
      external_id: external,
      native_state: '6',
      lines: [],
      currency: 'IDR',
      total_minor: 540_000,
      consignee_id: consigneeId,
      ordered_at: seededAt,
      created_at: seededAt,
    },
    command(brand.channelOrder),
  );
  await trx('sightings').insert({
    connection_id: accounts.marketplace,
    external_id: external,
    source: 'poll',
    native_state: '6',
    modified_at: new Date('2026-07-01T02:59:00.000Z'),
    verdict: 'first',
    seen_at: seededAt,
  });
  await create(
    trx,
    'order',
    {
      id: brand.order,
      brand_id: brand.id,
      channel_order_id: brand.channelOrder,
      connection_id: accounts.marketplace,
      store_connection_id: brand.store,
      number: brand.orderNumber,
      currency: 'IDR',
      total_minor: 540_000,
      consignee_id: consigneeId,
      ordered_at: seededAt,
      created_at: seededAt,
    },
    command(brand.order),
  );
  await trx('order_lines').insert({
    id: randomUUID(),
    order_id: brand.order,
    brand_id: brand.id,
    external_line_id: '1',
    sku_id: brand.sku,
    seller_sku: 'SERUM-30',
    title: 'Serum',
    quantity_ordered: 2,
    unit_price_minor: 270_000,
    reserved_quantity: 2,
  });
}
