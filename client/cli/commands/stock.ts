import type { DriftPage, WhyStock } from '../../api/schemas/stock.ts';
import type { Context, Outcome } from '../command.ts';
import { loggedIn } from '../session.ts';
import { table, time } from '../text.ts';

const shown = (value: number | null): string => (value === null ? '–' : String(value));

/** Why a SKU shows what it shows on a marketplace. */
export async function whyStock(context: Context, sku: string, connection: string): Promise<Outcome> {
  const client = await loggedIn(context.options);
  const search = new URLSearchParams({ sku, connection });
  const why = await client.get<WhyStock>(`/api/why/stock?${search}`);
  return { json: why, text: renderWhy(why) };
}

function renderWhy(why: WhyStock): string {
  const seen = why.onHandSeenAt === null ? 'never read' : `read at ${time(why.onHandSeenAt)}`;
  return [
    `${why.sku} on ${why.asked.name}`,
    `  ${why.onHand} on hand, ${seen} from ${why.onHandSeenBy ?? 'no shop'}`,
    ...why.explain.map((sentence) => `  ${sentence}`),
    ...why.reservedBy.map(({ order, state, quantity }) => `  ${quantity} reserved by ${order} (${state})`),
    '',
    table(
      ['MARKETPLACE', 'HOW', 'DESIRED', 'ACKNOWLEDGED', 'SEEN', 'COUNTS', 'UNDER WAY'],
      why.offers.map((offer) => [
        `${offer.connection.code}${offer.connection.id === why.asked.id ? ' *' : ''}`,
        offer.explain.join('; '),
        shown(offer.desired),
        shown(offer.acknowledged),
        offer.seenAt === null ? '–' : `${shown(offer.seen)} at ${time(offer.seenAt)}`,
        offer.counts.low === offer.counts.high ? `${offer.counts.low}` : `${offer.counts.low} to ${offer.counts.high}`,
        offer.inFlight === null ? (offer.waiting ?? '') : `a write of ${offer.inFlight.quantity}`,
      ]),
    ),
    '',
    table(
      ['MOVEMENT', 'UNITS', 'ON HAND', 'RESERVED', 'WHY', 'AT'],
      why.movements.map(({ kind, quantity, onHand, reserved, reason, at }) => [
        ...[kind, String(quantity), String(onHand), String(reserved), reason, time(at)],
      ]),
    ),
  ].join('\n');
}

/** What marketplaces show and what they should. Exits with 1 where nothing explains a difference. */
export async function drift(context: Context, options: { unexplained?: boolean; limit: number }): Promise<Outcome> {
  const client = await loggedIn(context.options);
  const search = new URLSearchParams({ limit: String(Math.min(200, options.limit)) });
  if (options.unexplained) search.set('unexplained', 'true');
  const page = await client.get<DriftPage>(`/api/drift?${search}`);
  const text = [
    `${page.total} offers differ, ${page.unexplained} of them without an explanation.`,
    '',
    table(
      ['SKU', 'MARKETPLACE', 'DESIRED', 'ACKNOWLEDGED', 'SEEN', 'EXPLAINED BY'],
      page.rows.map((row) => [
        ...[row.sellerSku, row.connection.code, shown(row.desired), shown(row.acknowledged), shown(row.seen)],
        row.explained ?? 'NOTHING',
      ]),
    ),
  ].join('\n');
  return { json: page, text };
}
