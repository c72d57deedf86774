import { describe, expect, it } from 'vitest';
import { checkHistory, type HistoryBooks, type StepKind } from './l4-history.ts';
import { whats } from './log.fixture.ts';

const kind = (more: Partial<StepKind> = {}): StepKind => ({
  machine: 'order',
  from_state: 'NEW',
  event: 'APPROVE',
  to_state: 'APPROVED',
  role: 'ops',
  count: 1,
  example: 'o-1',
  ...more,
});

const books = (more: Partial<HistoryBooks> = {}): HistoryBooks => ({
  things: 1,
  records: 2,
  kinds: [kind({ from_state: '', event: 'CREATE', to_state: 'NEW', role: 'connector' }), kind()],
  gaps: [],
  jumps: [],
  strays: [],
  broken: [],
  nameless: [],
  ...more,
});

const found = (more: Partial<HistoryBooks>) => whats(checkHistory(books(more)).findings);
const fault = { machine: 'order', entity_id: 'o-1', detail: 'version 3' };

describe('L4: history', () => {
  it('finds nothing in a history that the machines know', () => {
    expect(checkHistory(books())).toMatchObject({ checked: 2, findings: [] });
  });

  it('finds steps that the machine of the code does not know', () => {
    expect(found({ kinds: [kind({ to_state: 'SYNCED' })] })).toEqual(['a step that the machine does not know']);
    expect(found({ kinds: [kind({ event: 'BLESS' })] })).toEqual(['a step that the machine does not know']);
    expect(found({ kinds: [kind({ from_state: '', event: 'CREATE', to_state: 'APPROVED' })] })).toHaveLength(1);
    expect(found({ kinds: [kind({ machine: 'invoice' })] })).toEqual(['a machine that the code does not have']);
  });

  it('finds writers that are unknown, and those who may not do it', () => {
    expect(found({ kinds: [kind({ role: 'intern' })] })).toEqual(['an unknown role']);
    expect(found({ kinds: [kind({ role: 'brand' })] })).toEqual(['a step that was not this role’s']);
  });

  it('reads old names of states, and finds a renaming that the code does not list', () => {
    const rename = {
      machine: 'order',
      from: 'DONE',
      to: 'SUCCESSFULLY_PROCESSED',
      since: '2026-07-01',
      why: 'Clearer.',
    };
    const old = books({
      kinds: [
        kind({ from_state: 'SYNCED', event: 'COMPLETE', to_state: 'DONE', role: 'connector' }),
        kind({ from_state: 'DONE', event: 'RENAMED', to_state: 'SUCCESSFULLY_PROCESSED', role: 'system' }),
      ],
    });
    expect(checkHistory(old, [rename]).findings).toEqual([]);
    expect(whats(checkHistory(old, []).findings)).toEqual([
      'a step that the machine does not know',
      'a renamed state that the code does not list',
    ]);
  });

  it('passes on what the queries found', () => {
    const faults = { gaps: [fault], jumps: [fault], strays: [fault], broken: [fault], nameless: [fault] };
    expect(found(faults)).toHaveLength(5);
    expect(checkHistory(books({ gaps: [fault] })).findings).toEqual([
      { what: 'versions with a gap', ids: ['o-1'], detail: 'order: version 3' },
    ]);
  });
});
