import { randomUUID } from 'node:crypto';
import { defaultRule, type PriceRule } from '../pricing/types.ts';
import type { Tx } from './database.ts';
import type { Command } from './steps.ts';

export interface RuleRow {
  readonly id: string;
  readonly connectionId: string;
  readonly brandId: string | null;
  readonly version: number;
  readonly data: PriceRule | null;
  readonly reason: string;
  readonly createdBy: string;
  readonly createdAt: Date;
}

const columns = {
  id: 'id',
  connectionId: 'connection_id',
  brandId: 'brand_id',
  version: 'version',
  data: 'data',
  reason: 'reason',
  createdBy: 'created_by',
  createdAt: 'created_at',
} as const;

/** The newest version for each account, and for each account and brand. */
export async function rulesInForce(trx: Tx, connectionIds: readonly string[]): Promise<RuleRow[]> {
  return trx('price_rules')
    .distinctOn('connection_id', 'brand_id')
    .whereIn('connection_id', [...connectionIds])
    .orderBy(['connection_id', 'brand_id', { column: 'version', order: 'desc' }])
    .select(columns);
}

/** Every version of the rules of an account, newest first. */
export async function ruleHistory(trx: Tx, connectionId: string, limit: number): Promise<RuleRow[]> {
  return trx('price_rules')
    .where({ connection_id: connectionId })
    .orderBy([
      { column: 'created_at', order: 'desc' },
      { column: 'version', order: 'desc' },
    ])
    .limit(limit)
    .select(columns);
}

/** The rule that holds for a brand on an account, with the sentence that says where it comes from. */
export function ruleFor(
  rules: readonly RuleRow[],
  input: { readonly connectionId: string; readonly brandId: string; readonly roundToMinor: number },
): { rule: PriceRule; source: string } {
  const { connectionId, brandId, roundToMinor } = input;
  const own = rules.filter((row) => row.connectionId === connectionId && row.data !== null);
  const row = own.find((one) => one.brandId === brandId) ?? own.find((one) => one.brandId === null);
  if (row?.data) {
    const whose = row.brandId === null ? 'price rule of the account' : 'price rule of the account for the brand';
    return {
      rule: row.data,
      source: `${whose}, version ${row.version} by ${row.createdBy}, ${row.createdAt.toISOString()}: ${row.reason}`,
    };
  }
  return {
    rule: { ...defaultRule, rounding: { multipleMinor: roundToMinor, endingMinor: 0, direction: 'up' } },
    source: 'no price rule yet: the listing defaults of the account',
  };
}

export interface NewRule {
  readonly connectionId: string;
  readonly brandId: string | null;
  /** Null: the rule ends, and what stands behind it holds. */
  readonly data: PriceRule | null;
  readonly reason: string;
  /** The version that the editor saw, 0 for none. */
  readonly seenVersion: number;
}

/** Keeps a rule as the next version. Returns null when somebody else made one meanwhile. */
export async function saveRule(
  trx: Tx,
  input: NewRule,
  command: Command,
): Promise<{ id: string; version: number } | null> {
  const { connectionId, brandId } = input;
  await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`price-rule/${connectionId}/${brandId}`]);
  const present = await trx('price_rules')
    .where({ connection_id: connectionId, brand_id: brandId })
    .max({ version: 'version' })
    .first();
  const version = Number(present?.version ?? 0);
  if (version !== input.seenVersion) return null;
  const id = randomUUID();
  await trx('price_rules').insert({
    id,
    connection_id: connectionId,
    brand_id: brandId,
    version: version + 1,
    data: input.data === null ? null : JSON.stringify(input.data),
    reason: input.reason,
    created_by: command.actor,
    created_at: command.at,
  });
  return { id, version: version + 1 };
}
