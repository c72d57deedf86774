import type { IncidentDetail, IncidentPage } from '../../api/schemas/incidents.ts';
import { type Context, more, type Outcome, readRows } from '../command.ts';
import { loggedIn } from '../session.ts';
import { table, time } from '../text.ts';
import { idOfCode } from './orders.ts';

type Incident = IncidentPage['rows'][number];

export async function listIncidents(
  context: Context,
  options: { state?: string; connection?: string; limit: number },
): Promise<Outcome> {
  const { state, connection, limit } = options;
  const query = {
    state: state?.toUpperCase(),
    connection: connection === undefined ? undefined : await idOfCode(context, 'connections', connection),
  };
  const page = await readRows<Incident>(context, '/api/incidents', query, limit);
  const rows = page.rows.map((row) => [
    row.number,
    row.state,
    row.connection.code,
    time(row.since),
    row.closedAt === null ? '' : time(row.closedAt),
    row.report === null ? '' : row.report.orders.delayed,
    row.stage,
    row.reason,
  ]);
  const heads = ['NUMBER', 'STATE', 'ACCOUNT', 'SINCE', 'CLOSED', 'ORDERS', 'STOCK', 'REASON'];
  return { json: page, text: (rows.length === 0 ? 'No incidents.' : table(heads, rows)) + more(page) };
}

export async function showIncident(context: Context, id: string): Promise<Outcome> {
  const client = await loggedIn(context.options);
  const incident = await client.get<IncidentDetail>(`/api/incidents/${encodeURIComponent(id)}`);
  return { json: incident, text: render(incident) };
}

const shown = (at: string | null): string => (at === null ? 'not yet' : time(at));

function render({
  number,
  state,
  connection,
  reason,
  stage,
  probes,
  probeDueAt,
  report,
  steps,
  orders,
}: IncidentDetail) {
  const { delayed, pushed, longestWaitMinutes } = report.orders;
  return [
    `${number}: ${connection.name} (${connection.code}), ${state}`,
    `  from ${time(report.from)} to ${steps.answeredAt === null ? 'now' : time(report.to)}, ${report.minutes} minutes: ${reason}`,
    `  ${report.failures} failures, ${probes} probes${probeDueAt === null ? '' : `, the next one at ${time(probeDueAt)}`}, ${report.callsSaved} calls not made`,
    `  stock is ${stage}`,
    `  orders: ${delayed} delayed, ${pushed} in the shop, the longest waited ${longestWaitMinutes} minutes`,
    `  deadlines: ${report.deadlines.known} known, ${report.deadlines.atRisk} at risk, ${report.deadlines.missed} missed`,
    `  oversells: ${report.oversells}`,
    `  found afterwards: ${report.stock.levelsChanged} levels, ${report.catalogue.changed} changed, ${report.catalogue.new} new, ${report.catalogue.vanished} vanished of ${report.catalogue.read} products`,
    '',
    table(
      ['STEP', 'DONE'],
      [
        ['answered', shown(steps.answeredAt)],
        ['orders sent', shown(steps.drainedAt)],
        ['catalogue by cursor', shown(steps.caughtUpAt)],
        ['catalogue compared', shown(steps.comparedAt)],
        ['stock read', shown(steps.stockReadAt)],
        ['closed', shown(steps.closedAt)],
      ],
    ),
    ...(orders.length === 0
      ? []
      : [
          '',
          table(
            ['ORDER', 'STATE', 'SHIP BY', 'WAITS SINCE', 'IN THE SHOP'],
            orders.map((order) => [
              order.number,
              order.state,
              order.shipBy === null ? '' : time(order.shipBy),
              time(order.waitsSince),
              order.pushedAt === null ? '' : time(order.pushedAt),
            ]),
          ),
        ]),
  ].join('\n');
}
