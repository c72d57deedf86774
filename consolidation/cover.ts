import highsModule from 'highs';
import { type Packing, type Partition, partitionOf } from './packing.ts';

// Its types describe the CommonJS build; what an ES module gets by default is the loader itself.
const loadHighs = highsModule as unknown as typeof highsModule.default;

/** Finds the cheapest choice of sets that holds every thing once (set partitioning) with HiGHS. */
export interface CoverSolver {
  cover(packing: Packing, sets: readonly (readonly number[])[], options: CoverOptions): CoverAnswer;
}

export interface CoverOptions {
  /** A cost that is known to be possible: dearer ones are not looked for. */
  readonly incumbent: number;
  readonly seconds: number;
  /** Branches after which the search ends whatever the clock says: the same on a quick and on a busy machine. */
  readonly nodes: number;
}

export interface CoverAnswer {
  /** Cheaper than the incumbent; null where none was found. */
  readonly partition: Partition | null;
  /** Nothing cheaper can be made of these sets: the search came to its end. */
  readonly isProven: boolean;
}

/** Loads HiGHS (WebAssembly, in this thread). Its calls block the thread for up to the seconds that they are given. */
export async function openCoverSolver(): Promise<CoverSolver> {
  const highs = await loadHighs();
  return {
    cover(packing, sets, { incumbent, seconds, nodes }) {
      const priced = sets.flatMap((set) => {
        const cost = packing.cost(set);
        return cost === null ? [] : [{ set, cost }];
      });
      const model = modelOf(packing, priced, incumbent);
      const limits = {
        time_limit: Math.max(0.1, seconds),
        mip_max_nodes: nodes,
        mip_rel_gap: 0,
        // Costs are whole numbers: what is less than one better is no better.
        mip_abs_gap: 0.5,
        output_flag: false,
        random_seed: 1,
      };
      const solution = solveModel(highs, model, limits);
      const isProven = solution.Status === 'Optimal' || solution.Status === 'Infeasible';
      const chosen = priced.flatMap(({ set }, index) => {
        const column = solution.Columns[`x${index}`];
        return column && 'Primal' in column && column.Primal > 0.5 ? [set] : [];
      });
      const partition = toPartition(packing, chosen);
      // The objective comes as a float, so the cost is counted anew.
      return { partition: partition && partition.cost < incumbent ? partition : null, isProven };
    },
  };
}

type Highs = Awaited<ReturnType<typeof loadHighs>>;

/** HiGHS 1.15's presolve gives up with an error on some models that have no solution; without it they are solved. */
function solveModel(highs: Highs, model: string, limits: NonNullable<Parameters<Highs['solve']>[1]>) {
  try {
    return highs.solve(model, limits);
  } catch {
    return highs.solve(model, { ...limits, presolve: 'off' });
  }
}

/** Where sets overlap (allowed when all cost the same) a thing stays in the first; null where one is left out. */
function toPartition(packing: Packing, chosen: readonly (readonly number[])[]): Partition | null {
  const placed = new Set<number>();
  const sets = chosen.map((set) => {
    const kept = set.filter((thing) => !placed.has(thing));
    for (const thing of kept) placed.add(thing);
    return kept;
  });
  return placed.size === packing.size ? partitionOf(packing, sets) : null;
}

/** The model in CPLEX's LP format. A row per thing; lines stay short, as the format wants. */
function modelOf(
  packing: Packing,
  priced: readonly { readonly set: readonly number[]; readonly cost: number }[],
  incumbent: number,
): string {
  const rows = Array.from({ length: packing.size }, (): number[] => []);
  for (const [index, { set }] of priced.entries()) for (const thing of set) rows[thing]?.push(index);
  const costs = inLines(priced.map(({ cost }, index) => `${cost} x${index}`));
  const sign = packing.isConstant ? '>=' : '=';
  return [
    'Minimize',
    ` cost: ${costs}`,
    'Subject To',
    ...rows.map((columns, thing) => ` r${thing}: ${inLines(columns.map((index) => `x${index}`))} ${sign} 1`),
    ` better: ${costs} <= ${incumbent}`,
    'Binary',
    inLines(
      priced.map((_, index) => `x${index}`),
      ' ',
    ),
    'End',
  ].join('\n');
}

function inLines(terms: readonly string[], between = ' + '): string {
  const lines: string[] = [];
  for (let start = 0; start < terms.length; start += 12) lines.push(terms.slice(start, start + 12).join(between));
  return lines.join(`${between.trimEnd()}\n `);
}
