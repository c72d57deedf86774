import { type Static, Type } from '@sinclair/typebox';
import { ConnectorError } from '../errors.ts';
import type { MagentoClient, MagentoContext } from './client.ts';
import { rejected, soldItems } from './order-mapping.ts';
import { check, type MagentoOrder, okSchema } from './schema.ts';
import type { FactsReader } from './shop.ts';
import type { StockReader } from './stock.ts';

const NOTE = 'Tradelane stock ';

const rowSchema = Type.Object({
  sku: Type.String(),
  source: Type.String(),
  from: Type.Number(),
  to: Type.Number(),
});
const noteSchema = Type.Union([
  Type.Object({ phase: Type.Literal('plan'), rows: Type.Array(rowSchema) }),
  Type.Object({ phase: Type.Union([Type.Literal('taken'), Type.Literal('returned')]) }),
]);
type Note = Static<typeof noteSchema>;
export type PlanRow = Static<typeof rowSchema>;

/** What the notes of a direct order say about its stock. */
export interface Taking {
  readonly plan: readonly PlanRow[] | null;
  readonly isTaken: boolean;
  readonly isReturned: boolean;
}

export function takingOf(order: MagentoOrder): Taking {
  const notes = (order.status_histories ?? []).flatMap(({ comment }) => readNote(comment ?? ''));
  const plan = notes.find((note) => note.phase === 'plan');
  return {
    plan: plan?.phase === 'plan' ? plan.rows : null,
    isTaken: notes.some(({ phase }) => phase === 'taken'),
    isReturned: notes.some(({ phase }) => phase === 'returned'),
  };
}

function readNote(comment: string): Note[] {
  if (!comment.startsWith(NOTE)) return [];
  try {
    const verdict = check(noteSchema, JSON.parse(comment.slice(NOTE.length)));
    return verdict.ok ? [verdict.value] : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
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
    const held = await this.#held(counted);
    return counted.flatMap((sku) => this.#split(sku, wanted.get(sku) ?? 0, held.get(sku) ?? []));
  }

  /** Carries out the plan; harmless when repeated. */
  async take(order: MagentoOrder, fresh: readonly PlanRow[] | null): Promise<void> {
    const known = takingOf(order);
    if (known.isTaken || known.isReturned) return;
    const plan = known.plan ?? fresh ?? (await this.plan(quantities(order)));
    if (known.plan === null) await this.#note(order.entity_id, { phase: 'plan', rows: [...plan] });
    const isResumed = fresh === null || known.plan !== null;
    if (plan.length > 0 && !(isResumed && (await this.#isDone(plan)))) {
      await this.#move(isResumed ? await this.#again(plan) : plan);
    }
    await this.#note(order.entity_id, { phase: 'taken' });
  }

  /** Puts back what was taken, unless the shop did so itself when it cancelled. */
  async giveBack(order: MagentoOrder, isBackAlready: boolean): Promise<void> {
    const { plan, isTaken, isReturned } = takingOf(order);
    if (!isTaken || isReturned) return;
    if (!isBackAlready && plan !== null) await this.shift(plan, 1);
    await this.#note(order.entity_id, { phase: 'returned' });
  }

  /** Adds (+1) or takes (−1) the planned pieces to what is there now. */
  async shift(plan: readonly PlanRow[], sign: 1 | -1): Promise<void> {
    const held = await this.#held(plan.map(({ sku }) => sku));
    const rows = plan.map(({ sku, source, from, to }) => {
      const now = held.get(sku)?.find((one) => one.source === source)?.quantity ?? 0;
      return { sku, source, from: now, to: Math.max(0, now + sign * (from - to)) };
    });
    await this.#move(rows);
  }

  #split(sku: string, wanted: number, held: readonly { source: string; quantity: number }[]): PlanRow[] {
    const first = this.#ctx.settings.sourceCode ?? 'default';
    const rank = (source: string) => (source === first ? 0 : 1);
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

  async #held(skus: readonly string[]): Promise<Map<string, { source: string; quantity: number }[]>> {
    const held = new Map<string, { source: string; quantity: number }[]>();
    const { msi } = await this.#facts.read();
    if (msi) {
      for (const row of await this.#stock.sourceItems(skus)) {
        // What is marked out of stock cannot be sold, however many there are.
        if (row.status !== 1) continue;
        held.set(row.sku, [...(held.get(row.sku) ?? []), { source: row.source_code, quantity: row.quantity }]);
      }
      return held;
    }
    for (const sku of skus)
      held.set(sku, [{ source: 'default', quantity: (await this.#stock.stockItem(sku)).qty ?? 0 }]);
    return held;
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

  async #move(rows: readonly PlanRow[]): Promise<void> {
    const { msi } = await this.#facts.read();
    if (msi) {
      const sourceItems = rows.map(({ sku, source, to }) => ({ sku, source_code: source, quantity: to, status: 1 }));
      const call = {
        method: 'POST',
        path: 'inventory/source-items',
        body: { sourceItems },
        operation: 'stock.take',
      } as const;
      await this.#client.ask(call, okSchema);
      return;
    }
    for (const { sku, to } of rows) {
      const body = { stockItem: { qty: to, is_in_stock: to > 0 } };
      const path = `products/${encodeURIComponent(sku)}/stockItems/1`;
      await this.#client.ask({ method: 'PUT', path, body, operation: 'stock.take' }, okSchema);
    }
  }

  async #note(id: number, note: Note): Promise<void> {
    await addComment(this.#client, id, `${NOTE}${JSON.stringify(note)}`);
  }
}

/** A comment for the shop's people alone. */
export async function addComment(client: MagentoClient, id: number, comment: string): Promise<void> {
  const body = { statusHistory: { comment, is_customer_notified: 0, is_visible_on_front: 0 } };
  await client.ask({ method: 'POST', path: `orders/${id}/comments`, body, operation: 'orders.comment' }, okSchema);
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
