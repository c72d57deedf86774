import type { VendorAnswer } from '../../simulator-kit/index.ts';
import type { World } from './model.ts';

/** `{STATUS: "SUCCESS"}`, now and then `status`: clients were seen reading both. */
export function success(world: World, more: object = {}): VendorAnswer {
  return { status: 200, body: { [statusName(world)]: 'SUCCESS', ...more } };
}

/** `{STATUS: "FAILED", REASON}` with HTTP 200; that failures come with 200 is UNCONFIRMED. */
export function refused(world: World, reason: string, status = 200): VendorAnswer {
  return { status, body: { [statusName(world)]: 'FAILED', REASON: reason }, summary: reason };
}

/** What there is not is answered with nothing at all: one client has a branch for it. */
export const nothing = (): VendorAnswer => ({ status: 200, body: '' });

function statusName({ tools, options }: World): string {
  return tools.random.next() < options.lowerCaseProbability ? 'status' : 'STATUS';
}
