import { compare, type Row } from '../rows.ts';
import type { Stage } from './stage.ts';

const sku = 'KW-004';

/** Ten times yesterday's price waits for a person; a price of nothing blocks. The price in force stays in both cases. */
export async function badPrices(stage: Stage): Promise<readonly Row[]> {
  const { demo } = stage;
  const mark = await stage.mark();
  await stage.brandPrice(sku, '100.00');
  await demo.sync('offers');
  const waits = await stage.row(sku);
  const tenfold = compare('ten times yesterday’s', {
    'rule price': [1_000_000, waits.cells.rulePrice?.amountMinor ?? null],
    desired: [100_000, waits.cells.desired?.amountMinor ?? null],
    listing: ['UPDATE', waits.state],
    'says why': [true, waits.cells.waiting?.includes('by a factor of 10') ?? false],
    'prices sent': ['none', await stage.sentSince(mark, sku)],
  });
  await stage.brandPrice(sku, '10.50');
  await demo.sync('offers');
  const mended = await stage.row(sku);
  const back = compare('the slip is mended', {
    listing: ['LIVE', mended.state],
    'prices sent': ['105000', await stage.sentSince(mark, sku)],
  });
  const then = await stage.mark();
  await stage.brandPrice(sku, '0.00');
  await demo.sync('offers');
  const nothing = await stage.row(sku);
  const { rows } = await demo.api.get<{ rows: { kind: string; remedy: string }[] }>('problems?limit=200&state=OPEN');
  const zero = compare('a price of 0', {
    desired: [105_000, nothing.cells.desired?.amountMinor ?? null],
    blocked: [true, /not above zero|gives no price/.test(nothing.cells.blocked ?? '')],
    'a problem with remedy': [true, rows.some(({ kind, remedy }) => kind === 'price-blocked' && remedy !== '')],
    'prices sent': ['none', await stage.sentSince(then, sku)],
  });
  const { id, version } = nothing;
  const negative = await stage.edit({ id, version }, { price: '-95000', reason: 'a slip' });
  const typed = compare('a negative price typed', {
    field: ['refused', negative.fields[0]?.outcome ?? 'none'],
    'says how': [true, negative.fields[0]?.why?.includes('not a price above zero') ?? false],
  });
  return [tenfold, back, zero, typed];
}

const daily = (day: string, rate: string): string =>
  `<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
<Cube><Cube time="${day}">
<Cube currency="AUD" rate="1.7"/>
<Cube currency="IDR" rate="${rate}"/>
</Cube></Cube></gesmes:Envelope>`;

/** Exchange files: a good one is taken over and reprices; stale, malformed and older ones are refused whole. */
export async function badFiles(stage: Stage): Promise<readonly Row[]> {
  const { demo, admin } = stage;
  const dayBefore = (days: number): string =>
    new Date(demo.now().getTime() - days * 86_400_000).toISOString().slice(0, 10);
  const count = async (): Promise<number> => {
    const row = await demo.db.tx('staff', (trx) => trx('exchange_rates').count({ n: '*' }).first());
    return Number(row?.n);
  };
  const refused = async (text: string): Promise<string> => {
    const before = await count();
    const said = await admin('exchange-rates/import', { text }).then(
      () => 'taken over',
      (error: Error) => error.message,
    );
    return (await count()) === before ? said : `something was written: ${said}`;
  };
  const malformed = await refused(daily(dayBefore(0), '17.340,00'));
  const stale = await refused(daily(dayBefore(9), '17340'));
  const refusals = compare('malformed and stale files', {
    'malformed: refused with its line': [true, malformed.includes('400') && malformed.includes('line 4')],
    'stale: refused with its day': [true, stale.includes('400') && stale.includes('9 days old')],
  });
  const mark = await stage.mark();
  const report = await admin<{ new: number }>('exchange-rates/import', { text: daily(dayBefore(0), '17340') });
  await demo.quiet();
  await demo.sync('offers', 'live');
  const older = await refused(daily(dayBefore(1), '17000'));
  // 17340 / 1.7 = 10200 rupiah a dollar: 12.00 dollars are 122,400, rounded up to 123,000.
  const good = compare('a good file', {
    'new rates': [2, report.new],
    'KW-002 costs': [123_000, await stage.there('KW-002')],
    'sent once': ['123000', await stage.sentSince(mark, 'KW-002')],
    'an older one is refused': [true, older.includes('the file is older')],
  });
  // So that nothing is left open: the brand gives a price again.
  await stage.brandPrice(sku, '10.50');
  await demo.sync('offers', 'live');
  return [refusals, good];
}
