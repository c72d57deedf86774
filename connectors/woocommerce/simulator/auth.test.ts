import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningSimulator } from '../../simulator-kit/index.ts';
import { call, control, type SignOptions, signedUrl } from './client.fixture.ts';
import { startWooCommerceSimulator } from './index.ts';
import { baseString } from './oauth.ts';

const PATH = '/wp-json/wc/v3/products';
const signer = { consumerKey: 'ck_one', consumerSecret: 'cs_one' };
const keys = [
  { consumerKey: 'ck_read', consumerSecret: 'cs_read', permissions: 'read' as const },
  { consumerKey: 'ck_write', consumerSecret: 'cs_write', permissions: 'write' as const },
];
const basic = (key: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`,
});

interface Outcome {
  status: number;
  code?: string;
  message?: string;
}

async function outcome(response: Response): Promise<Outcome> {
  const body = await response.json();
  return response.status === 200
    ? { status: 200 }
    : { status: response.status, code: body.code, message: body.message };
}

describe('plain http: OAuth 1.0a', () => {
  let simulator: RunningSimulator;
  beforeAll(async () => {
    simulator = await startWooCommerceSimulator({ ...signer, keys });
  });
  afterAll(() => simulator.close());
  const get = async (options: SignOptions = {}, query: Record<string, string> = {}) =>
    outcome(await fetch(signedUrl('GET', `${simulator.url}${PATH}`, query, signer, options)));
  const nowSeconds = () => Math.floor(Date.now() / 1000);

  it('takes HMAC-SHA256 and HMAC-SHA1, with characters that must be encoded', async () => {
    expect(await get({}, { search: "a b+c/d&e='f'!", _fields: 'id,sku' })).toEqual({ status: 200 });
    expect(await get({ method: 'HMAC-SHA1' })).toEqual({ status: 200 });
  });

  it('refuses old and future time stamps and a nonce used before', async () => {
    const invalid = { status: 401, code: 'woocommerce_rest_authentication_error', message: 'Invalid timestamp.' };
    expect(await get({ timestamp: nowSeconds() - 16 * 60 })).toEqual(invalid);
    expect(await get({ timestamp: nowSeconds() + 16 * 60 })).toEqual(invalid);
    expect(await get({ timestamp: nowSeconds() - 14 * 60, nonce: 'once' })).toEqual({ status: 200 });
    expect((await get({ nonce: 'once' })).message).toBe('Invalid nonce - nonce has already been used.');
  });

  it('takes time stamps of the virtual clock as well', async () => {
    await control(simulator.url, 'POST', '/clock', { now: '2030-01-01T00:00:00Z' });
    expect(await get({ timestamp: Date.parse('2030-01-01T00:00:00Z') / 1000 })).toEqual({ status: 200 });
    expect(await get()).toEqual({ status: 200 });
    await control(simulator.url, 'POST', '/clock', { now: null });
  });

  it('names missing parameters', async () => {
    const response = await fetch(`${simulator.url}${PATH}?oauth_consumer_key=ck_one&oauth_nonce=n`);
    expect(await outcome(response)).toEqual({
      status: 401,
      code: 'woocommerce_rest_authentication_missing_parameter',
      message: 'Missing OAuth parameters oauth_timestamp, oauth_signature, oauth_signature_method',
    });
  });

  it('signs nested parameters with their PHP keys, brackets encoded twice', () => {
    const base = baseString('GET', 'http://shop.example/wp-json/wc/v3/products', {
      include: { 0: '1', 1: '2' },
      a: 'x',
    });
    expect(base.split('&')[2]).toBe('a%3Dx%26include%255B0%255D%3D1%26include%255B1%255D%3D2');
  });

  it('takes parameters from the header', async () => {
    const url = new URL(signedUrl('GET', `${simulator.url}${PATH}`, {}, signer));
    const pairs = [...url.searchParams].map(([name, value]) => `${name}="${encodeURIComponent(value)}"`);
    const response = await fetch(`${simulator.url}${PATH}`, {
      headers: { authorization: `OAuth ${pairs.join(', ')}` },
    });
    expect(response.status).toBe(200);
  });

  it('ignores Basic and query keys', async () => {
    const refused = { status: 401, code: 'woocommerce_rest_cannot_view', message: 'Sorry, you cannot list resources.' };
    const withBasic = await fetch(`${simulator.url}${PATH}`, { headers: basic('ck_one', 'cs_one') });
    expect(await outcome(withBasic)).toEqual(refused);
    const query = 'consumer_key=ck_one&consumer_secret=cs_one';
    expect(await outcome(await fetch(`${simulator.url}${PATH}?${query}`))).toEqual(refused);
  });

  it('keeps read keys from writing and write keys from reading', async () => {
    const [reader, writer] = keys;
    if (reader === undefined || writer === undefined) throw new Error('two keys are needed');
    const product = { name: 'By a key' };
    expect((await call(simulator.url, 'GET', PATH, { signer: reader })).status).toBe(200);
    expect((await call(simulator.url, 'POST', PATH, { signer: reader, body: product })).body).toMatchObject({
      code: 'woocommerce_rest_authentication_error',
      message: 'The API key provided does not have write permissions.',
    });
    expect((await call(simulator.url, 'POST', PATH, { signer: writer, body: product })).status).toBe(201);
    expect((await call(simulator.url, 'GET', PATH, { signer: writer })).status).toBe(401);
  });

  it('checks against the home URL that the site knows', async () => {
    const other = await startWooCommerceSimulator({ ...signer, siteUrl: 'http://shop.example' });
    const signed = signedUrl('GET', `http://shop.example${PATH}`, {}, signer);
    const response = await fetch(signed.replace('http://shop.example', other.url));
    const direct = await fetch(signedUrl('GET', `${other.url}${PATH}`, {}, signer));
    await other.close();
    expect([response.status, direct.status]).toEqual([200, 401]);
    expect(response.headers.get('link')).toContain('http://shop.example/wp-json/');
  });
});

describe('a site that sees TLS', () => {
  let simulator: RunningSimulator;
  beforeAll(async () => {
    simulator = await startWooCommerceSimulator({ ...signer, treatAsHttps: true });
  });
  afterAll(() => simulator.close());
  const get = async (headers: Record<string, string>, query = '') =>
    outcome(await fetch(`${simulator.url}${PATH}${query}`, { headers }));

  it('takes Basic, query keys and OAuth', async () => {
    expect(await get(basic('ck_one', 'cs_one'))).toEqual({ status: 200 });
    expect(await get({}, '?consumer_key=ck_one&consumer_secret=cs_one')).toEqual({ status: 200 });
    expect((await call(simulator.url, 'GET', PATH, { signer })).status).toBe(200);
  });

  it('tells a wrong secret from an unknown key', async () => {
    expect(await get(basic('ck_one', 'cs_two'))).toEqual({
      status: 401,
      code: 'woocommerce_rest_authentication_error',
      message: 'Consumer secret is invalid.',
    });
    expect((await get(basic('ck_other', 'cs_one'))).code).toBe('woocommerce_rest_cannot_view');
  });

  it('does not see the header of a host that strips it', async () => {
    await control(simulator.url, 'POST', '/dials', { stripAuthorization: true });
    expect((await get(basic('ck_one', 'cs_one'))).code).toBe('woocommerce_rest_cannot_view');
    expect(await get({}, '?consumer_key=ck_one&consumer_secret=cs_one')).toEqual({ status: 200 });
    await control(simulator.url, 'POST', '/dials', { stripAuthorization: false });
  });

  it('has no /wp-json with plain permalinks, and looks at no keys under rest_route', async () => {
    await control(simulator.url, 'POST', '/dials', { plainPermalinks: true });
    const pretty = await fetch(`${simulator.url}${PATH}`, { headers: basic('ck_one', 'cs_one') });
    expect([pretty.status, pretty.headers.get('content-type')]).toEqual([404, 'text/html; charset=UTF-8']);
    const plain = await fetch(`${simulator.url}/?rest_route=/wc/v3/products`, { headers: basic('ck_one', 'cs_one') });
    expect(await outcome(plain)).toMatchObject({ status: 401, code: 'woocommerce_rest_cannot_view' });
    const index = await fetch(`${simulator.url}/?rest_route=/`);
    expect(await index.json()).toMatchObject({ namespaces: expect.arrayContaining(['wc/v3']) });
    await control(simulator.url, 'POST', '/dials', { plainPermalinks: false });
  });
});

it('signs a base string that is written out here, so that signer and checker can’t be wrong in the same way', () => {
  const base = baseString('GET', 'http://shop.example/wp-json/wc/v3/orders', {
    b: 'x y',
    a: 'é',
    oauth_signature: 'no',
  });
  expect(base).toBe('GET&http%3A%2F%2Fshop.example%2Fwp-json%2Fwc%2Fv3%2Forders&a%3D%25C3%25A9%26b%3Dx%2520y');
});
