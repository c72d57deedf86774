import { parse } from 'csv-parse/sync';
import { minorDigits } from './decimal.ts';
import { type FreightStatement, partOf, type StatedLine } from './statement.ts';

export const billColumns = ['waybill', 'code', 'name', 'amount', 'currency', 'billed_kg'] as const;

/** A carrier's bill of one shipment. */
export interface Bill {
  readonly waybill: string;
  readonly statement: FreightStatement;
}

export interface BillFault {
  readonly line: number;
  readonly column: string;
  readonly value: string;
  readonly reason: string;
  readonly remedy: string;
}

export type BillReading =
  | { readonly ok: true; readonly bills: readonly Bill[]; readonly rows: number }
  | { readonly ok: false; readonly faults: readonly BillFault[]; readonly rows: number };

const mostFaults = 200;

interface BillRow {
  readonly line: number;
  readonly waybill: string;
  readonly currency: string;
  readonly billedGrams: number | null;
  readonly stated: StatedLine;
}

/**
 * Reads a bill from CSV (UTF-8, commas, one header line), a line for each charge; credits are negative. A file with any
 * fault is refused as a whole. `billed_kg` may be empty; the base price has the code BASE.
 */
export function readBillCsv(text: string): BillReading {
  const faults: BillFault[] = [];
  const table = readTable(text, faults);
  const rows = table.flatMap((cells, index) => readRow(cells, index + 2, faults) ?? []);
  const bills = new Map<string, BillRow[]>();
  for (const row of rows) bills.set(row.waybill, [...(bills.get(row.waybill) ?? []), row]);
  for (const [first, ...others] of bills.values()) {
    const odd = others.find(({ currency }) => currency !== first?.currency);
    if (!odd) continue;
    const reason = `Waybill ${odd.waybill} is billed in ${first?.currency} above.`;
    faults.push({
      line: odd.line,
      column: 'currency',
      value: odd.currency,
      reason,
      remedy: 'Bill a shipment in one currency.',
    });
  }
  if (faults.length > 0) return { ok: false, faults: faults.slice(0, mostFaults), rows: table.length };
  return {
    ok: true,
    rows: table.length,
    bills: [...bills].map(([waybill, own]) => ({ waybill, statement: statementOf(own) })),
  };
}

function readTable(text: string, faults: BillFault[]): Record<string, string>[] {
  const fault = (reason: string, remedy: string): [] => {
    faults.push({ line: 1, column: '', value: '', reason, remedy });
    return [];
  };
  let table: string[][];
  try {
    table = parse(text, { bom: true, skip_empty_lines: true, trim: true });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return fault(`It is no CSV: ${error.message}`, 'Save it as CSV with commas.');
  }
  const [head = [], ...rest] = table;
  const missing = billColumns.filter((name) => !head.includes(name));
  if (missing.length > 0)
    return fault(`Columns are missing: ${missing.join(', ')}.`, `The first line names ${billColumns.join(',')}.`);
  if (rest.length === 0) return fault('It has no lines.', 'Give a line for each charge.');
  return rest.map((row) => Object.fromEntries(head.map((name, index) => [name, row[index] ?? ''])));
}

function readRow(cells: Record<string, string>, line: number, faults: BillFault[]): BillRow | null {
  const before = faults.length;
  const fault = (column: string, reason: string, remedy: string) => {
    faults.push({ line, column, value: cells[column] ?? '', reason, remedy });
  };
  const { waybill = '', code = '', name = '', amount = '', currency = '', billed_kg: kilograms = '' } = cells;
  if (!/^[A-Za-z0-9-]{1,40}$/.test(waybill))
    fault('waybill', 'It is no waybill number.', 'Give the number of the shipment.');
  if (code === '' && name === '') fault('code', 'Neither code nor name is given.', 'Name the charge.');
  const isCurrency = /^[A-Z]{3}$/.test(currency);
  if (!isCurrency) fault('currency', 'It is no currency.', 'Give three capital letters, such as AUD.');
  const amountMinor = isCurrency ? minorOf(amount, minorDigits(currency)) : 0;
  if (amountMinor === null)
    fault('amount', 'It is no amount of this currency.', 'Give a plain decimal, such as 12.50.');
  const billedGrams = kilograms === '' ? null : minorOf(kilograms, 3);
  if (kilograms !== '' && (billedGrams === null || billedGrams <= 0)) {
    fault('billed_kg', 'It is no weight in kilograms.', 'Give kilograms, such as 2.5, or nothing.');
  }
  if (faults.length > before || amountMinor === null) return null;
  const part = partOf(/^base$/i.test(code) ? 'base' : /^tax|^vat|^gst/i.test(code) ? 'tax' : 'surcharge', code, name);
  return {
    line,
    waybill,
    currency,
    billedGrams,
    stated: { part, code: code || name, name: name || code, amountMinor },
  };
}

/** A decimal as whole smallest units; null where it has more digits than the unit. */
function minorOf(text: string, digits: number): number | null {
  const match = /^(-?)(\d{1,10})(?:\.(\d{1,6}))?$/.exec(text);
  if (!match) return null;
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  if (fraction.length > digits) return null;
  const value = Number(`${match[2]}${fraction.padEnd(digits, '0')}`);
  return match[1] === '-' ? -value : value;
}

function statementOf(rows: readonly BillRow[]): FreightStatement {
  const lines = rows.map(({ stated }) => stated);
  return {
    totalMinor: lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
    currency: rows[0]?.currency ?? '',
    lines,
    billedGrams: rows.find(({ billedGrams }) => billedGrams !== null)?.billedGrams ?? null,
  };
}
