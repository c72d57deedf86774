import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { EditAnswer } from '../schemas/tables.ts';
import { type ApiWorld, type Person, startApiWorld } from '../testing/world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld(inject('postgresSuperuserUrl'));
});
afterAll(() => world.close());

async function edit(person: Person, table: string, id: string, version: number, changes: Record<string, unknown>) {
  const body = { dryRun: false, rows: [{ id, version, changes }] };
  const answer = await world.as(person, 'POST', `/api/tables/${table}/edits`, body);
  return answer.body as unknown as EditAnswer;
}
const staff = <Result>(read: Parameters<ApiWorld['database']['db']['tx']>[1]) =>
  world.database.db.tx('staff', read) as Promise<Result>;

describe('the listings table', () => {
  it('reads and saves content by field, with findings and hash of what would be shown now', async () => {
    const { body } = await world.as('ops', 'GET', `/api/tables/listings?brand=${world.own.id}`);
    expect(body.rows[0]).toMatchObject({
      entity: world.own.listing,
      cells: { connection: { code: 'market' }, product: { id: world.own.product }, skus: 'acme-SERUM-30' },
      edited: { to: 'EDITED', why: null },
    });
    const answer = await edit('ops', 'listings', world.own.listing, 1, { title: 'There', 'attributes.201': '9' });
    expect(answer.rows[0]).toMatchObject({ outcome: 'saved', from: 'NEW', to: 'EDITED', version: 2 });
    const row = await staff<Record<string, unknown>>((trx) => trx('listings').where({ id: world.own.listing }).first());
    expect(row).toMatchObject({ title: 'There', attributes: { '201': '9' } });
    expect(row.content_hash).not.toBe('first-content');
  });
});

describe('the orders table', () => {
  it('shows the consignee to staff only', async () => {
    const { body } = await world.as('ops', 'GET', `/api/tables/orders?brand=${world.own.id}`);
    expect(body.rows[0]).toMatchObject({
      entity: world.own.order,
      cells: {
        number: 'TL-000001',
        units: 2,
        items: '2 × SERUM-30',
        'shipTo.city': 'Jakarta',
        'shipTo.lines': 'Jalan Melati 5',
      },
    });
    const brand = await world.as('brand', 'GET', '/api/tables/orders');
    expect(brand.text).not.toContain('Jalan');
    expect((brand.body.columns as { key: string; editable: boolean }[]).filter(({ editable }) => editable)).toEqual([]);
  });

  it('compares an address field by field although it is kept as a whole', async () => {
    const first = await edit('ops', 'orders', world.own.order, 1, {
      'shipTo.lines': 'Jalan Mawar 7\nBlok C',
      note: 'ring twice',
    });
    expect(first.rows[0]).toMatchObject({ outcome: 'saved', to: 'EDITED', version: 2 });
    const second = await edit('approver', 'orders', world.own.order, 1, {
      'shipTo.lines': 'Jalan Melati 9',
      'shipTo.phone': '+6281',
      'shipTo.name': '',
    });
    const outcomes = Object.fromEntries((second.rows[0]?.fields ?? []).map(({ key, outcome }) => [key, outcome]));
    expect(outcomes).toEqual({ 'shipTo.lines': 'conflict', 'shipTo.phone': 'saved', 'shipTo.name': 'refused' });
    expect(second.rows[0]?.fields[0]).toMatchObject({
      base: 'Jalan Melati 5',
      theirs: 'Jalan Mawar 7\nBlok C',
      by: 'ops@example.com',
    });
    const { body } = await world.as('ops', 'GET', `/api/tables/orders?ids=${world.own.order}`);
    expect(body.rows[0]?.cells).toMatchObject({
      'shipTo.lines': 'Jalan Mawar 7\nBlok C',
      'shipTo.phone': '+6281',
      note: 'ring twice',
    });
  });

  it('keeps no address in edits, answers or history, and undoes one all the same', async () => {
    const answer = await edit('ops', 'orders', world.own.order, 3, { 'shipTo.city': 'Surabaya' });
    const kept = await staff<unknown[]>(async (trx) => [
      await trx('edit_fields').select(),
      await trx('answered_commands').select(),
      await trx('transitions').select('changed'),
    ]);
    for (const personal of ['Surabaya', 'Jakarta', 'Melati', 'Mawar']) {
      expect(JSON.stringify(kept)).not.toContain(personal);
    }
    const undone = await world.as('ops', 'POST', `/api/edits/${answer.editId}/undo`, { dryRun: false });
    expect((undone.body as unknown as EditAnswer).rows[0]?.fields).toMatchObject([
      { key: 'shipTo.city', outcome: 'saved', yours: 'Jakarta', theirs: 'Surabaya' },
    ]);
  });

  it('refuses the brand and states that the machine does not edit in, by the machine’s sentence', async () => {
    const brand = await edit('brand', 'orders', world.own.order, 5, { note: 'x' });
    expect(brand.rows[0]).toMatchObject({ outcome: 'refused', code: 'NotYourEvent' });
    await world.as('ops', 'POST', `/api/orders/${world.other.order}/events`, { type: 'REQUEST_CANCEL' });
    const late = await edit('ops', 'orders', world.other.order, 2, { note: 'x' });
    expect(late.rows[0]).toMatchObject({
      outcome: 'refused',
      code: 'NotAllowedInState',
      from: 'CANCEL_REQUESTED',
      to: 'CANCEL_REQUESTED',
      why: 'Edit is not possible in state CANCEL_REQUESTED.',
    });
    const { body } = await world.as('ops', 'GET', `/api/tables/orders?state=CANCEL_REQUESTED`);
    expect(body.rows[0]?.locked).toEqual({ '*': 'Edit is not possible in state CANCEL_REQUESTED.' });
  });
});
