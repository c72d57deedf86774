import { type FieldDifference, refineDifference } from '../cleaning/difference.ts';
import { refineText } from '../cleaning/refine.ts';
import { noRules, type RuleBook, type RuleSet } from '../cleaning/rules.ts';
import type { Tx } from './database.ts';
import { type OriginRow, revived } from './refining-origins.ts';
import { listingRulesFor, type RuleSetHead, rulesFor } from './refining-rules.ts';

/** More than this is not read within one request; the answer says of how many. */
const mostLooked = 2_000;
const pageSize = 200;
const samplesShown = 50;

export interface DryRunSample {
  readonly id: string;
  readonly title: string;
  readonly fields: readonly FieldDifference[];
  readonly newFindings: readonly string[];
  readonly goneFindings: readonly string[];
}

export interface DryRun {
  readonly what: 'products' | 'listings';
  /** Products or listings that were refined with both sets of rules, of how many there are. */
  readonly looked: number;
  readonly of: number;
  /** Of those, how many would differ. */
  readonly differ: number;
  /** What was typed in by people stays whatever the rules say: fields that would differ but for that. */
  readonly samples: readonly DryRunSample[];
}

/** What would change if a version were activated. Reads only. */
export async function dryRun(trx: Tx, head: RuleSetHead, candidate: RuleSet): Promise<DryRun> {
  return head.scope === 'marketplace' ? ofListings(trx, head, candidate) : ofProducts(trx, head, candidate);
}

async function ofProducts(trx: Tx, head: RuleSetHead, candidate: RuleSet): Promise<DryRun> {
  const all = () => {
    const query = trx('product_origins as o').join('products as p', 'p.id', 'o.product_id').whereNull('p.gone_at');
    return head.brandId === null ? query : query.where('o.brand_id', head.brandId);
  };
  const of = await all().count({ n: '*' }).first();
  const books = new Map<string, { now: RuleBook; next: RuleBook }>();
  const found = collector();
  for (let after = ''; found.looked < mostLooked; ) {
    const rows: (OriginRow & { title: string })[] = await all()
      .whereRaw('(? = ? or o.product_id::text > ?)', [after, '', after])
      .orderBy('o.product_id')
      .limit(pageSize)
      .select('o.*', 'p.title');
    for (const row of rows) {
      const { brand_id: brandId } = row;
      if (!books.has(brandId)) books.set(brandId, await bothBooks(trx, brandId, head, candidate));
      const { now, next } = books.get(brandId) ?? { now: noRules, next: noRules };
      found.add({ id: row.product_id, title: row.title, ...refineDifference(revived(row.source), now, next) });
    }
    after = rows.at(-1)?.product_id ?? '';
    if (rows.length < pageSize) break;
  }
  return { what: 'products', of: Number(of?.n ?? 0), ...found.result() };
}

async function bothBooks(trx: Tx, brandId: string, head: RuleSetHead, candidate: RuleSet) {
  const now = await rulesFor(trx, brandId);
  const [installation, ...own] = now.sets;
  const sets = head.scope === 'brand' ? [...(installation ? [installation] : []), candidate] : [candidate, ...own];
  return { now, next: { sets } };
}

async function ofListings(trx: Tx, head: RuleSetHead, candidate: RuleSet): Promise<DryRun> {
  const connectionId = String(head.connectionId);
  const now = (await listingRulesFor(trx, [connectionId])).get(connectionId) ?? noRules;
  const all = () =>
    trx('listings as l')
      .join('products as p', 'p.id', 'l.product_id')
      .where('l.connection_id', connectionId)
      .whereNull('p.gone_at');
  const of = await all().count({ n: '*' }).first();
  const rows: { id: string; title: string; descriptionHtml: string }[] = await all()
    .orderBy('l.id')
    .limit(mostLooked)
    .select('l.id', 'p.title', 'p.description_html as descriptionHtml');
  const found = collector();
  for (const row of rows) {
    const [before, after] = [refineText(row, now), refineText(row, { sets: [candidate] })];
    const field = (name: string, was: string, will: string): FieldDifference[] =>
      was === will
        ? []
        : [{ field: name, before: was, after: will, rules: (after.explained[name] ?? []).map(({ rule }) => rule) }];
    const said = ({ findings }: typeof before) => findings.map(({ field: name, reason }) => `${name}: ${reason}`);
    found.add({
      id: row.id,
      title: row.title,
      fields: [
        ...field('title', before.title, after.title),
        ...field('description', before.descriptionHtml, after.descriptionHtml),
      ],
      newFindings: said(after).filter((reason) => !said(before).includes(reason)),
      goneFindings: said(before).filter((reason) => !said(after).includes(reason)),
    });
  }
  return { what: 'listings', of: Number(of?.n ?? 0), ...found.result() };
}

function collector() {
  let looked = 0;
  let differ = 0;
  const samples: DryRunSample[] = [];
  return {
    get looked() {
      return looked;
    },
    add(sample: DryRunSample): void {
      looked += 1;
      if (sample.fields.length + sample.newFindings.length + sample.goneFindings.length === 0) return;
      differ += 1;
      if (samples.length < samplesShown) samples.push(sample);
    },
    result: () => ({ looked, differ, samples }),
  };
}
