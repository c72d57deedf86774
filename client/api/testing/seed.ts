import { randomUUID } from 'node:crypto';
import { storeConsignee } from '../../../db/consignees.ts';
import type { Tx } from '../../../db/database.ts';
import type { Sealer } from '../../../db/sealing.ts';
import { type Command, create, mustStep } from '../../../db/steps.ts';
import { credentialsOf, webhookSecretOf } from '../connect.ts';

export const seededAt = new Date('2026-07-01T03:00:00.000Z');
export const webhookSecret = 'a-secret-between-friends';

/** One of each thing of one brand. */
export interface SeededBrand {
  id: string;
  code: string;
  store: string;
  product: string;
  sku: string;
  listing: string;
  order: string;
  orderNumber: string;
  channelOrder: string;
  consignment: string;
  parcel: string;
  return: string;
  mail: string;
  document: string;
  problem: string;
  effect: string;
}

export interface SeededAccounts {
  marketplace: string;
  carrier: string;
}

const command = (id: string): Command => ({ commandId: `seed/${id}`, actor: 'seed', role: 'system', at: seededAt });

async function seedConnection(
  trx: Tx,
  sealer: Sealer,
  input: { code: string; kind: string; connector: string; brandId: string | null },
): Promise<string> {
  const id = randomUUID();
  await create(
    trx,
    'connection',
    {
      id,
      code: input.code,
      kind: input.kind,
      connector: input.connector,
      name: `Account ${input.code}`,
      brand_id: input.brandId,
      settings: { baseUrl: 'https://shop.example.com' },
      credentials_sealed: sealer.sealJson({ apiKey: `canary-key-${input.code}` }, credentialsOf(id)),
      credentials_key_id: sealer.keyId,
      credentials_proved: true,
      webhook_secret_sealed: sealer.seal(Buffer.from(webhookSecret), webhookSecretOf(id)),
      listing_defaults: { categoryId: '75061450', brandId: '4711', currency: 'IDR' },
      created_at: seededAt,
    },
    command(id),
  );
  await mustStep(trx, { machine: 'connection', id, event: 'PROVE' }, command(`${id}/prove`));
  return id;
}

/** The accounts that all brands share. */
export async function seedAccounts(trx: Tx, sealer: Sealer): Promise<SeededAccounts> {
  return {
    marketplace: await seedConnection(trx, sealer, {
      code: 'market',
      kind: 'marketplace',
      connector: 'test-market',
      brandId: null,
    }),
    carrier: await seedConnection(trx, sealer, {
      code: 'carrier',
      kind: 'carrier',
      connector: 'test-carrier',
      brandId: null,
    }),
  };
}

async function seedCatalogue(trx: Tx, brand: SeededBrand, accounts: SeededAccounts): Promise<void> {
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

async function seedOrder(trx: Tx, sealer: Sealer, brand: SeededBrand, accounts: SeededAccounts): Promise<void> {
  const address = {
    name: `Buyer of ${brand.code}`,
    company: null,
    lines: ['Jalan Melati 5'],
    city: 'Jakarta',
    region: null,
    postcode: '10110',
    countryCode: 'ID',
    phone: '+62215550100',
    email: null,
  };
  const consigneeId = await storeConsignee(trx, sealer, address, seededAt);
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

async function seedShipping(trx: Tx, brand: SeededBrand, accounts: SeededAccounts): Promise<void> {
  const common = { brand_id: brand.id, created_at: seededAt };
  await trx('documents').insert({
    id: brand.document,
    ...common,
    kind: 'label',
    format: 'PDF',
    file_name: `label "of" ${brand.code}.pdf`,
    sha256: Buffer.alloc(32, 1),
    bytes: Buffer.from('%PDF-1.4 test'),
  });
  await create(
    trx,
    'consignment',
    {
      id: brand.consignment,
      ...common,
      number: `TC-${brand.code}`,
      carrier_connection_id: accounts.carrier,
      destination_country_code: 'ID',
      incoterm: 'DAP',
      slot_date: '2026-07-01',
      slot_time: '11:00',
      close_due_at: seededAt,
      label_document_id: brand.document,
    },
    command(brand.consignment),
  );
  await trx('consignment_orders').insert({
    consignment_id: brand.consignment,
    order_id: brand.order,
    brand_id: brand.id,
  });
  await create(
    trx,
    'parcel',
    {
      id: brand.parcel,
      ...common,
      consignment_id: brand.consignment,
      order_id: brand.order,
      piece_number: 1,
      weight_grams: 300,
      length_mm: 200,
      width_mm: 100,
      height_mm: 50,
      tracking_number: `JD${brand.code}0001`,
    },
    command(brand.parcel),
  );
  await trx('tracking_events').insert({
    brand_id: brand.id,
    parcel_id: brand.parcel,
    native_code: 'PU',
    tag: 'HANDED_OVER',
    at: new Date('2026-07-01T02:00:00.000Z'),
    place: 'SYDNEY',
    description: 'Shipment picked up',
    seen_at: seededAt,
  });
}

async function seedRest(trx: Tx, brand: SeededBrand): Promise<void> {
  const common = { brand_id: brand.id, created_at: seededAt };
  await create(
    trx,
    'return',
    { id: brand.return, ...common, order_id: brand.order, reason: 'refused', lines: [] },
    command(brand.return),
  );
  await trx('mails').insert({
    id: brand.mail,
    ...common,
    key: `labels:${brand.code}`,
    kind: 'labels',
    message_id: `<labels.${brand.code}@tradelane.invalid>`,
    recipients: ['warehouse@example.com'],
    subject: `Labels of ${brand.code}`,
    body_text: 'Labels',
    body_html: '<p>Labels</p><script>alert(1)</script>',
    document_id: brand.document,
  });
  await trx('mail_consignments').insert({
    mail_id: brand.mail,
    consignment_id: brand.consignment,
    consignment_revision: 1,
    brand_id: brand.id,
  });
  await create(
    trx,
    'problem',
    {
      id: brand.problem,
      brand_id: brand.id,
      cause_key: `order/${brand.order}/test`,
      kind: 'push-refused',
      severity: 'error',
      title: `${brand.orderNumber}: refused`,
      detail: 'The shop refused it.',
      remedy: 'Correct it.',
      entity_kind: 'order',
      entity_id: brand.order,
      first_seen_at: seededAt,
      last_seen_at: seededAt,
    },
    command(brand.problem),
  );
  await create(
    trx,
    'effect',
    {
      id: brand.effect,
      ...common,
      key: `test/${brand.effect}`,
      kind: 'order.notice',
      entity_kind: 'order',
      entity_id: brand.order,
      updated_at: seededAt,
    },
    command(brand.effect),
  );
  for (const event of ['ATTEMPT', 'LOSE_ANSWER'] as const) {
    await mustStep(trx, { machine: 'effect', id: brand.effect, event }, command(`${brand.effect}/${event}`));
  }
}

/** One brand with one of each thing. */
export async function seedBrand(
  trx: Tx,
  sealer: Sealer,
  accounts: SeededAccounts,
  code: string,
  orderNumber: string,
): Promise<SeededBrand> {
  const id = randomUUID();
  await trx('brands').insert({
    id,
    code,
    name: `Brand ${code}`,
    time_zone: 'Australia/Sydney',
    currency: 'AUD',
    mail_schedule: JSON.stringify({ times: ['11:00'], workingDays: [1, 2, 3, 4, 5] }),
    created_at: seededAt,
  });
  const store = await seedConnection(trx, sealer, {
    code: `${code}-shop`,
    kind: 'store',
    connector: 'test-shop',
    brandId: id,
  });
  const fresh = () => randomUUID();
  const brand: SeededBrand = {
    id,
    code,
    store,
    product: fresh(),
    sku: fresh(),
    listing: fresh(),
    order: fresh(),
    orderNumber,
    channelOrder: fresh(),
    consignment: fresh(),
    parcel: fresh(),
    return: fresh(),
    mail: fresh(),
    document: fresh(),
    problem: fresh(),
    effect: fresh(),
  };
  await seedCatalogue(trx, brand, accounts);
  await seedOrder(trx, sealer, brand, accounts);
  await seedShipping(trx, brand, accounts);
  await seedRest(trx, brand);
  return brand;
}
