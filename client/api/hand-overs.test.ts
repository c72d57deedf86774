import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { startShopifySimulator } from '../../connectors/shopify/simulator/index.ts';
import type { RunningSimulator } from '../../connectors/simulator-kit/index.ts';
import { startWooCommerceSimulator } from '../../connectors/woocommerce/simulator/index.ts';
import { forgetHandOvers } from '../../db/hand-overs.ts';
import { credentialsOf } from './connect.ts';
import type { Values } from './deps.ts';
import { handOverMs } from './hand-overs.ts';
import { withShops } from './testing/shops.ts';
import { type ApiWorld, startApiWorld } from './testing/world.ts';

const app = { clientId: 'app-of-the-test', clientSecret: 'shpss_secret_of_the_test' };
const publicSite: { url: string | null } = { url: null };
let world: ApiWorld;
let woo: RunningSimulator;
let shopify: RunningSimulator;

beforeAll(async () => {
  world = await startApiWorld(inject('postgresSuperuserUrl'), (deps) => withShops(deps, publicSite));
  const now = () => world.now;
  const key = { consumerKey: 'ck_first_of_the_shop', consumerSecret: 'cs_first_of_the_shop' };
  woo = await startWooCommerceSimulator({ ...key, now, dials: { insecureCallback: true } });
  shopify = await startShopifySimulator({ ...app, now, locations: ['Melbourne', 'Perth'] });
  await world.app.listen({ host: '127.0.0.1', port: 0 });
  publicSite.url = `http://127.0.0.1:${(world.app.server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await world.close();
  await woo.close();
  await shopify.close();
});
const begunAt = new Date('2026-07-01T03:00:00.000Z');
beforeEach(() => {
  world.wall = begunAt;
});

const control = (shop: RunningSimulator, path: string, body: object = {}) =>
  fetch(`${shop.url}/__control${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
let number = 0;
const begin = async (connector: 'woocommerce' | 'shopify', more: object = {}) => {
  number += 1;
  const shop = connector === 'woocommerce' ? woo : shopify;
  const body = {
    connector,
    code: `handed-${number}`,
    name: 'A handed shop',
    brandId: world.own.id,
    settings: { url: shop.url },
    ...(connector === 'shopify' ? { credentials: app } : {}),
    ...more,
  };
  const answer = await world.as('admin', 'POST', '/api/connections/authorize', body);
  const { id, authorizeUrl } = answer.body as unknown as { id: string; authorizeUrl: string };
  return { answer, id, authorizeUrl, code: body.code };
};
const see = async (id: string) => (await world.as('admin', 'GET', `/api/hand-overs/${id}`)).body;
const stored = (code: string) => world.database.db.tx('staff', (trx) => trx('connections').where({ code }).first());
const secretsOf = async (code: string): Promise<Values> => {
  const row = await stored(code);
  return world.sealer.openJson(row.credentials_sealed, credentialsOf(row.id)) as Values;
};
const sealedLeft = () =>
  world.database.db.tx('staff', (trx) => trx('hand_overs').whereNotNull('sealed').whereNotNull('finished_at'));

/** What a browser does: the shop's page, the click, and the way back. */
async function approve(authorizeUrl: string): Promise<Response> {
  const page = await fetch(authorizeUrl);
  const href = /class="wc-auth-approve" href="([^"]+)"/.exec(await page.text())?.[1]?.replaceAll('&amp;', '&');
  if (href) return fetch(new URL(href, woo.url));
  return fetch(authorizeUrl, { method: 'POST' });
}

describe('WooCommerce hands a key over', () => {
  it('to a new connection: the owner agrees, the key is tested, sealed and stored', async () => {
    const { answer, id, authorizeUrl, code } = await begin('woocommerce');
    expect(answer.status).toBe(201);
    expect(await see(id)).toMatchObject({ progress: 'waiting', authorizeUrl, connectionId: null });
    const back = await approve(authorizeUrl);
    const html = await back.text();
    expect([back.status, html]).toEqual([200, expect.stringContaining('The shop is connected')]);
    const row = await stored(code);
    expect(row).toMatchObject({ state: 'CONNECTED', credentials_proved: true, brand_id: world.own.id });
    expect((await secretsOf(code)).consumerKey).toMatch(/^ck_[0-9a-f]{40}$/);
    expect(await see(id)).toMatchObject({ progress: 'connected', connectionId: row.id, authorizeUrl: null });
    const history = await world.database.db.tx('staff', (trx) => trx('transitions').where({ entity_id: row.id }));
    expect(history.map(({ actor }) => actor)).toEqual(['admin@example.com', 'admin@example.com']);
    expect(await sealedLeft()).toEqual([]);
    // The way back counts once, too: it shows what became of it and makes nothing new.
    expect(await (await fetch(back.url)).text()).toContain('The shop is connected');
  });

  it('once: a second post to the same address is refused, and so are foreign and misshapen ones', async () => {
    const { id, authorizeUrl, code } = await begin('woocommerce');
    const keysUrl = new URL(authorizeUrl).searchParams.get('callback_url') ?? '';
    const state = new URL(authorizeUrl).searchParams.get('user_id') ?? '';
    const post = (body: unknown, url = keysUrl) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json;charset=UTF-8' },
        body: JSON.stringify(body),
      });
    const keys = {
      key_id: 1,
      user_id: state,
      consumer_key: 'ck_first_of_the_shop',
      consumer_secret: 'cs_first_of_the_shop',
      key_permissions: 'read_write',
    };
    expect((await post({ ...keys, user_id: 'somebody-else' })).status).toBe(400);
    expect((await post({ ...keys, consumer_key: 7 })).status).toBe(400);
    expect((await post([keys])).status).toBe(400);
    expect((await post(keys, keysUrl.replace(state, 'A'.repeat(43)))).status).toBe(404);
    expect((await post({ ...keys, note: 'x'.repeat(20_000) })).status).toBe(413);
    expect(await see(id)).toMatchObject({ progress: 'waiting' });
    expect((await post(keys)).status).toBe(200);
    const second = await post({ ...keys, consumer_key: 'ck_of_an_attacker' });
    expect([second.status, (await second.json()).error.code]).toEqual([409, 'NotAllowedInState']);
    // The browser never came back: whoever began finishes it.
    const finished = await world.as('admin', 'POST', `/api/hand-overs/${id}/finish`, {});
    expect(finished.body).toMatchObject({ progress: 'connected', report: { ok: true } });
    expect((await secretsOf(code)).consumerKey).toBe('ck_first_of_the_shop');
  });

  it('with too few rights: nothing is stored, and the page says which right is missing', async () => {
    const { id, authorizeUrl, code } = await begin('woocommerce');
    const html = await (await approve(authorizeUrl.replace('read_write', 'read'))).text();
    expect(html).toContain('not enough');
    expect(html).toContain('The shop gave a key with the right &quot;read&quot;');
    expect(html).toContain('can read but not write');
    const seen = await see(id);
    expect(seen).toMatchObject({ progress: 'refused', connectionId: null, report: { ok: false } });
    expect(seen.refusal).toMatchObject({ remedy: expect.stringContaining('Read/Write') });
    expect(await stored(code)).toBeUndefined();
    expect(await sealedLeft()).toEqual([]);
  });

  it('or not: the owner refuses, the time runs out', async () => {
    const refused = await begin('woocommerce');
    const page = await (await fetch(refused.authorizeUrl)).text();
    const deny = /class="wc-auth-deny" href="([^"]+)"/.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect(await (await fetch(deny)).text()).toContain('No access was given');
    expect((await see(refused.id)).progress).toBe('refused');

    const late = await begin('woocommerce');
    world.wall = new Date(begunAt.getTime() + handOverMs);
    const answer = await approve(late.authorizeUrl);
    // The shop was answered with an error: it deletes the key again and says so.
    expect(answer.status).toBe(401);
    expect((await see(late.id)).progress).toBe('expired');
    const later = new Date(world.wall.getTime() + 1);
    const forgotten = await world.database.db.tx('staff', (trx) => forgetHandOvers(trx, later));
    expect(forgotten).toBeGreaterThan(0);
    const row = await world.database.db.tx('staff', (trx) => trx('hand_overs').where({ id: late.id }).first());
    expect(row.sealed).toBeNull();
    expect(await stored(late.code)).toBeUndefined();
  });

  it('again, in place of a revoked key: the old one stays until the new one is proved', async () => {
    const first = await begin('woocommerce');
    await approve(first.authorizeUrl);
    const row = await stored(first.code);
    const old = await secretsOf(first.code);
    await control(woo, '/revoke-keys');
    const again = () => world.as('admin', 'POST', `/api/connections/${row.id}/authorize`, {});
    const failed = (await again()).body as unknown as { authorizeUrl: string };
    await approve(failed.authorizeUrl.replace('read_write', 'read'));
    expect(await secretsOf(first.code)).toEqual(old);
    const { authorizeUrl } = (await again()).body as unknown as { authorizeUrl: string };
    expect(await (await approve(authorizeUrl)).text()).toContain('The shop is connected');
    expect(await secretsOf(first.code)).not.toEqual(old);
    expect(await stored(first.code)).toMatchObject({ id: row.id, state: 'CONNECTED' });
  });

  it('is tried again after an outage of the shop, with the same key', async () => {
    const { id, authorizeUrl, code } = await begin('woocommerce');
    await control(woo, '/faults', { match: { path: '^/wp-json/wc/' }, fault: { kind: 'status', status: 503 } });
    const html = await (await approve(authorizeUrl)).text();
    expect(html).toContain('Nearly there');
    expect(await see(id)).toMatchObject({ progress: 'received', report: { ok: false } });
    const finished = await world.as('admin', 'POST', `/api/hand-overs/${id}/finish`, {});
    expect(finished.body).toMatchObject({ progress: 'connected' });
    expect((await stored(code)).state).toBe('CONNECTED');
  });

  it('is not tried any more when the time is over', async () => {
    const { id, authorizeUrl, code } = await begin('woocommerce');
    await control(woo, '/faults', { match: { path: '^/wp-json/wc/' }, fault: { kind: 'status', status: 503 } });
    await approve(authorizeUrl);
    world.wall = new Date(begunAt.getTime() + handOverMs);
    await world.database.db.tx('staff', (trx) => forgetHandOvers(trx, new Date(world.wall.getTime() + 1)));
    const late = await world.as('admin', 'POST', `/api/hand-overs/${id}/finish`, {});
    expect([late.status, (await see(id)).progress]).toEqual([409, 'expired']);
    expect(await stored(code)).toBeUndefined();
  });
});

describe('Shopify sends a code', () => {
  it('which becomes tokens that end; a second use of it is refused', async () => {
    const { id, authorizeUrl, code } = await begin('shopify');
    const back = await approve(authorizeUrl);
    expect([back.status, await back.text()]).toEqual([200, expect.stringContaining('The shop is connected')]);
    expect(await secretsOf(code)).toMatchObject({
      ...app,
      accessToken: expect.stringMatching(/^shpat_/),
      refreshToken: expect.stringMatching(/^shprt_/),
      accessTokenExpiresAt: expect.any(String),
    });
    expect((await see(id)).progress).toBe('connected');
    const replay = await fetch(back.url);
    expect([replay.status, await replay.text()]).toEqual([409, expect.stringContaining('it counts once')]);
  });

  it.each([
    ['a changed code', (query: URLSearchParams) => query.set('code', 'another'), 'its signature is wrong'],
    ['a missing signature', (query: URLSearchParams) => query.delete('hmac'), 'its signature is wrong'],
    ['a state that nobody waits for', (query: URLSearchParams) => query.set('state', 'x'), 'Nobody here waits'],
  ])('refuses %s and stores nothing', async (_what, change, words) => {
    const { id, authorizeUrl, code } = await begin('shopify');
    const redirect = await fetch(authorizeUrl, { method: 'POST', redirect: 'manual' });
    const url = new URL(redirect.headers.get('location') ?? '');
    change(url.searchParams);
    const answer = await fetch(url);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(await answer.text()).toContain(words);
    expect((await see(id)).progress).toBe('waiting');
    expect(await stored(code)).toBeUndefined();
  });

  it('an app without the scopes is refused by name', async () => {
    const scopes = ['read_products', 'read_locations'];
    const small = await startShopifySimulator({ ...app, scopes, now: () => world.now });
    const { id, authorizeUrl } = await begin('shopify', { settings: { url: small.url } });
    const html = await (await approve(authorizeUrl)).text();
    await small.close();
    expect(html).toContain('it lacks the scope write_orders');
    expect((await see(id)).progress).toBe('refused');
  });
});

describe('whoever begins', () => {
  it('must be an admin, and nobody else sees it', async () => {
    const { id } = await begin('woocommerce');
    expect((await world.as('ops', 'GET', `/api/hand-overs/${id}`)).status).toBe(403);
    expect((await world.as('ops', 'POST', '/api/connections/authorize', {})).status).toBe(403);
  });

  it('is told what is missing before the owner is asked', async () => {
    const messageOf = async (more: object) => (await begin('woocommerce', more)).answer.body.error;
    expect(await messageOf({ code: 'acme-shop' })).toMatchObject({ code: 'AlreadyThere' });
    expect(await messageOf({ brandId: undefined })).toMatchObject({ code: 'InvalidInput' });
    expect(await messageOf({ settings: { url: 'ftp://shop.example' } })).toMatchObject({ code: 'InvalidInput' });
    const noApp = (await begin('shopify', { credentials: {} })).answer.body.error;
    expect(noApp.message).toContain('clientId, clientSecret');
    const elsewhere = { settings: { url: 'https://shop.example' }, credentials: app };
    expect((await begin('shopify', elsewhere)).answer.body.error.remedy).toContain('.myshopify.com');
    const magento = { connector: 'magento', settings: { url: woo.url } };
    expect((await begin('woocommerce', magento)).answer.body.error.message).toContain('Magento hands nothing over');
    const { url } = publicSite;
    publicSite.url = null;
    const nowhere = (await begin('woocommerce')).answer;
    publicSite.url = url;
    expect([nowhere.status, nowhere.body.error]).toEqual([
      422,
      expect.objectContaining({ code: 'NotConfigured', remedy: expect.stringContaining('TRADELANE_PUBLIC_URL') }),
    ]);
  });

  it('and logs out takes the hand-over along', async () => {
    const { authorizeUrl, code } = await begin('woocommerce');
    await world.as('admin', 'DELETE', '/api/session');
    // The shop was answered with an error, and deleted the key again.
    expect((await approve(authorizeUrl)).status).toBe(401);
    expect(await stored(code)).toBeUndefined();
  });

  it('leaves no secret in logs, answers or history', async () => {
    const rows = await world.database.db.tx('staff', async (trx) => [
      await trx('transitions').select('*'),
      await trx('answered_commands').select('*'),
      await trx('hand_overs').select('draft', 'report', 'refusal'),
    ]);
    const all = JSON.stringify(rows) + world.logLines.join('');
    expect(all).not.toMatch(/ck_first|cs_first|shpss_|shpat_|shprt_|ck_[0-9a-f]{40}|user_id=/);
  });
});
