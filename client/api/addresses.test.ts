import { Type } from '@sinclair/typebox';
import { describe, expect, it } from 'vitest';
import { demandHttps, withHttpWarning, withScheme } from './addresses.ts';
import type { ConnectorInfo } from './deps.ts';

const info: ConnectorInfo = {
  name: 'shop',
  title: 'Shop',
  kind: 'store',
  settings: Type.Object({ url: Type.String({ pattern: '^https?://[^\\s?#]+$' }), note: Type.String() }),
  credentials: Type.Object({}),
};
const deps = (allowPrivateTargets: boolean) => ({ config: { allowPrivateTargets } });
const report = { ok: true, account: 'A shop', facts: {}, findings: [] };

describe('an address that somebody types', () => {
  it.each([
    ['shop.example', 'https://shop.example'],
    ['  shop.example:8443/sub ', 'https://shop.example:8443/sub'],
    ['http://shop.example', 'http://shop.example'],
    ['javascript:alert(1)', 'https://javascript:alert(1)'],
    ['ftp://shop.example', 'ftp://shop.example'],
  ])('%s is %s', (typed, meant) => {
    expect(withScheme(info, { url: typed, note: 'as it is' })).toEqual({ url: meant, note: 'as it is' });
  });

  it('without https has to be meant', () => {
    const plain = { url: 'http://shop.example' };
    expect(() => demandHttps(deps(false), plain, {})).toThrow(/without https/);
    expect(() => demandHttps(deps(false), { nested: ['HTTP://shop.example'] }, {})).toThrow(/without https/);
    for (const passes of [{ plainHttp: true }, { known: plain }]) {
      expect(() => demandHttps(deps(false), plain, passes)).not.toThrow();
    }
    expect(() => demandHttps(deps(true), plain, {})).not.toThrow();
    expect(withHttpWarning(deps(false), plain, report).findings).toEqual([
      expect.objectContaining({ severity: 'warning', what: expect.stringContaining('plain http') }),
    ]);
    expect(withHttpWarning(deps(false), { url: 'https://shop.example' }, report)).toBe(report);
    expect(withHttpWarning(deps(true), plain, report)).toBe(report);
  });
});
