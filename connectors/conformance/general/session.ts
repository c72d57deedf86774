import type { ConformanceCase } from '../case.ts';
import { FaultDials } from '../fault-dials.ts';
import type { ConformanceBench, ConformanceSubject } from '../subject.ts';
import { Haulage, Market } from './far-side.ts';

/** Short enough for a test, long enough for a simulator on a busy machine. */
const IMPATIENT = { firstByteMs: 3_000, callMs: 3_500 };

/** A bench and its faults. */
export interface BenchAndDials {
  readonly bench: ConformanceBench;
  readonly dials: FaultDials;
}

/** What a case of a marketplace or carrier is given. */
export interface GeneralContext {
  readonly subject: ConformanceSubject;
  /** Shared by the cases of a run; opened at its first use. */
  calm(): Promise<BenchAndDials>;
  /** Shared too, with short time-outs, for faults that never answer. */
  impatient(): Promise<BenchAndDials>;
  /** For one case alone: closed after it. */
  apart<Value>(act: (bench: ConformanceBench) => Promise<Value>): Promise<Value>;
  /** The far side of a marketplace; opened at its first use, shared by the cases of a run. */
  market(): Promise<Market>;
  /** The far side of a carrier; the same. */
  carrier(): Promise<Haulage>;
  /** What was put there, once for the calm bench and the seeding function. */
  seeded(seed: (bench: ConformanceBench) => Promise<readonly string[]>): Promise<readonly string[]>;
}

export type GeneralCase = ConformanceCase<GeneralContext>;

export interface GeneralSession extends GeneralContext {
  close(): Promise<readonly never[]>;
}

export function openGeneral(subject: ConformanceSubject): GeneralSession {
  const open = new Map<string, Promise<BenchAndDials>>();
  const seeds = new Map<unknown, Promise<readonly string[]>>();
  const bench = (
    key: string,
    timeouts: object,
    start: ConformanceSubject['start'] = (options) => subject.start(options),
  ): Promise<BenchAndDials> => {
    const known = open.get(key);
    if (known !== undefined) return known;
    const started = start({ timeouts }).then((one) => ({ bench: one, dials: new FaultDials(one.simulatorUrl) }));
    open.set(key, started);
    return started;
  };
  const calm = () => bench('calm', {});
  return {
    subject,
    calm,
    impatient: () => bench('impatient', IMPATIENT),
    apart: async (act) => {
      const one = await subject.start({});
      try {
        return await act(one);
      } finally {
        await one.close();
      }
    },
    market: once(async () => {
      const bed = partOf(subject.marketplace, 'marketplace');
      const side = await bench('market', {}, bed.start?.bind(bed));
      return new Market(bed, side.bench, side.dials);
    }),
    carrier: once(async () => {
      const bed = partOf(subject.carrier, 'carrier');
      const side = await bench('carrier', {}, bed.start?.bind(bed));
      return new Haulage(bed, side.bench, side.dials);
    }),
    seeded: async (seed) => {
      const known = seeds.get(seed) ?? seed((await calm()).bench);
      seeds.set(seed, known);
      return known;
    },
    close: async () => {
      for (const started of open.values()) await (await started).bench.close();
      return [];
    },
  };
}

function partOf<Part>(part: Part | undefined, what: string): Part {
  if (part === undefined) throw new Error(`the subject describes no ${what}`);
  return part;
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | null = null;
  return () => {
    made ??= make();
    return made;
  };
}
