import { carrierLabels, marketplaceLabels } from '../channels/kinds.ts';
import type { DemoWorld } from './world.ts';

interface MarketplaceCounts {
  readonly live: number;
  readonly ingested: number;
  readonly pushed: number;
  readonly completed: number;
  readonly cancelled: number;
  readonly currency: string | null;
}

interface CarrierCounts {
  readonly consignments: number;
  readonly labels: number;
  /** From → to, by ISO country. */
  readonly lanes: readonly string[];
}

/** What a run did at the far side, by account. */
export interface PerFarSide {
  readonly marketplaces: Readonly<Record<string, MarketplaceCounts>>;
  readonly carriers: Readonly<Record<string, CarrierCounts>>;
}

export async function farSideOf(demo: DemoWorld): Promise<PerFarSide> {
  return demo.db.tx('staff', async (trx) => {
    const markets = await trx.raw(`
      select c.code,
        (select count(*) from listings l where l.connection_id = c.id and l.remote = 'LIVE')::int as live,
        (select count(*) from channel_orders o where o.connection_id = c.id)::int as ingested,
        count(o.id) filter (where o.in_shop_at is not null)::int as pushed,
        count(o.id) filter (where o.state = 'SUCCESSFULLY_PROCESSED')::int as completed,
        count(o.id) filter (where o.state = 'CANCELLED')::int as cancelled,
        min(o.currency) as currency
      from connections c
      left join channel_orders k on k.connection_id = c.id
      left join orders o on o.channel_order_id = k.id
      where c.kind = 'marketplace' group by c.id, c.code order by c.code`);
    const carriers = await trx.raw(`
      select c.code, count(k.id)::int as consignments, count(k.label_document_id)::int as labels,
        coalesce(array_agg(distinct (b.ship_from ->> 'countryCode') || '→' || k.destination_country_code)
          filter (where k.label_document_id is not null), '{}') as lanes
      from connections c
      left join consignments k on k.carrier_connection_id = c.id and k.state in ('NOTIFIED', 'HANDED_OVER')
      left join brands b on b.id = k.brand_id
      where c.kind = 'carrier' group by c.id, c.code order by c.code`);
    const byCode = (rows: { code: string }[]) => Object.fromEntries(rows.map(({ code, ...counts }) => [code, counts]));
    return { marketplaces: byCode(markets.rows), carriers: byCode(carriers.rows) } as PerFarSide;
  });
}

/** The carrier that delivers within a country; the other one crosses borders. */
const domestic = 'ninja-van';

/** One catalogue is live everywhere, orders of every marketplace came to their end, and each label is of the right carrier. */
export function farSideHolds({ marketplaces, carriers }: PerFarSide): boolean {
  const markets = Object.values(marketplaces);
  return (
    markets.every(({ live, pushed, completed }) => live > 0 && pushed > 0 && completed > 0) &&
    new Set(markets.map(({ currency }) => currency)).size === markets.length &&
    Object.entries(carriers).every(
      ([code, { consignments, labels, lanes }]) =>
        labels > 0 &&
        labels === consignments &&
        lanes.every((lane) => {
          const [from, to] = lane.split('→');
          return !(domestic in carriers) || (from === to) === (code === domestic);
        }),
    )
  );
}

/** For people: one line for each account. */
export function renderFarSide({ marketplaces, carriers }: PerFarSide): string[] {
  const labels: Readonly<Record<string, string>> = { ...marketplaceLabels, ...carrierLabels };
  return [
    ...Object.entries(marketplaces).map(
      ([code, { live, ingested, completed, cancelled, currency }]) =>
        `${(labels[code] ?? code).padEnd(12)} ${live} live, ${ingested} orders in ${currency ?? '–'}, ${completed} complete, ${cancelled} cancelled`,
    ),
    ...Object.entries(carriers).map(
      ([code, { labels: printed, lanes }]) =>
        `${(labels[code] ?? code).padEnd(12)} ${printed} labels: ${lanes.join(', ') || 'none'}`,
    ),
  ];
}
