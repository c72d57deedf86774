import type { Tx } from '../../../db/database.ts';
import { refreshListings } from '../../../db/listing-content.ts';
import { remember, reprice } from '../../../db/prices.ts';
import type { PriceRow } from '../../../db/prices-input.ts';
import { decidePrice, mayPassFloor, proposePrice } from '../../../db/prices-proposals.ts';
import type { Command } from '../../../db/steps.ts';
import { showMinor } from '../../../pricing/currency.ts';
import type { FieldOutcome } from '../schemas/tables.ts';
import { comparableCells, handPrice, type Priced, wantedMinor } from './prices-cells.ts';
import type { MoneyCell } from './prices-columns.ts';

const handKeys = new Set(['price', 'reason', 'expiresAt', 'belowFloor']);

const refuse = (fields: readonly FieldOutcome[], keys: ReadonlySet<string>, why: string): FieldOutcome[] =>
  fields.map((field) =>
    field.outcome === 'saved' && keys.has(field.key) ? { ...field, outcome: 'refused', why } : field,
  );

/**
 * Writes what may be saved of one row: cost and note at once, a price by hand as a proposal. Returns the fields with what
 * became of them; a price that is refused leaves the others saved.
 */
export async function saveRow(
  trx: Tx,
  priced: Priced,
  fields: readonly FieldOutcome[],
  command: Command,
): Promise<FieldOutcome[]> {
  const saved = new Map(fields.filter(({ outcome }) => outcome === 'saved').map(({ key, yours }) => [key, yours]));
  if ([...saved.keys()].some((key) => !handKeys.has(key))) await savePlain(trx, priced.row, saved, command);
  if (![...saved.keys()].some((key) => handKeys.has(key))) return [...fields];
  const conflicting = fields.some(
    ({ key, outcome }) => key === 'price' && (outcome === 'conflict' || outcome === 'refused'),
  );
  // A reason or an end without its price would be said about another price than the editor saw.
  if (conflicting) return refuse(fields, handKeys, 'It goes with the price, which is not saved.');
  const why = await saveHandPrice(trx, priced, saved, command);
  return why === null ? [...fields] : refuse(fields, handKeys, why);
}

async function savePlain(trx: Tx, row: PriceRow, saved: ReadonlyMap<string, unknown>, command: Command): Promise<void> {
  const changed: Record<string, [unknown, unknown]> = {};
  if (saved.has('note')) {
    changed.note = [row.price_note, saved.get('note') ?? null];
    await trx('listing_skus')
      .where({ id: row.id })
      .update({ price_note: saved.get('note') ?? null });
  }
  if (saved.has('cost')) {
    const minor = (saved.get('cost') as MoneyCell | null)?.amountMinor ?? null;
    changed.cost = [row.cost_minor, minor];
    await trx('skus').where({ id: row.sku_id }).update({ cost_minor: minor });
  }
  const [after] = await trx('listing_skus')
    .where({ id: row.id })
    .increment('price_version', 1)
    .returning('price_version');
  await remember(
    trx,
    [{ row, version: after.price_version, fields: changed, source: command.actor }],
    'edited',
    command,
  );
  if (!saved.has('cost')) return;
  // The cost belongs to the SKU: its rows on other marketplaces follow.
  const rows: string[] = await trx('listing_skus').where({ sku_id: row.sku_id }).orderBy('id').pluck('id');
  const { listingsToRefresh } = await reprice(trx, rows, { cause: 'edited', source: command.actor }, command);
  await refreshListings(trx, listingsToRefresh);
}

/** Null when it is done; otherwise the sentence that says why not. */
async function saveHandPrice(
  trx: Tx,
  priced: Priced,
  saved: ReadonlyMap<string, unknown>,
  command: Command,
): Promise<string | null> {
  const before = handPrice(priced);
  const { row } = priced;
  const wanted = saved.has('price')
    ? ((saved.get('price') as MoneyCell | null)?.amountMinor ?? null)
    : (before?.amountMinor ?? null);
  if (saved.has('price') && (wanted === null || wanted === row.price_rule_minor)) return takeBack(trx, priced, command);
  if (wanted === null) return 'There is no price by hand that it would belong to.';
  const text = (key: string): string | null | undefined => saved.get(key) as string | null | undefined;
  const reason = text('reason') ?? command.why ?? (saved.has('price') ? undefined : before?.reason);
  if (!reason) return 'A price by hand needs a reason.';
  const until = saved.has('expiresAt') ? text('expiresAt') : (before?.expiresAt?.toISOString() ?? null);
  const passFloor = text('belowFloor');
  if (passFloor && !mayPassFloor(command.role))
    return 'Only approvers and admins may let a price pass below the floor.';
  const proposed = await proposePrice(
    trx,
    {
      listingSkuId: row.id,
      amountMinor: wanted,
      reason,
      expiresAt: until ? new Date(until) : null,
      ...(passFloor ? { passFloor } : {}),
    },
    command,
  );
  return proposed.ok ? null : proposed.why;
}

/** Emptied, or set to what the rules say: the open proposal is withdrawn, else the one in force ends. */
async function takeBack(trx: Tx, { row, open }: Priced, command: Command): Promise<string | null> {
  const id = open?.kind === 'hand' ? open.id : row.override_id;
  if (id === null) return open ? 'The rule price waits for a decision: approve or reject it.' : null;
  const result = await decidePrice(
    trx,
    { id, event: 'WITHDRAW' },
    { ...command, why: command.why ?? 'The rule price holds again.' },
  );
  return result.ok ? null : result.why;
}

/** What the price cell held before the first change since the editor looked; undefined: nothing of it changed. */
export function priceChange(priced: Priced) {
  const { currency, price_rule_minor: rule } = priced.row;
  const cell = (minor: unknown): MoneyCell | null =>
    typeof minor === 'number' ? { amountMinor: minor, currency } : null;
  return (changed: Readonly<Record<string, readonly [unknown, unknown]>>): readonly [unknown, unknown] | undefined => {
    const pair = changed.rule ?? changed.proposed ?? changed.override;
    if (!pair) return undefined;
    return [cell(pair[0] ?? rule), cell(pair[1] ?? rule)];
  };
}

/** The three values of a conflict in one sentence. */
export function conflictSentence(priced: Priced, { base, yours, by, at }: FieldOutcome): string {
  const show = (value: unknown): string => {
    const cell = value as MoneyCell | null;
    return cell ? showMinor(cell.amountMinor, cell.currency) : 'none';
  };
  const now = wantedMinor(priced);
  const theirs = now === null ? 'none' : showMinor(now, priced.row.currency);
  return `You saw ${show(base)} and typed ${show(yours)}; meanwhile ${by ?? 'somebody'} made it ${theirs} at ${at ?? 'an unknown time'}.`;
}

/** How the other cells changed. */
export function otherChange(priced: Priced, key: string) {
  return (changed: Readonly<Record<string, readonly [unknown, unknown]>>): readonly [unknown, unknown] | undefined => {
    if (key === 'cost' && changed.cost) {
      const { base_currency: currency } = priced.row;
      const [before, after] = changed.cost.map((minor) =>
        typeof minor === 'number' ? { amountMinor: minor, currency } : null,
      );
      return [before, after];
    }
    if (key === 'note') return changed.note;
    const touches = key === 'cost' ? undefined : (changed.proposed ?? changed.override);
    // Reason and end change with the price that they belong to.
    return touches ? [undefined, comparableCells(priced)[key]] : undefined;
  };
}
