import type { Tx } from '../../../db/database.ts';
import { consignmentKey } from '../../../db/follow-ups.ts';
import { freightOf } from '../../../db/queries/freight.ts';
import { readLabels } from '../../../db/queries/labels.ts';
import { findConsignment, listConsignments, listReturns } from '../../../db/queries/logistics.ts';
import { historyOf } from '../../../db/queries/timeline.ts';
import type { User } from '../../../db/users.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError, notFound } from '../errors.ts';
import { answerOnce } from '../idempotency.ts';
import { buttonsOf, reading } from '../reading.ts';
import { type Allowed, ById, EventBody, ListQuery, Stepped } from '../schemas/common.ts';
import { ConsignmentDetail, ConsignmentPage, ReturnPage } from '../schemas/operations.ts';
import { stepOrRefuse } from '../stepping.ts';
import { type Api, everyone } from '../types.ts';

type Consignment = NonNullable<Awaited<ReturnType<typeof findConsignment>>>;

const holdsOrders = 'It still holds orders, and nobody would ship them.';
const emptyItFirst =
  'Move its orders to another consignment or cancel them: a consignment without orders is cancelled by itself.';

/** The buttons of consignments: who may cancel one is asked of the machine, whether it is empty is asked here. */
async function consignmentButtons(trx: Tx, items: readonly Consignment[], user: User): Promise<Allowed[][]> {
  const allowed = await buttonsOf(trx, 'consignment', items, user);
  return allowed.map((buttons, index) => {
    const isEmpty = (items[index]?.summary.orders.length ?? 0) === 0;
    return buttons.map((button) =>
      button.type === 'CANCEL' && button.ok && !isEmpty
        ? { ...button, ok: false, why: `${holdsOrders} ${emptyItFirst}` }
        : button,
    );
  });
}

async function rowsOf(trx: Tx, items: readonly Consignment[], allowed: readonly Allowed[][]) {
  const labels = await readLabels(trx, { connections: items.map(({ summary }) => summary.carrierConnectionId) });
  return items.map(({ summary: { carrierConnectionId, ...plain } }, index) => ({
    ...plain,
    carrier: labels.connection(carrierConnectionId),
    allowed: allowed[index] ?? [],
  }));
}

function consignmentRoutes(app: Api, deps: ApiDeps): void {
  app.get(
    '/api/consignments',
    {
      config: { access: everyone },
      schema: {
        summary: 'Consignments, latest slot first',
        tags: ['consignments'],
        querystring: ListQuery,
        response: { 200: ConsignmentPage },
      },
    },
    async (request) =>
      reading(request, deps, async (trx, user) => {
        const { items, next, total } = await listConsignments(trx, request.query);
        const allowed = await consignmentButtons(trx, items, user);
        return { rows: await rowsOf(trx, items, allowed), next, total };
      }),
  );

  app.get(
    '/api/consignments/:id',
    {
      config: { access: everyone },
      schema: {
        summary: 'One consignment with its history',
        tags: ['consignments'],
        params: ById,
        response: { 200: ConsignmentDetail },
      },
    },
    async (request) =>
      reading(request, deps, async (trx, user) => {
        const { id } = request.params;
        const item = await findConsignment(trx, id);
        if (!item) throw notFound('consignment', id);
        const pieces = item.summary.parcels.map(
          (parcel, index) => ({ machine: 'parcel', id: parcel.id, about: `piece ${index + 1}` }) as const,
        );
        const timeline = await historyOf(trx, [{ machine: 'consignment', id }, ...pieces]);
        const allowed = await consignmentButtons(trx, [item], user);
        const [row] = await rowsOf(trx, [item], allowed);
        if (!row) throw notFound('consignment', id);
        const temporalUrl = user.role === 'brand' ? null : (deps.temporal?.workflowUrl(consignmentKey(id)) ?? null);
        const freight = await freightOf(trx, item.row);
        // How a price came about tells the contract with the carrier: that is for our own staff.
        return { ...row, timeline, temporalUrl, freight: user.role === 'brand' ? { ...freight, plan: null } : freight };
      }),
  );
}

function consignmentEvents(app: Api, deps: ApiDeps): void {
  app.post(
    '/api/consignments/:id/events',
    {
      config: { access: everyone },
      schema: {
        summary: 'Send an event to a consignment: close, reopen, hand over, cancel an empty one',
        tags: ['consignments'],
        params: ById,
        body: EventBody,
        response: { 200: Stepped },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { id } = request.params;
        const { type, version: expectedVersion } = request.body;
        if (type === 'CANCEL') await demandEmpty(trx, id);
        const { state, version } = await stepOrRefuse(
          trx,
          'consignment',
          { id, event: type, expectedVersion },
          command,
        );
        return { status: 200, body: { ok: true, state, version } };
      }),
  );
}

/** Its orders would be shipped by nobody. @throws ApiError while it holds one */
async function demandEmpty(trx: Tx, id: string): Promise<void> {
  const order = await trx('consignment_orders').where({ consignment_id: id, left_at: null }).first('order_id');
  if (!order) return;
  throw new ApiError('GuardRefused', holdsOrders, { remedy: emptyItFirst });
}

function returnRoutes(app: Api, deps: ApiDeps): void {
  app.get(
    '/api/returns',
    {
      config: { access: everyone },
      schema: {
        summary: 'Returns, newest first',
        tags: ['returns'],
        querystring: ListQuery,
        response: { 200: ReturnPage },
      },
    },
    async (request) =>
      reading(request, deps, async (trx, user) => {
        const { items, next, total } = await listReturns(trx, request.query);
        const allowed = await buttonsOf(trx, 'return', items, user);
        return {
          rows: items.map(({ summary }, index) => ({ ...summary, allowed: allowed[index] ?? [] })),
          next,
          total,
        };
      }),
  );

  app.post(
    '/api/returns/:id/events',
    {
      config: { access: everyone },
      schema: {
        summary: 'Send an event to a return: scan in, restock, write off, give up',
        tags: ['returns'],
        params: ById,
        body: EventBody,
        response: { 200: Stepped },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { type, version: expectedVersion } = request.body;
        const input = { id: request.params.id, event: type, expectedVersion };
        const { state, version } = await stepOrRefuse(trx, 'return', input, command);
        return { status: 200, body: { ok: true, state, version } };
      }),
  );
}

/** Consignments with their parcels, and returns. */
export function logisticsRoutes(app: Api, deps: ApiDeps): void {
  consignmentRoutes(app, deps);
  consignmentEvents(app, deps);
  returnRoutes(app, deps);
}
