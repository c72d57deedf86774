import type { Static } from '@sinclair/typebox';
import type { ConnectionPage, ProblemPage } from '../../api/schemas/operations.ts';
import { type Context, more, type Outcome, readRows } from '../command.ts';
import { table, time } from '../text.ts';
import { idOfCode } from './orders.ts';

type Problem = Static<typeof ProblemPage>['rows'][number];
type Connection = Static<typeof ConnectionPage>['rows'][number];

export async function listProblems(
  context: Context,
  options: { state: string; severity?: string; connection?: string; search?: string; limit: number },
): Promise<Outcome> {
  const { state, severity, connection, search, limit } = options;
  const query = {
    state: state.toLowerCase() === 'all' ? undefined : state.toUpperCase(),
    severity,
    connection: connection === undefined ? undefined : await idOfCode(context, 'connections', connection),
    q: search,
  };
  const page = await readRows<Problem>(context, '/api/problems', query, limit);
  const blocks = page.rows.map((row) =>
    [
      table(
        ['SEVERITY', 'STATE', 'TIMES', 'LAST SEEN', 'KIND', 'WHAT'],
        [[row.severity, row.state, row.occurrences, time(row.lastSeenAt), row.kind, row.title]],
      )
        .split('\n')
        .slice(1)
        .join('\n'),
      `    ${table([''], [[row.detail]]).trim()}`,
      `    Remedy: ${table([''], [[row.remedy]]).trim()}`,
    ].join('\n'),
  );
  return { json: page, text: (blocks.length === 0 ? 'No problems.' : blocks.join('\n\n')) + more(page) };
}

export async function listConnections(context: Context, options: { kind?: string; limit: number }): Promise<Outcome> {
  const page = await readRows<Connection>(context, '/api/connections', { kind: options.kind }, options.limit);
  const rows = page.rows.map((row) => [
    row.code,
    row.kind,
    row.connector,
    row.state,
    row.credentialsProved ? 'proved' : 'not proved',
    row.problems === 0 ? '' : row.problems,
    time(row.lastSuccessAt),
    row.name,
  ]);
  const heads = ['CODE', 'KIND', 'CONNECTOR', 'STATE', 'CREDENTIALS', 'PROBLEMS', 'LAST SUCCESS', 'NAME'];
  return { json: page, text: table(heads, rows) + more(page) };
}
