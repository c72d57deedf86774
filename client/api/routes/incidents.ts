import { holdPolicy, probeNow } from '../../../db/incidents.ts';
import { outagePolicyOf } from '../../../db/outage-policy.ts';
import { findIncident, listIncidents } from '../../../db/queries/incidents.ts';
import { riseToStaff } from '../../../db/queries/rise.ts';
import { historyOf } from '../../../db/queries/timeline.ts';
import { lock } from '../../../db/steps.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError, notFound } from '../errors.ts';
import { answerOnce } from '../idempotency.ts';
import { reading } from '../reading.ts';
import { ById } from '../schemas/common.ts';
import {
  IncidentDetail,
  IncidentKey,
  IncidentPage,
  IncidentQuery,
  OutagePolicyBody,
  OutagePolicySet,
  Probing,
} from '../schemas/incidents.ts';
import { type Api, adminOnly, everyone, staff } from '../types.ts';

const tags = ['incidents'];
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function readRoutes(app: Api, deps: ApiDeps): void {
  app.get(
    '/api/incidents',
    {
      config: { access: everyone },
      schema: { summary: 'Outages, newest first', tags, querystring: IncidentQuery, response: { 200: IncidentPage } },
    },
    async (request) =>
      reading(request, deps, async (trx) => {
        const { items, next, total } = await listIncidents(trx, request.query);
        return { rows: [...items], next, total };
      }),
  );

  app.get(
    '/api/incidents/:id',
    {
      config: { access: everyone },
      schema: {
        summary: 'One outage, by id or number: its steps, the orders that waited, its report',
        tags,
        params: IncidentKey,
        response: { 200: IncidentDetail },
      },
    },
    async (request) => {
      const at = await deps.clock.now();
      const { id } = request.params;
      return reading(request, deps, async (trx) => {
        const isNumber = /^INC-\d+$/i.test(id);
        const known =
          isNumber || uuid.test(id)
            ? await trx('incidents')
                .where(isNumber ? { number: id.toUpperCase() } : { id })
                .first('id')
            : undefined;
        if (!known) throw notFound('incident', id);
        await riseToStaff(trx);
        const found = await findIncident(trx, known.id, at);
        if (!found) throw notFound('incident', id);
        return { ...found, timeline: await historyOf(trx, [{ machine: 'incident', id: found.id }]) };
      });
    },
  );
}

function commandRoutes(app: Api, deps: ApiDeps): void {
  app.post(
    '/api/incidents/:id/probe',
    {
      config: { access: staff },
      schema: {
        summary: 'Ask the account now instead of at the next probe',
        tags,
        params: ById,
        response: { 200: Probing },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { id } = request.params;
        const row = await trx('incidents').where({ id }).first('number', 'state');
        if (!row) throw notFound('incident', id);
        if (!(await probeNow(trx, id, command)))
          throw new ApiError('NotAllowedInState', `${row.number} is ${row.state}: there is nothing to probe.`);
        return { status: 200, body: { ok: true as const } };
      }),
  );

  app.post(
    '/api/connections/:id/outage',
    {
      config: { access: adminOnly },
      schema: {
        summary: 'How an outage of this account is handled; what is not named stays as it is',
        description: 'It holds for an incident that is open, too: its quotas are reckoned anew at the next tick.',
        tags: ['connections'],
        params: ById,
        body: OutagePolicyBody,
        response: { 200: OutagePolicySet },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx) => {
        const row = await lock(trx, 'connection', request.params.id);
        if (!row) throw notFound('connection', request.params.id);
        const stored = { ...(row.outage as object), ...request.body };
        await trx('connections')
          .where({ id: row.id })
          .update({ outage: JSON.stringify(stored) });
        const policy = outagePolicyOf(stored);
        await holdPolicy(trx, row.id, policy);
        return { status: 200, body: { ok: true as const, policy } };
      }),
  );
}

/** Outages of accounts: what they did, what waits, and how they are handled. */
export function incidentRoutes(app: Api, deps: ApiDeps): void {
  readRoutes(app, deps);
  commandRoutes(app, deps);
}
