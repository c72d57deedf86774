import { type Static, Type } from '@sinclair/typebox';

/** A REST key as WooCommerce → Settings → Advanced → REST API makes it, with the right "Read/Write". */
export const credentialsSchema = Type.Object(
  {
    consumerKey: Type.String({ minLength: 4, maxLength: 200, title: 'Consumer key', description: 'Begins with ck_.' }),
    consumerSecret: Type.String({
      minLength: 4,
      maxLength: 200,
      title: 'Consumer secret',
      description: 'Begins with cs_.',
    }),
  },
  { additionalProperties: false },
);
export type WooCommerceCredentials = Static<typeof credentialsSchema>;

const storeStatus = Type.Union([
  Type.Literal('open'),
  Type.Literal('shipped'),
  Type.Literal('cancelled'),
  Type.Literal('refunded'),
  Type.Literal('failed'),
  Type.Literal('deleted'),
]);

/** Where the shop is and what it does not tell by itself. */
export const settingsSchema = Type.Object(
  {
    url: Type.String({
      pattern: '^https?://[^\\s?#]+$',
      maxLength: 500,
      title: 'Shop address',
      description: 'As WordPress → Settings → General spells the site address, e.g. https://shop.example.',
    }),
    apiPrefix: Type.Optional(
      Type.String({
        pattern: '^(index\\.php/)?[A-Za-z0-9_/-]+$',
        title: 'REST prefix',
        description:
          'Only where a site renamed it, or where its permalinks begin with index.php: index.php/wp-json then. Default wp-json.',
      }),
    ),
    authentication: Type.Optional(
      Type.Union([Type.Literal('auto'), Type.Literal('query'), Type.Literal('oauth')], {
        title: 'Authentication',
        description:
          'auto: Basic over https, OAuth 1.0a over http. query: for hosts that strip the Authorization header. oauth: for sites that do not notice that they are called over https.',
      }),
    ),
    currency: Type.Optional(
      Type.String({ pattern: '^[A-Z]{3}$', title: 'Currency', description: 'Default: as the shop says.' }),
    ),
    weightUnit: Type.Optional(
      Type.Union([Type.Literal('kg'), Type.Literal('g'), Type.Literal('lbs'), Type.Literal('oz')], {
        title: 'Weight unit',
        description: 'Default: as the shop says, else kg.',
      }),
    ),
    dimensionUnit: Type.Optional(
      Type.Union([Type.Literal('m'), Type.Literal('cm'), Type.Literal('mm'), Type.Literal('in'), Type.Literal('yd')], {
        title: 'Length unit',
        description: 'Default: as the shop says, else cm.',
      }),
    ),
    pageSize: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100, title: 'Rows per page', description: 'Default 50.' }),
    ),
    orderTaxClass: Type.Optional(
      Type.String({
        title: 'Tax class of pushed orders',
        description: 'A tax class without rates, where the shop would add tax to marketplace orders, e.g. zero-rate.',
      }),
    ),
    statuses: Type.Optional(
      Type.Record(Type.String(), storeStatus, {
        title: 'Order statuses of plugins',
        description: 'What the shop’s additional order statuses mean, e.g. shipped → shipped.',
      }),
    ),
    hsCodeMeta: Type.Optional(
      Type.String({
        minLength: 1,
        title: 'Meta key of the HS code',
        description: 'WooCommerce has no field of its own.',
      }),
    ),
    originMeta: Type.Optional(
      Type.String({
        minLength: 1,
        title: 'Meta key of the country of origin',
        description: 'Two letters are expected.',
      }),
    ),
  },
  { additionalProperties: false },
);
export type WooCommerceSettings = Static<typeof settingsSchema>;
