import { type MachineDefinition, type MachineName, machines } from '../../state-machines/index.ts';
import type { Tx } from '../database.ts';
import type { OrderParts } from './order-detail.ts';
import { isoOf } from './paging.ts';

/** One thing that happened. `otherClock` is the outside system's own time of it, where it tells one. */
export interface TimelineEntry {
  at: string;
  kind: string;
  title: string;
  detail: string | null;
  actor: string | null;
  machine?: string;
  from?: string;
  to?: string;
  otherClock?: string;
}

interface TransitionRow {
  id: number;
  machine: MachineName;
  entity_id: string;
  version: number;
  event: string;
  from_state: string;
  to_state: string;
  actor: string;
  role: string;
  why: string | null;
  changed: Record<string, [unknown, unknown]>;
  at: Date;
}

const names: Record<MachineName, string> = {
  channel_order: 'Marketplace order',
  order: 'Order',
  parcel: 'Parcel',
  consignment: 'Consignment',
  product: 'Product',
  listing: 'Listing',
  connection: 'Connection',
  effect: 'Outside call',
  problem: 'Problem',
  return: 'Return',
  price_proposal: 'Price',
  incident: 'Incident',
};

function labelOf(machine: MachineName, event: string): string {
  if (event === 'CREATE') return 'Created';
  const rules: MachineDefinition['events'] = machines[machine].events;
  return (rules as Record<string, { label: string }>)[event]?.label ?? event;
}

const quietColumns = new Set(['last_edited_at', 'last_edited_by', 'field_owners', 'resume_state']);

/** A SKU's change stands in its product's history as `skus/<id>/<column>`. */
const plainName = (column: string): string => column.split('/').at(-1) ?? column;

function detailOf(row: TransitionRow, about: string | undefined): string | null {
  const loud = Object.keys(row.changed).filter((column) => !quietColumns.has(column));
  const changed = [...new Set(loud.map(plainName))];
  const parts = [about ?? null, row.why, changed.length > 0 ? `changed: ${changed.join(', ')}` : null];
  return parts.filter(Boolean).join(' · ') || null;
}

/** The history of things as timeline entries. `about` names a thing where several of its kind stand in one timeline. */
export async function historyOf(
  trx: Tx,
  things: readonly { readonly machine: MachineName; readonly id: string; readonly about?: string }[],
): Promise<TimelineEntry[]> {
  if (things.length === 0) return [];
  const about = new Map(things.map((thing) => [`${thing.machine}/${thing.id}`, thing.about]));
  const rows: TransitionRow[] = await trx('transitions')
    .whereIn(
      ['machine', 'entity_id'],
      things.map(({ machine, id }) => [machine, id]),
    )
    .orderBy('id')
    .select('*');
  return rows.map((row) => ({
    at: isoOf(row.at),
    kind: 'transition',
    title: `${names[row.machine]}: ${labelOf(row.machine, row.event)}`,
    detail: detailOf(row, about.get(`${row.machine}/${row.entity_id}`)),
    actor: row.actor,
    machine: row.machine,
    from: row.from_state,
    to: row.to_state,
  }));
}

/** The states that a thing went through, in order; a state that it was in twice in a row stands once. */
export async function pathOf(trx: Tx, machine: MachineName, id: string): Promise<string[]> {
  const rows: { to_state: string }[] = await trx('transitions')
    .where({ machine, entity_id: id })
    .orderBy('version')
    .select('to_state');
  const taken = rows.map(({ to_state }) => to_state);
  return taken.filter((state, index) => state !== taken[index - 1]);
}

const verdicts: Record<string, string> = {
  first: 'seen for the first time',
  newer: 'newer than what we had',
  older: 'older, ignored',
  duplicate: 'seen before',
  tombstone: 'a state without content',
  'same-time': 'same time, other content: read again',
};

/** Polling sees the same again and again: what changed nothing stands once, with how often and until when. */
function sightingEntries(sightings: OrderParts['sightings']): TimelineEntry[] {
  const entries: TimelineEntry[] = [];
  let repeated = { first: -1, times: 0 };
  for (const row of sightings) {
    const isCopy = row.verdict === 'duplicate';
    const before = isCopy && repeated.times > 0 ? entries[repeated.first] : undefined;
    if (before) {
      repeated.times += 1;
      before.detail = `${verdicts.duplicate}, ${repeated.times} times until ${isoOf(row.seen_at)}`;
      continue;
    }
    repeated = { first: entries.length, times: isCopy ? 1 : 0 };
    entries.push({
      at: isoOf(row.seen_at),
      kind: 'sighting',
      title: `Marketplace shows ${row.native_state ?? 'it'}`,
      detail: `${verdicts[row.verdict] ?? row.verdict} (${row.source})`,
      actor: null,
      ...(row.modified_at ? { otherClock: isoOf(row.modified_at) } : {}),
    });
  }
  return entries;
}

/** Everything about an order in one list, by our own time; what happened at the same instant keeps its order. */
export async function orderTimeline(trx: Tx, orderId: string, parts: OrderParts): Promise<TimelineEntry[]> {
  const { channelOrder, consignments, parcels, effects, returns, sightings, tracking, mails } = parts;
  const history = await historyOf(trx, [
    ...(channelOrder ? [{ machine: 'channel_order' as const, id: channelOrder.id as string }] : []),
    { machine: 'order', id: orderId },
    ...consignments.map((row) => ({ machine: 'consignment' as const, id: row.id, about: String(row.number) })),
    ...parcels.map((row) => ({ machine: 'parcel' as const, id: row.id, about: `piece ${row.piece_number}` })),
    ...effects.map((row) => ({ machine: 'effect' as const, id: row.id, about: String(row.kind) })),
    ...returns.map((row) => ({ machine: 'return' as const, id: row.id, about: String(row.reason) })),
  ]);
  const seen = sightingEntries(sightings);
  const scans = tracking.map(
    (row): TimelineEntry => ({
      at: isoOf(row.seen_at),
      kind: 'tracking',
      title: row.description,
      detail: [row.native_code, row.place].filter(Boolean).join(' · ') || null,
      actor: null,
      ...(row.at ? { otherClock: isoOf(row.at) } : {}),
    }),
  );
  const sent = mails.map(
    (row): TimelineEntry => ({
      at: isoOf((row.sent_at ?? row.created_at) as Date),
      kind: 'mail',
      title: row.sent_at ? `Mail sent: ${row.subject}` : `Mail waits: ${row.subject}`,
      detail: (row.recipients as string[]).join(', ') || null,
      actor: null,
    }),
  );
  return [...history, ...seen, ...scans, ...sent].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}
