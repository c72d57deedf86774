import { createInterface } from 'node:readline/promises';
import type { ConformanceCase } from '../../connectors/conformance/case.ts';

/** Measured against the simulators: calls of a case, those of its test data among them. */
const CALLS_PER_CASE = 11;

export interface Plan {
  readonly connector: string;
  /** Null: the connector's own simulator. */
  readonly url: string | null;
  readonly cases: readonly ConformanceCase<void>[];
  readonly hasReadOnly: boolean;
}

/** What a run will do, before it does it. */
export function planText({ connector, url, cases, hasReadOnly }: Plan): string {
  const run = cases.filter((one) => !one.skip && (url === null || one.needsDials !== true)).length;
  const families = [...new Set(cases.map(({ family }) => family))].join(', ');
  if (url === null) {
    return [`Conformance of ${connector} against its own simulator: ${run} cases.`, `Families: ${families}.`].join(
      '\n',
    );
  }
  return [
    `Conformance of ${connector} against ${url}: ${run} cases.`,
    `Families: ${families}.`,
    '',
    'What it does there:',
    '  - makes about 60 products and up to 45 orders of its own. Their SKUs, titles and references begin with TLC- and the',
    '    mark of this run. It writes stock, prices, notes, refunds and fulfilments to these only. No payment is moved. The shop may mail its staff about orders.',
    '  - reads the products and the latest orders of the shop, whosever they are, and shows none of them.',
    '  - sends deliberately wrong credentials twice.',
    `  - makes about ${run * CALLS_PER_CASE} calls, one after the other but for a few at once; waits where it is told to slow down.`,
    '  - removes what it made, also after failures and Ctrl-C; what cannot be removed is cancelled and named at the end.',
    'Cases that need a broken server, or a clock moved, are marked as not provoked.',
    hasReadOnly
      ? 'Credentials that can only read were given: they are tried too.'
      : 'Credentials that can only read were not given ("readOnly" in the file): those cases are not provoked.',
    'http and private addresses are called as they are given: this tool is for the person who types them.',
  ].join('\n');
}

/**
 * Asks the person at the keyboard. Without one nobody can answer: whoever gave an address and credentials to a
 * machine's command line meant it.
 */
export async function agreed(yes: boolean): Promise<boolean> {
  if (yes || !process.stdin.isTTY || !process.stderr.isTTY) return true;
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await asking.question('Go on? [y/N] ')).trim());
  } finally {
    asking.close();
  }
}
