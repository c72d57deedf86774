import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '../config/load.ts';
import { createConnectorOpener } from '../connectors/open.ts';
import { databaseClock, systemClock } from '../db/clock.ts';
import { openDatabase } from '../db/database.ts';
import { createSealer } from '../db/sealing.ts';
import { createLog } from '../worker/log.ts';
import { parseFarSide } from './channels/kinds.ts';
import { controlOf } from './control.ts';
import { startDirector } from './director.ts';
import { demoLogIns, seedDemo } from './seed.ts';
import { manuka, shopsOf } from './shops/brands.ts';
import { parseStores } from './shops/kinds.ts';
import { startOutsideSystems } from './systems.ts';

const config = loadConfig();
const log = createLog('sandbox', config.logLevel);
const shops = shopsOf(parseStores(config.sandbox.stores), config.sandbox.moreGoods);
const apiUrl = `http://127.0.0.1:${config.api.port}`;
const farSide = parseFarSide(config.sandbox.marketplaces, config.sandbox.carriers);
const simulated = config.clock === 'database';
const db = openDatabase({ url: config.database.appUrl, maxConnections: 4, applicationName: 'tradelane-sandbox' });
const clock = simulated ? databaseClock(db) : systemClock;
const sealer = createSealer(config.masterKey);
const now = await clock.now();
const systems = await startOutsideSystems({
  portBase: config.sandbox.portBase,
  dataDir: config.dataDir,
  shops,
  farSide,
  reviewDelayMs: simulated ? 3_600_000 : 20_000,
  secondMarketplace: config.sandbox.secondMarketplace,
  ...(simulated ? { startAt: now } : {}),
});
const controls = {
  ...Object.fromEntries(systems.shops.map(({ kind, simulator }) => [kind, simulator.url])),
  ...Object.fromEntries(
    [...systems.marketplaces, ...systems.carriers].map(({ code, simulator }) => [code, simulator.url]),
  ),
  mail: systems.mail.url,
};
if (simulated) await setClocks(now);
const opener = createConnectorOpener({ db, sealer, clock, log, allowPrivateTargets: true });
await seedDemo({
  db,
  sealer,
  opener,
  systems,
  now,
  // In real time the demo world is quick, so that a person sees things happen.
  intervals: simulated ? {} : { orders: 10, reviews: 15, offers: 60, tracking: 15, 'store-stock': 30, catalogue: 60 },
  mailTimes: simulated ? ['11:00', '16:00'] : everyMinutes(5),
});
const pushing = systems.carriers.find(({ kind }) => kind === 'ninja-van');
// Its account there says where scans are pushed to; they are signed with the account's own key.
if (pushing)
  await controlOf(pushing.simulator.url).post('webhooks', { country: 'SG', url: `${apiUrl}/hooks/ninja-van` });
// A simulation moves the world by itself, step by step; `npm start` lets it run.
const director = simulated ? null : startDirector({ db, controls, shops, farSide, apiUrl, log });
process.stdout.write(
  `${JSON.stringify({ ready: true, name: 'sandbox', url: systems.mail.url, mailUrl: `${systems.mail.url}/messages`, controls, logIns: logIns() })}\n`,
);

/** Those of brands that are here. */
function logIns() {
  const brands = [...shops.map(({ brand }) => brand.code), manuka.code];
  return demoLogIns.filter((one) => !('brand' in one) || brands.includes(one.brand));
}

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    void stop();
  });
}

async function stop(): Promise<void> {
  await director?.stop();
  await opener.close();
  await systems.close();
  await db.close();
  await sleep(0);
  process.exit(0);
}

async function setClocks(at: Date): Promise<void> {
  for (const url of Object.values(controls)) {
    await fetch(`${url}/__control/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ now: at.toISOString() }),
    });
  }
}

function everyMinutes(step: number): string[] {
  const times: string[] = [];
  for (let minute = 0; minute < 24 * 60; minute += step) {
    times.push(`${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`);
  }
  return times;
}
