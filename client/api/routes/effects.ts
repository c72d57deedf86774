import type { Tx } from '../../../db/database.ts';
import { consignmentKey, orderKey, pickupKey } from '../../../db/follow-ups.ts';
import { wake } from '../../../db/stock.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError } from '../errors.ts';
import { demandListingNumber, wakeListingsOf } from '../found-listings.ts';
import { answerOnce } from '../idempotency.ts';
import { ById, SettleBody, Stepped } from '../schemas/common.ts';
import { stepOrRefuse } from '../stepping.ts';
import { type Api, staff } from '../types.ts';

/** Processes that wait for the outcome of a call, by what the call was for. */
const waiting: Readonly<Record<string, { topic: string; keyOf: (id: string) => string }>> = {
  order: { topic: 'order', keyOf: orderKey },
  consignment: { topic: 'consignment', keyOf: consignmentKey },
  pickup: { topic: 'pickup', keyOf: pickupKey },
};

/** A courier is called off by its number, and nobody but the person who found it knows it. @throws ApiError */
async function demandNoNumber(trx: Tx, id: string): Promise<void> {
  const courier = await trx('effects').where({ id, kind: 'pickup' }).first('id');
  if (!courier) return;
  const remedy = 'Send the carrier’s confirmation number in `foundAs`.';
  throw new ApiError('InvalidInput', 'A courier that was found has a confirmation number.', { remedy });
}

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
        body: SettleBody,
        response: { 200: Stepped },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { type, version: expectedVersion, why, foundAs } = request.body;
        if (why === undefined) throw new ApiError('InvalidInput', 'Say in `why` what you saw on the other side.');
        if (type === 'FOUND') await demandListingNumber(trx, request.params.id, foundAs);
        if (type === 'FOUND' && foundAs === undefined) await demandNoNumber(trx, request.params.id);
        const changes = { reason: why, ...(foundAs === undefined ? {} : { found_as: foundAs }) };
        const input = { id: request.params.id, event: type, expectedVersion, changes };
        const { state, version } = await stepOrRefuse(trx, 'effect', input, command);
        const row = await trx('effects').where({ id: request.params.id }).first('entity_kind', 'entity_id');
        const process = waiting[row.entity_kind];
        if (process) {
          const key = process.keyOf(row.entity_id);
          await wake(trx, [{ topic: process.topic, key, payload: { id: row.entity_id } }], command);
        }
        await wakeListingsOf(trx, request.params.id, command);
        return { status: 200, body: { ok: true, state, version } };
      }),
  );
}
