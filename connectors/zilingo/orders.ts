import type { Page } from '../contract/common.ts';
import type { ChannelOrderRef, ChannelOrderSnapshot, PlatformLabel } from '../contract/marketplace.ts';
import { ConnectorError } from '../errors.ts';
import type { ZilingoCall, ZilingoClient } from './client.ts';
import { byHand, unreadable } from './errors.ts';
import { rawInvoiceSchema, toInvoice } from './invoice.ts';
import { instant, isGone, type ListedUnit, stateOf, text, toSnapshot, waitsForUs } from './mapping.ts';
import { type InvoiceVo, labelSchema, unitRowsSchema, type ZilingoSettings } from './schema.ts';
import { endedUnitStates, unitStates } from './tags.ts';

/** Orders whose details are read together: each batch asks for all states once. */
export const ORDER_BATCH_SIZE = 50;
const REMEMBERED_MAX = 20_000;
const dayMs = 86_400_000;
const segment = encodeURIComponent;

type Actions = Omit<NonNullable<ZilingoSettings['unconfirmed']>, 'prefix'>;

/** Orders: units in all states, put together by order. */
export class ZilingoOrders {
  readonly #client: ZilingoClient;
  readonly #settings: ZilingoSettings;
  readonly #now: () => Promise<Date>;
  /** Unit → its order, for rows that do not name it; it never changes. */
  readonly #orderIds = new Map<string, string>();
  /** Ended orders that were read, with the time of it: read once, they are left out of later windows. */
  readonly #ended = new Map<string, { units: string; at: Date }>();

  constructor(client: ZilingoClient, settings: ZilingoSettings, now: () => Promise<Date>) {
    this.#client = client;
    this.#settings = settings;
    this.#now = now;
  }

  /**
   * Orders that may have changed in the window. No call tells when one changed: all open ones are named, and ended ones until
   * a window begins after they were read, at most `endedOrderDays` after they were placed.
   */
  async listOrders(input: { since: Date; until: Date; cursor: string | null }): Promise<Page<ChannelOrderRef>> {
    const after = parseCursor(input.cursor);
    const size = this.#settings.orderPageSize ?? 100;
    const oldest = input.since.getTime() - (this.#settings.endedOrderDays ?? 45) * dayMs;
    const orders = [...(await this.#unitsByOrder(oldest))]
      .map(([externalId, units]) => ({
        externalId,
        units,
        createdMs: Math.min(...units.map(({ createdAt }) => createdAt.getTime())),
      }))
      .filter(({ createdMs }) => createdMs < input.until.getTime())
      .filter(({ externalId, units, createdMs }) => this.#isWanted(externalId, units, createdMs >= oldest, input.since))
      .toSorted((a, b) => a.createdMs - b.createdMs || (a.externalId < b.externalId ? -1 : 1));
    const left = orders.filter(
      ({ createdMs, externalId }) =>
        after === null ||
        createdMs > after.createdMs ||
        (createdMs === after.createdMs && externalId > after.externalId),
    );
    const page = left.slice(0, size);
    const last = page.at(-1);
    return {
      items: page.map(({ externalId, units }) => ({ externalId, ...stateOf(units) })),
      next: left.length > page.length && last ? `${last.createdMs}~${last.externalId}` : null,
      total: orders.length,
    };
  }

  #isWanted(externalId: string, units: readonly ListedUnit[], isRecent: boolean, since: Date): boolean {
    if (!units.every(({ state }) => endedUnitStates.includes(state))) return true;
    const read = this.#ended.get(externalId);
    return isRecent && (read === undefined || read.units !== signature(units) || read.at >= since);
  }

  /** Whole orders. One whose invoice is not shown yet is missing from the answer. */
  async readOrders(externalIds: readonly string[]): Promise<readonly ChannelOrderSnapshot[]> {
    if (externalIds.length === 0) return [];
    const at = await this.#now();
    const byOrder = await this.#unitsByOrder(at.getTime() - (this.#settings.endedOrderDays ?? 45) * dayMs);
    const snapshots: ChannelOrderSnapshot[] = [];
    for (const externalId of new Set(externalIds)) {
      const units = byOrder.get(externalId) ?? [];
      const contents: { unit: ListedUnit; invoice: InvoiceVo }[] = [];
      const snapshot = await this.#named(externalId, async () => {
        for (const unit of units) {
          const invoice = await this.#readInvoice(unit.unitId);
          if (invoice !== null) contents.push({ unit, invoice });
        }
        const isWhole = contents.length > 0 && contents.length === units.length;
        return isWhole ? toSnapshot(externalId, contents, this.#settings) : null;
      });
      if (snapshot === null) continue;
      snapshots.push(snapshot);
      remember(this.#ended, externalId, { units: signature(units), at: this.#ended.get(externalId)?.at ?? at });
    }
    return snapshots;
  }

  /** What cannot be read names its order: then the others can be read without it. */
  async #named<Value>(externalId: string, run: () => Promise<Value>): Promise<Value> {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.details.code !== 'unreadable_answer') throw error;
      throw new ConnectorError(error.kind, `${error.message} (order ${externalId})`, error.details);
    }
  }

  /** Takes all units of an order that wait for it. */
  async acceptOrder(externalId: string): Promise<void> {
    this.#demand('accept', 'accepting orders');
    for (const unit of await this.#unitsOf(externalId)) {
      if (unit.state === waitsForUs) await this.#act(unit, 'accept', 'POST', {});
    }
  }

  /** Calls the courier for all units that wait for it. */
  async arrangePickup({ externalId, readyAt }: { externalId: string; readyAt: Date }): Promise<void> {
    this.#demand('pickup', 'calling the courier');
    for (const unit of await this.#unitsOf(externalId)) {
      const waits = unit.state === 'awaitingPickupRequest' || unit.state === 'awaitingPickupSchedule';
      if (waits) await this.#act(unit, 'pickup', 'POST', { readyAt: readyAt.toISOString() });
    }
  }

  /** The label of an order that ships as one. */
  async printLabel(externalId: string): Promise<PlatformLabel> {
    this.#demand('label', 'fetching labels');
    const units = (await this.#unitsOf(externalId)).filter((unit) => !isGone(unit));
    const [unit] = units;
    if (unit === undefined || units.length > 1)
      throw byHand(`printing the labels of ${units.length} parcels of an order`);
    const call = { ...this.#call(unit, 'label', 'GET'), effect: false };
    const answer = await this.#client.succeed(call, labelSchema);
    const trackingNumber = text(answer?.trackingNumber);
    if (trackingNumber === null) throw unreadable(call.operation, false, '/trackingNumber: missing');
    const bytes = Buffer.from(answer?.label ?? '', 'base64');
    const document = bytes.length === 0 ? null : { format: 'PDF' as const, bytes };
    return { trackingNumber, carrier: answer?.carrier ?? null, document };
  }

  /** Names our own carrier and number for every unit; units that have this number are done already. */
  async confirmShipment(input: { externalId: string; carrier: string; trackingNumber: string }): Promise<void> {
    this.#demand('ship', 'confirming shipments');
    const { externalId, carrier, trackingNumber } = input;
    for (const unit of await this.#unitsOf(externalId)) {
      if (isGone(unit)) continue;
      if (['pickupScheduled', 'inTransit', 'successfullyProcessed'].includes(unit.state)) {
        if (await this.#hasNumber(unit, trackingNumber)) continue;
      }
      if (unit.state === waitsForUs && this.#settings.unconfirmed?.accept === true) {
        await this.#act(unit, 'accept', 'POST', {});
      }
      await this.#act(unit, 'ship', 'POST', { carrier, trackingNumber });
    }
  }

  /** False: none is known over there yet. @throws ConnectorError Rejected where it is another one */
  async #hasNumber(unit: ListedUnit, trackingNumber: string): Promise<boolean> {
    const there = text((await this.#readInvoice(unit.unitId))?.trackingNumber);
    if (there === trackingNumber) return true;
    if (there === null && unit.state === 'pickupScheduled') return false;
    throw new ConnectorError('Rejected', `Zilingo: unit ${unit.unitId} is ${unit.state} with another tracking number`, {
      code: 'other_tracking_number',
      remedy: 'Compare the tracking numbers in the seller portal.',
    });
  }

  #demand(action: keyof Actions, what: string): void {
    if (this.#settings.unconfirmed?.[action] !== true) throw byHand(what, `unconfirmed.${action}`);
  }

  #call(unit: ListedUnit, action: keyof Actions, method: 'GET' | 'POST'): ZilingoCall {
    const prefix = this.#settings.unconfirmed?.prefix ?? '/__unconfirmed';
    return { method, path: `${prefix}/units/${segment(unit.unitId)}/${action}`, operation: `orders.${action}` };
  }

  async #act(unit: ListedUnit, action: keyof Actions, method: 'POST', body: unknown): Promise<void> {
    await this.#client.succeed({ ...this.#call(unit, action, method), body, effect: true });
  }

  async #unitsOf(externalId: string): Promise<readonly ListedUnit[]> {
    const at = await this.#now();
    const units = (await this.#unitsByOrder(at.getTime() - (this.#settings.endedOrderDays ?? 45) * dayMs)).get(
      externalId,
    );
    if (units !== undefined) return units;
    throw new ConnectorError('NotFound', `Zilingo shows no order ${externalId}`);
  }

  /**
   * All units by their orders. States are asked for in the order in which units pass through them: one that moves meanwhile is
   * seen twice rather than never, and the later state counts. Ended units placed before `oldestMs` whose rows name no order
   * are left out.
   */
  async #unitsByOrder(oldestMs: number): Promise<Map<string, ListedUnit[]>> {
    const seen = new Map<string, { state: string; createdAt: Date; orderId: string | null }>();
    const states = [...unitStates.map(({ native }) => native), ...(this.#settings.moreOrderStates ?? [])];
    for (const asked of states) {
      const operation = 'orders.list';
      const path = `/api/v2/orders/byStatus/${segment(asked)}`;
      const { results } = await this.#client.read({ method: 'GET', path, operation }, unitRowsSchema);
      for (const row of results ?? []) {
        const createdAt = instant(row.createdAt);
        if (createdAt === null) throw unreadable(operation, false, '/results/createdAt: no time');
        const orderId = text(row.orderId);
        // A row's own word counts; one of the known words in another spelling (`IN_TRANSIT`) is that word.
        const said = row.status ?? asked;
        const state = states.find((known) => plain(known) === plain(said)) ?? said;
        seen.set(String(row.shippableUnitId), { state, createdAt, orderId });
      }
    }
    const byOrder = new Map<string, ListedUnit[]>();
    for (const [unitId, { state, createdAt, orderId: named }] of seen) {
      const isOld = endedUnitStates.includes(state) && createdAt.getTime() < oldestMs;
      const orderId = named ?? (isOld ? null : await this.#orderOf(unitId));
      if (orderId === null) continue;
      byOrder.set(orderId, [...(byOrder.get(orderId) ?? []), { unitId, orderId, state, createdAt }]);
    }
    for (const units of byOrder.values()) units.sort((a, b) => (a.unitId < b.unitId ? -1 : 1));
    return byOrder;
  }

  async #orderOf(unitId: string): Promise<string | null> {
    const known = this.#orderIds.get(unitId);
    if (known !== undefined) return known;
    const orderId = text((await this.#readInvoice(unitId))?.orderId);
    if (orderId !== null) remember(this.#orderIds, unitId, orderId);
    return orderId;
  }

  /** Null where nothing is answered: it is not shown (yet). */
  async #readInvoice(unitId: string): Promise<InvoiceVo | null> {
    const path = `/api/v4/orders/invoice/${segment(unitId)}`;
    const raw = await this.#client.readOrNull({ method: 'GET', path, operation: 'orders.read' }, rawInvoiceSchema);
    return raw === null ? null : toInvoice(raw, unitId, this.#settings.currency ?? 'SGD');
  }
}

/** A word without capitals and separators. */
const plain = (word: string): string => word.toLowerCase().replaceAll(/[^a-z]/g, '');

const signature = (units: readonly ListedUnit[]): string =>
  units.map(({ unitId, state }) => `${unitId} ${state}`).join();

/** Keeps the newest ones. */
function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  const [eldest] = map.keys();
  if (map.size > REMEMBERED_MAX && eldest !== undefined) map.delete(eldest);
}

function parseCursor(cursor: string | null): { createdMs: number; externalId: string } | null {
  if (cursor === null) return null;
  const match = /^(\d{1,15})~(.+)$/.exec(cursor);
  if (match?.[1] !== undefined && match[2] !== undefined) return { createdMs: Number(match[1]), externalId: match[2] };
  throw new ConnectorError('Rejected', 'This cursor is not one of this connector', {
    code: 'bad_cursor',
    remedy: 'Begin the read again without a cursor.',
  });
}
