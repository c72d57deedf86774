import { type ConformanceCase, NotProvoked } from './case.ts';
import { openGeneral } from './general/session.ts';
import { generalCases } from './general/suite.ts';
import { givenCases } from './given/cases.ts';
import { openGiven } from './given/session.ts';
import { openStore, type RealServer } from './store-session.ts';
import type { StoreSubject } from './store-subject.ts';
import { storeCases } from './store-suite.ts';
import type { ConformanceBench, ConformanceSubject } from './subject.ts';

export type AnySubject = StoreSubject | ConformanceSubject;

/** A subject's cases, bound to what they run on. */
export interface Suite {
  readonly name: string;
  readonly cases: readonly ConformanceCase<void>[];
  /** Before the first case. Throws where the server cannot be reached at all. */
  open(): Promise<void>;
  /** Removes test data and ends everything; tells what stays behind. */
  close(): Promise<readonly { readonly what: string; readonly why: string }[]>;
}

export interface SuiteOptions {
  readonly server?: RealServer;
  readonly onRenewed?: (credentials: unknown) => void;
}

/** The suite of any subject, on its own simulator or on a server that was given. */
export function suiteOf<Bench extends ConformanceBench>(
  subject: StoreSubject | ConformanceSubject<Bench>,
  options: SuiteOptions = {},
): Suite {
  if ('testBed' in subject) {
    const name = subject.variant === undefined ? subject.name : `${subject.name} (${subject.variant})`;
    const cases = storeCases(subject);
    const possible = options.server === undefined ? cases : cases.map(withoutDials);
    return bound(name, possible, () => openStore(subject, options));
  }
  // A subject's own bench is the only one that its methods are given.
  const general: ConformanceSubject = subject;
  const { server } = options;
  if (server !== undefined) {
    return bound(subject.name, givenCases(general, server), () => openGiven(general, server, options.onRenewed));
  }
  return bound(subject.name, generalCases(general), async () => openGeneral(general));
}

function withoutDials<Context>(one: ConformanceCase<Context>): ConformanceCase<Context> {
  if (one.needsDials !== true) return one;
  const why = 'needs faults, or a clock, that only a simulator can be made to show';
  return { ...one, run: () => Promise.reject(new NotProvoked(why)) };
}

interface Closable {
  close(): ReturnType<Suite['close']>;
}

function bound<Context, Session extends Context & Closable>(
  name: string,
  cases: readonly ConformanceCase<Context>[],
  open: () => Promise<Session>,
): Suite {
  let context: Session | null = null;
  return {
    name,
    cases: cases.map((one) => ({
      ...one,
      run: async () => {
        if (context === null) throw new Error('the suite was not opened');
        await one.run(context);
      },
    })),
    open: async () => {
      context = await open();
    },
    close: async () => {
      const left = (await context?.close()) ?? [];
      context = null;
      return left;
    },
  };
}
