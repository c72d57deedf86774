import type { Tx } from './database.ts';
import { outagePolicyOf } from './outage-policy.ts';
import type { Row } from './steps.ts';

/** What an outage did, written when it was made up for. */
export interface IncidentReport {
  readonly from: string;
  readonly to: string;
  readonly minutes: number;
  /** From the first answer until everything was made up for. */
  readonly recoveryMinutes: number;
  readonly failures: number;
  readonly probes: number;
  /** Calls and readings that were not even tried. */
  readonly callsSaved: number;
  readonly orders: {
    readonly delayed: number;
    readonly pushed: number;
    /** Waited, and were cancelled or sent back before the shop answered. */
    readonly notPushed: number;
    readonly longestWaitMinutes: number;
  };
  readonly deadlines: { readonly known: number; readonly atRisk: number; readonly missed: number };
  readonly oversells: number;
  readonly stock: { readonly levelsChanged: number };
  readonly catalogue: {
    readonly read: number;
    readonly new: number;
    readonly changed: number;
    readonly vanished: number;
  };
}

interface Waited {
  readonly order_id: string;
  readonly ship_by: Date | null;
  readonly waits_since: Date;
  readonly pushed_at: Date | null;
}

const minutesBetween = (from: Date, to: Date): number => Math.round((to.getTime() - from.getTime()) / 60_000);

/** The report as it is at `at`; also of an incident that is still open, as far as it is known. */
export async function reportOf(trx: Tx, incident: Row, at: Date): Promise<IncidentReport> {
  const since = incident.since as Date;
  const answeredAt = (incident.answered_at as Date | null) ?? at;
  const waited: Waited[] = await trx('incident_orders').where({ incident_id: incident.id });
  const pushed = waited.filter(({ pushed_at }) => pushed_at !== null);
  const { atRiskMinutes } = outagePolicyOf(incident.policy);
  const known = pushed.filter(({ ship_by }) => ship_by !== null);
  const spare = known.map(({ ship_by, pushed_at }) => minutesBetween(pushed_at as Date, ship_by as Date));
  return {
    from: since.toISOString(),
    to: answeredAt.toISOString(),
    minutes: minutesBetween(since, answeredAt),
    recoveryMinutes: minutesBetween(answeredAt, at),
    failures: Number(incident.failures),
    probes: Number(incident.probes),
    callsSaved: Number(incident.calls_saved),
    orders: {
      delayed: waited.length,
      pushed: pushed.length,
      notPushed: waited.length - pushed.length,
      longestWaitMinutes: Math.max(
        0,
        ...waited.map(({ waits_since, pushed_at }) => minutesBetween(waits_since, pushed_at ?? at)),
      ),
    },
    deadlines: {
      known: known.length,
      atRisk: spare.filter((minutes) => minutes >= 0 && minutes < atRiskMinutes).length,
      missed: spare.filter((minutes) => minutes < 0).length,
    },
    oversells: await oversellsOf(trx, incident),
    stock: { levelsChanged: await levelsChanged(trx, incident) },
    catalogue: await catalogueOf(trx, incident),
  };
}

/** Units of this shop's SKUs that were sold and not there, since the first failure. */
async function oversellsOf(trx: Tx, incident: Row): Promise<number> {
  const row = await trx('stock_oversells')
    .join('skus', 'skus.id', 'stock_oversells.sku_id')
    .join('products', 'products.id', 'skus.product_id')
    .where({ store_connection_id: incident.connection_id as string })
    .where('stock_oversells.at', '>=', incident.since as Date)
    .sum({ units: 'units' })
    .first();
  return Number(row?.units ?? 0);
}

/** SKUs whose level was another one than we knew, found since the first answer. */
async function levelsChanged(trx: Tx, incident: Row): Promise<number> {
  if (incident.stock_mark === null) return 0;
  const row = await trx('stock_movements')
    .join('skus', 'skus.id', 'stock_movements.sku_id')
    .join('products', 'products.id', 'skus.product_id')
    .where({ store_connection_id: incident.connection_id as string, 'stock_movements.kind': 'LEVEL' })
    .where('stock_movements.id', '>', Number(incident.stock_mark))
    .countDistinct({ n: 'sku_id' })
    .first();
  return Number(row?.n ?? 0);
}

async function catalogueOf(trx: Tx, incident: Row): Promise<IncidentReport['catalogue']> {
  const runs = await trx('sync_runs').whereIn(
    'id',
    [incident.catalogue_run, incident.compare_run].filter((id): id is string => typeof id === 'string'),
  );
  const sum = (pick: (counts: Record<string, unknown>) => unknown): number =>
    runs.reduce((total, { counts }) => total + Number(pick(counts) ?? 0), 0);
  const of = (name: string) => sum(({ total }) => (total as Record<string, number> | undefined)?.[name]);
  const compared = runs.find(({ id }) => id === incident.compare_run);
  return {
    read: Number((compared?.counts.total as Record<string, number> | undefined)?.read ?? 0),
    new: of('new') + of('held'),
    changed: of('changed'),
    vanished: sum(({ vanished }) => vanished),
  };
}
