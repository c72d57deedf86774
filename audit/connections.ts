import type { Tx } from '../db/database.ts';
import type { Finding, Source } from './types.ts';

export interface AuditedConnection {
  readonly id: string;
  readonly code: string;
  readonly kind: 'store' | 'marketplace' | 'carrier';
  readonly connector: string;
}

/** Our accounts by code. */
export type Connections = ReadonlyMap<string, AuditedConnection>;

export async function loadConnections(trx: Tx): Promise<Connections> {
  const rows: AuditedConnection[] = await trx('connections').select('id', 'code', 'kind', 'connector');
  return new Map(rows.map((row) => [row.code, row]));
}

export const connectionOf = (connections: Connections, source: Source): AuditedConnection | null =>
  (source.connectionCode === null ? null : connections.get(source.connectionCode)) ?? null;

/** A source that belongs to no account of ours: whatever it announced cannot be here. */
export const withoutConnection = (source: Source): Finding => ({
  what: 'an outside system without an account here',
  ids: [source.name],
  detail: `There is no connection ${source.connectionCode ?? '(none named)'}.`,
});
