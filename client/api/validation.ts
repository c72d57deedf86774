import type { TSchema } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import { Value } from '@sinclair/typebox/value';
import type { FastifySchemaCompiler } from 'fastify';
import { ApiError } from './errors.ts';

/**
 * Compiles a TypeBox schema into Fastify's validator. Bodies are taken as they are; query, path and headers are texts
 * and become numbers and booleans where the schema says so. Nothing is removed silently: an unknown key is a refusal.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const check = TypeCompiler.Compile(schema);
  return (given: unknown) => {
    const converted = httpPart === 'body' ? given : Value.Convert(schema, Value.Clone(given));
    const value = Value.Default(schema, converted);
    if (check.Check(value)) return { value };
    const faults = [...check.Errors(value)].slice(0, 20).map(({ path, message }) => ({ path: path || '/', message }));
    const first = faults[0];
    return {
      error: new ApiError(
        'InvalidInput',
        `${httpPart ?? 'input'} ${first?.path ?? '/'}: ${first?.message ?? 'wrong'}`,
        {
          details: { part: httpPart ?? 'input', faults },
        },
      ),
    };
  };
};
