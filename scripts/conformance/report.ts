import type { CaseResult } from '../../connectors/conformance/case.ts';
import { countOutcomes } from '../../connectors/conformance/run.ts';

const signs = { passed: 'ok   ', failed: 'FAIL ', skipped: 'skip ', notProvoked: 'n/p  ' } as const;

/** One line per case as it ends; a failure's reason below it. */
export function progressLine({ outcome, family, name, capability, reason, ms }: CaseResult): string {
  const head = `${signs[outcome]} ${family}: ${name} (${capability})`;
  if (outcome === 'passed') return `${head} ${ms} ms`;
  return outcome === 'failed' ? `${head}\n${indented(reason ?? '')}` : `${head}: ${reason ?? ''}`;
}

/** How many cases of each family ended how. */
export function familyTable(results: readonly CaseResult[]): string {
  const families = [...new Set(results.map(({ family }) => family))];
  const rows = families.map((family) => {
    const { passed, failed, skipped, notProvoked } = countOutcomes(results.filter((one) => one.family === family));
    return [family, ...[passed, failed, skipped, notProvoked].map(String)];
  });
  const total = countOutcomes(results);
  const lines = [
    ['family', 'passed', 'failed', 'skipped', 'not provoked'],
    ...rows,
    ['all', ...[total.passed, total.failed, total.skipped, total.notProvoked].map(String)],
  ];
  const widths = lines[0]?.map((_head, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  return lines
    .map((line) => line.map((cell, column) => aligned(cell, widths[column] ?? 0, column)).join('  '))
    .join('\n');
}

/** What stays in the shop, by the reason. */
export function leftLines(left: readonly { readonly what: string; readonly why: string }[]): string[] {
  const reasons = [...new Set(left.map(({ why }) => why))];
  return reasons.map((reason) => {
    const things = left.filter(({ why }) => why === reason).map(({ what }) => what);
    return `left behind (${reason}): ${things.join(', ')}`;
  });
}

/** The last line of `--json`. */
export function jsonLine(
  connector: string,
  results: readonly CaseResult[],
  left: readonly { readonly what: string; readonly why: string }[],
): string {
  const cases = results.map(({ family, capability, name, outcome, reason, ms }) => {
    return { family, capability, name, outcome, ...(reason === undefined ? {} : { reason }), ms };
  });
  return JSON.stringify({ connector, ...countOutcomes(results), cases, ...(left.length === 0 ? {} : { left }) });
}

function aligned(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

function indented(text: string): string {
  return text
    .split('\n')
    .slice(0, 12)
    .map((line) => `        ${line}`)
    .join('\n');
}
