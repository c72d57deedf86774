import { type AnyMachineSnapshot, type AnyStateMachine, initialTransition, transition } from 'xstate';

/** Who may send an event. `rule` is a rule that somebody wrote, `connector` an observation, `system` our own processes. */
export const roles = ['ops', 'approver', 'admin', 'brand', 'rule', 'connector', 'system'] as const;
export type Role = (typeof roles)[number];

export interface EventRule {
  /** Who may send it. */
  readonly by: readonly Role[];
  /** What a button says. */
  readonly label: string;
  /** One sentence for people: what it means. */
  readonly means: string;
}

/**
 * A machine as the rest of the system sees it: the XState machine (data and pure functions), who may send which event,
 * and for each guard the sentence that tells a person why something is not possible.
 */
export interface MachineDefinition<Context extends object = object, Event extends { type: string } = { type: string }> {
  readonly name: string;
  readonly machine: AnyStateMachine;
  readonly events: { readonly [Type in Event['type']]: EventRule };
  readonly whyNot: Readonly<Record<string, string>>;
  /** Of a guard that asks several things: the sentence about what fails here; null where `whyNot` says it. */
  whyExactly?(guard: string, context: Context): string | null;
  /** States in which nothing of ours is open any more; some can be left again (a completed order that is cancelled late). */
  readonly closed: readonly string[];
  /** Names of the follow-up actions that the machine may ask for; each has one performer in `db/follow-ups.ts`. */
  readonly followUps: readonly string[];
  /** Type carriers, never read at run time. */
  readonly types?: { context: Context; event: Event };
}

export type Decision<Context> =
  | { ok: true; to: string; context: Context; followUps: string[] }
  | { ok: false; code: 'UnknownEvent' | 'NotAllowedInState' | 'GuardRefused' | 'NotYourEvent'; why: string };

export interface Edge {
  from: string;
  event: string;
  to: string;
  guard: string | null;
}

function snapshotAt(definition: MachineDefinition, state: string, context: object): AnyMachineSnapshot {
  return definition.machine.resolveState({ value: state, context });
}

function candidates(definition: MachineDefinition, state: string, eventType: string) {
  const node = definition.machine.states[state];
  if (!node) throw new Error(`${definition.name} has no state ${state}`);
  return node.transitions.get(eventType) ?? [];
}

function guardName(guard: unknown): string | null {
  if (guard === undefined || guard === null) return null;
  if (typeof guard === 'string') return guard;
  if (typeof guard === 'object' && 'type' in guard) return String(guard.type);
  throw new Error('guards are named: inline guards have no sentence for people');
}

function followUpNames(definition: MachineDefinition, actions: readonly { type: string }[]): string[] {
  for (const { type } of actions) {
    if (!definition.followUps.includes(type)) throw new Error(`${definition.name}: nobody performs the action ${type}`);
  }
  return actions.map(({ type }) => type);
}

/** The state, context and follow-up work with which a new thing begins. */
export function begin<Context extends object, Event extends { type: string }>(
  definition: MachineDefinition<Context, Event>,
  context: Context,
): { state: string; followUps: string[] } {
  const [snapshot, actions] = initialTransition(definition.machine, context);
  return { state: String(snapshot.value), followUps: followUpNames(definition, actions) };
}

/**
 * Asks the machine what `event` does in `state`. Pure: no clock, no look-ups; everything it may consider is in `context`
 * and in the event. A refusal carries the sentence to show.
 */
export function decide<Context extends object, Event extends { type: string }>(
  definition: MachineDefinition<Context, Event>,
  state: string,
  context: Context,
  event: Event,
  role: Role,
): Decision<Context> {
  const rule = (definition.events as Record<string, EventRule>)[event.type];
  if (!rule) return { ok: false, code: 'UnknownEvent', why: `${definition.name} knows no event ${event.type}.` };
  if (!rule.by.includes(role)) {
    return { ok: false, code: 'NotYourEvent', why: `${event.type} is for ${rule.by.join(', ')}, not for ${role}.` };
  }
  // Transitions stand in the states themselves: an event that this state does not list needs no snapshot to be refused.
  const listed = candidates(definition, state, event.type);
  if (listed.length === 0) {
    return { ok: false, code: 'NotAllowedInState', why: `${rule.label} is not possible in state ${state}.` };
  }
  const snapshot = snapshotAt(definition, state, context);
  if (!snapshot.can(event)) {
    const guards = listed.map(({ guard }) => guardName(guard));
    const whyNot = (name: string) => definition.whyExactly?.(name, context) ?? definition.whyNot[name] ?? name;
    const sentences = guards.map((name) => (name ? whyNot(name) : '')).filter(Boolean);
    return { ok: false, code: 'GuardRefused', why: [...new Set(sentences)].join(' ') };
  }
  const [next, actions] = transition(definition.machine, snapshot, event);
  return {
    ok: true,
    to: String(next.value),
    context: next.context as Context,
    followUps: followUpNames(definition, actions),
  };
}

/** What the guards of approvals ask besides what the thing itself needs. */
export interface ApprovalContext {
  /** The brand wants four eyes, and who asks is the person who edited it last. */
  ownEdit: boolean;
}

export const ownEditWhyNot = 'You edited it last, and this brand wants four eyes: somebody else must approve it.';

export interface AllowedEvent extends EventRule {
  type: string;
  ok: boolean;
  why: string | null;
}

/** What `role` could send in this state: possible events, and those refused by a guard with the reason. */
export function allowedEvents<Context extends object, Event extends { type: string }>(
  definition: MachineDefinition<Context, Event>,
  state: string,
  context: Context,
  role: Role,
): AllowedEvent[] {
  return Object.entries<EventRule>(definition.events).flatMap(([type, rule]) => {
    if (!rule.by.includes(role) || candidates(definition, state, type).length === 0) return [];
    const decision = decide(definition, state, context, { type } as Event, role);
    return [{ type, ...rule, ok: decision.ok, why: decision.ok ? null : decision.why }];
  });
}

/** Every edge of the machine; the database holds the same list and refuses history that is not on it. */
export function edgesOf(definition: MachineDefinition): Edge[] {
  return Object.values(definition.machine.states).flatMap((node) =>
    [...node.transitions.entries()].flatMap(([event, list]) =>
      list.map((candidate) => ({
        from: node.key,
        event,
        to: candidate.target?.[0]?.key ?? node.key,
        guard: guardName(candidate.guard),
      })),
    ),
  );
}

export function statesOf(definition: MachineDefinition): string[] {
  return Object.keys(definition.machine.states);
}

export function initialStateOf(definition: MachineDefinition): string {
  const initial = definition.machine.config.initial;
  if (typeof initial !== 'string') throw new Error(`${definition.name}: the initial state is one named state`);
  return initial;
}

export function isFinal(definition: MachineDefinition, state: string): boolean {
  return definition.machine.states[state]?.type === 'final';
}
