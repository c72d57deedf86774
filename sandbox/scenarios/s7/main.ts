import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import type { ImportDetail } from '../../../client/api/schemas/imports.ts';
import { runCli } from '../../../client/cli/run.ts';
import type { DemoWorld } from '../../demo/world.ts';
import { adminOf } from '../admin.ts';
import type { Stagehand } from '../main.ts';
import { broken, compare, type Row } from '../rows.ts';
import { until } from '../wait.ts';
import { type BrandClient, brandClient } from './client.ts';
import { badFile, earlierFile, expectedCounts, formulasInErrors, lineOf, plan } from './file.ts';

const dotThousands = 'number-style:dot-thousands';
const importWithinSeconds = 90;
const maxGrowthBytes = 150 * 1024 * 1024;

interface Stage {
  readonly demo: DemoWorld;
  readonly brand: BrandClient;
  readonly file: Buffer;
  readonly say: (line: string) => void;
  id: string;
  seconds: number;
  /** Largest memory of the worker before anything was read, and since; a killed one leaves its own behind. */
  peakBefore: number;
  peakReading: number;
}

/** Scenario S7: a brand sends 100,000 rows in four kinds of disorder. */
export async function runS7({ demo, say, add }: Stagehand): Promise<void> {
  // Its products are not offered anywhere here: what listings do with them is other scenarios' affair.
  const admin = await adminOf(demo);
  await admin(`connections/${await demo.connectionId('jd-id')}/events`, { type: 'PAUSE' });
  const brand = await brandClient(demo);
  const stage: Stage = { demo, brand, file: badFile(), say, id: '', seconds: 0, peakBefore: 0, peakReading: 0 };
  const step = async (title: string, work: (stage: Stage) => Promise<Row>): Promise<void> => {
    const begun = performance.now();
    try {
      add(await work(stage));
    } catch (error) {
      say(error instanceof Error ? (error.stack ?? error.message) : String(error));
      add(broken(title, error));
    }
    say(`${title}: ${Math.round((performance.now() - begun) / 100) / 10} s`);
  };
  await step('an earlier file in good order', earlier);
  await step('read, worker killed on the way', readWithKill);
  await step('preview before anything is written', previewed);
  await step('first effects and findings', effects);
  await step('the error file', errorFile);
  await step('an answer settles a class', answer);
  await step('confirmed, worker killed on the way', applyWithKill);
  await step('the same file again', again);
  await step('undo is a plan', undo);
}

/** Largest memory of the worker so far, from the kernel. */
function peakOf({ demo }: Stage): number {
  const status = readFileSync(`/proc/${demo.world.pid('worker')}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
}

async function killWorker({ demo }: Stage): Promise<void> {
  const before = demo.world.pid('worker');
  await demo.world.killWorker();
  await until('the worker is there again', async () => {
    const pid = demo.world.pid('worker');
    if (pid === null) await demo.world.startWorker();
    return pid !== null && pid !== before;
  });
}

async function earlier(stage: Stage): Promise<Row> {
  const id = await stage.brand.upload(earlierFile(), 'earlier.csv');
  const shown = await stage.brand.settled(id);
  await stage.brand.send('POST', `imports/${id}/confirm`, {});
  const done = await stage.brand.settled(id);
  return compare('an earlier file in good order', {
    'read = new': [plan.earlier, shown.counts?.new ?? null],
    phase: ['done', done.phase],
  });
}

async function readWithKill(stage: Stage): Promise<Row> {
  const { brand } = stage;
  stage.peakBefore = peakOf(stage);
  const begun = performance.now();
  stage.id = await brand.upload(stage.file, 'disorder.csv');
  const half = await until('half of it is read', async () => {
    const detail = await brand.detail(stage.id);
    if (detail.phase !== 'reading') return detail;
    return detail.progress.rowsRead >= plan.rows / 4 && detail;
  });
  stage.peakReading = peakOf(stage);
  await killWorker(stage);
  const after = await brand.detail(stage.id);
  const shown = await brand.settled(stage.id);
  stage.peakReading = Math.max(stage.peakReading, peakOf(stage));
  stage.seconds = (performance.now() - begun) / 1000;
  return compare('read, worker killed on the way', {
    'killed while': ['reading', half.phase],
    'goes on where it was': [true, after.progress.rowsRead >= half.progress.rowsRead],
    phase: ['preview', shown.phase],
    'rows read': [plan.rows, shown.counts?.read ?? null],
  });
}

const sumOf = ({ counts }: ImportDetail): number => {
  const { read: _read, ...outcomes } = counts ?? { read: 0 };
  return Object.values(outcomes).reduce((sum, count) => sum + count, 0);
};

async function skusOf({
  demo,
}: Stage): Promise<{ skus: number; present: number; histories: number; movements: number }> {
  const { rows } = await demo.db.tx('staff', (trx) =>
    trx.raw(
      `select (select count(*)::int from skus s where s.brand_id = b.id) as skus,
         (select count(*)::int from skus s where s.brand_id = b.id and gone_at is null) as present,
         (select count(*)::int from transitions t where t.brand_id = b.id and t.machine = 'product' and t.event = 'CREATE') as histories,
         (select count(*)::int from stock_movements m where m.brand_id = b.id) as movements
       from brands b where b.code = 'manuka'`,
    ),
  );
  return rows[0];
}

async function previewed(stage: Stage): Promise<Row> {
  const detail = await stage.brand.detail(stage.id);
  const { skus } = await skusOf(stage);
  const renamed = detail.mapping.find(({ header }) => header === 'RRP');
  const segments = detail.encodings.map(({ encoding, confidence }) => `${encoding} ${Math.round(confidence * 100)} %`);
  return compare('preview before anything is written', {
    ...Object.fromEntries(
      Object.entries(expectedCounts()).map(([name, count]) => [
        name,
        [count, (detail.counts as Record<string, number> | null)?.[name] ?? null] as const,
      ]),
    ),
    'read = sum': [plan.rows, sumOf(detail)],
    encodings: ['utf-8 100 %, windows-1252 90 %, utf-8-bom 100 %, utf-16le 100 %', segments.join(', ')],
    'lines of the last': [`${lineOf(80_001)} to ${lineOf(plan.rows)}`, rangeOf(detail)],
    'renamed column': [
      'price, shown as a doubt',
      `${renamed?.field}${renamed?.doubt?.includes('"price"') ? ', shown as a doubt' : ''}`,
    ],
    'SKUs written': [plan.earlier, skus],
  });
}

const rangeOf = ({ encodings }: ImportDetail): string =>
  `${encodings.at(-1)?.firstLine} to ${encodings.at(-1)?.lastLine}`;

async function effects(stage: Stage): Promise<Row> {
  const first = await stage.brand.rows(stage.id, 'outcome=new,changed&limit=50');
  const formulas = new Set<number>();
  const nuls = new Set<number>();
  for (let after = 0; ; ) {
    const page = await stage.brand.rows(stage.id, `findings=true&limit=200&after=${after}`);
    for (const { rowNumber, findings } of page.rows) {
      if (findings.some(({ code }) => code === 'formula')) formulas.add(rowNumber);
      if (findings.some(({ code }) => code === 'nul-bytes')) nuls.add(rowNumber);
    }
    if (page.next === null) break;
    after = page.next;
  }
  const changed = first.rows.find(({ outcome }) => outcome === 'changed');
  return compare('first effects and findings', {
    effects: [50, first.rows.length],
    'before and after of a price': ['4400 to 1202', (changed?.changes.price_minor ?? []).join(' to ')],
    'formula cells found': [plan.formulas, formulas.size],
    'rows with NUL found': [plan.nulRows, nuls.size],
  });
}

async function errorFile(stage: Stage): Promise<Row> {
  const text = await stage.brand.text(`imports/${stage.id}/errors.csv`);
  const rows: Record<string, string>[] = parse(text, { columns: true, bom: true });
  const of = (outcome: string): Set<string | undefined> =>
    new Set(rows.filter((row) => row.outcome === outcome).map(({ row }) => row));
  const lost = rows.find(({ outcome }) => outcome === 'refused');
  const formulas = rows.filter(({ value }) => value?.includes('HYPERLINK'));
  const firstLines = rows.filter(({ reason }) => /^The SKU is on line \d+ already/.test(reason ?? ''));
  return compare('the error file', {
    duplicates: [plan.duplicates, of('duplicate').size],
    'with the line of the first': [plan.duplicates, firstLines.length],
    held: [plan.ambiguous + plan.currencies.length, of('held').size],
    'broken quote': [
      `row ${plan.brokenRow}, line ${lineOf(plan.brokenRow)}, 1 line`,
      `row ${lost?.row}, line ${lost?.line}, ${lost?.lines} line`,
    ],
    'its original bytes': [
      true,
      lost?.original?.startsWith(`S7-${String(plan.brokenRow).padStart(6, '0')},"Unbalanced candle,`) ?? false,
    ],
    'every row has reason and suggestion': [
      true,
      rows.every(({ reason, suggestion }) => Boolean(reason && suggestion)),
    ],
    'formulas in it': [formulasInErrors(), formulas.length],
    'all made harmless': [true, formulas.every(({ value }) => value?.startsWith("'="))],
  });
}

async function answer(stage: Stage): Promise<Row> {
  const before = await stage.brand.detail(stage.id);
  await stage.brand.send('PATCH', `imports/${stage.id}`, { answers: { [dotThousands]: 'thousands' } });
  const after = await stage.brand.settled(stage.id);
  return compare('an answer settles a class', {
    questions: [
      [...plan.currencies.map((code) => `currency:${code}`).sort(), dotThousands].join(' '),
      before.questions.map(({ id }) => id).join(' '),
    ],
    'rows that ask': [plan.ambiguous, before.questions.find(({ id }) => id === dotThousands)?.rows ?? null],
    'still held after the answer': [plan.currencies.length, after.counts?.held ?? null],
    'read = sum': [plan.rows, sumOf(after)],
  });
}

async function applyWithKill(stage: Stage): Promise<Row> {
  const { brand } = stage;
  const shown = await brand.detail(stage.id);
  const begun = performance.now();
  await brand.send('POST', `imports/${stage.id}/confirm`, {});
  const half = await until('a part of it is applied', async () => {
    const detail = await brand.detail(stage.id);
    return (detail.progress.rowsApplied >= plan.rows / 4 || detail.phase !== 'applying') && detail;
  });
  await killWorker(stage);
  const done = await brand.settled(stage.id);
  const seconds = stage.seconds + (performance.now() - begun) / 1000;
  const { skus, histories, movements } = await skusOf(stage);
  const made = shown.counts?.new ?? 0;
  const growth = Math.max(stage.peakReading, peakOf(stage)) - stage.peakBefore;
  stage.say(`     the import itself: ${Math.round(seconds)} s; memory grew by ${Math.round(growth / 1024 / 1024)} MiB`);
  return compare('confirmed, worker killed on the way', {
    'killed while': ['applying', half.phase],
    phase: ['done', done.phase],
    SKUs: [made + plan.earlier, skus],
    'begun histories': [made + plan.earlier, histories],
    'movements, none twice': [made + plan.earlier, movements],
    'within 90 s, both kills included': [true, seconds < importWithinSeconds],
    seconds: [Math.round(seconds), Math.round(seconds)],
    'memory bounded': [true, growth < maxGrowthBytes],
  });
}

async function again(stage: Stage): Promise<Row> {
  const id = await stage.brand.upload(stage.file, 'disorder.csv');
  await stage.brand.settled(id);
  await stage.brand.send('PATCH', `imports/${id}`, { answers: {} });
  const before = await stage.brand.settled(id);
  if (before.counts?.held !== plan.currencies.length)
    await stage.brand.send('PATCH', `imports/${id}`, { answers: { [dotThousands]: 'thousands' } });
  const shown = await stage.brand.settled(id);
  await stage.brand.send('POST', `imports/${id}/confirm`, {});
  const done = await stage.brand.settled(id);
  return compare('the same file again', {
    new: [0, shown.counts?.new ?? null],
    changed: [0, shown.counts?.changed ?? null],
    'read = sum': [plan.rows, sumOf(shown)],
    'rows applied': [0, done.progress.rowsApplied],
  });
}

/** What the first file said of its SKUs, as one hash. */
async function stateOf({ demo }: Stage): Promise<string> {
  const rows = await demo.db.tx('staff', (trx) =>
    trx('skus as s')
      .join('brands as b', 'b.id', 's.brand_id')
      .join('products as p', 'p.id', 's.product_id')
      .where('b.code', 'manuka')
      .whereNull('s.gone_at')
      .orderBy('s.sku')
      .select('s.sku', 's.price_minor', 's.on_hand', 's.weight_grams', 'p.title', 'p.description_html'),
  );
  return `${rows.length} ${createHash('sha256').update(JSON.stringify(rows)).digest('hex').slice(0, 12)}`;
}

async function undo(stage: Stage): Promise<Row> {
  const applied = await stage.brand.detail(stage.id);
  const before = await skusOf(stage);
  const plain = await cli(stage, ['import', 'undo', stage.id]);
  const shownOnly = await skusOf(stage);
  const done = await cli(stage, ['import', 'confirm', plain.id]);
  const changed = (applied.counts?.new ?? 0) + (applied.counts?.changed ?? 0);
  const after = await stateOf(stage);
  const reference = await earlierState(stage);
  return compare('undo is a plan', {
    'a plan of its own, shown': ['undo preview', `${plain.kind} ${plain.phase}`],
    'rows that go back': [changed, plain.counts?.changed ?? null],
    'nothing written by the plan': [before.present, shownOnly.present],
    phase: ['done', done.phase],
    'SKUs that are offered': [plan.earlier, (await skusOf(stage)).present],
    'prices as before': [reference, after],
  });
}

/** What the earlier file must have left: computed from the rows of its own import. */
async function earlierState({ demo }: Stage): Promise<string> {
  const rows = await demo.db.tx('staff', (trx) =>
    trx('import_rows as r')
      .join('imports as i', 'i.id', 'r.import_id')
      .where('i.file_name', 'earlier.csv')
      .orderBy('r.sku')
      .select('r.sku', 'r.price_minor', 'r.on_hand', 'r.weight_grams', 'r.title', 'r.description_html'),
  );
  return `${rows.length} ${createHash('sha256').update(JSON.stringify(rows)).digest('hex').slice(0, 12)}`;
}

async function cli({ demo }: Stage, args: readonly string[]): Promise<ImportDetail> {
  const out: string[] = [];
  const code = await runCli(['--data-dir', demo.dataDir, '--json', ...args], {
    out: (text) => void out.push(text),
    err: (text) => void out.push(text),
    isInteractive: false,
    ask: () => Promise.reject(new Error('nobody is there to be asked')),
    readAll: async () => '',
  });
  if (code !== 0) throw new Error(`tradelane ${args.join(' ')} ended with ${code}: ${out.join('\n').slice(0, 500)}`);
  return JSON.parse(out.join('\n'));
}
