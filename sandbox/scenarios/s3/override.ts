import { compare, type Row } from '../rows.ts';
import { lastsMs } from './conflict.ts';
import { minuteMs, type Stage } from './stage.ts';

const sku = 'KW-001';

/** The brand moves its price once more: the override holds, the rule price is known beside it. */
export async function overruled(stage: Stage): Promise<Row> {
  const mark = await stage.mark();
  await stage.brandPrice(sku, '11.50');
  await stage.demo.sync('offers');
  const row = await stage.row(sku);
  return compare('the brand moves on', {
    'rule price': [115_000, row.cells.rulePrice?.amountMinor ?? null],
    desired: [95_000, row.cells.desired?.amountMinor ?? null],
    listing: ['LIVE', row.state],
    'prices sent': ['none', await stage.sentSince(mark, sku)],
  });
}

/** Its end comes by the clock: the rule price goes out, once. */
export async function expiry(stage: Stage): Promise<Row> {
  const mark = await stage.mark();
  await stage.demo.advance(lastsMs + minuteMs);
  await stage.demo.sync('offers', 'live');
  const row = await stage.row(sku);
  const { history } = await stage.why(sku);
  return compare('it expires', {
    desired: [115_000, row.cells.desired?.amountMinor ?? null],
    'prices sent': ['115000', await stage.sentSince(mark, sku)],
    'buyers pay': [115_000, await stage.there(sku)],
    listing: ['LIVE', row.state],
    'in the history': [true, history.some(({ cause }) => cause === 'expired')],
  });
}
