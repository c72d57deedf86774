import { Type } from '@sinclair/typebox';
import type { WebhookVerdict } from '../../connectors/contract/common.ts';
import { ConnectorError } from '../../connectors/errors.ts';
import type { Tx } from '../../db/database.ts';
import { orderKey, shipmentKey } from '../../db/follow-ups.ts';
import { actOnPrivacy } from '../../db/privacy.ts';
import type { Command, Row } from '../../db/steps.ts';
import { wake } from '../../db/stock.ts';
import { webhookSecretOf } from './connect.ts';
import type { ApiDeps, ConnectorKind } from './deps.ts';
import { ApiError, notFound } from './errors.ts';
import { strict } from './schemas/common.ts';
import { Done } from './schemas/session.ts';
import { verifyStandardHint } from './standard-hint.ts';
import type { Api } from './types.ts';

/** Larger deliveries are refused: a hint needs no more, the truth is fetched. */
export const maxWebhookBytes = 2 * 1024 * 1024;
/** Raw bodies may hold personal data: kept for explaining what happened, then forgotten. */
export const rawRetentionMs = 7 * 24 * 60 * 60 * 1000;

type Hint = Extract<WebhookVerdict, { kind: 'hint' }>;
type Demand = Extract<WebhookVerdict, { kind: 'privacy' }>;

const ByCode = strict({ connectionCode: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{1,40}$' }) });

/**
 * Where outside systems report that something changed. The raw bytes are verified, the delivery is stored together with
 * the work that it causes, and only then is it answered. It is a hint: what it says is never taken over.
 */
export function webhookRoutes(app: Api, deps: ApiDeps): void {
  app.register((hooks, _options, done) => {
    hooks.removeAllContentTypeParsers();
    hooks.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: maxWebhookBytes }, (_request, body, parsed) => {
      parsed(null, body);
    });
    hooks.post<{ Params: { connectionCode: string } }>(
      '/hooks/:connectionCode',
      {
        config: { access: 'public' },
        bodyLimit: maxWebhookBytes,
        schema: {
          summary: 'Webhooks of outside systems; the signature covers the raw body',
          tags: ['webhooks'],
          params: ByCode,
          response: { 200: Done },
        },
      },
      async (request) => {
        const { connectionCode } = request.params;
        const row = await deps.db.tx('staff', (trx) => trx('connections').where({ code: connectionCode }).first());
        if (!row) throw notFound('connection', connectionCode);
        const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const verdict = await verdictOf(deps, row, { headers: plainHeaders(request.headers), rawBody });
        if (verdict.kind === 'refused') {
          await countRefusal(deps, row.id);
          request.log.warn({ connection: row.code, why: verdict.why }, 'webhook refused');
          throw new ApiError('WebhookRefused', 'The signature does not fit.');
        }
        if (verdict.kind === 'privacy') await takeDemand(deps, row, verdict, rawBody, request.id);
        if (verdict.kind === 'hint') await take(deps, row, verdict, rawBody, request.id);
        return { ok: true as const };
      },
    );
    done();
  });
}

function plainHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

async function verdictOf(
  deps: ApiDeps,
  row: Row,
  delivery: { headers: Record<string, string>; rawBody: Buffer },
): Promise<WebhookVerdict> {
  const sealed = row.webhook_secret_sealed;
  const stored = Buffer.isBuffer(sealed) ? deps.sealer.open(sealed, webhookSecretOf(row.id)).toString('utf8') : null;
  try {
    const connector = await deps.openConnector(row.id, row.kind as ConnectorKind, 'listening');
    const secret = connector.webhookSecret?.() ?? stored;
    if (secret === null) return { kind: 'refused', why: 'no secret is stored' };
    return connector.verifyWebhook?.(delivery, secret) ?? verifyStandardHint(delivery, secret);
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    // It cannot be checked now, and is not taken unchecked: the sender tries again later.
    throw new ApiError('Busy', 'This account takes nothing at present.', { retryAfterSeconds: 300 });
  }
}

async function countRefusal({ db, clock }: ApiDeps, connectionId: string): Promise<void> {
  const day = (await clock.now()).toISOString().slice(0, 10);
  await db.tx('staff', (trx) =>
    trx('webhook_refusals')
      .insert({ connection_id: connectionId, day, count: 1 })
      .onConflict(['connection_id', 'day'])
      .merge({ count: trx.raw('webhook_refusals.count + 1') }),
  );
}

/** Nothing is read from such an account. Refusing its deliveries would end in the shop's switching them off. */
const SILENT_STATES = ['PAUSED', 'REVOKED'];

/**
 * Stores a delivery once; a copy is counted and causes nothing. Of an account that is paused or revoked it causes nothing
 * either: what changed meanwhile is read when it is resumed or connected again.
 */
async function take(deps: ApiDeps, row: Row, hint: Hint, rawBody: Buffer, correlationId: string): Promise<void> {
  await storeOnce(deps, row, { ...hint, rawBody, correlationId }, async (trx, id, command) => {
    if (!SILENT_STATES.includes(String(row.state))) await wake(trx, await workOf(trx, row, hint, id), command);
    else await trx('webhook_inbox').where({ id }).update({ handled_at: command.at });
  });
}

/** Stores a demand by law once, and acts on it in the same transaction. */
async function takeDemand(
  deps: ApiDeps,
  row: Row,
  demand: Demand,
  rawBody: Buffer,
  correlationId: string,
): Promise<void> {
  const { request, externalOrderIds: shopOrderIds } = demand;
  const stored = { ...demand, resource: 'privacy', externalId: request, rawBody, correlationId };
  await storeOnce(deps, row, stored, async (trx, id, command) => {
    const connection = { id: row.id, code: String(row.code), brand_id: row.brand_id as string | null };
    await actOnPrivacy(trx, { connection, request, shopOrderIds }, command);
    // A demand to erase names the buyer itself. Where it names no order a person has still to look for whom it means.
    const isErased = request === 'erase-shop' || (request === 'erase-buyer' && shopOrderIds.length > 0);
    await trx('webhook_inbox')
      .where({ id })
      .update({ handled_at: command.at, ...(isErased ? { raw: null } : {}) });
  });
}

interface Stored {
  readonly dedupeKey: string;
  readonly topic: string;
  readonly resource: string;
  readonly externalId: string;
  readonly rawBody: Buffer;
  readonly correlationId: string;
}

async function storeOnce(
  deps: ApiDeps,
  row: Row,
  { dedupeKey, topic, resource, externalId, rawBody, correlationId }: Stored,
  act: (trx: Tx, id: string, command: Command) => Promise<void>,
): Promise<void> {
  const at = await deps.clock.now();
  const id = deps.newId();
  await deps.db.tx('staff', async (trx) => {
    const [stored] = await trx('webhook_inbox')
      .insert({
        id,
        connection_id: row.id,
        dedupe_key: dedupeKey,
        topic,
        resource,
        external_id: externalId,
        raw: rawBody,
        raw_expires_at: new Date(at.getTime() + rawRetentionMs),
        correlation_id: correlationId,
        received_at: at,
      })
      .onConflict(['connection_id', 'dedupe_key'])
      .merge({ copies: trx.raw('webhook_inbox.copies + 1') })
      .returning('id');
    if (stored?.id !== id) return;
    await act(trx, id, {
      commandId: `webhook/${id}`,
      actor: `webhook/${row.code}`,
      role: 'connector',
      at,
      correlationId,
    });
  });
}

type Work = Parameters<typeof wake>[1];

/** Which process reads the truth of a hint. */
async function workOf(trx: Tx, row: Row, { resource, externalId }: Hint, inboxId: string): Promise<Work> {
  const payload = { id: inboxId };
  if (resource === 'shipment' || row.kind === 'carrier') return ofShipment(trx, row, externalId, payload);
  if (resource !== 'order') {
    // A sale changes the stock of a product and, in some shops, not the time of its last change: its stock is read by itself.
    const product = `${row.id}/${encodeURIComponent(externalId)}`;
    return [
      { topic: 'catalogue', key: `catalogue/${row.id}`, payload },
      { topic: 'product-stock', key: `product-stock/${product}`, payload },
    ];
  }
  if (row.kind === 'marketplace') {
    return [{ topic: 'channel-order', key: `channel-order/${row.id}/${encodeURIComponent(externalId)}`, payload }];
  }
  // A shop reports its own orders; the ones that we put there wake their process, others are none of ours.
  const ours: { id: string }[] = await trx('orders')
    .where({ store_connection_id: row.id, shop_order_id: externalId })
    .select('id');
  return ours.map(({ id }) => ({ topic: 'order', key: orderKey(id), payload }));
}

/**
 * The scans of one number are read, not those of the whole account. A push that overtakes the answer of the booking finds no
 * number yet: its scan comes with the next reading of all parcels.
 */
async function ofShipment(trx: Tx, row: Row, trackingNumber: string, payload: { id: string }): Promise<Work> {
  const known = await trx('parcels as p')
    .join('consignments as c', 'c.id', 'p.consignment_id')
    .where({ 'c.carrier_connection_id': row.id })
    .where((any) => any.where('p.tracking_number', trackingNumber).orWhere('c.tracking_number', trackingNumber))
    .first('p.id');
  return known ? [{ topic: 'shipment', key: shipmentKey(row.id, trackingNumber), payload }] : [];
}
