import { fromMinor } from '../contract/minor-units.ts';
import type { RefundForStore, StoreRefund } from '../contract/store-writing.ts';
import { ConnectorError } from '../errors.ts';
import type { WooClient } from './client.ts';
import { nearestMinor, toMillionths } from './decimals.ts';
import { noteSchema, notesSchema, refundSchema, refundsSchema, type WooRefund } from './schema.ts';
import { decodeEntities, parseGmt } from './text.ts';

/** The meta data key of our reference in a refund. */
const REFUND_META = '_tradelane_refund';
const PER_PAGE = 100;
/** More refunds of one order than this are not looked through. */
const MAX_PAGES = 20;

/** Notes and refunds of orders in the shop. */
export class OrderExtras {
  readonly #client: WooClient;

  constructor(client: WooClient) {
    this.#client = client;
  }

  /** The texts of an order's notes, as characters. */
  async notes(id: number): Promise<string[]> {
    const path = `orders/${id}/notes`;
    const notes = await this.#client.ask({ method: 'GET', path, operation: 'orders.notes' }, notesSchema);
    return notes.map(({ note }) => decodeEntities(note).trim());
  }

  /** For the shop's people only: `customer_note` would mail it to the buyer. */
  async addNote(id: number, note: string): Promise<void> {
    const body = { note, customer_note: false };
    await this.#client.ask({ method: 'POST', path: `orders/${id}/notes`, body, operation: 'orders.note' }, noteSchema);
  }

  /** A note bears its reference in its text, the only thing of it that the shop gives back. */
  async addNoteOnce(id: number, reference: string, text: string): Promise<void> {
    const mark = `[${reference}]`;
    if ((await this.notes(id)).some((note) => note.includes(mark))) return;
    await this.addNote(id, `${text} ${mark}`);
  }

  async refunds(id: number, currency: string): Promise<StoreRefund[]> {
    return (await this.#listRefunds(id)).map((refund) => toStoreRefund(refund, currency));
  }

  /**
   * Writes a refund down. `api_refund` is always off: it would move money at the payment provider, and is on by default.
   * Our reference stands in the reason, which is saved with the refund, and in its meta data, which WooCommerce saves a
   * moment later.
   */
  async refund(id: number, currency: string, wanted: RefundForStore): Promise<StoreRefund> {
    checkRefund(wanted, currency);
    const made = (await this.#listRefunds(id)).find((one) => refundReferenceOf(one) === wanted.reference);
    if (made !== undefined) return toStoreRefund(made, currency);
    const body = {
      amount: fromMinor(wanted.amount.amountMinor, currency),
      reason: `${wanted.reason} [${wanted.reference}]`,
      api_refund: false,
      api_restock: wanted.restock.length > 0,
      // Pieces without an amount of their own: the shop takes the refund's amount as it is.
      line_items: wanted.restock.map(({ externalLineId, quantity }) => ({
        id: Number(externalLineId),
        quantity,
        refund_total: 0,
      })),
      meta_data: [{ key: REFUND_META, value: wanted.reference }],
    };
    const call = { method: 'POST', path: `orders/${id}/refunds`, body, operation: 'orders.refund' } as const;
    const answer = await this.#client.ask({ ...call, effect: true }, refundSchema);
    const refund = toStoreRefund(answer, currency);
    if (refund.amount.amountMinor === wanted.amount.amountMinor) return refund;
    const message = `The shop wrote down a refund of ${answer.amount}, not ${body.amount}.`;
    const remedy = 'Delete the refund in the shop, or correct it there.';
    throw new ConnectorError('Rejected', message, {
      code: 'shop_answer_differs',
      existingId: String(answer.id),
      remedy,
    });
  }

  async #listRefunds(id: number): Promise<WooRefund[]> {
    const all: WooRefund[] = [];
    for (let page = 1; page <= MAX_PAGES; page += 1) {
      const query = { orderby: 'id', order: 'asc', page, per_page: PER_PAGE };
      const call = { method: 'GET', path: `orders/${id}/refunds`, query, operation: 'orders.refunds' } as const;
      const { rows, total } = await this.#client.list(call, refundsSchema);
      all.push(...rows);
      if (total === null ? rows.length < PER_PAGE : page * PER_PAGE >= total) return all;
    }
    throw new ConnectorError('Unavailable', `The shop shows more refunds of order ${id} than can be looked through.`);
  }
}

/** A refund as the shop tells it; its amount is that of the refund, not of its lines. */
export function toStoreRefund(refund: WooRefund, currency: string): StoreRefund {
  const reference = refundReferenceOf(refund);
  const reason = decodeEntities(refund.reason ?? '');
  const plain = reference === null ? reason : reason.replace(`[${reference}]`, '').trim();
  return {
    externalId: String(refund.id),
    reference,
    at: parseGmt(refund.date_created_gmt) ?? new Date(0),
    amount: { amountMinor: nearestMinor(toMillionths(refund.amount) ?? 0n, currency), currency },
    reason: plain === '' ? null : plain,
    lines: (refund.line_items ?? []).flatMap((line) => {
      const of = line.meta_data?.find(({ key }) => key === '_refunded_item_id')?.value;
      const isNamed = typeof of === 'string' || typeof of === 'number';
      return isNamed && line.quantity !== 0 ? [{ externalLineId: String(of), quantity: Math.abs(line.quantity) }] : [];
    }),
  };
}

function refundReferenceOf(refund: WooRefund): string | null {
  const meta = refund.meta_data?.find(({ key }) => key === REFUND_META)?.value;
  if (typeof meta === 'string' && meta !== '') return meta;
  return /\[([^[\]]{1,60})\]\s*$/.exec(decodeEntities(refund.reason ?? ''))?.[1] ?? null;
}

function checkRefund({ amount, reference, restock }: RefundForStore, currency: string): void {
  const rejected = (message: string, field: string) =>
    new ConnectorError('Rejected', message, { field, code: 'refund' });
  if (amount.currency !== currency) throw rejected(`The order is in ${currency}, not in ${amount.currency}.`, 'amount');
  if (!Number.isSafeInteger(amount.amountMinor) || amount.amountMinor <= 0) {
    throw rejected(`${amount.amountMinor} is no amount to refund.`, 'amount');
  }
  if (!/^[^[\]]{1,60}$/.test(reference)) throw rejected('The reference cannot be written into a refund.', 'reference');
  const odd = restock.find(({ externalLineId, quantity }) => {
    return !/^\d+$/.test(externalLineId) || !Number.isSafeInteger(quantity) || quantity < 1;
  });
  if (odd !== undefined)
    throw rejected(`Line ${odd.externalLineId} cannot give back ${odd.quantity} pieces.`, 'restock');
}
