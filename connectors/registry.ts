import type { Static, TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { AccessWay, HandOver } from './contract/access.ts';
import type { CarrierConnector } from './contract/carrier.ts';
import type { ConnectorContext } from './contract/common.ts';
import type { MarketplaceConnector } from './contract/marketplace.ts';
import type { StoreConnector } from './contract/store.ts';
import { createDhlExpressConnector } from './dhl-express/connector.ts';
import * as dhlExpress from './dhl-express/schema.ts';
import { ConnectorError } from './errors.ts';
import { createJdIdConnector } from './jd-id/connector.ts';
import * as jdId from './jd-id/schema.ts';
import * as magentoAccess from './magento/access.ts';
import { createMagentoConnector } from './magento/connector.ts';
import * as magento from './magento/schema.ts';
import { createNinjaVanConnector } from './ninja-van/connector.ts';
import * as ninjaVan from './ninja-van/schema.ts';
import * as shopifyAccess from './shopify/access.ts';
import { createShopifyConnector } from './shopify/connector.ts';
import * as shopify from './shopify/schema.ts';
import * as woocommerceAccess from './woocommerce/access.ts';
import { createWooCommerceConnector } from './woocommerce/connector.ts';
import * as woocommerce from './woocommerce/schema.ts';
import { createZilingoConnector } from './zilingo/connector.ts';
import * as zilingo from './zilingo/schema.ts';

export type AnyConnector = StoreConnector | MarketplaceConnector | CarrierConnector;

/** What is known of a connector before it is made. Credentials and settings are checked when it is made. */
export interface ConnectorEntry<Connector extends AnyConnector> {
  readonly kind: Connector['kind'];
  /** As people name the outside system. */
  readonly label: string;
  readonly credentialsSchema: TSchema;
  readonly settingsSchema: TSchema;
  /** How somebody can let us in; empty where there is one way only, which the credentials' fields explain. */
  readonly ways: readonly AccessWay[];
  /** Credentials can be handed over by the platform itself. */
  readonly handOver?: HandOver;
  /**
   * @throws ConnectorError Rejected when credentials or settings do not fit their schemas; the message names the path,
   * never a value
   */
  create(ctx: ConnectorContext<unknown, unknown>): Connector;
}

const named = {
  woocommerce: entry('store', 'WooCommerce', woocommerce, createWooCommerceConnector, woocommerceAccess),
  shopify: entry('store', 'Shopify', shopify, createShopifyConnector, shopifyAccess),
  magento: entry('store', 'Magento', magento, createMagentoConnector, magentoAccess),
  'jd-id': entry('marketplace', 'JD.id', jdId, createJdIdConnector),
  zilingo: entry('marketplace', 'Zilingo', zilingo, createZilingoConnector),
  'dhl-express': entry('carrier', 'DHL Express', dhlExpress, createDhlExpressConnector),
  'ninja-van': entry('carrier', 'Ninja Van', ninjaVan, createNinjaVanConnector),
} as const;

/** One line per outside system. Asked by any text, also by `constructor`, it answers with an entry or undefined. */
export const connectors: typeof named & Readonly<Record<string, ConnectorEntry<AnyConnector> | undefined>> =
  Object.assign(Object.create(null), named);

export type ConnectorName = keyof typeof named;

/** All names, in the order of the registry. */
export const connectorNames = Object.keys(named).filter(isConnectorName);

/** True for a name that the registry has. */
export function isConnectorName(name: string): name is ConnectorName {
  return Object.hasOwn(named, name);
}

/** All texts in credentials, for redaction: `createHttpClient({ secrets: secretsOf(credentials) })`. */
export function secretsOf(credentials: unknown): string[] {
  if (typeof credentials === 'string') return credentials.length < 4 ? [] : [credentials];
  if (typeof credentials !== 'object' || credentials === null) return [];
  return Object.values(credentials).flatMap(secretsOf);
}

/**
 * All web addresses in settings: each one was typed by a person and is to be checked before it is called. Shopify's
 * object ids (`gid://…`) look like addresses, and nobody calls them.
 */
export function targetsOf(settings: unknown): string[] {
  if (typeof settings === 'string') return /^(?!gid:)[a-z][a-z0-9+.-]*:\/\//i.test(settings) ? [settings] : [];
  if (typeof settings !== 'object' || settings === null) return [];
  return Object.values(settings).flatMap(targetsOf);
}

interface Schemas<Credentials extends TSchema, Settings extends TSchema> {
  readonly credentialsSchema: Credentials;
  readonly settingsSchema: Settings;
}

function entry<Connector extends AnyConnector, Credentials extends TSchema, Settings extends TSchema>(
  kind: Connector['kind'],
  label: string,
  { credentialsSchema, settingsSchema }: Schemas<Credentials, Settings>,
  create: (ctx: ConnectorContext<Static<Credentials>, Static<Settings>>) => Connector,
  access: { readonly ways: readonly AccessWay[]; readonly handOver?: HandOver } = { ways: [] },
): ConnectorEntry<Connector> {
  return {
    kind,
    label,
    credentialsSchema,
    settingsSchema,
    ...access,
    create: (ctx) =>
      create({
        ...ctx,
        credentials: checked(credentialsSchema, ctx.credentials, 'credentials'),
        settings: checked(settingsSchema, ctx.settings, 'settings'),
        renewCredentials: async (refresh) => {
          const renewed = await ctx.renewCredentials((latest) =>
            refresh(checked(credentialsSchema, latest, 'credentials')),
          );
          return checked(credentialsSchema, renewed, 'credentials');
        },
      }),
  };
}

function checked<S extends TSchema>(schema: S, value: unknown, what: string): Static<S> {
  if (Value.Check(schema, value)) return value;
  const first = Value.Errors(schema, value).First();
  const path = `${what}${first?.path ?? ''}`;
  throw new ConnectorError('Rejected', `${path}: ${first?.message ?? 'does not fit'}`, { code: 'schema', field: path });
}
