import { type Static, Type } from '@sinclair/typebox';

const secret = (title: string, description: string) =>
  Type.Optional(Type.String({ minLength: 4, maxLength: 500, title, description }));

/** What is needed depends on the setting `authentication`; nothing else has to be filled in. */
export const credentialsSchema = Type.Object(
  {
    consumerKey: secret('Consumer key', 'Of the integration (System → Integrations). For OAuth.'),
    consumerSecret: secret('Consumer secret', 'For OAuth.'),
    accessToken: secret('Access token', 'Of the integration. For OAuth and bearer.'),
    accessTokenSecret: secret('Access token secret', 'For OAuth.'),
    username: secret('User name', 'Of an administrator without second factor. For admin only.'),
    password: secret('Password', 'For admin only.'),
    /** Written by the connector; renewed when the shop does not take it any more. */
    adminToken: Type.Optional(
      Type.String({ maxLength: 2000, title: 'Present token', description: 'Filled in by itself.' }),
    ),
  },
  { additionalProperties: false },
);
export type MagentoCredentials = Static<typeof credentialsSchema>;

/** Where the shop is and what it does not tell by itself. */
export const settingsSchema = Type.Object(
  {
    url: Type.String({
      pattern: '^https?://[^\\s?#]+$',
      maxLength: 500,
      title: 'Shop address',
      description: 'The base URL, e.g. https://shop.example; with /index.php where the shop has no URL rewriting.',
    }),
    authentication: Type.Optional(
      Type.Union([Type.Literal('oauth'), Type.Literal('bearer'), Type.Literal('admin')], {
        title: 'Authentication',
        description:
          'oauth (default): integration, OAuth 1.0a with HMAC-SHA256. bearer: the integration’s access token alone, off by default since 2.4.4. admin: user name and password; tokens live an hour.',
      }),
    ),
    storeView: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z][A-Za-z0-9_]*$',
        title: 'Store view',
        description: 'Code. Default: the default one.',
      }),
    ),
    websiteCode: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z][A-Za-z0-9_]*$',
        title: 'Website',
        description: 'Code. Default: the store view’s.',
      }),
    ),
    sourceCode: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        title: 'Source',
        description: 'Where goods of pushed orders are taken from and stock is written to. Default: default.',
      }),
    ),
    pageSize: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 300, title: 'Rows per page', description: 'Default 100.' }),
    ),
    orderMailbox: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9._-]{1,30}@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}$',
        title: 'Mailbox of pushed orders',
        description:
          'With it, orders go through a cart, which reserves their stock. The shop’s mails to the buyer go to name+…@ this address.',
      }),
    ),
    cartAmounts: Type.Optional(
      Type.Union([Type.Literal('set'), Type.Literal('own')], {
        title: 'Amounts of orders through a cart',
        description:
          'set (default): with a mailbox all orders go through a cart, and the marketplace’s amounts are set in them afterwards. own: only orders at the shop’s own prices do.',
      }),
    ),
    paymentMethod: Type.Optional(
      Type.String({
        pattern: '^[a-z0-9_]+$',
        title: 'Payment method',
        description: 'An offline one. Default checkmo.',
      }),
    ),
    shippingMethod: Type.Optional(
      Type.String({
        pattern: '^[a-z0-9]+_[a-z0-9_]+$',
        title: 'Shipping method',
        description: 'Default flatrate_flatrate.',
      }),
    ),
    hsCodeAttribute: Type.Optional(Type.String({ minLength: 1, title: 'Attribute of the HS code' })),
    originAttribute: Type.Optional(
      Type.String({
        minLength: 1,
        title: 'Attribute of the country of origin',
        description: 'Default country_of_manufacture.',
      }),
    ),
    barcodeAttribute: Type.Optional(Type.String({ minLength: 1, title: 'Attribute of the barcode' })),
  },
  { additionalProperties: false },
);
export type MagentoSettings = Static<typeof settingsSchema>;
