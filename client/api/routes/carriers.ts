import { choicesOf } from '../../../db/carrier-choices.ts';
import { addCarrierRule, endCarrierRule, listCarrierRules } from '../../../db/carrier-rules.ts';
import type { Tx } from '../../../db/database.ts';
import { listPickupSettings, setPickups } from '../../../db/pickups.ts';
import { customsRules } from '../../../freight/customs-rules.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError, notFound } from '../errors.ts';
import { answerOnce } from '../idempotency.ts';
import { reading } from '../reading.ts';
import { Added, CarrierRuleBody, CarrierSettings, CustomsRules, PickupBody, WhyCarrier } from '../schemas/carriers.ts';
import { ById } from '../schemas/common.ts';
import { Done } from '../schemas/session.ts';
import { type Api, staff } from '../types.ts';

const tags = ['carriers'];

/** @throws ApiError where the account is no carrier's or the brand is not there */
async function demandKnown(trx: Tx, known: { connectionId: string; brandId: string | null }): Promise<void> {
  const { connectionId, brandId } = known;
  if (!(await trx('connections').where({ id: connectionId, kind: 'carrier' }).first('id'))) {
    throw notFound('carrier account', connectionId);
  }
  if (brandId !== null && !(await trx('brands').where({ id: brandId }).first('id'))) throw notFound('brand', brandId);
}

function carrierReads(app: Api, deps: ApiDeps): void {
  app.get(
    '/api/carriers/rules',
    {
      config: { access: staff },
      schema: {
        summary: 'Which accounts are preferred or ruled out where, and where couriers are called',
        tags,
        response: { 200: CarrierSettings },
      },
    },
    async (request) =>
      reading(request, deps, async (trx) => ({
        rules: (await listCarrierRules(trx)).map((rule) => ({ ...rule, createdAt: rule.createdAt.toISOString() })),
        pickups: await listPickupSettings(trx),
      })),
  );
  app.get(
    '/api/carriers/customs',
    {
      config: { access: staff },
      schema: { summary: 'Customs rules by destination, dated, with source', tags, response: { 200: CustomsRules } },
    },
    async () => ({ rules: customsRules.map((rule) => ({ ...rule, exceptChapters: [...rule.exceptChapters] })) }),
  );
  app.get(
    '/api/orders/:id/carrier',
    {
      config: { access: staff },
      schema: {
        summary: 'Why an order travels with its account: all that were asked, with price or refusal',
        tags,
        params: ById,
        response: { 200: WhyCarrier },
      },
    },
    async (request) =>
      reading(request, deps, async (trx) => {
        const { id } = request.params;
        if (!(await trx('orders').where({ id }).first('id'))) throw notFound('order', id);
        const choices = await choicesOf(trx, id);
        return {
          choices: choices.map((choice) => ({
            ...choice,
            considered: [...choice.considered],
            customs: choice.customs && { ...choice.customs, explain: [...choice.customs.explain] },
            madeAt: choice.madeAt.toISOString(),
          })),
        };
      }),
  );
}

function carrierWrites(app: Api, deps: ApiDeps): void {
  app.post(
    '/api/carriers/rules',
    {
      config: { access: staff },
      schema: {
        summary: 'Prefer an account on a lane, or rule it out; holds for what is planned from now on',
        tags,
        body: CarrierRuleBody,
        response: { 200: Added },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { brandId = null, fromCountryCode = null, toCountryCode = null, domestic = null } = request.body;
        const { incoterm = null, overGrams = null, upToGrams = null, rank = 100, note = '' } = request.body;
        const { connectionId, rule } = request.body;
        await demandKnown(trx, { connectionId, brandId });
        if (overGrams !== null && upToGrams !== null && overGrams >= upToGrams) {
          const remedy = 'Send overGrams below upToGrams.';
          throw new ApiError('InvalidInput', 'No weight lies between overGrams and upToGrams.', { remedy });
        }
        const lane = { brandId, fromCountryCode, toCountryCode, domestic, incoterm, overGrams, upToGrams };
        const id = await addCarrierRule(trx, { connectionId, rule, rank, note, ...lane }, command);
        return { status: 200, body: { ok: true as const, id } };
      }),
  );
  app.post(
    '/api/carriers/rules/:id/end',
    {
      config: { access: staff },
      schema: { summary: 'End a rule; it stays in the books', tags, params: ById, response: { 200: Done } },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { id } = request.params;
        if (!(await endCarrierRule(trx, id, command))) throw notFound('rule in force', id);
        return { status: 200, body: { ok: true as const } };
      }),
  );
  app.post(
    '/api/carriers/pickups',
    {
      config: { access: staff },
      schema: {
        summary: 'Whether a courier is called after each label mail of a brand at an account',
        tags,
        body: PickupBody,
        response: { 200: Done },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { brandId, connectionId, enabled, readyAfterMinutes = 60, windowMinutes = 240 } = request.body;
        await demandKnown(trx, { connectionId, brandId });
        await setPickups(trx, { brandId, connectionId, enabled, readyAfterMinutes, windowMinutes }, command);
        return { status: 200, body: { ok: true as const } };
      }),
  );
}

/** Order of preference among carriers, couriers, customs rules, and why an order travels as it does. */
export function carrierRoutes(app: Api, deps: ApiDeps): void {
  carrierReads(app, deps);
  carrierWrites(app, deps);
}
