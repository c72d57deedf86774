import { createContext, Script } from 'node:vm';

export const maxPatternLength = 200;
export const maxInputLength = 10_000;
export const maxRunMs = 50;

export type Replaced = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly why: string };

/** What forbids an expression; null when it can be used. */
export function patternFault(pattern: string, ignoreCase = false): string | null {
  if (pattern === '') return 'the expression is empty';
  if (pattern.length > maxPatternLength) return `the expression is longer than ${maxPatternLength} characters`;
  try {
    if (new RegExp(pattern, ignoreCase ? 'iu' : 'u').test('')) return 'the expression matches an empty text';
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : 'it is no regular expression';
  }
}

const context = createContext(Object.create(null));
const script = new Script('text.replace(new RegExp(pattern, flags), replacement)');

/**
 * Replaces every match. An expression that somebody else wrote may take for ever on some text, so it runs where it can
 * be stopped.
 */
export function replaceByRegex(text: string, pattern: string, replacement: string, ignoreCase = false): Replaced {
  const fault = patternFault(pattern, ignoreCase);
  if (fault) return { ok: false, why: fault };
  if (text.length > maxInputLength) return { ok: false, why: `the text is longer than ${maxInputLength} characters` };
  Object.assign(context, { text, pattern, replacement, flags: ignoreCase ? 'giu' : 'gu' });
  try {
    return { ok: true, value: String(script.runInContext(context, { timeout: maxRunMs })) };
  } catch (error) {
    // An error of the other realm is no instance of ours.
    const told: { code?: unknown; message?: unknown } = typeof error === 'object' && error !== null ? error : {};
    const tooLong = told.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
    return { ok: false, why: tooLong ? `the expression took longer than ${maxRunMs} ms` : String(told.message) };
  }
}
