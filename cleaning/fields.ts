import type { RawProduct, RawVariant } from './refine.ts';

export const measureFields = ['weightGrams', 'lengthMm', 'widthMm', 'heightMm'] as const;
export const variantFields = [...measureFields, 'barcode', 'hsCode', 'originCountryCode'] as const;
type VariantField = (typeof variantFields)[number];

/** What a rule may name as its field. */
export const fieldPattern = `^(title|description|category|attributes(\\.[^.\\r\\n]{1,60})?|options(\\.[^.\\r\\n]{1,60})?|${variantFields.join('|')})$`;

export type Value = string | number | null;

/** One place of a product: its name in explanations, the value, and how the product looks with another one there. */
export interface Place {
  readonly name: string;
  readonly value: Value;
  set(product: RawProduct, value: Value): RawProduct;
}

const sameName = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();
const asText = (value: Value): string => (value === null ? '' : String(value));

/** How a variant is called in explanations: its SKU, or its id in the source. */
export const variantName = ({ sku, externalId }: Pick<RawVariant, 'sku' | 'externalId'>): string =>
  sku?.trim() || externalId;

/** The places that a rule's field means in a product, in a stable order. */
export function placesOf(product: RawProduct, field: string): Place[] {
  if (field === 'title') {
    return [{ name: 'title', value: product.title, set: (to, value) => ({ ...to, title: asText(value) }) }];
  }
  if (field === 'description') {
    const set: Place['set'] = (to, value) => ({ ...to, descriptionHtml: asText(value) });
    return [{ name: 'description', value: product.descriptionHtml, set }];
  }
  if (field === 'category') return [categoryPlace(product)];
  const [group = '', ...rest] = field.split('.');
  const only = rest.length > 0 ? rest.join('.') : null;
  if (group === 'attributes') return attributePlaces(product, only);
  if (group === 'options') return optionPlaces(product, only);
  const known = variantFields.find((name) => name === field);
  return known ? product.variants.map((variant, index) => variantPlace(variant, index, known)) : [];
}

function categoryPlace(product: RawProduct): Place {
  const [first, ...others] = product.categories;
  return {
    name: 'category',
    value: first?.name ?? null,
    set: (to, value) => ({
      ...to,
      categories: value === null ? [] : [{ externalId: first?.externalId ?? '', name: asText(value) }, ...others],
    }),
  };
}

function attributePlaces(product: RawProduct, only: string | null): Place[] {
  const named = product.attributes.flatMap(({ name, values }, index) =>
    only !== null && !sameName(name, only)
      ? []
      : values.map(
          (value, at): Place => ({
            name: values.length > 1 ? `attributes.${name}.${at + 1}` : `attributes.${name}`,
            value,
            set: (to, next) => ({
              ...to,
              attributes: to.attributes.map((attribute, other) =>
                other === index
                  ? { ...attribute, values: attribute.values.map((own, place) => (place === at ? asText(next) : own)) }
                  : attribute,
              ),
            }),
          }),
        ),
  );
  if (named.length > 0 || only === null) return named;
  // A rule with a default may give an attribute to a product that has none of that name.
  const set: Place['set'] = (to, value) =>
    value === null ? to : { ...to, attributes: [...to.attributes, { name: only, values: [asText(value)] }] };
  return [{ name: `attributes.${only}`, value: null, set }];
}

const replaceVariant = (
  product: RawProduct,
  index: number,
  change: (variant: RawVariant) => RawVariant,
): RawProduct => ({
  ...product,
  variants: product.variants.map((variant, at) => (at === index ? change(variant) : variant)),
});

function optionPlaces(product: RawProduct, only: string | null): Place[] {
  return product.variants.flatMap((variant, index) =>
    variant.options.flatMap(({ name, value }, at): Place[] => {
      if (only !== null && !sameName(name, only)) return [];
      const set: Place['set'] = (to, next) =>
        replaceVariant(to, index, (own) => ({
          ...own,
          options: own.options.map((option, place) => (place === at ? { ...option, value: asText(next) } : option)),
        }));
      return [{ name: `variants.${variantName(variant)}.options.${name}`, value, set }];
    }),
  );
}

function variantPlace(variant: RawVariant, index: number, field: VariantField): Place {
  return {
    name: `variants.${variantName(variant)}.${field}`,
    value: variant[field],
    set: (to, value) => replaceVariant(to, index, (own) => ({ ...own, [field]: value })),
  };
}
