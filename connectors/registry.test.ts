import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { ConnectorContext } from './contract/common.ts';
import { connectorNames, connectors, isConnectorName, secretsOf, targetsOf } from './registry.ts';

const credentials = { consumerKey: 'ck_key', consumerSecret: 'cs_secret' };
const settings = { url: 'https://shop.example' };

function context(more: Partial<ConnectorContext<unknown, unknown>> = {}): ConnectorContext<unknown, unknown> {
  return {
    connectionId: 'c',
    credentials,
    settings,
    http: { send: async () => ({ status: 200, headers: {}, text: '' }) },
    clock: { now: async () => new Date(0) },
    log: pino({ level: 'silent' }),
    exclusively: (_what, work) => work(),
    renewCredentials: (refresh) => refresh(credentials),
    ...more,
  };
}

describe('registry', () => {
  it('makes connectors of the kind that it names', () => {
    const made = connectors.woocommerce.create(context());
    expect(made.kind).toBe(connectors.woocommerce.kind);
    const names = ['woocommerce', 'shopify', 'magento', 'jd-id', 'zilingo', 'dhl-express', 'ninja-van'];
    expect(connectorNames.slice(0, names.length)).toEqual(names);
    const byText: string[] = ['constructor', 'jd-id'];
    expect(byText.map((name) => connectors[name]?.kind)).toEqual([undefined, 'marketplace']);
    expect([isConnectorName('woocommerce'), isConnectorName('toString')]).toEqual([true, false]);
  });

  it('refuses credentials and settings that do not fit, naming the path and never the value', () => {
    const secret = { consumerKey: 'ck_key', consumerSecret: 42_424_242 };
    const make = (more: Partial<ConnectorContext<unknown, unknown>>) => () =>
      connectors.woocommerce.create(context(more));
    expect(make({ credentials: secret })).toThrow(/credentials\/consumerSecret/);
    expect(make({ credentials: secret })).not.toThrow(/42424242/);
    expect(make({ settings: { url: 'ftp://shop.example' } })).toThrow(/settings\/url/);
    expect(make({ settings: { ...settings, colour: 'red' } })).toThrow(/settings\/colour/);
  });

  it('finds what must be hidden and what must be checked', () => {
    expect(secretsOf({ a: 'secret-1', b: { c: 'secret-2' }, d: 7, e: 'x' })).toEqual(['secret-1', 'secret-2']);
    expect(
      targetsOf({
        url: 'https://a.example',
        deep: { oauthUrl: 'http://b.example/x' },
        unit: 'kg',
        place: 'gid://shopify/Location/1',
      }),
    ).toEqual(['https://a.example', 'http://b.example/x']);
  });
});
