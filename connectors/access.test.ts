import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { connectorNames, connectors } from './registry.ts';
import { handOver as shopify } from './shopify/access.ts';
import { handOver as woocommerce } from './woocommerce/access.ts';

const state = 'a'.repeat(43);
const ours = { returnUrl: 'https://lane.example/connect/x/return', callbackUrl: 'https://lane.example/connect/x/keys' };

describe('ways of access', () => {
  it('name credentials and settings that their connector has, each way once', () => {
    for (const name of connectorNames) {
      const { ways, credentialsSchema, settingsSchema } = connectors[name];
      expect(new Set(ways.map(({ id }) => id)).size).toBe(ways.length);
      for (const { credentials, optionalCredentials = [], settings, steps, handOver } of ways) {
        const known = Object.keys(credentialsSchema.properties);
        expect([...credentials, ...optionalCredentials].filter((field) => !known.includes(field))).toEqual([]);
        const fields = Object.keys(settingsSchema.properties);
        expect(Object.keys(settings).filter((field) => !fields.includes(field))).toEqual([]);
        expect(steps.length).toBeGreaterThan(0);
        expect(handOver).toBe(handOver && 'handOver' in connectors[name]);
      }
    }
  });
});

describe('WooCommerce', () => {
  it('is asked for read and write, with where to post the key and where to send its owner', () => {
    const begun = { settings: { url: 'https://shop.example/sub/' }, credentials: {}, state };
    const url = new URL(woocommerce.consentUrl(begun, ours));
    expect(url.origin + url.pathname).toBe('https://shop.example/sub/wc-auth/v1/authorize');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      app_name: 'Tradelane',
      scope: 'read_write',
      user_id: state,
      return_url: ours.returnUrl,
      callback_url: ours.callbackUrl,
    });
  });
});

describe('Shopify', () => {
  const app = { clientId: 'app-1', clientSecret: 'shpss_one_of_a_test' };
  const now = new Date('2026-07-01T00:00:00Z');
  const signed = (shop: string) => {
    const values = { code: 'code-1', shop, state, timestamp: String(now.getTime() / 1000) };
    const message = Object.entries(values).map(([name, value]) => `${name}=${value}`);
    const hmac = createHmac('sha256', app.clientSecret).update(message.toSorted().join('&')).digest('hex');
    return new URLSearchParams({ ...values, hmac });
  };
  const check = (url: string, shop: string) => () =>
    shopify.check({ settings: { url }, credentials: app, state, query: signed(shop), body: undefined, now });

  it('is taken at its word only for the shop that was asked, however well it is signed', () => {
    expect(check('https://brand.myshopify.com', 'brand.myshopify.com')()).toEqual({ code: 'code-1' });
    expect(check('https://brand.myshopify.com', 'other.myshopify.com')).toThrow(/not in brand.myshopify.com/);
    expect(check('https://shop.example', 'other.myshopify.com')).toThrow(/not in a shop of Shopify/);
  });

  it('is asked at its own address only', () => {
    const ask = (url: string) => () => shopify.consentUrl({ settings: { url }, credentials: app, state }, ours);
    expect(ask('https://brand.myshopify.com')()).toContain('https://brand.myshopify.com/admin/oauth/authorize?');
    for (const url of [
      'https://shop.example',
      'https://brand.myshopify.com.evil.example',
      'https://evil.example/.myshopify.com',
      'https://93.184.216.34',
    ]) {
      expect(ask(url)).toThrow(/not the shop’s own/);
    }
  });
});
