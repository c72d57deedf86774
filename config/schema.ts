import { type Static, type TSchema, Type } from '@sinclair/typebox';
import type { VariableNotes } from './notes.ts';
import { groundVariables } from './variables-ground.ts';
import { serviceVariables } from './variables-service.ts';

/** Every environment variable of the project. Nothing else is read from the environment. */
export const environmentSchema = Type.Object({ ...groundVariables, ...serviceVariables });

/** The parsed environment: numbers are numbers, booleans are booleans, defaults are filled in. */
export type Environment = Static<typeof environmentSchema>;
export type VariableName = keyof Environment;

/** All variables with their schemas, in the order of the table. */
export const variables: readonly { name: VariableName; schema: TSchema & VariableNotes; required: boolean }[] =
  listVariables();

function listVariables() {
  const required = new Set<string>(environmentSchema.required ?? []);
  const rows: { name: VariableName; schema: TSchema & VariableNotes; required: boolean }[] = [];
  for (const [name, schema] of Object.entries(environmentSchema.properties)) {
    if (!isVariableName(name) || !hasNotes(schema)) throw new Error(`the variable ${name} has no notes`);
    rows.push({ name, schema, required: required.has(name) });
  }
  return rows;
}

function isVariableName(name: string): name is VariableName {
  return name in environmentSchema.properties;
}

function hasNotes(schema: TSchema): schema is TSchema & VariableNotes {
  return ['group', 'description', 'expects', 'remedy'].every((key) => typeof schema[key] === 'string');
}
