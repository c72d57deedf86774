import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { oneQuery } from '../../api/queries.ts';
import { openProblemsOf, reportOf } from '../../api/reading.ts';
import type { ConnectionDetail } from '../../api/types/operations.ts';
import { PageActions } from '../../ui/actions.tsx';
import { StateBadge } from '../../ui/badge.tsx';
import { Empty } from '../../ui/feedback.tsx';
import { LastFailureText } from '../../ui/last-failure.tsx';
import { OutageMark } from '../../ui/outage-mark.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { Facts, PageHead, Section } from '../../ui/section.tsx';
import { stateWords } from '../../ui/states.ts';
import { TestReport } from '../../ui/test-report.tsx';
import { Relative, Time } from '../../ui/time.tsx';
import { Timeline } from '../../ui/timeline.tsx';
import { BudgetLimits } from './budget-limits.tsx';
import { BudgetMeter } from './budget-meter.tsx';
import { ConnectionTools } from './connection-tools.tsx';
import { Cursors, SyncRuns } from './sync-runs.tsx';

export function ConnectionPage() {
  const { id } = useParams({ from: '/shell/connections/$id' });
  const query = useQuery(oneQuery<ConnectionDetail>('connections', id));
  return (
    <QueryView query={query} what="the connection">
      {(connection) => <ConnectionBoard key={connection.id} connection={connection} />}
    </QueryView>
  );
}

function ConnectionBoard({ connection }: { connection: ConnectionDetail }) {
  const { temporalUrl, lastTest, runs, cursors, timeline } = connection;
  const report = lastTest ? reportOf(lastTest.report) : null;
  return (
    <>
      <PageHead
        title={connection.name}
        lead={
          <>
            <StateBadge state={connection.state} machine="connection" /> {stateWords(connection.kind)} by{' '}
            {connection.connector} ({connection.code}) <OutageMark outage={connection.incident}>outage</OutageMark>
          </>
        }
      >
        {temporalUrl ? (
          <a className="button" href={temporalUrl} target="_blank" rel="noreferrer">
            Its process in Temporal
          </a>
        ) : null}
      </PageHead>
      <Problems connection={connection} />
      <Section title="What can be done">
        <PageActions thing={{ ...connection, collection: 'connections', name: connection.name }} />
        <ConnectionTools connection={connection} />
      </Section>
      <Facts facts={healthFacts(connection)} />
      <div className="two-columns wide-left">
        <div>
          <Section title="Last synchronisations" count={runs.length}>
            <SyncRuns runs={runs} />
          </Section>
          <Section title="Read so far" count={cursors.length}>
            <Cursors cursors={cursors} />
          </Section>
          <Section title="Permitted calls">
            <BudgetLimits limits={connection.budget.limits} code={connection.code} />
          </Section>
          <Section title="Last test" aside={lastTest ? <Relative at={lastTest.at} /> : null}>
            {report ? <TestReport report={report} /> : <Empty title="It was not tested yet" />}
          </Section>
        </div>
        <Section title="Timeline" count={timeline.length}>
          <Timeline entries={timeline} />
        </Section>
      </div>
    </>
  );
}

function healthFacts(connection: ConnectionDetail) {
  const { budget, lastSuccessAt, lastFailure, lastFailureAt, webhookUrl, webhookRefusals } = connection;
  return [
    { label: 'Last answer', value: <Time at={lastSuccessAt} /> },
    { label: 'Last failure', value: <LastFailureText failure={lastFailure} at={lastFailureAt} /> },
    { label: 'Free calls', value: <BudgetMeter budget={budget} /> },
    { label: 'Budget', value: `${budget.callsPerSecond} a second, ${budget.burst} at once` },
    { label: 'Calls taken', value: `${budget.taken}, told to wait ${budget.throttled} times` },
    ...(webhookUrl ? [{ label: 'Webhooks go to', value: <code className="wrap">{webhookUrl}</code> }] : []),
    { label: 'Webhooks refused', value: webhookRefusals },
    {
      label: 'Credentials',
      value: connection.credentialsStored ? `sealed with key ${connection.keyId ?? '?'}` : 'none',
    },
  ];
}

function Problems({ connection }: { connection: ConnectionDetail }) {
  const problems = openProblemsOf(connection.openProblems);
  if (problems.length === 0) return null;
  return (
    <div className="alert" role="status">
      {problems.map(({ id, title, remedy }) => (
        <p key={id}>
          <strong>{title}</strong> {remedy}
        </p>
      ))}
      <p>
        <Link to="/problems" search={{ connection: connection.id }}>
          Its problems
        </Link>
      </p>
    </div>
  );
}
