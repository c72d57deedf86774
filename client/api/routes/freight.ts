import type { CarrierLimits } from '../../../connectors/contract/carrier.ts';
import { planInThread } from '../../../consolidation/in-thread.ts';
import { importCard, listCards } from '../../../db/freight-cards.ts';
import {
  type CarrierRules,
  carrierRulesOf,
  openScopes,
  type PlanScope,
  planInputOf,
  readFreightInput,
} from '../../../db/freight-input.ts';
import { changeFreight, type FreightAction } from '../../../db/freight-moves.ts';
import { templateCard, writeCardCsv } from '../../../freight/card-template.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError, notFound, refusal } from '../errors.ts';
import { answerOnce } from '../idempotency.ts';
import { reading } from '../reading.ts';
import { ById } from '../schemas/common.ts';
import {
  FreightBody,
  FreightChanged,
  FreightPreview,
  PreviewQuery,
  RateCardBody,
  RateCardImported,
  RateCards,
  RateCardTemplate,
} from '../schemas/freight.ts';
import { type Api, adminOnly, staff } from '../types.ts';

/** Asked of the carrier's connector; what it does not say it cannot do. */
async function rulesOf(deps: ApiDeps, connectionId: string): Promise<CarrierRules> {
  const connector = await deps.openConnector(connectionId, 'carrier');
  const capabilities = connector.capabilities as Partial<CarrierRules> | undefined;
  const limits = connector.limits as CarrierLimits | undefined;
  return carrierRulesOf({
    capabilities: {
      multiPiece: capabilities?.multiPiece ?? false,
      breakBulk: capabilities?.breakBulk ?? false,
      maxPieces: capabilities?.maxPieces ?? 1,
    },
    limits,
  });
}

/** @throws ApiError where the action lacks what it needs */
function actionOf({ action, orderId, toConsignmentId }: typeof FreightBody.static): FreightAction {
  const missing = (what: string) =>
    new ApiError('InvalidInput', `${action} needs ${what}.`, { remedy: `Send ${what} with it.` });
  if (action !== 'move' && action !== 'alone') return { kind: action };
  if (orderId === undefined) throw missing('orderId');
  if (action === 'alone') return { kind: action, orderId };
  if (toConsignmentId === undefined) throw missing('toConsignmentId');
  return { kind: action, orderId, toConsignmentId };
}

function consignmentFreight(app: Api, deps: ApiDeps): void {
  app.post(
    '/api/consignments/:id/freight',
    {
      config: { access: staff },
      schema: {
        summary: 'Lock, move, part or ship now, with the cost change first',
        tags: ['consignments'],
        params: ById,
        body: FreightBody,
        response: { 200: FreightChanged },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { version: expectedVersion, dryRun = false } = request.body;
      const action = actionOf(request.body);
      const row = await deps.db.tx('staff', (trx) => trx('consignments').where({ id }).first('carrier_connection_id'));
      if (!row) throw notFound('consignment', id);
      const carrier = await rulesOf(deps, row.carrier_connection_id);
      return answerOnce(request, reply, deps, async (trx, { command }) => {
        const input = { consignmentId: id, expectedVersion, action, carrier, dryRun };
        const outcome = await changeFreight(trx, deps.sealer, input, command);
        if (outcome.ok) {
          const { change, state, version } = outcome;
          return { status: 200, body: { ok: true, dryRun, state, version, ...change } };
        }
        if (outcome.code === 'Step') throw refusal(outcome.result);
        if (outcome.code === 'NotFound') throw new ApiError('NotFound', outcome.why, { remedy: outcome.remedy });
        throw new ApiError('NotAllowedInState', outcome.why, { remedy: outcome.remedy });
      });
    },
  );
}

async function previewOf(deps: ApiDeps, scope: PlanScope) {
  const input = await deps.db.tx('staff', (trx) => readFreightInput(trx, deps.sealer, scope));
  const { card, members } = input;
  const plan = card ? await planInThread(planInputOf(input, card, await rulesOf(deps, scope.connectionId))) : null;
  const member = new Map(members.map((one) => [one.orderId, one]));
  return {
    slotDate: scope.slotDate,
    slotTime: scope.slotTime,
    card: card ? `${card.card.code}, version ${card.revision}` : null,
    currency: plan?.currency ?? null,
    costMinor: plan?.costMinor ?? null,
    aloneMinor: plan?.aloneMinor ?? null,
    savingMinor: plan ? plan.aloneMinor - plan.costMinor : null,
    lowerBoundMinor: plan?.lowerBoundMinor ?? null,
    consignments: (plan?.consignments ?? []).map(({ orderIds, kind, costMinor, aloneMinor, quote }) => ({
      orders: orderIds.map((orderId) => ({
        id: orderId,
        number: member.get(orderId)?.orderNumber ?? '',
        consignment: member.get(orderId)?.consignmentNumber ?? '',
      })),
      kind,
      costMinor,
      aloneMinor,
      method: plan?.clusters.find((cluster) => cluster.orderIds.includes(orderIds[0] ?? ''))?.method ?? '',
      explain: [...quote.explain],
    })),
    refused: (plan?.refused ?? []).map(({ orderId, refusals }) => ({
      orderId,
      number: member.get(orderId)?.orderNumber ?? '',
      reasons: refusals.map(({ place, reason, remedy }) => ({ place, reason, remedy })),
    })),
  };
}

function preview(app: Api, deps: ApiDeps): void {
  app.get(
    '/api/freight/preview',
    {
      config: { access: staff },
      schema: {
        summary: 'How a brand’s open consignments would be joined if it were the cut-off; nothing is changed',
        tags: ['consignments'],
        querystring: PreviewQuery,
        response: { 200: FreightPreview },
      },
    },
    async (request) => {
      const scopes = await deps.db.tx('staff', (trx) => openScopes(trx, { brandId: request.query.brand }));
      const slots = [];
      for (const scope of scopes.slice(0, 10)) slots.push(await previewOf(deps, scope));
      return { slots };
    },
  );
}

function rateCards(app: Api, deps: ApiDeps): void {
  const tags = ['rate cards'];
  app.get(
    '/api/rate-cards',
    {
      config: { access: staff },
      schema: { summary: 'All versions of all rate cards', tags, response: { 200: RateCards } },
    },
    async (request) => reading(request, deps, async (trx) => ({ rows: await listCards(trx) })),
  );
  app.get(
    '/api/rate-cards/template',
    {
      config: { access: staff },
      schema: { summary: 'A CSV file with a line of every kind', tags, response: { 200: RateCardTemplate } },
    },
    async () => ({ fileName: 'rate-card.csv', csv: writeCardCsv(templateCard) }),
  );
  app.post(
    '/api/rate-cards',
    {
      config: { access: adminOnly },
      schema: {
        summary: 'Import a rate card as a new version; with dryRun only say what is wrong with it',
        tags,
        body: RateCardBody,
        response: { 200: RateCardImported },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { csv, connectionId, brandId = null, dryRun = false } = request.body;
        const carrier = await trx('connections').where({ id: connectionId, kind: 'carrier' }).first('id');
        if (!carrier) throw notFound('carrier account', connectionId);
        if (brandId !== null && !(await trx('brands').where({ id: brandId }).first('id')))
          throw notFound('brand', brandId);
        const found = await importCard(trx, { csv, connectionId, brandId, dryRun }, command);
        const body = {
          ok: found.ok,
          dryRun,
          rows: found.rows,
          code: found.ok ? found.card.code : null,
          revision: found.ok ? found.revision : null,
          unchanged: found.ok && found.unchanged,
          warnings: found.ok ? [...found.warnings] : [],
          faults: found.ok ? [] : [...found.faults],
        };
        return { status: 200, body };
      }),
  );
}

/** Costs of consignments, their change by hand, and rate cards. */
export function freightRoutes(app: Api, deps: ApiDeps): void {
  consignmentFreight(app, deps);
  preview(app, deps);
  rateCards(app, deps);
}
