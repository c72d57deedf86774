import type { Tx } from '../../../db/database.ts';
import { lookAgain, removeLearnedRule, removeReasonPattern, setReasonPattern } from '../../../db/listing-learning.ts';
import { previewRuleSettings } from '../../../db/listing-rule-preview.ts';
import { setRuleSettings } from '../../../db/listing-rule-settings.ts';
import { readLabels } from '../../../db/queries/labels.ts';
import { listingRulesOf, unmappedReasons } from '../../../db/queries/listing-rules.ts';
import { isRuledField } from '../../../listings/rules/fields.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError, notFound } from '../errors.ts';
import { type Answer, answerOnce } from '../idempotency.ts';
import { reading } from '../reading.ts';
import { ById } from '../schemas/common.ts';
import {
  ListingRules,
  Looked,
  ReasonBody,
  ReasonMade,
  Reasons,
  ReasonsQuery,
  RemoveBody,
  RuleSettingsBody,
  RulesQuery,
  SettingsSet,
} from '../schemas/listing-rules.ts';
import { type Api, adminOnly, staff } from '../types.ts';

const tags = ['listing rules'];

async function mustBeMarketplace(trx: Tx, id: string): Promise<void> {
  if (!(await trx('connections').where({ id, kind: 'marketplace' }).first('id')))
    throw notFound('marketplace account', id);
}

const noRule = (id: string) =>
  new ApiError('InvalidInput', `This marketplace has no rule ${id}.`, { details: { field: 'severities' } });

function readRoutes(app: Api, deps: ApiDeps): void {
  app.get(
    '/api/listing-rules',
    {
      config: { access: staff },
      schema: {
        summary: 'What a marketplace asks of listings, and what its rejections taught',
        tags,
        querystring: RulesQuery,
        response: { 200: ListingRules },
      },
    },
    async (request) =>
      reading(request, deps, async (trx) => {
        const { connection } = request.query;
        await mustBeMarketplace(trx, connection);
        const rules = await listingRulesOf(trx, connection);
        if (!rules) throw notFound('marketplace account', connection);
        return rules;
      }),
  );

  app.get(
    '/api/listing-reasons',
    {
      config: { access: staff },
      schema: {
        summary: 'Reasons of rejections that belong to no known field',
        tags,
        querystring: ReasonsQuery,
        response: { 200: Reasons },
      },
    },
    async (request) =>
      reading(request, deps, async (trx) => {
        const rows = await unmappedReasons(trx, request.query.connection);
        const labels = await readLabels(trx, { connections: rows.map(({ connectionId }) => connectionId) });
        return { rows: rows.map((row) => ({ ...row, connection: labels.connection(row.connectionId) })) };
      }),
  );
}

function reasonRoutes(app: Api, deps: ApiDeps): void {
  app.post(
    '/api/listing-reasons',
    {
      config: { access: staff },
      schema: {
        summary: 'Say which field a reason is about; it is remembered for the account',
        tags,
        body: ReasonBody,
        response: { 200: ReasonMade },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { connectionId, pattern, field } = request.body;
        await mustBeMarketplace(trx, connectionId);
        if (!isRuledField(field))
          throw new ApiError('InvalidInput', `Listings have no field ${field}.`, { details: { field: 'field' } });
        const { id, mapped } = await setReasonPattern(trx, { connectionId, pattern, field }, command);
        await lookAgain(trx, connectionId, command);
        return { status: 200, body: { ok: true, id, mapped } };
      }),
  );

  app.post(
    '/api/listing-reasons/:id/remove',
    {
      config: { access: staff },
      schema: {
        summary: 'Forget which field a reason is about',
        tags,
        params: ById,
        body: RemoveBody,
        response: { 200: Looked },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const connectionId = await removeReasonPattern(trx, request.params.id, command);
        if (connectionId === null) throw notFound('reason', request.params.id);
        return { status: 200, body: { ok: true, waiting: 0 } };
      }),
  );
}

/** Rules of marketplaces for listings, rules that rejections taught, and the reasons that nobody has mapped. */
export function listingRuleRoutes(app: Api, deps: ApiDeps): void {
  readRoutes(app, deps);
  reasonRoutes(app, deps);
  app.post(
    '/api/listing-rules/learned/:id/remove',
    {
      config: { access: staff },
      schema: {
        summary: 'Take a learned rule out of force',
        tags,
        params: ById,
        body: RemoveBody,
        response: { 200: Looked },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const connectionId = await removeLearnedRule(trx, request.params.id, request.body.why, command);
        if (connectionId === null) throw notFound('learned rule', request.params.id);
        return { status: 200, body: { ok: true, waiting: await lookAgain(trx, connectionId, command) } };
      }),
  );
  app.post(
    '/api/listing-rules/settings',
    {
      config: { access: adminOnly },
      schema: {
        summary: 'Soften rules for an account, or say whether its goods are sold directly from abroad',
        tags,
        body: RuleSettingsBody,
        response: { 200: SettingsSet },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }): Promise<Answer<SettingsSet>> => {
        const { connectionId, why, dryRun = false, ...change } = request.body;
        await mustBeMarketplace(trx, connectionId);
        if (dryRun) {
          const preview = await previewRuleSettings(trx, connectionId, change, { ...command, why });
          if (typeof preview === 'string') throw noRule(preview);
          return { status: 200, body: { ok: true, waiting: 0, preview } };
        }
        const stranger = await setRuleSettings(trx, connectionId, change, { ...command, why });
        if (stranger !== null) throw noRule(stranger);
        return { status: 200, body: { ok: true, waiting: await lookAgain(trx, connectionId, command) } };
      }),
  );
}
