import type { ApiDeps } from '../deps.ts';
import { reading } from '../reading.ts';
import { TablePage, TableParams, TableQuery } from '../schemas/tables.ts';
import { tableNamed } from '../tables/registry.ts';
import { type Api, everyone } from '../types.ts';

const tags = ['tables'];

function readRoutes(app: Api, deps: ApiDeps): void {
  app.get(
    '/api/tables/:table',
    {
      config: { access: everyone },
      schema: {
        summary: 'One page of an editable table, paged by key',
        tags,
        params: TableParams,
        querystring: TableQuery,
        response: { 200: TablePage },
      },
    },
    async (request) => {
      const table = tableNamed(request.params.table);
      const at = await deps.clock.now();
      return reading(request, deps, async (trx, user) => {
        const { rows, next, states } = await table.read(trx, request.query, { user, deps, at });
        const wanted = request.query.state?.split(',');
        const total = states
          ? Object.entries(states).reduce((sum, [state, n]) => sum + (wanted?.includes(state) === false ? 0 : n), 0)
          : null;
        return {
          columns: [...table.columns(user)],
          rows: [...rows],
          next,
          total,
          states: states ? { ...states } : null,
        };
      });
    },
  );
}

/** Editable tables: rows with what can be edited in them, edits with an answer for each field, and undoing. */
export function tableRoutes(app: Api, deps: ApiDeps): void {
  readRoutes(app, deps);
}
