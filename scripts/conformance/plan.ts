import { createInterface } from 'node:readline/promises';
import type { ConformanceCase } from '../../connectors/conformance/case.ts';

/** Measured against the simulators: calls of a case, those of its test data among them. */
const CALLS_PER_CASE = 11;

export interface Plan {
  readonly connector: string;
  readonly kind: 'store' | 'marketplace' | 'carrier';
  /** Null: the connector's own simulator. */
  readonly url: string | null;
  readonly cases: readonly ConformanceCase<void>[];
  readonly hasReadOnly: boolean;
}

/** What a run will do, before it does it. */
export function planText({ connector, kind, url, cases, hasReadOnly }: Plan): string {
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
    ...deeds[kind],
    `  - makes about ${run * CALLS_PER_CASE} calls, one after the other but for a few at once; waits where it is told to slow down.`,
    '  - removes what it made, also after failures and Ctrl-C; what cannot be removed is named at the end, with the reason.',
    'Cases that need a broken server, a clock moved, or people over there, are marked as not provoked.',
    ...(kind !== 'store'
      ? []
      : [
          hasReadOnly
            ? 'Credentials that can only read were given: they are tried too.'
            : 'Credentials that can only read were not given ("readOnly" in the file): those cases are not provoked.',
        ]),
    'http and private addresses are called as they are given: this tool is for the person who types them.',
  ].join('\n');
}

/** What is made, read and tried, by kind. */
const deeds: Readonly<Record<Plan['kind'], readonly string[]>> = {
  store: [
    '  - makes about 60 products and up to 45 orders of its own. Their SKUs, titles and references begin with TLC- and the',
    '    mark of this run. It writes stock, prices, notes, refunds and fulfilments to these only. No payment is moved. The shop may mail its staff about orders.',
    '  - reads the products and the latest orders of the shop, whosever they are, and shows none of them.',
    '  - sends deliberately wrong credentials twice.',
  ],
  marketplace: [
    '  - makes about 30 listings of its own, submits them for review and offers them. Their SKUs begin with TLC- and the mark of',
    '    this run. It writes stock and prices to these only. Buyers could order them meanwhile: use an account for tests.',
    '  - reads orders of the last 30 days, whosever they are, shows none of them, and does nothing to any.',
    '  - sends deliberately wrong credentials once.',
  ],
  carrier: [
    '  - books about 20 shipments of made-up people, and calls a courier where that is a call of its own. Their references begin',
    '    with TLC- and the mark of this run. It takes back what the carrier lets it: use an account for tests.',
    '  - sends deliberately wrong credentials once.',
  ],
};

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
