import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { call } from '../../api/http.ts';
import type { MachineRow } from '../../api/types/common.ts';
import { QueryView } from '../../ui/query-view.tsx';
import { PageHead } from '../../ui/section.tsx';
import { stateWords } from '../../ui/states.ts';

/** Every kind of thing that has states. */
export function MachinesPage() {
  const query = useQuery({
    queryKey: ['machines'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => (await call<{ rows: MachineRow[] }>('GET', '/api/machines', { signal })).rows,
  });
  return (
    <>
      <PageHead
        title="Machines"
        lead="What may happen to what, and who may do it. Nothing changes a state in another way."
      />
      <QueryView query={query} what="the machines">
        {(machines) => (
          <ul className="tiles">
            {machines.map(({ name, states, edges }) => (
              <li key={name}>
                <Link to="/machines/$name" params={{ name }} className="tile">
                  <strong>{stateWords(name)}</strong>
                  <span className="muted">
                    {states} states, {edges} ways
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        )}
      </QueryView>
    </>
  );
}
