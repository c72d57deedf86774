import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** Objects that cost nothing by themselves. */
const FREE_TYPES = new Set(['MoneyV2', 'MoneyBag', 'MailingAddress', 'LocationAddress']);
const FREE_FIELDS = new Set(['pageInfo', 'edges']);
const MUTATION_POINTS = 10;
const COUNT_POINTS = 10;

interface Walk {
  schema: GraphQLSchema;
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  variables: Readonly<Record<string, unknown>>;
}

/**
 * Points that an operation asks for, by a formula that was fitted to recorded answers: objects 1, connections
 * 2 + 2·ln(first) × node, scalars and money nothing, mutations 10 at least.
 */
export function requestedPoints(operation: OperationDefinitionNode, walk: Walk): number {
  const isMutation = operation.operation === 'mutation';
  const root = isMutation ? walk.schema.getMutationType() : walk.schema.getQueryType();
  const points = root ? childPoints(operation.selectionSet, root.name, walk) : 0;
  return isMutation ? Math.max(MUTATION_POINTS, MUTATION_POINTS - 1 + points) : Math.max(1, points);
}

function childPoints(set: SelectionSetNode, typeName: string, walk: Walk): number {
  let points = 0;
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) points += fieldPoints(selection, typeName, walk);
    else if (selection.kind === Kind.INLINE_FRAGMENT) {
      const inner = selection.typeCondition?.name.value ?? typeName;
      points += childPoints(selection.selectionSet, inner, walk);
    } else {
      const fragment = walk.fragments.get(selection.name.value);
      if (fragment) points += childPoints(fragment.selectionSet, fragment.typeCondition.name.value, walk);
    }
  }
  return points;
}

function fieldPoints(field: FieldNode, typeName: string, walk: Walk): number {
  const type = walk.schema.getType(typeName);
  if (!isCompositeType(type) || (!isObjectType(type) && !isAbstractType(type)) || !('getFields' in type)) return 0;
  const definition = type.getFields()[field.name.value];
  if (definition === undefined || field.selectionSet === undefined || isLeftOut(field, walk)) return 0;
  if (/Count$/.test(field.name.value)) return isRoot(walk, typeName) ? COUNT_POINTS : 1;
  const named = getNamedType(definition.type).name;
  const children = childPoints(field.selectionSet, named, walk);
  if (FREE_TYPES.has(named) || FREE_FIELDS.has(field.name.value) || named.endsWith('UserError')) return children;
  if (named.endsWith('Connection')) {
    const nodes = field.selectionSet.selections.filter(
      (one) => one.kind === Kind.FIELD && one.name.value !== 'pageInfo',
    );
    // `nodes` is a list of objects: its own point is the 1 of "1 + children of a node".
    const node = nodes.length === 0 ? 1 : children;
    const first = Number(argument(field, 'first', walk) ?? 0);
    return 2 + (first === 0 ? 0 : Math.floor(Math.max(1, 2 * Math.log(first))) * node);
  }
  const size = isList(definition.type) ? listSize(field, walk) : 1;
  return size * (1 + children);
}

function isRoot({ schema }: Walk, typeName: string): boolean {
  return schema.getQueryType()?.name === typeName;
}

/** `@include(if: $x)` with a variable that is false. */
function isLeftOut(field: FieldNode, { variables }: Walk): boolean {
  const value = field.directives?.find(({ name }) => name.value === 'include')?.arguments?.[0]?.value;
  return value?.kind === Kind.VARIABLE && variables[value.name.value] === false;
}

function isList(type: GraphQLOutputType): boolean {
  return isListType(getNullableType(type));
}

/** `nodes(ids:)` counts its ids, other lists count once: by recordings also `quantities(names:)`, whatever is named. */
function listSize(field: FieldNode, walk: Walk): number {
  const ids = argument(field, 'ids', walk);
  return Array.isArray(ids) ? Math.max(1, ids.length) : 1;
}

function argument(field: FieldNode, name: string, { variables }: Walk): unknown {
  const value = field.arguments?.find((one) => one.name.value === name)?.value;
  if (value === undefined) return undefined;
  if (value.kind === Kind.VARIABLE) return variables[value.name.value];
  if (value.kind === Kind.LIST) return value.values;
  return value.kind === Kind.INT ? Number(value.value) : undefined;
}

/** The bucket of points of one app in one shop, on wall time. */
export class PointBucket {
  #available: number | null = null;
  #atMs = performance.now();

  /** Null when the points are there (and are taken), else what is available. */
  take(points: number, maximum: number, restoredPerSecond: number): { ok: boolean; available: number } {
    const nowMs = performance.now();
    const restored = ((nowMs - this.#atMs) / 1000) * restoredPerSecond;
    const available = Math.min(maximum, (this.#available ?? maximum) + restored);
    this.#atMs = nowMs;
    this.#available = available >= points ? available - points : available;
    return { ok: available >= points, available: Math.floor(this.#available) };
  }

  reset(): void {
    this.#available = null;
  }
}
