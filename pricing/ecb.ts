import { daysBetween, type KnownRate, pivot } from './exchange.ts';
import { compare, fraction, mustReadDecimal, over, readDecimal } from './fraction.ts';

/** The source under which rates of the European Central Bank's euro foreign exchange reference rates are kept. */
export const ecbSource = 'European Central Bank';

export interface EcbRate {
  readonly currency: string;
  /** Units of it for one euro, as the file has it. */
  readonly value: string;
}
export interface EcbDay {
  readonly date: string;
  readonly rates: readonly EcbRate[];
}

/** Why a file is refused: nothing of it is taken over. */
export class RateFileRefused extends Error {
  override readonly name = 'RateFileRefused';
  /** Where in the file, such as "line 12, column USD". */
  readonly place: string;
  readonly why: string;
  readonly remedy: string;

  constructor(place: string, why: string, remedy: string) {
    super(`${place}: ${why}`);
    this.place = place;
    this.why = why;
    this.remedy = remedy;
  }
}

const getAnew = 'Download the file anew from the European Central Bank and import it again.';

/**
 * Reads the daily or historical file as the bank publishes it: XML (`eurofxref-daily.xml`, `-hist-90d.xml`, `-hist.xml`) or
 * CSV (`eurofxref.csv`, `eurofxref-hist.csv`). Newest day first.
 * @throws RateFileRefused
 */
export function readEcbFile(text: string): EcbDay[] {
  const body = text.replace(/^\uFEFF/, '');
  if (body.trim() === '') throw new RateFileRefused('line 1', 'The file is empty.', getAnew);
  const days = body.trimStart().startsWith('<') ? readXml(body) : readCsv(body);
  const sorted = [...days].sort((a, b) => (a.date < b.date ? 1 : -1));
  if (sorted.length === 0) throw new RateFileRefused('the file', 'It holds no day with rates.', getAnew);
  return sorted;
}

const cubePattern = /<Cube\b([^<>]*?)(\/?)>/g;

function readXml(body: string): EcbDay[] {
  const lineAt = (index: number): string => `line ${body.slice(0, index).split('\n').length}`;
  if (!/<gesmes:Envelope\b[^>]*eurofxref/.test(body)) {
    throw new RateFileRefused(lineAt(body.indexOf('<')), 'It is not a file of euro reference rates.', getAnew);
  }
  if (!/<\/gesmes:Envelope>\s*$/.test(body)) {
    throw new RateFileRefused(lineAt(body.length), 'The file ends in the middle.', getAnew);
  }
  const days = new Map<string, EcbRate[]>();
  let open: EcbRate[] | null = null;
  for (const match of body.matchAll(cubePattern)) {
    const place = lineAt(match.index);
    const attributes = new Map(
      [...(match[1] ?? '').matchAll(/(\w+)\s*=\s*['"]([^'"]*)['"]/g)].map((one) => [one[1], one[2] ?? '']),
    );
    const time = attributes.get('time');
    if (time !== undefined) {
      open = [];
      addDay(days, place, time, open);
    } else if (attributes.size > 0) {
      if (!open) throw new RateFileRefused(place, 'A rate stands before its day.', getAnew);
      addRate(open, place, attributes.get('currency') ?? '', attributes.get('rate') ?? '');
    }
  }
  return filled(days);
}

function readCsv(body: string): EcbDay[] {
  const lines = body.split(/\r?\n/);
  const cells = (line: string): string[] => line.split(',').map((cell) => cell.trim());
  const header = cells(lines[0] ?? '');
  if (header[0] !== 'Date') {
    throw new RateFileRefused('line 1', `The first column is "${header[0]?.slice(0, 40)}" instead of "Date".`, getAnew);
  }
  const days = new Map<string, EcbRate[]>();
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === '') continue;
    const row = cells(line);
    const rates: EcbRate[] = [];
    addDay(days, `line ${index + 1}`, plainDate(row[0] ?? ''), rates);
    if (row.length < header.filter(Boolean).length) {
      throw new RateFileRefused(
        `line ${index + 1}`,
        `It has ${row.length} cells, the first line ${header.length}.`,
        getAnew,
      );
    }
    for (const [column, currency] of header.entries()) {
      const value = row[column] ?? '';
      // Currencies that no longer exist, and the empty column that ends every line.
      if (column === 0 || currency === '' || value === 'N/A' || value === '') continue;
      addRate(rates, `line ${index + 1}, column ${currency}`, currency, value);
    }
  }
  return filled(days);
}

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** The short CSV writes its day as "01 July 2026". */
function plainDate(text: string): string {
  const match = /^(\d{1,2}) ([A-Z][a-z]+) (\d{4})$/.exec(text);
  const month = match ? months.indexOf(match[2] ?? '') + 1 : 0;
  return match && month > 0 ? `${match[3]}-${String(month).padStart(2, '0')}-${match[1]?.padStart(2, '0')}` : text;
}

function addDay(days: Map<string, EcbRate[]>, place: string, date: string, rates: EcbRate[]): void {
  const at = Date.parse(`${date}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== date) {
    throw new RateFileRefused(place, `"${date.slice(0, 40)}" is not a day.`, getAnew);
  }
  if (days.has(date)) throw new RateFileRefused(place, `The day ${date} stands in it twice.`, getAnew);
  days.set(date, rates);
}

function addRate(rates: EcbRate[], place: string, currency: string, value: string): void {
  if (!/^[A-Z]{3}$/.test(currency)) {
    throw new RateFileRefused(place, `"${currency.slice(0, 40)}" is not the code of a currency.`, getAnew);
  }
  const rate = readDecimal(value);
  if (!rate || rate.n === 0n) {
    throw new RateFileRefused(
      place,
      `The rate of ${currency} is "${value.slice(0, 40)}", not a number above zero.`,
      getAnew,
    );
  }
  if (rates.some((known) => known.currency === currency)) {
    throw new RateFileRefused(place, `${currency} stands in one day twice.`, getAnew);
  }
  rates.push({ currency, value });
}

function filled(days: Map<string, EcbRate[]>): EcbDay[] {
  for (const [date, rates] of days) {
    if (rates.length === 0) throw new RateFileRefused(`the day ${date}`, 'It holds no rate.', getAnew);
  }
  return [...days].map(([date, rates]) => ({ date, rates }));
}

/** A file whose newest day is older than this is not taken: the bank publishes on every working day. */
export const staleAfterDays = 7;
/** A rate that differs from the one known before by this factor is a slip of the point until a person says otherwise. */
const jumpFactor = fraction(2n);

/**
 * Whether the newest day of a file may be taken over now. `known` are the bank's newest rates here, of one day or none.
 * @throws RateFileRefused when the file is stale, from the future, older than what is known, or a rate jumped.
 */
export function admitEcbFile(days: readonly EcbDay[], known: readonly KnownRate[], today: string): void {
  const [newest] = days;
  if (!newest) throw new RateFileRefused('the file', 'It holds no day with rates.', getAnew);
  const place = `the day ${newest.date}`;
  // A file of the bank's own day may be ahead of a clock in UTC by a day at most.
  if (daysBetween(today, newest.date) > 1) {
    throw new RateFileRefused(place, `It lies after today, ${today}.`, 'Check the clock of this machine, or the file.');
  }
  const age = daysBetween(newest.date, today);
  if (age > staleAfterDays) {
    throw new RateFileRefused(
      place,
      `The newest day is ${age} days old; at most ${staleAfterDays} are taken.`,
      getAnew,
    );
  }
  const knownDate = known
    .map(({ date }) => date)
    .sort()
    .at(-1);
  if (knownDate !== undefined && newest.date < knownDate) {
    throw new RateFileRefused(place, `Rates of ${knownDate} are known already: the file is older.`, getAnew);
  }
  for (const { currency, value } of newest.rates) {
    const before = known.find(({ from, to, date }) => from === pivot && to === currency && date === knownDate);
    if (!before) continue;
    const factor = over(mustReadDecimal(value), mustReadDecimal(before.value));
    if (compare(factor, jumpFactor) < 0 && compare(over(fraction(1n), factor), jumpFactor) < 0) continue;
    throw new RateFileRefused(
      `${place}, ${currency}`,
      `The rate is ${value}; on ${before.date} it was ${before.value}.`,
      'If it is right, type it in with a reason; otherwise download the file anew.',
    );
  }
}
