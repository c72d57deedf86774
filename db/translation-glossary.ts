import { randomUUID } from 'node:crypto';
import type { Tx } from './database.ts';
import type { Command } from './steps.ts';

export interface GlossaryRow {
  readonly id: string;
  readonly brandId: string | null;
  readonly language: string | null;
  readonly term: string;
  readonly translation: string | null;
  readonly setBy: string;
  readonly setAt: Date;
}

/** The terms in force, of one brand or of all. */
export async function glossaryTerms(trx: Tx, brandId?: string): Promise<GlossaryRow[]> {
  const query = trx('glossary_terms').whereNull('replaced_at');
  if (brandId !== undefined) query.where((any) => any.whereNull('brand_id').orWhere({ brand_id: brandId }));
  return query
    .orderByRaw('lower(term), language nulls first')
    .limit(1_000)
    .select('id', 'brand_id as brandId', 'language', 'term', 'translation', 'set_by as setBy', 'set_at as setAt');
}

export interface TermChange {
  readonly brandId: string | null;
  readonly language: string | null;
  readonly term: string;
  /** Null: it stays as it is. Undefined: the term is taken out. */
  readonly translation: string | null | undefined;
}

/** Sets or takes out a term. What was translated before stays: it was approved as it is. Returns how many it replaced. */
export async function setTerm(
  trx: Tx,
  { brandId, language, term, translation }: TermChange,
  command: Command,
): Promise<number> {
  const replaced = await trx('glossary_terms')
    .where({ brand_id: brandId, language })
    .whereRaw('lower(term) = lower(?)', [term])
    .whereNull('replaced_at')
    .update({ replaced_at: command.at });
  if (translation !== undefined) {
    await trx('glossary_terms').insert({
      id: randomUUID(),
      brand_id: brandId,
      language,
      term,
      translation,
      set_by: command.actor,
      set_at: command.at,
    });
  }
  return replaced;
}
