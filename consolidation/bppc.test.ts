import { beforeAll, describe, expect, it } from 'vitest';
import { byLargeThings, cliqueOf } from './bounds.ts';
import { InstanceFault, planBppc, readBppc } from './bppc.ts';
import { type CoverSolver, openCoverSolver } from './cover.ts';
import {
  type Instance,
  plantedInstance,
  tripletInstance,
  uniformInstance,
  writeInstance,
} from './instances.fixture.ts';
import { seeded } from './random.ts';

let solver: CoverSolver;
beforeAll(async () => {
  solver = await openCoverSolver();
});

/** So many times may the search ask whether it is over: the same on a quick and on a busy machine. */
function planned(instance: Instance, asks: number) {
  let asked = 0;
  const isOver = () => {
    asked += 1;
    return asked > asks;
  };
  return planBppc(readBppc(writeInstance(instance)), solver, { isOver, secondsLeft: () => 20, runs: 0 });
}

describe('instances with a known packing', () => {
  it.each([
    ['60 items, three to a bin', tripletInstance(60, 0.1, seeded('a'))],
    ['120 items, three to a bin', tripletInstance(120, 0.4, seeded('b'))],
    ['bins filled to the brim', plantedInstance(30, 0, 0.2, seeded('c'))],
  ])('%s: at most one bin more', (_, instance) => {
    const found = planned(instance, 600);
    expect(found.bins).toBeLessThanOrEqual((instance.planted ?? 0) + 1);
    expect(found.bins).toBeLessThanOrEqual(found.firstFitDecreasing);
    expect(found.lowerBound).toBeLessThanOrEqual(instance.planted ?? 0);
  });

  it.each([0.45, 0.6, 0.75])(
    'at conflict threshold %s meets its bound where weight alone leads astray',
    (threshold) => {
      const found = planned(uniformInstance(120, threshold, seeded(`u${threshold}`)), 400);
      expect(found.bins - found.lowerBound).toBeLessThanOrEqual(1);
      expect(found.bins).toBeLessThan(found.firstFitDecreasing);
    },
  );

  it('is the same packing each time', () => {
    const instance = uniformInstance(50, 0.2, seeded('same'));
    expect(planned(instance, 300)).toEqual(planned(instance, 300));
  });
});

describe('readBppc', () => {
  it('reads conflicts that are written on one side or on both', () => {
    const one = planned({ capacity: 10, weights: [5, 5, 5], conflicts: [[0, 1]], planted: null }, 10);
    expect(one).toMatchObject({ items: 3, capacity: 10, bins: 2, lowerBound: 2 });
    const both = readBppc('3 10\n1 5 2\n2 5 1\n\n3 5\n');
    expect([...both.conflicts]).toEqual([0, 1, 0, 1, 0, 0, 0, 0, 0]);
  });

  it.each([
    ['', 1, 'items and capacity'],
    ['2 10\n1 5\n', 2, '2 were announced'],
    ['1 10\n1 11\n', 2, 'fits into no bin'],
    ['1 10\n1 x\n', 2, 'no whole number'],
    ['2 10\n1 5\n1 5\n', 3, 'comes twice'],
    ['2 10\n1 5 3\n2 5\n', 2, 'Conflict with 3'],
  ])('refuses %j and names the line', (text, line, reason) => {
    const fault = (() => {
      try {
        readBppc(text);
      } catch (error) {
        return error;
      }
    })();
    expect(fault).toBeInstanceOf(InstanceFault);
    expect(fault).toMatchObject({ line, message: expect.stringContaining(reason), remedy: expect.stringMatching(/./) });
  });
});

describe('bounds', () => {
  it('count things of which no two fit, and rooms too small for the rest', () => {
    expect(byLargeThings(Int32Array.from([6, 6, 6, 5]), 10)).toBe(4);
    expect(byLargeThings(Int32Array.from([4, 4, 4]), 10)).toBe(2);
    const packing = readBppc('4 10\n1 6\n2 6\n3 1 1 2\n4 1\n');
    expect(cliqueOf(packing)).toEqual([0, 1, 2]);
  });
});
