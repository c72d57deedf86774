import { randomUUID } from 'node:crypto';
import type { TranslatedField } from '../listings/sources.ts';
import { bestMatch, textHash } from '../translation/memory.ts';
import type { GlossaryTerm } from '../translation/protect.ts';
import type { Tx } from './database.ts';
import type { Command } from './steps.ts';

/** A text of a product that has no translation of its present wording. */
export interface PendingText {
  readonly productId: string;
  readonly brandId: string;
  readonly field: TranslatedField;
  readonly source: string;
  /** A translation of an earlier wording is there. */
  readonly known: {
    readonly id: string;
    readonly status: 'needs-person' | 'approved';
    readonly sourceHash: string;
  } | null;
}

export interface PendingCursor {
  readonly productId: string;
  readonly field: TranslatedField;
}

/** Texts of an account's products that are to be translated into its language, in a stable order. */
export async function pendingTexts(
  trx: Tx,
  input: { connectionId: string; language: string; after: PendingCursor | null; limit: number },
): Promise<PendingText[]> {
  const { rows } = await trx.raw(
    `select p.id as "productId", p.brand_id as "brandId", f.field, f.source,
       case when t.id is null then null else
         jsonb_build_object('id', t.id, 'status', t.status, 'sourceHash', t.source_hash) end as known
     from listings l join products p on p.id = l.product_id
     cross join lateral (values ('title', p.title), ('description', p.description_html)) f(field, source)
     left join translations t on t.product_id = p.id and t.language = :language and t.field = f.field
     where l.connection_id = :connectionId and p.gone_at is null and btrim(f.source) <> ''
       and (t.id is null or (t.source_text is distinct from f.source and t.proposal ->> 'sourceText' is distinct from f.source))
       and (:afterProduct::uuid is null or (p.id, f.field) > (:afterProduct::uuid, :afterField::text))
     order by p.id, f.field limit :limit`,
    {
      ...{ connectionId: input.connectionId, language: input.language, limit: input.limit },
      afterProduct: input.after?.productId ?? null,
      afterField: input.after?.field ?? '',
    },
  );
  return rows;
}

export interface Suggestion {
  readonly text: string;
  readonly origin: 'machine' | 'memory' | 'fuzzy' | 'person';
  readonly status: 'needs-person' | 'approved';
  readonly owner: string;
  readonly note: string;
}

interface MemoryRow {
  source_text: string;
  target_text: string;
  origin: 'person' | 'machine';
  owner: string;
}

/** How alike a text must be to go before a machine's translation. */
export const nearlyEqual = 0.9;
const memoryWindow = 300;

/** What the memory has for a text: an equal one, or the most similar one of about its length. */
export async function fromMemory(
  trx: Tx,
  input: { brandId: string; from: string; to: string; text: string },
): Promise<{ suggestion: Suggestion; score: number } | null> {
  const of = { brand_id: input.brandId, source_language: input.from, language: input.to };
  const equal: MemoryRow | undefined = await trx('translation_memory')
    .where({ ...of, source_hash: textHash(input.text) })
    .first();
  if (equal) {
    const suggestion: Suggestion = {
      text: equal.target_text,
      owner: equal.owner,
      ...(equal.origin === 'person'
        ? { origin: 'memory', status: 'approved', note: 'The same text was translated before.' }
        : { origin: 'machine', status: 'needs-person', note: 'The same text was translated by a machine before.' }),
    };
    return { suggestion, score: 1 };
  }
  const { length } = input.text;
  const entries: MemoryRow[] = await trx('translation_memory')
    .where({ ...of, origin: 'person' })
    .whereRaw('length(source_text) between ? and ?', [Math.floor(length * 0.6), Math.ceil(length * 1.6)])
    .orderBy('at', 'desc')
    .limit(memoryWindow);
  const match = bestMatch(
    input.text,
    entries.map((row) => ({ ...row, sourceText: row.source_text, targetText: row.target_text })),
  );
  if (!match) return null;
  const note = `Taken from a text that is ${Math.floor(match.score * 100)} % the same: “${match.entry.sourceText.slice(0, 200)}”.`;
  const { targetText: text, owner } = match.entry;
  return { suggestion: { text, origin: 'fuzzy', status: 'needs-person', owner, note }, score: match.score };
}

/** Remembers a translation. A person's goes before a machine's, never the other way round. */
export async function remember(
  trx: Tx,
  input: {
    brandId: string;
    from: string;
    to: string;
    source: string;
    text: string;
    origin: 'person' | 'machine';
    owner: string;
  },
  { at }: Command,
): Promise<void> {
  const row = { target_text: input.text, origin: input.origin, owner: input.owner, at, source_text: input.source };
  const insert = trx('translation_memory')
    .insert({
      id: randomUUID(),
      brand_id: input.brandId,
      source_language: input.from,
      language: input.to,
      source_hash: textHash(input.source),
      ...row,
    })
    .onConflict(['brand_id', 'source_language', 'language', 'source_hash']);
  await (input.origin === 'person' ? insert.merge(row) : insert.ignore());
}

/** The glossary of a brand for a language: words for every brand and language as well; the nearest one wins. */
export async function glossaryOf(trx: Tx, brandId: string, language: string): Promise<GlossaryTerm[]> {
  const rows: (GlossaryTerm & { brand_id: string | null; language: string | null })[] = await trx('glossary_terms')
    .whereNull('replaced_at')
    .where((any) => any.whereNull('brand_id').orWhere({ brand_id: brandId }))
    .where((any) => any.whereNull('language').orWhere({ language }))
    .select('term', 'translation', 'brand_id', 'language');
  const nearest = [...rows].sort(
    (a, b) =>
      Number(a.brand_id !== null) - Number(b.brand_id !== null) ||
      Number(a.language !== null) - Number(b.language !== null),
  );
  return [...new Map(nearest.map(({ term, translation }) => [term.toLowerCase(), { term, translation }])).values()];
}

/**
 * Writes a suggestion down. Where an approved translation of an earlier wording is there, that one stays in force and the new
 * one is proposed in its place. Wording that differs in blanks alone is not translated again.
 */
export async function saveSuggestion(
  trx: Tx,
  input: { pending: PendingText; from: string; to: string; suggestion: Suggestion },
  { at }: Command,
): Promise<void> {
  const { pending, suggestion } = input;
  const { source, known } = pending;
  const hash = textHash(source);
  const source_ = { source_language: input.from, source_hash: hash, source_text: source };
  const own = { origin: suggestion.origin, note: suggestion.note, owner: suggestion.owner };
  if (known?.status === 'approved' && suggestion.status !== 'approved') {
    const proposal = JSON.stringify({ sourceText: source, text: suggestion.text, ...own });
    await trx('translations')
      .where({ id: known.id })
      .update({ proposal, updated_at: at, revision: trx.raw('revision + 1') });
    return;
  }
  const row = {
    ...source_,
    ...own,
    target_text: suggestion.text,
    status: suggestion.status,
    proposal: null,
    updated_at: at,
  };
  await trx('translations')
    .insert({
      id: randomUUID(),
      brand_id: pending.brandId,
      product_id: pending.productId,
      language: input.to,
      field: pending.field,
      ...row,
    })
    .onConflict(['product_id', 'language', 'field'])
    .merge({ ...row, revision: trx.raw('translations.revision + 1') });
}

/** A text that only changed in its blanks keeps its translation. */
export async function keepTranslation(trx: Tx, { known, source }: PendingText): Promise<void> {
  if (known) await trx('translations').where({ id: known.id }).update({ source_text: source, proposal: null });
}

export const monthOf = (at: Date): string => at.toISOString().slice(0, 7);

export async function usedCharacters(trx: Tx, brandId: string, at: Date): Promise<number> {
  const row = await trx('translation_usage')
    .where({ brand_id: brandId, month: monthOf(at) })
    .first('characters');
  return Number(row?.characters ?? 0);
}

export async function addUsage(trx: Tx, brandId: string, characters: number, at: Date): Promise<void> {
  await trx('translation_usage')
    .insert({ brand_id: brandId, month: monthOf(at), characters })
    .onConflict(['brand_id', 'month'])
    .merge({ characters: trx.raw('translation_usage.characters + excluded.characters') });
}

/** Listings that show a product in a language are to be composed again. */
export async function markTranslated(
  trx: Tx,
  input: { productIds: readonly string[]; language: string },
  { at }: Command,
): Promise<number> {
  return trx('listings')
    .whereIn('product_id', [...new Set(input.productIds)])
    .whereIn(
      'connection_id',
      trx('connections').whereRaw(`listing_defaults ->> 'language' = ?`, [input.language]).select('id'),
    )
    .update({ stale_since: at });
}
