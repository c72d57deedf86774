import { randomUUID } from 'node:crypto';
import type { RateCard } from '../freight/card.ts';
import { type CardReading, readCardCsv } from '../freight/card-csv.ts';
import type { CardFault } from '../freight/card-rows.ts';
import type { Tx } from './database.ts';
import type { Command } from './steps.ts';

/** A version of a card as it is kept. */
export interface StoredCard {
  readonly id: string;
  readonly brandId: string | null;
  readonly connectionId: string;
  readonly revision: number;
  readonly card: RateCard;
}

export type CardImport =
  | {
      readonly ok: true;
      readonly id: string;
      readonly revision: number;
      readonly card: RateCard;
      readonly rows: number;
      /** The same card was there already: nothing was written. */
      readonly unchanged: boolean;
      readonly warnings: readonly string[];
    }
  | { readonly ok: false; readonly faults: readonly CardFault[]; readonly rows: number };

/**
 * Reads a card from CSV and keeps it as a new version; the versions before stay as they are. A card that equals the
 * newest version changes nothing. With `dryRun` the same is answered and nothing is written.
 */
export async function importCard(
  trx: Tx,
  input: { csv: string; connectionId: string; brandId: string | null; dryRun: boolean },
  command: Command,
): Promise<CardImport> {
  const reading: CardReading = readCardCsv(input.csv);
  if (!reading.ok) return reading;
  const { card, rows } = reading;
  const latest = await trx('rate_cards')
    .where({ connection_id: input.connectionId, code: card.code })
    .orderBy('revision', 'desc')
    .first();
  if (latest && latest.brand_id === input.brandId && canonical(latest.card) === canonical(card)) {
    return { ok: true, id: latest.id, revision: latest.revision, card, rows, unchanged: true, warnings: [] };
  }
  const id = randomUUID();
  const revision = (latest?.revision ?? 0) + 1;
  if (!input.dryRun) {
    await trx('rate_cards').insert({
      id,
      brand_id: input.brandId,
      connection_id: input.connectionId,
      code: card.code,
      revision,
      currency: card.currency,
      valid_from: card.validFrom,
      valid_to: card.validTo,
      card: JSON.stringify(card),
      csv: input.csv,
      imported_by: command.actor,
      created_at: command.at,
    });
  }
  return { ok: true, id, revision, card, rows, unchanged: false, warnings: warningsOf(latest, card) };
}

/** jsonb sorts keys by itself, so both sides are sorted before they are compared. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function warningsOf(latest: { revision: number; valid_to: string | null } | undefined, card: RateCard): string[] {
  if (!latest?.valid_to || latest.valid_to >= dayBefore(card.validFrom)) return [];
  return [
    `Version ${latest.revision} ends on ${latest.valid_to}, this one begins on ${card.validFrom}: between them there is no price.`,
  ];
}

const dayBefore = (date: string): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) - 24 * 60 * 60 * 1000).toISOString().slice(0, 10);

/**
 * The card for a brand, an account and a ship date: the brand's own goes before the common one, the newest version that
 * holds on that date before older ones; null where there is none.
 */
export async function cardFor(
  trx: Tx,
  { brandId, connectionId, shipOn }: { brandId: string; connectionId: string; shipOn: string },
): Promise<StoredCard | null> {
  const row = await trx('rate_cards')
    .where({ connection_id: connectionId })
    .where((any) => any.whereNull('brand_id').orWhere({ brand_id: brandId }))
    .where('valid_from', '<=', shipOn)
    .where((any) => any.whereNull('valid_to').orWhere('valid_to', '>=', shipOn))
    .orderByRaw('brand_id is null, created_at desc, revision desc')
    .first();
  return row ? storedCard(row) : null;
}

export async function cardById(trx: Tx, id: string): Promise<StoredCard | null> {
  const row = await trx('rate_cards').where({ id }).first();
  return row ? storedCard(row) : null;
}

const storedCard = (row: Record<string, unknown>): StoredCard => ({
  id: String(row.id),
  brandId: (row.brand_id as string | null) ?? null,
  connectionId: String(row.connection_id),
  revision: Number(row.revision),
  card: row.card as RateCard,
});

/** All versions, the newest first. */
export async function listCards(trx: Tx) {
  const rows = await trx('rate_cards as r')
    .join('connections as c', 'c.id', 'r.connection_id')
    .leftJoin('brands as b', 'b.id', 'r.brand_id')
    .orderBy([{ column: 'r.code' }, { column: 'r.revision', order: 'desc' }])
    .limit(500)
    .select('r.*', 'c.code as connection_code', 'b.code as brand_code');
  return rows.map((row) => {
    const { card } = storedCard(row);
    return {
      id: row.id as string,
      code: row.code as string,
      revision: row.revision as number,
      connection: row.connection_code as string,
      brand: (row.brand_code as string | null) ?? null,
      carrier: card.carrier,
      service: card.service,
      currency: card.currency,
      validFrom: card.validFrom,
      validTo: card.validTo,
      lanes: card.zones.map(({ from, to }) => `${from}-${to}`),
      source: card.source,
      importedBy: row.imported_by as string,
      createdAt: (row.created_at as Date).toISOString(),
    };
  });
}
