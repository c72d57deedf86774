import { existsSync, readFileSync } from 'node:fs';
import {
  buildSchema,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  validateSchema,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from './graphql.ts';

const folder = new URL('../../../../shared/reference/shopify-admin-schema/', import.meta.url);
const missing = existsSync(folder) ? null : 'no schemas of Shopify on this machine';

/** What of `own` is not in `real` in the very same form. */
function strangers(own: GraphQLSchema, real: GraphQLSchema): string[] {
  const found: string[] = [];
  for (const type of Object.values(own.getTypeMap())) {
    if (isIntrospectionType(type)) continue;
    const other = real.getType(type.name);
    if (other === undefined || other.constructor !== type.constructor) found.push(type.name);
    else found.push(...strangersIn(type, other));
  }
  return found;
}

function strangersIn(type: GraphQLNamedType, other: GraphQLNamedType): string[] {
  const found: string[] = [];
  if (isEnumType(type) && isEnumType(other)) {
    for (const { name } of type.getValues()) if (!other.getValue(name)) found.push(`${type.name}.${name}`);
  }
  if (isInputObjectType(type) && isInputObjectType(other)) {
    const [own, all] = [type.getFields(), other.getFields()];
    for (const [name, field] of Object.entries(own)) {
      const twin = all[name];
      if (String(twin?.type) !== String(field.type) || twin?.defaultValue !== field.defaultValue) {
        found.push(`${type.name}.${name}`);
      }
    }
    for (const [name, field] of Object.entries(all)) {
      if (isRequiredInputField(field) && !own[name]) found.push(`${type.name} lacks ${name}`);
    }
  }
  if ((isObjectType(type) || isInterfaceType(type)) && (isObjectType(other) || isInterfaceType(other))) {
    for (const [name, field] of Object.entries(type.getFields())) {
      const twin = other.getFields()[name];
      if (String(twin?.type) !== String(field.type)) found.push(`${type.name}.${name}`);
      for (const argument of field.args) {
        const known = twin?.args.find((one) => one.name === argument.name);
        const isSame = String(known?.type) === String(argument.type) && known?.defaultValue === argument.defaultValue;
        if (!isSame) found.push(`${type.name}.${name}(${argument.name})`);
      }
      for (const argument of (twin?.args ?? []).filter(isRequiredArgument)) {
        if (!field.args.some((one) => one.name === argument.name))
          found.push(`${type.name}.${name} lacks ${argument.name}`);
      }
    }
  }
  return found;
}

describe('schema', () => {
  it('is valid by itself', () => {
    expect(validateSchema(schema)).toEqual([]);
  });

  for (const version of ['2026-07', '2026-10']) {
    it.skipIf(missing !== null)(`is a true subset of Shopify's ${version} [${missing ?? 'schemas there'}]`, () => {
      const real = buildSchema(readFileSync(new URL(`admin-${version}.graphql`, folder), 'utf8'));
      expect(strangers(schema, real)).toEqual([]);
      const [own, other] = [schema.getDirective('idempotent'), real.getDirective('idempotent')];
      expect(own?.locations).toEqual(other?.locations);
      expect(own?.args.map(({ name, type }) => `${name}: ${type}`)).toEqual(
        other?.args.map(({ name, type }) => `${name}: ${type}`),
      );
    });
  }

  it('would be told that it is none', () => {
    const strange = buildSchema(
      'type Query { a(x: Int!): Int, gone: Int } enum E { A B } input I { a: Int = 1 } type T { e: E } scalar S',
    );
    const real = buildSchema('type Query { a(x: Int, y: Int!): Int } enum E { A } input I { a: Int, b: Int! }');
    expect(strangers(strange, real).toSorted()).toEqual(
      ['E.B', 'I lacks b', 'I.a', 'Query.a lacks y', 'Query.a(x)', 'Query.gone', 'S', 'T'].toSorted(),
    );
  });
});
