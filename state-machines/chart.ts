import { type Edge, edgesOf, initialStateOf, isFinal, type MachineDefinition, statesOf } from './kit.ts';

export interface ChartState {
  name: string;
  initial: boolean;
  /** Nothing of ours is open any more; some closed states can be left again. */
  closed: boolean;
  /** Nothing leaves it. */
  final: boolean;
}

export interface ChartModel {
  states: ChartState[];
  edges: Edge[];
}

/** A machine as plain data, for whoever draws it. */
export function chartModel(definition: MachineDefinition): ChartModel {
  const initial = initialStateOf(definition);
  const states = statesOf(definition).map((name) => ({
    name,
    initial: name === initial,
    closed: definition.closed.includes(name),
    final: isFinal(definition, name),
  }));
  return { states, edges: edgesOf(definition) };
}

/** A Mermaid `stateDiagram-v2`. Events between the same two states share an arrow; a guard stands in brackets. */
export function renderMermaid(definition: MachineDefinition): string {
  const { states, edges } = chartModel(definition);
  const arrows = new Map<string, string[]>();
  for (const edge of edges) {
    const arrow = `${edge.from} --> ${edge.to}`;
    arrows.set(arrow, [...(arrows.get(arrow) ?? []), eventText(edge)]);
  }
  const closed = states.filter((state) => state.closed).map(({ name }) => name);
  const lines = [
    'stateDiagram-v2',
    ...states.filter(({ initial }) => initial).map(({ name }) => `[*] --> ${name}`),
    ...[...arrows].map(([arrow, events]) => `${arrow}: ${[...new Set(events)].join('<br/>')}`),
    ...states.filter(({ final }) => final).map(({ name }) => `${name} --> [*]`),
    ...(closed.length === 0 ? [] : ['classDef closed stroke-dasharray: 4 3', `class ${closed.join(',')} closed`]),
  ];
  return lines.map((line, index) => (index === 0 ? line : `  ${line}`)).join('\n');
}

/** The same for a terminal: each state with the arrows that leave it. */
export function renderText(definition: MachineDefinition): string {
  const { states, edges } = chartModel(definition);
  const width = Math.max(...edges.map((edge) => eventText(edge).length));
  const blocks = states.map(({ name, initial, closed, final }) => {
    const words = [...(initial ? ['initial'] : []), ...(final ? ['final'] : closed ? ['closed'] : [])];
    const head = words.length === 0 ? name : `${name} (${words.join(', ')})`;
    const leaving = edges.filter(({ from }) => from === name);
    return [head, ...leaving.map((edge) => `  ${eventText(edge).padEnd(width)}  → ${edge.to}`)].join('\n');
  });
  return `${definition.name}\n\n${blocks.join('\n')}\n`;
}

function eventText({ event, guard }: Edge): string {
  return guard === null ? event : `${event} [${guard}]`;
}
