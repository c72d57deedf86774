import { until } from '../scenarios/wait.ts';
import type { DemoWorld } from './world.ts';

const scents = ['Manuka honey', 'Kānuka', 'Sea salt', 'Cedar', 'Kawakawa', 'Fig'];

/** The file of the brand without a shop, as its spreadsheet writes it; `price` is the first candle's. */
export function candleFile(picturesUrl: string, price = '34.50'): string {
  const head =
    'Item no;Product name;Description;Product type;RRP;Currency;Qty;Weight g;Length mm;Width mm;Height mm;HS code;Made in;Image URL';
  const rows = scents.map((scent, index) =>
    [
      `MC-${String(index + 1).padStart(3, '0')}`,
      `${scent} candle`,
      `<p>Soy wax candle, scent: ${scent}. Burns 40 hours.</p>`,
      'Home',
      index === 0 ? price : (30 + index).toFixed(2),
      'AUD',
      String(12 + index * 3),
      '420',
      '90',
      '90',
      '100',
      '340600',
      'AU',
      `${picturesUrl}/MC-${String(index + 1).padStart(3, '0')}.png`,
    ].join(';'),
  );
  // With a byte order mark, as spreadsheets save it.
  return `\ufeff${[head, ...rows].join('\r\n')}\r\n`;
}

/** Where the demo's pictures lie: beside those of the other brand. */
export async function picturesOf(demo: DemoWorld): Promise<string> {
  const row = await demo.db.tx('staff', (trx) =>
    trx('products').whereRaw(`images <> '[]'`).orderBy('title').first('images'),
  );
  const url = row?.images[0]?.url;
  if (typeof url !== 'string') throw new Error('no product has a picture');
  return url.slice(0, url.lastIndexOf('/'));
}

interface Import {
  readonly id: string;
  readonly phase: string;
  readonly counts: Readonly<Record<string, number>> | null;
  readonly openQuestions: number;
  readonly missing: readonly string[];
}

const busy = ['uploading', 'reading', 'applying', 'listing'];

/** A brand's file goes in: sent, looked at, confirmed. Returns its counts. @throws Error when it cannot be confirmed */
export async function importFile(demo: DemoWorld, brand: string, text: string): Promise<Record<string, number>> {
  const { id } = await demo.api.upload<{ id: string }>(`imports?brand=${brand}&fileName=${brand}.csv`, text);
  const settled = () =>
    until(`the import of ${brand} is settled`, async () => {
      const one = await demo.api.get<Import>(`imports/${id}`);
      return busy.includes(one.phase) ? null : one;
    });
  const shown = await settled();
  if (shown.phase !== 'preview') throw new Error(`the file of ${brand} is ${shown.phase}: ${shown.missing.join('; ')}`);
  await demo.api.send('POST', `imports/${id}/confirm`, {});
  const done = await settled();
  if (done.phase !== 'done') throw new Error(`the file of ${brand} ended as ${done.phase}`);
  return { ...done.counts };
}
