import { opsOf } from '../../demo/ops.ts';
import type { DemoWorld } from '../../demo/world.ts';
import { demoLogIns } from '../../seed.ts';
import { adminOf } from '../admin.ts';
import { sellerSku } from '../s1/stage.ts';

const hourMs = 60 * 60_000;

export interface FieldOutcome {
  readonly key: string;
  readonly outcome: string;
  readonly base: unknown;
  readonly yours: unknown;
  readonly theirs: unknown;
  readonly by: string | null;
}
export interface RowOutcome {
  readonly id: string;
  readonly entity: string;
  readonly outcome: string;
  readonly code: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly version: number;
  readonly fields: readonly FieldOutcome[];
}
export interface EditAnswer {
  readonly editId: string | null;
  readonly counts: {
    readonly saved: number;
    readonly unchanged: number;
    readonly conflict: number;
    readonly refused: number;
  };
  readonly rows: readonly RowOutcome[];
}
export interface TableRow {
  readonly id: string;
  readonly entity: string;
  readonly version: number;
  readonly state: string;
  readonly cells: Readonly<Record<string, unknown>>;
}
export interface RowToSave {
  readonly id: string;
  readonly version: number;
  readonly changes: Readonly<Record<string, unknown>>;
  readonly keep?: Readonly<Record<string, 'mine' | 'theirs'>>;
}
export interface Approved {
  readonly ok: boolean;
  readonly code?: string;
  readonly state?: string;
  readonly version?: number;
}

/** One of the two people; each has a log-in of their own. */
export interface Person {
  readonly email: string;
  save(table: string, rows: readonly RowToSave[]): Promise<EditAnswer>;
  approve(id: string, version: number): Promise<Approved>;
}

/** What a listing is here, and what the marketplace was given of it. */
export interface ListingNow {
  readonly state: string;
  readonly version: number;
  readonly title: string;
  readonly approvedHash: string | null;
  readonly submittedHash: string | null;
  /** The newest content over there: under review, else on the shelf. */
  readonly titleThere: string | null;
}

/** Two people at the same tables, and a look at what came of it. */
export interface Stage {
  readonly demo: DemoWorld;
  readonly say: (line: string) => void;
  readonly a: Person;
  readonly b: Person;
  row(table: string, sku: string): Promise<TableRow>;
  rows(table: string, query: string): Promise<readonly TableRow[]>;
  listing(id: string): Promise<ListingNow>;
  /** E-mail addresses in the history of a thing, oldest first. */
  actorsOf(machine: string, id: string): Promise<readonly string[]>;
  /** Lets the marketplace take what is approved and end its reviews. */
  settle(): Promise<void>;
}

/** SKUs that are on sale in this scenario; the rest of the catalogue is for editing only. */
export const onSale = ['KW-001', 'KW-002', 'KW-004', 'KW-005', 'KW-006', 'KW-008', 'KW-009', 'KW-010'] as const;

interface Spu {
  readonly content: { readonly fields: Readonly<Record<string, unknown>> };
  readonly draft: { readonly fields: Readonly<Record<string, unknown>> } | null;
  readonly externalId: string;
}

const emailOf = (role: string): string => demoLogIns.find((one) => one.role === role)?.email ?? '';

export async function makeStage(demo: DemoWorld, say: (line: string) => void): Promise<Stage> {
  const admin = await adminOf(demo);
  const { api, marketplace } = demo;
  const person = (email: string, post: <Answer>(path: string, body: unknown) => Promise<Answer>): Person => ({
    email,
    save: (table, rows) => post<EditAnswer>(`tables/${table}/edits`, { dryRun: false, rows }),
    async approve(id, version) {
      const { results } = await post<{ results: Approved[] }>('listings/bulk', {
        type: 'APPROVE',
        items: [{ id, version }],
      });
      if (!results[0]) throw new Error('the approval was not answered');
      return results[0];
    },
  });
  const rows = async (table: string, query: string): Promise<readonly TableRow[]> =>
    (await api.get<{ rows: TableRow[] }>(`tables/${table}?${query}`)).rows;
  const stage: Stage = {
    demo,
    say,
    a: person(emailOf('ops'), (path, body) => api.send('POST', path, body)),
    b: person(emailOf('admin'), admin),
    rows,
    async row(table, sku) {
      const wanted = table === 'products' ? sku : sellerSku(sku);
      const found = (await rows(table, `limit=10&q=${wanted}`)).find(({ cells }) =>
        [cells.sku, cells.skus].includes(wanted),
      );
      if (!found) throw new Error(`the table of ${table} has no ${wanted}`);
      return found;
    },
    async listing(id) {
      const row = await demo.db.tx('staff', (trx) => trx('listings').where({ id }).first());
      const spus = await marketplace.get<Spu[]>('products');
      const spu = spus.find(({ externalId }) => externalId === row.external_id);
      const there = (spu?.draft ?? spu?.content)?.fields.spuName;
      return {
        state: row.state,
        version: row.version,
        title: row.title,
        approvedHash: row.approved_hash,
        submittedHash: row.submitted_hash,
        titleThere: there === undefined ? null : String(there),
      };
    },
    actorsOf: (machine, id) =>
      demo.db.tx('staff', (trx) =>
        trx('transitions').where({ machine, entity_id: id }).orderBy('version').pluck('actor'),
      ),
    async settle() {
      await demo.quiet();
      await demo.advance(1.1 * hourMs);
      await demo.sync('reviews', 'offers', 'live');
    },
  };
  await putOnSale(stage);
  return stage;
}

async function putOnSale({ demo, say, settle }: Stage): Promise<void> {
  await demo.sync('catalogue');
  const { rows } = await demo.api.get<{ rows: { id: string; version: number; skus: { sku: string }[] }[] }>(
    'products?limit=200',
  );
  const items = rows
    .filter(({ skus }) => skus.some(({ sku }) => onSale.some((one) => one === sku)))
    .map(({ id, version }) => ({ id, version }));
  await demo.api.send('POST', 'products/bulk', { type: 'APPROVE', items });
  await settle();
  const live = (await demo.api.get<{ total: number }>('listings?state=LIVE')).total;
  const orders = await opsOf(demo).orders();
  say(`${live} listings are live at ${demo.now().toISOString()}, ${orders.length} orders`);
}
