import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const literals = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g;

/** The code without comments and without what stands in plain quotes; line ends stay. */
export const codeOf = (text: string): string => text.replaceAll(literals, (part) => part.replaceAll(/[^\n]/g, ' '));

const withoutComments = (text: string): string =>
  text.replaceAll(literals, (part) => (part.startsWith('/') ? part.replaceAll(/[^\n]/g, ' ') : part));

/** What a file loads when it runs: imports and re-exports of types load nothing. */
export function importsOf(text: string): string[] {
  const statements = withoutComments(text).matchAll(
    /(?:^|\n)\s*(?:import|export)\s+(?!type\b)(?:[\s\S]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g,
  );
  return [...statements].map(([, named, dynamic]) => named ?? dynamic ?? '');
}

/** Every file of the repository that is loaded with `entry`, and the packages that they load. */
export function reachableFrom(root: string, entry: string): { files: SourceFile[]; packages: Map<string, string[]> } {
  const files = new Map<string, SourceFile>();
  const packages = new Map<string, string[]>();
  const visit = (file: string): void => {
    const path = relative(root, file);
    if (files.has(path)) return;
    if (!existsSync(file)) throw new Error(`${path} is imported and is not there`);
    const text = readFileSync(file, 'utf8');
    files.set(path, { path, text });
    for (const name of importsOf(text)) {
      if (name.startsWith('.')) visit(resolve(dirname(file), name));
      else packages.set(name, [...(packages.get(name) ?? []), path]);
    }
  };
  visit(join(root, entry));
  return { files: [...files.values()], packages };
}

/** Names that mean another thing at each run, or do not exist in the sandbox. */
const forbidden =
  /\b(Date|Math\.random|process|globalThis|setTimeout|setInterval|setImmediate|fetch|crypto|performance|console|WeakRef|FinalizationRegistry|require|Buffer)\b/g;

/** `path:line name` of every forbidden name in the code. */
export function forbiddenIn({ path, text }: SourceFile): string[] {
  return codeOf(text)
    .split('\n')
    .flatMap((line, index) => [...line.matchAll(forbidden)].map(([name]) => `${path}:${index + 1} ${name}`));
}

/** The text of the object literal given to each call of `proxyActivities`. */
export function proxyOptions({ text }: SourceFile): string[] {
  const code = codeOf(text);
  return [...code.matchAll(/\bproxyActivities\b(?:<[^(]*>)?\(/g)].map(({ index, 0: call }) => {
    const start = index + call.length;
    let depth = 1;
    let end = start;
    for (; depth > 0 && end < code.length; end += 1) {
      if (code[end] === '(') depth += 1;
      if (code[end] === ')') depth -= 1;
    }
    return code.slice(start, end - 1);
  });
}
