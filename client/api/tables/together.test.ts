import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createMany } from '../../../db/steps.ts';
import type { EditAnswer } from '../schemas/tables.ts';
import { seededAt } from '../testing/seed.ts';
import { type ApiWorld, type Person, startApiWorld } from '../testing/world.ts';

const count = 500;
let world: ApiWorld;
const ids = Array.from({ length: count }, () => randomUUID());

beforeAll(async () => {
  world = await startApiWorld(inject('postgresSuperuserUrl'));
  await world.database.db.tx('staff', (trx) =>
    createMany(
      trx,
      'product',
      ids.map((id, index) => ({ id, brand_id: world.own.id, title: `Product ${index}`, created_at: seededAt })),
      { commandId: 'many', actor: 'seed', role: 'system', at: seededAt },
    ),
  );
});
afterAll(() => world.close());

async function save(person: Person, order: readonly string[], changes: (id: string) => Record<string, unknown>) {
  const rows = order.map((id) => ({ id, version: 1, changes: changes(id) }));
  const { status, body } = await world.as(person, 'POST', '/api/tables/products/edits', { dryRun: false, rows });
  expect(status).toBe(200);
  return body as unknown as EditAnswer;
}

const outcomeOf = (answer: EditAnswer, id: string, key: string) =>
  answer.rows.find((row) => row.id === id)?.fields.find((field) => field.key === key);

describe('two people who save the same 500 rows at once', () => {
  it('do not wait in a circle, and each field has exactly one winner, of which the other is told', async () => {
    const [ops, approver] = await Promise.all([
      save('ops', ids, (id) => ({ title: `ops ${id}`, category: 'by ops' })),
      save('approver', [...ids].reverse(), (id) => ({ title: `approver ${id}`, descriptionHtml: 'by approver' })),
    ]);
    const rows = await world.database.db.tx('staff', (trx) => trx('products').whereIn('id', ids));
    expect(rows).toHaveLength(count);
    for (const row of rows) {
      const titles = [outcomeOf(ops, row.id, 'title'), outcomeOf(approver, row.id, 'title')];
      const [won] = titles.filter((field) => field?.outcome === 'saved');
      const [lost] = titles.filter((field) => field?.outcome === 'conflict');
      expect(won?.yours).toBe(row.title);
      expect(lost).toMatchObject({ theirs: row.title, by: `${String(row.title).split(' ')[0]}@example.com` });
      // What only one of them changed is saved, whoever came first.
      expect(row).toMatchObject({ category: 'by ops', description_html: 'by approver', version: 3, state: 'EDITED' });
    }
    expect(ops.counts.saved + approver.counts.saved).toBe(2 * count);
    expect(ops.counts.conflict + approver.counts.conflict).toBe(count);
  });

  it('leave 199 of 200 rows alone when one conflicts', async () => {
    const [odd, ...others] = ids.slice(0, 200) as [string, ...string[]];
    await world.as('admin', 'POST', '/api/tables/products/edits', {
      dryRun: false,
      rows: [{ id: odd, version: 3, changes: { category: 'first' } }],
    });
    const rows = [odd, ...others].map((id) => ({ id, version: 3, changes: { category: 'bulk' } }));
    const { body } = await world.as('ops', 'POST', '/api/tables/products/edits', { dryRun: false, rows });
    const answer = body as unknown as EditAnswer;
    expect(answer.counts).toEqual({ saved: 199, unchanged: 0, conflict: 1, refused: 0 });
    expect(answer.rows[0]).toMatchObject({ id: odd, outcome: 'conflict' });
  });

  it('have an unbroken history of every row afterwards', async () => {
    const { rows } = await world.database.db.tx('staff', (trx) =>
      trx.raw(
        `select count(*)::int as n from transitions t join transitions p
           on p.machine = t.machine and p.entity_id = t.entity_id and p.version = t.version - 1
         where t.machine = 'product' and t.entity_id = any(?) and t.version > 1
           and t.chain_hash = transition_hash(p.chain_hash, t) and t.from_state = p.to_state`,
        [ids],
      ),
    );
    expect(rows[0].n).toBe(count * 2 + 200);
  });
});
