import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../db/database.ts';
import { createSealer } from '../db/sealing.ts';
import { ConnectorError } from './errors.ts';
import { createConnectorOpener } from './open.ts';
import type { ConnectorName } from './registry.ts';
import { createHttpClient, publicTargets, type ResolveAll } from './transport/index.ts';

const log = pino({ level: 'silent' });
const here = [{ address: '127.0.0.1', family: 4 }];
const outside = [{ address: '93.184.216.34', family: 4 }];
/** What a name server says, question by question; the last answer stays. */
const saying = (...answers: (typeof here)[]): ResolveAll => {
  let asked = 0;
  return async () => answers[Math.min(asked++, answers.length - 1)] ?? [];
};
/** Nothing is stored, and nothing is read: tests of accounts need no database. */
const noDatabase = new Proxy({} as Database, {
  get: () => {
    throw new Error('the database was asked');
  },
});
const openerWith = (resolve: ResolveAll, allowPrivateTargets = false) =>
  createConnectorOpener({
    db: noDatabase,
    sealer: createSealer(new Uint8Array(32)),
    clock: { now: async () => new Date('2026-07-01T00:00:00Z') },
    log,
    allowPrivateTargets,
    resolve,
    timeouts: { connectMs: 20_000, firstByteMs: 20_000, callMs: 20_000 },
  });

let connections = 0;
let answer: RequestListener = (_request, response) => response.end('{}');
let server: Server;
let port = 0;
beforeAll(async () => {
  server = createServer((request, response) => answer(request, response));
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => void server.close());

const stores: readonly (readonly [ConnectorName, object])[] = [
  ['woocommerce', { consumerKey: 'ck_test', consumerSecret: 'cs_test' }],
  ['shopify', { accessToken: 'shpat_test' }],
  ['magento', { consumerKey: 'aaaa', consumerSecret: 'bbbb', accessToken: 'cccc', accessTokenSecret: 'dddd' }],
];
const kindOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'ok',
    (error: unknown) => (error instanceof ConnectorError ? `${error.kind}:${error.details.code}` : String(error)),
  );

describe.each(stores)('%s at an address that a person typed', (connector, credentials) => {
  it.each([
    ['a name that stands for this machine', 'https://shop.example', saying(here)],
    ['a name with a public and a private address', 'https://shop.example', saying([...outside, ...here])],
    ['localhost with a dot at its end', 'https://localhost.', saying(here)],
    ['a number', 'https://2130706433', saying(outside)],
    ['an address in hexadecimal', 'https://0x7f.0x1', saying(outside)],
    ['an IPv6 address of this machine', 'https://[::ffff:7f00:1]', saying(outside)],
    ['a port of something else', 'https://shop.example:6379', saying(outside)],
  ])('refuses %s before anything is sent', async (_what, url, resolve) => {
    const before = connections;
    const opener = openerWith(resolve);
    expect(await kindOf(opener.test({ connector, settings: { url }, credentials }))).toBe('Rejected:target');
    await opener.close();
    expect(connections).toBe(before);
  });

  it('refuses a name that points inside only when the connection is made', async () => {
    const before = connections;
    const opener = openerWith(saying(outside, here));
    const test = opener.test({ connector, settings: { url: 'https://shop.example' }, credentials });
    const said = await test.then(
      (report) => report.findings.map(({ what }) => what).join(),
      (error: unknown) => String(error),
    );
    await opener.close();
    expect(said).toContain('is not a public host');
    expect(connections).toBe(before);
  });
});

describe('the one way out', () => {
  const get = (url: string) => ({ method: 'GET', url, operation: 'test', effect: false }) as const;

  it('connects to the addresses that were checked, whatever the name stands for elsewhere', async () => {
    const asked: string[] = [];
    const resolve: ResolveAll = async (name) => {
      asked.push(name);
      return here;
    };
    const open = createHttpClient({ connectionId: 'x', log, lookup: lookupOf(resolve) });
    expect((await open.send(get(`http://shop.example:${port}/`))).status).toBe(200);
    await open.close();
    expect(asked).toEqual(['shop.example']);
  });

  it.each([
    ['to another host', 'http://shop.example/'],
    ['to this machine by its number', 'http://2130706433/'],
    ['to another scheme', 'https://127.0.0.1/'],
    ['to another port', 'http://127.0.0.1:6379/'],
    ['to something that is no address', 'http://[/'],
  ])('follows no redirect %s', async (_what, location) => {
    answer = (_request, response) => response.writeHead(302, { location }).end();
    const open = createHttpClient({ connectionId: 'x', log });
    const before = connections;
    expect(await kindOf(open.send(get(`http://127.0.0.1:${port}/`)))).toBe('Rejected:redirect');
    await open.close();
    expect(connections).toBe(before + 1);
  });

  it('refuses odd ports and private numbers at every call, not only when an account is tested', async () => {
    const open = createHttpClient({ connectionId: 'x', log, ...publicTargets(saying(outside)) });
    expect(await kindOf(open.send(get('http://93.184.216.34:25/')))).toBe('Rejected:target');
    expect(await kindOf(open.send(get('http://169.254.169.254/')))).toBe('Rejected:target');
    expect(await kindOf(open.send(get('https://user@shop.example/')))).toBe('Rejected:undefined');
    await open.close();
  });
});

/** A lookup that asks the given name server and refuses nothing. */
function lookupOf(resolve: ResolveAll) {
  return (...[name, options, callback]: Parameters<NonNullable<ReturnType<typeof publicTargets>['lookup']>>) => {
    void resolve(name).then((all) => {
      if (options.all === true) callback(null, [...all]);
      else callback(null, all[0]?.address ?? '', 4);
    });
  };
}
