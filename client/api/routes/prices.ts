import type { Tx } from '../../../db/database.ts';
import { askForRepricing } from '../../../db/prices-due.ts';
import { proposePrice } from '../../../db/prices-proposals.ts';
import { type RuleRow, ruleFor, ruleHistory, rulesInForce, saveRule } from '../../../db/prices-rules.ts';
import { previewPrice } from '../../../db/prices-why.ts';
import { scopeOf } from '../../../db/users.ts';
import { checkRule } from '../../../pricing/rule.ts';
import type { PriceRule } from '../../../pricing/types.ts';
import { answerBulk } from '../bulk.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError, notFound } from '../errors.ts';
import { answerOnce } from '../idempotency.ts';
import { countProposals, decide, proposalsOf } from '../price-proposals.ts';
import { onePriceRow } from '../price-rows.ts';
import { reading } from '../reading.ts';
import { BulkAnswer, BulkBody, ById, Stepped } from '../schemas/common.ts';
import {
  DecisionBody,
  Preview,
  PreviewBody,
  ProposalBody,
  ProposalPage,
  ProposalQuery,
  Proposed,
  RuleBody,
  RuleList,
  RuleSaved,
} from '../schemas/prices.ts';
import { type Api, adminOnly, everyone, staff } from '../types.ts';

const tags = ['prices'];

const shownRule = ({ connectionId: _connection, createdAt, ...row }: RuleRow) => ({
  ...row,
  createdAt: createdAt.toISOString(),
});

async function marketplace(trx: Tx, id: string) {
  const row = await trx('connections')
    .where({ id, kind: 'marketplace' })
    .first('id', 'code', 'name', 'listing_defaults');
  if (!row) throw notFound('marketplace account', id);
  return row;
}

/** A rule that cannot hold is refused with the place of its first fault. @throws ApiError */
function demandSound(rule: PriceRule): PriceRule {
  const [first, ...more] = checkRule(rule);
  if (!first) return rule;
  const { place, why, remedy } = first;
  throw new ApiError('InvalidInput', `${place}: ${why}`, { remedy, details: { place, more: more.length } });
}

function ruleRoutes(app: Api, deps: ApiDeps): void {
  app.get(
    '/api/price-rules/:id',
    {
      config: { access: staff },
      schema: { summary: 'The price rules of a marketplace account', tags, params: ById, response: { 200: RuleList } },
    },
    async (request) =>
      reading(request, deps, async (trx) => {
        const { listing_defaults: defaults, ...connection } = await marketplace(trx, request.params.id);
        const nowhere = { connectionId: connection.id, brandId: '', roundToMinor: defaults.roundToMinor ?? 1 };
        return {
          connection,
          currency: defaults.currency ?? '',
          standard: ruleFor([], nowhere).rule as never,
          rules: (await rulesInForce(trx, [connection.id])).map(shownRule) as never,
          history: (await ruleHistory(trx, connection.id, 50)).map(shownRule) as never,
        };
      }),
  );

  app.post(
    '/api/price-rules/:id',
    {
      config: { access: adminOnly },
      schema: {
        summary: 'Keep a price rule as the next version; prices are reckoned anew in batches',
        tags,
        params: ById,
        body: RuleBody,
        response: { 201: RuleSaved },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { brand: brandId, rule, seenVersion, reason } = request.body;
        const { id, name } = await marketplace(trx, request.params.id);
        if (rule) demandSound(rule as PriceRule);
        const data = rule as PriceRule | null;
        const saved = await saveRule(trx, { connectionId: id, brandId, data, reason, seenVersion }, command);
        if (!saved) {
          throw new ApiError('VersionConflict', 'Somebody else changed this rule meanwhile.', {
            remedy: 'Look at the present rule and decide again.',
          });
        }
        const source = `price rule of ${name}, version ${saved.version} by ${command.actor}: ${reason}`;
        const repricing = await askForRepricing(trx, { cause: 'rule', source, connectionId: id, brandId }, command);
        return { status: 201, body: { ok: true as const, version: saved.version, repricing } };
      }),
  );

  app.post(
    '/api/price-preview',
    {
      config: { access: staff },
      schema: {
        summary: 'What one SKU would cost under a rule; nothing is written',
        tags,
        body: PreviewBody,
        response: { 200: Preview },
      },
    },
    async (request) => {
      const at = await deps.clock.now();
      const { connection, sku, rule } = request.body;
      const sound = demandSound(rule as PriceRule);
      return reading(request, deps, async (trx) => {
        const id = await onePriceRow(trx, sku, connection);
        const { row, result } = await previewPrice(trx, id, sound, at);
        return {
          sku: row.seller_sku,
          priceMinor: result.price?.amountMinor ?? null,
          rulePriceMinor: result.rulePriceMinor,
          currency: row.currency,
          marginPercent: result.marginPercent,
          blocked: result.blocked?.reason ?? null,
          waits: result.waits,
          trace: result.trace.map((step) => ({ ...step })),
        };
      });
    },
  );
}

function proposalRoutes(app: Api, deps: ApiDeps): void {
  app.get(
    '/api/price-proposals',
    {
      config: { access: everyone },
      schema: {
        summary: 'Prices on which a person decides',
        tags,
        querystring: ProposalQuery,
        response: { 200: ProposalPage },
      },
    },
    async (request) =>
      reading(request, deps, async (trx, user) => {
        const { state, listing, after, limit } = request.query;
        const filter = { states: state?.split(','), listing, after, limit };
        const total = await countProposals(trx, filter);
        const rows = await proposalsOf(trx, filter, user);
        return { rows, next: rows.length === limit ? (rows.at(-1)?.id ?? null) : null, total };
      }),
  );

  app.post(
    '/api/price-proposals',
    {
      config: { access: staff },
      schema: { summary: 'Propose a price by hand', tags, body: ProposalBody, response: { 201: Proposed } },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { listingSku, version, amountMinor, reason, expiresAt, passFloor } = request.body;
        const row = await trx('listing_skus').where({ id: listingSku }).forNoKeyUpdate().first('price_version');
        if (!row) throw notFound('SKU of a listing', listingSku);
        if (row.price_version !== version) {
          throw new ApiError('VersionConflict', `Its price changed meanwhile: it is at version ${row.price_version}.`, {
            remedy: 'Look at the present price and decide again.',
            details: { version: row.price_version },
          });
        }
        const price = { listingSkuId: listingSku, amountMinor, reason, expiresAt: instantOf(expiresAt), passFloor };
        const proposed = await proposePrice(trx, price, command);
        if (!proposed.ok) {
          const code = proposed.code === 'InvalidPrice' ? 'InvalidInput' : 'GuardRefused';
          const remedy = 'Type a higher price, or let an approver or admin pass it with `passFloor` and a reason.';
          throw new ApiError(code, proposed.why, proposed.code === 'InvalidPrice' ? {} : { remedy });
        }
        return { status: 201, body: proposed };
      }),
  );

  app.post(
    '/api/price-proposals/:id/events',
    {
      config: { access: everyone },
      schema: {
        summary: 'Approve, reject or take back a price',
        tags,
        params: ById,
        body: DecisionBody,
        response: { 200: Stepped },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { type, version, passFloor } = request.body;
        return { status: 200, body: await decide(trx, { id: request.params.id, type, version, passFloor }, command) };
      }),
  );

  app.post(
    '/api/prices/bulk',
    {
      config: { access: everyone },
      schema: {
        summary: 'Decide on the open prices of many rows of the price table; ids and versions are those of its rows',
        tags,
        body: BulkBody,
        response: { 200: BulkAnswer },
      },
    },
    async (request, reply) =>
      answerBulk(request, reply, deps, request.body, async ({ id, version }, { user, command }) =>
        deps.db.tx(scopeOf(user), (trx) => decideRow(trx, { id, version, type: request.body.type }, command)),
      ),
  );
}

function instantOf(text: string | null): Date | null {
  if (text === null) return null;
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new ApiError('InvalidInput', `"${text}" is not an instant.`);
  return at;
}

/** The open price of a row, or for WITHDRAW the one in force, is decided; the row's own version is compared. */
async function decideRow(
  trx: Tx,
  { id, version, type }: { id: string; version?: number | undefined; type: string },
  command: Parameters<typeof decide>[2],
): Promise<{ id: string; ok: boolean; state?: string; version?: number; code?: string; why?: string }> {
  if (type !== 'APPROVE' && type !== 'REJECT' && type !== 'WITHDRAW')
    throw new ApiError('UnknownEvent', `A price knows no event ${type}.`);
  const row = await trx('listing_skus').where({ id }).first('price_version', 'listing_id');
  if (!row) throw notFound('SKU of a listing', id);
  const done = await trx('transitions')
    .where({ machine: 'price_proposal' })
    .whereLike('command_id', `${command.commandId}/price/%`)
    .first('to_state');
  if (!done && version !== undefined && version !== row.price_version)
    throw new ApiError('VersionConflict', `Its price changed meanwhile: it is at version ${row.price_version}.`);
  if (!done) {
    const states = type === 'WITHDRAW' ? ['PROPOSED', 'APPROVED'] : ['PROPOSED'];
    const open = await trx('price_proposals')
      .where({ listing_sku_id: id })
      .whereIn('state', states)
      // The open one before the one in force.
      .orderBy('state', 'desc')
      .first('id', 'kind');
    if (!open) throw new ApiError('NotAllowedInState', 'No price of it waits for a decision.');
    await decide(trx, { id: open.id, type }, command);
  }
  const after = await trx('listing_skus as ls')
    .join('listings as l', 'l.id', 'ls.listing_id')
    .where('ls.id', id)
    .first('l.state', 'ls.price_version');
  return { id, ok: true, state: after.state, version: after.price_version };
}

/** Price rules of marketplaces, and prices that people decide on. */
export function priceRoutes(app: Api, deps: ApiDeps): void {
  ruleRoutes(app, deps);
  proposalRoutes(app, deps);
}
