import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { command } from '../../api/http.ts';
import { oneQuery } from '../../api/queries.ts';
import type { IncidentDetail } from '../../api/types/operations.ts';
import { useUser } from '../../app/session.ts';
import { Nothing, StateBadge } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/feedback.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { RowLink } from '../../ui/row-link.tsx';
import { type Fact, Facts, PageHead, Section } from '../../ui/section.tsx';
import { Relative, ShipBy, Time } from '../../ui/time.tsx';
import { Timeline } from '../../ui/timeline.tsx';
import { stageWords } from './stage.ts';

type Waiting = IncidentDetail['orders'][number];

export function IncidentPage() {
  const { id } = useParams({ from: '/shell/incidents/$id' });
  const query = useQuery(oneQuery<IncidentDetail>('incidents', id));
  return (
    <QueryView query={query} what="the incident">
      {(incident) => <Board key={incident.id} incident={incident} />}
    </QueryView>
  );
}

function Board({ incident }: { incident: IncidentDetail }) {
  const { number, state, connection, reason, orders, timeline } = incident;
  return (
    <>
      <PageHead
        title={`${number}: ${connection.name}`}
        lead={
          <>
            <StateBadge state={state} machine="incident" /> {reason}
          </>
        }
      >
        <ProbeButton incident={incident} />
      </PageHead>
      <Facts facts={factsOf(incident)} />
      <Section title={state === 'CLOSED' ? 'Report' : 'So far'}>
        <Facts facts={reportFacts(incident)} />
      </Section>
      <div className="two-columns wide-left">
        <Section title="Orders that waited" count={orders.length}>
          {orders.length === 0 ? (
            <Empty title="No order waited for it" />
          ) : (
            <DataTable caption="Orders that waited" columns={columns} rows={orders} nameOf={(order) => order.number} />
          )}
        </Section>
        <Section title="Timeline" count={timeline.length}>
          <Timeline entries={timeline} />
        </Section>
      </div>
    </>
  );
}

const columns: Column<Waiting>[] = [
  {
    id: 'number',
    header: 'Order',
    role: 'head',
    cell: ({ id, number }) => (
      <RowLink to="/orders/$id" id={id}>
        {number}
      </RowLink>
    ),
  },
  { id: 'state', header: 'State', cell: ({ state }) => <StateBadge state={state} machine="order" /> },
  { id: 'ship-by', header: 'Ship by', cell: ({ shipBy, state }) => <ShipBy at={shipBy} state={state} /> },
  { id: 'since', header: 'Waits since', cell: ({ waitsSince }) => <Time at={waitsSince} /> },
  { id: 'pushed', header: 'In the shop', cell: ({ pushedAt }) => (pushedAt ? <Time at={pushedAt} /> : <Nothing />) },
];

function factsOf({
  since,
  answeredAt,
  closedAt,
  stage,
  kind,
  probes,
  probeDueAt,
  failures,
  callsSaved,
}: IncidentDetail) {
  const facts: Fact[] = [
    { label: 'First failure', value: <Time at={since} /> },
    { label: 'Answered again', value: answeredAt ? <Time at={answeredAt} /> : <Nothing /> },
    { label: 'Closed', value: closedAt ? <Time at={closedAt} /> : <Nothing /> },
    ...(kind === 'store' ? [{ label: 'Its stock', value: stageWords(stage) }] : []),
    { label: 'Failures', value: failures },
    {
      label: 'Probes',
      value: probeDueAt ? (
        <>
          {probes}, the next one <Relative at={probeDueAt} />
        </>
      ) : (
        probes
      ),
    },
    { label: 'Calls not made', value: callsSaved },
  ];
  return facts;
}

function reportFacts({ report, steps }: IncidentDetail): Fact[] {
  const { orders, deadlines, catalogue } = report;
  return [
    { label: 'Away', value: `${report.minutes} minutes` },
    {
      label: 'Orders',
      value: `${orders.delayed} delayed, ${orders.pushed} in the shop, the longest waited ${orders.longestWaitMinutes} minutes`,
    },
    { label: 'Deadlines', value: `${deadlines.atRisk} at risk, ${deadlines.missed} missed of ${deadlines.known}` },
    { label: 'Sold and not there', value: report.oversells },
    { label: 'Levels that had changed', value: report.stock.levelsChanged },
    {
      label: 'Products',
      value: `${catalogue.new} new, ${catalogue.changed} changed, ${catalogue.vanished} vanished of ${catalogue.read}`,
    },
    { label: 'Catalogue compared', value: steps.comparedAt ? <Time at={steps.comparedAt} /> : <Nothing /> },
  ];
}

/** For who knows that the account is back and does not want to wait. */
function ProbeButton({ incident: { id, number, state } }: { incident: IncidentDetail }) {
  const queries = useQueryClient();
  const notices = useNotices();
  const user = useUser();
  const probe = useMutation({
    mutationFn: () => command('POST', `/api/incidents/${id}/probe`, {}),
    onSuccess: () => notices.say('good', `${number}: the account is asked now.`),
    onError: (error) => notices.fail(`${number}: it could not be asked.`, error),
    onSettled: () => queries.invalidateQueries(),
  });
  if (state !== 'OPEN' || user.role === 'brand') return null;
  return (
    <button type="button" disabled={probe.isPending} onClick={() => probe.mutate()}>
      Probe now
    </button>
  );
}
