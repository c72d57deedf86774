import { edgesOf, initialStateOf, isFinal, type MachineDefinition, roles, statesOf } from './kit.ts';

type StateNode = MachineDefinition['machine']['states'][string];

/** XState's names for what hides a command or a clock inside the machine; nobody would perform those. */
const forbiddenKeys = ['invoke', 'after', 'always', 'states', 'onDone'] as const;

/**
 * Everything that is structurally wrong with one machine, as sentences; empty when it is sound. Asked at start-up and by
 * a test, so that a machine with a trap (an unreachable state, a guard without a sentence, an event that nobody may send)
 * never runs.
 */
export function structuralFaults(definition: MachineDefinition): string[] {
  const shape = shapeFaults(definition);
  // A machine that hides commands or nests states has edges that the other checks cannot read.
  if (shape.length > 0) return shape;
  const faults = [
    ...nameFaults(definition),
    ...reachabilityFaults(definition),
    ...guardFaults(definition),
    ...eventFaults(definition),
    ...actionFaults(definition),
    ...closedFaults(definition),
  ];
  return faults.map((fault) => `${definition.name}: ${fault}`);
}

/** Throws one error that lists the faults of all machines together. */
export function assertSound(definitions: Readonly<Record<string, MachineDefinition>>): void {
  const faults = Object.entries(definitions).flatMap(([key, definition]) => [
    ...(key === definition.name ? [] : [`${definition.name}: is registered as ${key}`]),
    ...structuralFaults(definition),
  ]);
  if (faults.length > 0) throw new Error(`the state machines have faults:\n${faults.map((f) => `- ${f}`).join('\n')}`);
}

function nodesOf(definition: MachineDefinition): StateNode[] {
  return Object.values(definition.machine.states);
}

function shapeFaults(definition: MachineDefinition): string[] {
  const faults: string[] = [];
  const { config } = definition.machine;
  if (typeof config.initial !== 'string') faults.push('the initial state is not one named state');
  if (config.type === 'parallel') faults.push('is parallel: the state must be one word');
  if (config.invoke !== undefined || config.after !== undefined || config.always !== undefined) {
    faults.push('its root invokes, waits or moves by itself');
  }
  if (config.on !== undefined) faults.push('its root handles events: each state says for itself what it takes');
  for (const node of nodesOf(definition)) {
    for (const key of forbiddenKeys) {
      if (node.config[key] !== undefined) faults.push(`state ${node.key} uses ${key}`);
    }
    if (node.type !== 'atomic' && node.type !== 'final') faults.push(`state ${node.key} is ${node.type}, not flat`);
    for (const [event, candidates] of node.transitions) {
      for (const { guard, target } of candidates) {
        if (typeof guard === 'function') faults.push(`${node.key} × ${event} has a guard without a name`);
        if (target && target.length > 1) faults.push(`${node.key} × ${event} has several targets`);
      }
    }
  }
  return faults.map((fault) => `${definition.name}: ${fault}`);
}

/** States and events are stored, shown and typed by people: one spelling, and each event has its two texts. */
function nameFaults(definition: MachineDefinition): string[] {
  const words = [...statesOf(definition), ...Object.keys(definition.events)];
  const spelling = words.filter((word) => !/^[A-Z][A-Z_]*$/.test(word)).map((word) => `${word} is not in CAPITALS`);
  const texts = Object.entries(definition.events).flatMap(([type, { label, means }]) => [
    ...(label.trim() === '' ? [`event ${type} has no label`] : []),
    ...(/\.$/.test(means) ? [] : [`event ${type} does not say in a sentence what it means`]),
  ]);
  return [...spelling, ...texts];
}

function reachableFrom(definition: MachineDefinition, start: string): Set<string> {
  const edges = edgesOf(definition);
  const seen = new Set([start]);
  for (const state of seen) {
    for (const { from, to } of edges) if (from === state) seen.add(to);
  }
  return seen;
}

function reachabilityFaults(definition: MachineDefinition): string[] {
  const initial = initialStateOf(definition);
  const states = statesOf(definition);
  if (!states.includes(initial)) return [`the initial state ${initial} does not exist`];
  const reachable = reachableFrom(definition, initial);
  const unreachable = states.filter((state) => !reachable.has(state)).map((state) => `state ${state} is unreachable`);
  const edges = edgesOf(definition);
  const trapped = states
    .filter((state) => !isFinal(definition, state) && !edges.some(({ from, to }) => from === state && to !== state))
    .map((state) => `state ${state} is not final and has no way out`);
  return [...unreachable, ...trapped];
}

function guardFaults(definition: MachineDefinition): string[] {
  const used = new Set(edgesOf(definition).flatMap(({ guard }) => (guard === null ? [] : [guard])));
  const known = definition.machine.implementations.guards;
  const faults = [...used].flatMap((guard) => [
    ...(known[guard] === undefined ? [`guard ${guard} has no implementation`] : []),
    ...(definition.whyNot[guard]?.trim() ? [] : [`guard ${guard} has no sentence that says why not`]),
  ]);
  const unused = new Set([...Object.keys(known), ...Object.keys(definition.whyNot)].filter((name) => !used.has(name)));
  return [...faults, ...[...unused].map((name) => `guard ${name} guards nothing`), ...shadowedFaults(definition)];
}

/** The first candidate whose guard passes wins: what stands behind an unguarded one is never taken. */
function shadowedFaults(definition: MachineDefinition): string[] {
  return nodesOf(definition).flatMap((node) =>
    [...node.transitions].flatMap(([event, candidates]) => {
      const first = candidates.findIndex(({ guard }) => guard === undefined);
      if (first < 0 || first === candidates.length - 1) return [];
      return [`${node.key} × ${event} has candidates behind an unguarded one`];
    }),
  );
}

function eventFaults(definition: MachineDefinition): string[] {
  const used = new Set(edgesOf(definition).map(({ event }) => event));
  const declared = Object.keys(definition.events);
  const undeclared = [...used].filter((event) => !declared.includes(event));
  return [
    ...undeclared.map((event) => `event ${event} is used and not declared`),
    ...declared.filter((event) => !used.has(event)).map((event) => `event ${event} moves nothing`),
    ...Object.entries(definition.events).flatMap(([event, { by }]) => {
      if (by.length === 0) return [`event ${event} has no sender`];
      return by
        .filter((role) => !roles.includes(role))
        .map((role) => `event ${event} names the unknown sender ${role}`);
    }),
  ];
}

/** Actions are names: either follow-up work that `db/follow-ups.ts` performs, or a named change of the context. */
function actionFaults(definition: MachineDefinition): string[] {
  const faults = new Set<string>();
  const asked = new Set<string>();
  const known: Record<string, unknown> = definition.machine.implementations.actions;
  const look = (place: string, actions: readonly unknown[]): void => {
    for (const action of actions) {
      const name = actionName(action);
      if (name === null) faults.add(`${place} has an action without a name`);
      else if (definition.followUps.includes(name)) asked.add(name);
      else if (!isAssign(known[name])) faults.add(`nobody performs the action ${name}`);
    }
  };
  for (const node of nodesOf(definition)) {
    look(`the entry of ${node.key}`, node.entry);
    look(`the exit of ${node.key}`, node.exit);
    for (const [event, candidates] of node.transitions) {
      for (const { actions } of candidates) look(`${node.key} × ${event}`, actions);
    }
  }
  const idle = definition.followUps.filter((name) => !asked.has(name));
  return [...faults, ...idle.map((name) => `the follow-up ${name} is declared and never asked for`)];
}

function actionName(action: unknown): string | null {
  if (typeof action === 'string') return action;
  if (typeof action === 'object' && action !== null && 'type' in action) return String(action.type);
  return null;
}

function isAssign(implementation: unknown): boolean {
  return typeof implementation === 'function' && 'type' in implementation && implementation.type === 'xstate.assign';
}

function closedFaults(definition: MachineDefinition): string[] {
  const states = statesOf(definition);
  const unknown = definition.closed.filter((state) => !states.includes(state));
  const open = states.filter((state) => isFinal(definition, state) && !definition.closed.includes(state));
  const endless = definition.closed.length === 0 ? [] : states.filter((state) => !canClose(definition, state));
  return [
    ...unknown.map((state) => `the closed state ${state} does not exist`),
    ...open.map((state) => `state ${state} is final and not counted as closed`),
    ...endless.map((state) => `from ${state} no closed state can be reached`),
  ];
}

function canClose(definition: MachineDefinition, state: string): boolean {
  const reachable = reachableFrom(definition, state);
  return definition.closed.some((closed) => reachable.has(closed));
}
