import type { IncidentDetail } from '../../../client/web/api/types/operations.ts';
import type { OrderDetail } from '../../../client/web/api/types/orders.ts';
import { defaultOutagePolicy } from '../../../db/outage-policy.ts';
import { ago, idOf } from './ids.ts';
import { brands, shop } from './refs.ts';

/** One outage of the shop, which orders wait for. */
export function makeIncidents(orders: readonly OrderDetail[]): IncidentDetail[] {
  const waiting = orders.filter(({ state }) => state === 'QUEUE');
  return [
    {
      id: idOf('incident'),
      number: 'INC-000001',
      state: 'OPEN',
      version: 1,
      brandId: brands[0].id,
      connection: shop,
      kind: 'store',
      since: ago(6),
      openedAt: ago(6),
      answeredAt: null,
      closedAt: null,
      operation: 'readStoreStock',
      reason: 'stock.read: the connection was refused',
      stage: 'half',
      failures: 9,
      callsSaved: 120,
      probes: 4,
      probeDueAt: ago(-0.1),
      report: {
        from: ago(6),
        to: ago(0),
        minutes: 360,
        recoveryMinutes: 0,
        failures: 9,
        probes: 4,
        callsSaved: 120,
        orders: { delayed: waiting.length, pushed: 0, notPushed: waiting.length, longestWaitMinutes: 300 },
        deadlines: { known: 0, atRisk: 0, missed: 0 },
        oversells: 0,
        stock: { levelsChanged: 0 },
        catalogue: { read: 0, new: 0, changed: 0, vanished: 0 },
      },
      policy: defaultOutagePolicy,
      steps: {
        answeredAt: null,
        drainedAt: null,
        caughtUpAt: null,
        comparedAt: null,
        stockReadAt: null,
        closedAt: null,
      },
      orders: waiting.map(({ id, number, state, shipBy }) => ({
        id,
        number,
        state,
        shipBy,
        waitsSince: ago(5),
        pushedAt: null,
      })),
      timeline: [],
    },
  ];
}
