import type { MarketplaceAttribute } from '../contract/marketplace.ts';
import type { JdIdCall, JdIdClient } from './client.ts';
import { idValue } from './json.ts';
import { text } from './mapping.ts';
import { attributesSchema, attributeValuesSchema } from './schema.ts';

/** Page size that public clients use. */
const PAGE_SIZE = 20;
/** A guard against a gateway that repeats its last page for ever. */
const MAX_PAGES = 200;

/**
 * The attributes of a category with their values. Which values of `type` tell SKUs apart is UNCONFIRMED, and nothing says
 * which attributes are required: both are null.
 */
export async function listAttributes(client: JdIdClient, categoryId: string): Promise<MarketplaceAttribute[]> {
  const call: JdIdCall = {
    method: 'jingdong.category.api.read.getAttributesByCatId',
    operation: 'attributes.list',
    parameters: { catId: idValue(categoryId) },
  };
  const rows = await client.ask(call, attributesSchema);
  const attributes: MarketplaceAttribute[] = [];
  for (const row of rows) {
    const id = String(row.propertyId);
    const choices = await listValues(client, categoryId, id);
    attributes.push({ id, name: text(row.nameEn) ?? text(row.name) ?? id, forVariants: null, required: null, choices });
  }
  return attributes;
}

async function listValues(
  client: JdIdClient,
  categoryId: string,
  attributeId: string,
): Promise<{ id: string; name: string }[]> {
  const values = new Map<string, string>();
  for (let currentPage = 1; currentPage <= MAX_PAGES; currentPage += 1) {
    const call: JdIdCall = {
      method: 'jingdong.category.api.read.getAttrValuesByCatIdAndAttrId',
      operation: 'attributes.values',
      parameters: { catId: idValue(categoryId), attrId: idValue(attributeId), currentPage, pageSize: PAGE_SIZE },
    };
    const page = await client.ask(call, attributeValuesSchema);
    const before = values.size;
    for (const row of page.result ?? []) {
      const id = String(row.attributeValueId);
      values.set(id, text(row.nameEn) ?? text(row.name) ?? id);
    }
    const total = Number(text(page.totalCount) ?? Number.NaN);
    if (values.size === before || (Number.isSafeInteger(total) && values.size >= total)) break;
  }
  return [...values].map(([id, name]) => ({ id, name }));
}
