import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import bwipjs from 'bwip-js/node';
import { demoOptions as dhlOptions, startDhlExpressSimulator } from '../connectors/dhl-express/simulator/index.ts';
import { demoOptions as jdOptions, startJdIdSimulator } from '../connectors/jd-id/simulator/index.ts';
import type { RunningSimulator } from '../connectors/simulator-kit/index.ts';
import { type RunningMailCatcher, startMailCatcher } from './mail-catcher.ts';
import type { DemoShop } from './shops/brands.ts';
import { startShop } from './shops/start.ts';

/** The simulated outside world: every system is a server of its own, with its own log of what really happened. */
export interface OutsideSystems {
  /** The shops in the order in which they were asked for; the first one is the main brand's. */
  readonly shops: readonly (DemoShop & { readonly simulator: RunningSimulator })[];
  readonly jdId: RunningSimulator;
  /** Another account of the same marketplace, where one was asked for. */
  readonly secondJdId: RunningSimulator | null;
  readonly dhlExpress: RunningSimulator;
  readonly mail: RunningMailCatcher;
  readonly imagesUrl: string;
  close(): Promise<void>;
}

export const marketplaceCredentials = {
  appKey: jdOptions.appKey,
  appSecret: jdOptions.appSecret,
  accessToken: jdOptions.accessToken ?? '',
  refreshToken: jdOptions.refreshToken ?? '',
};
export const carrierCredentials = { username: dhlOptions.username, password: dhlOptions.password };
export const carrierAccount = dhlOptions.accountNumber;

export interface SystemsOptions {
  /**
   * First of a block of ports: +0 images, +1 SMTP, +2 caught mails, +3 the main brand's shop, +4 marketplace, +5 carrier,
   * +6 second marketplace, +7 and on further shops.
   */
  readonly portBase: number;
  readonly dataDir: string;
  readonly shops: readonly DemoShop[];
  /** How long the marketplace's review takes, in milliseconds of its own clock. */
  readonly reviewDelayMs: number;
  /** The present time of a simulation; absent: real time. */
  readonly startAt?: Date;
  readonly secondMarketplace?: boolean;
}

/** Starts all of them; a restarted one comes back with what it had. */
export async function startOutsideSystems({
  portBase,
  dataDir,
  shops: wanted,
  reviewDelayMs,
  startAt,
  secondMarketplace = false,
}: SystemsOptions): Promise<OutsideSystems> {
  const folder = join(dataDir, 'sandbox');
  mkdirSync(folder, { recursive: true });
  const files = (name: string) => ({
    stateFile: join(folder, `${name}.json`),
    logFile: join(folder, `${name}.log`),
    ...(startAt ? { now: () => startAt } : {}),
  });
  const images = await startImages(portBase);
  const imagesUrl = `http://127.0.0.1:${portBase}/images`;
  const limits = { perSecond: 40, burst: 60 };
  const shops = await Promise.all(
    wanted.map(async (shop, index) => {
      const port = index === 0 ? portBase + 3 : portBase + 6 + index;
      return { ...shop, simulator: await startShop(shop, { port, limits, ...files(shop.kind) }, imagesUrl) };
    }),
  );
  const jdIdAt = (name: string, port: number) =>
    startJdIdSimulator({ ...jdOptions, reviewDelayMs, looseTypesProbability: 0.02, port, limits, ...files(name) });
  const jdId = await jdIdAt('jd-id', portBase + 4);
  const secondJdId = secondMarketplace ? await jdIdAt('jd-id-2', portBase + 6) : null;
  const dhlExpress = await startDhlExpressSimulator({
    ...dhlOptions,
    port: portBase + 5,
    limits,
    ...files('dhl-express'),
  });
  const mail = await startMailCatcher({
    smtpPort: portBase + 1,
    httpPort: portBase + 2,
    stateDir: join(folder, 'mail'),
    logFile: join(folder, 'mail.log'),
  });
  return {
    shops,
    jdId,
    secondJdId,
    dhlExpress,
    mail,
    imagesUrl,
    close: async () => {
      const all = [...shops.map(({ simulator }) => simulator), jdId, secondJdId, dhlExpress, mail];
      await Promise.all(all.map((system) => system?.close()));
      await new Promise<void>((resolve) => images.close(() => resolve()));
    },
  };
}

/** Product pictures: a plain drawing with the SKU on it. */
async function startImages(port: number): Promise<Server> {
  const server = createServer((request, response) => {
    const sku = /^\/images\/(?:catalog\/product\/)?([A-Z0-9-]+)\.png$/.exec(request.url ?? '')?.[1];
    if (!sku) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('no such picture');
      return;
    }
    bwipjs.toBuffer({ bcid: 'qrcode', text: sku, scale: 6, padding: 20, backgroundcolor: 'F4EFE6' }).then(
      (bytes) => response.writeHead(200, { 'content-type': 'image/png' }).end(bytes),
      (error: unknown) => response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error)),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}
