import { setTimeout as sleep } from 'node:timers/promises';
import type { DemoWorld } from '../demo/world.ts';

const minuteMs = 60_000;
const roundsAtMost = 60;
const roundMs = 400;

/**
 * An account that failed several times in a row has an incident: it is probed when that is due, and what waited is made up
 * for. Moves time on, minute by minute, until that is over; at once where there is none.
 *
 * @throws Error naming the account when its incident does not end
 */
export async function accountIsBack(demo: DemoWorld, code: string): Promise<void> {
  const id = await demo.connectionId(code);
  for (let round = 0; round < roundsAtMost; round += 1) {
    const open = await demo.db.tx('staff', (trx) =>
      trx('incidents').where({ connection_id: id }).whereNot({ state: 'CLOSED' }).first('state'),
    );
    if (!open) return;
    // While it is being caught up with, time stands still.
    if (open.state === 'OPEN') await demo.advance(minuteMs, { whileBusy: true });
    await sleep(roundMs);
  }
  throw new Error(`the incident of ${code} does not end`);
}
