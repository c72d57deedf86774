import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { announced, LogWriter, offerSet, priceSet, shopOrder, stockSet, whats } from './log.fixture.ts';
import { runAudit } from './main.ts';
import type { AuditReport, GroundTruth, Invariant, Source } from './types.ts';
import { announceHere, makeSmallWorld, pushHere, type SmallWorld } from './world.fixture.ts';

export const canary = 'canary-Ω"quoted"-4711';
const limits = { perSecond: 10, burst: 10 };

export const truthOf = ({ lines, limits: permitted, ...source }: Source): GroundTruth => ({
  ...source,
  readLog: async () => lines,
  readState: async () => ({}),
  readLimits: async () => permitted,
});

export interface Logs {
  readonly shop: LogWriter;
  readonly jd: LogWriter;
}

interface More {
  workflows?: string[];
  histories?: string;
  mail?: LogWriter;
}

/** A migrated database with one order that was announced, pushed and taken by the shop, and the logs that belong to it. */
export class AuditBench {
  readonly test: TestDatabase;
  readonly world: SmallWorld;
  readonly order: { id: string; number: string };

  private constructor(test: TestDatabase, world: SmallWorld, order: { id: string; number: string }) {
    this.test = test;
    this.world = world;
    this.order = order;
  }

  static async open(superuserUrl: string): Promise<AuditBench> {
    const test = await createTestDatabase(superuserUrl, { prefix: 'audit' });
    const world = await makeSmallWorld(test.db);
    const order = await announceHere(test.db, world, '1001', 2);
    await pushHere(test.db, order.id, '70');
    const bench = new AuditBench(test, world, order);
    await bench.asOwner('update outbox set delivered_at = created_at');
    await bench.asOwner('update listing_skus set stock_desired = 3, stock_acknowledged = 3');
    return bench;
  }

  close(): Promise<void> {
    return this.test.close();
  }

  /** What only somebody beside the application could do: with the owner's rights, past its triggers. */
  async asOwner(...statements: string[]): Promise<void> {
    const client = new pg.Client({ connectionString: this.test.ownerUrl });
    await client.connect();
    try {
      await client.query('begin');
      await client.query(`select set_config('tradelane.brand', '*', true)`);
      for (const statement of statements) await client.query(statement);
      await client.query('commit');
    } finally {
      await client.end();
    }
  }

  /** Undoes a violation again, whatever the test says. */
  async violated(damage: string[], repair: string[], check: () => Promise<void>): Promise<void> {
    await this.asOwner(...damage);
    try {
      await check();
    } finally {
      await this.asOwner(...repair);
    }
  }

  logs(): Logs {
    const shop = new LogWriter('woocommerce');
    const jd = new LogWriter('jd-id');
    shop.at(1_000_000).facts(stockSet('TEE', 5));
    jd.at(1_002_000).facts({ fact: 'listing.state', externalId: 'spu-1', from: 'OFF_SHELF', to: 'ON_SHELF' });
    jd.facts(offerSet('JD-TEE', 5), priceSet('JD-TEE', 100_000)).call();
    const line = { sku: 'JD-TEE', quantity: 2, unitPriceMinor: 100_000 };
    jd.facts(offerSet('JD-TEE', 3, 'sale'), announced('1001', [line]));
    const pushed = shopOrder('70', this.order.number, [{ sku: 'TEE', quantity: 2 }]);
    shop
      .at(1_010_000)
      .facts(pushed, stockSet('TEE', 3, 'order'))
      .call();
    return { shop, jd };
  }

  audit(writers: Logs = this.logs(), more: More = {}): Promise<AuditReport> {
    const workflows = more.workflows ?? [`local/order/${this.order.id}`];
    return runAudit({
      db: this.test.db,
      installation: 'local',
      temporal: {
        listOpenWorkflows: async () => workflows.map((workflowId) => ({ workflowId, type: 'orderWorkflow' })),
      },
      sources: [
        truthOf(writers.shop.source('store', 'kauri-shop', limits)),
        truthOf(writers.jd.source('marketplace', 'jd', limits)),
        truthOf((more.mail ?? new LogWriter('mail')).source('mail', null)),
      ],
      canaries: [canary],
      histories: async function* () {
        yield { workflowId: 'local/order/1', json: more.histories ?? '{"events":[]}' };
      },
    });
  }

  /** What one check finds. */
  async found(name: Invariant, writers?: Logs, more?: More): Promise<string[]> {
    return whats((await this.audit(writers, more)).checks[name].findings);
  }
}
