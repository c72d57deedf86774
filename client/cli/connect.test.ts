import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startMagentoSimulator } from '../../connectors/magento/simulator/index.ts';
import type { RunningSimulator } from '../../connectors/simulator-kit/index.ts';
import { startWooCommerceSimulator } from '../../connectors/woocommerce/simulator/index.ts';
import { withShops } from '../api/testing/shops.ts';
import { type ApiWorld, password, startApiWorld } from '../api/testing/world.ts';
import type { Io } from './io.ts';
import { typeCommand } from './typed.fixture.ts';

/** Ways of access from the command line, against real connectors and shops on this machine. */
const site: { url: string | null } = { url: null };
const key = { consumerKey: 'ck_of_the_cli', consumerSecret: 'cs_of_the_cli' };
const integration = {
  consumerKey: 'cli-consumer-key',
  consumerSecret: 'cli-consumer-secret',
  accessToken: 'cli-access-token',
  accessTokenSecret: 'cli-access-token-secret',
};
let world: ApiWorld;
let woo: RunningSimulator;
let magento: RunningSimulator;
let folder: string;

beforeAll(async () => {
  world = await startApiWorld(inject('postgresSuperuserUrl'), (deps) => withShops(deps, site));
  const now = () => world.now;
  woo = await startWooCommerceSimulator({ ...key, now, dials: { insecureCallback: true } });
  magento = await startMagentoSimulator({ username: 'admin', password: 'a-password-1', integration, now });
  site.url = await world.app.listen({ host: '127.0.0.1', port: 0 });
  folder = mkdtempSync(join(tmpdir(), 'tradelane-connect-'));
  const logIns = [{ role: 'admin', email: world.emailOf('admin'), password }];
  const run = { dataDir: folder, pids: {}, apiUrl: site.url, logIns, environment: {} };
  writeFileSync(join(folder, 'run.json'), JSON.stringify(run));
});
afterAll(async () => {
  await world.close();
  await Promise.all([woo.close(), magento.close()]);
  rmSync(folder, { recursive: true, force: true });
});

const cli = (args: readonly string[], given: Partial<Io> = {}) => typeCommand(folder, args, given);

/** An owner who opens the address that is shown, and agrees. */
const agreeing = (change: (address: string) => string = (address) => address): Partial<Io> => ({
  err: (text) => {
    const address = /https?:\/\/\S+\/wc-auth\/\S+/.exec(text)?.[0];
    if (address === undefined) return;
    void fetch(change(address))
      .then((page) => page.text())
      .then((html) => /class="wc-auth-approve" href="([^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '')
      .then((href) => fetch(new URL(href, woo.url)));
  },
});
const shop = (code: string) => ['connect', 'woocommerce', code, '--brand', 'acme', '--url', woo.url];

describe('connect --authorize', () => {
  it('shows the shop’s page, waits, and says what came of it', async () => {
    const { code, out } = await cli([...shop('cli-handed'), '--authorize', '--wait', '20'], agreeing());
    expect([code, out]).toEqual([0, expect.stringContaining('cli-handed is connected.')]);
    expect(out).not.toMatch(/ck_|cs_/);
  });

  it('ends with what is missing when the right is too small', async () => {
    const owner = agreeing((address) => address.replace('read_write', 'read'));
    const { code, out } = await cli([...shop('cli-small'), '--authorize', '--wait', '20'], owner);
    expect([code, out]).toEqual([1, expect.stringContaining('Nothing was stored.')]);
    expect(out).toContain('Read/Write');
  });

  it('gives an account new access', async () => {
    const again = ['connect', 'woocommerce', 'cli-handed', '--again', '--authorize', '--wait', '20'];
    expect((await cli(again, agreeing())).out).toContain('cli-handed is connected.');
    const pasted = ['connect', 'woocommerce', 'cli-handed', '--again', '--credentials', '-'];
    const bad = { readAll: async () => JSON.stringify({ ...key, consumerSecret: 'cs_wrong' }) };
    expect((await cli(pasted, bad)).code).toBe(1);
    expect((await cli(pasted, { readAll: async () => JSON.stringify(key) })).code).toBe(0);
  });

  it('is refused where nothing is handed over', async () => {
    const magentoShop = ['connect', 'magento', 'cli-m', '--brand', 'acme', '--url', magento.url, '--authorize'];
    expect(await cli(magentoShop)).toMatchObject({ code: 2, err: expect.stringContaining('connections ways magento') });
  });
});

describe('connect --way', () => {
  it.each([
    [
      'integration',
      ['Consumer key', 'Consumer secret', 'Access token', 'Access token secret'],
      Object.values(integration),
    ],
    ['bearer', ['Access token'], [integration.accessToken]],
    ['admin', ['User name', 'Password'], ['admin', 'a-password-1']],
  ])('%s asks for what it needs, and no more', async (way, questions, answers) => {
    const asked: string[] = [];
    const prompt: Partial<Io> = {
      isInteractive: true,
      ask: async (question, options) => {
        asked.push(question);
        expect(options?.hidden).toBe(true);
        return answers[asked.length - 1] ?? '';
      },
    };
    const args = ['connect', 'magento', `cli-${way}`, '--brand', 'acme', '--url', magento.url, '--way', way];
    const { code, out } = await cli(args, prompt);
    expect(asked).toEqual(questions);
    expect([code, out]).toEqual([0, expect.stringContaining(`cli-${way} is stored and CONNECTED.`)]);
  });

  it('is explained, and an unknown one is named', async () => {
    const { out } = await cli(['connections', 'ways', 'woocommerce']);
    expect(out).toContain('hand-over (--authorize)');
    expect(out).toContain('WooCommerce → Settings → Advanced → REST API');
    expect(await cli([...shop('x-shop'), '--way', 'guess'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('hand-over, key, key-query, key-signed'),
    });
  });
});
