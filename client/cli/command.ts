import type { ExitName } from './exit-codes.ts';
import type { Io } from './io.ts';
import { type GlobalOptions, loggedIn } from './session.ts';

/** What a command found or did: one document for programs, the same as text for people. */
export interface Outcome {
  readonly json: unknown;
  readonly text: string;
  /** Default `ok`. */
  readonly exit?: ExitName;
}

export interface Context {
  readonly io: Io;
  readonly options: GlobalOptions;
}

export type Page<Row> = { rows: Row[]; next: string | null; total: number };

/** Reads pages until `limit` rows are there. */
export async function readRows<Row>(
  context: Context,
  path: string,
  query: Readonly<Record<string, string | undefined>>,
  limit: number,
): Promise<Page<Row>> {
  const client = await loggedIn(context.options);
  const rows: Row[] = [];
  let after: string | undefined;
  for (;;) {
    const wanted = Math.min(200, limit - rows.length);
    const search = new URLSearchParams({ limit: String(wanted) });
    for (const [name, value] of Object.entries({ ...query, after })) if (value !== undefined) search.set(name, value);
    const page = await client.get<Page<Row>>(`${path}?${search}`);
    rows.push(...page.rows);
    if (page.next === null || rows.length >= limit) return { rows, next: page.next, total: page.total };
    after = page.next;
  }
}

/** How a list ends when there is more of it. */
export function more({ rows, total }: Page<unknown>): string {
  return rows.length < total ? `\n\n${rows.length} of ${total}: raise --limit to see more.` : '';
}
