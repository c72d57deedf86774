import type { Static } from '@sinclair/typebox';
import type { Accepted, ConnectionDetail } from '../../api/schemas/operations.ts';
import { importSumOf, importSumText } from '../../temporal/import-sum.ts';
import type { Context, Outcome } from '../command.ts';
import { loggedIn } from '../session.ts';
import { table, time } from '../text.ts';
import { idOfCode } from './orders.ts';

/** Reads an account now; without `now` it shows how far each stream has been read. */
export async function sync(
  context: Context,
  code: string,
  { now, stream }: { now: boolean; stream?: string },
): Promise<Outcome> {
  const id = await idOfCode(context, 'connections', code);
  const client = await loggedIn(context.options);
  if (!now) {
    const detail = await client.get<Static<typeof ConnectionDetail>>(`/api/connections/${id}`);
    return { json: detail, text: renderStreams(detail) };
  }
  const answer = await client.post<Static<typeof Accepted>>(
    `/api/connections/${id}/sync`,
    stream === undefined ? {} : { stream },
  );
  const link = answer.workflowUrl === null ? '' : `\n${answer.workflowUrl}`;
  return {
    json: answer,
    text: `${code}: ${stream ?? 'every stream'} is being read; "tradelane sync ${code}" shows what became of it.${link}`,
  };
}

function countsText(counts: unknown): string {
  const sum = importSumOf(counts);
  return sum ? importSumText(sum) : JSON.stringify(counts);
}

function renderStreams({ code, state, cursors, runs }: Static<typeof ConnectionDetail>): string {
  return [
    `${code} is ${state}. Add --now to read it now.`,
    '',
    table(
      ['STREAM', 'READ UP TO', 'AT'],
      cursors.map(({ stream, cursor, updatedAt }) => [stream, JSON.stringify(cursor), time(updatedAt)]),
    ),
    '',
    table(
      ['RUN', 'STARTED', 'FINISHED', 'COUNTS'],
      runs.map(({ stream, startedAt, finishedAt, counts, error }) => [
        stream,
        time(startedAt),
        time(finishedAt),
        error ?? countsText(counts),
      ]),
    ),
  ].join('\n');
}
