import { compare, type Row } from '../rows.ts';
import { sellerSku } from '../s1/stage.ts';
import { type EditAnswer, type FieldOutcome, feed, minuteMs, type Stage } from './stage.ts';

const sku = 'KW-001';
const typed = { price: '95000', reason: 'campaign', note: 'ask Ada before Friday' };

const fieldOf = ({ fields }: EditAnswer['rows'][number], key: string): FieldOutcome => {
  const field = fields.find((one) => one.key === key);
  if (!field) throw new Error(`the answer says nothing about ${key}`);
  return field;
};

const hoursMs = 60 * minuteMs;
/** When the price by hand ends. */
export const lastsMs = 48 * hoursMs;

/** Ops opened the row at 100,000 and types 95,000; before she saves, the brand's feed makes it 110,000. */
export async function conflict(stage: Stage): Promise<readonly Row[]> {
  const opened = await stage.row(sku);
  const before = compare('opened', {
    price: [100_000, opened.cells.price?.amountMinor ?? null],
    listing: ['LIVE', opened.state],
    'buyers pay': [100_000, await stage.there(sku)],
  });
  await stage.brandPrice(sku, '11.00');
  const moved = await stage.row(sku);
  const feedRow = compare('the feed brings 110,000', {
    'rule price': [110_000, moved.cells.rulePrice?.amountMinor ?? null],
    'versions later': [1, moved.version - opened.version],
    'buyers pay': [110_000, await stage.there(sku)],
  });
  const mark = await stage.mark();
  const answer = await stage.edit(opened, typed);
  const price = fieldOf(answer, 'price');
  const after = await stage.row(sku);
  const saved = compare('save', {
    row: ['partly', answer.outcome],
    'price field': ['conflict', price.outcome],
    base: [100_000, price.base?.amountMinor ?? null],
    hers: [95_000, price.yours?.amountMinor ?? null],
    'the brand’s': [110_000, price.theirs?.amountMinor ?? null],
    by: [feed, price.by],
    'with a time': [true, price.at !== null && price.at <= stage.demo.now().toISOString()],
    'other field': ['saved', fieldOf(answer, 'note').outcome],
    note: [typed.note, after.cells.note],
    listing: ['LIVE', after.state],
    'prices sent': ['none', await stage.sentSince(mark, sku)],
  });
  return [before, feedRow, saved];
}

/** Two of the three answers to the dialogue: the brand's price is taken, or nothing is done. */
export async function declined(stage: Stage): Promise<Row> {
  const mark = await stage.mark();
  const before = await stage.row(sku);
  const theirs = await stage.edit(before, { price: '95000' }, { keep: { price: 'theirs' } });
  const after = await stage.row(sku);
  return compare('take the brand’s, cancel', {
    field: ['dropped', fieldOf(theirs, 'price').outcome],
    'rule price holds': [110_000, after.cells.price?.amountMinor ?? null],
    'version moved': [false, after.version !== before.version],
    listing: ['LIVE', after.state],
    'prices sent': ['none', await stage.sentSince(mark, sku)],
  });
}

/** Kept as an override, but below the margin floor of the new cost: 80 % of 110,000. */
export async function below(stage: Stage): Promise<Row> {
  const mark = await stage.mark();
  const { id, version } = await stage.row(sku);
  const keep = { keep: { price: 'mine' } } as const;
  const changes = { price: '95000', reason: 'campaign' };
  const refused = fieldOf(await stage.edit({ id, version }, changes, keep), 'price');
  const notHers = await stage.edit({ id, version }, { ...changes, belowFloor: 'launch' }, keep);
  const after = await stage.row(sku);
  return compare('kept below the floor', {
    field: ['refused', refused.outcome],
    'formula printed': [
      true,
      refused.why?.includes('95,000 IDR − 88,000 IDR cost = 7,000 IDR, which is 7.36 %') ?? false,
    ],
    'lowest price printed': [true, refused.why?.includes('97,778 IDR') ?? false],
    'ops may pass it': ['refused', fieldOf(notHers, 'price').outcome],
    listing: ['LIVE', after.state],
    'prices sent': ['none', await stage.sentSince(mark, sku)],
  });
}

/** A role with "override floor" passes it with a reason: the listing shows UPDATE, and only that price waits. */
export async function waiting(stage: Stage): Promise<readonly Row[]> {
  const { demo } = stage;
  const mark = await stage.mark();
  const { id, version } = await stage.row(sku);
  const expiresAt = new Date(demo.now().getTime() + lastsMs).toISOString();
  const changes = { price: '95000', reason: 'campaign', expiresAt, belowFloor: 'launch of the season' };
  const answer = await stage.edit({ id, version }, changes, { keep: { price: 'mine' }, asAdmin: true });
  const open = await stage.row(sku);
  const proposed = compare('override floor', {
    row: ['saved', answer.outcome],
    'from → to': ['LIVE → UPDATE', `${answer.from} → ${answer.to}`],
    listing: ['UPDATE', open.state],
    remote: ['LIVE', (await stage.listing(sku)).remote],
    'shown as wanted': [95_000, open.cells.price?.amountMinor ?? null],
    desired: [110_000, open.cells.desired?.amountMinor ?? null],
    'waits for': ['the decision on the price that admin@tradelane.test typed', open.cells.waiting],
  });
  // Everything else goes on: stock of this SKU, prices of others.
  await demo.shop.post('stock', { sku, delta: -1, cause: 'own-sale' });
  await demo.sync('store-stock', 'offers');
  await stage.brandPrice('KW-002', '12.00');
  await demo.sync('offers', 'live');
  const [stock] = await offered(stage, sku);
  const rest = compare('only that price waits', {
    'its price there': [110_000, await stage.there(sku)],
    'prices of it sent': ['none', await stage.sentSince(mark, sku)],
    'its stock went out': [true, stock?.desired !== null && stock?.desired === stock?.there],
    'the other SKU’s price': ['120000', await stage.sentSince(mark, 'KW-002')],
  });
  return [proposed, rest];
}

async function offered({ demo }: Stage, name: string): Promise<{ desired: number | null; there: number | null }[]> {
  const row = await demo.db.tx('staff', (trx) =>
    trx('listing_skus')
      .where({ seller_sku: sellerSku(name) })
      .first('stock_desired'),
  );
  const products = await demo.marketplace.get<{ skus: { sellerSkuId: string; stock: number }[] }[]>('products');
  const there = products.flatMap((product) => product.skus).find(({ sellerSkuId }) => sellerSkuId === sellerSku(name));
  return [{ desired: row?.stock_desired ?? null, there: there?.stock ?? null }];
}

/** One click approves it: one price call, no content; both writers stand in the history. */
export async function approved(stage: Stage): Promise<readonly Row[]> {
  const mark = await stage.mark();
  const { id, version } = await stage.listing(sku);
  const items = [{ id, version }];
  const body = { type: 'APPROVE', items };
  const { results } = await stage.demo.api.send<{ results: { ok: boolean; state?: string; why?: string }[] }>(
    'POST',
    'listings/bulk',
    body,
  );
  await stage.demo.quiet();
  await stage.demo.sync('offers', 'live', 'offers');
  const after = await stage.row(sku);
  const decided = compare('approved', {
    answer: ['LIVE', results[0]?.state ?? results[0]?.why ?? 'none'],
    listing: ['LIVE', after.state],
    'prices sent': ['95000', await stage.sentSince(mark, sku)],
    'buyers pay': [95_000, await stage.there(sku)],
    'content calls': ['none', await stage.contentCallsSince(mark)],
    desired: [95_000, after.cells.desired?.amountMinor ?? null],
    acknowledged: [95_000, after.cells.acknowledged?.amountMinor ?? null],
  });
  const { history, sentences } = await stage.why(sku);
  const has = (cause: string, writer: string): boolean =>
    history.some((line) => line.cause === cause && (line.actor === writer || line.source === writer));
  const told = compare('history and why', {
    'the brand’s feed': [true, has('brand-price', feed)],
    'ops’ note': [true, has('edited', 'ops@tradelane.test')],
    'who proposed': [true, has('proposed', 'admin@tradelane.test')],
    'who approved': [true, has('approved', 'ops@tradelane.test')],
    'why names the override': [true, sentences.some((line) => line.includes('admin@tradelane.test set 95,000 IDR'))],
    'why names the floor': [
      true,
      sentences.some((line) => line.includes('let it pass below the margin floor (launch of the season)')),
    ],
    'why names the rate': [true, sentences.some((line) => line.includes('easy to follow'))],
  });
  return [decided, told];
}
