import type { Tx } from '../../../db/database.ts';
import { readLabels } from '../../../db/queries/labels.ts';
import {
  attributeOf,
  attributeTargets,
  categoryTargets,
  mappingsOf,
  setMapping,
  unmappedQueue,
} from '../../../db/refining-mappings.ts';
import { wakeRefining } from '../../../db/refining-wake.ts';
import type { ApiDeps } from '../deps.ts';
import { notFound } from '../errors.ts';
import { answerOnce } from '../idempotency.ts';
import { reading } from '../reading.ts';
import { brandRefsById } from '../refs.ts';
import {
  MappingBody,
  MappingMade,
  MappingQueue,
  Mappings,
  MappingsQuery,
  QueueQuery,
  Targets,
  TargetsQuery,
} from '../schemas/refining.ts';
import { type Api, staff } from '../types.ts';

const tags = ['mappings'];

async function queueOf(trx: Tx, query: Parameters<typeof unmappedQueue>[1]): Promise<MappingQueue> {
  const { rows, total } = await unmappedQueue(trx, query);
  const labels = await readLabels(trx, { connections: rows.map(({ connectionId }) => connectionId) });
  const brandOf = await brandRefsById(
    trx,
    rows.flatMap(({ brandIds }) => [...brandIds]),
  );
  const stale = await trx('listings').whereNotNull('stale_since').count({ n: '*' }).first();
  return {
    rows: rows.map(({ connectionId, brandIds, samples, ...row }) => ({
      ...row,
      connection: labels.connection(connectionId),
      brands: brandIds.flatMap((id) => brandOf(id) ?? []),
      samples: [...samples],
    })),
    total,
    waiting: Number(stale?.n ?? 0),
  };
}

function readRoutes(app: Api, deps: ApiDeps): void {
  app.get(
    '/api/mappings/queue',
    {
      config: { access: staff },
      schema: {
        summary: 'What nobody has mapped; what blocks most listings first',
        tags,
        querystring: QueueQuery,
        response: { 200: MappingQueue },
      },
    },
    async (request) => reading(request, deps, (trx) => queueOf(trx, request.query)),
  );

  app.get(
    '/api/mappings',
    {
      config: { access: staff },
      schema: {
        summary: 'The mappings of a marketplace account',
        tags,
        querystring: MappingsQuery,
        response: { 200: Mappings },
      },
    },
    async (request) =>
      reading(request, deps, async (trx) => {
        const rows = await mappingsOf(trx, request.query.connection, request.query.q);
        return { rows: rows.map(({ setAt, connectionId: _, ...row }) => ({ ...row, setAt: setAt.toISOString() })) };
      }),
  );

  app.get(
    '/api/mappings/targets',
    {
      config: { access: staff },
      schema: {
        summary: 'What can be chosen over there, as its lists were last read',
        tags,
        querystring: TargetsQuery,
        response: { 200: Targets },
      },
    },
    async (request) =>
      reading(request, deps, async (trx) => {
        const { connection: connectionId, kind, source, q } = request.query;
        if (kind === 'category') return { rows: await categoryTargets(trx, connectionId, q) };
        if (kind === 'attribute') return { rows: await attributeTargets(trx, { connectionId, attributeId: null, q }) };
        const attributeId = await attributeOf(trx, connectionId, source?.split('=')[0] ?? '');
        return { rows: attributeId === null ? [] : await attributeTargets(trx, { connectionId, attributeId, q }) };
      }),
  );
}

/** What the brands' categories, attributes and values are called on the marketplaces. */
export function mappingRoutes(app: Api, deps: ApiDeps): void {
  readRoutes(app, deps);
  app.post(
    '/api/mappings',
    {
      config: { access: staff },
      schema: {
        summary: 'Remember a mapping; every listing that waits for it is composed again',
        tags,
        body: MappingBody,
        response: { 200: MappingMade },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { why: _, brandId = null, targetLabel = null, ...change } = request.body;
        const of = { id: change.connectionId, kind: 'marketplace' };
        if (!(await trx('connections').where(of).first('id'))) throw notFound('marketplace account', of.id);
        if (brandId !== null && !(await trx('brands').where({ id: brandId }).first('id')))
          throw notFound('brand', brandId);
        const { id, waiting } = await setMapping(trx, { ...change, brandId, targetLabel }, command);
        await wakeRefining(trx, command);
        return { status: 200, body: { ok: true, id, waiting } };
      }),
  );
}
