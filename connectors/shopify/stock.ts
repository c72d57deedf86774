import { createHash } from 'node:crypto';
import type { RowOutcome } from '../contract/common.ts';
import { ConnectorError } from '../errors.ts';
import type { AdminClient, ShopifyContext } from './client.ts';
import { userRefusal } from './envelope.ts';
import { operations } from './operations.ts';
import type { UserErrors } from './schema.ts';

/** At most 250 rows are taken in one call. */
const ROWS_PER_CALL = 250;

/** One level to be set. */
export interface StockWrite {
  /** Names the row in the outcome. */
  readonly key: string;
  readonly inventoryItemId: string;
  /** What buyers can take ("available"), not what lies on the shelf: units of open orders are not in it. */
  readonly quantity: number;
  /** What was last seen there; the write is refused when it is something else now. Null = overwrite whatever is there. */
  readonly changeFromQuantity: number | null;
}

/**
 * Sets levels at the chosen location, with compare-and-set per row. Shopify writes all rows of a call or none: when some
 * are refused, the call is repeated once without them.
 *
 * @param idempotencyKey the same for every attempt of one write: a repetition is not applied twice
 * @throws ConnectorError Rejected without a location, and whatever the call meets
 */
export async function writeStock(
  client: AdminClient,
  ctx: ShopifyContext,
  rows: readonly StockWrite[],
  idempotencyKey: string,
): Promise<readonly RowOutcome[]> {
  const { locationId } = ctx.settings;
  if (locationId === undefined) {
    throw new ConnectorError('Rejected', 'stock.write: no location is chosen.', {
      field: 'locationId',
      code: 'no_location',
      remedy: 'Name the location in the connection’s settings.',
    });
  }
  const outcomes: RowOutcome[] = [];
  for (let from = 0; from < rows.length; from += ROWS_PER_CALL) {
    outcomes.push(...(await writePart(client, locationId, rows.slice(from, from + ROWS_PER_CALL), idempotencyKey)));
  }
  return outcomes;
}

async function writePart(
  client: AdminClient,
  locationId: string,
  rows: readonly StockWrite[],
  idempotencyKey: string,
): Promise<readonly RowOutcome[]> {
  const first = await setLevels(client, locationId, rows, idempotencyKey);
  const refused = refusedRows(first, rows);
  const outcomes = new Map<string, RowOutcome>();
  if (refused.size > 0) {
    await settleStale(client, locationId, rows, refused);
    const rest = rows.filter((_row, index) => !refused.has(index));
    const again = rest.length === 0 ? [] : await setLevels(client, locationId, rest, idempotencyKey);
    for (const [index, outcome] of refusedRows(again, rest)) outcomes.set(rest[index]?.key ?? '', outcome);
  }
  return rows.map((row, index) => refused.get(index) ?? outcomes.get(row.key) ?? done(row.key));
}

/** A level that already shows the target was written by an attempt whose answer got lost. */
async function settleStale(
  client: AdminClient,
  location: string,
  rows: readonly StockWrite[],
  refused: Map<number, RowOutcome>,
): Promise<void> {
  const stale = [...refused].filter(([, one]) => !one.ok && one.code === 'CHANGE_FROM_QUANTITY_STALE');
  for (let from = 0; from < stale.length; from += 25) {
    const part = stale.slice(from, from + 25).flatMap(([index]) => {
      const row = rows[index];
      return row === undefined ? [] : [{ index, row }];
    });
    const { nodes } = await client.ask('levels', { ids: part.map(({ row }) => row.inventoryItemId), location });
    for (const { index, row } of part) {
      const level = nodes.find((node) => node?.id === row.inventoryItemId)?.inventoryLevel;
      const present = level?.quantities.find(({ name }) => name === 'available')?.quantity;
      if (present === row.quantity) refused.set(index, done(row.key));
    }
  }
}

async function setLevels(
  client: AdminClient,
  locationId: string,
  rows: readonly StockWrite[],
  idempotencyKey: string,
): Promise<UserErrors> {
  const quantities = rows.map(({ inventoryItemId, quantity, changeFromQuantity }) => ({
    inventoryItemId,
    locationId,
    quantity,
    changeFromQuantity,
  }));
  const { inventorySetQuantities } = await client.ask('setStock', {
    input: { name: 'available', reason: 'correction', quantities },
    key: keyOf(idempotencyKey, quantities),
  });
  return inventorySetQuantities.userErrors;
}

/** Refusals by the row's place; throws what concerns no single row. */
function refusedRows(errors: UserErrors, rows: readonly StockWrite[]): Map<number, RowOutcome> {
  const refused = new Map<number, RowOutcome>();
  for (const error of errors) {
    const place = error.field?.[1] === 'quantities' ? Number(error.field[2]) : Number.NaN;
    const row = rows[place];
    if (row === undefined) throw wholeRefusal(errors);
    const code = error.code ?? 'user_error';
    const retryable = code === 'CHANGE_FROM_QUANTITY_STALE';
    refused.set(place, { ok: false, key: row.key, retryable, code, reason: error.message });
  }
  return refused;
}

function wholeRefusal(errors: UserErrors): ConnectorError {
  const code = errors[0]?.code ?? '';
  const refusal = userRefusal(errors, operations.setStock);
  if (code === 'IDEMPOTENCY_CONCURRENT_REQUEST') {
    return new ConnectorError('Unavailable', 'stock.write: the same write is still running.', { code });
  }
  return refusal ?? new ConnectorError('Unavailable', 'stock.write: refused without a reason.');
}

/** 1 to 64 safe characters; other rows need another key, or Shopify takes it for a mistake. */
function keyOf(idempotencyKey: string, quantities: readonly unknown[]): string {
  return createHash('sha256')
    .update(JSON.stringify([idempotencyKey, quantities]))
    .digest('hex');
}

function done(key: string): RowOutcome {
  return { ok: true, key, value: undefined };
}
