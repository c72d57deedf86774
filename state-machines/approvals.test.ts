import { describe, expect, it } from 'vitest';
import { combinations, contextAxes } from './contexts.ts';
import { decide, type MachineDefinition, machines } from './index.ts';
import { ownEditWhyNot } from './kit.ts';

describe.each(['product', 'listing', 'order'] as const)('four eyes for a %s', (name) => {
  const definition = machines[name] as MachineDefinition;
  const contexts = combinations<object>(contextAxes[name]);
  const answer = (context: object, state = 'EDITED') => decide(definition, state, context, { type: 'APPROVE' }, 'ops');

  it('forbid exactly what would be possible otherwise, with their own sentence', () => {
    const pairs = contexts.map((context) => [
      answer({ ...context, ownEdit: false }),
      answer({ ...context, ownEdit: true }),
    ]);
    expect(pairs.some(([other]) => other?.ok)).toBe(true);
    for (const [other, own] of pairs) {
      if (other?.ok) expect(own).toEqual({ ok: false, code: 'GuardRefused', why: ownEditWhyNot });
      else expect(own).toEqual(other);
    }
  });
});
