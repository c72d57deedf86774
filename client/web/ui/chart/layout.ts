import type { ChartEdge, MachineChart } from '../../api/types/common.ts';
import { toneOf } from '../states.ts';

export interface Node {
  name: string;
  column: number;
  /** 0: the way forward; 1: what goes wrong, leaves or ends early. */
  row: 0 | 1;
  /** Middle of the box, in the drawing's units. */
  x: number;
  y: number;
}

export interface Arrow {
  key: string;
  from: string;
  to: string;
  events: ChartEdge[];
  /** SVG path data. */
  d: string;
}

export interface Drawing {
  width: number;
  height: number;
  nodes: Node[];
  arrows: Arrow[];
}

export const box = { width: 120, height: 36 } as const;
const columnWidth = 143;
const rowGap = 132;
const margin = { side: 14, bottom: 14 } as const;
const arcUnit = 15;

const aside = ['bad', 'leaving', 'ended'];

/**
 * Places a machine's states in two rows, in the order in which the machine names them: the way forward above, and below
 * it whatever goes wrong or ends early. Arrows between the same two states are one arrow; loops are left to the list.
 */
export function layOut(chart: MachineChart, taken: readonly string[] = []): Drawing {
  const upper = chart.states.filter(({ name }) => !aside.includes(toneOf(name, chart.name)));
  const lower = chart.states.filter(({ name }) => aside.includes(toneOf(name, chart.name)));
  const columns = Math.max(upper.length, lower.length);
  const width = columns * columnWidth - (columnWidth - box.width) + margin.side * 2;
  const pairs = merge(chart.edges, taken);
  const top = box.height / 2 + 14 + arcHeight(longestSkip(pairs, upper));
  const place = (names: typeof upper, row: 0 | 1): Node[] => {
    const free = columns - names.length;
    return names.map(({ name }, index) => {
      const column = index + free / 2;
      return { name, column, row, x: margin.side + box.width / 2 + column * columnWidth, y: top + row * rowGap };
    });
  };
  const nodes = [...place(upper, 0), ...place(lower, 1)];
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const arrows = pairs.flatMap((pair) => {
    const from = byName.get(pair.from);
    const to = byName.get(pair.to);
    return from && to ? [{ ...pair, key: `${pair.from}>${pair.to}`, d: curve(from, to) }] : [];
  });
  const below = lower.length === 0 ? backArcs(pairs, upper) : backArcs(pairs, lower);
  const rows = lower.length === 0 ? 0 : 1;
  const height = top + rows * rowGap + box.height / 2 + margin.bottom + below;
  return { width, height, nodes, arrows };
}

type Pair = Omit<Arrow, 'd' | 'key'>;

function merge(edges: readonly ChartEdge[], taken: readonly string[]): Pair[] {
  const pairs = new Map<string, Pair>();
  const pairOf = (from: string, to: string): Pair => {
    const key = `${from}>${to}`;
    const known = pairs.get(key) ?? { from, to, events: [] };
    pairs.set(key, known);
    return known;
  };
  for (const edge of edges) if (edge.from !== edge.to) pairOf(edge.from, edge.to).events.push(edge);
  // A step that was taken before the machine changed is drawn too, although no event leads there any more.
  for (const [from, to] of stepsOf(taken)) pairOf(from, to);
  return [...pairs.values()];
}

/** The moves of a path, without staying where one is. */
export function stepsOf(path: readonly string[]): [string, string][] {
  return path.slice(1).flatMap((to, index): [string, string][] => {
    const from = path[index];
    return from === undefined || from === to ? [] : [[from, to]];
  });
}

const arcHeight = (skip: number) => (skip <= 1 ? 0 : 8 + skip * arcUnit);

function skips(pairs: Pair[], row: readonly { name: string }[]): number[] {
  const at = new Map(row.map(({ name }, index) => [name, index]));
  return pairs.flatMap(({ from, to }) => {
    const a = at.get(from);
    const b = at.get(to);
    return a === undefined || b === undefined ? [] : [b - a];
  });
}

const longestSkip = (pairs: Pair[], row: readonly { name: string }[]) => Math.max(0, ...skips(pairs, row));

/** Room that backward arcs need under the lowest row. */
function backArcs(pairs: Pair[], row: readonly { name: string }[]): number {
  const back = Math.min(0, ...skips(pairs, row));
  return back === 0 ? 0 : 6 + -back * arcUnit;
}

function curve(from: Node, to: Node): string {
  if (from.row !== to.row) return across(from, to);
  const span = to.column - from.column;
  if (span === 1) return `M${from.x + box.width / 2} ${from.y}H${to.x - box.width / 2 - 3}`;
  const forward = span > 0;
  // Forward jumps go over the boxes, ways back go under them; a nudge keeps arrows in and out of a box apart.
  const edge = forward ? -box.height / 2 : box.height / 2;
  const lift = forward ? -arcHeight(span) : 6 + -span * arcUnit;
  const nudge = forward ? 14 : -14;
  const bend = from.y + edge + lift * 1.3;
  return `M${from.x + nudge} ${from.y + edge}C${from.x + nudge * 3} ${bend} ${to.x - nudge * 3} ${bend} ${to.x - nudge} ${to.y + edge + Math.sign(edge) * 3}`;
}

function across(from: Node, to: Node): string {
  const down = to.row > from.row;
  const sign = down ? 1 : -1;
  const shift = down ? 8 : -8;
  const startY = from.y + (sign * box.height) / 2;
  const endY = to.y - sign * (box.height / 2 + 3);
  const bend = (sign * rowGap) / 3;
  return `M${from.x + shift} ${startY}C${from.x + shift} ${startY + bend} ${to.x + shift} ${endY - bend} ${to.x + shift} ${endY}`;
}
