import { type AuditReport, type Invariant, invariants } from './types.ts';

const titles: Readonly<Record<Invariant, string>> = {
  L1: 'every announced order is here, once, with its lines',
  L2: 'one shop order where one was pushed, never two',
  L3: 'never more offered than there is',
  L4: 'every state has its history, every step is legal',
  L5: 'nothing waits unseen; one process per open order',
  L6: 'every order in one label mail',
  L7: 'offers and prices are as desired',
  L8: 'permitted rates and asked-for silences are kept',
  L9: 'no secret lies about',
  L10: 'every fault left a trace',
};

const shownFindings = 20;

/** The report as text: a table of the ten invariants, then what was found, then the figures. */
export function renderAudit(report: AuditReport): string {
  const rows = invariants.map((name) => {
    const { ok, checked, findings } = report.checks[name];
    const verdict = !ok ? `${findings.length} FOUND` : checked === 0 ? 'not checked' : 'ok';
    return [name, verdict, String(checked), titles[name]];
  });
  const parts = [table([['', 'verdict', 'checked', 'invariant'], ...rows])];
  for (const name of invariants) {
    const { findings, note } = report.checks[name];
    if (note !== undefined) parts.push(`${name}: ${note}`);
    for (const { what, ids, detail } of findings.slice(0, shownFindings))
      parts.push(`${name}: ${what} [${ids.join(' ')}]\n    ${detail}`);
    const more = findings.length - shownFindings;
    if (more > 0) parts.push(`${name}: and ${more} more`);
  }
  const figures = Object.entries(report.figures);
  if (figures.length > 0) parts.push(`\n${table(figures.map(([name, value]) => [name, String(value)]))}`);
  parts.push(report.ok ? '\nThe audit found nothing.' : '\nThe audit FAILED.');
  return parts.join('\n');
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
