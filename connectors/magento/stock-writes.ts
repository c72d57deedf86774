import type { RowOutcome } from '../contract/common.ts';
import type { StockWrite, StockWritten, StoreLocation } from '../contract/store-writing.ts';
import { ConnectorError } from '../errors.ts';
import type { MagentoClient, MagentoContext } from './client.ts';
import { chunksForIn, inParallel, searchQuery } from './criteria.ts';
import { pause } from './errors.ts';
import { listSchema, okSchema, skuRowSchema } from './schema.ts';
import type { FactsReader } from './shop.ts';
import type { StockReader } from './stock.ts';

/** `webapi/validation` allows 20 rows, where a shop has it on. */
const ROWS_PER_CALL = 20;
const SKUS_PER_CALL = 100;
const MOST_PIECES = 2_147_483_647;
/** What the single stock of a shop without sources is called. */
const SINGLE = 'default';

type Outcome = RowOutcome<StockWritten>;

interface Held {
  /** As the shop spells it. */
  readonly sku: string;
  readonly quantity: number;
  readonly isOffered: boolean;
}

interface Task {
  readonly row: StockWrite;
  readonly source: string;
  /** What is there now; null: the source does not have the SKU yet. */
  readonly held: Held | null;
}

/**
 * Absolute writes of what sources hold physically; open orders are taken off by the shop itself. Magento has no
 * compare-and-set: what is expected is read, written and read back, one batch of this process after the other.
 */
export class StockWriter {
  readonly #client: MagentoClient;
  readonly #ctx: MagentoContext;
  readonly #facts: FactsReader;
  readonly #stock: StockReader;
  #rowsPerCall = ROWS_PER_CALL;
  #locations: Promise<readonly StoreLocation[]> | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(client: MagentoClient, ctx: MagentoContext, facts: FactsReader, stock: StockReader) {
    this.#client = client;
    this.#ctx = ctx;
    this.#facts = facts;
    this.#stock = stock;
  }

  /** The sources; a shop without several has one, called `default`. */
  async locations(): Promise<readonly StoreLocation[]> {
    const { msi } = await this.#facts.read();
    if (!msi) return [{ externalId: SINGLE, name: 'Default stock', active: true }];
    const sources = await this.#stock.sources();
    return sources.map(({ code, name, enabled }) => ({ externalId: code, name, active: enabled }));
  }

  /** @throws ConnectorError Unavailable when the shop fails as a whole; rows that were written are written */
  write(rows: readonly StockWrite[]): Promise<readonly Outcome[]> {
    const run = this.#last.then(() => this.#write(rows));
    this.#last = run.catch(() => undefined);
    return run;
  }

  async #write(rows: readonly StockWrite[]): Promise<readonly Outcome[]> {
    const { msi } = await this.#facts.read();
    const outcomes = new Map<string, Outcome>();
    const note = (outcome: Outcome) => outcomes.set(outcome.key, outcome);
    const placed: { row: StockWrite; source: string }[] = [];
    const seen = new Set<string>();
    for (const row of rows) {
      const source = await this.#sourceOf(row, msi);
      const place = `${row.sku.toLowerCase()}\n${source ?? ''}`;
      if (source === null) note(refused(row, 'location_unclear', 'The shop has several sources: name one.'));
      else if (!Number.isSafeInteger(row.quantity) || row.quantity < 0 || row.quantity > MOST_PIECES) {
        note(refused(row, 'quantity', `${row.quantity} is no number of pieces.`));
      } else if (seen.has(place)) note(refused(row, 'duplicate_row', `${row.sku} is in the batch twice.`));
      else placed.push({ row, source });
      seen.add(place);
    }
    if (msi) await this.#writeSources(placed, note);
    else
      for (const outcome of await inParallel(placed, 4, ({ row, source }) => this.#single(row, source))) note(outcome);
    return rows.map((row) => outcomes.get(row.key) ?? refused(row, 'unknown', 'The row was not worked on.'));
  }

  async #writeSources(
    placed: readonly { row: StockWrite; source: string }[],
    note: (outcome: Outcome) => void,
  ): Promise<void> {
    const skus = placed.map(({ row }) => row.sku);
    // A source keeps the rows of deleted products for ever: that it has one does not say that there is such a product.
    const [held, known] = await Promise.all([this.#held(skus), this.#known(skus)]);
    const open: Task[] = [];
    for (const { row, source } of placed) {
      const there = held.get(placeOf(row.sku, source)) ?? null;
      const before = there?.quantity ?? null;
      if (!known.has(row.sku.toLowerCase())) note(refused(row, 'not_found', `The shop has no SKU ${row.sku}.`));
      else if (before === row.quantity) note(written(row, before, before));
      else if (isStale(row, before)) note(stale(row, before));
      else open.push({ row, source, held: there });
    }
    const sent: Task[] = [];
    for (let from = 0; from < open.length; ) {
      const chunk = open.slice(from, from + this.#rowsPerCall);
      from += chunk.length;
      sent.push(...(await this.#send(chunk, note)));
    }
    if (sent.length === 0) return;
    const after = await this.#held(sent.map(({ row }) => row.sku));
    for (const { row, source, held: before } of sent) {
      const shown = after.get(placeOf(row.sku, source))?.quantity ?? null;
      note(shown === row.quantity ? written(row, before?.quantity ?? null, shown) : unseen(row, shown));
    }
  }

  /** All or nothing at the shop: a bad row is found by halving. Answers what was taken. */
  async #send(tasks: readonly Task[], note: (outcome: Outcome) => void, isAgain = false): Promise<readonly Task[]> {
    const sourceItems = tasks.map(({ row, source, held }) => ({
      sku: held?.sku ?? row.sku,
      source_code: source,
      quantity: row.quantity,
      // Marked out of stock with pieces in it: by the shop's people, and it stays so.
      status: row.quantity > 0 && !(held !== null && held.quantity > 0 && !held.isOffered) ? 1 : 0,
    }));
    const call = {
      method: 'POST',
      path: 'inventory/source-items',
      body: { sourceItems },
      operation: 'stock.write',
      repeatable: true,
    } as const;
    try {
      await this.#client.ask(call, okSchema);
      return tasks;
    } catch (error) {
      if (!(error instanceof ConnectorError) || !['Rejected', 'NotFound'].includes(error.kind)) throw error;
      const [first] = tasks;
      if (tasks.length === 1 && first !== undefined) {
        if (hidesDeadlock(error) && !isAgain) {
          await pause();
          return this.#send(tasks, note, true);
        }
        note(refused(first.row, error.details.code ?? error.kind, error.message));
        return [];
      }
      const half = Math.ceil(tasks.length / 2);
      if (/^Maximum items of type/.test(error.details.code ?? '')) this.#rowsPerCall = half;
      return [...(await this.#send(tasks.slice(0, half), note)), ...(await this.#send(tasks.slice(half), note))];
    }
  }

  /** The stock item of a shop without several sources. */
  async #single(row: StockWrite, source: string): Promise<Outcome> {
    if (source !== SINGLE) return refused(row, 'location_unknown', `The shop has no source ${source}.`);
    try {
      const before = (await this.#stock.stockItem(row.sku)).qty ?? 0;
      if (before === row.quantity) return written(row, before, before);
      if (isStale(row, before)) return stale(row, before);
      const body = { stockItem: { qty: row.quantity, is_in_stock: row.quantity > 0 } };
      const path = `products/${encodeURIComponent(row.sku)}/stockItems/1`;
      await this.#client.ask({ method: 'PUT', path, body, operation: 'stock.write', repeatable: true }, okSchema);
      const shown = (await this.#stock.stockItem(row.sku)).qty ?? null;
      return shown === row.quantity ? written(row, before, shown) : unseen(row, shown);
    } catch (error) {
      if (!(error instanceof ConnectorError) || !['Rejected', 'NotFound'].includes(error.kind)) throw error;
      const code = error.kind === 'NotFound' ? 'not_found' : (error.details.code ?? error.kind);
      return refused(row, code, error.message);
    }
  }

  /** Null where it is not clear which source is meant. */
  async #sourceOf({ locationId }: StockWrite, msi: boolean): Promise<string | null> {
    const named = locationId ?? this.#ctx.settings.sourceCode;
    if (named !== undefined) return named;
    if (!msi) return SINGLE;
    this.#locations ??= this.locations().catch((error: unknown) => {
      this.#locations = null;
      throw error;
    });
    const linked = await this.#stock.linkedSources();
    const active = (await this.#locations).filter((one) => one.active && linked?.has(one.externalId) !== false);
    const [only] = active;
    return active.length === 1 && only !== undefined ? only.externalId : null;
  }

  /** By `placeOf`. */
  async #held(skus: readonly string[]): Promise<Map<string, Held>> {
    const rows = await this.#stock.sourceItems([...new Set(skus)]);
    return new Map(
      rows.map(({ sku, source_code: source, quantity, status }) => [
        placeOf(sku, source),
        { sku, quantity, isOffered: status === 1 },
      ]),
    );
  }

  /** Which of these SKUs the shop has, in lower case: it takes source items of SKUs that do not exist. */
  async #known(skus: readonly string[]): Promise<Set<string>> {
    const known = new Set<string>();
    for (const { condition, value } of chunksForIn(skus, SKUS_PER_CALL)) {
      const filters = [{ field: 'sku', value, condition }];
      const fields = 'items[sku],total_count';
      const query = searchQuery({ filters, sort: ['entity_id'], pageSize: SKUS_PER_CALL, fields });
      const call = { method: 'GET', path: 'products', query, operation: 'products.by-sku' } as const;
      const { items } = await this.#client.ask(call, listSchema(skuRowSchema));
      for (const { sku } of items ?? []) known.add(sku.toLowerCase());
    }
    return known;
  }
}

/** SKUs are one whatever their case, as the database compares them. */
function placeOf(sku: string, source: string): string {
  return `${sku.toLowerCase()}\n${source}`;
}

/** The shop says the same of an unknown source and of a deadlock with another writer. */
function hidesDeadlock(error: ConnectorError): boolean {
  return (error.details.code ?? '').startsWith('Could not save');
}

function isStale({ expected }: StockWrite, now: number | null): boolean {
  return expected !== null && expected !== (now ?? 0);
}

function written({ key }: StockWrite, before: number | null, after: number): Outcome {
  return { ok: true, key, value: { before, after } };
}

function stale(row: StockWrite, now: number | null): Outcome {
  return refused(row, 'stale', `${row.sku}: ${now ?? 0} pieces are there now, not ${row.expected}.`);
}

/** Somebody else wrote at the same moment, or the shop shows an old state: the next attempt tells. */
function unseen({ key, sku, quantity }: StockWrite, shown: number | null): Outcome {
  const reason = `${sku}: the shop shows ${shown ?? 'nothing'} after ${quantity} was written.`;
  return { ok: false, key, retryable: true, code: 'not_seen', reason };
}

function refused({ key }: StockWrite, code: string, reason: string): Outcome {
  return { ok: false, key, retryable: false, code, reason };
}
