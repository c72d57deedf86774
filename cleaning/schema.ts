import { type Static, Type } from '@sinclair/typebox';
import { fieldPattern, measureFields } from './fields.ts';
import { maxPatternLength, patternFault } from './regex.ts';
import { type Rule, type RuleSet, units } from './rules.ts';

const strict = <Properties extends Parameters<typeof Type.Object>[0]>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false });
const word = Type.String({ minLength: 1, maxLength: 200 });
const unknown = Type.Union([Type.Literal('keep'), Type.Literal('warn'), Type.Literal('block')]);

const OperationSchema = Type.Union([
  strict({ op: Type.Literal('text') }),
  strict({ op: Type.Literal('html'), keep: Type.Union([Type.Literal('safe'), Type.Literal('text')]) }),
  strict({
    op: Type.Literal('case'),
    to: Type.Union([Type.Literal('upper'), Type.Literal('lower'), Type.Literal('calm')]),
  }),
  strict({
    op: Type.Literal('replace'),
    find: word,
    with: Type.String({ maxLength: 200 }),
    wholeWords: Type.Optional(Type.Boolean()),
    ignoreCase: Type.Optional(Type.Boolean()),
  }),
  strict({
    op: Type.Literal('regex'),
    pattern: Type.String({ minLength: 1, maxLength: maxPatternLength }),
    ignoreCase: Type.Optional(Type.Boolean()),
    with: Type.String({ maxLength: 200 }),
  }),
  strict({
    op: Type.Literal('unit'),
    to: Type.Union([Type.Literal('g'), Type.Literal('mm')]),
    assume: Type.Union(units.map((unit) => Type.Literal(unit))),
  }),
  strict({ op: Type.Literal('vocabulary'), name: Type.String({ minLength: 1, maxLength: 60 }), unknown }),
  strict({ op: Type.Literal('size') }),
  strict({ op: Type.Literal('truncate'), maxLength: Type.Integer({ minimum: 10, maximum: 100_000 }) }),
  strict({ op: Type.Literal('default'), value: word }),
  strict({
    op: Type.Literal('ban'),
    words: Type.Array(word, { minItems: 1, maxItems: 500 }),
    action: Type.Union([Type.Literal('remove'), Type.Literal('warn'), Type.Literal('block')]),
  }),
  strict({ op: Type.Literal('hs-code'), unknown }),
  strict({ op: Type.Literal('country'), unknown }),
  strict({
    op: Type.Literal('bounds'),
    min: Type.Optional(Type.Integer({ minimum: 0 })),
    max: Type.Optional(Type.Integer({ minimum: 0 })),
    unknown,
  }),
]);

export const RuleSchema = strict({
  id: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,79}$' }),
  field: Type.String({ pattern: fieldPattern, maxLength: 80 }),
  do: OperationSchema,
  note: Type.Optional(Type.String({ minLength: 1, maxLength: 300 })),
});

/** A rule set as a person sends it. At most 500 rules, 50 vocabularies of at most 2 000 words each. */
export const RuleSetContent = strict({
  rules: Type.Array(RuleSchema, { maxItems: 500 }),
  vocabularies: Type.Record(
    Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,59}$' }),
    Type.Record(Type.String({ minLength: 1, maxLength: 100 }), Type.Array(word, { maxItems: 200 })),
    { default: {} },
  ),
});
export type RuleSetContent = Static<typeof RuleSetContent>;

/** What is wrong with a rule: where it stands (from 1), which, why, and what to do. */
export interface RuleFault {
  readonly place: number;
  readonly rule: string;
  readonly reason: string;
  readonly remedy: string;
}

/**
 * What a schema cannot see: doubled ids, vocabularies that are not there, expressions that are none, operations that do
 * not fit their field. A set for a marketplace may only touch a listing's title and description.
 */
export function ruleFaults(
  content: Pick<RuleSet, 'rules' | 'vocabularies'>,
  scope: 'products' | 'listings',
): RuleFault[] {
  const seen = new Set<string>();
  return content.rules.flatMap((rule, index) => {
    const doubled = seen.has(rule.id)
      ? [['There is another rule of this id before it.', 'Give each rule an id of its own.'] as const]
      : [];
    seen.add(rule.id);
    const found = [...doubled, ...faultsOf(rule, content.vocabularies), ...scopeFaults(rule, scope)];
    return found.map(([reason, remedy]) => ({ place: index + 1, rule: rule.id, reason, remedy }));
  });
}

type Fault = readonly [reason: string, remedy: string];

function scopeFaults({ field }: Rule, scope: 'products' | 'listings'): Fault[] {
  if (scope === 'products' || field === 'title' || field === 'description') return [];
  return [
    [`A listing has no field ${field} that rules can touch.`, 'Use title or description, or write it for the brand.'],
  ];
}

function faultsOf({ field, do: operation }: Rule, vocabularies: RuleSet['vocabularies']): Fault[] {
  const measure = measureFields.some((name) => name === field);
  const faults: Fault[] = [];
  if (measure && !['unit', 'bounds', 'default'].includes(operation.op)) {
    faults.push([`${field} is a measure.`, 'Use unit, bounds or default.']);
  }
  if (!measure && ['unit', 'bounds'].includes(operation.op)) {
    faults.push([`${field} is no measure.`, 'Use it with weightGrams, lengthMm, widthMm or heightMm.']);
  }
  if (operation.op === 'unit' && measure && (field === 'weightGrams') !== (operation.to === 'g')) {
    faults.push([`${field} does not hold ${operation.to}.`, 'Weights are grams, lengths millimetres.']);
  }
  if (operation.op === 'vocabulary' && !Object.hasOwn(vocabularies, operation.name)) {
    faults.push([`There is no vocabulary ${operation.name} in this set.`, 'Add it, or name another one.']);
  }
  if (operation.op === 'regex') {
    const fault = patternFault(operation.pattern, operation.ignoreCase);
    if (fault) faults.push([`${fault}.`, 'Correct the expression; it is written as in JavaScript, with the flag u.']);
  }
  if (operation.op === 'bounds' && operation.min === undefined && operation.max === undefined) {
    faults.push(['It has neither a minimum nor a maximum.', 'Give min, max or both.']);
  }
  if (operation.op === 'replace' && operation.with.includes(operation.find)) {
    faults.push([
      'What it puts in holds what it looks for: applied again, it would grow.',
      'Use a regex with a look-ahead.',
    ]);
  }
  return faults;
}
