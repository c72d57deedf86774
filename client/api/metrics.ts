import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { isDatabaseAway } from '../../db/database.ts';
import { readGauges } from '../../db/queries/overview.ts';
import type { ApiDeps } from './deps.ts';

export interface Metrics {
  /** Everything in Prometheus' text format; business numbers are read from the database at that moment. */
  render(): Promise<{ contentType: string; text: string }>;
  observe(request: { method: string; route: string; status: number; durationMs: number }): void;
  /** Stops what measures the process itself. */
  close(): void;
}

type Gauges = Awaited<ReturnType<typeof readGauges>>;

function businessMetrics(registers: Registry[]) {
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `tradelane_${name}`, help, labelNames, registers });
  const counter = (name: string, help: string, label = 'connection') =>
    new Counter({ name: `tradelane_${name}`, help, labelNames: [label], registers });
  return {
    up: gauge('database_up', '1 while the database answers'),
    orders: gauge('orders', 'Orders by state', ['state']),
    listings: gauge('listings', 'Listings by state', ['state']),
    effects: gauge('effects', 'Outside calls by state', ['state']),
    connections: gauge('connections', 'Accounts by state', ['state']),
    problems: gauge('problems_open', 'Open problems by severity', ['severity']),
    waiting: gauge('outbox_waiting', 'Follow-up work that has not reached its process'),
    oldest: gauge('outbox_oldest_seconds', 'Age of the oldest waiting follow-up work'),
    tokens: gauge('budget_tokens', 'Calls that an account may make at once', ['connection']),
    calls: counter('budget_calls_total', 'Calls permitted to an account'),
    throttled: counter('budget_throttled_total', 'Calls that the other side throttled'),
    silent: gauge('budget_silent_seconds', 'Silence that an account is still owed', ['connection']),
    share: gauge('budget_rate_share', 'Share of the permitted rate that is used, 0 to 1', ['connection']),
    calling: gauge('budget_waiting', 'Calls that wait for their turn', ['connection', 'priority']),
    oversells: counter('oversell_detected_total', 'Orders for units that are not there, by cause', 'cause'),
    refusals: counter('webhook_refusals_total', 'Webhooks with a wrong signature'),
  };
}

function fill(metrics: ReturnType<typeof businessMetrics>, gauges: Gauges): void {
  const perLabel = (gauge: Gauge, label: string, values: Record<string, number>): void => {
    gauge.reset();
    for (const [value, n] of Object.entries(values)) gauge.set({ [label]: value }, n);
  };
  perLabel(metrics.orders, 'state', gauges.orders);
  perLabel(metrics.listings, 'state', gauges.listings);
  perLabel(metrics.effects, 'state', gauges.effects);
  perLabel(metrics.connections, 'state', gauges.connections);
  perLabel(metrics.problems, 'severity', { info: 0, warning: 0, error: 0, ...gauges.problems });
  metrics.waiting.set(gauges.outbox.waiting);
  metrics.oldest.set(gauges.outbox.oldestSeconds);
  metrics.tokens.reset();
  metrics.calls.reset();
  metrics.throttled.reset();
  for (const one of [metrics.silent, metrics.share, metrics.calling]) one.reset();
  for (const { code, tokens, taken, throttled, silentMs, share, waiting } of gauges.budgets) {
    metrics.silent.set({ connection: code }, silentMs / 1000);
    metrics.share.set({ connection: code }, share);
    for (const [priority, n] of Object.entries(waiting)) metrics.calling.set({ connection: code, priority }, n);
    metrics.tokens.set({ connection: code }, tokens);
    metrics.calls.inc({ connection: code }, taken);
    metrics.throttled.inc({ connection: code }, throttled);
  }
  metrics.oversells.reset();
  const causes = { 'shared-policy': 0, 'source-below-quota': 0, unexplained: 0, ...gauges.oversells };
  for (const [cause, n] of Object.entries(causes)) metrics.oversells.inc({ cause }, n);
  metrics.refusals.reset();
  for (const { code, count } of gauges.refusals) metrics.refusals.inc({ connection: code }, count);
}

/** Metrics of one API process, in a registry of its own. */
export function createMetrics({ db, clock, log }: Pick<ApiDeps, 'db' | 'clock' | 'log'>): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'tradelane_api_' });
  const business = businessMetrics([registry]);
  const requests = new Histogram({
    name: 'tradelane_http_request_duration_seconds',
    help: 'Answered requests of the API',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });
  return {
    async render() {
      try {
        const at = await clock.now();
        fill(business, await db.tx('staff', (trx) => readGauges(trx, at)));
        business.up.set(1);
      } catch (error) {
        // The process is still to be watched while its database is not there.
        if (!isDatabaseAway(error)) throw error;
        log.warn('metrics without business numbers: the database is away');
        business.up.set(0);
      }
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
    observe: ({ method, route, status, durationMs }) =>
      requests.observe({ method, route, status: String(status) }, durationMs / 1000),
    close: () => registry.clear(),
  };
}
