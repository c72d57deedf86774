import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chartModel, renderMermaid, renderText } from './chart.ts';
import { combinations, contextAxes } from './contexts.ts';
import { type MachineName, machineNames, machines } from './index.ts';
import { begin, decide, initialStateOf, type MachineDefinition, ownEditWhyNot, type Role, statesOf } from './kit.ts';
import { cellsOf, renderTable } from './table.ts';

const contextsOf = (name: MachineName): object[] => combinations<object>(contextAxes[name]);
const definitionOf = (name: MachineName): MachineDefinition => machines[name];

/** The first role that may send it. */
function sender(definition: MachineDefinition, event: string): Role {
  const role = definition.events[event]?.by[0];
  if (!role) throw new Error(`${definition.name}: ${event} has no sender`);
  return role;
}

describe.each(machineNames)('%s', (name) => {
  const definition = definitionOf(name);

  it('answers every state × every event as the committed table says', () => {
    const committed = readFileSync(join(import.meta.dirname, 'tables', `${name}.txt`), 'utf8');
    expect(renderTable(definition)).toBe(committed);
  });

  it('behaves as its table in every context, and each candidate of the table is taken in some', () => {
    const contexts = contextsOf(name);
    for (const { state, event, outcomes, refusal } of cellsOf(definition)) {
      const role = sender(definition, event);
      const answers = contexts.map((context) => decide(definition, state, context, { type: event }, role));
      const targets = new Set(answers.flatMap((answer) => (answer.ok ? [answer.to] : [])));
      const sentences = answers.flatMap((answer) => (answer.ok ? [] : [answer.why]));
      // Four eyes are asked for beside what the guard is named after.
      const refusals = new Set(sentences.filter((sentence) => sentence !== ownEditWhyNot));
      expect(targets, `${state} × ${event}`).toEqual(new Set(outcomes.map(({ to }) => to)));
      expect(refusals, `${state} × ${event}`).toEqual(new Set(refusal === null ? [] : [refusal]));
    }
    // An order has some hundred thousand cells: a busy machine needs a while.
  }, 300_000);

  it('lists every transition in its state, under the name of an event', () => {
    expect([...definition.machine.root.transitions.keys()]).toEqual([]);
    const listed = statesOf(definition).flatMap((state) => [
      ...(definition.machine.states[state]?.transitions.keys() ?? []),
    ]);
    expect(listed.filter((event) => !(event in definition.events))).toEqual([]);
  });

  it('begins in its initial state in every context', () => {
    for (const context of contextsOf(name)) expect(begin(definition, context).state).toBe(initialStateOf(definition));
  });

  it('lets nobody send an event that is not theirs', () => {
    const everyone: Role[] = ['ops', 'approver', 'admin', 'brand', 'rule', 'connector', 'system'];
    for (const { state, event } of cellsOf(definition)) {
      for (const role of everyone.filter((one) => !definition.events[event]?.by.includes(one))) {
        const decision = decide(definition, state, contextsOf(name)[0] ?? {}, { type: event }, role);
        expect(decision).toMatchObject({ ok: false, code: 'NotYourEvent' });
      }
    }
  });

  it('is drawn with every edge', () => {
    const { states, edges } = chartModel(definition);
    const mermaid = renderMermaid(definition);
    const text = renderText(definition);
    expect(states.filter(({ initial }) => initial)).toHaveLength(1);
    for (const { from, event, to, guard } of edges) {
      const label = guard === null ? event : `${event} [${guard}]`;
      const arrow = mermaid.split('\n').find((line) => line.startsWith(`  ${from} --> ${to}: `));
      expect(arrow?.split(': ')[1]?.split('<br/>'), `${from} → ${to}`).toContain(label);
      expect(text).toContain(`  ${label} `);
    }
  });
});

it('an event that a machine does not know is refused with its name', () => {
  const decision = decide(
    definitionOf('product'),
    'NEW',
    { blockingFindings: 0, ownEdit: false },
    { type: 'EXPLODE' },
    'ops',
  );
  expect(decision).toEqual({ ok: false, code: 'UnknownEvent', why: 'product knows no event EXPLODE.' });
});
