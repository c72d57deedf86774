import { driftReport } from '../../../db/queries/stock.ts';
import { sendAgain } from '../../../db/stock-drift.ts';
import { wakeStock } from '../../../db/stock-offers.ts';
import type { ApiDeps } from '../deps.ts';
import { notFound } from '../errors.ts';
import { answerOnce } from '../idempotency.ts';
import { reading } from '../reading.ts';
import { ById } from '../schemas/common.ts';
import { DriftPage, DriftQuery, SentAgain } from '../schemas/stock.ts';
import { type Api, staff } from '../types.ts';

const tags = ['stock'];

/** What marketplaces show and what they should: the drift report, and "send again". */
export function driftRoutes(app: Api, deps: ApiDeps): void {
  app.get(
    '/api/drift',
    {
      config: { access: staff },
      schema: {
        summary: 'Offers whose wanted, acknowledged and seen stock differ, and what explains it',
        tags,
        querystring: DriftQuery,
        response: { 200: DriftPage },
      },
    },
    async (request) => reading(request, deps, (trx) => driftReport(trx, request.query)),
  );

  app.post(
    '/api/drift/:id/send-again',
    {
      config: { access: staff },
      schema: {
        summary: 'Write the wanted stock of an offer once more',
        tags,
        params: ById,
        response: { 200: SentAgain },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { id } = request.params;
        const row = await trx('listing_skus').where({ id }).first('connection_id');
        if (!row) throw notFound('offer', id);
        await sendAgain(trx, id, command);
        await wakeStock(trx, [row.connection_id], command);
        return { status: 200, body: { ok: true as const } };
      }),
  );
}
