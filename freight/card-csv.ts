import { parse } from 'csv-parse/sync';
import { type Limits, noLimits, type RateCard } from './card.ts';
import { gapsOf } from './card-gaps.ts';
import { bases, type CardFault, type CardRow, type Column, columns, RowReader, readCondition } from './card-rows.ts';
import { minorDigits } from './decimal.ts';

export type CardReading =
  | { readonly ok: true; readonly card: RateCard; readonly rows: number }
  | { readonly ok: false; readonly faults: readonly CardFault[]; readonly rows: number };

const mostFaults = 200;
const records = ['card', 'step', 'zone', 'break', 'remote', 'surcharge', 'fuel', 'limit', 'goods', 'pair'] as const;
type RecordName = (typeof records)[number];

const settings = [
  'code',
  'carrier',
  'service',
  'account',
  'currency',
  'valid_from',
  'valid_to',
  'divisor',
  'side_rounding',
  'compare_at',
  'tax_percent',
  'source',
] as const;
type Setting = (typeof settings)[number];
const optionalSettings: readonly Setting[] = ['valid_to', 'tax_percent'];

const limitNames: Readonly<Record<string, keyof Limits>> = {
  piece_g: 'pieceGrams',
  length_mm: 'lengthMm',
  width_mm: 'widthMm',
  height_mm: 'heightMm',
  girth_mm: 'girthMm',
  pieces: 'pieces',
  shipment_g: 'shipmentGrams',
  lines: 'lines',
  value: 'valueMinor',
};

/**
 * Reads a rate card from CSV (UTF-8, commas, one header line). Every fault is listed with line, column and remedy; a card
 * with a gap or with two prices for one thing is refused as a whole.
 */
export function readCardCsv(text: string): CardReading {
  const faults: CardFault[] = [];
  const rows = readRows(text, faults);
  if (rows === null) return { ok: false, faults, rows: 0 };
  const card = readCard(rows, faults);
  // Gaps between values that could not be read would be told twice.
  if (faults.length === 0) faults.push(...gapsOf(card.card, card.lineOf));
  if (faults.length === 0) return { ok: true, card: card.card, rows: rows.length };
  const sorted = [...faults].sort((a, b) => a.line - b.line);
  return { ok: false, faults: sorted.slice(0, mostFaults), rows: rows.length };
}

function readRows(text: string, faults: CardFault[]): CardRow[] | null {
  const whole = (reason: string, remedy: string, line = 0, value = '') => {
    faults.push({ line, column: 'record', value, reason, remedy });
    return null;
  };
  let lines: { record: string[]; info: { lines: number } }[];
  try {
    lines = parse(text, {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as typeof lines;
  } catch (error) {
    const where = error instanceof Error && 'lines' in error ? Number(error.lines) : 0;
    return whole(
      `It is no readable CSV: ${error instanceof Error ? error.message : String(error)}`,
      'Save it as comma-separated CSV in UTF-8; quotes inside a quoted cell are doubled.',
      where,
    );
  }
  const header = lines[0]?.record ?? [];
  const unknown = header.filter((name) => !(columns as readonly string[]).includes(name));
  const missing = columns.filter((name) => !header.includes(name));
  if (missing.length > 0 || unknown.length > 0) {
    const parts = [
      missing.length > 0 ? `it misses ${missing.join(', ')}` : null,
      unknown.length > 0 ? `it has unknown ${unknown.join(', ')}` : null,
    ].filter((part) => part !== null);
    return whole(`The header is not that of a rate card: ${parts.join('; ')}.`, `Take: ${columns.join(',')}`, 1);
  }
  return lines.slice(1).map(({ record, info }) => {
    if (record.length > header.length) {
      const reason = `The line has ${record.length} cells, the header ${header.length}.`;
      faults.push({ line: info.lines, column: 'record', value: '', reason, remedy: 'Quote cells that hold commas.' });
    }
    const cells = Object.fromEntries(columns.map((name) => [name, record[header.indexOf(name)] ?? '']));
    return { line: info.lines, cells: cells as Record<Column, string> };
  });
}

function readCard(rows: readonly CardRow[], faults: CardFault[]) {
  const lines = new WeakMap<object, number>();
  const given = readSettings(rows, faults);
  const digits = minorDigits(given.currency);
  const read = <Part extends object>(name: RecordName, make: (row: RowReader) => Part | null): Part[] =>
    rows
      .filter(({ cells }) => cells.record.trim() === name)
      .flatMap((row) => {
        const part = make(new RowReader(row, faults, digits));
        if (part === null) return [];
        lines.set(part, row.line);
        return [part];
      });
  for (const row of rows) {
    const name = row.cells.record.trim();
    if ((records as readonly string[]).includes(name)) continue;
    new RowReader(row, faults, digits).fault('record', 'It is no known record.', `Take ${records.join(', ')}.`);
  }
  const card: RateCard = {
    ...given,
    steps: read('step', (row) => ({ upToGrams: row.whole('up_to_g', 1), stepGrams: row.whole('value', 1) })),
    zones: read('zone', (row) => ({
      zone: row.required('zone'),
      from: row.country('from'),
      to: row.country('to'),
      postcodes: row.postcodes(),
    })),
    breaks: read('break', (row) => ({
      zone: row.required('zone'),
      fromGrams: row.whole('from_g'),
      upToGrams: row.whole('up_to_g', 1),
      baseMinor: row.money('base'),
      perKgMinor: row.money('per_kg', 0),
    })),
    remoteAreas: read('remote', readRemote),
    surcharges: read('surcharge', readSurcharge),
    fuel: read('fuel', (row) => ({ from: row.date('date'), basisPoints: row.basisPoints('amount') })),
    limits: readLimits(read('limit', readLimit)),
    goodsRules: read('goods', readGoods),
    forbiddenPairs: read('pair', (row): [string, string] => [row.required('name'), row.required('value')]),
  };
  return { card, lineOf: (part: object) => lines.get(part) ?? 0 };
}

function readRemote(row: RowReader) {
  const country = row.country('to');
  const postcodes = row.postcodes();
  if (postcodes === null) {
    row.fault('postcode_from', 'A remote area needs postcodes.', 'Give the first and the last postcode.');
    return null;
  }
  return { country, postcodes };
}

function readSurcharge(row: RowReader) {
  const basis = row.oneOf('value', bases, 'shipment');
  const isShare = basis === 'percent' || basis === 'value';
  return {
    code: row.matching('name', /^[A-Z0-9_-]{1,20}$/, 'Capital letters, digits, - and _, such as REMOTE.'),
    basis,
    amount: isShare ? row.basisPoints('amount') : row.money('amount'),
    minMinor: row.money('min', 0),
    when: readCondition(row),
    bearsFuel: row.text('fuel') === '' ? false : row.oneOf('fuel', ['yes', 'no'], 'no') === 'yes',
  };
}

function readLimit(row: RowReader): { key: keyof Limits; value: number } | null {
  const name = row.oneOf('name', Object.keys(limitNames), '');
  const key = limitNames[name];
  if (key === undefined) return null;
  return { key, value: key === 'valueMinor' ? row.money('value') : row.whole('value', 1) };
}

const readLimits = (limits: readonly { key: keyof Limits; value: number }[]): Limits => ({
  ...noLimits,
  ...Object.fromEntries(limits.map(({ key, value }) => [key, value])),
});

function readGoods(row: RowReader) {
  const text = row.required('value');
  const [rule = '', service = null] = text.split(':');
  if (!['allow', 'forbid', 'service'].includes(rule) || (rule === 'service') !== (service !== null)) {
    row.fault('value', 'It is no rule for goods.', 'Take allow, forbid or service:<code>, such as service:HV.');
  }
  const category = row.matching('name', /^[a-z0-9-]{1,40}$/, 'Lower-case letters, digits and -, such as lithium.');
  return {
    category,
    to: row.text('to') === '' || row.text('to') === '*' ? '*' : row.country('to'),
    rule: rule as 'allow' | 'forbid' | 'service',
    service,
  };
}

type CardSettings = Pick<
  RateCard,
  | 'code'
  | 'carrier'
  | 'service'
  | 'account'
  | 'currency'
  | 'validFrom'
  | 'validTo'
  | 'divisor'
  | 'sideRounding'
  | 'compareAt'
  | 'taxBasisPoints'
  | 'source'
>;

function readSettings(rows: readonly CardRow[], faults: CardFault[]): CardSettings {
  const found = new Map<Setting, RowReader>();
  for (const row of rows.filter(({ cells }) => cells.record.trim() === 'card')) {
    const reader = new RowReader(row, faults, 2);
    const name = reader.oneOf('name', settings, 'code');
    if (found.has(name)) reader.fault('name', 'It is set twice.', 'Remove one of the two lines.');
    else found.set(name, reader);
  }
  for (const name of settings) {
    if (found.has(name) || optionalSettings.includes(name)) continue;
    const remedy = `Add a line \`card,${name},…\` with the value in the column value.`;
    faults.push({ line: 0, column: 'name', value: name, reason: `The card does not say its ${name}.`, remedy });
  }
  const empty = new RowReader(
    { line: 0, cells: Object.fromEntries(columns.map((name) => [name, ''])) as Record<Column, string> },
    [],
    2,
  );
  const at = (name: Setting): RowReader => found.get(name) ?? empty;
  const currency = at('currency').matching('value', /^[A-Z]{3}$/, 'Three capital letters of ISO 4217, such as AUD.');
  const validTo = at('valid_to').text('value');
  return {
    code: at('code').matching(
      'value',
      /^[a-z0-9][a-z0-9-]{1,40}$/,
      'Lower-case letters, digits and -, such as dhl-au.',
    ),
    carrier: at('carrier').required('value'),
    service: at('service').required('value'),
    account: at('account').required('value'),
    currency: /^[A-Z]{3}$/.test(currency) ? currency : 'USD',
    validFrom: at('valid_from').date('value'),
    validTo: validTo === '' ? null : at('valid_to').date('value'),
    divisor: at('divisor').whole('value', 1),
    sideRounding: at('side_rounding').oneOf('value', ['nearest', 'up', 'none'], 'up'),
    compareAt: at('compare_at').oneOf('value', ['piece', 'shipment'], 'piece'),
    taxBasisPoints: found.has('tax_percent') ? at('tax_percent').basisPoints('value') : 0,
    source: at('source').required('value'),
  };
}
