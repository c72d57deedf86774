import { until } from '../wait.ts';
import { type Detail, detailOf, shelfOf } from './facts.ts';
import type { Stage } from './stage.ts';

/** One order of the scenario: bought by its own buyer, of SKUs that no other order has. */
export interface Played {
  readonly case: string;
  readonly externalId: string;
  readonly skus: readonly string[];
  /** What both sides had of its SKUs before it was bought. */
  readonly shelf: string;
}

/** Buys two lines for each case and lets us read them. */
export async function play(stage: Stage, names: readonly string[]): Promise<Map<string, Played>> {
  const played = new Map<string, Played>();
  for (const name of names) {
    const skus = stage.pair();
    const shelf = await shelfOf(stage, skus);
    played.set(name, { case: name, externalId: await stage.buy(skus), skus, shelf });
  }
  await stage.demo.sync('orders');
  return played;
}

export function the(played: ReadonlyMap<string, Played>, name: string): Played {
  const found = played.get(name);
  if (!found) throw new Error(`no order was bought for case ${name}`);
  return found;
}

/** Ops approve an order as it stands. */
export async function approve(stage: Stage, { externalId }: Played): Promise<void> {
  const { id } = await detailOf(stage, externalId);
  await stage.send(`orders/${id}`, 'APPROVE');
}

/** The buyer cancels, finally; we are told by "fetch this order now". */
export async function cancelThere(stage: Stage, { externalId }: Played): Promise<void> {
  await stage.people.cancel(externalId);
  await stage.fetch(externalId);
}

/** Waits until the order is in one of these states. */
export async function inState(stage: Stage, { externalId, case: name }: Played, ...states: string[]): Promise<Detail> {
  let seen = '';
  try {
    return await until(`case ${name} is ${states.join(' or ')}`, async () => {
      const detail = await detailOf(stage, externalId);
      seen = detail.state;
      return states.includes(detail.state) ? detail : null;
    });
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}; it is ${seen}`);
  }
}
