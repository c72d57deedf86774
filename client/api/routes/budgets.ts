import { faultsOf } from '../../../budget/given.ts';
import { connectionBudget, setConnectionBudget } from '../../../db/connection-budget.ts';
import type { Tx } from '../../../db/database.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError, notFound } from '../errors.ts';
import { answerOnce } from '../idempotency.ts';
import { reading } from '../reading.ts';
import { BudgetAnswer, BudgetBody } from '../schemas/budgets.ts';
import { ById } from '../schemas/common.ts';
import { type Api, adminOnly, staff } from '../types.ts';

const tags = ['connections'];

async function budgetOf(trx: Tx, id: string): Promise<BudgetAnswer> {
  const found = await connectionBudget(trx, id);
  if (!found) throw notFound('connection', id);
  return { budget: found.budget, changes: [...found.changes] };
}

/** How many calls an account permits, as a whole and by group of endpoints. */
export function budgetRoutes(app: Api, deps: ApiDeps): void {
  app.get(
    '/api/connections/:id/budget',
    {
      config: { access: staff },
      schema: {
        summary: 'How many calls an account permits, and who changed that',
        tags,
        params: ById,
        response: { 200: BudgetAnswer },
      },
    },
    async (request) => reading(request, deps, (trx) => budgetOf(trx, request.params.id)),
  );
  app.put(
    '/api/connections/:id/budget',
    {
      config: { access: adminOnly },
      schema: {
        summary: 'Replace how many calls an account permits; it holds from the next call on',
        tags,
        params: ById,
        body: BudgetBody,
        response: { 200: BudgetAnswer },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { id } = request.params;
        const { why, ...budget } = request.body;
        const [fault] = faultsOf(budget);
        if (fault) throw new ApiError('InvalidInput', fault.message, { details: { field: fault.field } });
        if (!(await setConnectionBudget(trx, id, budget, { ...command, why }))) throw notFound('connection', id);
        return { status: 200, body: await budgetOf(trx, id) };
      }),
  );
}
