import type { Call, Reply } from './call.ts';
import { currencyView } from './currency.ts';
import { WpError } from './errors.ts';
import type { JsonObject } from './json.ts';
import type { Shop } from './shop.ts';
import { zoneOffsetMs } from './time.ts';

const NAMESPACES = ['oembed/1.0', 'wc/v3', 'wc/v2', 'wc/v1', 'wc/store', 'wc/store/v1', 'wc-analytics', 'wp/v2'];

/** `GET /wp-json/`: what the site is; needs no key. */
export function siteIndex({ shop }: Call): Reply {
  const { siteUrl, zone, options, dials } = shop;
  const authorization = `${siteUrl}/wp-admin/authorize-application.php`;
  const paths = dials.plainPermalinks ? `${siteUrl}/?rest_route=/` : `${siteUrl}/wp-json/`;
  return {
    body: {
      name: options.siteName ?? 'shop',
      url: siteUrl,
      home: siteUrl,
      gmt_offset: String(zoneOffsetMs(zone, shop.nowMs()) / 3_600_000),
      timezone_string: zone === 'UTC' ? '' : zone,
      namespaces: NAMESPACES,
      authentication: { 'application-passwords': { endpoints: { authorization } } },
    },
    headers: { link: `<${paths}>; rel="https://api.w.org/"` },
  };
}

export const currentCurrency = ({ shop }: Call): Reply => ({ body: currencyView(shop.currency) });

/** `GET /taxes/classes`. */
export const taxClasses = ({ shop }: Call): Reply => {
  const words = (slug: string) => `${slug.charAt(0).toUpperCase()}${slug.slice(1).replaceAll('-', ' ')}`;
  const own = shop.taxes.classes.map((slug) => ({ slug, name: words(slug) }));
  return { body: [{ slug: 'standard', name: 'Standard rate' }, ...own] };
};

const COUNTRIES: JsonObject = {
  AU: 'Australia',
  ID: 'Indonesia',
  MY: 'Malaysia',
  SG: 'Singapore',
  TH: 'Thailand',
  US: 'United States (US)',
};

interface Setting {
  id: string;
  label: string;
  type: string;
  initial: string;
  value?: string;
  options?: JsonObject;
  /** Settings explained in words show the explanation twice, as `description` and as `tip`. */
  help?: string;
}

const setting = (id: string, label: string, type: string, initial: string, more: Partial<Setting> = {}): Setting => ({
  id: `woocommerce_${id}`,
  label,
  type,
  initial,
  ...more,
});

function generalSettings({ currency, taxes, priceDecimals }: Shop): Setting[] {
  const currencies = Object.fromEntries(Intl.supportedValuesOf('currency').map((code) => [code, code]));
  const countries = { options: COUNTRIES };
  return [
    setting('store_address', 'Address line 1', 'text', '', { help: 'Street of the shop.' }),
    setting('store_address_2', 'Address line 2', 'text', '', { help: 'More of the address.' }),
    setting('store_city', 'City', 'text', '', { help: 'City of the shop.' }),
    setting('default_country', 'Country / State', 'select', 'US:CA', { ...countries, help: 'Country of the shop.' }),
    setting('store_postcode', 'Postcode / ZIP', 'text', '', { help: 'Postcode of the shop.' }),
    setting('allowed_countries', 'Selling location(s)', 'select', 'all', {
      options: { all: 'All', all_except: 'All but some', specific: 'Some' },
      help: 'Where the shop sells to.',
    }),
    setting('all_except_countries', 'Not sold to', 'multiselect', '', countries),
    setting('specific_allowed_countries', 'Sold to', 'multiselect', '', countries),
    setting('ship_to_countries', 'Shipping location(s)', 'select', '', {
      options: { '': 'As sold', all: 'All', specific: 'Some', disabled: 'None' },
      help: 'Where the shop ships to.',
    }),
    setting('specific_ship_to_countries', 'Shipped to', 'multiselect', '', countries),
    setting('default_customer_address', 'Default customer location', 'select', 'base', {
      options: { '': 'None', base: 'Shop', geolocation: 'Geolocation', geolocation_ajax: 'Geolocation, cached' },
      help: 'Where a new customer is assumed to be.',
    }),
    setting('address_autocomplete_enabled', '', 'checkbox', 'no', { help: 'Suggest addresses.' }),
    setting('calc_taxes', 'Enable taxes', 'checkbox', 'no', {
      value: yesNo(taxes.calcTaxes),
      help: 'Calculate taxes.',
    }),
    setting('enable_coupons', 'Enable coupons', 'checkbox', 'yes', { help: 'Take coupons.' }),
    setting('calc_discounts_sequentially', '', 'checkbox', 'no', { help: 'One coupon after another.' }),
    setting('currency', 'Currency', 'select', 'USD', { value: currency, options: currencies, help: 'Of all prices.' }),
    setting('currency_pos', 'Currency position', 'select', 'left', {
      options: { left: 'Left', right: 'Right', left_space: 'Left with space', right_space: 'Right with space' },
      help: 'Where the symbol stands.',
    }),
    setting('price_thousand_sep', 'Thousand separator', 'text', ',', { help: 'Between thousands.' }),
    setting('price_decimal_sep', 'Decimal separator', 'text', '.', { help: 'Before decimals.' }),
    setting('price_num_decimals', 'Number of decimals', 'number', '2', {
      value: String(priceDecimals),
      help: 'How many decimals.',
    }),
  ];
}

function settingView({ id, label, type, initial, value, options, help }: Setting): JsonObject {
  return {
    ...{ id, label, description: help ?? '', type, default: initial, value: value ?? initial },
    ...(help === undefined ? {} : { tip: help }),
    ...(options === undefined ? {} : { options }),
  };
}

const yesNo = (is: boolean) => (is ? 'yes' : 'no');

/** The settings of products that matter to others: units, reviews, stock (labels in words of our own). */
function productSettings({ options }: Shop): Setting[] {
  const units = (...names: string[]) => Object.fromEntries(names.map((name) => [name, name]));
  const { weightUnit = 'kg', dimensionUnit = 'cm' } = options;
  return [
    setting('weight_unit', 'Weight unit', 'select', 'kg', {
      value: weightUnit,
      options: units('kg', 'g', 'lbs', 'oz'),
      help: 'Of all weights.',
    }),
    setting('dimension_unit', 'Dimensions unit', 'select', 'cm', {
      value: dimensionUnit,
      options: units('m', 'cm', 'mm', 'in', 'yd'),
      help: 'Of all lengths.',
    }),
    setting('enable_reviews', 'Enable reviews', 'checkbox', 'yes', { help: 'Take reviews.' }),
    setting('manage_stock', 'Manage stock', 'checkbox', 'yes', { help: 'Count stock.' }),
    setting('hold_stock_minutes', 'Hold stock (minutes)', 'number', '60', { help: 'For unpaid orders.' }),
  ];
}

/** The tax settings; the shop has this group also while taxes are off. */
function taxSettings({ taxes }: Shop): Setting[] {
  return [
    setting('prices_include_tax', 'Prices entered with tax', 'radio', 'no', {
      value: yesNo(taxes.pricesIncludeTax),
      options: { yes: 'With tax', no: 'Without tax' },
    }),
    setting('tax_based_on', 'Calculate tax based on', 'select', 'shipping', {
      value: taxes.basedOn,
      options: { shipping: 'Shipping address', billing: 'Billing address', base: 'Shop address' },
      help: 'Whose place counts.',
    }),
    setting('shipping_tax_class', 'Shipping tax class', 'select', 'inherit', {
      value: taxes.shippingClass,
      options: { inherit: 'As the items', '': 'Standard' },
      help: 'Of shipping.',
    }),
    setting('tax_round_at_subtotal', 'Rounding', 'checkbox', 'no', {
      value: yesNo(taxes.roundAtSubtotal),
      help: 'Round at the subtotal.',
    }),
  ];
}

const GROUPS: Readonly<Record<string, (shop: Shop) => Setting[]>> = {
  general: generalSettings,
  products: productSettings,
  tax: taxSettings,
};

function groupOf(shop: Shop, name: string | undefined): Setting[] {
  const group = name !== undefined && Object.hasOwn(GROUPS, name) ? GROUPS[name] : undefined;
  if (group !== undefined) return group(shop);
  throw new WpError(404, 'rest_setting_setting_group_invalid', 'Invalid setting group.');
}

/** `GET /settings/{group}`. */
export function listSettings({ shop, params }: Call): Reply {
  return { body: groupOf(shop, params.group).map(settingView) };
}

/** `GET /settings/{group}/{id}`; a single setting names its group. */
export function readSetting({ shop, params }: Call): Reply {
  const found = groupOf(shop, params.group).find(({ id }) => id === params.settingId);
  if (found !== undefined) return { body: { ...settingView(found), group_id: params.group } };
  throw new WpError(404, 'rest_setting_setting_invalid', 'Invalid setting.');
}
