import { type DocumentNode, type GraphQLError, Kind, type OperationDefinitionNode, print, visit } from 'graphql';

/** A top-level error as it goes over the wire. */
export interface WireError {
  message: string;
  locations?: readonly { line: number; column: number }[];
  path?: readonly (string | number)[];
  extensions: Record<string, unknown>;
}

/** The validator's finding in Shopify's words, for those that are known. */
export function validationProblem(error: GraphQLError, document: DocumentNode): WireError {
  const locations = error.locations ?? [];
  const [, field, type] = /^Cannot query field "(\w+)" on type "(\w+)"/.exec(error.message) ?? [];
  if (field !== undefined && type !== undefined) {
    const extensions = { code: 'undefinedField', typeName: type, fieldName: field };
    return { message: `Field '${field}' doesn't exist on type '${type}'`, locations, extensions };
  }
  const [, owner, missing] = /^Field "(\w+)" argument "(\w+)" of type "[^"]+" is required/.exec(error.message) ?? [];
  if (owner !== undefined && missing !== undefined) {
    const extensions = { code: 'missingRequiredArguments', className: 'Field', name: owner, arguments: missing };
    return { message: `Field '${owner}' is missing required arguments: ${missing}`, locations, extensions };
  }
  const [, stray, input] = /^Field "(\w+)" is not defined by type "(\w+)"/.exec(error.message) ?? [];
  if (stray !== undefined && input !== undefined) {
    const message = `InputObject '${input}' doesn't accept argument '${stray}'`;
    const more = { name: input, typeName: 'InputObject', argumentName: stray };
    return { message, locations, extensions: { code: 'argumentNotAccepted', ...more } };
  }
  const [, wanted] = /^Expected value of type "([^"]+)", found null/.exec(error.message) ?? [];
  const place = wanted === undefined ? null : placeOf(error, document);
  if (place !== null) {
    const message = `Argument '${place.argument}' on Field '${place.field}' has an invalid value (null). Expected type '${wanted}'.`;
    const code = 'argumentLiteralsIncompatible';
    return { message, locations, extensions: { code, typeName: 'Field', argumentName: place.argument } };
  }
  return { message: error.message, locations, extensions: { code: codeOf(error.message) } };
}

/** The field and argument whose value the finding is about. */
function placeOf({ nodes }: GraphQLError, document: DocumentNode): { field: string; argument: string } | null {
  let place: { field: string; argument: string } | null = null;
  visit(document, {
    enter: (node) => {
      if (node.kind !== Kind.FIELD) return;
      const found = node.arguments?.find(({ value }) => value === nodes?.[0]);
      if (found !== undefined) place = { field: node.name.value, argument: found.name.value };
    },
  });
  return place;
}

/** Variables that do not fit their types: one error each, which names all of its places. */
export function variableProblems(
  errors: readonly GraphQLError[],
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): WireError[] {
  const merged = new Map<string, { error: WireError; where: string[]; problems: unknown[] }>();
  for (const one of errors) {
    const { where, name, ...error } = variableProblem(one, operation, variables);
    const known = merged.get(name) ?? { error, where: [], problems: [] };
    known.where.push(...(where === '' ? [] : [where]));
    known.problems.push(...(error.extensions.problems as unknown[]));
    merged.set(name, known);
  }
  return [...merged.values()].map(({ error, where, problems }) => ({
    ...error,
    message: `${error.message}${where.length === 0 ? '' : ` for ${where.join(', ')}`}`,
    extensions: { ...error.extensions, problems },
  }));
}

function variableProblem(
  error: GraphQLError,
  { variableDefinitions }: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): WireError & { where: string; name: string } {
  const name = /^Variable "\$(\w+)"/.exec(error.message)?.[1] ?? '';
  const definition = variableDefinitions?.find((one) => one.variable.name.value === name);
  const type = definition === undefined ? '' : print(definition.type);
  const [, at = '', why = ''] = /at "\w+\.?([^"]*)"; (.*)$/.exec(error.message) ?? [];
  const [, stray, input] = /Field "(\w+)" is not defined by type "(\w+)"/.exec(error.message) ?? [];
  const path = [...at.split(/[.[\]]+/).filter((part) => part !== ''), ...(stray === undefined ? [] : [stray])];
  const isAbsent = variables[name] === undefined || variables[name] === null;
  const explanation =
    stray !== undefined
      ? `Field is not defined on ${input}`
      : isAbsent || /was not provided|not to be null|must not be null/.test(error.message)
        ? 'Expected value to not be null'
        : why || error.message;
  return {
    name,
    where: path.length === 0 ? '' : `${path.join('.')} (${explanation})`,
    message: `Variable $${name} of type ${type} was provided invalid value`,
    locations: error.locations?.slice(0, 1) ?? [],
    extensions: { code: 'INVALID_VARIABLE', value: variables[name] ?? null, problems: [{ path, explanation }] },
  };
}

function codeOf(message: string): string {
  if (/^Expected value of type|^Enum |cannot represent|found null/.test(message)) return 'argumentLiteralsIncompatible';
  if (/^Variable "\$\w+" is not defined/.test(message)) return 'variableNotDefined';
  if (/^Unknown argument/.test(message)) return 'argumentNotAccepted';
  return 'invalid';
}
