import type { Call, Reply } from './call.ts';
import { currencyView } from './currency.ts';
import { WpError } from './errors.ts';
import type { JsonObject } from './json.ts';
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

export const taxClasses = (): Reply => ({ body: [{ slug: 'standard', name: 'Standard rate' }] });

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

function generalSettings(currency: string): Setting[] {
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
    setting('calc_taxes', 'Enable taxes', 'checkbox', 'no', { help: 'Calculate taxes.' }),
    setting('enable_coupons', 'Enable coupons', 'checkbox', 'yes', { help: 'Take coupons.' }),
    setting('calc_discounts_sequentially', '', 'checkbox', 'no', { help: 'One coupon after another.' }),
    setting('currency', 'Currency', 'select', 'USD', { value: currency, options: currencies, help: 'Of all prices.' }),
    setting('currency_pos', 'Currency position', 'select', 'left', {
      options: { left: 'Left', right: 'Right', left_space: 'Left with space', right_space: 'Right with space' },
      help: 'Where the symbol stands.',
    }),
    setting('price_thousand_sep', 'Thousand separator', 'text', ',', { help: 'Between thousands.' }),
    setting('price_decimal_sep', 'Decimal separator', 'text', '.', { help: 'Before decimals.' }),
    setting('price_num_decimals', 'Number of decimals', 'number', '2', { help: 'How many decimals.' }),
  ];
}

function settingView({ id, label, type, initial, value, options, help }: Setting): JsonObject {
  return {
    ...{ id, label, description: help ?? '', type, default: initial, value: value ?? initial },
    ...(help === undefined ? {} : { tip: help }),
    ...(options === undefined ? {} : { options }),
  };
}

/** `GET /settings/general`. */
export function listSettings({ shop }: Call): Reply {
  return { body: generalSettings(shop.currency).map(settingView) };
}

/** `GET /settings/general/{id}`. */
export function readSetting({ shop, params }: Call): Reply {
  const found = generalSettings(shop.currency).find(({ id }) => id === params.settingId);
  if (found !== undefined) return { body: settingView(found) };
  throw new WpError(404, 'rest_setting_setting_invalid', 'Invalid setting.');
}
