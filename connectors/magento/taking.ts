import { ConnectorError } from '../errors.ts';
import type { MagentoClient, MagentoContext } from './client.ts';
import { addComment, type Commented } from './comments.ts';
import { rejected, soldItems } from './order-mapping.ts';
import { type MagentoOrder, okSchema } from './schema.ts';
import type { FactsReader } from './shop.ts';
import type { StockReader } from './stock.ts';
import { type PlanRow, type StockNote, takingOf, textOfNote } from './stock-notes.ts';

/** `isBlocked`: marked out of stock, whatever is in it. */
type MovedRow = PlanRow & { readonly isBlocked?: boolean };

interface Held {
  readonly source: string;
  readonly quantity: number;
  readonly isInStock: boolean;
}

/**
 * Takes the stock of direct orders, for which the shop reserves nothing, off the source. What was planned and done is
 * noted in the order, so that whoever finds it after a crash goes on and takes nothing twice.
 */
export class StockTaker {
  readonly #client: MagentoClient;
  readonly #ctx: MagentoContext;
  readonly #facts: FactsReader;
  readonly #stock: StockReader;

  constructor(client: MagentoClient, ctx: MagentoContext, facts: FactsReader, stock: StockReader) {
    this.#client = client;
    this.#ctx = ctx;
    this.#facts = facts;
    this.#stock = stock;
  }

  /**
   * One after the other, among all workers: counts are read, then written as absolute numbers, and of two orders at once
   * one would take nothing. What was read before the turn may have changed. Must not be nested.
   * @throws ConnectorError Unavailable `busy` when the turn does not come
   */
  inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#ctx.exclusively('direct orders', work);
  }

  /**
   * Where the pieces would come from; what the shop does not count is left out.
   * @throws ConnectorError Rejected `out_of_stock` when fewer can be sold than are wanted
   */
  async plan(wanted: ReadonlyMap<string, number>): Promise<PlanRow[]> {
    const outcomes = await this.#stock.read([...wanted.keys()]);
    const counted: string[] = [];
    for (const outcome of outcomes) {
      if (!outcome.ok) throw rejected(`${outcome.key}: ${outcome.reason}`, 'lines', outcome.code);
      if (!outcome.value.managed) continue;
      const quantity = wanted.get(outcome.key) ?? 0;
      const free = outcome.value.quantity ?? 0;
      if (free < quantity)
        throw rejected(`The shop has ${free} of ${outcome.key}, not ${quantity}.`, 'lines', 'out_of_stock');
      counted.push(outcome.key);
    }
    const held = await this.#sellable(counted);
    return counted.flatMap((sku) => this.#split(sku, wanted.get(sku) ?? 0, held.get(sku) ?? []));
  }

  /** Where pieces that the shop itself reserved lie best; nothing where the sources do not hold all. */
  async whereFrom(wanted: ReadonlyMap<string, number>): Promise<PlanRow[]> {
    const held = await this.#sellable([...wanted.keys()]);
    try {
      return [...wanted].flatMap(([sku, quantity]) => this.#split(sku, quantity, held.get(sku) ?? []));
    } catch (error) {
      if (error instanceof ConnectorError && error.details.code === 'out_of_stock') return [];
      throw error;
    }
  }

  /** The connection's own source. */
  get firstSource(): string {
    return this.#ctx.settings.sourceCode ?? 'default';
  }

  /** Carries out the plan, from what is there by now; harmless when repeated. Only in turn. */
  async take(order: MagentoOrder, fresh: readonly PlanRow[] | null): Promise<void> {
    const known = takingOf(order);
    if (known.isTaken || known.isReturned) return;
    const plan = known.plan ?? (await (fresh === null ? this.plan(quantities(order)) : this.#again(fresh)));
    if (known.plan === null) await this.#note(order, { phase: 'plan', rows: [...plan] });
    const isResumed = fresh === null || known.plan !== null;
    if (plan.length > 0 && !(isResumed && (await this.#isDone(plan)))) {
      await this.#move(isResumed ? await this.#again(plan) : plan);
    }
    await this.#note(order, { phase: 'taken' });
  }

  /** What can be sold before a cancellation, noted for whoever goes on after a crash. */
  async measureFirst(order: MagentoOrder): Promise<Map<string, number>> {
    const counts = await this.#measure(order);
    await this.#note(order, { phase: 'measured', counts: Object.fromEntries(counts) });
    return counts;
  }

  /**
   * Whether the shop itself gave the pieces of a cancelled order back, as far as it can be told later. Nothing is added:
   * somebody else may be doing that.
   */
  async isGivenBack(order: MagentoOrder): Promise<boolean> {
    const { isTaken, isReturned, measured } = takingOf(order);
    if (!isTaken || isReturned) return true;
    if (measured === null) return false;
    const now = await this.#measure(order);
    return [...quantities(order)].every(
      ([sku, quantity]) => (now.get(sku) ?? 0) - (measured.get(sku) ?? 0) >= quantity,
    );
  }

  /** What is compared before and after a cancellation: salable pieces with sources, the count itself without. */
  async #measure(order: MagentoOrder): Promise<Map<string, number>> {
    const skus = [...quantities(order).keys()];
    const { msi } = await this.#facts.read();
    if (!msi) return sums(await this.#held(skus));
    const outcomes = await this.#stock.read(skus);
    return new Map(outcomes.flatMap((one) => (one.ok ? [[one.key, one.value.quantity ?? 0] as const] : [])));
  }

  /**
   * Puts back what was taken, unless the shop did so itself when it cancelled.
   * @param before what `measure` said before the cancellation
   * @returns false when it cannot be told whether the shop gave the pieces back: then none are added
   */
  async giveBack(order: MagentoOrder, before: ReadonlyMap<string, number>): Promise<boolean> {
    const { plan, isTaken, isReturned } = takingOf(order);
    if (!isTaken || isReturned || plan === null) return true;
    const { msi } = await this.#facts.read();
    const after = await this.#measure(order);
    const ordered = quantities(order);
    const isBack = (sku: string) => (after.get(sku) ?? 0) - (before.get(sku) ?? 0) >= (ordered.get(sku) ?? 0);
    const left = plan.filter(({ sku }) => !isBack(sku));
    // With an empty source the shop shows nothing salable, also where it has given the pieces back.
    const held = sums(msi ? await this.#held(left.map(({ sku }) => sku)) : new Map());
    const unclear = left.filter(({ sku }) => msi && (held.get(sku) ?? 0) <= 0);
    const clear = left.filter((row) => !unclear.includes(row));
    if (clear.length > 0) await this.#move(await this.#shifted(clear, 1));
    if (!msi) await this.#switchOn(plan);
    await this.#note(order, { phase: 'returned' });
    for (const { sku } of unclear) {
      this.#ctx.log.warn(
        { order: order.entity_id, sku },
        'whether the shop gave the pieces back cannot be told; count them',
      );
    }
    return unclear.length === 0;
  }

  /** Puts the taken pieces back for the shipment that wants to take them once more. */
  async lend(order: MagentoOrder): Promise<void> {
    const rows = await this.#shifted(takingOf(order).plan ?? [], 1);
    // An invoice was written since the order was read: its status is another by now.
    await this.#note({ entity_id: order.entity_id }, { phase: 'lend', rows });
    await this.#move(rows);
  }

  /** Takes what was lent again, once the shipment is written; goes on where an earlier attempt stopped. */
  async settle(order: MagentoOrder): Promise<void> {
    const { plan, settlement } = takingOf(order);
    if (settlement === null) {
      const rows = await this.#shifted(plan ?? [], -1);
      await this.#note(order, { phase: 'settle', rows });
      await this.#move(rows);
    } else if (!(await this.#isDone(settlement))) await this.#move(await this.#shifted(plan ?? [], -1));
    await this.#note(order, { phase: 'settled' });
  }

  /** The planned pieces added to (+1) or taken off (−1) what is there now. */
  async #shifted(plan: readonly PlanRow[], sign: 1 | -1): Promise<MovedRow[]> {
    const held = await this.#held(plan.map(({ sku }) => sku));
    return plan.map(({ sku, source, from, to }) => {
      const there = held.get(sku)?.find((one) => one.source === source);
      const now = there?.quantity ?? 0;
      // Empty: marked so by us. Marked with pieces in it: by the shop's people, and it stays so.
      const isBlocked = now > 0 && there?.isInStock === false;
      const next = Math.max(0, now + sign * (from - to));
      // Emptied after a shipment: what the shop added for it would look like pieces on offer otherwise.
      return { sku, source, from: now, to: next, isBlocked: isBlocked || (sign === -1 && next === 0) };
    });
  }

  #split(sku: string, wanted: number, all: readonly Held[]): PlanRow[] {
    // What is marked out of stock cannot be sold, however many there are.
    const held = all.filter(({ isInStock }) => isInStock);
    const rank = (source: string) => (source === this.firstSource ? 0 : 1);
    const sorted = held.toSorted((a, b) => rank(a.source) - rank(b.source) || b.quantity - a.quantity);
    const whole = sorted.find(({ quantity }) => quantity >= wanted);
    const rows: PlanRow[] = [];
    let left = wanted;
    for (const { source, quantity } of whole === undefined ? sorted : [whole]) {
      const part = Math.min(left, quantity);
      if (part > 0) rows.push({ sku, source, from: quantity, to: quantity - part });
      left -= part;
    }
    if (left > 0) throw rejected(`The shop's sources hold too few of ${sku}.`, 'lines', 'out_of_stock');
    return rows;
  }

  /** In the sources of the website's stock: others hold the pieces of other websites. */
  async #sellable(skus: readonly string[]): Promise<Map<string, Held[]>> {
    const held = await this.#held(skus);
    const { msi } = await this.#facts.read();
    const linked = msi && skus.length > 0 ? await this.#stock.linkedSources() : null;
    if (linked === null) return held;
    return new Map([...held].map(([sku, rows]) => [sku, rows.filter(({ source }) => linked.has(source))]));
  }

  async #held(skus: readonly string[]): Promise<Map<string, Held[]>> {
    const held = new Map<string, Held[]>();
    const { msi } = await this.#facts.read();
    if (msi) {
      for (const row of await this.#stock.sourceItems(skus)) {
        const { source_code: source, quantity, status } = row;
        held.set(row.sku, [...(held.get(row.sku) ?? []), { source, quantity, isInStock: status === 1 }]);
      }
      return held;
    }
    for (const sku of skus) held.set(sku, [await this.#heldInStock(sku)]);
    return held;
  }

  async #heldInStock(sku: string): Promise<Held> {
    const item = await this.#stock.stockItem(sku);
    return { source: 'default', quantity: item.qty ?? 0, isInStock: item.is_in_stock !== false };
  }

  /** The single stock stays out of stock when only its count rises. */
  async #switchOn(plan: readonly PlanRow[]): Promise<void> {
    const held = await this.#held(plan.map(({ sku }) => sku));
    await this.#move(plan.map((row) => ({ ...row, to: held.get(row.sku)?.[0]?.quantity ?? 0 })));
  }

  async #isDone(plan: readonly PlanRow[]): Promise<boolean> {
    const held = await this.#held(plan.map(({ sku }) => sku));
    return plan.every(({ sku, source, to }) => held.get(sku)?.find((one) => one.source === source)?.quantity === to);
  }

  /** After a crash the shop may have counted meanwhile: too few on offer are better than too many. */
  async #again(plan: readonly PlanRow[]): Promise<PlanRow[]> {
    const held = await this.#held(plan.map(({ sku }) => sku));
    return plan.map(({ sku, source, from, to }) => {
      const now = held.get(sku)?.find((one) => one.source === source)?.quantity ?? 0;
      return { sku, source, from: now, to: Math.max(0, now - (from - to)) };
    });
  }

  async #move(rows: readonly MovedRow[]): Promise<void> {
    const { msi } = await this.#facts.read();
    if (msi) {
      const sourceItems = rows.map(({ sku, source, to, isBlocked }) => ({
        sku,
        source_code: source,
        quantity: to,
        status: isBlocked === true ? 0 : 1,
      }));
      const call = {
        method: 'POST',
        path: 'inventory/source-items',
        body: { sourceItems },
        operation: 'stock.take',
        repeatable: true,
      } as const;
      await this.#client.ask(call, okSchema);
      return;
    }
    for (const { sku, to } of rows) {
      const body = { stockItem: { qty: to, is_in_stock: to > 0 } };
      const path = `products/${encodeURIComponent(sku)}/stockItems/1`;
      await this.#client.ask({ method: 'PUT', path, body, operation: 'stock.take', repeatable: true }, okSchema);
    }
  }

  #note(order: Commented, note: StockNote): Promise<void> {
    return addComment(this.#client, order, textOfNote(note));
  }
}

function sums(held: ReadonlyMap<string, readonly Held[]>): Map<string, number> {
  return new Map([...held].map(([sku, rows]) => [sku, rows.reduce((sum, { quantity }) => sum + quantity, 0)]));
}

export function quantities(order: MagentoOrder): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { sku, qty_ordered: quantity } of soldItems(order)) sums.set(sku, (sums.get(sku) ?? 0) + quantity);
  return sums;
}

/** A failure after the order exists: it has to be looked up, which goes on where it stopped. */
export function unfinished(cause: unknown, id: number): never {
  if (!(cause instanceof ConnectorError)) throw cause;
  const message = `The order stands in the shop, but not all was done for it: ${cause.message}`;
  throw new ConnectorError('OutcomeUnknown', message, { code: 'unfinished', existingId: String(id), cause });
}
