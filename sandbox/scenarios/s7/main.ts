import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ImportDetail } from '../../../client/api/schemas/imports.ts';
import { runCli } from '../../../client/cli/run.ts';
import { adminOf } from '../admin.ts';
import type { Stagehand } from '../main.ts';
import { broken, compare, type Row } from '../rows.ts';
import { until } from '../wait.ts';
import { answer, dotThousands, effects, errorFile, previewed, type Stage, skusOf, sumOf } from './checks.ts';
import { brandClient } from './client.ts';
import { badFile, earlierFile, plan } from './file.ts';

const importWithinSeconds = 90;
const maxGrowthBytes = 150 * 1024 * 1024;

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
