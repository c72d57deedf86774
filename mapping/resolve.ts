import { wordKey } from '../cleaning/text.ts';
import type { RowFinding } from '../connectors/contract/store.ts';
import { attributeKey, categoryKey, type MappingKind, valueKey } from './keys.ts';

/** One mapping in force. `targetId` null: it is not sent there. */
export interface Mapping {
  readonly kind: MappingKind;
  readonly sourceKey: string;
  readonly targetId: string | null;
  /** Set for this brand alone; such a one goes before one for every brand. */
  readonly ofBrand: boolean;
}

/** An attribute that the marketplace has for a category, as last read. */
export interface TargetAttribute {
  readonly id: string;
  readonly name: string;
  readonly forVariants: boolean | null;
  readonly required: boolean | null;
  readonly choices: readonly { readonly id: string; readonly name: string }[];
}

export interface MappingInput {
  readonly marketplace: string;
  readonly category: string | null;
  readonly attributes: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly skus: readonly {
    readonly sellerSku: string;
    readonly options: readonly { name: string; value: string }[];
  }[];
  readonly mappings: readonly Mapping[];
  /** The attributes of a category over there; empty where nobody has read them. */
  readonly targetsOf: (categoryId: string) => readonly TargetAttribute[];
  /** The category that the account's listings begin with. */
  readonly defaultCategoryId: string | null;
  /** What a person chose at the listing itself; it decides which attributes there are. Null: nobody did. */
  readonly chosenCategoryId: string | null;
}

/** Something of the brand's that nobody has mapped. */
export interface Unmapped {
  readonly kind: MappingKind;
  readonly sourceKey: string;
  readonly sourceLabel: string;
  /** It forbids sending the listing. */
  readonly required: boolean;
}

export interface Resolved {
  /** What mapping makes of the product's category, whatever a person chose. */
  readonly categoryId: string | null;
  /** Marketplace attribute id → value id. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Seller SKU → attribute id → value id. */
  readonly variantAttributes: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly unmapped: readonly Unmapped[];
  readonly findings: readonly RowFinding[];
}

const queue = 'Settle it in the mapping queue; every listing that waits for it follows.';

/**
 * What a product's category, attributes and options are called over there. Exact names (without regard to case, accents
 * and blanks) match by themselves, everything else is what a person has set. Pure.
 */
export function resolveMappings(input: MappingInput): Resolved {
  const unmapped = new Map<string, Unmapped>();
  const findings: RowFinding[] = [];
  const miss = (item: Unmapped): void => {
    const key = `${item.kind} ${item.sourceKey}`;
    unmapped.set(key, { ...item, required: item.required || unmapped.get(key)?.required === true });
  };
  const find = finderOf(input.mappings);
  const categoryId = categoryOf(input, find, miss, findings);
  const soldIn = input.chosenCategoryId ?? categoryId;
  const targets = soldIn === null ? [] : input.targetsOf(soldIn);
  const match = (name: string, value: string, required: (target: TargetAttribute | undefined) => boolean) =>
    pairOf({ name, value, find, targets, miss, required });
  const tellsApart = input.skus.length > 1 && targets.some(({ forVariants }) => forVariants === true);
  const variantAttributes = Object.fromEntries(
    input.skus.map(({ sellerSku, options }) => {
      const pairs = options.flatMap(({ name, value }) => {
        const pair = match(name, value, () => tellsApart);
        return pair ? [pair] : [];
      });
      return [sellerSku, Object.fromEntries(pairs)];
    }),
  );
  const told = new Set(Object.values(variantAttributes).flatMap(Object.keys));
  const attributes: Record<string, string> = {};
  for (const { name, values } of input.attributes) {
    for (const value of values.filter((text) => text.trim() !== '')) {
      const pair = match(name, value, (target) => target?.required === true);
      // Shops list what tells the SKUs apart with the product as well: there it is each SKU's own. Where several values
      // map to one attribute, the first is sent: one value each is all that the contract has.
      if (pair && !told.has(pair[0]) && !Object.hasOwn(attributes, pair[0])) attributes[pair[0]] = pair[1];
    }
  }
  const given = new Set([...Object.keys(attributes), ...Object.values(variantAttributes).flatMap(Object.keys)]);
  for (const { id, name } of targets.filter(({ required }) => required === true)) {
    if (given.has(id)) continue;
    findings.push({
      field: `attributes.${name}`,
      value: null,
      reason: `${input.marketplace} demands ${name} in this category; the product has none that is mapped to it.`,
      remedy: `Give the product the attribute, or map one of its attributes to ${name} in the mapping queue.`,
      blocking: true,
    });
  }
  for (const { kind, required, sourceLabel } of unmapped.values()) {
    if (required && kind !== 'category') {
      const reason = `“${sourceLabel}” is not mapped to ${input.marketplace}.`;
      findings.push({ field: `attributes.${sourceLabel}`, value: sourceLabel, reason, remedy: queue, blocking: true });
    }
  }
  return { categoryId, attributes, variantAttributes, unmapped: [...unmapped.values()], findings };
}

type Find = (kind: MappingKind, key: string) => Mapping | undefined;

function finderOf(mappings: readonly Mapping[]): Find {
  const general = new Map<string, Mapping>();
  const own = new Map<string, Mapping>();
  for (const mapping of mappings)
    (mapping.ofBrand ? own : general).set(`${mapping.kind} ${mapping.sourceKey}`, mapping);
  return (kind, key) => own.get(`${kind} ${key}`) ?? general.get(`${kind} ${key}`);
}

function categoryOf(
  input: MappingInput,
  find: Find,
  miss: (item: Unmapped) => void,
  findings: RowFinding[],
): string | null {
  const { category, defaultCategoryId, marketplace } = input;
  const label = category?.trim() ? category : '(no category)';
  const known = find('category', categoryKey(label));
  const chosen = input.chosenCategoryId !== null;
  const say = (reason: string, blocking: boolean): void => {
    if (!chosen) findings.push({ field: 'categoryId', value: category, reason, remedy: queue, blocking });
  };
  if (known) {
    if (known.targetId === null) say(`“${label}” is set not to be sold on ${marketplace}.`, true);
    return known.targetId;
  }
  const required = defaultCategoryId === null;
  if (!chosen) miss({ kind: 'category', sourceKey: categoryKey(label), sourceLabel: label, required });
  if (required) say(`The category “${label}” is not mapped to one of ${marketplace}.`, true);
  else say(`The category “${label}” is not mapped to one of ${marketplace}: the account’s default is used.`, false);
  return defaultCategoryId;
}

function pairOf(asked: {
  name: string;
  value: string;
  find: Find;
  targets: readonly TargetAttribute[];
  miss: (item: Unmapped) => void;
  required: (target: TargetAttribute | undefined) => boolean;
}): [attributeId: string, valueId: string] | null {
  const { name, value, find, targets, miss } = asked;
  const mapped = find('attribute', attributeKey(name));
  if (mapped?.targetId === null) return null;
  const named = targets.find((target) => wordKey(target.name) === wordKey(name));
  const attributeId = mapped?.targetId ?? named?.id;
  const target = targets.find(({ id }) => id === attributeId);
  const required = asked.required(target);
  if (attributeId === undefined) {
    miss({ kind: 'attribute', sourceKey: attributeKey(name), sourceLabel: name, required });
    return null;
  }
  const known = find('value', valueKey(name, value));
  if (known) return known.targetId === null ? null : [attributeId, known.targetId];
  const choice = target?.choices.find((one) => wordKey(one.name) === wordKey(value));
  if (choice) return [attributeId, choice.id];
  miss({ kind: 'value', sourceKey: valueKey(name, value), sourceLabel: `${name} = ${value}`, required });
  return null;
}
