/** One line of a scenario's table. */
export interface Row {
  readonly case: string;
  readonly expected: string;
  readonly observed: string;
  readonly ok: boolean;
}

/** What one case expects or observed, by name; compared as text. */
export type Facts = Readonly<Record<string, string | number | boolean | null>>;

const shown = (value: Facts[string] | undefined): string => (value === undefined ? 'not observed' : String(value));

/** Compares fact by fact; in what was observed a fact that differs is marked with "!!". */
export function compare(name: string, facts: Readonly<Record<string, readonly [Facts[string], Facts[string]]>>): Row {
  const all = Object.entries(facts);
  const line = (text: (key: string, pair: readonly [Facts[string], Facts[string]]) => string): string =>
    all.map(([key, pair]) => text(key, pair)).join('; ');
  return {
    case: name,
    expected: line((key, [expected]) => `${key}: ${shown(expected)}`),
    observed: line((key, [expected, observed]) => {
      const same = shown(expected) === shown(observed);
      return `${same ? '' : '!! '}${key}: ${shown(observed)}`;
    }),
    ok: all.length > 0 && all.every(([, [expected, observed]]) => shown(expected) === shown(observed)),
  };
}

/** A case that could not be carried through is a row, not the end of the run. */
export function broken(name: string, error: unknown): Row {
  const reason = error instanceof Error ? error.message : String(error);
  return { case: name, expected: 'it can be carried through', observed: `!! ${reason.slice(0, 600)}`, ok: false };
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

const widths = [26, 62, 62, 3] as const;

/** The table as text: every cell is wrapped, rows are divided by a rule. */
export function renderRows(rows: readonly Row[]): string {
  const rule = widths.map((width) => '-'.repeat(width)).join('-+-');
  const block = (cells: readonly string[]): string[] => {
    const wrapped = cells.map((cell, column) => wrap(cell, widths[column] ?? 20));
    const height = Math.max(...wrapped.map(({ length }) => length));
    return Array.from({ length: height }, (_, index) =>
      wrapped.map((lines, column) => (lines[index] ?? '').padEnd(widths[column] ?? 0)).join(' | '),
    );
  };
  const parts = rows.flatMap((row) => [...block([row.case, row.expected, row.observed, row.ok ? 'ok' : 'NO']), rule]);
  return [...block(['case', 'expected', 'observed', 'ok']), rule, ...parts].join('\n');
}
