import { minimumValues } from '../listings/rules/minimum-value.ts';
import { rulesOf } from '../listings/rules/registry.ts';
import type { AccountRuleSettings, Severity } from '../listings/rules/types.ts';
import type { Tx } from './database.ts';
import type { Command } from './steps.ts';

export interface RuleSettingsChange {
  readonly directFromAbroad?: 'yes' | 'no' | 'unknown' | undefined;
  /** By rule; the usual severity takes a softening back. */
  readonly severities?: Readonly<Record<string, Severity | 'off'>> | undefined;
}

/**
 * Changes what an account has set about its rules. Returns the id of a rule that its marketplace does not have, and then
 * changes nothing.
 */
export async function setRuleSettings(
  trx: Tx,
  connectionId: string,
  { directFromAbroad, severities = {} }: RuleSettingsChange,
  { actor, at, why = '' }: Command,
): Promise<string | null> {
  const row: { connector: string; listing_defaults: { rules?: AccountRuleSettings } } = await trx('connections')
    .where({ id: connectionId })
    .forUpdate()
    .first('connector', 'listing_defaults');
  const known = new Map<string, Severity | null>([
    ...(rulesOf(row.connector)?.rules ?? []).map(({ id, severity }) => [id, severity] as const),
    ...minimumValues.map(({ id }) => [id, null] as const),
  ]);
  const stranger = Object.keys(severities).find((id) => !known.has(id));
  if (stranger !== undefined) return stranger;
  const before = row.listing_defaults.rules ?? {};
  const all = Object.entries({ ...before.severities, ...severities }).filter(([id, how]) => known.get(id) !== how);
  const rules: AccountRuleSettings = {
    ...before,
    ...(directFromAbroad === undefined ? {} : { directFromAbroad }),
    severities: Object.fromEntries(all),
    changed: { by: actor, at: at.toISOString(), why },
  };
  const listingDefaults = JSON.stringify({ ...row.listing_defaults, rules });
  await trx('connections').where({ id: connectionId }).update({ listing_defaults: listingDefaults });
  return null;
}
