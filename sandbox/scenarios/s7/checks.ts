import { parse } from 'csv-parse/sync';
import type { ImportDetail } from '../../../client/api/schemas/imports.ts';
import type { DemoWorld } from '../../demo/world.ts';
import { compare, type Row } from '../rows.ts';
import type { BrandClient } from './client.ts';
import { expectedCounts, formulasInErrors, lineOf, plan } from './file.ts';

export const dotThousands = 'number-style:dot-thousands';

export interface Stage {
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

export const sumOf = ({ counts }: ImportDetail): number => {
  const { read: _read, ...outcomes } = counts ?? { read: 0 };
  return Object.values(outcomes).reduce((sum, count) => sum + count, 0);
};

export async function skusOf({
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

export async function previewed(stage: Stage): Promise<Row> {
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

export async function effects(stage: Stage): Promise<Row> {
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

export async function errorFile(stage: Stage): Promise<Row> {
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

export async function answer(stage: Stage): Promise<Row> {
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
