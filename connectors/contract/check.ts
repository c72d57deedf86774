import type { Static, TSchema } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';

type Verdict<S extends TSchema> =
  | { readonly ok: true; readonly value: Static<S> }
  | { readonly ok: false; readonly problem: string };

const compiled = new WeakMap<TSchema, ReturnType<typeof TypeCompiler.Compile>>();

/** Checks a value against a schema; the problem names the first path that does not fit, never its value. */
export function check<S extends TSchema>(schema: S, value: unknown): Verdict<S> {
  let checker = compiled.get(schema);
  if (checker === undefined) {
    checker = TypeCompiler.Compile(schema);
    compiled.set(schema, checker);
  }
  if (checker.Check(value)) return { ok: true, value };
  const first = checker.Errors(value).First();
  return { ok: false, problem: `${first?.path || '/'}: ${first?.message ?? 'does not fit'}` };
}
