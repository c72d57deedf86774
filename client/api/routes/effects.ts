import { consignmentKey, orderKey } from '../../../db/follow-ups.ts';
import { wake } from '../../../db/stock.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError } from '../errors.ts';
import { answerOnce } from '../idempotency.ts';
import { ById, EventBody, Stepped } from '../schemas/common.ts';
import { stepOrRefuse } from '../stepping.ts';
import { type Api, staff } from '../types.ts';

/** Processes that wait for the outcome of a call, by what the call was for. */
const waiting: Readonly<Record<string, { topic: string; keyOf: (id: string) => string }>> = {
  order: { topic: 'order', keyOf: orderKey },
  consignment: { topic: 'consignment', keyOf: consignmentKey },
};

/** Outside calls whose outcome nobody but a person can find out. */
export function effectRoutes(app: Api, deps: ApiDeps): void {
  app.post(
    '/api/effects/:id/events',
    {
      config: { access: staff },
      schema: {
        summary: 'Settle an outside call that a person has checked: FOUND, NOT_FOUND or ABANDON, with the reason',
        tags: ['effects'],
        params: ById,
        body: EventBody,
        response: { 200: Stepped },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { type, version: expectedVersion, why } = request.body;
        if (why === undefined) throw new ApiError('InvalidInput', 'Say in `why` what you saw on the other side.');
        const input = { id: request.params.id, event: type, expectedVersion, changes: { reason: why } };
        const { state, version } = await stepOrRefuse(trx, 'effect', input, command);
        const row = await trx('effects').where({ id: request.params.id }).first('entity_kind', 'entity_id');
        const process = waiting[row.entity_kind];
        if (process) {
          const key = process.keyOf(row.entity_id);
          await wake(trx, [{ topic: process.topic, key, payload: { id: row.entity_id } }], command);
        }
        return { status: 200, body: { ok: true, state, version } };
      }),
  );
}
