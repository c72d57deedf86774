import type { Tx } from '../../../db/database.ts';
import { oversellCauses } from '../../../db/oversells.ts';
import type { Command } from '../../../db/steps.ts';
import { changeRules, changeSkuRules } from '../../../db/stock-rules.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError, notFound } from '../errors.ts';
import { answerOnce } from '../idempotency.ts';
import { reading } from '../reading.ts';
import { ById } from '../schemas/common.ts';
import {
  Adjusted,
  AdjustmentBody,
  CancelDecided,
  CancelDecisionBody,
  CancelPlanPage,
  Oversells,
  SkuStock,
  SkuStockBody,
} from '../schemas/stock.ts';
import { stepOrRefuse } from '../stepping.ts';
import { type Api, staff } from '../types.ts';

const tags = ['stock'];
const listLimit = 200;

function ruleRoutes(app: Api, deps: ApiDeps): void {
  app.post(
    '/api/stock/skus/:id',
    {
      config: { access: staff },
      schema: {
        summary: 'Set policy, switch point or safety stock of a SKU; null = by the rule',
        tags,
        params: ById,
        body: SkuStockBody,
        response: { 200: SkuStock },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { id } = request.params;
        const { safetyStock, policy, quotaThreshold } = request.body;
        const row = await trx('skus').where({ id }).forNoKeyUpdate().first();
        if (!row) throw notFound('SKU', id);
        const changes = {
          ...(safetyStock === undefined ? {} : { safetyStock }),
          ...(policy === undefined ? {} : { policy }),
          ...(quotaThreshold === undefined ? {} : { switchPoint: quotaThreshold }),
        };
        await changeSkuRules(trx, id, changes, command);
        const after = await trx('skus').where({ id }).first();
        return {
          status: 200,
          body: {
            ok: true as const,
            safetyStock: after.safety_stock,
            policy: after.stock_policy,
            quotaThreshold: after.quota_threshold,
          },
        };
      }),
  );

  app.post(
    '/api/stock/offers/:id/adjustments',
    {
      config: { access: staff },
      schema: {
        summary: 'Adjust or cap what one marketplace is offered of a SKU, with a reason and an end',
        tags,
        params: ById,
        body: AdjustmentBody,
        response: { 200: Adjusted },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { id } = request.params;
        const { kind, quantity, reason, expiresAt } = request.body;
        const row = await trx('listing_skus').where({ id }).first('id', 'sku_id');
        if (!row) throw notFound('offer', id);
        await trx('skus').where({ id: row.sku_id }).forNoKeyUpdate().first('id');
        if (quantity === null) await changeRules(trx, id, { [kind]: null }, command);
        else {
          const exception = sound(kind, quantity, reason, expiresAt, command);
          await changeRules(
            trx,
            id,
            { [kind]: quantity, reason: exception.reason, until: exception.expiresAt },
            command,
          );
        }
        const after = await trx('listing_skus').where({ id }).first('stock_desired');
        return { status: 200, body: { ok: true as const, desired: after.stock_desired } };
      }),
  );
}

/** An exception says why it is made, and ends in the future. @throws ApiError */
function sound(
  kind: 'adjust' | 'cap',
  quantity: number,
  reason: string | undefined,
  expiresAt: string | undefined,
  { at }: Command,
): { reason: string; expiresAt: Date | null } {
  if (reason === undefined)
    throw new ApiError('InvalidInput', 'The reason is missing.', { remedy: 'Say in a few words why.' });
  if (kind === 'cap' && quantity < 0)
    throw new ApiError('InvalidInput', `A cap of ${quantity} is not possible.`, { remedy: 'Give 0 or more units.' });
  const end = expiresAt === undefined ? null : new Date(expiresAt);
  if (end && !(end > at))
    throw new ApiError('InvalidInput', `${expiresAt} is over.`, { remedy: 'Give a time in the future, in UTC.' });
  return { reason, expiresAt: end };
}

async function plansOf(trx: Tx) {
  const rows = await trx('cancel_plans')
    .join('orders', 'orders.id', 'cancel_plans.order_id')
    .join('connections', 'connections.id', 'orders.connection_id')
    .whereNotIn('orders.state', ['CANCELLED', 'SUCCESSFULLY_PROCESSED'])
    .orderBy('planned_at', 'desc')
    .limit(listLimit)
    .select(
      'cancel_plans.*',
      'orders.number',
      'orders.state',
      'orders.connection_id',
      'connections.code',
      'connections.name',
    );
  return rows.map((row) => ({
    ...{ orderId: row.order_id, number: row.number, orderState: row.state, reason: row.reason, standing: row.standing },
    connection: { id: row.connection_id, code: row.code, name: row.name },
    why: row.why,
    plannedAt: row.planned_at.toISOString(),
    decidedBy: row.decided_by,
  }));
}

function cancelRoutes(app: Api, deps: ApiDeps): void {
  app.get(
    '/api/stock/cancel-plans',
    {
      config: { access: staff },
      schema: {
        summary: 'Cancellations for want of stock that wait for a person',
        tags,
        response: { 200: CancelPlanPage },
      },
    },
    async (request) => reading(request, deps, async (trx) => ({ rows: await plansOf(trx) })),
  );

  app.post(
    '/api/stock/cancel-plans/:id/decision',
    {
      config: { access: staff },
      schema: {
        summary: 'Approve or withdraw the cancellation of an order (by its id) for want of stock',
        tags,
        params: ById,
        body: CancelDecisionBody,
        response: { 200: CancelDecided },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { id } = request.params;
        const isApproved = request.body.decision === 'approve';
        const plan = await trx('cancel_plans').where({ order_id: id }).forNoKeyUpdate().first();
        if (!plan) throw notFound('planned cancellation of order', id);
        if (plan.standing !== 'PLANNED')
          throw new ApiError('VersionConflict', `The cancellation is ${plan.standing} already.`, {
            remedy: 'Look at the order.',
          });
        const why = `out of stock: ${plan.why}`;
        if (isApproved) await stepOrRefuse(trx, 'order', { id, event: 'REQUEST_CANCEL' }, { ...command, why });
        const standing = isApproved ? 'APPROVED' : 'WITHDRAWN';
        await trx('cancel_plans')
          .where({ order_id: id })
          .update({ standing, decided_at: command.at, decided_by: command.actor });
        const order = await trx('orders').where({ id }).first('state');
        return { status: 200, body: { ok: true as const, standing, orderState: order.state } };
      }),
  );

  app.get(
    '/api/stock/oversells',
    {
      config: { access: staff },
      schema: {
        summary: 'Units that were sold and are not there, with cause and trace',
        tags,
        response: { 200: Oversells },
      },
    },
    async (request) =>
      reading(request, deps, async (trx) => {
        const total = await trx('stock_oversells').count({ n: '*' }).first();
        const rows = await trx('stock_oversells')
          .join('skus', 'skus.id', 'stock_oversells.sku_id')
          .join('orders', 'orders.id', 'stock_oversells.order_id')
          .orderBy('stock_oversells.at', 'desc')
          .limit(listLimit)
          .select('stock_oversells.*', 'skus.sku', 'orders.number');
        return {
          total: Number(total?.n ?? 0),
          rows: rows.map(({ sku, number, units, cause, at, trace }) => ({
            ...{ sku, order: number, units, cause, trace, at: at.toISOString() },
            means: oversellCauses[cause as keyof typeof oversellCauses],
          })),
        };
      }),
  );
}

/** Stock policies and exceptions, and what is to be done where more was sold than there is. */
export function stockRoutes(app: Api, deps: ApiDeps): void {
  ruleRoutes(app, deps);
  cancelRoutes(app, deps);
}
