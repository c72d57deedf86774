import type { Static } from '@sinclair/typebox';
import type { ConnectionFinding, ConnectionReport, SettingChoice } from '../contract/common.ts';
import type { StoreLocation } from '../contract/store-writing.ts';
import { ConnectorError } from '../errors.ts';
import { type AdminClient, DEFAULT_VERSION, type ShopifyContext } from './client.ts';
import { grantOf, SCOPES } from './credentials.ts';
import type { answers } from './schema.ts';

type Location = Static<typeof answers.locations>['locations']['nodes'][number];

/** What the shop's rows leave unsaid, asked once: currency and locations. Failures are not remembered. */
export class ShopFacts {
  readonly #client: AdminClient;
  #currency: Promise<string> | null = null;
  #locations: Promise<readonly Location[]> | null = null;

  constructor(client: AdminClient) {
    this.#client = client;
  }

  /** ISO 4217. Throws as the calls do. */
  currency(): Promise<string> {
    this.#currency ??= this.#client.ask('shop').then(
      ({ shop }) => shop.currencyCode,
      (error: unknown) => {
        this.#currency = null;
        throw error;
      },
    );
    return this.#currency;
  }

  locations(): Promise<readonly Location[]> {
    this.#locations ??= allLocations(this.#client).catch((error: unknown) => {
      this.#locations = null;
      throw error;
    });
    return this.#locations;
  }

  /** All places where the shop keeps stock, closed ones included. */
  async storeLocations(): Promise<readonly StoreLocation[]> {
    const all = await this.locations();
    return all.map(({ id, name, isActive }) => ({ externalId: id, name, active: isActive }));
  }

  /** The chosen location, or the only one that is open; null where it is not clear. */
  async ownLocation(chosen: string | undefined): Promise<string | null> {
    if (chosen !== undefined) return chosen;
    const active = (await this.locations()).filter(({ isActive }) => isActive);
    return active.length === 1 ? (active[0]?.id ?? null) : null;
  }
}

/** All locations of the shop, closed ones included. */
async function allLocations(client: AdminClient): Promise<readonly Location[]> {
  const all: Location[] = [];
  for (let after: string | null = null; ; ) {
    const { locations }: Static<typeof answers.locations> = await client.ask('locations', { after });
    all.push(...locations.nodes);
    if (!locations.pageInfo.hasNextPage) return all;
    after = locations.pageInfo.endCursor;
  }
}

/** Tries what the connection needs, and says what is missing. Writes nothing. */
export async function testShop(client: AdminClient, ctx: ShopifyContext): Promise<ConnectionReport> {
  const findings: ConnectionFinding[] = [];
  const facts: Record<string, string> = {};
  const choices: SettingChoice[] = [];
  let account = ctx.settings.url;
  try {
    const { shop, currentAppInstallation, publicApiVersions } = await client.ask('shop');
    account = shop.name;
    const version = ctx.settings.apiVersion ?? DEFAULT_VERSION;
    Object.assign(facts, {
      domain: shop.myshopifyDomain,
      currency: shop.currencyCode,
      plan: shop.plan.publicDisplayName,
      apiVersion: version,
    });
    if (!publicApiVersions.some(({ handle, supported }) => handle === version && supported)) {
      findings.push({
        severity: 'warning',
        what: `The shop does not list API version ${version} as supported.`,
        remedy: 'Choose a newer API version in the connection’s settings.',
      });
    }
    const granted = currentAppInstallation.accessScopes.map(({ handle }) => handle);
    findings.push(...missingScopes(granted));
    if (granted.includes('read_locations')) findings.push(...(await aboutLocations(client, ctx, facts, choices)));
    findings.push(...aboutSecret(ctx));
    const { lastCost } = client;
    if (lastCost !== null) facts.costPoints = `${lastCost.maximumPoints}, ${lastCost.restoredPerSecond} a second`;
  } catch (error) {
    const isAnswer = error instanceof ConnectorError && ['Unauthorized', 'Rejected', 'NotFound'].includes(error.kind);
    if (!isAnswer) throw error;
    const remedy = error.details.remedy ?? 'Check the shop address and the app’s credentials.';
    findings.push({ severity: 'error', what: error.message, remedy });
  }
  return { ok: findings.every(({ severity }) => severity !== 'error'), account, facts, findings, choices };
}

function missingScopes(granted: readonly string[]): ConnectionFinding[] {
  return SCOPES.filter(
    ({ scope }) => !granted.includes(scope) && !granted.includes(scope.replace(/^read_/, 'write_')),
  ).map(({ scope, purpose, isOptional }) => {
    const canRead = scope.startsWith('write_') && granted.includes(scope.replace(/^write_/, 'read_'));
    const thing = scope.replace(/^write_/, '').replaceAll('_', ' ');
    return {
      severity: canRead && isOptional === true ? 'warning' : 'error',
      what: canRead
        ? `The app can read ${thing} but not write them (${purpose}): it lacks the scope ${scope}.`
        : `The app may not ${purpose}: it lacks the scope ${scope}.`,
      remedy: `Add ${scope} to the app’s scopes and let the shop’s owner agree to it.`,
    };
  });
}

async function aboutLocations(
  client: AdminClient,
  ctx: ShopifyContext,
  facts: Record<string, string>,
  choices: SettingChoice[],
): Promise<ConnectionFinding[]> {
  const active = (await allLocations(client)).filter(({ isActive }) => isActive);
  choices.push({ setting: 'locationId', options: active.map(({ id, name }) => ({ value: id, label: name })) });
  facts.locations = active.map(({ id, name }) => `${name} (${id})`).join(', ');
  const { locationId } = ctx.settings;
  if (locationId !== undefined && !active.some(({ id }) => id === locationId)) {
    return [
      {
        severity: 'error',
        what: `The shop has no active location ${locationId}.`,
        remedy: `Choose one of: ${facts.locations}.`,
      },
    ];
  }
  if (locationId !== undefined || active.length <= 1) return [];
  return [
    {
      severity: 'warning',
      what: `The shop has ${active.length} active locations; the stock of all is added up, and none can be written.`,
      remedy: `Name the location that marketplace orders are sent from: ${facts.locations}.`,
    },
  ];
}

function aboutSecret({ credentials }: ShopifyContext): ConnectionFinding[] {
  if (grantOf(credentials) !== 'permanent' || credentials.clientSecret !== undefined) return [];
  return [
    {
      severity: 'info',
      what: 'Without the app’s secret key webhooks cannot be verified.',
      remedy: 'Enter the app’s "API secret key" as client secret.',
    },
  ];
}
