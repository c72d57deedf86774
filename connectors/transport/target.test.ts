import { describe, expect, it } from 'vitest';
import { ConnectorError } from '../errors.ts';
import { assertPublicTarget, isPublicAddress, type ResolveAll } from './target.ts';

const names: Readonly<Record<string, readonly string[]>> = {
  'shop.example': ['93.184.216.34', '2606:2800:220:1::1'],
  'inner.example': ['93.184.216.34', '10.0.0.5'],
  'six.example': ['::ffff:192.168.0.1'],
};
const resolve: ResolveAll = async (host) => {
  const addresses = names[host];
  if (addresses === undefined) throw new Error('ENOTFOUND');
  return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
};

async function verdict(url: string, allowPrivate = false): Promise<string> {
  return assertPublicTarget(url, { allowPrivate, resolve }).then(
    () => 'ok',
    (error: unknown) => (error instanceof ConnectorError ? `${error.kind}:${error.details.code}` : String(error)),
  );
}

describe('assertPublicTarget', () => {
  it('lets public hosts pass', async () => {
    for (const url of ['https://shop.example', 'http://shop.example:8080/sub', 'https://93.184.216.34/']) {
      expect([url, await verdict(url)]).toEqual([url, 'ok']);
    }
  });

  it('refuses everything else, however it is written', async () => {
    const bad = [
      'http://127.0.0.1/',
      'http://localhost.inner.example@127.0.0.1/',
      'http://[::1]/',
      'http://[::ffff:127.0.0.1]/',
      'http://[::ffff:a00:1]/',
      'http://[64:ff9b::7f00:1]/',
      'http://[2002:7f00:1::]/',
      'http://[fe80::1]/',
      'http://[fd00::1]/',
      'http://0x7f.1/',
      'http://2130706433/',
      'http://0177.0.0.1/',
      'http://169.254.169.254/latest/meta-data',
      'http://100.64.0.1/',
      'http://0.0.0.0/',
      'https://user@shop.example/',
      'https://shop.example:5432/',
      'ftp://shop.example/',
      'shop.example',
      'https://inner.example/',
      'https://six.example/',
    ];
    for (const url of bad) expect([url, await verdict(url)]).toEqual([url, 'Rejected:target']);
  });

  it('lets private hosts pass where that is allowed, but no user names', async () => {
    expect(await verdict('http://127.0.0.1:5999/', true)).toBe('ok');
    expect(await verdict('http://user@127.0.0.1/', true)).toBe('Rejected:target');
  });

  it('says that a name is unknown without calling it forbidden', async () => {
    expect(await verdict('https://nowhere.example/')).toBe('Unavailable:dns');
  });

  it('pins the addresses that were checked', async () => {
    const target = await assertPublicTarget('https://shop.example', { allowPrivate: false, resolve });
    const found = await new Promise((done) => {
      target.lookup('changed.example', { all: true }, (_error, addresses) => done(addresses));
    });
    expect(found).toEqual([
      { address: '93.184.216.34', family: 4 },
      { address: '2606:2800:220:1::1', family: 6 },
    ]);
  });

  it('judges IPv4-mapped addresses by their IPv4 part', () => {
    expect(['::ffff:93.184.216.34', '::ffff:10.0.0.1', 'fe80::1%eth0', 'x'].map(isPublicAddress)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});
