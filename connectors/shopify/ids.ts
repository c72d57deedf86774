/** Kinds of things whose ids are read or written here. */
export type GidType =
  | 'Product'
  | 'ProductVariant'
  | 'InventoryItem'
  | 'Location'
  | 'Order'
  | 'FulfillmentOrder'
  | 'WebhookSubscription';

/** True for Shopify's own id of that type: `gid://shopify/Product/1`. */
export function isGid(type: GidType, text: string): boolean {
  return text.startsWith(`gid://shopify/${type}/`) && /^\d{1,20}$/.test(text.slice(`gid://shopify/${type}/`.length));
}

/** The id made of the number that webhooks name. */
export function gid(type: GidType, number: number | string): string {
  return `gid://shopify/${type}/${number}`;
}

/** The number at the end of an id; it may have more digits than a JavaScript number holds. */
export function numberOf(id: string): string {
  return /\/(\d+)(?:\?|$)/.exec(id)?.[1] ?? '';
}

/** A value inside a search filter: quoted, with quotes and backslashes escaped. */
export function quoted(value: string): string {
  return `'${value.replace(/[\\']/g, (one) => `\\${one}`)}'`;
}

/** A time of Shopify; null when it is none. */
export function instant(text: string | null | undefined): Date | null {
  const at = new Date(text ?? Number.NaN);
  return Number.isNaN(at.getTime()) ? null : at;
}
