import {
  type DocumentNode,
  execute,
  type FieldNode,
  type GraphQLSchema,
  getNamedType,
  isListType,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { MAX_PAGE, UNBOUNDED } from './paging.ts';

const MAX_CONNECTIONS = 5;
const MAX_DEPTH = 2;

/** Why a query is none for bulk work, in Shopify's words; empty when it is one. */
export function bulkProblems(schema: GraphQLSchema, text: string): string[] {
  let document: DocumentNode;
  try {
    document = parse(text);
  } catch {
    const isEmpty = text.trim() === '';
    return [`Invalid bulk query: syntax error, ${isEmpty ? 'unexpected end of file' : 'unexpected token'}`];
  }
  const operation = operationOf(document);
  if (operation?.operation !== 'query') return ['Invalid operation type. Only `query` operations are supported.'];
  const invalid = validate(schema, document);
  const found = lookThrough(schema, document);
  const problems: string[] = [];
  if (found.hasNode) problems.push('Bulk queries cannot contain a top level `node` field.');
  if (found.count === 0) problems.push('Bulk queries must contain at least one connection.');
  if (found.count > MAX_CONNECTIONS) {
    problems.push(`Bulk queries cannot contain more than ${MAX_CONNECTIONS} connections.`);
  }
  if (found.inList) {
    problems.push('Queries that contain a connection field within a list field are not currently supported.');
  }
  if (found.depth > MAX_DEPTH) {
    problems.push(`Bulk queries cannot contain connections with a nesting depth greater than ${MAX_DEPTH}.`);
  }
  const [byNodes] = found.byNodes;
  if (byNodes !== undefined) {
    const how = `e.g: '${byNodes} { edges { node {'. Selecting via 'nodes' is not supported.`;
    problems.push(
      `All connection fields in a bulk query must select their contents using 'edges' > 'node', ${how} Invalid connection fields: '${byNodes}'.`,
    );
  }
  if (found.withoutId.length > 0) {
    problems.push(
      `The parent 'node' field for a nested connection must select the 'id' field without an alias and must be of 'ID' return type. Connection fields without 'id': ${found.withoutId.join(', ')}.`,
    );
  }
  return problems.length > 0 ? problems : invalid.map(({ message }) => `Invalid bulk query: ${message}`);
}

interface Found {
  count: number;
  depth: number;
  hasNode: boolean;
  inList: boolean;
  byNodes: string[];
  withoutId: string[];
}

/** What connections a query has, and where. Fields that this schema does not know are passed over. */
function lookThrough(schema: GraphQLSchema, document: DocumentNode): Found {
  const found: Found = { count: 0, depth: 0, hasNode: false, inList: false, byNodes: [], withoutId: [] };
  const info = new TypeInfo(schema);
  const above: string[] = [];
  let lists = 0;
  const isConnection = () => getNamedType(info.getType())?.name.endsWith('Connection') ?? false;
  visit(
    document,
    visitWithTypeInfo(info, {
      Field: {
        enter(node: FieldNode) {
          if (node.name.value === 'node' && info.getParentType()?.name === 'QueryRoot') found.hasNode = true;
          // Lists inside connections (`edges`, `nodes`) are theirs.
          const isPlainList = isListOf(info) && node.name.value !== 'edges' && node.name.value !== 'nodes';
          if (isPlainList) lists += 1;
          if (!isConnection()) return;
          found.count += 1;
          if (lists > 0) found.inList = true;
          above.push(node.name.value);
          found.depth = Math.max(found.depth, above.length - 1);
          if (fieldOf(node.selectionSet, 'nodes') !== undefined) found.byNodes.push(node.name.value);
          const inner = fieldOf(fieldOf(node.selectionSet, 'edges')?.selectionSet, 'node')?.selectionSet;
          const nests = inner?.selections.some(
            (one) => one.kind === Kind.FIELD && fieldOf(one.selectionSet, 'edges') !== undefined,
          );
          if (nests === true && fieldOf(inner, 'id') === undefined) found.withoutId.push(node.name.value);
        },
        leave(node: FieldNode) {
          if (isListOf(info) && node.name.value !== 'edges' && node.name.value !== 'nodes') lists -= 1;
          if (isConnection()) above.pop();
        },
      },
    }),
  );
  return found;
}

function isListOf(info: TypeInfo): boolean {
  const type = info.getType();
  return type != null && (isListType(type) || ('ofType' in type && isListType(type.ofType)));
}

function fieldOf(set: SelectionSetNode | undefined, name: string): FieldNode | undefined {
  return set?.selections.find((one): one is FieldNode => one.kind === Kind.FIELD && one.name.value === name);
}

function operationOf(document: DocumentNode): OperationDefinitionNode | undefined {
  return document.definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION);
}

/** The lines of a query's result: an object each, children with their parent's id. */
export interface BulkLines {
  readonly lines: string[];
  readonly rootCount: number;
}

/**
 * Carries a query out, page by page.
 *
 * @param grouped children follow their parent; otherwise all of them come after all parents
 */
export async function runBulkQuery(
  schema: GraphQLSchema,
  rootValue: unknown,
  text: string,
  grouped: boolean,
): Promise<BulkLines> {
  const parents: string[] = [];
  const children: string[] = [];
  let rootCount = 0;
  for (let after: string | null = null; ; ) {
    const document = asPage(parse(text), after);
    const result = await execute({ schema, document, rootValue });
    const [error] = result.errors ?? [];
    if (error !== undefined) throw error;
    after = null;
    for (const connection of Object.values(result.data ?? {})) {
      if (!isRecord(connection) || !Array.isArray(connection.edges)) continue;
      for (const edge of connection.edges) {
        rootCount += 1;
        flatten(isRecord(edge) ? edge.node : null, null, parents, grouped ? parents : children);
      }
      const pageInfo = isRecord(connection.pageInfo) ? connection.pageInfo : {};
      if (pageInfo.hasNextPage === true && typeof pageInfo.endCursor === 'string') after = pageInfo.endCursor;
    }
    if (after === null) return { lines: [...parents, ...children], rootCount };
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function flatten(node: unknown, parentId: unknown, own: string[], below: string[]): void {
  if (!isRecord(node)) return;
  const inner: unknown[] = [];
  const plain = withoutConnections(node, inner);
  own.push(JSON.stringify(parentId === null ? plain : { ...plain, __parentId: parentId }));
  for (const edge of inner) flatten(isRecord(edge) ? edge.node : null, node.id, below, below);
}

/** Connections stand on lines of their own, also those inside plain objects. */
function withoutConnections(node: Record<string, unknown>, found: unknown[]): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(node)) {
    if (isRecord(value) && Array.isArray(value.edges)) found.push(...value.edges);
    else plain[name] = isRecord(value) ? withoutConnections(value, found) : value;
  }
  return plain;
}

/** The query with sizes of pages written in: the outer ones in pages, the inner ones whole. */
function asPage(document: DocumentNode, after: string | null): DocumentNode {
  let depth = 0;
  return visit(document, {
    Field: {
      enter(node: FieldNode) {
        if (fieldOf(node.selectionSet, 'edges') === undefined) return undefined;
        depth += 1;
        const size = String(depth === 1 ? MAX_PAGE : UNBOUNDED);
        const kept = (node.arguments ?? []).filter(({ name }) => !['first', 'after'].includes(name.value));
        const first = argumentOf('first', { kind: Kind.INT, value: size });
        if (depth > 1) return { ...node, arguments: [...kept, first] };
        const cursor = after === null ? [] : [argumentOf('after', { kind: Kind.STRING, value: after })];
        const pageInfo = parse('{ pageInfo { hasNextPage endCursor } }').definitions[0];
        const more = pageInfo?.kind === Kind.OPERATION_DEFINITION ? pageInfo.selectionSet.selections : [];
        const selections = [...(node.selectionSet?.selections ?? []), ...more];
        const selectionSet = { kind: Kind.SELECTION_SET, selections } as const;
        return { ...node, arguments: [...kept, first, ...cursor], selectionSet };
      },
      leave(node: FieldNode) {
        if (fieldOf(node.selectionSet, 'edges') !== undefined) depth -= 1;
      },
    },
  });
}

function argumentOf(name: string, value: { kind: Kind.INT; value: string } | { kind: Kind.STRING; value: string }) {
  return { kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: name }, value } as const;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
