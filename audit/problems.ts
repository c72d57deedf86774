import type { Tx } from '../db/database.ts';

/** An open problem: an unfinished matter that a person can see, with its reason. */
export interface OpenProblem {
  readonly kind: string;
  readonly entity_id: string | null;
  readonly connection_id: string | null;
}

/** Everything that is shown to people as open or snoozed now. */
export class OpenProblems {
  readonly #entities: Set<string>;
  readonly #connections: Set<string>;

  constructor(problems: readonly OpenProblem[]) {
    this.#entities = new Set(problems.flatMap(({ entity_id }) => entity_id ?? []));
    this.#connections = new Set(
      problems.flatMap(({ entity_id, connection_id }) =>
        connection_id !== null && (entity_id === null || entity_id === connection_id) ? [connection_id] : [],
      ),
    );
  }

  /** True when a problem names one of these things. */
  about(...entityIds: (string | null)[]): boolean {
    return entityIds.some((id) => id !== null && this.#entities.has(id));
  }

  /** True when a problem is about the account as a whole. */
  aboutConnection(connectionId: string): boolean {
    return this.#connections.has(connectionId);
  }
}

export async function loadOpenProblems(trx: Tx): Promise<OpenProblems> {
  const rows = await trx('problems').whereNot({ state: 'RESOLVED' }).select('kind', 'entity_id', 'connection_id');
  return new OpenProblems(rows);
}
