import type { Tx } from './database.ts';

/** Lines of an order that are not cancelled, as papers and mails show them. */
export async function openLinesOf(
  trx: Tx,
  orderId: string,
): Promise<{ sku: string; title: string; quantity: number }[]> {
  const lines = await trx('order_lines')
    .where({ order_id: orderId })
    .whereRaw('quantity_ordered > quantity_cancelled')
    .orderBy('external_line_id');
  return lines.map((line) => ({
    sku: line.seller_sku ?? '?',
    title: line.title,
    quantity: line.quantity_ordered - line.quantity_cancelled,
  }));
}
