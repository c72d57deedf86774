import { describe, expect, it } from 'vitest';
import { followUpsOf, labelsKey, performedFollowUps, topics } from '../../db/follow-ups.ts';
import { machineNames, machines } from '../../state-machines/index.ts';
import { startAt } from '../../tests/factories.ts';
import * as workflows from '../../workflows/index.ts';
import { processOf, streamProcess, streamsOf } from './topics.ts';

const row = {
  id: 'id',
  state: 'X',
  version: 3,
  order_id: 'order-id',
  brand_id: 'brand-id',
  connection_id: 'connection-id',
  slot_date: '2026-11-20',
  slot_time: '11:00',
};
const by = { commandId: 'c', actor: 'a', role: 'system', at: startAt, correlationId: 'trace-1' } as const;

describe('topics', () => {
  it('every follow-up action of a machine has one performer, and every performer is asked for', () => {
    const asked = machineNames.flatMap((name) => machines[name].followUps);
    expect([...new Set(asked)].sort()).toEqual([...performedFollowUps].sort());
  });

  it('every follow-up leads to a process that exists, with all its arguments', () => {
    for (const name of machineNames) {
      for (const work of followUpsOf(name, row, machines[name].followUps, by)) {
        expect(work).toMatchObject({ payload: { id: 'id', version: 3 }, correlation_id: 'trace-1', at: startAt });
        const { workflowType, args } = processOf[work.topic](work.key);
        expect(Object.keys(workflows)).toContain(workflowType);
        expect(args).not.toContain('undefined');
      }
    }
  });

  it('carry ids and a version, and nothing of the row', () => {
    const work = followUpsOf('order', { ...row, note: 'Budi Santoso' }, ['wakeOrder'], by);
    expect(JSON.stringify(work)).not.toContain('Budi');
  });

  it('an action that nobody performs is a fault', () => {
    expect(() => followUpsOf('order', row, ['sing'], by)).toThrow('nobody performs sing');
  });

  it('every topic and every stream names a process that exists', () => {
    for (const topic of topics) expect(Object.keys(workflows)).toContain(processOf[topic]('a/b/c/d').workflowType);
    for (const { workflowType } of Object.values(streamProcess)) expect(Object.keys(workflows)).toContain(workflowType);
    for (const streams of Object.values(streamsOf)) {
      for (const stream of Object.keys(streams)) expect(Object.keys(streamProcess)).toContain(stream);
    }
  });

  it('the parts of a key are its arguments, whatever stands in them', () => {
    expect(processOf.labels(labelsKey('brand', '2026-11-20', '11:00')).args).toEqual(['brand', '2026-11-20', '11:00']);
    const strange = '#12/34 é';
    expect(processOf['channel-order'](`channel-order/account/${encodeURIComponent(strange)}`).args).toEqual([
      'account',
      strange,
    ]);
    expect(() => processOf.order('order/')).toThrow('no part 1');
    expect(() => processOf.labels('labels/brand/2026-11-20')).toThrow('no part 3');
  });
});
