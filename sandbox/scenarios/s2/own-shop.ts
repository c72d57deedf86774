import { compare, type Row } from '../rows.ts';
import { clear } from './shared.ts';
import { accounts, ordersOf, oversellsCounted, type Stage } from './stage.ts';

/** The brand's own shop sells the unit first. */
export async function shopFirst(stage: Stage, skus: { calm: string; late: string; shared: string }): Promise<Row[]> {
  return [
    await cutInTime(stage, skus.calm),
    await soldMeanwhile(stage, skus.late),
    await threeSellers(stage, skus.shared),
  ];
}

const sellInShop = (stage: Stage, sku: string): Promise<unknown> =>
  stage.demo.shop.post('stock', { sku, delta: -1, cause: 'own-sale' });

const shownText = async (stage: Stage, sku: string): Promise<string> => {
  const shown = await stage.shown(sku);
  return accounts.map((account) => shown[account]).join(' and ');
};

async function cutInTime(stage: Stage, sku: string): Promise<Row> {
  await sellInShop(stage, sku);
  await stage.demo.sync('store-stock');
  await stage.settle();
  const bought = await Promise.all(accounts.map((account) => stage.buy(account, sku)));
  return compare('g. shop first, quota cut in time', {
    'shown after the cut': ['0 and 0', await shownText(stage, sku)],
    'marketplaces that sold it': [0, bought.filter((externalId) => externalId !== null).length],
  });
}

async function soldMeanwhile(stage: Stage, sku: string): Promise<Row> {
  const counted = await oversellsCounted(stage);
  await sellInShop(stage, sku);
  const bought = await Promise.all(accounts.map((account) => stage.buy(account, sku)));
  await stage.demo.sync('store-stock');
  await stage.settle();
  const orders = await ordersOf(stage, sku);
  const [order] = orders;
  const row = compare('h. shop first, sold before the cut', {
    'marketplaces that sold it': [1, bought.filter((externalId) => externalId !== null).length],
    allocated: [0, orders.filter(({ reserved }) => reserved > 0).length],
    order: ['NEW out-of-stock', `${order?.state} ${order?.problem}`],
    'seller cancel': ['out_of_stock PLANNED', order?.plan ?? null],
    cause: ['source-below-quota', order?.cause ?? null],
    oversell_detected: [1, (await oversellsCounted(stage)) - counted],
    'shown after': ['0 and 0', await shownText(stage, sku)],
  });
  await clear(stage, orders);
  return row;
}

async function threeSellers(stage: Stage, sku: string): Promise<Row> {
  const shown = await shownText(stage, sku);
  await sellInShop(stage, sku);
  const bought = await Promise.all(accounts.map((account) => stage.buy(account, sku)));
  await stage.demo.sync('store-stock');
  await stage.settle();
  const orders = await ordersOf(stage, sku);
  const row = compare('i. shared, three sellers', {
    'shown before': ['1 and 1', shown],
    'marketplaces that sold it': [2, bought.filter((externalId) => externalId !== null).length],
    'allocated: the shop has sold the unit': [0, orders.filter(({ reserved }) => reserved > 0).length],
    orders: ['NEW NEW', orders.map(({ state }) => state).join(' ')],
    'seller cancels': [2, orders.filter(({ plan }) => plan === 'out_of_stock PLANNED').length],
    cause: ['source-below-quota', [...new Set(orders.map(({ cause }) => cause))].join(' ')],
    'shown after': ['0 and 0', await shownText(stage, sku)],
  });
  await clear(stage, orders);
  return row;
}
