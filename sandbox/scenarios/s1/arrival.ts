import { compare, type Row } from '../rows.ts';
import { inParallel } from '../wait.ts';
import { detailOf, inShop, marketplaceOrder, movementsOf, ordersOf } from './facts.ts';
import { type Stage, sellerSku } from './stage.ts';

interface Story {
  readonly name: string;
  readonly facts: readonly [string, string, string, string];
  /** What happens on the marketplace after the order was placed; version 1 is the order as placed. */
  happen(stage: Stage, externalId: string): Promise<void>;
  /** Every n-th of the 24 orders of arrival is played. */
  readonly every: number;
  /** What every order of arrival must lead to; lines and address come from the marketplace's own truth. */
  readonly state: string;
  readonly native: string;
  readonly isHeld: boolean;
}

/** Another address, and one unit less. More units than we know of yet would be a sale that nobody could have seen. */
const update = (stage: Stage, externalId: string): Promise<unknown> =>
  stage.demo.marketplace.post(`orders/${externalId}/update`, {
    fields: { address: 'Jl. Baru 99', lines: [{ sellerSku: sellerSku(stage.shared[0]), quantity: 1 }] },
  });
const moveTo = (stage: Stage, externalId: string, state: number): Promise<unknown> =>
  stage.demo.marketplace.post(`orders/${externalId}/state`, { state });

const stories: readonly Story[] = [
  {
    name: 'g1',
    facts: ['created', 'updated', 'shipped', 'cancelled'],
    async happen(stage, externalId) {
      await update(stage, externalId);
      await moveTo(stage, externalId, 2);
      await moveTo(stage, externalId, 5);
    },
    every: 1,
    state: 'CANCELLED',
    native: '5',
    isHeld: false,
  },
  {
    name: 'g2',
    facts: ['created', 'shipped', 'updated', 'cancelled'],
    async happen(stage, externalId) {
      await moveTo(stage, externalId, 2);
      await update(stage, externalId);
      await moveTo(stage, externalId, 5);
    },
    // Another course of the same kind of facts: a third of the orders of arrival will do.
    every: 3,
    state: 'CANCELLED',
    native: '5',
    isHeld: false,
  },
  {
    name: 'g3',
    facts: ['created', 'cancel requested', 'withdrawn', 'updated'],
    async happen(stage, externalId) {
      await stage.people.askToCancel(externalId);
      await stage.people.withdrawCancel(externalId);
      await update(stage, externalId);
    },
    every: 1,
    state: 'NEW',
    native: '1',
    isHeld: true,
  },
];

/** Every order in which the items can come. */
export function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  );
}

interface Arrival {
  readonly story: Story;
  /** The marketplace's versions in the order in which we read them. */
  readonly versions: readonly number[];
  readonly externalId: string;
}

/**
 * Case g: an order each for every order of arrival of the same four facts, before any push. Every second one is read by
 * "fetch this order now", all of them by polling. `quick`: three orders of arrival of the two main stories.
 */
export async function arrivals(stage: Stage, { quick }: { quick: boolean }): Promise<Row[]> {
  const { demo } = stage;
  const played = stories.filter(({ every }) => !quick || every === 1);
  const all: Arrival[] = [];
  for (const story of played) {
    const every = quick ? 8 : story.every;
    for (const versions of permutations([1, 2, 3, 4]).filter((_, index) => index % every === 0)) {
      const externalId = await stage.buy(stage.shared, { visible: false, quantities: [2, 1] });
      await story.happen(stage, externalId);
      await demo.marketplace.post(`orders/${externalId}/serve`, { version: versions[0] });
      await demo.marketplace.post(`orders/${externalId}/visible`);
      all.push({ story, versions, externalId });
    }
  }
  for (const round of [0, 1, 2, 3]) {
    // At rest nobody polls: what is served now is seen first by the fetch of this round.
    await demo.quiet();
    await inParallel(all, ({ externalId, versions }) =>
      demo.marketplace.post(`orders/${externalId}/serve`, { version: versions[round] }),
    );
    await stage.fetch(...all.filter((_, index) => index % 2 === 0).map(({ externalId }) => externalId));
    await demo.sync('orders');
  }
  await demo.quiet();
  const rows = await inParallel(played, (story) =>
    rowOf(
      stage,
      story,
      all.filter((arrival) => arrival.story === story),
    ),
  );
  for (const { externalId } of all) await demo.marketplace.post(`orders/${externalId}/serve`, { version: null });
  return rows;
}

async function rowOf(stage: Stage, story: Story, arrivals: readonly Arrival[]): Promise<Row> {
  const expected = new Map<string, number>();
  const ends = new Map<string, string[]>();
  const seenOtherwise: string[] = [];
  for (const { externalId, versions } of arrivals) {
    const due = await expectedEnd(stage, story, externalId);
    expected.set(due, (expected.get(due) ?? 0) + 1);
    const end = await endOf(stage, externalId);
    if ((await seenVersions(stage, externalId)) !== versions.join('')) seenOtherwise.push(versions.join(''));
    ends.set(end, [...(ends.get(end) ?? []), versions.join('')]);
  }
  const [due = ''] = expected.keys();
  const wrong = [...ends].filter(([end]) => end !== due).map(([end, ways]) => `${end} after ${ways.join(' ')}`);
  return compare(`${story.name}. any order of ${story.facts.join(', ')}`, {
    'orders of arrival': [arrivals.length, [...ends.values()].reduce((sum, ways) => sum + ways.length, 0)],
    'seen in another order than meant': ['none', seenOtherwise.join(' ') || 'none'],
    'end states': [1, ends.size],
    'the end state': [due, wrong.length === 0 ? due : wrong.join(' AND ')],
  });
}

/** The marketplace's versions in the order in which our side saw each of them first. */
async function seenVersions(stage: Stage, externalId: string): Promise<string> {
  const { snapshots } = await marketplaceOrder(stage, externalId);
  const { sightings } = await detailOf(stage, externalId);
  const versions = sightings.map(
    ({ modifiedAt }) =>
      snapshots.find(({ vo }) => new Date(vo.modifyTime).toISOString() === modifiedAt)?.version ?? '?',
  );
  return [...new Set(versions)].join('');
}

/** The newest content as the marketplace has it, and what the story must have made of the order. */
async function expectedEnd(stage: Stage, { state, native, isHeld }: Story, externalId: string): Promise<string> {
  const { snapshots } = await marketplaceOrder(stage, externalId);
  const vo = snapshots.at(-1)?.vo;
  const lines = (vo?.orderSkuinfos ?? [])
    .map(({ popSkuId, skuNumber }) => {
      return `${popSkuId} ×${skuNumber}, ${isHeld ? 0 : skuNumber} cancelled, ${isHeld ? skuNumber : 0} held`;
    })
    .sort();
  return [
    `${state}, native ${native}, here ${state === 'CANCELLED' ? 'CANCELLED' : 'OPEN'}`,
    ...lines,
    `to ${vo?.address}`,
    'ledger agrees, nobody asks to cancel, no problem, no consignment, no effect, shop none',
  ].join('; ');
}

async function endOf(stage: Stage, externalId: string): Promise<string> {
  const count = (await ordersOf(stage, externalId)).length;
  if (count !== 1) return `${count} orders`;
  const detail = await detailOf(stage, externalId);
  const channel = await stage.demo.db.tx('staff', (trx) =>
    trx('channel_orders').where({ external_id: externalId }).first('state'),
  );
  const lines = detail.lines
    .map(({ sku, ordered, cancelled, reserved }) => `${sku} ×${ordered}, ${cancelled} cancelled, ${reserved} held`)
    .sort();
  const asked = detail.cancelAskedBy === null ? 'nobody asks' : `${detail.cancelAskedBy} asks`;
  const problems = detail.openProblems.filter(({ state }) => state !== 'RESOLVED').length;
  return [
    `${detail.state}, native ${detail.nativeState}, here ${channel?.state}`,
    ...lines,
    `to ${detail.consignee?.address?.lines[0]}`,
    [
      `ledger ${await ledgerAgrees(stage, detail)}`,
      `${asked} to cancel`,
      `${problems === 0 ? 'no' : problems} problem`,
      `${detail.consignments.length === 0 ? 'no' : detail.consignments.length} consignment`,
      `${detail.effects.length === 0 ? 'no' : detail.effects.length} effect`,
      `shop ${await inShop(stage, detail.number)}`,
    ].join(', '),
  ].join('; ');
}

/** Σ of the ledger's movements for each line is what the line holds. */
async function ledgerAgrees(stage: Stage, detail: Awaited<ReturnType<typeof detailOf>>): Promise<string> {
  const rows: { order_line_id: string; kind: string; quantity: number }[] = await stage.demo.db.tx('staff', (trx) =>
    trx('stock_movements').whereIn(
      'order_line_id',
      detail.lines.map(({ id }) => id),
    ),
  );
  const isRight = detail.lines.every(({ id, reserved }) => {
    const own = rows.filter(({ order_line_id }) => order_line_id === id);
    const sum = (kind: string): number =>
      own.filter((row) => row.kind === kind).reduce((total, { quantity }) => total + quantity, 0);
    return sum('RESERVE') - sum('RELEASE') === reserved && sum('CONSUME') === 0;
  });
  return isRight ? 'agrees' : `disagrees (${await movementsOf(stage, detail)})`;
}
