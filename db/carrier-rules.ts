import { randomUUID } from 'node:crypto';
import type { CarrierRule } from '../freight/carrier-choice.ts';
import type { Tx } from './database.ts';
import type { Command } from './steps.ts';

export interface StoredCarrierRule extends CarrierRule {
  readonly id: string;
  /** Codes, for people. */
  readonly connection: string;
  readonly brand: string | null;
  readonly createdBy: string;
  readonly createdAt: Date;
}

const ruleOf = (row: Record<string, unknown>): CarrierRule => ({
  connectionId: String(row.connection_id),
  rule: row.rule as CarrierRule['rule'],
  rank: Number(row.rank),
  brandId: (row.brand_id as string | null) ?? null,
  fromCountryCode: (row.from_country_code as string | null) ?? null,
  toCountryCode: (row.to_country_code as string | null) ?? null,
  domestic: (row.domestic as boolean | null) ?? null,
  incoterm: (row.incoterm as CarrierRule['incoterm']) ?? null,
  overGrams: (row.over_grams as number | null) ?? null,
  upToGrams: (row.up_to_grams as number | null) ?? null,
  note: String(row.note),
});

/** The rules in force about some accounts. */
export async function carrierRules(trx: Tx, connectionIds: readonly string[]): Promise<CarrierRule[]> {
  const rows = await trx('carrier_rules')
    .whereIn('connection_id', [...connectionIds])
    .whereNull('ended_at')
    .orderBy(['created_at', 'id']);
  return rows.map(ruleOf);
}

/** All rules in force, in the order of their ranks. */
export async function listCarrierRules(trx: Tx): Promise<StoredCarrierRule[]> {
  const rows = await trx('carrier_rules as r')
    .join('connections as c', 'c.id', 'r.connection_id')
    .leftJoin('brands as b', 'b.id', 'r.brand_id')
    .whereNull('r.ended_at')
    .orderBy(['r.rank', 'c.code', 'r.id'])
    .select('r.*', 'c.code as connection_code', 'b.code as brand_code');
  return rows.map((row) => ({
    ...ruleOf(row),
    id: row.id,
    connection: row.connection_code,
    brand: row.brand_code,
    createdBy: row.created_by,
    createdAt: row.created_at,
  }));
}

/** Adds a rule; it holds for what is planned from now on. */
export async function addCarrierRule(trx: Tx, rule: CarrierRule, command: Command): Promise<string> {
  const id = randomUUID();
  await trx('carrier_rules').insert({
    id,
    connection_id: rule.connectionId,
    rule: rule.rule,
    rank: rule.rank,
    brand_id: rule.brandId,
    from_country_code: rule.fromCountryCode,
    to_country_code: rule.toCountryCode,
    domestic: rule.domestic,
    incoterm: rule.incoterm,
    over_grams: rule.overGrams,
    up_to_grams: rule.upToGrams,
    note: rule.note,
    created_by: command.actor,
    created_at: command.at,
  });
  return id;
}

/** Ends a rule, which stays in the books. False where it is not in force. */
export async function endCarrierRule(trx: Tx, id: string, command: Command): Promise<boolean> {
  const ended = await trx('carrier_rules')
    .where({ id, ended_at: null })
    .update({ ended_by: command.actor, ended_at: command.at });
  return ended > 0;
}
