import { describe, expect, it } from 'vitest';
import { checkProcesses, missingProcesses, type ProcessBooks } from './l5-processes.ts';
import { whats } from './log.fixture.ts';

const order = (id: string, state: string) => ({ id, number: `TL-${id}`, state });
const consignment = (id: string, state: string) => ({ id, number: `C-${id}`, state });

function audit(books: Partial<ProcessBooks>, ids: string[] | null) {
  return checkProcesses({
    books: { waiting: [], orders: [], consignments: [], ...books },
    workflows: ids?.map((workflowId) => ({ workflowId, type: 'w' })) ?? null,
    installation: 'local',
  });
}
const found = (...args: Parameters<typeof audit>) => whats(audit(...args).findings);

describe('L5: processes', () => {
  it('finds nothing where each open order has its one process and everything was delivered', () => {
    const books = {
      orders: [order('1', 'NEW'), order('2', 'CANCELLED'), order('3', 'SUCCESSFULLY_PROCESSED')],
      consignments: [consignment('1', 'CLOSED'), consignment('2', 'OPEN'), consignment('3', 'HANDED_OVER')],
    };
    const ids = ['local/order/1', 'local/consignment/1', 'local/ticker', 'local/stock/9'];
    expect(audit(books, ids)).toMatchObject({ checked: 6, findings: [] });
  });

  it('finds undelivered work', () => {
    const waiting = [{ id: 7, topic: 'order', business_key: 'order/1' }];
    expect(found({ waiting }, [])).toEqual(['follow-up work that was not delivered']);
    expect(found({ waiting }, null)).toEqual(['follow-up work that was not delivered']);
  });

  it('finds an open order without a process, with two, and one of another installation only', () => {
    const orders = [order('1', 'CANCEL_CONFLICT')];
    expect(found({ orders }, [])).toEqual(['no open workflow']);
    expect(found({ orders }, ['local/order/1', 'local/order/1'])).toEqual(['several open workflows']);
    expect(found({ orders }, ['other/order/1'])).toEqual(['no open workflow']);
  });

  it('asks for what the list lacks, which may be a moment behind, and tells how a lost one ended', () => {
    const books = { waiting: [], orders: [order('1', 'NEW'), order('2', 'NEW')], consignments: [] };
    const input = { books, workflows: [], installation: 'local' };
    expect(missingProcesses(input)).toEqual(['local/order/1', 'local/order/2']);
    const standings = new Map([
      ['local/order/1', { isRunning: true, text: 'running' }],
      ['local/order/2', { isRunning: false, text: 'FAILED at noon: no room' }],
    ]);
    expect(checkProcesses({ ...input, standings }).findings).toMatchObject([
      { ids: ['TL-2', '2'], detail: 'NEW, 0 open; the last one: FAILED at noon: no room' },
    ]);
  });

  it('finds processes that should have ended, and those of nothing', () => {
    expect(found({ orders: [order('1', 'CANCELLED')] }, ['local/order/1'])).toEqual([
      'a workflow that should have ended',
    ]);
    expect(found({}, ['local/order/5', 'local/consignment/5', 'other/order/5'])).toEqual([
      'a workflow of something that is not here',
      'a workflow of something that is not here',
    ]);
  });

  it('wants a process for a closed consignment, and none for one that is done', () => {
    expect(found({ consignments: [consignment('1', 'CLOSED')] }, [])).toEqual(['no open workflow']);
    expect(found({ consignments: [consignment('1', 'CANCELLED')] }, ['local/consignment/1'])).toEqual([
      'a workflow that should have ended',
    ]);
    expect(found({ consignments: [consignment('1', 'BOOKED')] }, ['local/consignment/1'])).toEqual([]);
  });

  it('says that it could not list the processes', () => {
    expect(audit({ orders: [order('1', 'NEW')] }, null)).toMatchObject({
      checked: 0,
      findings: [],
      note: expect.any(String),
    });
  });
});
