import type { MagentoClient } from './client.ts';
import { toNumber } from './money.ts';
import { differences, type OrderContent, soldItems } from './order-mapping.ts';
import { readOrder } from './order-reads.ts';
import { type MagentoOrder, okSchema } from './schema.ts';

/**
 * Sets the marketplace's amounts in an order that was placed through a cart at the shop's own: `POST /orders` with the
 * order's id saves what is sent (UNCONFIRMED, therefore read back). All tax is zero, as it was sold.
 *
 * @returns what differs afterwards; empty when the order is what was asked for
 */
export async function setAmounts(
  client: MagentoClient,
  placed: MagentoOrder,
  content: OrderContent,
): Promise<string[]> {
  const entity = entityOf(placed, content);
  if (entity === null) return ['the shop made other lines of it'];
  await client.ask({ method: 'POST', path: 'orders', body: { entity }, operation: 'orders.reprice' }, okSchema);
  const after = await readOrder(client, String(placed.entity_id));
  if (after === null) return ['the shop does not show it any more'];
  const kept = [
    after.increment_id === placed.increment_id ? null : `its number became ${after.increment_id}`,
    after.state === placed.state ? null : `its state became ${after.state}`,
    after.customer_email === placed.customer_email ? null : 'its address of mail was changed',
    (after.items ?? []).length === (placed.items ?? []).length ? null : 'lines were added or lost',
  ];
  return [...differences(content, after), ...kept.filter((problem) => problem !== null)];
}

/** Null where an item of the order is none of ours, or made of parts. */
function entityOf(placed: MagentoOrder, content: OrderContent) {
  const { currency } = content;
  const number = (minor: number) => toNumber(minor, currency);
  const both = (name: string, value: number) => ({ [name]: value, [`base_${name}`]: value });
  const items = soldItems(placed);
  if (items.length !== (placed.items ?? []).length || items.length !== content.lines.size) return null;
  const lines = items.map((item) => ({ item, line: content.lines.get(item.sku) }));
  if (lines.some(({ item, line }) => line?.quantity !== item.qty_ordered)) return null;
  const subtotal = number(content.totalMinor - content.shippingMinor);
  const [shipping, total] = [number(content.shippingMinor), number(content.totalMinor)];
  return {
    entity_id: placed.entity_id,
    // Without it the shop gives the order another number.
    increment_id: placed.increment_id,
    state: placed.state,
    ...(placed.status === undefined || placed.status === null ? {} : { status: placed.status }),
    customer_email: placed.customer_email ?? '',
    ...both('subtotal', subtotal),
    ...both('subtotal_incl_tax', subtotal),
    ...both('tax_amount', 0),
    ...both('discount_amount', 0),
    ...both('discount_tax_compensation_amount', 0),
    ...both('shipping_amount', shipping),
    ...both('shipping_incl_tax', shipping),
    ...both('shipping_tax_amount', 0),
    ...both('shipping_discount_amount', 0),
    ...both('grand_total', total),
    ...both('total_due', total),
    items: lines.map(({ item, line }) => {
      const row = number(line?.totalMinor ?? 0);
      // Lines of one product at two prices are one item: its price is their mean, its row their exact sum.
      const each = Math.round((row / item.qty_ordered) * 10_000) / 10_000;
      return {
        item_id: item.item_id,
        sku: item.sku,
        qty_ordered: item.qty_ordered,
        ...(item.product_id ? { product_id: item.product_id } : {}),
        ...both('price', each),
        ...both('price_incl_tax', each),
        ...both('original_price', each),
        ...both('row_total', row),
        ...both('row_total_incl_tax', row),
        ...both('tax_amount', 0),
        ...both('discount_amount', 0),
        ...both('discount_tax_compensation_amount', 0),
        tax_percent: 0,
        discount_percent: 0,
      };
    }),
  };
}
