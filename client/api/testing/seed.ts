import { randomUUID } from 'node:crypto';
import type { Tx } from '../../../db/database.ts';
import type { Sealer } from '../../../db/sealing.ts';
import { create, mustStep } from '../../../db/steps.ts';
import { credentialsOf, webhookSecretOf } from '../connect.ts';
import { seedCatalogue, seedOrder } from './seed-catalogue.ts';
import { command, type SeededAccounts, type SeededBrand, seededAt } from './seed-parts.ts';
import { seedRest, seedShipping } from './seed-shipping.ts';

export { type SeededAccounts, type SeededBrand, seededAt } from './seed-parts.ts';

export const webhookSecret = 'a-secret-between-friends';

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
