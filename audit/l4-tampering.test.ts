import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { AuditBench } from './bench.fixture.ts';

let bench: AuditBench;
beforeAll(async () => {
  bench = await AuditBench.open(inject('postgresSuperuserUrl'));
});
afterAll(() => bench.close());

describe('L4 against somebody who edits the history by hand', () => {
  const off = 'alter table transitions disable trigger user';
  const on = 'alter table transitions enable trigger user';
  const last = `(select max(id) from transitions where machine = 'order')`;

  async function tampered(damage: string, repair: string): Promise<string[]> {
    let result: string[] = [];
    await bench.violated([off, damage, on], [off, repair, on], async () => {
      result = await bench.found('L4');
    });
    return result;
  }

  it('finds a rewritten reason', async () => {
    const what = await tampered(
      `update transitions set why = 'nicer' where id = ${last}`,
      `update transitions set why = null where id = ${last}`,
    );
    expect(what).toEqual(['the chain of hashes is broken']);
  });

  it('finds an illegal step, even one whose edge was added to the table', async () => {
    const what = await tampered(
      `with edge as (insert into machine_edges values ('order', 'QUEUE', 'COMPLETE', 'SYNCED', null))
       update transitions set event = 'COMPLETE' where id = ${last}`,
      `update transitions set event = 'PUSHED' where id = ${last}`,
    );
    await bench.asOwner(
      `delete from machine_edges where machine = 'order' and from_state = 'QUEUE' and event = 'COMPLETE'`,
    );
    expect(what).toEqual(['a step that the machine does not know', 'the chain of hashes is broken']);
  });

  it('finds a missing record', async () => {
    const copy = `create table kept as select * from transitions where machine = 'order' and version = 2`;
    await bench.asOwner(copy);
    const what = await tampered(
      `delete from transitions where machine = 'order' and version = 2`,
      'insert into transitions overriding system value select * from kept',
    );
    await bench.asOwner('drop table kept');
    expect(what).toEqual([
      'versions with a gap',
      'a step that does not begin where the last one ended',
      'the chain of hashes is broken',
    ]);
  });

  it('finds a state that was changed behind the history’s back', async () => {
    const silently = (state: string) => [
      'alter table orders disable trigger user',
      `update orders set state = '${state}'`,
      'alter table orders enable trigger user',
    ];
    await bench.violated(silently('CANCELLED'), silently('SYNCED'), async () => {
      const { findings } = (await bench.audit()).checks.L4;
      expect(findings).toMatchObject([{ what: 'row and history differ', ids: [bench.order.id] }]);
    });
    expect((await bench.audit()).ok).toBe(true);
  });
});
