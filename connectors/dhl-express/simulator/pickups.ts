import type { VendorAnswer } from '../../simulator-kit/index.ts';
import type { Pickup, World } from './model.ts';
import { type PlannedTime, readPlannedTime } from './planned-time.ts';
import { Problem, validationProblem } from './problem.ts';
import { checkAccounts } from './rates.ts';
import { PICKUP_REQUEST } from './request-schemas.ts';
import { problemsOf } from './schema.ts';

/** `POST /pickups`. */
export function servePickup(world: World, body: unknown): VendorAnswer {
  const problems = problemsOf(body, PICKUP_REQUEST);
  if (problems.length > 0) throw validationProblem(problems);
  const request = body as { plannedPickupDateAndTime: string; accounts: Array<{ typeCode: string; number: string }> };
  const planned = readPlannedTime(request.plannedPickupDateAndTime, world.tools.clock.now());
  checkAccounts(world, request.accounts);
  checkCutoff(world, planned);
  const { number } = newPickup(world, planned);
  return {
    status: 201,
    body: {
      dispatchConfirmationNumbers: [number],
      readyByTime: planned.local.slice(11, 16),
      nextPickupDate: planned.local.slice(0, 10),
      warnings: [],
    },
  };
}

/** @throws Problem 400 when the courier has left; wording and number of the real refusal are UNCONFIRMED */
function checkCutoff(world: World, planned: PlannedTime): void {
  const { pickupCutoff } = world.state.dials;
  if (pickupCutoff === '' || planned.local.slice(11, 16) <= pickupCutoff) return;
  throw new Problem(400, `The requested pickup time is after the cut-off time ${pickupCutoff} of the pickup location`);
}

/** Books a courier. */
export function newPickup(world: World, planned: PlannedTime): Pickup {
  const { state, options, tools } = world;
  const number = `PRG${planned.local.slice(2, 10).replaceAll('-', '')}${String(state.nextPickup).padStart(6, '0')}`;
  state.nextPickup += 1;
  const plannedAt = new Date(planned.instantMs).toISOString();
  const pickup: Pickup = { number, accountNumber: options.accountNumber, plannedAt, cancelledAt: null };
  state.pickups[number] = pickup;
  tools.changed();
  return pickup;
}

/** `DELETE /pickups/{number}?requestorName=…&reason=…`. */
export function cancelPickup(world: World, number: string, query: URLSearchParams): VendorAnswer {
  const missing = ['requestorName', 'reason'].filter((name) => !query.get(name));
  if (missing.length > 0) {
    throw new Problem(400, `Missing mandatory parameters: ${missing.join(', ')}`, { title: 'Missing parameters' });
  }
  const pickup = world.state.pickups[number];
  if (pickup === undefined) {
    const detail = 'Cancellation of booking was not successful. Requested Pickup was not found';
    throw new Problem(404, detail, { title: 'Pickup not found' });
  }
  if (pickup.cancelledAt !== null) throw new Problem(400, 'Pickup already cancelled or completed');
  pickup.cancelledAt = world.tools.clock.now().toISOString();
  world.tools.changed();
  return { status: 200 };
}
