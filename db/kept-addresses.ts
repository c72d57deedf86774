import type { Tx } from './database.ts';
import { reportProblem, resolveProblem } from './problems.ts';
import { grouped } from './queries/paging.ts';
import type { Command } from './steps.ts';

/** Orders that need their buyer's address no more. */
const closed = ['CANCELLED', 'SUCCESSFULLY_PROCESSED'];
const dayMs = 24 * 60 * 60 * 1000;
/** Numbers that the problem names; the rest is counted. */
const namedAtMost = 20;

const keyOf = (brandId: string): string => `brand/${brandId}/kept-addresses`;

/**
 * An open order keeps its buyer's address for as long as it is open. Where that has lasted for `reviewDays`, a problem of the
 * brand asks a person to bring the orders to an end: nothing is erased by itself, because a parcel may still need it. It is
 * told again when another order joins them, and closes when none is left. Returns how many orders there are.
 */
export async function reportKeptAddresses(trx: Tx, reviewDays: number, command: Command): Promise<number> {
  const before = new Date(command.at.getTime() - reviewDays * dayMs);
  const rows: { brand_id: string; number: string }[] = await trx('orders')
    .join('consignees', 'consignees.id', 'orders.consignee_id')
    .whereNotIn('orders.state', closed)
    .where('orders.created_at', '<=', before)
    .whereNull('consignees.erased_at')
    .orderBy('orders.number')
    .select('orders.brand_id', 'orders.number');
  const perBrand = grouped(rows, ({ brand_id }) => brand_id);
  const known: { brand_id: string; detail: string; state: string }[] = await trx('problems')
    .where({ kind: 'kept-addresses' })
    .select('brand_id', 'detail', 'state');
  for (const { brand_id: brandId, state } of known) {
    if (state !== 'RESOLVED' && !perBrand.has(brandId)) await resolveProblem(trx, keyOf(brandId), command);
  }
  for (const [brandId, orders] of perBrand) {
    const numbers = orders.map(({ number }) => number);
    const detail = detailOf(numbers, reviewDays);
    // Told once: a tick that finds the same ones says nothing new, also after a person has closed it.
    if (known.some((problem) => problem.brand_id === brandId && problem.detail === detail)) continue;
    await reportProblem(
      trx,
      {
        causeKey: keyOf(brandId),
        kind: 'kept-addresses',
        severity: 'warning',
        title: `Buyers’ addresses are kept by orders that do not come to an end: ${numbers.length}`,
        detail,
        remedy: 'Bring the orders to an end: complete, cancel or settle them. Then their buyers can be erased.',
        brandId,
        entityKind: 'brand',
        entityId: brandId,
      },
      { ...command, role: 'system' },
    );
  }
  return rows.length;
}

function detailOf(numbers: readonly string[], reviewDays: number): string {
  const rest = numbers.length - namedAtMost;
  const named = `${numbers.slice(0, namedAtMost).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  return `Open for more than ${reviewDays} days: ${named}.`;
}
