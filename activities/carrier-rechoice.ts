import { ConnectorError } from '../connectors/errors.ts';
import { askAccounts, consignmentToShip, type OpenCarrier } from '../db/carrier-candidates.ts';
import {
  adoptPlanned,
  type CarrierStandings,
  changeCarrier,
  heldMark,
  readStandings,
  reportHeld,
  resolveHeld,
  toBeRechosen,
} from '../db/carrier-changes.ts';
import { consignmentCustoms, dueWithGaps, missingSaid } from '../db/customs-gate.ts';
import { type Command, lock, type Row } from '../db/steps.ts';
import { type Rechoice, rechoose } from '../freight/carrier-rechoice.ts';
import { openCarrierOf } from './carrier-choice.ts';
import type { ActivityDeps } from './deps.ts';

/** Consignments asked for in one round; the others have their turn in the next. */
const mostAtOnce = 200;

/**
 * Chooses the carrier of open consignments anew where the reasons for it changed: their account was paused, revoked, ruled out
 * or takes something else now, or does not answer at their cut-off. Nothing of them is booked. Without such a change nobody
 * is asked.
 * @returns consignments that must not be closed: no account takes them, or customs would miss something
 */
export async function rechooseOpen(deps: ActivityDeps, command: Command): Promise<ReadonlySet<string>> {
  const held = new Set<string>();
  const anyOpen = await deps.db.tx('staff', (trx) => trx('consignments').where({ state: 'OPEN' }).first('id'));
  if (!anyOpen) return held;
  const open = openedOnce(openCarrierOf(deps));
  const standings = await readStandings({ tx: (work) => deps.db.tx('staff', work) }, open);
  await deps.db.tx('staff', (trx) => adoptPlanned(trx, standings));
  const rows = await deps.db.tx('staff', (trx) => toBeRechosen(trx, standings, command.at, mostAtOnce));
  for (const row of rows) {
    if (await rechooseOne(deps, row, { open, standings }, command)) held.add(row.id);
  }
  for (const row of await deps.db.tx('staff', (trx) => dueWithGaps(trx, command.at))) {
    if (!held.has(row.id) && (await holdAtCustoms(deps, row, command))) held.add(row.id);
  }
  return held;
}

/** Each account is opened once a round; one that is away stays so for the round. */
function openedOnce(open: OpenCarrier): OpenCarrier {
  const known = new Map<string, ReturnType<OpenCarrier>>();
  return (connectionId) => {
    const opened = known.get(connectionId) ?? open(connectionId);
    known.set(connectionId, opened);
    return opened;
  };
}

async function rechooseOne(
  deps: ActivityDeps,
  row: Row,
  { open, standings }: { open: OpenCarrier; standings: CarrierStandings },
  command: Command,
): Promise<boolean> {
  const connectionId = String(row.carrier_connection_id);
  const found = await deps.db
    .tx('staff', (trx) => consignmentToShip(trx, deps.sealer, row, command.at))
    .catch((error: unknown) => {
      if (!(error instanceof ConnectorError)) throw error;
      // Its buyer was erased, or its orders do not fit together any more: told when it is booked.
      deps.log.info({ consignment: row.id, reason: error.message }, 'the carrier of a consignment cannot be asked for');
      return null;
    });
  const asked = found && (await askAccounts(found, open));
  const standing = !standings.usable.has(connectionId) ? 'gone' : standings.away.has(connectionId) ? 'away' : 'usable';
  const isDue = (row.close_due_at as Date) <= command.at;
  const outcome: Rechoice =
    found && asked
      ? rechoose(asked.choice, found.rules, found.lane, { connectionId, standing, isDue })
      : { do: 'stay' };
  const under = { ...command, commandId: `consignment/${row.id}/carrier/${row.version}`, role: 'system' as const };
  return deps.db.tx('staff', async (trx) => {
    const now = await lock(trx, 'consignment', row.id);
    // Somebody was faster: it is looked at again in the next round.
    if (now?.state !== 'OPEN' || now.version !== row.version) return false;
    if (outcome.do === 'hold') {
      await reportHeld(trx, row, outcome, under);
      return true;
    }
    if (asked && outcome.do === 'move' && row.locked_by === null) {
      const { connectionId: next, reason } = outcome;
      const { fingerprint } = standings;
      const moved = await changeCarrier(trx, { row, connectionId: next, reason, advice: asked, fingerprint }, under);
      if (moved.ok) return false;
    }
    if (row.carrier_checked === heldMark) await resolveHeld(trx, row.id, under);
    await trx('consignments').where({ id: row.id }).update({ carrier_checked: standings.fingerprint });
    return false;
  });
}

/** A product lost what customs ask for after its order was planned: it waits, instead of being refused when it is booked. */
async function holdAtCustoms(deps: ActivityDeps, row: Row, command: Command): Promise<boolean> {
  return deps.db.tx('staff', async (trx) => {
    const faults = await consignmentCustoms(trx, row);
    if (faults.length > 0) await reportHeld(trx, row, missingSaid(faults), command);
    return faults.length > 0;
  });
}
