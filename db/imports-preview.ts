import { questionOf } from '../imports/questions.ts';
import type { Tx } from './database.ts';

/** Outcomes in the order in which they are shown; a file is complete only when they add up to the rows that were read. */
export const outcomes = ['new', 'changed', 'unchanged', 'duplicate', 'held', 'refused'] as const;
export type Outcome = (typeof outcomes)[number];

/**
 * Everything is read: counts the outcomes, asks the questions, and waits for a person.
 * @throws Error when the outcomes do not add up to the rows that were read: then nothing may be called complete.
 */
export async function finishReading(trx: Tx, importId: string, read: number | null): Promise<void> {
  const rows: { outcome: Outcome; rows: number }[] = await trx('import_rows')
    .where({ import_id: importId })
    .groupBy('outcome')
    .select('outcome', trx.raw('count(*)::int as rows'));
  const counts = Object.fromEntries(outcomes.map((outcome) => [outcome, 0])) as Record<Outcome, number>;
  for (const { outcome, rows: count } of rows) counts[outcome] = count;
  const sum = outcomes.reduce((total, outcome) => total + counts[outcome], 0);
  if (read !== null && read !== sum)
    throw new Error(`import ${importId}: ${read} records were read, but ${sum} have an outcome`);
  await trx('imports')
    .where({ id: importId })
    .update({
      phase: 'preview',
      read_rows: sum,
      counts: JSON.stringify({ read: sum, ...counts }),
      questions: JSON.stringify(await questionsOf(trx, importId)),
    });
}

const examplesShown = 5;

async function questionsOf(trx: Tx, importId: string): Promise<ReturnType<typeof questionOf>[]> {
  const { rows } = await trx.raw<{
    rows: { question: string; rows: number; examples: { row: number; line: number; value: string | null }[] }[];
  }>(
    `select question, count(*)::int as rows,
       to_jsonb((array_agg(jsonb_build_object('row', row_number, 'line', line, 'value',
         jsonb_path_query_first(findings, '$[*] \\? (@.code == $q).value', jsonb_build_object('q', question)))
         order by row_number))[1:${examplesShown}]) as examples
     from import_rows where import_id = ? and outcome = 'held' and question is not null group by question order by question`,
    [importId],
  );
  return rows.map(({ question, rows: count, examples }) =>
    questionOf(
      question,
      count,
      examples.map((example) => ({ ...example, value: example.value ?? '' })),
    ),
  );
}
