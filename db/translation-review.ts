import { randomUUID } from 'node:crypto';
import type { TranslatedField } from '../listings/sources.ts';
import { textHash } from '../translation/memory.ts';
import type { Tx } from './database.ts';
import { anywhere } from './queries/paging.ts';
import type { Command } from './steps.ts';
import { remember } from './translation.ts';
import { settingsOf } from './translation-settings.ts';

export interface TranslationView {
  readonly id: string;
  readonly productId: string;
  readonly productTitle: string;
  readonly brandId: string;
  readonly language: string;
  readonly field: TranslatedField;
  /** What is or would be translated: the newer wording where there is one. */
  readonly source: string;
  readonly text: string;
  readonly status: 'needs-person' | 'approved';
  /** The product says something else than what was translated. */
  readonly stale: boolean;
  /** For a stale one: what would stand in its place. */
  readonly proposal: { readonly text: string; readonly origin: string; readonly note: string } | null;
  readonly origin: string;
  readonly note: string;
  readonly owner: string;
  readonly updatedAt: Date;
  readonly revision: number;
}

export interface ReviewFilter {
  /** `waiting`: needs a person, or is stale. */
  readonly show: 'waiting' | 'approved' | 'all';
  readonly language?: string | undefined;
  readonly brand?: string | undefined;
  readonly product?: string | undefined;
  readonly q?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Translations for people to look at, title before description; `next` is the id after which the next page begins. */
export async function listTranslations(
  trx: Tx,
  filter: ReviewFilter,
): Promise<{ rows: TranslationView[]; next: string | null; total: number }> {
  const source = `case t.field when 'title' then p.title else p.description_html end`;
  const query = trx('translations as t').join('products as p', 'p.id', 't.product_id').whereNull('p.gone_at');
  if (filter.show === 'waiting') {
    query.where((any) => any.where('t.status', 'needs-person').orWhereRaw(`${source} is distinct from t.source_text`));
  }
  if (filter.show === 'approved') query.where('t.status', 'approved');
  if (filter.language !== undefined) query.where('t.language', filter.language);
  if (filter.brand !== undefined) query.where('t.brand_id', filter.brand);
  if (filter.product !== undefined) query.where('t.product_id', filter.product);
  if (filter.q !== undefined) {
    const pattern = anywhere(filter.q);
    query.where((any) => any.whereILike('t.source_text', pattern).orWhereILike('t.target_text', pattern));
  }
  const counted = await query.clone().count({ n: '*' }).first();
  if (filter.after !== undefined) {
    query.whereRaw(
      `(t.product_id, t.language, t.field = 'description') >
       (select a.product_id, a.language, a.field = 'description' from translations a where a.id = ?)`,
      [filter.after],
    );
  }
  const rows: TranslationView[] = await query
    .orderByRaw(`t.product_id, t.language, t.field = 'description'`)
    .limit(filter.limit + 1)
    .select(
      't.id',
      't.product_id as productId',
      'p.title as productTitle',
      't.brand_id as brandId',
      't.language',
      't.field',
      trx.raw(`${source} as source`),
      't.target_text as text',
      't.status',
      trx.raw(`${source} is distinct from t.source_text as stale`),
      't.proposal',
      't.origin',
      't.note',
      't.owner',
      't.updated_at as updatedAt',
      't.revision',
    );
  const page = rows.slice(0, filter.limit);
  return {
    rows: page,
    next: rows.length > filter.limit ? (page.at(-1)?.id ?? null) : null,
    total: Number(counted?.n ?? 0),
  };
}

/** Which listings show a translation: call `markTranslated` for it, outside of a brand's wall. */
export interface Shown {
  readonly productId: string;
  readonly language: string;
}

export type Approval =
  | { readonly id: string; readonly ok: true; readonly revision: number; readonly shown: Shown }
  | { readonly id: string; readonly ok: false; readonly code: 'NotFound' | 'VersionConflict'; readonly why: string };

/**
 * A person approves a translation of the product's present wording, as it stands or with a text of their own. It goes into
 * the memory under their name. The listings that show it are for the caller to mark.
 */
export async function approveTranslation(
  trx: Tx,
  input: { id: string; revision: number; text?: string | undefined },
  command: Command,
): Promise<Approval> {
  const { id } = input;
  const row = await trx('translations').where({ id }).forUpdate().first();
  if (!row) return { id, ok: false, code: 'NotFound', why: 'There is no such translation.' };
  if (row.revision !== input.revision) {
    const why = `It was changed meanwhile: it is at revision ${row.revision}. Look at it again.`;
    return { id, ok: false, code: 'VersionConflict', why };
  }
  const product = await trx('products').where({ id: row.product_id }).first('title', 'description_html');
  const source: string = row.field === 'title' ? product.title : product.description_html;
  const offered: string = row.proposal?.text ?? row.target_text;
  const text = input.text ?? offered;
  const revision = row.revision + 1;
  await trx('translations')
    .where({ id })
    .update({
      target_text: text,
      source_text: source,
      source_hash: textHash(source),
      status: 'approved',
      origin: text === offered ? (row.proposal?.origin ?? row.origin) : 'person',
      note: '',
      proposal: null,
      owner: command.actor,
      updated_at: command.at,
      revision,
    });
  const memory = { brandId: row.brand_id, from: row.source_language, to: row.language, source, text };
  await remember(trx, { ...memory, origin: 'person', owner: command.actor }, command);
  return { id, ok: true, revision, shown: { productId: row.product_id, language: row.language } };
}

/** A person translates a field where nobody had yet, or anew. */
export async function writeTranslation(
  trx: Tx,
  input: { productId: string; language: string; field: TranslatedField; text: string },
  command: Command,
): Promise<Approval | null> {
  const product = await trx('products').where({ id: input.productId }).first('brand_id', 'title', 'description_html');
  if (!product) return null;
  const { language, field, text } = input;
  const of = { product_id: input.productId, language, field };
  const known = await trx('translations').where(of).first('id', 'revision');
  if (known) return approveTranslation(trx, { ...known, text }, command);
  const source: string = field === 'title' ? product.title : product.description_html;
  const { sourceLanguage } = (await settingsOf(trx, [product.brand_id]))(product.brand_id);
  const id = randomUUID();
  await trx('translations').insert({
    id,
    ...of,
    brand_id: product.brand_id,
    source_language: sourceLanguage,
    source_hash: textHash(source),
    source_text: source,
    target_text: text,
    status: 'approved',
    origin: 'person',
    owner: command.actor,
    updated_at: command.at,
  });
  const memory = { brandId: product.brand_id, from: sourceLanguage, to: language, source, text };
  await remember(trx, { ...memory, origin: 'person', owner: command.actor }, command);
  return { id, ok: true, revision: 1, shown: { productId: input.productId, language } };
}
