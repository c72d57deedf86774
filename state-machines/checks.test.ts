import { describe, expect, it } from 'vitest';
import { assign, createMachine, setup } from 'xstate';
import { assertSound, structuralFaults } from './checks.ts';
import { machines } from './index.ts';
import type { EventRule, MachineDefinition } from './kit.ts';

const rule: EventRule = { by: ['ops'], label: 'Go', means: 'It goes on.' };

/** A sound machine of two states; each case breaks one thing in it. */
function small(change: Partial<MachineDefinition> = {}): MachineDefinition {
  return {
    name: 'small',
    machine: createMachine({ initial: 'OPEN', states: { OPEN: { on: { GO: 'SHUT' } }, SHUT: { type: 'final' } } }),
    events: { GO: rule },
    whyNot: {},
    closed: ['SHUT'],
    followUps: [],
    ...change,
  };
}

const faultsOf = (change: Partial<MachineDefinition>) => structuralFaults(small(change));

describe('structural checks', () => {
  it('find nothing in the machines of the product', () => {
    expect(Object.values(machines).flatMap((definition) => structuralFaults(definition))).toEqual([]);
    expect(() => assertSound(machines)).not.toThrow();
  });

  it('find nothing in the sound example', () => {
    expect(faultsOf({})).toEqual([]);
  });

  it('see an unreachable state', () => {
    const machine = createMachine({
      initial: 'OPEN',
      states: { OPEN: { on: { GO: 'SHUT' } }, LOST: { on: { GO: 'SHUT' } }, SHUT: { type: 'final' } },
    });
    expect(faultsOf({ machine })).toEqual(['small: state LOST is unreachable']);
  });

  it('see a trap, also one that only moves to itself', () => {
    const machine = createMachine({
      initial: 'OPEN',
      states: { OPEN: { on: { GO: 'TRAP' } }, TRAP: { on: { GO: { target: 'TRAP', reenter: true } } } },
    });
    expect(faultsOf({ machine, closed: [] })).toEqual(['small: state TRAP is not final and has no way out']);
  });

  it('see a ring from which no closed state can be reached', () => {
    const machine = createMachine({
      initial: 'OPEN',
      states: {
        OPEN: { on: { GO: 'SHUT', TURN: 'LEFT' } },
        LEFT: { on: { TURN: 'RIGHT' } },
        RIGHT: { on: { TURN: 'LEFT' } },
        SHUT: { type: 'final' },
      },
    });
    expect(faultsOf({ machine, events: { GO: rule, TURN: rule } })).toEqual([
      'small: from LEFT no closed state can be reached',
      'small: from RIGHT no closed state can be reached',
    ]);
  });

  it('see guards without a sentence, without an implementation, without use', () => {
    const machine = setup({ guards: { ready: () => true, idle: () => true } }).createMachine({
      initial: 'OPEN',
      states: { OPEN: { on: { GO: { target: 'SHUT', guard: 'ready' } } }, SHUT: { type: 'final' } },
    });
    expect(faultsOf({ machine })).toEqual([
      'small: guard ready has no sentence that says why not',
      'small: guard idle guards nothing',
    ]);
    const missing = createMachine({
      initial: 'OPEN',
      states: { OPEN: { on: { GO: { target: 'SHUT', guard: 'absent' } } }, SHUT: { type: 'final' } },
    });
    expect(faultsOf({ machine: missing, whyNot: { absent: 'Not there.' } })).toEqual([
      'small: guard absent has no implementation',
    ]);
  });

  it('see a guard without a name', () => {
    const machine = createMachine({
      initial: 'OPEN',
      states: { OPEN: { on: { GO: { target: 'SHUT', guard: () => true } } }, SHUT: { type: 'final' } },
    });
    expect(faultsOf({ machine })).toEqual(['small: OPEN × GO has a guard without a name']);
  });

  it('see a candidate that can never be taken', () => {
    const machine = createMachine({
      initial: 'OPEN',
      states: {
        OPEN: { on: { GO: [{ target: 'SHUT' }, { target: 'ELSE' }] } },
        ELSE: { on: { GO: 'SHUT' } },
        SHUT: { type: 'final' },
      },
    });
    expect(faultsOf({ machine })).toEqual(['small: OPEN × GO has candidates behind an unguarded one']);
  });

  it('see events that are undeclared, idle, without sender or without words', () => {
    const machine = createMachine({
      initial: 'OPEN',
      states: { OPEN: { on: { GO: 'SHUT', SURPRISE: 'SHUT' } }, SHUT: { type: 'final' } },
    });
    const events = { GO: { by: [], label: ' ', means: 'no sentence' }, REST: rule };
    expect(faultsOf({ machine, events })).toEqual([
      'small: event GO has no label',
      'small: event GO does not say in a sentence what it means',
      'small: event SURPRISE is used and not declared',
      'small: event REST moves nothing',
      'small: event GO has no sender',
    ]);
  });

  it('see actions that nobody performs and follow-ups that nobody asks for', () => {
    const machine = setup({
      actions: { mark: assign({}), wake: () => undefined, forgotten: () => undefined },
    }).createMachine({
      initial: 'OPEN',
      states: {
        OPEN: { entry: ['wake', 'mark'], exit: 'forgotten', on: { GO: { target: 'SHUT', actions: () => undefined } } },
        SHUT: { type: 'final' },
      },
    });
    expect(faultsOf({ machine, followUps: ['wake', 'idle'] })).toEqual([
      'small: nobody performs the action forgotten',
      'small: OPEN × GO has an action without a name',
      'small: the follow-up idle is declared and never asked for',
    ]);
  });

  it.each([
    ['invoke', { invoke: { src: 'work' } }],
    ['after', { after: { 1000: 'SHUT' } }],
    ['always', { always: 'SHUT' }],
  ])('forbid %s', (key, part) => {
    const machine = createMachine({
      initial: 'OPEN',
      states: { OPEN: { ...part, on: { GO: 'SHUT' } }, SHUT: { type: 'final' } },
    });
    expect(faultsOf({ machine })).toEqual([`small: state OPEN uses ${key}`]);
  });

  it('forbid nested and parallel states and events at the root', () => {
    const nested = createMachine({
      initial: 'OPEN',
      states: { OPEN: { initial: 'A', states: { A: {} }, on: { GO: 'SHUT' } }, SHUT: { type: 'final' } },
    });
    expect(faultsOf({ machine: nested })).toEqual([
      'small: state OPEN uses states',
      'small: state OPEN is compound, not flat',
    ]);
    const parallel = createMachine({ type: 'parallel', states: { OPEN: {}, SHUT: {} } });
    expect(faultsOf({ machine: parallel })).toContain('small: is parallel: the state must be one word');
    const root = createMachine({
      initial: 'OPEN',
      on: { GO: '.SHUT' },
      states: { OPEN: { on: { GO: 'SHUT' } }, SHUT: { type: 'final' } },
    });
    expect(faultsOf({ machine: root })).toEqual([
      'small: its root handles events: each state says for itself what it takes',
    ]);
  });

  it('see closed states that do not exist and final ones that are not counted', () => {
    expect(faultsOf({ closed: ['GONE'] })).toEqual([
      'small: the closed state GONE does not exist',
      'small: state SHUT is final and not counted as closed',
      'small: from OPEN no closed state can be reached',
      'small: from SHUT no closed state can be reached',
    ]);
  });

  it('see names that are not spelled like the others', () => {
    const machine = createMachine({
      initial: 'open',
      states: { open: { on: { GO: 'SHUT' } }, SHUT: { type: 'final' } },
    });
    expect(faultsOf({ machine })).toEqual(['small: open is not in CAPITALS']);
  });

  it('list the faults of all machines in one error', () => {
    const broken = { first: small({ name: 'first', closed: ['GONE'] }), second: small() };
    expect(() => assertSound(broken)).toThrow(/first: the closed state GONE[\s\S]*small: is registered as second/);
  });
});
