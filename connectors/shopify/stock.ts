import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RowOutcome } from '../contract/common.ts';
import type { StockWrite, StockWritten } from '../contract/store-writing.ts';
import { ConnectorError } from '../errors.ts';
import type { AdminClient, ShopifyContext } from './client.ts';
import { REMEDIES, userRefusal } from './envelope.ts';
import { isGid } from './ids.ts';
import { operations } from './operations.ts';
import type { UserErrors } from './schema.ts';
import type { ShopFacts } from './shop.ts';

/** At most 250 rows are taken in one call. */
const ROWS_PER_CALL = 250;
const LEVELS_PER_CALL = 100;
const ITEMS_PER_CALL = 100;
/** Shopify's own bound for quantities. */
const MAX_QUANTITY = 1_000_000_000;
/** The same write is still running, begun by another worker or by an attempt whose answer got lost. */
const RUNNING = 'IDEMPOTENCY_CONCURRENT_REQUEST';
const RUNNING_WAITS_MS = [200, 400, 800, 1_600];

type Outcome = RowOutcome<StockWritten>;
/** A row with what Shopify calls its parts. */
interface Level {
  readonly row: StockWrite;
  readonly itemId: string;
  readonly locationId: string;
}
interface Answer {
  readonly errors: UserErrors;
  /** By item and location: how much `available` moved. Rows that did not move are not in it. */
  readonly deltas: ReadonlyMap<string, number>;
}

/** Writes of what can be sold (`available`). */
export class StockWriter {
  readonly #client: AdminClient;
  readonly #ctx: ShopifyContext;
  readonly #facts: ShopFacts;

  constructor(client: AdminClient, ctx: ShopifyContext, facts: ShopFacts) {
    this.#client = client;
    this.#ctx = ctx;
    this.#facts = facts;
  }

  /**
   * Sets levels, compared with what was last seen where that is given. Shopify writes all rows of a call or none: when some
   * are refused, the call is repeated once without them.
   *
   * @param idempotencyKey the same for every attempt of one write: a repetition is not applied twice
   */
  async write(rows: readonly StockWrite[], idempotencyKey: string): Promise<readonly Outcome[]> {
    const outcomes = new Map<string, Outcome>();
    const levels = await this.#levelsOf(rows, outcomes);
    for (let from = 0; from < levels.length; from += ROWS_PER_CALL) {
      await this.#writePart(levels.slice(from, from + ROWS_PER_CALL), idempotencyKey, outcomes);
    }
    return rows.map(({ key }) => outcomes.get(key) ?? refused(key, 'unknown', 'Nobody answered for this row.'));
  }

  /** Which item and location each row means; rows that mean none get their outcome at once. */
  async #levelsOf(rows: readonly StockWrite[], outcomes: Map<string, Outcome>): Promise<Level[]> {
    const items = await this.#items(rows);
    const own = rows.some(({ locationId }) => locationId === null)
      ? await this.#facts.ownLocation(this.#ctx.settings.locationId)
      : null;
    const seen = new Set<string>();
    const levels: Level[] = [];
    for (const row of rows) {
      const item = items.get(row.externalVariantId ?? '');
      const locationId = row.locationId ?? own;
      const problem = problemOf(row, item, locationId);
      if (problem !== null) outcomes.set(row.key, problem);
      if (problem !== null || item === undefined || locationId === null) continue;
      const place = `${item.id} ${locationId}`;
      if (seen.has(place)) {
        outcomes.set(row.key, refused(row.key, 'duplicate', `${row.sku} stands in the batch twice.`));
        continue;
      }
      seen.add(place);
      levels.push({ row, itemId: item.id, locationId });
    }
    return levels;
  }

  async #items(rows: readonly StockWrite[]): Promise<ReadonlyMap<string, Item>> {
    const ids = [...new Set(rows.map(({ externalVariantId }) => externalVariantId ?? ''))];
    const known = ids.filter((id) => isGid('ProductVariant', id));
    const items = new Map<string, Item>();
    for (let from = 0; from < known.length; from += ITEMS_PER_CALL) {
      const { nodes } = await this.#client.ask('stock', { ids: known.slice(from, from + ITEMS_PER_CALL) });
      for (const node of nodes) {
        if (node !== null) items.set(node.id, { ...node.inventoryItem, sku: node.sku?.trim() ?? '' });
      }
    }
    return items;
  }

  async #writePart(levels: readonly Level[], key: string, outcomes: Map<string, Outcome>): Promise<void> {
    const first = await this.#set(levels, key);
    const bad = refusedRows(first.errors, levels);
    if (bad.size === 0) return this.#done(levels, first, outcomes);
    for (const [place, outcome] of await this.#settleStale(levels, bad)) {
      outcomes.set(levels[place]?.row.key ?? '', outcome);
    }
    const rest = levels.filter((_level, place) => !bad.has(place));
    if (rest.length === 0) return;
    const again = await this.#set(rest, key);
    const still = refusedRows(again.errors, rest);
    // Where the first call wrote the good rows all the same, they are stale now and show the target.
    for (const [place, outcome] of await this.#settleStale(rest, still))
      outcomes.set(rest[place]?.row.key ?? '', outcome);
    // All or none: with one refused, the others of this second call were not written either.
    const others = rest.filter((_level, place) => !still.has(place));
    if (still.size === 0) return this.#done(rest, again, outcomes);
    for (const { row } of others) {
      const reason = 'Rows beside it were refused twice.';
      outcomes.set(row.key, { ok: false, key: row.key, retryable: true, code: 'beside_refused', reason });
    }
  }

  #done(levels: readonly Level[], { deltas }: Answer, outcomes: Map<string, Outcome>): void {
    for (const { row, itemId, locationId } of levels) {
      const before = row.quantity - (deltas.get(`${itemId} ${locationId}`) ?? 0);
      outcomes.set(row.key, { ok: true, key: row.key, value: { before, after: row.quantity } });
    }
  }

  /** A level that already shows the target was written by an attempt whose answer got lost. */
  async #settleStale(levels: readonly Level[], bad: ReadonlyMap<number, Outcome>): Promise<Map<number, Outcome>> {
    const settled = new Map(bad);
    const stale = [...bad].filter(([, one]) => !one.ok && one.code === 'stale').map(([place]) => place);
    const byLocation = Map.groupBy(stale, (place) => levels[place]?.locationId ?? '');
    for (const [location, places] of byLocation) {
      const ids = places.map((place) => levels[place]?.itemId);
      const parts = await this.#client.askOnInParts('levels', ids, LEVELS_PER_CALL, { location });
      const nodes = new Map(parts.flatMap((part) => part.nodes.map((node) => [node?.id, node])));
      for (const place of places) {
        const level = levels[place];
        if (level === undefined) continue;
        const { key, sku, quantity, expected } = level.row;
        const quantities = nodes.get(level.itemId)?.inventoryLevel?.quantities ?? [];
        const present = quantities.find(({ name }) => name === 'available')?.quantity;
        const isThere = present === quantity;
        const reason = `${sku}: ${present ?? 'no'} pieces are there now, not ${expected}.`;
        const written = { ok: true, key, value: { before: null, after: quantity } } as const;
        settled.set(place, isThere ? written : refused(key, 'stale', reason));
      }
    }
    return settled;
  }

  async #set(levels: readonly Level[], idempotencyKey: string): Promise<Answer> {
    for (const waitMs of RUNNING_WAITS_MS) {
      const answer = await this.#setOnce(levels, idempotencyKey);
      if (answer.errors[0]?.code !== RUNNING) return answer;
      await sleep(waitMs);
    }
    return this.#setOnce(levels, idempotencyKey);
  }

  async #setOnce(levels: readonly Level[], idempotencyKey: string, attempt = 1): Promise<Answer> {
    const quantities = levels.map(({ row, itemId, locationId }) => ({
      inventoryItemId: itemId,
      locationId,
      quantity: row.quantity,
      changeFromQuantity: row.expected,
    }));
    const { inventorySetQuantities } = await this.#client.ask('setStock', {
      input: { name: 'available', reason: 'correction', quantities },
      key: keyOf(`${idempotencyKey}${attempt === 1 ? '' : `/${attempt}`}`, quantities),
    });
    const { userErrors: errors, inventoryAdjustmentGroup: group } = inventorySetQuantities;
    // The key of an attempt that failed is used up.
    if (errors[0]?.code === 'IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED' && attempt === 1) {
      return this.#setOnce(levels, idempotencyKey, 2);
    }
    const deltas = new Map<string, number>();
    for (const { name, delta, item, location } of group?.changes ?? []) {
      if (name === 'available') deltas.set(`${item?.id} ${location?.id}`, delta);
    }
    return { errors, deltas };
  }
}

interface Item {
  readonly id: string;
  readonly tracked: boolean;
  readonly sku: string;
}

function problemOf(row: StockWrite, item: Item | undefined, locationId: string | null): Outcome | null {
  const { key, sku, quantity } = row;
  if (!Number.isSafeInteger(quantity) || quantity < 0 || quantity > MAX_QUANTITY) {
    return refused(key, 'quantity', `${quantity} is no number of pieces from 0 to ${MAX_QUANTITY}.`);
  }
  if (item === undefined) return refused(key, 'not_found', 'The shop does not show this variant any more.');
  if (item.sku !== sku.trim()) return refused(key, 'sku_changed', `The shop shows the SKU "${item.sku}" there now.`);
  if (!item.tracked) {
    return refused(key, 'not_tracked', 'The shop does not count it. Switch on "Track quantity" for it in the shop.');
  }
  if (locationId === null) {
    return refused(key, 'location', 'The shop has several locations. Name one in the connection’s settings.');
  }
  return isGid('Location', locationId) ? null : refused(key, 'location', `"${locationId}" is no location of Shopify.`);
}

/** Refusals by the row's place; throws what concerns no single row. */
function refusedRows(errors: UserErrors, levels: readonly Level[]): Map<number, Outcome> {
  const bad = new Map<number, Outcome>();
  for (const error of errors) {
    const place = error.field?.[1] === 'quantities' ? Number(error.field[2]) : Number.NaN;
    const level = levels[place];
    if (level === undefined) throw wholeRefusal(errors);
    const code = error.code ?? 'user_error';
    const ours =
      code === 'CHANGE_FROM_QUANTITY_STALE' ? 'stale' : code.startsWith('INVALID_LOCATION') ? 'location' : code;
    const remedy = REMEDIES[code];
    bad.set(place, refused(level.row.key, ours, remedy === undefined ? error.message : `${error.message} ${remedy}`));
  }
  return bad;
}

function wholeRefusal(errors: UserErrors): ConnectorError {
  const code = errors[0]?.code ?? '';
  const refusal = userRefusal(errors, operations.setStock);
  if (code === RUNNING) {
    return new ConnectorError('Unavailable', 'stock.write: the same write is still running.', { code });
  }
  return refusal ?? new ConnectorError('Unavailable', 'stock.write: refused without a reason.');
}

/** 1 to 64 safe characters; other rows need another key, or Shopify takes it for a mistake. */
function keyOf(idempotencyKey: string, quantities: readonly unknown[]): string {
  return createHash('sha256')
    .update(JSON.stringify([idempotencyKey, quantities]))
    .digest('hex');
}

function refused(key: string, code: string, reason: string): Outcome {
  return { ok: false, key, retryable: false, code, reason };
}
