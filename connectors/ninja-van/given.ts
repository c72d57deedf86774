import type { GivenServer } from '../conformance/index.ts';
import { requestIn, requestOf } from './bench.fixture.ts';
import { isServed } from './countries.ts';
import { handleOf } from './handle.ts';
import type { NinjaVanCredentials } from './schema.ts';

const postcodes: Readonly<Record<string, string>> = { MY: '50000', ID: '10110' };

/** Ninja Van on a server that somebody else started. */
export const ninjaVanServer: GivenServer = {
  // The country may stand in the address; without one the sandbox's is meant.
  settingsFor: (url, more) => {
    const last = /\/([a-z]{2})$/i.exec(new URL(url).pathname)?.[1]?.toUpperCase() ?? '';
    const own = isServed(last) ? { baseUrl: url.slice(0, -3), country: last } : { baseUrl: url, country: 'SG' };
    return [{ ...own, trackingPrefix: '', ...more }];
  },
  wrongCredentials: (credentials) => {
    const { clientId } = credentials as NinjaVanCredentials;
    return { clientId, clientSecret: 'wrong-client-key' };
  },
  carrier: {
    request: ({ country }, reference, more) => {
      const code = String(country);
      if (code === 'SG') return requestOf(reference, more);
      return { ...requestIn(code, reference, postcodes[code] ?? null), ...more };
    },
    // The account's prefix stands before every number: the first booking shows it.
    learn: async ({ connector, ctx }, request) => {
      const { trackingPrefix } = ctx.settings as { trackingPrefix: string };
      if (trackingPrefix !== '') return {};
      const { details } = await connector.book(request);
      const number = details?.trackingNumber ?? '';
      const at = number.toUpperCase().indexOf(handleOf(request.reference, { trackingPrefix }));
      const prefix = at < 0 ? '' : number.slice(0, at);
      return { trackingPrefix: /^[A-Za-z0-9]{1,9}$/.test(prefix) ? prefix : '' };
    },
    stays: 'it could not be cancelled',
  },
};
