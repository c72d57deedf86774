import type { Tx } from '../../../db/database.ts';
import { type Labels, readLabels } from '../../../db/queries/labels.ts';
import { problemsOf } from '../../../db/queries/problems.ts';
import { findProduct, listProducts, type ProductItem, productDetail } from '../../../db/queries/products.ts';
import { riseToStaff } from '../../../db/queries/rise.ts';
import { historyOf } from '../../../db/queries/timeline.ts';
import type { Row } from '../../../db/steps.ts';
import type { User } from '../../../db/users.ts';
import { answerApprovals, answerBulk, stepsOf } from '../bulk.ts';
import { approveProduct, changeSkus, followProductEdit } from '../catalogue.ts';
import type { ApiDeps } from '../deps.ts';
import { type FieldChange, planEdit, saveEdit } from '../edits.ts';
import { notFound } from '../errors.ts';
import { type Asked, answerOnce } from '../idempotency.ts';
import { buttonsOf, reading } from '../reading.ts';
import { ProductDetail, ProductEdited, ProductPage, ProductPatch, ProductStepped } from '../schemas/catalogue.ts';
import { type Allowed, BulkAnswer, BulkBody, ById, EventBody, ListQuery } from '../schemas/common.ts';
import { refuseBareEdit, stepOrRefuse } from '../stepping.ts';
import { type Api, everyone } from '../types.ts';

function rowOf({ summary }: ProductItem, labels: Labels, allowed: Allowed[]) {
  return {
    ...summary,
    listings: summary.listings.map(({ connectionId, ...listing }) => ({
      ...listing,
      connection: labels.connection(connectionId),
    })),
    allowed,
  };
}

const labelsOf = (trx: Tx, items: readonly ProductItem[], stores: readonly (string | null)[] = []) =>
  readLabels(trx, {
    connections: [
      ...items.flatMap(({ summary }) => summary.listings.map(({ connectionId }) => connectionId)),
      ...stores,
    ],
  });

async function detailOf(trx: Tx, id: string, user: User) {
  const item = await findProduct(trx, id);
  if (!item) throw notFound('product', id);
  const timeline = await historyOf(trx, [{ machine: 'product', id }]);
  const problems = await problemsOf(trx, id);
  const [allowed = []] = await buttonsOf(trx, 'product', [item], user);
  const { storeConnectionId, ...detail } = productDetail(item.row);
  const labels = await labelsOf(trx, [item], [storeConnectionId]);
  return {
    ...rowOf(item, labels, allowed),
    ...detail,
    store: labels.connection(storeConnectionId),
    openProblems: problems,
    timeline,
  };
}

type Patch = Readonly<{
  title?: string;
  descriptionHtml?: string;
  category?: string | null;
  attributes?: Record<string, string | string[]>;
  images?: { url: string; alt?: string | null }[];
}>;

const columns = {
  title: 'title',
  descriptionHtml: 'description_html',
  category: 'category',
  attributes: 'attributes',
  images: 'images',
} as const;

function changesOf(patch: Patch): FieldChange[] {
  return Object.entries(columns).flatMap(([field, column]) => {
    const value = patch[field as keyof Patch];
    return value === undefined ? [] : [{ field, column, value }];
  });
}

/** Fields that a person set: a later reading of the shop does not overwrite them. */
function ownersAfter(row: Row, saved: readonly FieldChange[], { user, command }: Asked): Record<string, unknown> {
  const mine = saved.map(({ column }) => [column, { by: user.email, at: command.at.toISOString() }]);
  return { ...(row.field_owners as Record<string, unknown>), ...Object.fromEntries(mine) };
}

const tags = ['products'];

function readRoutes(app: Api, deps: ApiDeps): void {
  app.get(
    '/api/products',
    {
      config: { access: everyone },
      schema: { summary: 'Products, newest first', tags, querystring: ListQuery, response: { 200: ProductPage } },
    },
    async (request) =>
      reading(request, deps, async (trx, user) => {
        const { items, next, total } = await listProducts(trx, request.query);
        const allowed = await buttonsOf(trx, 'product', items, user);
        const labels = await labelsOf(trx, items);
        return { rows: items.map((item, index) => rowOf(item, labels, allowed[index] ?? [])), next, total };
      }),
  );

  app.get(
    '/api/products/:id',
    {
      config: { access: everyone },
      schema: { summary: 'One product with its history', tags, params: ById, response: { 200: ProductDetail } },
    },
    async (request) => reading(request, deps, (trx, user) => detailOf(trx, request.params.id, user)),
  );
}

function commandRoutes(app: Api, deps: ApiDeps): void {
  app.post(
    '/api/products/:id/events',
    {
      config: { access: everyone },
      schema: {
        summary: 'Send an event to a product; APPROVE approves its listings with it',
        tags,
        params: ById,
        body: EventBody,
        response: { 200: ProductStepped },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { type, version } = request.body;
        refuseBareEdit(type);
        const input = { id: request.params.id, expectedVersion: version };
        if (type === 'APPROVE') {
          return { status: 200, body: { ok: true, ...(await approveProduct(trx, input, command)) } };
        }
        const stepped = await stepOrRefuse(trx, 'product', { ...input, event: type }, command);
        return { status: 200, body: { ok: true, state: stepped.state, version: stepped.version, listings: [] } };
      }),
  );

  app.patch(
    '/api/products/:id',
    {
      config: { access: everyone },
      schema: { summary: 'Edit a product', tags, params: ById, body: ProductPatch, response: { 200: ProductEdited } },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, asked) => {
        const { version, skus = [], ...patch } = request.body;
        const { id } = request.params;
        const plan = await planEdit(trx, 'product', id, version, changesOf(patch));
        await riseToStaff(trx);
        const { touched, noted } = await changeSkus(trx, { productId: id, changes: skus, command: asked.command });
        const further = plan.save.length > 0 ? { field_owners: ownersAfter(plan.row, plan.save, asked) } : {};
        const edited = await saveEdit(trx, 'product', plan, asked.command, { further, touched, noted });
        const listings = edited.saved.length > 0 ? await followProductEdit(trx, plan.row, asked) : [];
        return { status: 200, body: { ...edited, listings } };
      }),
  );

  app.post(
    '/api/products/bulk',
    {
      config: { access: everyone },
      schema: { summary: 'Send one event to many products', tags, body: BulkBody, response: { 200: BulkAnswer } },
    },
    async (request, reply) => {
      const { type, items } = request.body;
      if (type !== 'APPROVE') return answerBulk(request, reply, deps, request.body, stepsOf(deps, 'product', type));
      return answerApprovals(request, reply, deps, { machine: 'product', items });
    },
  );
}

/** Products: lists, one with its history, commands and edits. */
export function productRoutes(app: Api, deps: ApiDeps): void {
  readRoutes(app, deps);
  commandRoutes(app, deps);
}
