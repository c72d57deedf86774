import { describe, expect, it } from 'vitest';
import { machineNames, machines } from '../../../state-machines/index.ts';
import { type MachineDefinition, statesOf } from '../../../state-machines/kit.ts';
import {
  consignmentStates,
  listingStates,
  orderStates,
  problemStates,
  productStates,
  returnStates,
  stateWords,
  toneOf,
} from './states.ts';

const named: Record<string, readonly string[]> = {
  order: orderStates,
  listing: listingStates,
  product: productStates,
  problem: problemStates,
  consignment: consignmentStates,
  return: returnStates,
};

describe('states of the machines', () => {
  it.each(Object.entries(named))('the filter of %s offers every one', (name, states) => {
    const definition = machines[name as keyof typeof machines] as MachineDefinition;
    expect([...states].sort()).toEqual(statesOf(definition).sort());
  });

  it.each(machineNames)('%s: a state is shown as new only where it is the beginning', (name) => {
    const definition = machines[name] as MachineDefinition;
    const initial = definition.machine.config.initial;
    const asNew = statesOf(definition).filter((state) => toneOf(state, name) === 'new');
    expect(asNew.filter((state) => state !== initial)).toEqual([]);
  });
});

describe('words', () => {
  it.each([
    ['AWAITING_CONFIRMATION', 'Awaiting confirmation'],
    ['do-not-ship', 'Do not ship'],
    ['NEW', 'New'],
  ])('%s is %s', (state, words) => expect(stateWords(state)).toBe(words));
});
