import { renderAudit } from '../../audit/main.ts';
import { type FarSide, smallFarSide } from '../channels/kinds.ts';
import { auditDemo } from '../demo/summary.ts';
import { type DemoWorld, startDemoWorld } from '../demo/world.ts';
import { type StoreKind, storeLabels } from '../shops/kinds.ts';
import { runFaults } from './faults/main.ts';
import { broken, compare, type Row, renderRows } from './rows.ts';
import { runS1 } from './s1/main.ts';
import { runS2 } from './s2/main.ts';
import { runS3 } from './s3/main.ts';
import { runS4 } from './s4/main.ts';
import { runS5 } from './s5/main.ts';
import { runS6, worldOf } from './s6/main.ts';
import { runS7 } from './s7/main.ts';
import { runS8 } from './s8/main.ts';
import { runS9 } from './s9/main.ts';
import { runS10 } from './s10/main.ts';
import { moreGoods as moreGoodsOfS10 } from './s10/stage.ts';
import { runS11 } from './s11/main.ts';

/** What a scenario is given: a fresh world, a way of saying what it does, and the table that it adds its rows to. */
export interface Stagehand {
  readonly demo: DemoWorld;
  readonly say: (line: string) => void;
  readonly add: (row: Row) => void;
}
export type Scenario = (hand: Stagehand) => Promise<void>;

/** The invariants that close every scenario. */
const closing = ['L1', 'L2', 'L3', 'L4', 'L5', 'L6', 'L7', 'L8'] as const;
type Law = (typeof closing)[number];

interface Entry {
  readonly title: string;
  readonly run: Scenario;
  /** Variables of the world that it needs. */
  readonly env?: Readonly<Record<string, string>>;
  /** Invariants about things that do not occur in it, so that nothing is there to be checked. */
  readonly without?: readonly Law[];
}

/** Every scenario by its name; each has a folder of its own. */
const scenarios: Readonly<Record<string, Entry>> = {
  S1: {
    title: 'an order is cancelled on the marketplace right after it was sent to the seller',
    run: (input) => runS1(input, { quick: false }),
  },
  'S1-quick': {
    title: 'S1 with the cases a, c1, d1, e1 and six orders of arrival',
    run: (input) => runS1(input, { quick: true }),
  },
  faults: {
    title: 'everything bad that outside systems and our own servers do',
    run: (input) => runFaults(input, { quick: false }),
    without: ['L6'],
  },
  'faults-quick': {
    title: 'the same, the database being away for seconds',
    run: (input) => runFaults(input, { quick: true }),
    without: ['L6'],
  },
  S2: {
    title: 'one unit, two marketplaces, and the brand’s own shop as third seller',
    run: runS2,
    env: { SANDBOX_SECOND_MARKETPLACE: 'true' },
    without: ['L6'],
  },
  S3: { title: 'the brand changes the price while ops edits it', run: runS3, without: ['L1', 'L2', 'L5', 'L6'] },
  S4: { title: 'webhooks come twice and out of order', run: runS4, without: ['L6'] },
  S5: {
    title: 'a marketplace answers nine of ten calls with "slow down" while 20,000 price updates wait',
    run: (input) => runS5(input, { isQuick: false }),
    env: { SANDBOX_SECOND_MARKETPLACE: 'true' },
    without: ['L6'],
  },
  'S5-quick': {
    title: 'S5 with 2,000 price updates of 500 SKUs',
    run: (input) => runS5(input, { isQuick: true }),
    env: { SANDBOX_SECOND_MARKETPLACE: 'true' },
    without: ['L6'],
  },
  S6: {
    title: 'the worker is killed at twenty points of a publication and of orders on their way',
    run: (input) => runS6(input, { isQuick: false }),
    env: worldOf({ isQuick: false }),
  },
  'S6-quick': {
    title: 'S6 with 24 products, nine orders and five points',
    run: (input) => runS6(input, { isQuick: true }),
    env: worldOf({ isQuick: true }),
  },
  S8: {
    title: 'the brand’s shop is away for six hours',
    run: runS8,
    env: { SANDBOX_SECOND_MARKETPLACE: 'true' },
  },
  S9: { title: 'two people edit the same row', run: runS9, without: ['L1', 'L2', 'L5', 'L6'] },
  S10: {
    title: 'the marketplace rejects listings: at once, by its reviewers, and while they are live',
    run: runS10,
    env: { SANDBOX_SECOND_MARKETPLACE: 'true', SANDBOX_MORE_GOODS: String(moreGoodsOfS10) },
    without: ['L1', 'L2', 'L5', 'L6'],
  },
  S11: { title: 'freight groups and the mails of the day', run: runS11 },
  S7: {
    title: 'a file of 100,000 rows with bad encodings',
    run: runS7,
    without: ['L1', 'L2', 'L3', 'L5', 'L6', 'L7', 'L8'],
  },
};

/**
 * Runs a scenario in a world of its own, prints its table to stdout and, with `json`, one line of JSON after it.
 * Returns the exit code: 0 all rows hold, 1 one does not, 2 there is no such scenario.
 */
export async function runScenario(
  name: string,
  {
    json,
    stores,
    farSide = smallFarSide,
    say,
  }: {
    json: boolean;
    stores: readonly [StoreKind, ...StoreKind[]];
    farSide?: FarSide;
    say: (line: string) => void;
  },
): Promise<number> {
  const scenario = scenarios[name];
  if (!scenario) {
    const list = Object.entries(scenarios).map(([known, { title }]) => `  ${known.padEnd(10)} ${title}`);
    say(`There is no scenario "${name}". There are:\n${list.join('\n')}`);
    return 2;
  }
  const begun = performance.now();
  say(`${name}: ${scenario.title}${stores[0] === 'woocommerce' ? '' : ` (${storeLabels[stores[0]]})`}`);
  const rows: Row[] = [];
  const demo = await startDemoWorld({ say, stores, farSide, env: scenario.env ?? {} });
  try {
    try {
      await scenario.run({ demo, say, add: (row) => rows.push(row) });
    } catch (error) {
      say(error instanceof Error ? (error.stack ?? error.message) : String(error));
      rows.push(broken('the run', error));
    }
    rows.push(await auditRow(demo, say, scenario.without ?? []));
  } finally {
    await demo.close();
  }
  const ok = rows.every((row) => row.ok);
  const seconds = Math.round((performance.now() - begun) / 1000);
  process.stdout.write(
    `${renderRows(rows)}\n${name}: ${ok ? 'all of it holds' : 'NOT all of it holds'}, ${seconds} s\n`,
  );
  if (json) process.stdout.write(`${JSON.stringify({ scenario: name, store: stores[0], ok, rows })}\n`);
  return ok ? 0 : 1;
}

async function auditRow(demo: DemoWorld, say: (line: string) => void, without: readonly Law[]): Promise<Row> {
  try {
    await demo.quiet();
    const report = await auditDemo(demo);
    if (!report.ok) say(renderAudit(report));
    return compare(
      'auditor',
      Object.fromEntries(
        closing.map((law) => {
          const { ok, checked, findings } = report.checks[law];
          const [first] = findings;
          const observed = !ok
            ? `${findings.length} found (${first?.what}: ${first?.ids.join(' ')})`
            : checked === 0 && !without.includes(law)
              ? 'nothing was checked'
              : 'holds';
          return [law, ['holds', observed]];
        }),
      ),
    );
  } catch (error) {
    return broken('auditor', error);
  }
}
