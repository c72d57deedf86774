import type { Static } from '@sinclair/typebox';
import { readConsignee, storeConsignee } from '../../../db/consignees.ts';
import type { Tx } from '../../../db/database.ts';
import { orderKey } from '../../../db/follow-ups.ts';
import { type Labels, readLabels } from '../../../db/queries/labels.ts';
import {
  consignmentsView,
  effectsView,
  linesView,
  mailsView,
  readOrderParts,
  returnsView,
  sightingsView,
} from '../../../db/queries/order-detail.ts';
import { findOrder, listOrders, type OrderItem } from '../../../db/queries/orders.ts';
import { iso } from '../../../db/queries/paging.ts';
import { problemsOf } from '../../../db/queries/problems.ts';
import { orderTimeline, pathOf } from '../../../db/queries/timeline.ts';
import type { Row } from '../../../db/steps.ts';
import type { User } from '../../../db/users.ts';
import { answerApprovals, answerBulk, stepsOf } from '../bulk.ts';
import type { ApiDeps } from '../deps.ts';
import { type FieldChange, planEdit, saveEdit } from '../edits.ts';
import { notFound } from '../errors.ts';
import { answerOnce, canonical } from '../idempotency.ts';
import { buttonsOf, reading } from '../reading.ts';
import { type Allowed, BulkAnswer, BulkBody, ById, Edited, EventBody, ListQuery, Stepped } from '../schemas/common.ts';
import { OrderDetail, OrderPage, OrderPatch, type ShipTo } from '../schemas/orders.ts';
import { refuseBareEdit, stepOrRefuse } from '../stepping.ts';
import { type Api, everyone, staff } from '../types.ts';

function rowOf({ summary }: OrderItem, labels: Labels, allowed: Allowed[]) {
  const { connectionId, channelOrderId, ...plain } = summary;
  const channelOrder = labels.channelOrder(channelOrderId);
  return {
    ...plain,
    channelOrderNumber: channelOrder?.externalId ?? '',
    nativeState: channelOrder?.nativeState ?? null,
    connection: labels.connection(connectionId) ?? { id: connectionId, code: '', name: '' },
    allowed,
  };
}

const labelsOf = (trx: Tx, items: readonly OrderItem[]) =>
  readLabels(trx, {
    connections: items.map(({ summary }) => summary.connectionId),
    channelOrders: items.map(({ summary }) => summary.channelOrderId),
  });

/** Where the parcel goes. The full address is for our own staff; a brand gets it on the label. */
async function consigneeOf(trx: Tx, deps: ApiDeps, order: Row, user: User) {
  const id = String(order.consignee_id);
  const row = await trx('consignees').where({ id }).first();
  if (!row) return null;
  return {
    countryCode: row.country_code as string,
    complete: row.address_complete as boolean,
    missingFields: row.missing_fields as string[],
    erasedAt: iso(row.erased_at),
    address: user.role === 'brand' ? null : copyOf(await readConsignee(trx, deps.sealer, id)),
  };
}

const copyOf = (address: Awaited<ReturnType<typeof readConsignee>>) =>
  address === null ? null : { ...address, lines: [...address.lines] };

/** The address is kept once and sealed; the history shows only that another one holds. An equal one stays the same row. */
async function consigneeFor(trx: Tx, deps: ApiDeps, orderId: string, shipTo: Static<typeof ShipTo>, at: Date) {
  const address = { company: null, region: null, postcode: null, phone: null, email: null, ...shipTo };
  const order = await trx('orders').where({ id: orderId }).first('consignee_id');
  if (!order) throw notFound('order', orderId);
  const present = await readConsignee(trx, deps.sealer, order.consignee_id);
  if (canonical(present) === canonical(address)) return order.consignee_id as string;
  return storeConsignee(trx, deps.sealer, address, at);
}

async function detailOf(trx: Tx, deps: ApiDeps, id: string, user: User) {
  const item = await findOrder(trx, id);
  if (!item) throw notFound('order', id);
  const { row } = item;
  const parts = await readOrderParts(trx, row);
  const timeline = await orderTimeline(trx, id, parts);
  const path = await pathOf(trx, 'order', id);
  const problems = await problemsOf(trx, id);
  const [allowed = []] = await buttonsOf(trx, 'order', [item], user);
  const currency = String(row.currency);
  return {
    ...rowOf(item, await labelsOf(trx, [item]), allowed),
    lines: linesView(parts, currency),
    shipping: { amountMinor: Number(row.shipping_minor), currency },
    note: (row.note as string | null) ?? null,
    resumeState: (row.resume_state as string | null) ?? null,
    approvedBy: (row.approved_by as string | null) ?? null,
    approvedAt: iso(row.approved_at as Date | null),
    shopOrderId: (row.shop_order_id as string | null) ?? null,
    shopStatus: (row.shop_status as string | null) ?? null,
    cancelAskedBy: (row.cancel_asked_by as string | null) ?? null,
    cancelDueAt: iso(row.cancel_due_at as Date | null),
    consignee: await consigneeOf(trx, deps, row, user),
    consignments: consignmentsView(parts),
    effects: effectsView(parts),
    mails: mailsView(parts),
    returns: returnsView(parts),
    sightings: sightingsView(parts),
    timeline,
    path,
    openProblems: problems,
    temporalUrl: user.role === 'brand' ? null : (deps.temporal?.workflowUrl(orderKey(id)) ?? null),
  };
}

const tags = ['orders'];

function readRoutes(app: Api, deps: ApiDeps): void {
  app.get(
    '/api/orders',
    {
      config: { access: everyone },
      schema: { summary: 'Orders, newest first', tags, querystring: ListQuery, response: { 200: OrderPage } },
    },
    async (request) =>
      reading(request, deps, async (trx, user) => {
        const { items, next, total } = await listOrders(trx, request.query);
        const allowed = await buttonsOf(trx, 'order', items, user);
        const labels = await labelsOf(trx, items);
        return { rows: items.map((item, index) => rowOf(item, labels, allowed[index] ?? [])), next, total };
      }),
  );

  app.get(
    '/api/orders/:id',
    {
      config: { access: everyone },
      schema: { summary: 'One order with its whole history', tags, params: ById, response: { 200: OrderDetail } },
    },
    async (request) => reading(request, deps, (trx, user) => detailOf(trx, deps, request.params.id, user)),
  );
}

function commandRoutes(app: Api, deps: ApiDeps): void {
  app.post(
    '/api/orders/:id/events',
    {
      config: { access: everyone },
      schema: { summary: 'Send an event to an order', tags, params: ById, body: EventBody, response: { 200: Stepped } },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { type, version } = request.body;
        refuseBareEdit(type);
        const input = { id: request.params.id, event: type, expectedVersion: version };
        const { state, version: next } = await stepOrRefuse(trx, 'order', input, command);
        return { status: 200, body: { ok: true, state, version: next } };
      }),
  );

  app.patch(
    '/api/orders/:id',
    {
      config: { access: staff },
      schema: { summary: 'Edit an order', tags, params: ById, body: OrderPatch, response: { 200: Edited } },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { version, note, shipTo } = request.body;
        const changes: FieldChange[] = [];
        if (note !== undefined) changes.push({ field: 'note', column: 'note', value: note });
        if (shipTo !== undefined) {
          const value = await consigneeFor(trx, deps, request.params.id, shipTo, command.at);
          changes.push({ field: 'shipTo', column: 'consignee_id', value });
        }
        const plan = await planEdit(trx, 'order', request.params.id, version, changes);
        return { status: 200, body: await saveEdit(trx, 'order', plan, command) };
      }),
  );

  app.post(
    '/api/orders/bulk',
    {
      config: { access: everyone },
      schema: { summary: 'Send one event to many orders', tags, body: BulkBody, response: { 200: BulkAnswer } },
    },
    async (request, reply) => {
      const { type, items } = request.body;
      if (type !== 'APPROVE') return answerBulk(request, reply, deps, request.body, stepsOf(deps, 'order', type));
      return answerApprovals(request, reply, deps, { machine: 'order', items });
    },
  );
}

/** Orders: lists, one with everything about it, commands and edits. */
export function orderRoutes(app: Api, deps: ApiDeps): void {
  readRoutes(app, deps);
  commandRoutes(app, deps);
}
