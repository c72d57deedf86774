import { type Static, Type } from '@sinclair/typebox';

const secret = (title: string, description: string) =>
  Type.Optional(Type.String({ minLength: 4, maxLength: 500, title, description }));
const instant = (title: string) => Type.Optional(Type.String({ minLength: 10, maxLength: 40, title }));

/**
 * Every way that a shop lets an app in, in one form:
 * - `clientId` + `clientSecret`: client credentials, for shops of the app's own organisation (24 h tokens);
 * - the same + `accessToken` + `refreshToken`: OAuth with expiring tokens;
 * - the same + `accessToken` without an expiry: OAuth with a permanent token;
 * - `accessToken` (+ `clientSecret` for webhooks): an admin custom app from before 2026.
 */
export const credentialsSchema = Type.Object(
  {
    clientId: secret('Client ID', 'Of the app, from the Dev Dashboard.'),
    clientSecret: secret('Client secret', 'Also signs webhooks. Of an admin custom app: its "API secret key".'),
    accessToken: secret('Access token', 'Only where the shop has given one; begins with shpat_.'),
    accessTokenExpiresAt: instant('Access token valid until'),
    refreshToken: secret('Refresh token', 'Only with expiring tokens.'),
    refreshTokenExpiresAt: instant('Refresh token valid until'),
  },
  { additionalProperties: false },
);
export type ShopifyCredentials = Static<typeof credentialsSchema>;

export const API_VERSIONS = ['2026-07', '2026-10'] as const;

export const settingsSchema = Type.Object(
  {
    url: Type.String({
      pattern: '^https?://[^\\s/?#]+/?$',
      maxLength: 300,
      title: 'Shop address',
      description: 'The shop’s own address at Shopify, e.g. https://brand.myshopify.com.',
    }),
    apiVersion: Type.Optional(
      Type.Union([Type.Literal('2026-07'), Type.Literal('2026-10')], {
        title: 'API version',
        description: 'Default 2026-07.',
      }),
    ),
    locationId: Type.Optional(
      Type.String({
        pattern: '^gid://shopify/Location/\\d+$',
        title: 'Location',
        description: 'Whose stock is sold, e.g. gid://shopify/Location/1. Needed where the shop has several.',
      }),
    ),
    pageSize: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 50, title: 'Products per page', description: 'Default 25.' }),
    ),
    bulkReadsFrom: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 10_000,
        title: 'Read in bulk from',
        description: 'Shops of at least so many products are read by one bulk operation; 0 = always. Default 1,000.',
      }),
    ),
    bulkWritesFrom: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100_000,
        title: 'Write prices in bulk from',
        description: 'So many products with new prices at once are written by a bulk operation. Default 500.',
      }),
    ),
    stockClaim: Type.Optional(
      Type.Union([Type.Literal('obey'), Type.Literal('ignore')], {
        title: 'Stock of pushed orders',
        description:
          'obey: the shop refuses an order that it has too little for. ignore: it takes the stock below zero. Default obey.',
      }),
    ),
  },
  { additionalProperties: false },
);
export type ShopifySettings = Static<typeof settingsSchema>;

/** How an app is let in. */
export type Grant = 'permanent' | 'refresh' | 'client-credentials' | 'none';

/** Which way the given credentials mean. */
export function grantOf(credentials: ShopifyCredentials): Grant {
  const { clientId, clientSecret, accessToken, accessTokenExpiresAt, refreshToken } = credentials;
  const hasApp = clientId !== undefined && clientSecret !== undefined;
  if (hasApp && refreshToken !== undefined) return 'refresh';
  if (accessToken !== undefined && accessTokenExpiresAt === undefined) return 'permanent';
  if (hasApp) return 'client-credentials';
  return accessToken === undefined ? 'none' : 'permanent';
}

/** The scopes that the connector needs, with what each is for. A write scope includes its read scope. */
export const SCOPES: readonly {
  readonly scope: string;
  readonly purpose: string;
  /** The right to read alone is enough for most. */
  readonly isOptional?: boolean;
}[] = [
  { scope: 'write_products', purpose: 'read products and write prices', isOptional: true },
  { scope: 'write_inventory', purpose: 'read and write stock' },
  { scope: 'read_locations', purpose: 'read locations' },
  { scope: 'write_orders', purpose: 'push, read, cancel and refund orders' },
  { scope: 'write_merchant_managed_fulfillment_orders', purpose: 'report parcels and hold orders' },
];
