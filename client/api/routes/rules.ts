import { ruleFaults } from '../../../cleaning/schema.ts';
import { standardRules } from '../../../cleaning/standard.ts';
import type { Tx } from '../../../db/database.ts';
import { dryRun } from '../../../db/refining-dry-run.ts';
import {
  activateVersion,
  activationsOf,
  addVersion,
  listRuleSets,
  type RuleSetHead,
  type RuleTarget,
  ruleSetOf,
  versionAsSet,
  versionsOf,
} from '../../../db/refining-rules.ts';
import { wakeRefining } from '../../../db/refining-wake.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError, notFound } from '../errors.ts';
import { answerOnce } from '../idempotency.ts';
import { reading } from '../reading.ts';
import { ById } from '../schemas/common.ts';
import {
  ActivateBody,
  Activated,
  DryRunAnswer,
  DryRunBody,
  RuleSetDetail,
  RuleSets,
  RuleVersionBody,
  RuleVersionMade,
} from '../schemas/refining.ts';
import { type Api, staff } from '../types.ts';

const tags = ['rules'];

async function headOf(trx: Tx, id: string): Promise<RuleSetHead> {
  const [head] = await listRuleSets(trx, id);
  if (!head) throw notFound('rule set', id);
  return head;
}

async function versionOf(trx: Tx, head: RuleSetHead, number: number) {
  const set = await versionAsSet(trx, head, number);
  if (!set) throw new ApiError('NotFound', `There is no version ${number} of the rules of ${head.name}.`);
  return set;
}

/** A brand's rules name the brand, a marketplace's the account, the installation's neither. */
async function targetOf(
  trx: Tx,
  body: { scope: RuleTarget['scope']; brandId?: string; connectionId?: string },
): Promise<RuleTarget> {
  const { scope, brandId = null, connectionId = null } = body;
  if ((scope === 'brand') !== (brandId !== null) || (scope === 'marketplace') !== (connectionId !== null)) {
    throw new ApiError(
      'InvalidInput',
      'Name the brand for rules of a brand, the account for those of a marketplace, and nothing else.',
    );
  }
  if (brandId !== null && !(await trx('brands').where({ id: brandId }).first('id'))) throw notFound('brand', brandId);
  if (
    connectionId !== null &&
    !(await trx('connections').where({ id: connectionId, kind: 'marketplace' }).first('id'))
  ) {
    throw notFound('marketplace account', connectionId);
  }
  return { scope, brandId, connectionId };
}

async function waitingOf(trx: Tx): Promise<{ products: number; listings: number }> {
  const products = await trx('product_origins').whereNotNull('stale_since').count({ n: '*' }).first();
  const listings = await trx('listings').whereNotNull('stale_since').count({ n: '*' }).first();
  return { products: Number(products?.n ?? 0), listings: Number(listings?.n ?? 0) };
}

function readRoutes(app: Api, deps: ApiDeps): void {
  app.get(
    '/api/rules',
    {
      config: { access: staff },
      schema: { summary: 'Cleaning rules: the sets and the standard one', tags, response: { 200: RuleSets } },
    },
    async (request) =>
      reading(request, deps, async (trx) => {
        const { version, rules, vocabularies } = standardRules;
        return {
          sets: await listRuleSets(trx),
          standard: { version, rules: structuredClone(rules), vocabularies: structuredClone(vocabularies) },
          waiting: await waitingOf(trx),
        } as RuleSets;
      }),
  );

  app.get(
    '/api/rules/:id',
    {
      config: { access: staff },
      schema: { summary: 'A rule set with its versions', tags, params: ById, response: { 200: RuleSetDetail } },
    },
    async (request) =>
      reading(request, deps, async (trx) => {
        const set = await headOf(trx, request.params.id);
        const versions = await versionsOf(trx, set.id);
        const activations = await activationsOf(trx, set.id);
        return {
          set,
          versions: versions.map(({ createdAt, ...version }) => ({ ...version, createdAt: createdAt.toISOString() })),
          activations: activations.map(({ at, ...activation }) => ({ ...activation, at: at.toISOString() })),
        } as RuleSetDetail;
      }),
  );
}

function commandRoutes(app: Api, deps: ApiDeps): void {
  app.post(
    '/api/rules',
    {
      config: { access: staff },
      schema: {
        summary: 'Add a version to a rule set; it holds once it is activated',
        tags,
        body: RuleVersionBody,
        response: { 201: RuleVersionMade },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { rules, vocabularies = {}, note = '' } = request.body;
        const faults = ruleFaults(
          { rules, vocabularies },
          request.body.scope === 'marketplace' ? 'listings' : 'products',
        );
        const [first] = faults;
        if (first) {
          throw new ApiError('InvalidInput', `Rule ${first.place} (${first.rule}): ${first.reason}`, {
            remedy: first.remedy,
            details: { faults },
          });
        }
        const id = await ruleSetOf(trx, await targetOf(trx, request.body), command);
        const number = await addVersion(trx, id, { rules, vocabularies, note }, command);
        return { status: 201, body: { id, number } };
      }),
  );

  app.post(
    '/api/rules/:id/dry-run',
    {
      config: { access: staff },
      schema: {
        summary: 'What would change if a version were activated; nothing is written',
        tags,
        params: ById,
        body: DryRunBody,
        response: { 200: DryRunAnswer },
      },
    },
    async (request) =>
      reading(request, deps, async (trx) => {
        const head = await headOf(trx, request.params.id);
        const run = await dryRun(trx, head, await versionOf(trx, head, request.body.number));
        return structuredClone(run) as DryRunAnswer;
      }),
  );

  app.post(
    '/api/rules/:id/activate',
    {
      config: { access: staff },
      schema: {
        summary: 'Make a version hold, an earlier one to undo; products and listings follow in batches',
        tags,
        params: ById,
        body: ActivateBody,
        response: { 200: Activated },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const head = await headOf(trx, request.params.id);
        const { number } = request.body;
        await versionOf(trx, head, number);
        const waiting = await activateVersion(trx, { head, number }, command);
        await wakeRefining(trx, command);
        return { status: 200, body: { ok: true, waiting } };
      }),
  );
}

/** Cleaning rules: sets, versions, what they would change, and which of them hold. */
export function ruleRoutes(app: Api, deps: ApiDeps): void {
  readRoutes(app, deps);
  commandRoutes(app, deps);
}
