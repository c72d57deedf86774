import { randomUUID } from 'node:crypto';
import type { RowOutcome } from '../connectors/contract/common.ts';
import type { MarketplaceConnector, StockDelta } from '../connectors/contract/marketplace.ts';
import { ConnectorError } from '../connectors/errors.ts';
import { EffectPending, type EffectSpec, performEffect, settleUnwanted } from '../db/effects.ts';
import type { PlannedWrite } from '../db/stock-writes.ts';
import { type ActivityDeps, commandOf } from './deps.ts';

const kind = 'change-stock';
const open = ['INTENDED', 'ATTEMPTED', 'AMBIGUOUS'];

/** A change as the ledger keeps it, with the level that it was worked out from. */
interface KeptRow extends StockDelta {
  /** Of `listing_skus`. */
  readonly id: string;
  readonly level: number;
}

type Settled =
  | { readonly outcomes: readonly RowOutcome[] }
  | { readonly levels: Readonly<Record<string, number | null>> };

interface Account {
  readonly connectionId: string;
  readonly connector: MarketplaceConnector;
}

interface OpenEffect {
  readonly key: string;
  readonly request: { readonly rows: readonly KeptRow[] };
}

/**
 * Brings the offered quantities of planned writes to their levels on a platform that takes only changes: reads what is offered,
 * works out the differences, sends them once. A change whose answer was lost is never sent again: once it can no longer
 * arrive, what is offered is read again and a fresh difference is worked out. What buyers take between reading and sending
 * stays taken.
 *
 * @param by who marked the writes as under way; whoever lost the mark meanwhile sends nothing
 * @throws EffectPending while an earlier change of one of the SKUs may still arrive, ConnectorError as the calls do
 */
export async function sendDeltas(
  deps: ActivityDeps,
  account: Account,
  writes: readonly PlannedWrite[],
  by: string,
): Promise<RowOutcome[]> {
  await settleEarlier(deps, account, new Set(writes.map(({ id }) => id)));
  const together = await changeOnce(deps, account, writes, by);
  const apart = writes.length > 1 && together.length > 0 && together.every(isRefusedWithOthers);
  if (!apart) return together;
  // All were refused because of one that nobody names: by itself each fails, or does not.
  const outcomes: RowOutcome[] = [];
  for (const write of writes) outcomes.push(...(await changeOnce(deps, account, [write], by)));
  return outcomes;
}

const isRefusedWithOthers = (outcome: RowOutcome): boolean => !outcome.ok && outcome.code === 'refused_together';

async function changeOnce(
  deps: ActivityDeps,
  { connectionId, connector }: Account,
  writes: readonly PlannedWrite[],
  by: string,
): Promise<RowOutcome[]> {
  const levels = new Map((await readLevels(connector, writes)).map((level) => [level.key, level]));
  const rows = writes.flatMap((write): KeptRow[] => {
    const { id, sellerSku, externalId, externalSkuId, quantity } = write;
    const level = levels.get(sellerSku);
    if (level?.ok !== true || level.value === quantity) return [];
    return [{ id, sellerSku, externalId, externalSkuId, level: level.value, delta: quantity - level.value }];
  });
  const changed = new Map<string, RowOutcome>();
  for (const outcome of await perform(deps, { connectionId, connector }, rows, by)) changed.set(outcome.key, outcome);
  return writes.map(({ sellerSku }): RowOutcome => {
    const level = levels.get(sellerSku);
    if (level?.ok === false) return level;
    // What was read already is as wanted.
    return changed.get(sellerSku) ?? { ok: true, key: sellerSku, value: undefined };
  });
}

async function perform(
  deps: ActivityDeps,
  { connectionId, connector }: Account,
  rows: readonly KeptRow[],
  by: string,
): Promise<readonly RowOutcome[]> {
  if (rows.length === 0) return [];
  const spec = specOf(connectionId, `stock/${connectionId}/${randomUUID()}`, rows);
  let refused: readonly RowOutcome[] | null = null;
  const result = await performEffect<Settled>(
    deps,
    spec,
    {
      stillWanted: async (trx) => {
        const mine = await trx('listing_skus')
          .whereIn(
            'id',
            rows.map(({ id }) => id),
          )
          .where({ stock_attempt_by: by })
          .where('stock_attempt_until', '>', deps.wall())
          .pluck('id');
        return mine.length === rows.length ? null : 'somebody else has taken the writes over';
      },
      call: async () => {
        const outcomes = await changeStock(connector, rows);
        if (outcomes.length > 0 && outcomes.every(({ ok }) => !ok)) {
          refused = outcomes;
          throw new ConnectorError('Rejected', outcomes.map((one) => (one.ok ? '' : one.reason))[0] ?? 'refused');
        }
        return { outcomes };
      },
      lookup: () => readAgain(deps, connector, spec.key, rows),
      onDone: async () => undefined,
      ...deps.waits,
    },
    await commandOf(deps, spec.key),
  );
  if (result.outcome === 'done' && 'outcomes' in result.answer) return result.answer.outcomes;
  if (refused !== null) return refused;
  const why = result.outcome === 'done' ? 'it was read again meanwhile' : result.reason;
  throw new EffectPending(spec.key, why, deps.waits.settleMs);
}

/**
 * Ends earlier changes of the account: those that were never sent are given up, those whose answer was lost are read again.
 * Of SKUs that are not among these, what cannot be ended yet waits for the next round.
 */
async function settleEarlier(
  deps: ActivityDeps,
  { connectionId, connector }: Account,
  about: ReadonlySet<string>,
): Promise<void> {
  const earlier: OpenEffect[] = await deps.db.tx('staff', (trx) =>
    trx('effects')
      .where({ connection_id: connectionId, kind })
      .whereIn('state', open)
      .orderBy('id')
      .select('key', 'request'),
  );
  for (const { key, request } of earlier) {
    const rows = request.rows;
    try {
      await settleUnwanted<Settled>(
        deps,
        specOf(connectionId, key, rows),
        { lookup: () => readAgain(deps, connector, key, rows), onDone: async () => undefined, ...deps.waits },
        'the change is worked out afresh',
        await commandOf(deps, key),
      );
    } catch (error) {
      if (!(error instanceof EffectPending) || rows.some(({ id }) => about.has(id))) throw error;
    }
  }
}

/**
 * What is offered now, once a change whose answer was lost can no longer arrive: it happened or it did not, and the levels
 * hold either way.
 */
async function readAgain(
  deps: ActivityDeps,
  connector: MarketplaceConnector,
  key: string,
  rows: readonly KeptRow[],
): Promise<Settled> {
  const effect = await deps.db.tx('staff', (trx) =>
    trx('effects').where({ key }).first('ambiguous_since', 'lease_until'),
  );
  const since: Date | null = effect?.ambiguous_since ?? null;
  const lease: Date | null = effect?.lease_until ?? null;
  const settledMs = Math.max((since?.getTime() ?? 0) + deps.waits.settleMs, lease?.getTime() ?? 0);
  const leftMs = settledMs - deps.wall().getTime();
  if (leftMs > 0) throw new EffectPending(key, 'what was sent may still arrive', leftMs);
  const levels = await readLevels(connector, rows);
  return { levels: Object.fromEntries(levels.map((level) => [level.key, level.ok ? level.value : null])) };
}

function specOf(connectionId: string, key: string, rows: readonly KeptRow[]): EffectSpec {
  return {
    ...{ key, kind, connectionId, brandId: null, entityKind: 'connection', entityId: connectionId },
    request: { rows },
  };
}

function readLevels(
  connector: MarketplaceConnector,
  rows: readonly Omit<StockDelta, 'delta'>[],
): Promise<readonly RowOutcome<number>[]> {
  if (connector.readStock === undefined) throw new Error('a connector that takes changes of stock cannot read it');
  return connector.readStock(rows);
}

function changeStock(connector: MarketplaceConnector, rows: readonly StockDelta[]): Promise<readonly RowOutcome[]> {
  if (connector.changeStock === undefined)
    throw new Error('a connector that takes changes of stock has no call for them');
  return connector.changeStock(rows);
}
