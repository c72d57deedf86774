import type { GivenServer } from '../conformance/index.ts';
import { requestOf } from './bench.fixture.ts';
import type { DhlExpressCredentials } from './schema.ts';

const path = '/mydhlapi';

/** DHL Express on a server that somebody else started. */
export const dhlExpressServer: GivenServer = {
  settingsFor: (url, more) => {
    const addresses = url.includes(path) ? [url] : [`${url}${path}`, url, `${url}${path}/test`];
    return addresses.map((baseUrl) => ({ baseUrl, ...more }));
  },
  wrongCredentials: (credentials) => ({ ...(credentials as DhlExpressCredentials), password: 'wrong-password' }),
  carrier: {
    request: (_settings, reference, more) =>
      requestOf(reference, { pieces: requestOf(reference).pieces.slice(0, 1), ...more }),
    stays: 'MyDHL API has no call that takes a waybill back; an unused one is never billed',
  },
};
