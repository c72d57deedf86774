import { randomUUID } from 'node:crypto';
import type { ConnectorOpener } from '../connectors/open.ts';
import type { Database, Tx } from '../db/database.ts';
import type { Sealer } from '../db/sealing.ts';
import { type Command, create, mustStep } from '../db/steps.ts';
import { hashPassword } from '../db/users.ts';
import { type CarrierKind, carrierLabels, type MarketplaceKind, marketplaceLabels } from './channels/kinds.ts';
import { carrierAccess, marketplaceAccess } from './channels/start.ts';
import { seedRateCards } from './rate-card.ts';
import { type DemoBrand, manuka } from './shops/brands.ts';
import { type StoreKind, storeLabels } from './shops/kinds.ts';
import { credentialsOf, settingsOf } from './shops/start.ts';
import type { OutsideSystems } from './systems.ts';

/** The marketplaces' money for one unit of the brands', and of the money that minimum values are named in; made up. */
const rates: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  IDR: { AUD: '10432.5', NZD: '9614.25', SGD: '12088.75', USD: '15850' },
  SGD: { AUD: '0.863', NZD: '0.7953', USD: '1.3111' },
};

/** Log-ins of the demo world; made up, and valid only there. */
export const demoLogIns = [
  { email: 'admin@tradelane.test', password: 'tradelane-admin', role: 'admin', name: 'Ada Admin' },
  { email: 'ops@tradelane.test', password: 'tradelane-ops', role: 'ops', name: 'Olga Ops' },
  { email: 'brand@tradelane.test', password: 'tradelane-brand', role: 'brand', name: 'Kira Kauri', brand: 'kauri' },
  { email: 'rimu@tradelane.test', password: 'tradelane-brand', role: 'brand', name: 'Riki Rimu', brand: 'rimu' },
  { email: 'totara@tradelane.test', password: 'tradelane-brand', role: 'brand', name: 'Tania Totara', brand: 'totara' },
  { email: 'csv@tradelane.test', password: 'tradelane-brand', role: 'brand', name: 'Mina Manuka', brand: 'manuka' },
] as const;

interface NewAccount {
  code: string;
  connector: StoreKind | MarketplaceKind | CarrierKind;
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

/** Fills an empty database with the demo brands, their log-ins and accounts, each tested with its real credentials. */
export async function seedDemo(options: SeedOptions): Promise<void> {
  const { db, now } = options;
  const command: Command = { commandId: 'demo-seed', actor: 'sandbox', role: 'admin', at: now };
  const brandIds = new Map<string, string>();
  const brands = [...options.systems.shops.map(({ brand }) => brand), manuka];
  for (const brand of brands) {
    const id = await db.tx('staff', async (trx) => {
      const known = await trx('brands').where({ code: brand.code }).first('id');
      return known?.id ?? (await makeBrand(trx, brand, options));
    });
    brandIds.set(brand.code, id);
  }
  await db.tx('staff', (trx) => makeUsers(trx, brandIds, now));
  await db.tx('staff', (trx) =>
    trx('exchange_rates')
      .insert(
        Object.entries(rates).flatMap(([to, from]) =>
          Object.entries(from)
            .filter(([currency]) => currency === 'USD' || brands.some((brand) => brand.currency === currency))
            .map(([currency, rate]) => ({
              from_currency: currency,
              to_currency: to,
              on_date: now.toISOString().slice(0, 10),
              rate,
              source: 'demo data',
            })),
        ),
      )
      .onConflict(trx.raw('(source, from_currency, to_currency, on_date) where reason is null'))
      .ignore(),
  );
  for (const account of accountsOf(options, brandIds)) await connect(options, account, command);
  await db.tx('staff', (trx) => seedRateCards(trx, command));
}

async function makeBrand(trx: Tx, brand: DemoBrand, { now, mailTimes }: SeedOptions): Promise<string> {
  const id = randomUUID();
  await trx('brands').insert({
    id,
    code: brand.code,
    name: brand.name,
    time_zone: brand.timeZone,
    currency: brand.currency,
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
    if ('brand' in more && !brandIds.has(more.brand)) continue;
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

function accountsOf({ systems }: SeedOptions, brandIds: ReadonlyMap<string, string>): NewAccount[] {
  const shops = systems.shops.map(
    ({ kind, brand, code, simulator }): NewAccount => ({
      code,
      connector: kind,
      kind: 'store',
      name: `${brand.name} (${storeLabels[kind]})`,
      brandId: brandIds.get(brand.code) ?? null,
      settings: settingsOf(kind, simulator.url),
      credentials: credentialsOf[kind],
    }),
  );
  return [
    ...shops,
    ...systems.marketplaces.map(
      ({ kind, code, simulator }): NewAccount => ({
        code,
        connector: kind,
        kind: 'marketplace',
        name: code === kind ? marketplaceLabels[kind] : `${marketplaceLabels[kind]} (second)`,
        brandId: null,
        ...marketplaceAccess(kind, simulator.url),
      }),
    ),
    ...systems.carriers.map(
      ({ kind, code, simulator }): NewAccount => ({
        code,
        connector: kind,
        kind: 'carrier',
        name: carrierLabels[kind],
        brandId: null,
        ...carrierAccess(kind, simulator.url),
      }),
    ),
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
