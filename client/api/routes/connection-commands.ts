import { connectionKey } from '../../../db/follow-ups.ts';
import { lock, type Row } from '../../../db/steps.ts';
import { wake } from '../../../db/stock.ts';
import { streamsOf } from '../../temporal/topics.ts';
import { webhookSecretOf } from '../connect.ts';
import { connectionRow } from '../connect-row.ts';
import type { ApiDeps, ConnectorKind, TemporalGateway } from '../deps.ts';
import { ApiError, notFound } from '../errors.ts';
import { isReachable } from '../health.ts';
import { answerOnce, answerOnceInParts } from '../idempotency.ts';
import { ById, EventBody, Stepped } from '../schemas/common.ts';
import { Accepted, FetchBody, SyncBody, WebhookSecretBody } from '../schemas/connections.ts';
import { Done } from '../schemas/session.ts';
import { stepOrRefuse } from '../stepping.ts';
import { type Api, adminOnly, staff } from '../types.ts';

const tags = ['connections'];

/** Asks Temporal something on a person's behalf; what it cannot do now is a 503, not a fault of ours. */
async function askTemporal<Result>(
  deps: ApiDeps,
  ask: (temporal: TemporalGateway) => Promise<Result>,
): Promise<Result> {
  if (!deps.temporal) throw new ApiError('TemporalAway', 'No Temporal server is configured.');
  if (!(await isReachable(deps.temporal))) {
    throw new ApiError('TemporalAway', 'Temporal cannot be reached right now.', { retryAfterSeconds: 10 });
  }
  return ask(deps.temporal);
}

const streamNames = (kind: ConnectorKind): string[] => Object.keys(streamsOf[kind]);

function refuseIdle(row: Row): void {
  if (row.state === 'CONNECTED' || row.state === 'DEGRADED') return;
  throw new ApiError('NotAllowedInState', `${row.name} is ${row.state}: nothing is sent or fetched.`, {
    remedy: 'Test and connect it, or resume it.',
  });
}

function eventRoute(app: Api, deps: ApiDeps): void {
  app.post(
    '/api/connections/:id/events',
    {
      config: { access: staff },
      schema: {
        summary: 'Pause, resume or revoke an account',
        tags,
        params: ById,
        body: EventBody,
        response: { 200: Stepped },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { type, version: expectedVersion } = request.body;
        const input = { id: request.params.id, event: type, expectedVersion };
        const { state, version } = await stepOrRefuse(trx, 'connection', input, command);
        return { status: 200, body: { ok: true, state, version } };
      }),
  );
}

function readingRoutes(app: Api, deps: ApiDeps): void {
  app.post(
    '/api/connections/:id/sync',
    {
      config: { access: staff },
      schema: {
        summary: 'Read a stream of an account now, or all of its streams',
        tags,
        params: ById,
        body: SyncBody,
        response: { 202: Accepted },
      },
    },
    async (request, reply) =>
      answerOnceInParts(request, reply, deps, async () => {
        const { stream } = request.body;
        const row = await connectionRow(deps, request.params.id);
        const kind = row.kind as ConnectorKind;
        if (stream !== undefined && !streamNames(kind).includes(stream)) {
          throw new ApiError(
            'InvalidInput',
            `A ${kind} has no stream ${stream}; it has ${streamNames(kind).join(', ')}.`,
          );
        }
        refuseIdle(row);
        await askTemporal(deps, (temporal) => temporal.syncNow({ id: row.id, kind }, stream));
        const workflowUrl = deps.temporal?.workflowUrl(connectionKey(row.id)) ?? null;
        return { status: 202, body: { accepted: true, workflowUrl } };
      }),
  );

  app.post(
    '/api/connections/:id/fetch',
    {
      config: { access: staff },
      schema: {
        summary: 'Read one order of a marketplace again, by its number there',
        tags,
        params: ById,
        body: FetchBody,
        response: { 202: Accepted },
      },
    },
    async (request, reply) =>
      answerOnceInParts(request, reply, deps, async () => {
        const row = await connectionRow(deps, request.params.id);
        if (row.kind !== 'marketplace') {
          throw new ApiError('InvalidInput', 'Only marketplaces have orders to fetch.');
        }
        refuseIdle(row);
        const { externalId } = request.body;
        await askTemporal(deps, (temporal) => temporal.fetchOrder(row.id, externalId));
        const key = `channel-order/${row.id}/${encodeURIComponent(externalId)}`;
        return { status: 202, body: { accepted: true, workflowUrl: deps.temporal?.workflowUrl(key) ?? null } };
      }),
  );
}

function secretRoute(app: Api, deps: ApiDeps): void {
  app.post(
    '/api/connections/:id/webhook-secret',
    {
      config: { access: adminOnly },
      schema: {
        summary: 'Set what deliveries of this account are signed with',
        description:
          'A platform without webhooks of its own can be helped by any program that knows of its changes: it reports them here in the form of the Standard Webhooks specification, `{"type": "order.changed", "data": {"id": "…"}}`.',
        tags,
        params: ById,
        body: WebhookSecretBody,
        response: { 200: Done },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const row = await lock(trx, 'connection', request.params.id);
        if (!row) throw notFound('connection', request.params.id);
        const sealed = deps.sealer.seal(Buffer.from(request.body.secret, 'utf8'), webhookSecretOf(row.id));
        await trx('connections').where({ id: row.id }).update({ webhook_secret_sealed: sealed });
        // Shops that we register with are told the new secret.
        await wake(trx, [{ topic: 'connection', key: connectionKey(row.id), payload: { id: row.id } }], command);
        return { status: 200, body: { ok: true as const } };
      }),
  );
}

/** What people ask of accounts: pause and resume them, read them now, set the secret of their webhooks. */
export function connectionCommandRoutes(app: Api, deps: ApiDeps): void {
  eventRoute(app, deps);
  readingRoutes(app, deps);
  secretRoute(app, deps);
}
