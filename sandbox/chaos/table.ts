import type { RunResult } from './disturbed.ts';

const mark = (yes: boolean): string => (yes ? 'yes' : 'NO');
const inSeconds = (seconds: number | null): string => (seconds === null ? 'never' : `${seconds.toFixed(1)} s`);

/** What was done to a run and how it went on, as a table for people. */
export function renderChaos(result: RunResult): string {
  const { points, temporalLost, postgresStopped, outside, otherDeaths } = result;
  const rows: (readonly [string, string, string, string])[] = [
    ['point', 'hit', 'recovered in', 'ok'],
    ...points.map(({ point, hit, ok, seconds }) => [point, mark(hit), inSeconds(seconds), mark(hit && ok)] as const),
  ];
  if (temporalLost) rows.push(['Temporal lost, resume', 'yes', inSeconds(temporalLost.seconds), mark(temporalLost.ok)]);
  if (postgresStopped) {
    const { awaySeconds, seconds, ok } = postgresStopped;
    rows.push([`PostgreSQL away for ${awaySeconds} s`, 'yes', inSeconds(seconds), mark(ok)]);
  }
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const table = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const { shopOrders, listings, bookings, unusedBookings, mails } = outside.counts;
  return [
    ...table,
    '',
    `There: ${shopOrders} shop orders, ${listings} listings, ${bookings} bookings (${unusedBookings} unused), ${mails} mails`,
    outside.twice.length === 0 ? 'Nothing was done twice.' : `Done twice: ${outside.twice.join('; ')}`,
    ...otherDeaths.map(({ pid, code, signal }) => `The worker ${pid} ended by itself: ${signal ?? `code ${code}`}`),
  ].join('\n');
}

/** Lines that only one of two end states has, each as often as it is missing in the other. */
export function differences(expected: readonly string[], observed: readonly string[]): string[] {
  const count = (lines: readonly string[]) =>
    new Map([...Map.groupBy(lines, (line) => line)].map(([k, v]) => [k, v.length]));
  const [left, right] = [count(expected), count(observed)];
  const surplus = (sign: string, here: Map<string, number>, there: Map<string, number>): string[] =>
    [...here].flatMap(([line, n]) =>
      Array.from({ length: Math.max(0, n - (there.get(line) ?? 0)) }, () => `${sign} ${line}`),
    );
  return [...surplus('-', left, right), ...surplus('+', right, left)];
}
