import {
  isViolated,
  left,
  offered,
  offerStateOf,
  type Setting,
  start,
  successors,
  undisturbed,
  type World,
} from './model.ts';

export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  /** States in which more was offered than was left because the source dropped below the quotas given out. */
  readonly belowQuota: number;
  /** States in which an absolute write showed sold units again. */
  readonly revived: number;
  /** The first violation's shortest path; null = there is none. */
  readonly violation: { readonly trace: readonly string[]; readonly world: World } | null;
  /** A state from which the engine, undisturbed, does not come to offer what is wanted; null = there is none. */
  readonly stuck: { readonly trace: readonly string[]; readonly world: World } | null;
  readonly seconds: number;
}

const keyOf = (w: World): string =>
  [
    ...[w.shop, w.shopSeen, w.sold, w.favoured, w.faults, w.excused, w.revived],
    ...w.unread,
    ...w.shown,
    ...w.low,
    ...w.high,
    ...w.soldInFlight,
    ...w.confirmed.map(Number),
    ...w.flight.map((flight) => (flight === null ? 90 : flight.quantity + (flight.done ? 40 : 20))),
  ]
    .map((value) => String.fromCharCode(value + 48))
    .join('');

/** Rounds that the longest way to agreement may take before it counts as stuck. */
const patience = 60;

/** Whether the engine, left alone, ends with what is wanted shown, and no more than there is. */
function agrees(from: World, setting: Setting): boolean {
  let world = from;
  for (let round = 0; round < patience; round += 1) {
    const next = undisturbed(world, setting).next();
    if (next.done) {
      const { channels } = offerStateOf(world);
      const wanted = channels.every(({ desired }, index) => desired === world.shown[index]);
      return wanted && offered(world) <= Math.max(0, left(world));
    }
    world = next.value.world;
  }
  return false;
}

/** Visits every state that can be reached, breadth first: the first violation found has the shortest trace. */
export function explore(setting: Setting, { checkAgreement = true } = {}): Exploration {
  const begun = performance.now();
  const first = start(setting);
  const index = new Map<string, number>([[keyOf(first), 0]]);
  const keys: string[] = [keyOf(first)];
  const parents: number[] = [-1];
  let frontier: { world: World; at: number }[] = [{ world: first, at: 0 }];
  const counts = { transitions: 0, belowQuota: 0, revived: 0 };
  /** Only keys and parents are kept; the events of a path are found by walking it again. */
  const traceOf = (last: number): string[] => {
    const path: number[] = [];
    for (let at = last; at > 0; at = parents[at] ?? 0) path.unshift(at);
    let world = first;
    return path.map((at) => {
      const step = [...successors(world, setting)].find((candidate) => keyOf(candidate.world) === keys[at]);
      world = step?.world ?? world;
      return step?.event ?? '?';
    });
  };
  const result = (found: Partial<Pick<Exploration, 'violation' | 'stuck'>>): Exploration => ({
    states: index.size,
    ...counts,
    violation: null,
    stuck: null,
    seconds: Math.round((performance.now() - begun) / 10) / 100,
    ...found,
  });
  while (frontier.length > 0) {
    const next: typeof frontier = [];
    for (const { world, at } of frontier) {
      if (isViolated(world)) return result({ violation: { trace: traceOf(at), world } });
      const excess = offered(world) - Math.max(0, left(world));
      if (excess > 0) counts[world.revived > 0 ? 'revived' : 'belowQuota'] += 1;
      if (checkAgreement && !agrees(world, setting)) return result({ stuck: { trace: traceOf(at), world } });
      for (const { world: successor } of successors(world, setting)) {
        counts.transitions += 1;
        const key = keyOf(successor);
        if (index.has(key)) continue;
        index.set(key, index.size);
        keys.push(key);
        parents.push(at);
        next.push({ world: successor, at: index.size - 1 });
      }
    }
    frontier = next;
  }
  return result({});
}
