import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { machineQuery } from '../../api/queries.ts';
import type { MachineChart } from '../../api/types/common.ts';
import { StateChart } from '../../ui/chart/state-chart.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { PageHead, Section } from '../../ui/section.tsx';
import { stateWords } from '../../ui/states.ts';

type EventRow = MachineChart['events'][number] & { id: string };
const columns: Column<EventRow>[] = [
  {
    id: 'event',
    header: 'Event',
    role: 'head',
    cell: ({ type, label }) => (
      <span className="two-lines">
        <span>{label}</span>
        <small>{type}</small>
      </span>
    ),
  },
  { id: 'means', header: 'Means', cell: ({ means }) => <span className="wrap">{means}</span> },
  { id: 'by', header: 'By', cell: ({ by }) => <span className="wrap">{by.join(', ')}</span> },
];

export function MachinePage() {
  const { name } = useParams({ from: '/shell/machines/$name' });
  const query = useQuery(machineQuery(name));
  return (
    <>
      <PageHead title={stateWords(name)} lead="Choose a state to see what leaves it." />
      <QueryView query={query} what="the machine">
        {(chart) => (
          <>
            <StateChart key={chart.name} chart={chart} />
            <Section title="Events" count={chart.events.length}>
              <DataTable
                caption="Events"
                columns={columns}
                rows={chart.events.map((event) => ({ ...event, id: event.type }))}
                nameOf={({ label }) => label}
              />
            </Section>
          </>
        )}
      </QueryView>
    </>
  );
}
