import { readOverview } from '../../../db/queries/overview.ts';
import { chartModel } from '../../../state-machines/chart.ts';
import { machineNames, machines } from '../../../state-machines/index.ts';
import type { MachineDefinition } from '../../../state-machines/kit.ts';
import type { ApiDeps } from '../deps.ts';
import { notFound } from '../errors.ts';
import { reading } from '../reading.ts';
import { BrandPage, MachineDetail, MachineName, MachinePage, Overview } from '../schemas/operations.ts';
import { type Api, everyone } from '../types.ts';

const definitions = new Map<string, MachineDefinition>(
  machineNames.map((name) => [name, machines[name] as MachineDefinition]),
);

function numberRoutes(app: Api, deps: ApiDeps): void {
  app.get(
    '/api/overview',
    {
      config: { access: everyone },
      schema: { summary: 'The numbers of the first page', tags: ['overview'], response: { 200: Overview } },
    },
    async (request) => {
      const at = await deps.clock.now();
      return reading(request, deps, (trx) => readOverview(trx, at));
    },
  );

  app.get(
    '/api/brands',
    {
      config: { access: everyone },
      schema: { summary: 'Brands that the caller may see', tags: ['overview'], response: { 200: BrandPage } },
    },
    async (request) =>
      reading(request, deps, async (trx, user) => {
        const query = trx('brands').orderBy('name').select('id', 'code', 'name', 'time_zone as timeZone', 'currency');
        // The table itself has no wall: names of brands stand on shared things.
        if (user.brandId !== null) query.where({ id: user.brandId });
        return { rows: await query };
      }),
  );
}

function machineRoutes(app: Api): void {
  app.get(
    '/api/machines',
    {
      config: { access: everyone },
      schema: { summary: 'All state machines', tags: ['machines'], response: { 200: MachinePage } },
    },
    async () => ({
      rows: [...definitions].map(([name, definition]) => {
        const { states, edges } = chartModel(definition);
        return { name, states: states.length, edges: edges.length };
      }),
    }),
  );

  app.get(
    '/api/machines/:name',
    {
      config: { access: everyone },
      schema: {
        summary: 'One state machine as data: states, edges, events',
        tags: ['machines'],
        params: MachineName,
        response: { 200: MachineDetail },
      },
    },
    async (request) => {
      const { name } = request.params;
      const definition = definitions.get(name);
      if (!definition) throw notFound('machine', name);
      return {
        name,
        ...chartModel(definition),
        events: Object.entries(definition.events).map(([type, { label, means, by }]) => ({
          type,
          label,
          means,
          by: [...by],
        })),
        guards: Object.entries(definition.whyNot).map(([guard, whyNot]) => ({ name: guard, whyNot })),
      };
    },
  );
}

/** The first page, the brands, and the machines as data for charts. */
export function overviewRoutes(app: Api, deps: ApiDeps): void {
  numberRoutes(app, deps);
  machineRoutes(app);
}
