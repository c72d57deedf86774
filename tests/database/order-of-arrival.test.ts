import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Reading } from '../../db/channel-orders.ts';
import {
  levelsOf,
  lineOf,
  makeWorld,
  openProblemsOf,
  orderOf,
  readingOf,
  see,
  snapshotOf,
  tombstoneOf,
  unique,
  type World,
} from '../factories.ts';
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts';
import fc from '../properties.ts';

const permutations = <Item>(items: readonly Item[]): Item[][] =>
  items.length <= 1
    ? [[...items]]
    : items.flatMap((item, index) =>
        permutations(items.filter((_, other) => other !== index)).map((rest) => [item, ...rest]),
      );

/** Before any push no outcome depends on the order in which the marketplace's facts arrive. */
describe('the order of arrival', () => {
  let database: TestDatabase;
  let world: World;

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'arrival' });
    world = await makeWorld(database.db, {}, 100_000);
  });
  afterAll(() => database?.close());

  /** Everything about an order that people, shop and carrier will ever see, without ids. */
  async function endState(externalId: string, before: { onHand: number; reserved: number }[]) {
    const order = await orderOf(database.db, externalId);
    const rest = await database.db.tx('staff', async (trx) => ({
      channelOrder: await trx('channel_orders')
        .where({ external_id: externalId })
        .first('state', 'content_modified_at', 'total_minor'),
      lines: await trx('order_lines')
        .where({ order_id: order.id })
        .orderBy('external_line_id')
        .select(
          'external_line_id',
          'quantity_ordered',
          'quantity_cancelled',
          'unit_price_minor',
          'reserved_quantity',
          'taken_quantity',
        ),
      orders: await trx('orders')
        .where({ channel_order_id: order.channel_order_id as string })
        .count({ n: '*' }),
    }));
    const after = [await levelsOf(database.db, world.skuA), await levelsOf(database.db, world.skuB)];
    return {
      state: order.state,
      total: order.total_minor,
      shipping: order.shipping_minor,
      // How a closed order came there is history, and history may differ.
      ...(order.state === 'CANCELLED' ? {} : { resume: order.resume_state, askedBy: order.cancel_asked_by }),
      ...rest,
      held: after.map(({ reserved }, index) => reserved - (before[index]?.reserved ?? 0)),
      onHand: after.map(({ onHand }, index) => onHand - (before[index]?.onHand ?? 0)),
      problems: await openProblemsOf(database.db, order.id),
    };
  }

  async function arrive(factsOf: (id: string) => readonly Reading[]) {
    const id = unique('permuted');
    const before = [await levelsOf(database.db, world.skuA), await levelsOf(database.db, world.skuB)];
    for (const fact of factsOf(id)) await see(database.db, world.marketplaceId, fact);
    return endState(id, before);
  }

  const first = () => [lineOf(world.skuA, 2), lineOf(world.skuB, 1)];
  const second = () => [
    lineOf(world.skuA, 3, { unitPrice: { amountMinor: 90_000, currency: 'IDR' } }),
    lineOf(world.skuB, 1),
  ];
  const dearer = { shippingCharge: { amountMinor: 30_000, currency: 'IDR' } };

  const stories: [string, (id: string) => Reading[], object][] = [
    [
      'create, update, shipped, cancelled',
      (id) => [
        readingOf(snapshotOf(id, 1, 'OPEN', first())),
        readingOf(snapshotOf(id, 2, 'OPEN', second(), dearer)),
        readingOf(snapshotOf(id, 3, 'SHIPPED', second(), dearer)),
        readingOf(snapshotOf(id, 4, 'CANCELLED', second(), dearer)),
      ],
      { state: 'CANCELLED', held: [0, 0], total: 400_000, shipping: 30_000 },
    ],
    [
      'create, update and, as numbers with a state only, shipped and cancelled',
      (id) => [
        readingOf(snapshotOf(id, 1, 'OPEN', first())),
        readingOf(snapshotOf(id, 2, 'OPEN', second(), dearer)),
        tombstoneOf(id, 'SHIPPED'),
        tombstoneOf(id, 'CANCELLED'),
      ],
      { state: 'CANCELLED', held: [0, 0], total: 400_000 },
    ],
    [
      'create, update, and shipped as a number with a state only',
      (id) => [
        readingOf(snapshotOf(id, 1, 'OPEN', first())),
        readingOf(snapshotOf(id, 2, 'OPEN', second(), dearer)),
        tombstoneOf(id, 'SHIPPED'),
      ],
      { state: 'SUCCESSFULLY_PROCESSED', held: [0, 0], total: 400_000 },
    ],
    [
      'create, update, completed, shipped',
      (id) => [
        readingOf(snapshotOf(id, 1, 'OPEN', first())),
        readingOf(snapshotOf(id, 2, 'OPEN', second(), dearer)),
        readingOf(snapshotOf(id, 3, 'SHIPPED', second(), dearer)),
        readingOf(snapshotOf(id, 4, 'COMPLETED', second(), dearer)),
      ],
      { state: 'SUCCESSFULLY_PROCESSED', held: [0, 0], total: 400_000 },
    ],
    [
      'create, cancel request, withdrawn, update',
      (id) => [
        readingOf(snapshotOf(id, 1, 'OPEN', first())),
        readingOf(snapshotOf(id, 2, 'CANCEL_REQUESTED', first())),
        readingOf(snapshotOf(id, 3, 'OPEN', first())),
        readingOf(snapshotOf(id, 4, 'OPEN', second(), dearer)),
      ],
      { state: 'NEW', held: [3, 1], total: 400_000, askedBy: null, resume: null },
    ],
    [
      'create, update, withdrawn and the cancel request last',
      (id) => [
        readingOf(snapshotOf(id, 1, 'OPEN', first())),
        readingOf(snapshotOf(id, 2, 'OPEN', second(), dearer)),
        readingOf(snapshotOf(id, 3, 'OPEN', second(), dearer)),
        readingOf(snapshotOf(id, 4, 'CANCEL_REQUESTED', second(), dearer)),
      ],
      { state: 'CANCEL_REQUESTED', held: [3, 1], resume: 'NEW', askedBy: 'buyer' },
    ],
    [
      'create, cancel request, cancelled, update',
      (id) => [
        readingOf(snapshotOf(id, 1, 'OPEN', first())),
        readingOf(snapshotOf(id, 2, 'OPEN', second(), dearer)),
        readingOf(snapshotOf(id, 3, 'CANCEL_REQUESTED', second(), dearer)),
        readingOf(snapshotOf(id, 4, 'CANCELLED', second(), dearer)),
      ],
      { state: 'CANCELLED', held: [0, 0], total: 400_000 },
    ],
  ];

  it.each(stories)('of %s does not matter: every permutation ends alike', async (_, story, expected) => {
    const ends = new Map<string, string[]>();
    for (const order of permutations([...story('').keys()])) {
      const end = await arrive((id) => order.map((index) => story(id)[index]).filter((fact) => fact !== undefined));
      expect(end).toMatchObject({ ...expected, onHand: [0, 0] });
      const key = JSON.stringify(end);
      ends.set(key, [...(ends.get(key) ?? []), order.join('')]);
    }
    expect([...ends.values()]).toHaveLength(1);
  });

  it('does not matter with copies in between, and a cancelled order never holds anything', async () => {
    const [, story] = stories[0] ?? [];
    if (!story) throw new Error('there is no story');
    const reference = await arrive(story);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([0, 0, 1, 1, 2, 2, 3, 3], { minLength: 8 }), async (order) => {
        const end = await arrive((id) => order.map((index) => story(id)[index]).filter((fact) => fact !== undefined));
        expect(end).toEqual(reference);
      }),
      { numRuns: 15 },
    );
  });

  it('does not matter when they arrive at the same moment', async () => {
    const [, story] = stories[0] ?? [];
    if (!story) throw new Error('there is no story');
    const reference = await arrive(story);
    for (let round = 0; round < 5; round += 1) {
      const id = unique('at-once');
      const before = [await levelsOf(database.db, world.skuA), await levelsOf(database.db, world.skuB)];
      await Promise.all([...story(id), ...story(id)].map((fact) => see(database.db, world.marketplaceId, fact)));
      expect(await endState(id, before)).toEqual(reference);
    }
  });
});
