import { createHash, randomUUID } from 'node:crypto';
import type { ChannelOrderSnapshot, ChannelOrderTag } from '../connectors/contract/marketplace.ts';
import type { ChannelOrderEventType } from '../state-machines/channel-order.ts';
import { followChannelOrder, unknownSkuCause } from './channel-order-effects.ts';
import { keepConsignee } from './consignees.ts';
import type { Tx } from './database.ts';
import { reportProblem, resolveProblem } from './problems.ts';
import type { Sealer } from './sealing.ts';
import { type Command, create, forDriver, lock, type Row, step } from './steps.ts';

/** One reading of a channel order: at the least its number, at best its whole content. */
export interface Reading {
  readonly externalId: string;
  readonly nativeState: string | null;
  readonly tag: ChannelOrderTag | null;
  readonly snapshot: ChannelOrderSnapshot | null;
}

export type SightingVerdict = 'first' | 'newer' | 'older' | 'duplicate' | 'tombstone' | 'same-time';

export interface ObserveResult {
  readonly channelOrderId: string;
  readonly verdict: SightingVerdict;
}

const eventOf: Record<Exclude<ChannelOrderTag, 'AWAITING_PAYMENT'>, ChannelOrderEventType> = {
  OPEN: 'SEEN_OPEN',
  READY_TO_SHIP: 'SEEN_OPEN',
  CANCEL_REQUESTED: 'SEEN_CANCEL_REQUESTED',
  RETURN_REQUESTED: 'SEEN_RETURN_REQUESTED',
  CANCELLED: 'SEEN_CANCELLED',
  SHIPPED: 'SEEN_SHIPPED',
  COMPLETED: 'SEEN_COMPLETED',
};

/** Facts that stay true whatever is read later or was read earlier. */
const absorbing: Partial<Record<ChannelOrderTag, string>> = {
  CANCELLED: 'cancelled_seen_at',
  SHIPPED: 'shipped_seen_at',
  COMPLETED: 'completed_seen_at',
};

/** What an order says, without how far it got: a tracking number that appears over there is no new content. */
export function contentHashOf({
  currency,
  total,
  shippingCharge,
  shipTo,
  lines,
  orderedAt,
  shipBy,
  buyerNote,
}: ChannelOrderSnapshot) {
  const content = { currency, total, shippingCharge, shipTo, lines, orderedAt, shipBy, buyerNote };
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 32);
}

function judge(row: Row, isNew: boolean, reading: Reading, hash: string | null): SightingVerdict {
  const { snapshot } = reading;
  if (!snapshot) {
    // Neither content nor state: over there it is not shown (any more), which is no news about it.
    const nothing = reading.nativeState === null || row.native_state === reading.nativeState;
    return !isNew && nothing ? 'duplicate' : 'tombstone';
  }
  const known = row.content_modified_at as Date | null;
  if (known === null) return 'first';
  const difference = snapshot.modifiedAt.getTime() - known.getTime();
  if (difference < 0) return 'older';
  if (difference > 0) return 'newer';
  return row.content_hash === hash && row.native_state === snapshot.nativeState ? 'duplicate' : 'same-time';
}

/**
 * Takes over what a marketplace shows of an order, whatever the order of arrival: newer content wins, a cancellation or
 * shipment once seen is never unseen, copies and stale readings are recorded and change nothing. Creates the brands' orders
 * from the content and moves them by the facts. One transaction; harmless when repeated.
 */
export async function observe(
  trx: Tx,
  input: { connectionId: string; reading: Reading; source: 'poll' | 'webhook' | 'fetch'; sealer: Sealer },
  command: Command,
): Promise<ObserveResult> {
  const { connectionId, reading, source, sealer } = input;
  await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [
    `channel-order/${connectionId}/${reading.externalId}`,
  ]);
  const { row, isNew } = await findOrAnnounce(trx, connectionId, reading, command);
  const hash = reading.snapshot ? contentHashOf(reading.snapshot) : null;
  const verdict = judge(row, isNew, reading, hash);
  const sighting = {
    connection_id: connectionId,
    external_id: reading.externalId,
    source,
    native_state: reading.nativeState,
    modified_at: reading.snapshot?.modifiedAt ?? null,
    content_hash: hash,
    verdict,
    seen_at: command.at,
  };
  if (!(await isSaidAlready(trx, sighting))) await trx('sightings').insert(sighting);
  if (verdict === 'duplicate') {
    await linkAgain(trx, row, command);
    return { channelOrderId: row.id, verdict };
  }
  const current = verdict !== 'older';
  const changes = current
    ? {
        native_state: reading.nativeState,
        native_seen_at: command.at,
        ...(await contentColumns(trx, row, reading, hash, sealer, command)),
      }
    : {};
  await moveChannelOrder(trx, row, reading, current, changes, command);
  await noteUnknownState(trx, row, reading, command);
  const after = (await lock(trx, 'channel_order', row.id)) as Row;
  await followChannelOrder(
    trx,
    {
      row: after,
      tag: current ? reading.tag : null,
      contentIsNew: after.content_hash !== row.content_hash,
      addressIsNew: after.consignee_id !== row.consignee_id,
    },
    command,
  );
  return { channelOrderId: row.id, verdict };
}

/**
 * Numbers of orders that were placed before a time and have not ended, in no order: asked for a few at a time, each has its turn
 * before long.
 */
export async function openOrdersBefore(
  trx: Tx,
  input: { readonly connectionId: string; readonly before: Date; readonly limit: number },
): Promise<readonly string[]> {
  return trx('channel_orders')
    .where({ connection_id: input.connectionId, cancelled_seen_at: null, completed_seen_at: null })
    .where('ordered_at', '<', input.before)
    .orderByRaw('random()')
    .limit(input.limit)
    .pluck('external_id');
}

/** Lines of unknown SKUs are looked at again with every reading: somebody may have linked them meanwhile. */
async function linkAgain(trx: Tx, row: Row, command: Command): Promise<void> {
  const waiting = await trx('problems')
    .where({ cause_key: unknownSkuCause(row.id) })
    .whereNot({ state: 'RESOLVED' })
    .first('id');
  if (!waiting) return;
  const order = await trx('orders').where({ channel_order_id: row.id }).max({ version: 'version' }).first();
  const again = { ...command, commandId: `${command.commandId}/again/${order?.version ?? 0}` };
  await followChannelOrder(trx, { row, tag: null, contentIsNew: true, addressIsNew: false }, again);
}

/** Polling shows the same again and again while its window overlaps: that it did is written down once. */
async function isSaidAlready(
  trx: Tx,
  said: {
    connection_id: string;
    external_id: string;
    source: string;
    verdict: string;
    native_state: string | null;
    content_hash: string | null;
  },
): Promise<boolean> {
  const { connection_id, external_id, source, verdict, native_state, content_hash } = said;
  if (verdict !== 'duplicate' || source !== 'poll') return false;
  const known = await trx('sightings')
    .where({ connection_id, external_id, source, verdict, native_state, content_hash })
    .first('id');
  return known !== undefined;
}

async function findOrAnnounce(
  trx: Tx,
  connectionId: string,
  reading: Reading,
  command: Command,
): Promise<{ row: Row; isNew: boolean }> {
  const known = await trx('channel_orders')
    .where({ connection_id: connectionId, external_id: reading.externalId })
    .first('id');
  if (known) return { row: (await lock(trx, 'channel_order', known.id)) as Row, isNew: false };
  const id = randomUUID();
  await create(
    trx,
    'channel_order',
    { id, connection_id: connectionId, external_id: reading.externalId, created_at: command.at },
    { ...command, commandId: `channel-order/${connectionId}/${reading.externalId}/announced` },
  );
  return { row: (await lock(trx, 'channel_order', id)) as Row, isNew: true };
}

async function contentColumns(
  trx: Tx,
  row: Row,
  { snapshot }: Reading,
  hash: string | null,
  sealer: Sealer,
  command: Command,
): Promise<Record<string, unknown>> {
  if (!snapshot) return {};
  if (row.content_hash === hash) return { content_modified_at: snapshot.modifiedAt };
  const retentionMs = 30 * 24 * 60 * 60 * 1000;
  return {
    content_modified_at: snapshot.modifiedAt,
    content_hash: hash,
    lines: snapshot.lines,
    currency: snapshot.currency,
    total_minor: snapshot.total.amountMinor,
    shipping_minor: snapshot.shippingCharge.amountMinor,
    consignee_id: await keepConsignee(trx, sealer, row.consignee_id as string | null, snapshot.shipTo, command.at),
    ordered_at: snapshot.orderedAt,
    ship_by: snapshot.shipBy,
    // The raw body holds the buyer's name and address: kept sealed in effect by its retention date only.
    raw: { sealed: sealer.sealJson(snapshot.raw, `channel-order/${row.id}`).toString('base64') },
    raw_expires_at: new Date(command.at.getTime() + retentionMs),
  };
}

async function moveChannelOrder(
  trx: Tx,
  row: Row,
  reading: Reading,
  current: boolean,
  changes: Record<string, unknown>,
  command: Command,
): Promise<void> {
  const column = reading.tag ? absorbing[reading.tag] : undefined;
  const facts = column && row[column] === null ? { [column]: command.at } : {};
  const all = { ...changes, ...facts };
  const event = reading.tag && reading.tag !== 'AWAITING_PAYMENT' ? eventOf[reading.tag] : null;
  if (event && (current || column)) {
    const result = await step(
      trx,
      { machine: 'channel_order', id: row.id, event, changes: all },
      {
        ...command,
        commandId: `${command.commandId}/channel-order/${reading.externalId}/${row.version}`,
        role: 'connector',
      },
    );
    if (result.ok) return;
  }
  if (Object.keys(all).length === 0) return;
  await trx('channel_orders').where({ id: row.id }).update(forDriver(all));
}

async function noteUnknownState(trx: Tx, row: Row, reading: Reading, command: Command): Promise<void> {
  const causeKey = `connection/${row.connection_id}/native-state/${reading.nativeState}`;
  if (reading.tag !== null || reading.nativeState === null) {
    if (reading.nativeState !== null) await resolveProblem(trx, causeKey, command);
    return;
  }
  await reportProblem(
    trx,
    {
      causeKey,
      kind: 'unknown-native-state',
      severity: 'warning',
      title: `Unknown order state "${reading.nativeState}"`,
      detail: `Order ${reading.externalId} is in a state that nobody has translated. It is kept as it is; nothing was guessed.`,
      remedy: 'Look the order up in the seller portal and add the state to the connector’s tag table.',
      connectionId: String(row.connection_id),
      entityKind: 'channel_order',
      entityId: row.id,
    },
    command,
  );
}
