import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Database } from '../db/database.ts';
import { type CarrierControl, carrierControl } from './channels/carrier-control.ts';
import type { FarSide } from './channels/kinds.ts';
import { type MarketControl, marketControl } from './channels/market-control.ts';
import { colleagueOf } from './colleague.ts';
import { type Control, ControlRefused, controlOf } from './control.ts';
import type { DemoShop } from './shops/brands.ts';

export interface Director {
  stop(): Promise<void>;
}

interface DirectorOptions {
  readonly db: Database;
  readonly controls: Readonly<Record<string, string>>;
  readonly shops: readonly DemoShop[];
  readonly farSide: FarSide;
  readonly apiUrl: string;
  readonly log: Logger;
}

const roundMs = 5_000;
const pickUpAfterMs = 60_000;
const deliverAfterMs = 150_000;

/**
 * Keeps the demo world moving in real time: buyers order and sometimes change their mind, the shop sells over its own
 * counter, the carrier picks parcels up and delivers them, and a colleague in ops approves what nobody else does. Of our own database it reads only
 * which parcels have a label.
 */
export function startDirector({ db, controls, shops: wanted, farSide, apiUrl, log }: DirectorOptions): Director {
  const stopped = new AbortController();
  const markets = farSide.marketplaces.map((kind) => marketControl(kind, controls[kind] ?? ''));
  const shops = wanted.map(({ kind }) => controlOf(controls[kind] ?? ''));
  const carriers = farSide.carriers.map((kind) => carrierControl(kind, controls[kind] ?? ''));
  const colleague = colleagueOf(
    apiUrl,
    wanted.map(({ brand }) => brand.code),
  );
  const scanned = new Set<string>();
  let round = 0;
  const running = (async () => {
    while (!stopped.signal.aborted) {
      round += 1;
      for (const act of [
        () => buy(markets, round),
        () => changeMind(markets, round),
        () => sellInShop(shops, round),
        () => carry(db, carriers, markets, scanned),
        colleague,
      ]) {
        try {
          await act();
        } catch (error) {
          // The demo world goes on without this one event; what happened is in the log.
          const refused = error instanceof ControlRefused;
          log[refused ? 'debug' : 'warn']({ err: error }, 'an event of the demo world did not happen');
        }
      }
      await sleep(roundMs, undefined, { signal: stopped.signal }).catch(noteAbort);
    }
  })();
  return {
    stop: async () => {
      stopped.abort();
      await running;
    },
  };
}

function noteAbort(error: unknown): void {
  if (!(error instanceof Error && error.name === 'AbortError')) throw error;
}

/** A small generator of its own, so that the demo world does the same things in the same order each time. */
const pick = (round: number, salt: number): number => {
  const mixed = Math.imul(round * 2_654_435_761 + salt * 40_503, 2_246_822_519) >>> 0;
  return mixed / 2 ** 32;
};

/** The marketplaces take turns. */
const turnOf = (markets: readonly MarketControl[], round: number, every: number): MarketControl | undefined =>
  markets[Math.floor(round / every) % markets.length];

async function buy(markets: readonly MarketControl[], round: number): Promise<void> {
  if (round % 4 !== 1) return;
  const market = turnOf(markets, round, 4);
  const offered = (await market?.onShelf())?.filter(({ stock }) => stock > 0) ?? [];
  const good = offered[Math.floor(pick(round, 1) * offered.length)];
  if (!market || !good) return;
  const { sellerSku } = good;
  const quantity = pick(round, 2) > 0.7 && good.stock > 1 ? 2 : 1;
  // Now and then something of another brand lies in the basket as well.
  const others = offered.filter((one) => brandIn(one.sellerSku) !== brandIn(sellerSku));
  const other = pick(round, 8) > 0.6 ? others[Math.floor(pick(round, 9) * others.length)] : undefined;
  const lines = [{ sellerSku, quantity }, ...(other ? [{ sellerSku: other.sellerSku, quantity: 1 }] : [])];
  await market.buy({ lines, buyer: round });
}

/** Our seller SKUs begin with the brand's code. */
const brandIn = (sellerSku: string): string => sellerSku.split('-')[0] ?? '';

async function changeMind(markets: readonly MarketControl[], round: number): Promise<void> {
  if (round % 15 !== 7) return;
  const market = turnOf(markets, round, 15);
  const orders = (await market?.openOrders()) ?? [];
  const order = orders[Math.floor(pick(round, 3) * orders.length)];
  if (!market || !order) return;
  await market.askToCancel(order);
  if (pick(round, 4) > 0.3) await market.cancel(order);
}

async function sellInShop(shops: readonly Control[], round: number): Promise<void> {
  if (round % 9 !== 4) return;
  const shop = shops[Math.floor(pick(round, 7) * shops.length)];
  const shelf = (await shop?.get<{ sku: string; quantity: number }[]>('shelf')) ?? [];
  const sku = shelf[Math.floor(pick(round, 5) * shelf.length)]?.sku;
  if (!shop || !sku) return;
  await shop.post('stock', { sku, delta: pick(round, 6) > 0.6 ? 4 : -1, cause: 'own-sale' });
}

async function carry(
  db: Database,
  carriers: readonly CarrierControl[],
  markets: readonly MarketControl[],
  scanned: Set<string>,
): Promise<void> {
  const once = async (mark: string, act: () => Promise<void> | undefined): Promise<void> => {
    if (scanned.has(mark)) return;
    await act();
    scanned.add(mark);
  };
  const parcels = await db.tx('staff', (trx) =>
    trx('parcels')
      .join('consignments', 'consignments.id', 'parcels.consignment_id')
      .join('orders', 'orders.id', 'parcels.order_id')
      .join('channel_orders', 'channel_orders.id', 'orders.channel_order_id')
      .join('connections as carriers', 'carriers.id', 'consignments.carrier_connection_id')
      .join('connections as markets', 'markets.id', 'channel_orders.connection_id')
      .whereIn('parcels.state', ['BOOKED', 'HANDED_OVER', 'IN_TRANSIT'])
      .whereIn('consignments.state', ['NOTIFIED', 'HANDED_OVER'])
      .select(
        'parcels.state',
        'consignments.tracking_number',
        'consignments.closed_at',
        'channel_orders.external_id',
        'channel_orders.native_state',
        'carriers.code as carrier',
        'markets.code as market',
      ),
  );
  for (const parcel of parcels) {
    const ageMs = Date.now() - parcel.closed_at.getTime();
    const { tracking_number: number, external_id: order } = parcel;
    const carrier = carriers.find(({ code }) => code === parcel.carrier);
    const market = markets.find(({ code }) => code === parcel.market);
    if (parcel.state === 'BOOKED' && ageMs > pickUpAfterMs)
      await once(`${number} picked up`, () => carrier?.scan(number, 'picked-up'));
    // A basket of several brands has a parcel of each, and is picked up once.
    if (parcel.state === 'HANDED_OVER' && parcel.native_state === market?.readyState)
      await once(`${parcel.market} ${order}`, () => market?.seesPickUp(order));
    if (parcel.state === 'HANDED_OVER' && ageMs > deliverAfterMs)
      await once(`${number} delivered`, () => carrier?.scan(number, 'delivered'));
  }
}
