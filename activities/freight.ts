import { planInThread } from '../consolidation/in-thread.ts';
import type { FreightPlan } from '../consolidation/orders.ts';
import {
  carrierRulesOf,
  type FreightInput,
  openScopes,
  type PlanScope,
  planInputOf,
  readFreightInput,
} from '../db/freight-input.ts';
import { applyPlan } from '../db/freight-plans.ts';
import { priceConsignment, whyNotPriced } from '../db/freight-price.ts';
import { reportProblem, resolveProblem } from '../db/problems.ts';
import type { Command } from '../db/steps.ts';
import { holding } from '../freight/refusals.ts';
import type { ActivityDeps } from './deps.ts';

type Deps = Pick<ActivityDeps, 'db' | 'sealer' | 'open' | 'log'>;

/** Attempts at a slot whose orders change while it is planned; after that they ship as they are. */
const mostAttempts = 3;

export interface PlannedSlot {
  readonly input: FreightInput;
  /** Null where no card holds: nothing can be compared. */
  readonly plan: FreightPlan | null;
}

/** Reads and plans a scope; writes nothing. */
export async function planScope(deps: Deps, scope: PlanScope): Promise<PlannedSlot> {
  const input = await deps.db.tx('staff', (trx) => readFreightInput(trx, deps.sealer, scope));
  if (!input.card || input.orders.length === 0) return { input, plan: null };
  const { connector } = await deps.open.carrier(scope.connectionId);
  return { input, plan: await planInThread(planInputOf(input, input.card, carrierRulesOf(connector))) };
}

/**
 * Plans all slots that are due and moves orders into shared consignments. A slot whose planning fails ships as it is, one
 * order a consignment, and says so.
 * @returns consignments that must not be closed, because an order in them may not be sent as it is
 */
export async function planDueSlots(deps: Deps, command: Command): Promise<ReadonlySet<string>> {
  const scopes = await deps.db.tx('staff', (trx) => openScopes(trx, { dueAt: command.at }));
  const held = new Set<string>();
  for (const scope of scopes) {
    const name = `${scope.brandId}/${scope.slotDate}/${scope.slotTime}/${scope.connectionId}`;
    const causeKey = `freight/${name}/planning`;
    try {
      for (const id of await planSlot(deps, scope, { ...command, commandId: `plan/${name}/${+command.at}` }))
        held.add(id);
      await deps.db.tx('staff', (trx) => resolveProblem(trx, causeKey, command));
    } catch (error) {
      deps.log.error({ error, scope }, 'a slot could not be planned');
      await deps.db.tx('staff', (trx) =>
        reportProblem(
          trx,
          {
            causeKey,
            kind: 'freight-planning',
            severity: 'warning',
            title: `Slot ${scope.slotDate} ${scope.slotTime} could not be consolidated`,
            detail: error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'unknown failure',
            remedy: 'Its orders ship one by one. Look at the rate card and the carrier account; the log says more.',
            brandId: scope.brandId,
            connectionId: scope.connectionId,
          },
          command,
        ),
      );
    }
  }
  return held;
}

async function planSlot(deps: Deps, scope: PlanScope, command: Command): Promise<string[]> {
  for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
    const { input, plan } = await planScope(deps, scope);
    const { card } = input;
    if (!plan || !card) return [];
    const under = { ...command, commandId: `${command.commandId}/${attempt}` };
    const applied = await deps.db.tx('staff', async (trx) => {
      const done = await applyPlan(trx, input, card, plan, under);
      if (done) await tellRefused(trx, input, plan, under);
      return done;
    });
    if (applied) return heldBy(input, plan);
  }
  deps.log.warn({ scope }, 'orders changed at every attempt to plan their slot');
  return [];
}

function heldBy({ members }: FreightInput, { refused }: FreightPlan): string[] {
  return refused
    .filter(({ refusals }) => refusals.some(({ code }) => holding.includes(code)))
    .flatMap(({ orderId }) => members.find((member) => member.orderId === orderId)?.consignmentId ?? []);
}

async function tellRefused(
  trx: Parameters<typeof reportProblem>[0],
  { members, scope }: FreightInput,
  { refused }: FreightPlan,
  command: Command,
): Promise<void> {
  for (const { orderId, orderNumber } of members) {
    const found = refused.find((one) => one.orderId === orderId);
    const causeKey = `order/${orderId}/freight`;
    if (!found) {
      await resolveProblem(trx, causeKey, command);
      continue;
    }
    const isHeld = found.refusals.some(({ code }) => holding.includes(code));
    await reportProblem(
      trx,
      {
        causeKey,
        kind: 'freight-refused',
        severity: isHeld ? 'error' : 'warning',
        title: `${orderNumber} ${isHeld ? 'cannot be sent as it is' : 'has no freight price'}`,
        detail: found.refusals.map(({ place, reason }) => `${place}: ${reason}`).join(' '),
        remedy: [...new Set(found.refusals.map(({ remedy }) => remedy))].join(' '),
        brandId: scope.brandId,
        entityKind: 'order',
        entityId: orderId,
        connectionId: scope.connectionId,
      },
      command,
    );
  }
}

/** Prices anew the consignments whose orders changed after they were planned. */
export async function priceChanged(deps: Deps): Promise<number> {
  const ids: string[] = await deps.db.tx('staff', (trx) =>
    trx('consignments').where({ price_due: true }).orderBy('id').limit(200).pluck('id'),
  );
  for (const id of ids) {
    await deps.db.tx('staff', async (trx) => {
      const price = await priceConsignment(trx, deps.sealer, id);
      if ('why' in price) deps.log.info({ consignment: id, why: price.why }, whyNotPriced);
    });
  }
  return ids.length;
}
