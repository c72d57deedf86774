import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import bwipjs from 'bwip-js/node';
import type { RunningSimulator } from '../connectors/simulator-kit/index.ts';
import type { CarrierKind, FarSide, MarketplaceKind } from './channels/kinds.ts';
import { startCarrier, startMarketplace } from './channels/start.ts';
import { type RunningMailCatcher, startMailCatcher } from './mail-catcher.ts';
import type { DemoShop } from './shops/brands.ts';
import { startShop } from './shops/start.ts';

/** The simulated outside world: every system is a server of its own, with its own log of what really happened. */
export interface OutsideSystems {
  /** The shops in the order in which they were asked for; the first one is the main brand's. */
  readonly shops: readonly (DemoShop & { readonly simulator: RunningSimulator })[];
  /** The first one is the one that scenarios are played on; a second account of it stands behind it. */
  readonly marketplaces: readonly FarSystem<MarketplaceKind>[];
  readonly carriers: readonly FarSystem<CarrierKind>[];
  readonly mail: RunningMailCatcher;
  readonly imagesUrl: string;
  close(): Promise<void>;
}

/** A marketplace or carrier with the code of its account here. */
export interface FarSystem<Kind> {
  readonly kind: Kind;
  readonly code: string;
  readonly simulator: RunningSimulator;
}

export interface SystemsOptions {
  /**
   * First of a block of ports: +0 images, +1 SMTP, +2 caught mails, +3 the main brand's shop, +4 JD.id, +5 DHL Express,
   * +6 second account of JD.id, +7 and on further shops, +12 and on further marketplaces, +16 and on further carriers.
   */
  readonly portBase: number;
  readonly dataDir: string;
  readonly shops: readonly DemoShop[];
  readonly farSide: FarSide;
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
  farSide,
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
  const marketAt = async (kind: MarketplaceKind, code: string, port: number): Promise<FarSystem<MarketplaceKind>> => ({
    kind,
    code,
    simulator: await startMarketplace(kind, { port, limits, ...files(code) }, reviewDelayMs),
  });
  const marketplaces = await Promise.all([
    ...farSide.marketplaces.map((kind, index) => marketAt(kind, kind, portBase + (index === 0 ? 4 : 11 + index))),
    ...(secondMarketplace ? [marketAt('jd-id', 'jd-id-2', portBase + 6)] : []),
  ]);
  const carriers = await Promise.all(
    farSide.carriers.map(async (kind, index) => {
      const port = portBase + (index === 0 ? 5 : 15 + index);
      return { kind, code: kind, simulator: await startCarrier(kind, { port, limits, ...files(kind) }) };
    }),
  );
  const mail = await startMailCatcher({
    smtpPort: portBase + 1,
    httpPort: portBase + 2,
    stateDir: join(folder, 'mail'),
    logFile: join(folder, 'mail.log'),
  });
  return {
    shops,
    marketplaces,
    carriers,
    mail,
    imagesUrl,
    close: async () => {
      const all = [...[...shops, ...marketplaces, ...carriers].map(({ simulator }) => simulator), mail];
      await Promise.all(all.map((system) => system.close()));
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
