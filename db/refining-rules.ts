import { randomUUID } from 'node:crypto';
import { type Rule, type RuleBook, type RuleSet, setName, type Vocabulary } from '../cleaning/rules.ts';
import { standardRules } from '../cleaning/standard.ts';
import type { Tx } from './database.ts';
import type { Command } from './steps.ts';

export type RuleScope = 'installation' | 'brand' | 'marketplace';

interface VersionRow {
  rule_set_id: string;
  number: number;
  rules: Rule[];
  vocabularies: Record<string, Vocabulary>;
  note: string;
  created_by: string;
  created_at: Date;
}

const contentOf = (scope: string, { number, rules, vocabularies }: VersionRow): RuleSet => ({
  scope,
  version: number,
  rules,
  vocabularies,
});

/** The active versions of rule sets with the name that their explanations carry. */
function activeSets(trx: Tx) {
  return trx('rule_sets as s')
    .join('rule_set_versions as v', (on) => on.on('v.rule_set_id', 's.id').andOn('v.number', 's.active_version'))
    .leftJoin('brands as b', 'b.id', 's.brand_id')
    .leftJoin('connections as c', 'c.id', 's.connection_id')
    .select('v.*', 's.scope', 's.connection_id', trx.raw(`coalesce(b.code, c.code, 'installation') as name`));
}

/**
 * The rules in force for a brand's products: the installation's (the standard ones while none was activated), then the
 * brand's own.
 */
export async function rulesFor(trx: Tx, brandId: string): Promise<RuleBook> {
  const rows: (VersionRow & { scope: RuleScope; name: string })[] = await activeSets(trx)
    .where('s.scope', 'installation')
    .orWhere({ 's.scope': 'brand', 's.brand_id': brandId });
  const of = (scope: RuleScope): RuleSet[] =>
    rows.filter((row) => row.scope === scope).map((row) => contentOf(row.name, row));
  const [installation = standardRules] = of('installation');
  return { sets: [installation, ...of('brand')] };
}

/** The rules in force for the listings of marketplace accounts; an account without any is missing. */
export async function listingRulesFor(trx: Tx, connectionIds: readonly string[]): Promise<Map<string, RuleBook>> {
  const rows: (VersionRow & { connection_id: string; name: string })[] = await activeSets(trx)
    .where('s.scope', 'marketplace')
    .whereIn('s.connection_id', [...connectionIds]);
  return new Map(rows.map((row) => [row.connection_id, { sets: [contentOf(row.name, row)] }]));
}

/** The names of a book's sets, as refined products keep them. */
export const bookName = ({ sets }: RuleBook): string => sets.map(setName).join(', ');

export interface RuleTarget {
  readonly scope: RuleScope;
  readonly brandId: string | null;
  readonly connectionId: string | null;
}

export interface RuleSetHead extends RuleTarget {
  readonly id: string;
  readonly name: string;
  readonly activeVersion: number | null;
  readonly versions: number;
}

/** All rule sets that somebody began, the installation's first. */
export async function listRuleSets(trx: Tx, id?: string): Promise<RuleSetHead[]> {
  const query = trx('rule_sets as s')
    .leftJoin('brands as b', 'b.id', 's.brand_id')
    .leftJoin('connections as c', 'c.id', 's.connection_id')
    .orderByRaw(`array_position(array['installation', 'brand', 'marketplace'], s.scope), 2`)
    .select(
      's.id',
      trx.raw(`coalesce(b.code, c.code, 'installation') as name`),
      's.scope',
      's.brand_id as brandId',
      's.connection_id as connectionId',
      's.active_version as activeVersion',
      trx.raw('(select count(*) from rule_set_versions v where v.rule_set_id = s.id) as versions'),
    );
  if (id !== undefined) query.where('s.id', id);
  return query;
}

/** The rule set of a scope; begun, without a version, where there is none. */
export async function ruleSetOf(trx: Tx, target: RuleTarget, command: Command): Promise<string> {
  const columns = { scope: target.scope, brand_id: target.brandId, connection_id: target.connectionId };
  await trx('rule_sets')
    .insert({ id: randomUUID(), ...columns, created_at: command.at })
    .onConflict(['scope', 'brand_id', 'connection_id'])
    .ignore();
  const row = await trx('rule_sets').where(columns).first('id');
  return row.id;
}

export interface RuleVersion {
  readonly number: number;
  readonly rules: readonly Rule[];
  readonly vocabularies: Readonly<Record<string, Vocabulary>>;
  readonly note: string;
  readonly createdBy: string;
  readonly createdAt: Date;
}

export async function versionsOf(trx: Tx, ruleSetId: string): Promise<RuleVersion[]> {
  const rows: VersionRow[] = await trx('rule_set_versions').where({ rule_set_id: ruleSetId }).orderBy('number', 'desc');
  return rows.map(({ number, rules, vocabularies, note, created_by, created_at }) => ({
    number,
    rules,
    vocabularies,
    note,
    createdBy: created_by,
    createdAt: created_at,
  }));
}

export async function activationsOf(trx: Tx, ruleSetId: string) {
  const rows: { number: number; by: string; why: string | null; at: Date }[] = await trx('rule_set_activations')
    .where({ rule_set_id: ruleSetId })
    .orderBy('id', 'desc')
    .limit(50)
    .select('number', 'activated_by as by', 'why', 'at');
  return rows;
}

/** Adds a version after the newest one; nothing is refined with it before it is activated. */
export async function addVersion(
  trx: Tx,
  ruleSetId: string,
  content: { rules: readonly Rule[]; vocabularies: Readonly<Record<string, Vocabulary>>; note: string },
  command: Command,
): Promise<number> {
  await trx('rule_sets').where({ id: ruleSetId }).forUpdate().first('id');
  const newest = await trx('rule_set_versions').where({ rule_set_id: ruleSetId }).max({ number: 'number' }).first();
  const number = Number(newest?.number ?? 0) + 1;
  await trx('rule_set_versions').insert({
    rule_set_id: ruleSetId,
    number,
    rules: JSON.stringify(content.rules),
    vocabularies: JSON.stringify(content.vocabularies),
    note: content.note,
    created_by: command.actor,
    created_at: command.at,
  });
  return number;
}

/** One version as a set with the name that its explanations carry; null when there is none. */
export async function versionAsSet(trx: Tx, head: RuleSetHead, number: number): Promise<RuleSet | null> {
  const row: VersionRow | undefined = await trx('rule_set_versions').where({ rule_set_id: head.id, number }).first();
  return row ? contentOf(head.name, row) : null;
}

/**
 * Makes a version hold, an earlier one as well: that is how a newer one is undone. What it touches is marked as stale in
 * the same transaction, and refined again in batches. Returns how many products or listings wait.
 */
export async function activateVersion(
  trx: Tx,
  { head, number }: { head: RuleSetHead; number: number },
  command: Command,
): Promise<number> {
  await trx('rule_sets').where({ id: head.id }).update({ active_version: number });
  await trx('rule_set_activations').insert({
    rule_set_id: head.id,
    number,
    activated_by: command.actor,
    why: command.why ?? null,
    at: command.at,
  });
  if (head.scope === 'marketplace') {
    return trx('listings').where({ connection_id: head.connectionId }).update({ stale_since: command.at });
  }
  const products = trx('product_origins');
  if (head.brandId !== null) products.where({ brand_id: head.brandId });
  return products.update({ stale_since: command.at });
}
