import type { Tx } from '../database.ts';
import type { Row } from '../steps.ts';

interface KeptCluster {
  readonly key: string;
  readonly seed: string;
  readonly method: string;
  readonly orderIds: readonly string[];
  readonly costMinor: number;
  readonly aloneMinor: number;
  readonly lowerBoundMinor: number;
}
interface KeptConsignment {
  readonly orderIds: readonly string[];
  readonly cluster: string;
  readonly explain: readonly string[];
}

/** What a consignment costs by the card, what that saves, and how it was planned. Call it with the staff's eyes. */
export async function freightOf(trx: Tx, row: Row) {
  const cost = row.planned_cost_minor as number | null;
  const alone = row.planned_alone_minor as number | null;
  const plan = row.freight_plan_id
    ? await trx('freight_plans')
        .where({ id: row.freight_plan_id as string })
        .first()
    : null;
  const card = plan ? await trx('rate_cards').where({ id: plan.rate_card_id }).first('code', 'revision') : null;
  const members: string[] = await trx('consignment_orders').where({ consignment_id: row.id }).pluck('order_id');
  const { clusters = [], consignments = [] } = (plan?.outcome ?? {}) as {
    clusters?: KeptCluster[];
    consignments?: KeptConsignment[];
  };
  const own = consignments.find(({ orderIds }) => orderIds.some((id) => members.includes(id)));
  const cluster = clusters.find(({ orderIds }) => own?.orderIds.every((id) => orderIds.includes(id)));
  return {
    lockedBy: (row.locked_by as string | null) ?? null,
    costMinor: cost,
    aloneMinor: alone,
    savingMinor: cost === null || alone === null ? null : alone - cost,
    currency: (row.planned_currency as string | null) ?? null,
    plan:
      plan && cluster
        ? {
            id: plan.id as string,
            at: (plan.created_at as Date).toISOString(),
            card: card ? `${card.code}, version ${card.revision}` : '',
            method: cluster.method,
            seed: cluster.seed,
            clusterOrders: cluster.orderIds.length,
            clusterCostMinor: cluster.costMinor,
            clusterAloneMinor: cluster.aloneMinor,
            clusterLowerBoundMinor: cluster.lowerBoundMinor,
            explain: [...(own?.explain ?? [])],
          }
        : null,
  };
}
