import type { MarketplaceKind } from '../channels/kinds.ts';
import type { DemoWorld } from './world.ts';

interface Listed {
  id: string;
  version: number;
  state: string;
}
interface BulkAnswer {
  results: { id: string; ok: boolean; why?: string; state?: string }[];
}

interface Mendable extends Listed {
  title: string;
  rejectionReasons: { field: string | null; raw: string }[];
  findings: { field: string; blocking: boolean }[];
  skus: { skuId: string }[];
}

/** The simulated marketplaces' own ids of the attribute "size" and of its values, in the category that all goods have there. */
const sizesThere: Readonly<Record<MarketplaceKind, { attribute: string; values: Readonly<Record<string, string>> }>> = {
  'jd-id': { attribute: '502', values: { S: '50202', M: '50203', L: '50204' } },
  zilingo: { attribute: 'size', values: { S: 'SC105-SIZ-02', M: 'SC105-SIZ-03', L: 'SC105-SIZ-04' } },
};

/** What ops do in the demo, as they do it: through the API that the dashboard uses. */
export function opsOf(demo: DemoWorld) {
  const { api } = demo;
  const bulk = async (
    kind: 'products' | 'listings' | 'orders',
    rows: readonly Listed[],
    type = 'APPROVE',
  ): Promise<number> => {
    if (rows.length === 0) return 0;
    const { results } = await api.send<BulkAnswer>('POST', `${kind}/bulk`, {
      type,
      items: rows.map(({ id, version }) => ({ id, version })),
    });
    return results.filter(({ ok }) => ok).length;
  };
  return {
    async approveAllProducts(): Promise<number> {
      const { rows } = await api.get<{ rows: Listed[] }>('products?limit=200');
      return bulk(
        'products',
        rows.filter(({ state }) => state !== 'APPROVED'),
      );
    },
    async orders(state?: string): Promise<(Listed & { number: string; channelOrderNumber: string })[]> {
      const { rows } = await api.get<{ rows: (Listed & { number: string; channelOrderNumber: string })[] }>(
        `orders?limit=200${state ? `&state=${state}` : ''}`,
      );
      return rows;
    },
    async approveOrders(rows: readonly Listed[]): Promise<number> {
      return bulk('orders', rows);
    },
    /** Ops say what the brands' sizes are called on the marketplaces; without that those take no product in several sizes. */
    async mapSizes(): Promise<number> {
      let mapped = 0;
      for (const { kind: market, code } of demo.marketplaces) {
        const connectionId = await demo.connectionId(code);
        const map = (kind: string, sourceKey: string, sourceLabel: string, targetId: string): Promise<unknown> =>
          api.send('POST', 'mappings', { connectionId, kind, sourceKey, sourceLabel, targetId });
        const { attribute, values } = sizesThere[market];
        await map('attribute', 'size', 'Size', attribute);
        for (const [size, value] of Object.entries(values))
          await map('value', `size=${size.toLowerCase()}`, size, value);
        mapped += Object.keys(values).length;
      }
      return mapped;
    },
    /** Not of ops' doing: reviewers find something that no rule of ours knows, once. */
    async letOneBeRefused(): Promise<void> {
      if (demo.marketplace.kind !== 'jd-id') return;
      const rejectSkus = { 'kauri-KW-002': { reason: 'Product title does not name the origin', times: 1 } };
      await demo.marketplace.post('review-rules', { rejectSkus });
    },
    /** Mends what the marketplace refused, and what our own rules would not send, at the field that is named; approves again. */
    async mendListings(): Promise<number> {
      const refused = await api.get<{ rows: Mendable[] }>('listings?limit=200&state=REJECTED');
      const held = await api.get<{ rows: Mendable[] }>('listings?limit=200&state=NEW,EDITED');
      let mended = 0;
      for (const row of [
        ...refused.rows,
        ...held.rows.filter(({ findings }) => findings.some((one) => one.blocking)),
      ]) {
        const named = [...row.rejectionReasons, ...row.findings.filter(({ blocking }) => blocking)];
        const fields = new Set(named.map(({ field }) => field));
        const changes: Record<string, unknown> = { version: row.version };
        const [short] = row.title.split(' in our ');
        if (fields.has('title')) changes.title = short === row.title ? `${short}, made in Tasmania` : short;
        if (fields.has('descriptionHtml'))
          changes.descriptionHtml = `<p>${row.title}. Made in Tasmania, wash cool.</p>`;
        if (fields.has('weightGrams')) changes.skus = row.skus.map(({ skuId }) => ({ skuId, weightGrams: 100 }));
        if (Object.keys(changes).length === 1) continue;
        const { version } = await api.send<{ version: number }>('PATCH', `listings/${row.id}`, changes);
        await api.send('POST', `listings/${row.id}/events`, { type: 'APPROVE', version });
        mended += 1;
      }
      return mended;
    },
  };
}
export type Ops = ReturnType<typeof opsOf>;
