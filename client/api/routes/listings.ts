import type { Tx } from '../../../db/database.ts';
import { type Labels, readLabels } from '../../../db/queries/labels.ts';
import {
  findListing,
  type ListingItem,
  listingDetail,
  listListings,
  unknownUpload,
} from '../../../db/queries/listings.ts';
import { problemsOf } from '../../../db/queries/problems.ts';
import { riseToStaff } from '../../../db/queries/rise.ts';
import { historyOf } from '../../../db/queries/timeline.ts';
import { lock } from '../../../db/steps.ts';
import type { User } from '../../../db/users.ts';
import { answerApprovals, answerBulk, stepsOf } from '../bulk.ts';
import { approveListing, changeSkus, followListingEdit, type ListingOutcome } from '../catalogue.ts';
import type { ApiDeps } from '../deps.ts';
import { type FieldChange, planEdit, saveEdit } from '../edits.ts';
import { ApiError, type ErrorCode, errorCodes, notFound } from '../errors.ts';
import { answerOnce } from '../idempotency.ts';
import { buttonsOf, reading } from '../reading.ts';
import { ListingDetail, ListingPage, ListingPatch } from '../schemas/catalogue.ts';
import { type Allowed, BulkAnswer, BulkBody, ById, Edited, EventBody, ListQuery, Stepped } from '../schemas/common.ts';
import { refuseBareEdit, stepOrRefuse } from '../stepping.ts';
import { type Api, everyone } from '../types.ts';

function rowOf({ summary }: ListingItem, labels: Labels, allowed: Allowed[]) {
  const { connectionId, ...plain } = summary;
  return { ...plain, connection: labels.connection(connectionId), allowed };
}

const labelsOf = (trx: Tx, items: readonly ListingItem[]) =>
  readLabels(trx, { connections: items.map(({ summary }) => summary.connectionId) });

async function detailOf(trx: Tx, id: string, user: User) {
  const item = await findListing(trx, id);
  if (!item) throw notFound('listing', id);
  const timeline = await historyOf(trx, [{ machine: 'listing', id }]);
  const problems = await problemsOf(trx, id);
  const [allowed = []] = await buttonsOf(trx, 'listing', [item], user);
  return {
    ...rowOf(item, await labelsOf(trx, [item]), allowed),
    ...listingDetail(item.row),
    unknownCall: await unknownUpload(trx, id),
    openProblems: problems,
    timeline,
  };
}

const isErrorCode = (code: string): code is ErrorCode => code in errorCodes;

function refuseOutcome({ id, code = 'Internal', why = '', state, version }: ListingOutcome): never {
  if (code === 'NotFound' || !isErrorCode(code)) throw notFound('listing', id);
  throw new ApiError(code, why, { details: { state, version } });
}

/** Approving writes down what was approved; every other event is the machine's alone. */
async function stepListing(
  trx: Tx,
  input: { id: string; event: string; expectedVersion?: number | undefined },
  command: Parameters<typeof stepOrRefuse>[3],
): Promise<{ state: string; version: number }> {
  if (input.event !== 'APPROVE') return stepOrRefuse(trx, 'listing', input, command);
  const outcome = await approveListing(trx, input, command);
  if (!outcome.ok || outcome.state === null || outcome.version === null) return refuseOutcome(outcome);
  return { state: outcome.state, version: outcome.version };
}

const columns = {
  title: 'title',
  descriptionHtml: 'description_html',
  categoryId: 'category_id',
  attributes: 'attributes',
} as const;

function changesOf(patch: { readonly [Field in keyof typeof columns]?: unknown }): FieldChange[] {
  return Object.entries(columns).flatMap(([field, column]) => {
    const value = patch[field as keyof typeof columns];
    return value === undefined ? [] : [{ field, column, value }];
  });
}

const tags = ['listings'];

function readRoutes(app: Api, deps: ApiDeps): void {
  app.get(
    '/api/listings',
    {
      config: { access: everyone },
      schema: { summary: 'Listings, newest first', tags, querystring: ListQuery, response: { 200: ListingPage } },
    },
    async (request) =>
      reading(request, deps, async (trx, user) => {
        const { items, next, total } = await listListings(trx, request.query);
        const allowed = await buttonsOf(trx, 'listing', items, user);
        const labels = await labelsOf(trx, items);
        return { rows: items.map((item, index) => rowOf(item, labels, allowed[index] ?? [])), next, total };
      }),
  );

  app.get(
    '/api/listings/:id',
    {
      config: { access: everyone },
      schema: { summary: 'One listing with its history', tags, params: ById, response: { 200: ListingDetail } },
    },
    async (request) => reading(request, deps, (trx, user) => detailOf(trx, request.params.id, user)),
  );
}

function commandRoutes(app: Api, deps: ApiDeps): void {
  app.post(
    '/api/listings/:id/events',
    {
      config: { access: everyone },
      schema: {
        summary: 'Send an event to a listing',
        tags,
        params: ById,
        body: EventBody,
        response: { 200: Stepped },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { type, version: expectedVersion } = request.body;
        refuseBareEdit(type);
        const input = { id: request.params.id, event: type, expectedVersion };
        const { state, version } = await stepListing(trx, input, command);
        return { status: 200, body: { ok: true, state, version } };
      }),
  );

  app.patch(
    '/api/listings/:id',
    {
      config: { access: everyone },
      schema: { summary: 'Edit a listing', tags, params: ById, body: ListingPatch, response: { 200: Edited } },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { version, skus = [], ...patch } = request.body;
        const { id } = request.params;
        // The product first, everywhere: two edits that touch both never wait for each other in a circle.
        const listing = await trx('listings').where({ id }).first('product_id');
        if (!listing) throw notFound('listing', id);
        await lock(trx, 'product', listing.product_id);
        const plan = await planEdit(trx, 'listing', id, version, changesOf(patch));
        await riseToStaff(trx);
        const { touched } = await changeSkus(trx, { productId: listing.product_id, changes: skus, command });
        const edited = await saveEdit(trx, 'listing', plan, command, { touched });
        const follow = { listingId: id, productId: listing.product_id, skusTouched: touched.length > 0 };
        if (edited.saved.length > 0) await followListingEdit(trx, follow, command);
        return { status: 200, body: edited };
      }),
  );

  app.post(
    '/api/listings/bulk',
    {
      config: { access: everyone },
      schema: { summary: 'Send one event to many listings', tags, body: BulkBody, response: { 200: BulkAnswer } },
    },
    async (request, reply) => {
      const { type, items } = request.body;
      if (type !== 'APPROVE') return answerBulk(request, reply, deps, request.body, stepsOf(deps, 'listing', type));
      return answerApprovals(request, reply, deps, { machine: 'listing', items });
    },
  );
}

/** Listings: a product on one marketplace, its content, and what is wanted, confirmed and seen of price and stock. */
export function listingRoutes(app: Api, deps: ApiDeps): void {
  readRoutes(app, deps);
  commandRoutes(app, deps);
}
