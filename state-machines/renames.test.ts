import { describe, expect, it } from 'vitest';
import { machineNames, machines, statesOf } from './index.ts';
import { currentName, type Rename, renameFaults, renames } from './renames.ts';

const rename = (from: string, to: string, since: string, machine = 'order'): Rename => ({
  machine,
  from,
  to,
  since,
  why: 'The field says it so.',
});
const states = (machine: string): readonly string[] => (machine === 'order' ? ['NEW', 'IN_SHOP', 'CANCELLED'] : []);

describe('currentName', () => {
  it('leaves a name that was never changed', () => {
    expect(currentName('order', 'SYNCED')).toBe('SYNCED');
    expect(currentName('order', 'NEW', [rename('SYNCED', 'IN_SHOP', '2026-01-01')])).toBe('NEW');
  });

  it('follows a state through several renames', () => {
    const list = [rename('PUSHED', 'SYNCED', '2026-01-01'), rename('SYNCED', 'IN_SHOP', '2026-03-01')];
    expect(currentName('order', 'PUSHED', list)).toBe('IN_SHOP');
    expect(currentName('order', 'SYNCED', list)).toBe('IN_SHOP');
  });

  it('ends when a rename was taken back', () => {
    const list = [rename('SYNCED', 'IN_SHOP', '2026-01-01'), rename('IN_SHOP', 'SYNCED', '2026-02-01')];
    expect(currentName('order', 'SYNCED', list)).toBe('SYNCED');
    expect(currentName('order', 'IN_SHOP', list)).toBe('SYNCED');
  });

  it('knows machines apart', () => {
    expect(currentName('parcel', 'SYNCED', [rename('SYNCED', 'IN_SHOP', '2026-01-01')])).toBe('SYNCED');
  });
});

describe('renameFaults', () => {
  it('finds nothing in the recorded list', () => {
    const known = (machine: string): readonly string[] => {
      const name = machineNames.find((candidate) => candidate === machine);
      return name ? statesOf(machines[name]) : [];
    };
    expect(renameFaults(renames, known)).toEqual([]);
  });

  it('accepts a chain that ends in a state of today', () => {
    const list = [rename('PUSHED', 'SYNCED', '2026-01-01'), rename('SYNCED', 'IN_SHOP', '2026-03-01')];
    expect(renameFaults(list, states)).toEqual([]);
  });

  it('names what is wrong', () => {
    expect(renameFaults([rename('SYNCED', 'GONE', '2026-01-01')], states)).toEqual([
      'order: SYNCED → GONE: leads to no state of today',
    ]);
    expect(renameFaults([rename('NEW', 'IN_SHOP', '2026-01-01')], states)).toEqual([
      'order: NEW → IN_SHOP: the old name is used for another state',
    ]);
    expect(renameFaults([{ ...rename('SYNCED', 'IN_SHOP', 'May'), why: ' ' }], states)).toEqual([
      'order: SYNCED → IN_SHOP: May is no day',
      'order: SYNCED → IN_SHOP: nobody says why',
    ]);
    expect(renameFaults([rename('A', 'B', '2026-01-01', 'ship')], states)).toContain(
      'ship: A → B: there is no such machine',
    );
    const unordered = [rename('PUSHED', 'SYNCED', '2026-03-01'), rename('SYNCED', 'IN_SHOP', '2026-01-01')];
    expect(renameFaults(unordered, states)).toEqual(['order: SYNCED → IN_SHOP: is older than the one before it']);
  });
});
