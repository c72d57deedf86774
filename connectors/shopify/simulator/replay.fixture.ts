import { existsSync, readFileSync } from 'node:fs';
import {
  type FieldNode,
  getNamedType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { expect } from 'vitest';
import type { RunningSimulator } from '../../simulator-kit/index.ts';
import { startShopifySimulator } from './index.ts';
import { comparable, drop, mismatches } from './replay-compare.fixture.ts';
import { schema } from './roots.ts';

export const recordings = new URL('../../../../shared/reference/recorded/shopify-admin/', import.meta.url);
/** Why nothing is replayed; null where the recordings are there. */
export const missing = existsSync(recordings) ? null : 'no recordings of real shops on this machine';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export interface Exchange {
  readonly name: string;
  readonly query: string;
  readonly variables: Json;
  readonly answer: Json;
}

/** A field's path in an answer → why it is another one here. */
export type Differences = Readonly<Record<string, string>>;

/** Replays recorded exchanges on one simulator; ids of the recording are learned from answers. */
export class Replay {
  readonly #simulator: RunningSimulator;
  readonly #ids = new Map<string, string>();
  /** Fields of recorded documents that the simulated part of the schema does not have: `Order.returns`. */
  readonly leftOut = new Set<string>();

  constructor(simulator: RunningSimulator) {
    this.#simulator = simulator;
  }

  static async start(): Promise<Replay> {
    const app = { clientId: 'replay', clientSecret: 'replay-secret', accessToken: 'shpat_replay', currency: 'CAD' };
    const dials = { bucketPoints: 100_000, restoredPerSecond: 10_000, bulkPolls: 100 };
    return new Replay(await startShopifySimulator({ ...app, dials }));
  }

  close(): Promise<void> {
    return this.#simulator.close();
  }

  /** The recording's id stands for one of the simulator. */
  same(recorded: string, here: string): void {
    this.#ids.set(recorded, here);
  }

  here(recorded: string): string {
    return this.#ids.get(recorded) ?? recorded;
  }

  /** Sends the recorded call and compares the answer, as far as its fields are part of the simulated schema. */
  async matches({ name, query, variables, answer }: Exchange, differences: Differences = {}): Promise<void> {
    const wanted = payloadOf(answer);
    const isAboutDocument = isRecord(wanted) && !('data' in wanted);
    const document = isAboutDocument ? query : this.#pruned(query);
    const got = await this.send(document, this.#replaced(variables));
    this.#learn(wanted, got);
    const selected = isAboutDocument ? wanted : { data: dataOf(wanted, document) };
    const codes = isRecord(wanted) && 'errors' in wanted ? { errors: wanted.errors ?? null } : {};
    const [left, right] = [comparable({ ...asRecord(selected), ...codes }), comparable(got)];
    for (const path of Object.keys(differences)) for (const side of [left, right]) drop(side, path.split('.'));
    const strange = isRecord(wanted) && !('errors' in wanted) && isRecord(got) ? (got.errors ?? []) : [];
    expect([...mismatches(left, right, name), ...(strange as Json[])]).toEqual([]);
  }

  async send(query: string, variables: Json): Promise<Json> {
    const response = await fetch(`${this.#simulator.url}/admin/api/2026-07/graphql.json`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-shopify-access-token': 'shpat_replay' },
      body: JSON.stringify({ query, variables }),
    });
    expect(response.status).toBe(200);
    return response.json() as Promise<Json>;
  }

  async control(path: string, body: Json): Promise<Json> {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${this.#simulator.url}/__control${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    return answer.json() as Promise<Json>;
  }

  /** A product with so many pieces (the state that the recorded shop was in), for the recording's item and location. */
  async stocked(itemId: string, locationId: string, available = 0): Promise<string> {
    const made = await this.control('/products', {
      title: 'Replayed',
      variants: [{ price: '1.00', available }],
    });
    const [variant] = at(made, ['products', '0', 'variants']) as { id: number; itemId: number }[];
    this.same(itemId, `gid://shopify/InventoryItem/${variant?.itemId}`);
    this.same(locationId, 'gid://shopify/Location/501');
    return `gid://shopify/ProductVariant/${variant?.id}`;
  }

  #pruned(query: string): string {
    const info = new TypeInfo(schema);
    const document = visit(
      parse(query),
      visitWithTypeInfo(info, {
        [Kind.FIELD]: {
          enter: (node: FieldNode) => {
            const parent = info.getParentType();
            if (node.name.value.startsWith('__') || parent == null) return undefined;
            const definition = info.getFieldDef();
            const known = (node.arguments ?? []).filter((one) =>
              definition?.args.some(({ name }) => name === one.name.value),
            );
            if (definition != null && known.length === (node.arguments ?? []).length) return undefined;
            this.leftOut.add(`${parent.name}.${node.name.value}${definition == null ? '' : ' (arguments)'}`);
            return definition == null ? null : { ...node, arguments: known };
          },
          leave: (node: FieldNode) => (node.selectionSet?.selections.length === 0 ? null : undefined),
        },
      }),
    );
    const used = new Set<string>();
    visit(document, {
      VariableDefinition: () => false,
      Variable: ({ name }) => void used.add(name.value),
    });
    return print(
      visit(document, {
        VariableDefinition: (node) => (used.has(node.variable.name.value) ? undefined : null),
        FragmentDefinition: (node) => (query.includes(`...${node.name.value}`) ? undefined : null),
      }),
    );
  }

  #learn(wanted: Json, got: Json): void {
    if (Array.isArray(wanted) && Array.isArray(got))
      for (const [index, one] of wanted.entries()) this.#learn(one, got[index] ?? null);
    else if (isRecord(wanted) && isRecord(got))
      for (const key of Object.keys(wanted)) this.#learn(wanted[key] ?? null, got[key] ?? null);
    else if (typeof wanted === 'string' && wanted.startsWith('gid://') && typeof got === 'string')
      this.#ids.set(wanted, got);
  }

  #replaced(value: Json): Json {
    if (Array.isArray(value)) return value.map((one) => this.#replaced(one));
    if (isRecord(value))
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.#replaced(one)]));
    return typeof value === 'string' ? (this.#ids.get(value) ?? value) : value;
  }
}

/** A document that selects what a recorded answer shows; for recordings that do not hold theirs. */
export function documentOf(head: string, call: string, answer: Json, aliasOf = (key: string) => key): string {
  const selection = (value: Json): string => {
    const one = Array.isArray(value) ? (value.find(isRecord) ?? null) : value;
    if (!isRecord(one)) return '';
    const fields = Object.entries(one).map(([key, inner]) => `${key}${argumentsOf(key)} ${selection(inner)}`);
    return `{ ${fields.join(' ')} }`;
  };
  const [root] = Object.values(asRecord(at(payloadOf(answer), ['data'])));
  const [name] = Object.keys(asRecord(at(payloadOf(answer), ['data'])));
  const errors = 'userErrors { field message }';
  const body = selection(root ?? null).replace(/userErrors\s*(?:\{[^}]*\})?/, errors);
  return completed(`${head} { ${aliasOf(name ?? '')}: ${call} ${body} }`);
}

/** What was null or empty in the recording gets a selection, so that the document is one. */
function completed(query: string): string {
  const info = new TypeInfo(schema);
  const document = visit(
    parse(query),
    visitWithTypeInfo(info, {
      [Kind.FIELD]: (node: FieldNode) => {
        const type = getNamedType(info.getType());
        if (node.selectionSet !== undefined || !isObjectType(type)) return undefined;
        const field = 'id' in type.getFields() ? 'id' : 'message' in type.getFields() ? 'message' : '__typename';
        const name = { kind: Kind.NAME, value: field } as const;
        return { ...node, selectionSet: { kind: Kind.SELECTION_SET, selections: [{ kind: Kind.FIELD, name }] } };
      },
    }),
  );
  return print(document);
}

const PAGED = new Set([
  'lineItems',
  'refundLineItems',
  'transactions',
  'variants',
  'fulfillmentOrders',
  'shippingLines',
]);

function argumentsOf(key: string): string {
  return PAGED.has(key) ? '(first: 10)' : '';
}

export function read(name: string): Json {
  return JSON.parse(readFileSync(new URL(name, recordings), 'utf8'));
}

export function at(value: Json, path: readonly string[]): Json {
  return path.reduce<Json>((inner, key) => {
    if (Array.isArray(inner)) return inner[Number(key)] ?? null;
    return isRecord(inner) ? (inner[key] ?? null) : null;
  }, value);
}

/** Exchanges of a file by their places; each holds its own document. */
export function exchangesOf(file: Json, ...paths: string[][]): Exchange[] {
  return paths.map((path) => {
    const one = asRecord(at(file, path));
    const query = String(one.query ?? one.document);
    return { name: path.join('.'), query, variables: one.variables ?? {}, answer: one.response ?? null };
  });
}

function payloadOf(answer: Json): Json {
  return isRecord(answer) && 'payload' in answer ? (answer.payload ?? null) : answer;
}

/** What of the recorded data the (pruned) document asks for. */
function dataOf(wanted: Json, document: string): Json {
  const definitions = parse(document).definitions;
  const operation = definitions.find((one): one is OperationDefinitionNode => one.kind === Kind.OPERATION_DEFINITION);
  const fragments = new Map(
    definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [])),
  );
  const fieldsOf = (node: OperationDefinitionNode['selectionSet']): FieldNode[] =>
    node.selections.flatMap((one) => {
      if (one.kind === Kind.FIELD) return [one];
      const inner = one.kind === Kind.FRAGMENT_SPREAD ? fragments.get(one.name.value) : one;
      return inner === undefined ? [] : fieldsOf(inner.selectionSet);
    });
  const pick = (value: Json, set: OperationDefinitionNode['selectionSet'] | undefined): Json => {
    if (Array.isArray(value)) return value.map((one) => pick(one, set));
    if (!isRecord(value) || set === undefined) return value;
    return Object.fromEntries(
      fieldsOf(set).flatMap((field) => {
        const key = field.alias?.value ?? field.name.value;
        return key in value ? [[key, pick(value[key] ?? null, field.selectionSet)]] : [];
      }),
    );
  };
  return pick(at(wanted, ['data']), operation?.selectionSet);
}

function asRecord(value: Json): { [key: string]: Json } {
  return isRecord(value) ? value : {};
}

export function isRecord(value: unknown): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
