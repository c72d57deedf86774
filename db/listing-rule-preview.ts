import { composeListing } from '../listings/compose.ts';
import type { Tx } from './database.ts';
import { contentsOf } from './listing-content.ts';
import { validated } from './listing-learning.ts';
import { type RuleSettingsChange, setRuleSettings } from './listing-rule-settings.ts';
import type { Command, Row } from './steps.ts';

/** More than this is not composed within one request; the answer says of how many. */
const mostLooked = 500;

export interface RulePreview {
  /** Unsent listings of the account that were composed both ways, of how many there are. */
  readonly looked: number;
  readonly of: number;
  /** Of those, how many could not be sent: now, and with the change. */
  readonly blockedNow: number;
  readonly blockedThen: number;
}

/**
 * What a change of an account's settings would do to its unsent listings; afterwards everything is as before. Text: the id
 * of a rule that its marketplace does not have.
 */
export async function previewRuleSettings(
  trx: Tx,
  connectionId: string,
  change: RuleSettingsChange,
  command: Command,
): Promise<RulePreview | string> {
  const unsent = () =>
    trx('listings')
      .where({ connection_id: connectionId })
      .whereIn('state', [...validated]);
  const rows: Row[] = await unsent().orderBy('id').limit(mostLooked);
  const of = await unsent().count({ n: '*' }).first();
  const blocked = async (): Promise<number> =>
    (await contentsOf(trx, rows)).filter((content) => composeListing(content).findings.some((one) => one.blocking))
      .length;
  const blockedNow = await blocked();
  // Taken back below in the same transaction: nobody else ever sees it.
  const before = await trx('connections').where({ id: connectionId }).forUpdate().first('listing_defaults');
  const stranger = await setRuleSettings(trx, connectionId, change, command);
  if (stranger !== null) return stranger;
  const blockedThen = await blocked();
  await trx('connections')
    .where({ id: connectionId })
    .update({ listing_defaults: JSON.stringify(before.listing_defaults) });
  return { looked: rows.length, of: Number(of?.n ?? 0), blockedNow, blockedThen };
}
