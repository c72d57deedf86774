import { useQuery } from '@tanstack/react-query';
import { machineQuery } from '../../api/queries.ts';
import { StateChart } from '../../ui/chart/state-chart.tsx';
import { QueryView } from '../../ui/query-view.tsx';

export function OrderChart({ path }: { path: string[] }) {
  const query = useQuery(machineQuery('order'));
  return (
    <QueryView query={query} what="the state chart">
      {(chart) => <StateChart chart={chart} path={path} />}
    </QueryView>
  );
}
