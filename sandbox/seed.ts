import { randomUUID } from 'node:crypto';
import type { ConnectorOpener } from '../connectors/open.ts';
import type { Database, Tx } from '../db/database.ts';
import type { Sealer } from '../db/sealing.ts';
import { type Command, create, mustStep } from '../db/steps.ts';
import { hashPassword } from '../db/users.ts';
import { seedRateCard } from './rate-card.ts';
import {
  carrierAccount,
  carrierCredentials,
  marketplaceCredentials,
  type OutsideSystems,
  shopCredentials,
} from './systems.ts';

/** Log-ins of the demo world; made up, and valid only there. */
export const demoLogIns = [
  { email: 'admin@tradelane.test', password: 'tradelane-admin', role: 'admin', name: 'Ada Admin' },
  { email: 'ops@tradelane.test', password: 'tradelane-ops', role: 'ops', name: 'Olga Ops' },
  { email: 'brand@tradelane.test', password: 'tradelane-brand', role: 'brand', name: 'Kira Kauri', brand: 'kauri' },
  { email: 'csv@tradelane.test', password: 'tradelane-brand', role: 'brand', name: 'Mina Manuka', brand: 'manuka' },
] as const;

interface DemoBrand {
  readonly code: string;
  readonly name: string;
  readonly mailTo: string;
  readonly shipFrom: object;
}

/** Kauri Wool sells in its own shop; Manuka Candles has none and lives by files alone. */
const demoBrands: readonly DemoBrand[] = [
  {
    code: 'kauri',
    name: 'Kauri Wool',
    mailTo: 'warehouse@kauri.test',
    shipFrom: {
      name: 'Kira Kauri',
      company: 'Kauri Wool Pty Ltd',
      lines: ['12 Harbour Street'],
      city: 'Sydney',
      region: 'NSW',
      postcode: '2000',
      countryCode: 'AU',
      phone: '+61 2 5550 1234',
      email: 'warehouse@kauri.test',
    },
  },
  {
    code: 'manuka',
    name: 'Manuka Candles',
    mailTo: 'orders@manuka.test',
    shipFrom: {
      name: 'Mina Manuka',
      company: 'Manuka Candles Pty Ltd',
      lines: ['4 Lygon Street'],
      city: 'Melbourne',
      region: 'VIC',
      postcode: '3000',
      countryCode: 'AU',
      phone: '+61 3 5550 4321',
      email: 'orders@manuka.test',
    },
  },
];

interface NewAccount {
  code: string;
  connector: 'woocommerce' | 'jd-id' | 'dhl-express';
  kind: 'store' | 'marketplace' | 'carrier';
  name: string;
  brandId: string | null;
  settings: object;
  credentials: object;
  listingDefaults?: object;
}

export interface SeedOptions {
  readonly db: Database;
  readonly sealer: Sealer;
  readonly opener: ConnectorOpener;
  readonly systems: OutsideSystems;
  readonly now: Date;
  /** Seconds between readings per stream; real time in the sandbox wants short ones. */
  readonly intervals: Readonly<Record<string, number>>;
  readonly mailTimes: readonly string[];
}

/** Fills an empty database with the demo brands, their log-ins and three accounts, each tested with its real credentials. */
export async function seedDemo(options: SeedOptions): Promise<void> {
  const { db, now } = options;
  const command: Command = { commandId: 'demo-seed', actor: 'sandbox', role: 'admin', at: now };
  const brandIds = new Map<string, string>();
  for (const brand of demoBrands) {
    const id = await db.tx('staff', async (trx) => {
      const known = await trx('brands').where({ code: brand.code }).first('id');
      return known?.id ?? (await makeBrand(trx, brand, options));
    });
    brandIds.set(brand.code, id);
  }
  await db.tx('staff', (trx) => makeUsers(trx, brandIds, now));
  await db.tx('staff', (trx) =>
    trx('exchange_rates')
      .insert({
        from_currency: 'AUD',
        to_currency: 'IDR',
        on_date: now.toISOString().slice(0, 10),
        rate: '10432.5',
        source: 'demo data',
      })
      .onConflict(trx.raw('(source, from_currency, to_currency, on_date) where reason is null'))
      .ignore(),
  );
  for (const account of accountsOf(options, brandIds.get('kauri') ?? '')) await connect(options, account, command);
  await db.tx('staff', (trx) => seedRateCard(trx, command));
}

async function makeBrand(trx: Tx, brand: DemoBrand, { now, mailTimes }: SeedOptions): Promise<string> {
  const id = randomUUID();
  await trx('brands').insert({
    id,
    code: brand.code,
    name: brand.name,
    time_zone: 'Australia/Sydney',
    currency: 'AUD',
    mail_schedule: JSON.stringify({ times: mailTimes, workingDays: [1, 2, 3, 4, 5, 6, 7] }),
    mail_to: [brand.mailTo],
    ship_from: JSON.stringify(brand.shipFrom),
    safety_stock: 1,
    created_at: now,
  });
  return id;
}

async function makeUsers(trx: Tx, brandIds: ReadonlyMap<string, string>, now: Date): Promise<void> {
  for (const { email, password, role, name, ...more } of demoLogIns) {
    const known = await trx('users').whereRaw('lower(email) = ?', [email]).first('id');
    if (known) continue;
    await trx('users').insert({
      id: randomUUID(),
      email,
      name,
      role,
      brand_id: 'brand' in more ? (brandIds.get(more.brand) ?? null) : null,
      password_hash: await hashPassword(password),
      created_at: now,
    });
  }
}

function marketplaceAccount(code: string, name: string, url: string): NewAccount {
  return {
    ...{ code, connector: 'jd-id', kind: 'marketplace', name, brandId: null },
    settings: { gatewayUrl: `${url}/routerjson`, oauthUrl: `${url}/oauth2` },
    credentials: { ...marketplaceCredentials, accessTokenExpiresAt: '2100-01-01T00:00:00Z' },
    listingDefaults: { categoryId: '122', brandId: '9001', currency: 'IDR', roundToMinor: 1000 },
  };
}

function accountsOf({ systems }: SeedOptions, brandId: string): NewAccount[] {
  return [
    {
      code: 'kauri-shop',
      connector: 'woocommerce',
      kind: 'store',
      name: 'Kauri Wool (WooCommerce)',
      brandId,
      settings: { url: systems.woocommerce.url, hsCodeMeta: 'hs_code', originMeta: 'country_of_origin' },
      credentials: shopCredentials,
    },
    marketplaceAccount('jd-id', 'JD.id', systems.jdId.url),
    ...(systems.secondJdId ? [marketplaceAccount('jd-id-2', 'JD.id (second)', systems.secondJdId.url)] : []),
    {
      code: 'dhl-express',
      connector: 'dhl-express',
      kind: 'carrier',
      name: 'DHL Express',
      brandId: null,
      settings: { baseUrl: `${systems.dhlExpress.url}/mydhlapi/test`, accountNumber: carrierAccount },
      credentials: carrierCredentials,
    },
  ];
}

async function connect(
  { db, sealer, opener, now, intervals }: SeedOptions,
  account: NewAccount,
  command: Command,
): Promise<void> {
  const known = await db.tx('staff', (trx) => trx('connections').where({ code: account.code }).first('id'));
  if (known) return;
  let credentials: unknown = account.credentials;
  const report = await opener.test({
    ...account,
    onRenewed: (renewed) => {
      credentials = renewed;
    },
  });
  if (!report.ok)
    throw new Error(`${account.code}: ${report.findings.map(({ what, remedy }) => `${what} (${remedy})`).join('; ')}`);
  await db.tx('staff', async (trx) => {
    const id = randomUUID();
    const under = { ...command, commandId: `demo-seed/${account.code}` };
    await create(
      trx,
      'connection',
      {
        id,
        code: account.code,
        connector: account.connector,
        kind: account.kind,
        name: account.name,
        brand_id: account.brandId,
        settings: account.settings,
        credentials_sealed: sealer.sealJson(credentials, `connection/${id}`),
        credentials_key_id: sealer.keyId,
        credentials_proved: true,
        listing_defaults: account.listingDefaults ?? {},
        calls_per_second: 30,
        call_burst: 40,
        intervals,
        created_at: now,
      },
      under,
    );
    await mustStep(
      trx,
      { machine: 'connection', id, event: 'PROVE', changes: { last_success_at: now } },
      { ...under, commandId: `${under.commandId}/proved` },
    );
  });
}
