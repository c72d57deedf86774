import { randomUUID } from 'node:crypto';
import type { Override } from '../pricing/input.ts';
import { marketplacePrice, type PriceResult } from '../pricing/marketplace-price.ts';
import { decide, machines } from '../state-machines/index.ts';
import type { Tx } from './database.ts';
import { refreshListings } from './listing-content.ts';
import { remember, reprice } from './prices.ts';
import { showOnListing } from './prices-guards.ts';
import { groundOf, inputOf, type PriceRow, readPriceRows } from './prices-input.ts';
import { riseToStaff } from './queries/rise.ts';
import { type Command, contextOf, create, lock, mustStep, type Row, type StepResult, step } from './steps.ts';

/** Roles that may let a price pass below the margin floor. */
export const mayPassFloor = (role: string): boolean => role === 'approver' || role === 'admin';

export interface HandPrice {
  readonly listingSkuId: string;
  readonly amountMinor: number;
  readonly reason: string;
  readonly expiresAt: Date | null;
  /** Why it may lie below the margin floor; taken from those who may let it pass. */
  readonly passFloor?: string | undefined;
}

export type Proposed =
  | { readonly ok: true; readonly id: string; readonly version: number; readonly state: string }
  | { readonly ok: false; readonly code: 'InvalidPrice' | 'BelowFloor' | 'NotBelowFloorAllowed'; readonly why: string };

const overrideOf = (price: HandPrice, { actor, at }: Command, passed: string | null): Override => ({
  amountMinor: price.amountMinor,
  reason: price.reason,
  by: actor,
  at,
  expiresAt: price.expiresAt,
  floorPassed: passed === null ? null : { by: actor, reason: passed },
});

/** What would become of a row if the typed price were in force. */
async function trial(trx: Tx, row: PriceRow, override: Override, at: Date): Promise<PriceResult> {
  return marketplacePrice({ ...inputOf(row, await groundOf(trx, [row], at), at), override });
}

/**
 * Proposes a price that a person typed. It replaces an open proposal of the same row, and changes nothing of the price in
 * force: its listing shows UPDATE until somebody decides. Refused with the formula when it is below the margin floor.
 */
export async function proposePrice(trx: Tx, price: HandPrice, command: Command): Promise<Proposed> {
  await riseToStaff(trx);
  const listing = await trx('listing_skus').where({ id: price.listingSkuId }).first('listing_id');
  await lock(trx, 'listing', listing.listing_id);
  const [row] = await readPriceRows(trx, [price.listingSkuId], { lock: true });
  if (!row) throw new Error(`there is no SKU of a listing ${price.listingSkuId}`);
  if (!Number.isSafeInteger(price.amountMinor) || price.amountMinor <= 0)
    return { ok: false, code: 'InvalidPrice', why: 'A price is a whole number of minor units above zero.' };
  if (price.expiresAt !== null && price.expiresAt <= command.at)
    return { ok: false, code: 'InvalidPrice', why: `Its end, ${price.expiresAt.toISOString()}, is over already.` };
  const free = await trial(trx, row, overrideOf(price, command, null), command.at);
  const isBelow = free.blocked !== null && free.blocked.code !== 'not-a-price';
  if (isBelow && price.passFloor === undefined)
    return { ok: false, code: 'BelowFloor', why: free.blocked?.reason ?? '' };
  if (isBelow && !mayPassFloor(command.role)) {
    const why = `${free.blocked?.reason} Only approvers and admins may let it pass.`;
    return { ok: false, code: 'NotBelowFloorAllowed', why };
  }
  await withdrawOpen(trx, row, 'Another price was proposed.', command);
  const id = randomUUID();
  const passed = isBelow ? { floor_passed_by: command.actor, floor_passed_reason: price.passFloor ?? null } : {};
  await create(
    trx,
    'price_proposal',
    {
      id,
      brand_id: row.brand_id,
      connection_id: row.connection_id,
      listing_id: row.listing_id,
      listing_sku_id: row.id,
      kind: 'hand',
      amount_minor: price.amountMinor,
      currency: row.currency,
      seen_minor: row.price_desired_minor,
      seen_rule_minor: row.price_rule_minor,
      reason: price.reason,
      proposed_by: command.actor,
      proposed_at: command.at,
      expires_at: price.expiresAt,
      floor_holds: !isBelow,
      floor_formula: free.floor?.formula ?? null,
      ...passed,
      created_at: command.at,
    },
    { ...command, commandId: `${command.commandId}/propose/${row.id}`, why: price.reason },
  );
  const version = await bump(trx, row, { proposed: [null, price.amountMinor] }, 'proposed', {
    ...command,
    why: price.reason,
  });
  await showOnListing(trx, row.listing_id, 'PRICE_PROPOSED', { ...command, why: price.reason });
  return { ok: true, id, version, state: 'PROPOSED' };
}

async function withdrawOpen(trx: Tx, row: PriceRow, why: string, command: Command): Promise<void> {
  const open: Row | undefined = await trx('price_proposals')
    .where({ listing_sku_id: row.id, state: 'PROPOSED' })
    .first();
  if (!open) return;
  await mustStep(
    trx,
    { machine: 'price_proposal', id: open.id, event: 'WITHDRAW', changes: decided(command) },
    { ...command, commandId: `${command.commandId}/replaced/${open.id}`, why },
  );
}

const decided = ({ actor, at, why }: Command) => ({ decided_by: actor, decided_at: at, decision_reason: why ?? null });

/** Raises the version of a row and keeps what changed; returns the new version. */
async function bump(
  trx: Tx,
  row: PriceRow,
  fields: Record<string, [unknown, unknown]>,
  cause: 'proposed' | 'approved' | 'rejected' | 'withdrawn' | 'expired',
  command: Command,
): Promise<number> {
  const [after] = await trx('listing_skus')
    .where({ id: row.id })
    .increment('price_version', 1)
    .returning('price_version');
  await remember(trx, [{ row, version: after.price_version, fields, source: command.actor }], cause, command);
  return after.price_version;
}

export type Decision = 'APPROVE' | 'REJECT' | 'WITHDRAW' | 'EXPIRE';

const causes = { APPROVE: 'approved', REJECT: 'rejected', WITHDRAW: 'withdrawn', EXPIRE: 'expired' } as const;

/**
 * Decides on a proposal, or ends an override that is in force. An approved price goes out with the next round of its
 * account; the floor is reckoned anew at this moment. A refusal is an answer and writes nothing.
 */
export async function decidePrice(
  trx: Tx,
  input: {
    id: string;
    event: Decision;
    expectedVersion?: number | undefined;
    passFloor?: string | undefined;
    /** Absent: its listing is told at once. */
    tellListing?: boolean;
  },
  command: Command,
): Promise<StepResult> {
  await riseToStaff(trx);
  const named = await trx('price_proposals').where({ id: input.id }).first('listing_id', 'listing_sku_id');
  if (!named) return { ok: false, code: 'NotFound', why: `There is no price ${input.id}.`, state: null, version: null };
  await lock(trx, 'listing', named.listing_id);
  const [row] = await readPriceRows(trx, [named.listing_sku_id], { lock: true });
  const proposal = await lock(trx, 'price_proposal', input.id);
  if (!row || !proposal) throw new Error(`the price ${input.id} has lost its row`);
  const floor =
    input.event === 'APPROVE' && proposal.kind === 'hand' ? await floorNow(trx, row, proposal, input, command) : null;
  const changes = { ...decided(command), ...(floor?.changes ?? {}) };
  if (input.event === 'APPROVE')
    await makeRoom(trx, row, { ...proposal, ...changes } as Row, input.expectedVersion, command);
  const result = await step(
    trx,
    {
      machine: 'price_proposal',
      id: input.id,
      event: input.event,
      changes,
      ...(input.expectedVersion === undefined ? {} : { expectedVersion: input.expectedVersion }),
    },
    { ...command, commandId: `${command.commandId}/price/${input.id}/${input.event}` },
  );
  if (!result.ok)
    return floor && result.code === 'GuardRefused'
      ? { ...result, why: `${result.why} ${floor.formula}`.trim() }
      : result;
  if (result.repeated) return result;
  await follow(trx, row, proposal, input.event, command);
  if (input.tellListing !== false) await showOnListing(trx, row.listing_id, 'PRICE_DECIDED', command);
  return result;
}

/** One override is in force at a time: the one before ends when the next is approved, and only if that is possible. */
async function makeRoom(
  trx: Tx,
  row: PriceRow,
  proposal: Row,
  seen: number | undefined,
  command: Command,
): Promise<void> {
  if (proposal.kind !== 'hand' || row.override_id === null || (seen !== undefined && seen !== proposal.version)) return;
  const context = await contextOf(trx, 'price_proposal', proposal);
  if (!decide(machines.price_proposal, proposal.state, context, { type: 'APPROVE' }, command.role).ok) return;
  await mustStep(
    trx,
    { machine: 'price_proposal', id: row.override_id, event: 'WITHDRAW', changes: decided(command) },
    { ...command, commandId: `${command.commandId}/replaced/${row.override_id}`, why: 'Another price was approved.' },
  );
}

async function floorNow(
  trx: Tx,
  row: PriceRow,
  proposal: Row,
  { passFloor }: { passFloor?: string | undefined },
  command: Command,
): Promise<{ changes: Record<string, unknown>; formula: string }> {
  const price: HandPrice = {
    listingSkuId: row.id,
    amountMinor: Number(proposal.amount_minor),
    reason: String(proposal.reason),
    expiresAt: proposal.expires_at as Date | null,
  };
  const free = await trial(trx, row, overrideOf(price, command, null), command.at);
  const passes = free.blocked !== null && passFloor !== undefined && mayPassFloor(command.role);
  return {
    formula: free.blocked?.reason ?? '',
    changes: {
      floor_holds: free.blocked === null,
      floor_formula: free.floor?.formula ?? null,
      ...(passes ? { floor_passed_by: command.actor, floor_passed_reason: passFloor } : {}),
    },
  };
}

/** What follows from a decision: the price that is offered now, its history, and the listing's own state. */
async function follow(trx: Tx, row: PriceRow, proposal: Row, event: Decision, command: Command): Promise<void> {
  const amount = Number(proposal.amount_minor);
  const wasInForce = proposal.state === 'APPROVED';
  if (event === 'APPROVE' && proposal.kind === 'guard') {
    await trx('listing_skus')
      .where({ id: row.id })
      .update({ price_accepted_minor: amount, price_accepted_regular_minor: proposal.regular_minor as number | null });
  }
  const fields: Record<string, [unknown, unknown]> =
    event === 'APPROVE' && proposal.kind === 'hand'
      ? { override: [row.override_minor, amount], proposed: [amount, null] }
      : wasInForce
        ? { override: [amount, null] }
        : { proposed: [amount, null] };
  await bump(trx, row, fields, causes[event], command);
  const { listingsToRefresh } = await reprice(trx, [row.id], { cause: causes[event], source: command.actor }, command);
  await refreshListings(trx, listingsToRefresh);
}
