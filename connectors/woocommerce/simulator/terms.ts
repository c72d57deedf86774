import { type Call, type Reply, viewPage } from './call.ts';
import { WpError } from './errors.ts';
import { booleanOf, type JsonObject, numberOf, numbersOf, textOf } from './json.ts';
import type { AttributeRecord, TermRecord } from './model.ts';
import { slugOf } from './product-rules.ts';
import type { Shop } from './shop.ts';

/** The term of this kind and name; created when it isn't there. */
export function ensureTerm(shop: Shop, kind: string, name: string): TermRecord {
  for (const term of shop.terms.values()) {
    if (term.kind === kind && term.name === name) return term;
  }
  const slug = slugOf(name);
  const term = { id: shop.nextId('term'), kind, name, slug, parent: 0, description: '', menuOrder: 0 };
  shop.terms.set(term.id, term);
  shop.changed();
  return term;
}

function termView(shop: Shop, term: TermRecord): JsonObject {
  const view: JsonObject = {
    id: term.id,
    name: term.name.replace(/&(?!(#\d+|\w+);)/g, '&amp;'),
    slug: term.slug,
    description: term.description,
    count: countOf(shop, term),
  };
  if (term.kind === 'category') {
    return { ...view, parent: term.parent, display: 'default', image: null, menu_order: term.menuOrder };
  }
  return term.kind.startsWith('pa_') ? { ...view, menu_order: term.menuOrder } : view;
}

function countOf(shop: Shop, { id, kind, name }: TermRecord): number {
  let count = 0;
  for (const { categories, tags, brands, attributes } of shop.products.values()) {
    const isOption = attributes.some((use) => shop.attributes.get(use.id)?.slug === kind && use.options.includes(name));
    if (isOption || [...categories, ...tags, ...brands].includes(id)) count += 1;
  }
  return count;
}

/** `GET /products/categories` and its like. */
export function listTerms(kindOf: (call: Call) => string): (call: Call) => Reply {
  return (call) => {
    const { shop, query } = call;
    const kind = kindOf(call);
    const include = numbersOf(query.include);
    const search = textOf(query.search).toLowerCase();
    const rows = [...shop.terms.values()].filter(
      (term) =>
        term.kind === kind &&
        (include.length === 0 || include.includes(term.id)) &&
        !numbersOf(query.exclude).includes(term.id) &&
        (query.parent === undefined || term.parent === query.parent) &&
        (query.slug === undefined || term.slug === query.slug) &&
        term.name.toLowerCase().includes(search),
    );
    const direction = query.order === 'desc' ? -1 : 1;
    const byId = textOf(query.orderby) === 'id';
    rows.sort((one, other) => direction * (byId ? one.id - other.id : one.name.localeCompare(other.name)));
    return viewPage(call, rows, (term) => termView(shop, term));
  };
}

/**
 * `POST /products/categories` and its like.
 * @throws WpError 400 `term_exists` naming the term that has the name
 */
export function createTerm(kindOf: (call: Call) => string): (call: Call) => Reply {
  return (call) => {
    const { shop, body } = call;
    const [kind, name, parent] = [kindOf(call), textOf(body.name), numberOf(body.parent)];
    for (const term of shop.terms.values()) {
      if (term.kind !== kind || term.name !== name || term.parent !== parent) continue;
      const message = 'A term with the name provided already exists with this parent.';
      throw new WpError(400, 'term_exists', message, { resource_id: term.id });
    }
    const id = shop.nextId('term');
    const slug = textOf(body.slug) || slugOf(name);
    const description = textOf(body.description);
    const term = { id, kind, name, slug, parent, description, menuOrder: numberOf(body.menu_order) };
    shop.terms.set(id, term);
    shop.changed();
    return { status: 201, body: termView(shop, term), location: `${call.path}/${id}` };
  };
}

export function readTerm(kindOf: (call: Call) => string): (call: Call) => Reply {
  return (call) => {
    const term = call.shop.terms.get(Number(call.params.termId));
    if (term?.kind === kindOf(call)) return { body: termView(call.shop, term) };
    throw new WpError(404, 'woocommerce_rest_term_invalid', 'Resource does not exist.');
  };
}

const attributeView = ({ id, name, slug, type, orderBy, hasArchives }: AttributeRecord): JsonObject => ({
  ...{ id, name, slug, type },
  order_by: orderBy,
  has_archives: hasArchives,
});

export const listAttributes = ({ shop }: Call): Reply => ({ body: [...shop.attributes.values()].map(attributeView) });

export function readAttribute({ shop, params }: Call): Reply {
  return { body: attributeView(attributeOf(shop, params.attributeId)) };
}

/** The taxonomy (`pa_…`) of the attribute in the path. */
export function attributeKind({ shop, params }: Call): string {
  return attributeOf(shop, params.attributeId).slug;
}

function attributeOf(shop: Shop, id: string | undefined): AttributeRecord {
  const attribute = shop.attributes.get(Number(id));
  if (attribute !== undefined) return attribute;
  throw new WpError(404, 'woocommerce_rest_taxonomy_invalid', 'Resource does not exist.');
}

/** `POST /products/attributes`; the slug gets its `pa_` where it is missing. */
export function createAttribute({ shop, body, path }: Call): Reply {
  const name = textOf(body.name);
  const bare = (textOf(body.slug) || slugOf(name)).replace(/^pa_/, '');
  const slug = `pa_${bare}`;
  if ([...shop.attributes.values()].some((attribute) => attribute.slug === slug)) {
    const message = `Slug "${bare}" is already in use. Change it, please.`;
    throw new WpError(400, 'woocommerce_rest_cannot_create', message);
  }
  const attribute: AttributeRecord = {
    id: shop.nextId('attribute'),
    name,
    slug,
    type: textOf(body.type) || 'select',
    orderBy: textOf(body.order_by) || 'menu_order',
    hasArchives: booleanOf(body.has_archives),
  };
  shop.attributes.set(attribute.id, attribute);
  shop.changed();
  return { status: 201, body: attributeView(attribute), location: `${path}/${attribute.id}` };
}
