import { refineAgain, staleProducts } from '../db/refining-again.ts';
import { staleListings } from '../db/refining-listings.ts';
import { recompose } from '../db/refining-recompose.ts';
import { categoriesInUse, markListings, saveAttributes, saveCategories } from '../db/refining-terms.ts';
import { wakeRefining } from '../db/refining-wake.ts';
import { type ActivityDeps, commandOf } from './deps.ts';

/** Products of one activity: each is a transaction of its own, all of them take a few seconds. */
const productsAtOnce = 50;
const listingsAtOnce = 50;

export interface RefiningBatch {
  readonly looked: number;
  readonly changed: number;
}

export function refiningActivities(deps: ActivityDeps) {
  return {
    /** Refines the next products whose rules have changed. 0 looked at: none is left. */
    async refineStale(): Promise<RefiningBatch> {
      const ids = await deps.db.tx('staff', (trx) => staleProducts(trx, productsAtOnce));
      const command = await commandOf(deps, 'refining');
      let changed = 0;
      for (const id of ids) {
        if ((await deps.db.tx('staff', (trx) => refineAgain(trx, id, command))) === 'changed') changed += 1;
      }
      return { looked: ids.length, changed };
    },

    /** Composes the next listings whose mapping, translation or rules have changed. 0 looked at: none is left. */
    async recomposeStale(): Promise<RefiningBatch> {
      const ids = await deps.db.tx('staff', (trx) => staleListings(trx, listingsAtOnce));
      const command = await commandOf(deps, 'recompose');
      const changed = await deps.db.tx('staff', (trx) => recompose(trx, ids, command));
      return { looked: ids.length, changed };
    },

    /** Reads a marketplace's categories and the attributes of those in use; listings follow where these differ. */
    async readMarketplaceTerms(connectionId: string): Promise<{ categories: number; attributesOf: number }> {
      const { connector } = await deps.open.marketplace(connectionId);
      const command = await commandOf(deps, `terms/${connectionId}`);
      const categories = await connector.listCategories();
      const used = await deps.db.tx('staff', async (trx) => {
        await saveCategories(trx, connectionId, categories, command);
        return categoriesInUse(trx, connectionId);
      });
      const known = new Set(categories.map(({ id }) => id));
      const wanted = connector.listAttributes ? used.filter((id) => known.has(id)) : [];
      let differs = false;
      for (const categoryId of wanted) {
        const attributes = (await connector.listAttributes?.(categoryId)) ?? [];
        const input = { connectionId, categoryId, attributes };
        if (await deps.db.tx('staff', (trx) => saveAttributes(trx, input, command))) differs = true;
      }
      if (differs) {
        await deps.db.tx('staff', async (trx) => {
          await markListings(trx, connectionId, command);
          await wakeRefining(trx, command);
        });
      }
      return { categories: categories.length, attributesOf: wanted.length };
    },
  };
}
