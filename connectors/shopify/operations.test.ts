import { existsSync, readFileSync } from 'node:fs';
import { buildSchema, type DocumentNode, type GraphQLSchema, Kind, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { type Operation, operations } from './operations.ts';
import { CATALOGUE_QUERY, PRICES_MUTATION } from './operations-bulk.ts';
import { bedDocuments } from './test-bed-documents.ts';

const folder = new URL('../../../shared/reference/shopify-admin-schema/', import.meta.url);
const missing = existsSync(folder) ? null : 'no schemas of Shopify on this machine';
const all = Object.entries<Operation>(operations);

function operationName(document: DocumentNode): string | undefined {
  const definition = document.definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION);
  return definition?.kind === Kind.OPERATION_DEFINITION ? definition.name?.value : undefined;
}

describe('operations', () => {
  for (const version of ['2026-07', '2026-10']) {
    it.skipIf(missing !== null)(`all validate against ${version} [${missing ?? 'schemas there'}]`, () => {
      const schema: GraphQLSchema = buildSchema(readFileSync(new URL(`admin-${version}.graphql`, folder), 'utf8'));
      const documents = [
        ...all.map(([key, { document }]): [string, string] => [key, document]),
        ...Object.entries({ CATALOGUE_QUERY, PRICES_MUTATION, ...bedDocuments }),
      ];
      const problems = documents.flatMap(([key, document]) =>
        validate(schema, parse(document)).map(({ message }) => `${key}: ${message}`),
      );
      expect(problems).toEqual([]);
    });
  }

  it('carry their own name and expect no more than one call may cost', () => {
    for (const [, { name, document, expectedPoints }] of all) {
      expect(operationName(parse(document))).toBe(name);
      expect(expectedPoints).toBeLessThanOrEqual(1000);
    }
    expect(new Set(all.map(([, { name }]) => name)).size).toBe(all.length);
  });

  it('say which mutations must not be repeated blindly', () => {
    expect(all.filter(([, { effect }]) => effect).map(([key]) => key)).toEqual(['createOrder', 'refund']);
  });
});
