type Row = Readonly<Record<string, unknown>>;

/**
 * An order as other systems wrote it into the shop: what they left out the shop leaves out as well, and one such order
 * must not stop the read of all others. A state that there is not reads as unknown; amounts that there are not, as none.
 */
export function filledOrder(row: unknown): unknown {
  if (!isRow(row)) return row;
  const items = Array.isArray(row.items) ? { items: row.items.map(filledItem) } : {};
  return {
    ...row,
    ...items,
    increment_id: row.increment_id ?? String(row.entity_id ?? ''),
    state: row.state ?? 'unknown',
    order_currency_code: row.order_currency_code ?? row.base_currency_code,
    grand_total: row.grand_total ?? 0,
  };
}

function filledItem(item: unknown): unknown {
  return isRow(item) ? { ...item, sku: item.sku ?? '', qty_ordered: item.qty_ordered ?? 0 } : item;
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
