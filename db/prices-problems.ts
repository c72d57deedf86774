import type { Tx } from './database.ts';
import type { PriceRow } from './prices-input.ts';
import { reportProblem, resolveProblem } from './problems.ts';
import type { Command } from './steps.ts';

const remedies: Readonly<Record<string, { title: string; remedy: string }>> = {
  'no-brand-price': {
    title: 'no price from the brand',
    remedy: 'Let the brand give its SKUs a price above zero, or type a price in.',
  },
  'no-exchange-rate': {
    title: 'no exchange rate',
    remedy: 'Import the daily file of the European Central Bank or type the rate in.',
  },
  'stale-exchange-rate': {
    title: 'the exchange rate is too old',
    remedy: 'Import the daily file of the European Central Bank or type the rate in.',
  },
  'below-floor': {
    title: 'below the margin floor',
    remedy: 'Raise the price, change the rule, or let somebody who may do so pass it with a reason.',
  },
  'not-a-price': {
    title: 'not an amount that can be sold for',
    remedy: 'Look at the brand’s price and at the fees of the rule.',
  },
  waits: {
    title: 'a large change of price waits for a person',
    remedy: 'Look at the price in the table of prices and approve or reject it.',
  },
};

/** One problem per account, brand and reason, however many SKUs have it; it resolves when none has it any more. */
export async function noteBlocked(trx: Tx, touched: readonly PriceRow[], command: Command): Promise<void> {
  const groups = new Map(touched.map((row) => [`${row.connection_id}/${row.brand_id}`, row]));
  for (const [key, row] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const counts: { code: string; n: number; first: string; why: string }[] = await trx('listing_skus')
      .where({ connection_id: row.connection_id, brand_id: row.brand_id })
      .where((any) => any.whereNotNull('price_blocked_code').orWhereNotNull('price_waits'))
      .groupByRaw(`coalesce(price_blocked_code, 'waits')`)
      .select(
        trx.raw(`coalesce(price_blocked_code, 'waits') as code`),
        trx.raw('count(*)::int as n'),
        trx.raw('min(seller_sku) as first'),
        trx.raw('min(coalesce(price_blocked, price_waits)) as why'),
      );
    for (const [code, { title, remedy }] of Object.entries(remedies)) {
      const causeKey = `prices/${key}/${code}`;
      const found = counts.find((one) => one.code === code);
      if (!found) await resolveProblem(trx, causeKey, command);
      else {
        await reportProblem(
          trx,
          {
            causeKey,
            kind: code === 'waits' ? 'price-waits' : 'price-blocked',
            severity: 'warning',
            title: `${row.account_name}: ${found.n} ${found.n === 1 ? 'price' : 'prices'}: ${title}`,
            detail: `${found.first}${found.n > 1 ? ' and others' : ''}: ${found.why} A price in force stays until then.`,
            remedy,
            brandId: row.brand_id,
            connectionId: row.connection_id,
          },
          command,
        );
      }
    }
  }
}
