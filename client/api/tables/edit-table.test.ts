import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { decidePrice, proposePrice } from '../../../db/prices-proposals.ts';
import { endAdjustment, expireAdjustments, setAdjustment } from '../../../db/stock-adjustments.ts';
import { type EditCell, editCells, priceEditCells } from '../../../state-machines/edit-table.ts';
import { machines } from '../../../state-machines/index.ts';
import { edgesOf, initialStateOf, type MachineDefinition } from '../../../state-machines/kit.ts';
import type { EditAnswer, RowOutcome } from '../schemas/tables.ts';
import { type ApiWorld, startApiWorld } from '../testing/world.ts';

/** Every cell of docs/edit-table.md against the API over a real database: what an edit answers, and what it would leave there. */
let world: ApiWorld;
let owner: pg.Client;
beforeAll(async () => {
  world = await startApiWorld(inject('postgresSuperuserUrl'));
  owner = new pg.Client({ connectionString: world.database.ownerUrl });
  await owner.connect();
  await owner.query(`select set_config('tradelane.brand', '*', false)`);
});
afterAll(async () => {
  await owner.end();
  await world.close();
});

const tableOf = { product: 'products', listing: 'listings', order: 'orders' } as const;
const idOf = (entity: EditCell['entity']): string => world.own[entity];

/** Puts a thing into a state with the shortest history that the database can go on from; no such path need exist. */
async function put(entity: EditCell['entity'], state: string): Promise<number> {
  const definition = machines[entity] as MachineDefinition;
  const id = idOf(entity);
  const edge = edgesOf(definition).find(({ to }) => to === state);
  const version = state === initialStateOf(definition) ? 1 : 2;
  for (const table of [tableOf[entity], 'transitions']) await owner.query(`alter table ${table} disable trigger user`);
  await owner.query('delete from transitions where entity_id = $1 and version > 1', [id]);
  if (version === 2) {
    await owner.query(
      `insert into transitions (machine, entity_id, version, event, from_state, to_state, command_id, actor, role, at, chain_hash)
       values ($1, $2, 2, $3, $4, $5, $6, 'test', 'system', $7, '')`,
      [entity, id, edge?.event, edge?.from, state, `put/${Math.random()}`, world.now],
    );
  }
  await owner.query(`update ${tableOf[entity]} set state = $2, version = $3 where id = $1`, [id, state, version]);
  for (const table of [tableOf[entity], 'transitions']) await owner.query(`alter table ${table} enable trigger user`);
  return version;
}

/** The rows that make the facts of a situation true. */
async function arrange(entity: EditCell['entity'], situation: string): Promise<void> {
  const { own } = world;
  await world.database.db.tx('staff', async (trx) => {
    if (entity === 'listing') {
      const remote = { 'not there': 'ABSENT', 'live there': 'LIVE', 'locked there': 'LOCKED' }[situation];
      await trx('listings')
        .where({ id: own.listing })
        .update({ remote, external_id: remote === 'ABSENT' ? null : '4711' });
    }
    if (entity === 'order') {
      const inShop = situation === 'in the shop' || situation === 'handed over';
      const left = situation === 'handed over';
      await trx('orders')
        .where({ id: own.order })
        .update({
          shop_order_id: inShop ? '99' : null,
          handed_over_at: left ? world.now : null,
          goods_outside: left,
          push_round: situation === 'push under way' ? 1 : 2,
        });
    }
  });
}

async function tried(editor: EditCell['editor'], table: string, id: string, version: number, changes: object) {
  const body = { dryRun: true, rows: [{ id, version, changes }] };
  const answer = await world.as(editor === 'staff' ? 'ops' : 'brand', 'POST', `/api/tables/${table}/edits`, body);
  const [row] = (answer.body as unknown as EditAnswer).rows;
  return row as RowOutcome;
}

describe('things with a machine', () => {
  beforeAll(async () => {
    // A create call for the order's first round that has begun and whose outcome is not known.
    await owner.query(`alter table effects disable trigger user`);
    await owner.query(
      `insert into effects (id, key, kind, brand_id, entity_kind, entity_id, created_at, updated_at, state, version)
       values (gen_random_uuid(), $1, 'push', $2, 'order', $3, $4, $4, 'AMBIGUOUS', 1)`,
      [`order/${world.own.order}/push/1`, world.own.id, world.own.order, world.now],
    );
    await owner.query(`alter table effects enable trigger user`);
  });

  const edits = { product: { title: 'Edited' }, listing: { title: 'Edited' }, order: { note: 'Edited' } };
  const cells = editCells().map((cell) => [cell.entity, cell.state, cell.situation, cell.editor, cell] as const);

  it.each(cells)('%s %s, %s, by %s', async (entity, state, situation, editor, { to, why }) => {
    const version = await put(entity, state);
    await arrange(entity, situation);
    const row = await tried(editor, tableOf[entity], idOf(entity), version, edits[entity]);
    expect([row.from, row.to, row.outcome, row.why]).toEqual([state, to ?? state, to ? 'saved' : 'refused', why]);
    // The grid says the same beforehand.
    const person = editor === 'staff' ? 'ops' : 'brand';
    const { body } = await world.as(person, 'GET', `/api/tables/${tableOf[entity]}?ids=${idOf(entity)}`);
    expect(body.rows[0]).toMatchObject({ state, edited: { to, why }, locked: why === null ? {} : { '*': why } });
  });
});

describe('prices', () => {
  beforeAll(async () => {
    await world.database.db.tx('staff', (trx) =>
      trx('exchange_rates').insert({
        from_currency: 'AUD',
        to_currency: 'IDR',
        on_date: '2026-07-01',
        rate: 10_500,
        source: 'test',
      }),
    );
    await arrange('listing', 'live there');
  });

  let cellsTried = 0;
  it.each(priceEditCells())(
    'listing $listingState, before: $before',
    async ({ listingState, before, begins, ...then }) => {
      const listingSku = await world.database.db.tx('staff', (trx) =>
        trx('listing_skus').where({ listing_id: world.own.listing }).first(),
      );
      const command = (what: string) => ({
        commandId: `${listingState}/${before}/${what}`,
        actor: 'approver@example.com',
        role: 'approver' as const,
        at: world.now,
      });
      let known: string | null = null;
      await put('listing', 'NEW');
      if (before !== 'none') {
        const proposed = await world.database.db.tx('staff', (trx) =>
          proposePrice(
            trx,
            { listingSkuId: listingSku.id, amountMinor: 28_500_000, reason: 'before', expiresAt: null },
            command('propose'),
          ),
        );
        if (!proposed.ok) throw new Error(proposed.why);
        known = proposed.id;
        if (before === 'APPROVED') {
          await world.database.db.tx('staff', (trx) =>
            decidePrice(trx, { id: proposed.id, event: 'APPROVE' }, command('approve')),
          );
        }
      }
      await put('listing', listingState);
      const now = await world.database.db.tx('staff', (trx) =>
        trx('listing_skus').where({ id: listingSku.id }).first(),
      );
      // An amount of its own for every cell, by which its proposal is found; a repeated one would be no change.
      cellsTried += 1;
      const price = { amountMinor: 29_900_000 + cellsTried * 100, currency: 'IDR' };
      const body = {
        dryRun: false,
        rows: [{ id: listingSku.id, version: now.price_version, changes: { price, reason: 'by hand' } }],
      };
      const answer = await world.as('ops', 'POST', '/api/tables/prices/edits', body);
      const [row] = (answer.body as unknown as EditAnswer).rows;
      expect(row).toMatchObject({ outcome: 'saved', from: listingState, to: then.listingTo });
      const proposals = await world.database.db.tx('staff', (trx) =>
        trx('price_proposals').where({ listing_sku_id: listingSku.id }).orderBy('created_at'),
      );
      const made = proposals.find(({ amount_minor }) => amount_minor === price.amountMinor);
      expect(made?.state).toBe(begins);
      expect(proposals.find(({ id }) => id === known)?.state ?? null).toBe(then.beforeTo);
      for (const { id, state } of proposals) {
        if (!['PROPOSED', 'APPROVED'].includes(state)) continue;
        await world.database.db.tx('staff', (trx) => decidePrice(trx, { id, event: 'WITHDRAW' }, command(`end/${id}`)));
      }
    },
  );

  it('are not set by brands', async () => {
    const listingSku = await world.database.db.tx('staff', (trx) =>
      trx('listing_skus').where({ listing_id: world.own.listing }).first(),
    );
    const changes = { price: { amountMinor: 1_000_000, currency: 'IDR' }, reason: 'x' };
    const row = await tried('brand', 'prices', listingSku.id, listingSku.price_version, changes);
    expect(row).toMatchObject({ outcome: 'refused', code: 'Forbidden' });
  });
});

describe('stock adjustments', () => {
  const command = (id: string) => ({ commandId: id, actor: 'ops@example.com', role: 'ops' as const, at: world.now });

  it('hold at once, are replaced by the next, and end by a person or by their expiry; none is changed', async () => {
    await world.database.db.tx('staff', async (trx) => {
      const { id: listingSkuId } = await trx('listing_skus').where({ listing_id: world.own.listing }).first('id');
      const cap = (quantity: number, expiresAt: Date | null = null) =>
        ({ listingSkuId, kind: 'cap', quantity, reason: 'test', expiresAt }) as const;
      const all = () =>
        trx('stock_adjustments')
          .where({ listing_sku_id: listingSkuId })
          .orderBy('quantity')
          .select('quantity', 'ended_by');
      expect(await endAdjustment(trx, cap(0), command('nothing'))).toBe(false);
      await setAdjustment(trx, cap(1), command('first'));
      await setAdjustment(trx, cap(2), command('second'));
      expect(await all()).toEqual([
        { quantity: 1, ended_by: 'ops@example.com' },
        { quantity: 2, ended_by: null },
      ]);
      expect(await endAdjustment(trx, cap(0), command('end'))).toBe(true);
      expect(await endAdjustment(trx, cap(0), command('again'))).toBe(false);
      await setAdjustment(trx, cap(3, new Date(world.now.getTime() - 1)), command('third'));
      expect(await expireAdjustments(trx, command('tick'))).toBe(1);
      expect((await all()).map(({ ended_by }) => ended_by)).toEqual(['ops@example.com', 'ops@example.com', 'expiry']);
    });
  });
});
