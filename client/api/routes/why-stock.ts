import type { Tx } from '../../../db/database.ts';
import { riseToStaff } from '../../../db/queries/rise.ts';
import { type AccountRef, whyStock } from '../../../db/queries/stock.ts';
import type { User } from '../../../db/users.ts';
import type { ApiDeps } from '../deps.ts';
import { notFound } from '../errors.ts';
import { onePriceRow } from '../price-rows.ts';
import { reading } from '../reading.ts';
import { WhyStock, WhyStockQuery } from '../schemas/stock.ts';
import { type Api, everyone } from '../types.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The row is looked for inside the caller's wall; the account's name lies outside of a brand's. */
async function why(trx: Tx, query: { sku: string; connection: string }, user: User, at: Date, wallNow: Date) {
  await riseToStaff(trx);
  const account: AccountRef | undefined = await trx('connections')
    .where(uuid.test(query.connection) ? { id: query.connection } : { code: query.connection })
    .where({ kind: 'marketplace' })
    .first('id', 'code', 'name');
  await trx.raw(`select set_config('tradelane.brand', ?, true)`, [user.brandId ?? '*']);
  const isVisible =
    account && (await trx('listing_skus').where({ connection_id: account.id }).first('id')) !== undefined;
  if (!account || (user.brandId !== null && !isVisible)) throw notFound('marketplace account', query.connection);
  const id = await onePriceRow(trx, query.sku, account.id);
  await riseToStaff(trx);
  return whyStock(trx, id, account, at, wallNow);
}

/** How the stock that one SKU shows on one marketplace came about. */
export function whyStockRoutes(app: Api, deps: ApiDeps): void {
  app.get(
    '/api/why/stock',
    {
      config: { access: everyone },
      schema: {
        summary:
          'Why a SKU shows what it shows on a marketplace: levels, orders, policy, shares, and what became of them',
        tags: ['stock'],
        querystring: WhyStockQuery,
        response: { 200: WhyStock },
      },
    },
    async (request) => {
      const [at, wallNow] = [await deps.clock.now(), await deps.wallClock.now()];
      return reading(request, deps, (trx, user) => why(trx, request.query, user, at, wallNow));
    },
  );
}
