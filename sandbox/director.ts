import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Database } from '../db/database.ts';
import { colleagueOf } from './colleague.ts';
import { type Control, ControlRefused, controlOf } from './control.ts';
import { demoBuyer } from './goods.ts';
import type { DemoShop } from './shops/brands.ts';

export interface Director {
  stop(): Promise<void>;
}

interface DirectorOptions {
  readonly db: Database;
  readonly controls: Readonly<Record<string, string>> & {
    readonly 'jd-id': string;
    readonly 'dhl-express': string;
  };
  readonly shops: readonly DemoShop[];
  readonly apiUrl: string;
  readonly log: Logger;
}

interface JdProduct {
  listingState: string;
  skus: { sellerSkuId: string; stock: number }[];
}

const roundMs = 5_000;
const pickUpAfterMs = 60_000;
const deliverAfterMs = 150_000;

/**
 * Keeps the demo world moving in real time: buyers order and sometimes change their mind, the shop sells over its own
 * counter, the carrier picks parcels up and delivers them, and a colleague in ops approves what nobody else does. Of our own database it reads only
 * which parcels have a label.
 */
export function startDirector({ db, controls, shops: wanted, apiUrl, log }: DirectorOptions): Director {
  const stopped = new AbortController();
  const jd = controlOf(controls['jd-id']);
  const shops = wanted.map(({ kind }) => controlOf(controls[kind] ?? ''));
  const carrier = controlOf(controls['dhl-express']);
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
        () => buy(jd, round),
        () => changeMind(jd, round),
        () => sellInShop(shops, round),
        () => carry(db, carrier, jd, scanned),
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

async function buy(jd: Control, round: number): Promise<void> {
  if (round % 4 !== 1) return;
  const products = await jd.get<JdProduct[]>('products');
  const onShelf = products.filter(({ listingState }) => listingState.startsWith('ON_SHELF'));
  const offered = onShelf.flatMap(({ skus }) => skus).filter(({ stock }) => stock > 0);
  const sku = offered[Math.floor(pick(round, 1) * offered.length)];
  if (!sku) return;
  const quantity = pick(round, 2) > 0.7 && sku.stock > 1 ? 2 : 1;
  // Now and then something of another brand lies in the basket as well.
  const others = offered.filter(({ sellerSkuId }) => brandIn(sellerSkuId) !== brandIn(sku.sellerSkuId));
  const other = pick(round, 8) > 0.6 ? others[Math.floor(pick(round, 9) * others.length)] : undefined;
  const lines = [
    { sellerSku: sku.sellerSkuId, quantity },
    ...(other ? [{ sellerSku: other.sellerSkuId, quantity: 1 }] : []),
  ];
  await jd.post('orders', { lines, buyer: demoBuyer(round) });
}

/** Our seller SKUs begin with the brand's code. */
const brandIn = (sellerSku: string): string => sellerSku.split('-')[0] ?? '';

interface JdOrder {
  externalId: string;
  state: number;
}

async function changeMind(jd: Control, round: number): Promise<void> {
  if (round % 15 !== 7) return;
  const orders = (await jd.get<JdOrder[]>('orders')).filter(({ state }) => state === 1);
  const order = orders[Math.floor(pick(round, 3) * orders.length)];
  if (!order) return;
  await jd.post(`orders/${order.externalId}/cancel-request`);
  if (pick(round, 4) > 0.3) await jd.post(`orders/${order.externalId}/cancel`);
}

async function sellInShop(shops: readonly Control[], round: number): Promise<void> {
  if (round % 9 !== 4) return;
  const shop = shops[Math.floor(pick(round, 7) * shops.length)];
  const shelf = (await shop?.get<{ sku: string; quantity: number }[]>('shelf')) ?? [];
  const sku = shelf[Math.floor(pick(round, 5) * shelf.length)]?.sku;
  if (!shop || !sku) return;
  await shop.post('stock', { sku, delta: pick(round, 6) > 0.6 ? 4 : -1, cause: 'own-sale' });
}

async function carry(db: Database, carrier: Control, jd: Control, scanned: Set<string>): Promise<void> {
  const scan = async (trackingNumber: string, typeCode: string): Promise<void> => {
    if (scanned.has(`${trackingNumber} ${typeCode}`)) return;
    await carrier.post(`shipments/${trackingNumber}/events`, { typeCode });
    scanned.add(`${trackingNumber} ${typeCode}`);
  };
  const parcels = await db.tx('staff', (trx) =>
    trx('parcels')
      .join('consignments', 'consignments.id', 'parcels.consignment_id')
      .join('orders', 'orders.id', 'parcels.order_id')
      .join('channel_orders', 'channel_orders.id', 'orders.channel_order_id')
      .whereIn('parcels.state', ['BOOKED', 'HANDED_OVER', 'IN_TRANSIT'])
      .whereIn('consignments.state', ['NOTIFIED', 'HANDED_OVER'])
      .select(
        'parcels.state',
        'consignments.tracking_number',
        'consignments.closed_at',
        'channel_orders.external_id',
        'channel_orders.native_state',
      ),
  );
  for (const parcel of parcels) {
    const ageMs = Date.now() - parcel.closed_at.getTime();
    if (parcel.state === 'BOOKED' && ageMs > pickUpAfterMs) await scan(parcel.tracking_number, 'PU');
    // A basket of several brands has a parcel of each, and is picked up once.
    if (parcel.state === 'HANDED_OVER' && parcel.native_state === '7' && !scanned.has(parcel.external_id)) {
      await jd.post(`orders/${parcel.external_id}/pickup`);
      scanned.add(parcel.external_id);
    }
    if (parcel.state === 'HANDED_OVER' && ageMs > deliverAfterMs) await scan(parcel.tracking_number, 'OK');
  }
}
