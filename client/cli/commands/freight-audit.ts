import { readFile } from 'node:fs/promises';
import type { Static } from '@sinclair/typebox';
import type { AuditPolicySet, BillTaken, FreightAudits } from '../../api/schemas/freight-audit.ts';
import type { Context, Outcome } from '../command.ts';
import { CliFault } from '../exit-codes.ts';
import { loggedIn } from '../session.ts';
import { table } from '../text.ts';
import { idOfCode } from './orders.ts';

type Row = Static<typeof FreightAudits>['rows'][number];

export async function listFreightAudits(
  context: Context,
  options: { brand?: string; connection?: string; verdict?: string },
): Promise<Outcome> {
  const query = new URLSearchParams({
    ...(options.brand === undefined ? {} : { brand: await idOfCode(context, 'brands', options.brand) }),
    ...(options.connection === undefined
      ? {}
      : { connection: await idOfCode(context, 'connections', options.connection) }),
    ...(options.verdict === undefined ? {} : { verdict: options.verdict }),
  });
  const client = await loggedIn(context.options);
  const answer = await client.get<Static<typeof FreightAudits>>(`/api/freight/audits?${query}`);
  const heads = ['CONSIGNMENT', 'ACCOUNT', 'CARD', 'MEASURED', 'QUOTE', 'BOOKED', 'BILLED', 'VERDICT', 'WHY'];
  return { json: answer, text: table(heads, answer.rows.map(rowOf)) };
}

function rowOf(row: Row): (string | null)[] {
  const by = (name: string): string | null => {
    const stated = row.statements.find((one) => one.by === name);
    return stated ? amount(stated.totalMinor, stated.currency) : null;
  };
  const why = row.findings.map(({ cause }) => cause).join(', ') || row.note;
  const prices = ['card', 'measured', 'quote', 'booked', 'billed'].map(by);
  return [row.consignment, row.connection, ...prices, row.verdict, why];
}

/** Minor units as people read them, with the currency. */
function amount(minor: number, currency: string): string {
  const digits =
    currency === 'IDR'
      ? 0
      : (new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2);
  return `${(minor / 10 ** digits).toFixed(digits)} ${currency}`;
}

export async function takeFreightBill(
  context: Context,
  file: string,
  options: { connection: string; dryRun: boolean },
): Promise<Outcome> {
  const csv = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new CliFault('usage', `${file} cannot be read (${cause.code ?? cause.message}).`, {
      remedy: 'Name a CSV file with waybill,code,name,amount,currency,billed_kg in its first line.',
    });
  });
  const client = await loggedIn(context.options);
  const answer = await client.post<Static<typeof BillTaken>>('/api/freight/bills', {
    csv,
    connectionId: await idOfCode(context, 'connections', options.connection),
    dryRun: options.dryRun,
  });
  if (!answer.ok) {
    const faults = answer.faults.map(({ line, column, value, reason, remedy }) => [
      line,
      column,
      value,
      reason,
      remedy,
    ]);
    const text = `${file} is refused; nothing was written.\n\n${table(['LINE', 'COLUMN', 'VALUE', 'WHY', 'REMEDY'], faults)}`;
    return { json: answer, exit: 'refused', text };
  }
  const done = answer.dryRun ? 'would be compared' : 'are compared at the next tick';
  const strangers = answer.unknown.length === 0 ? [] : [`Not booked from here: ${answer.unknown.join(', ')}.`];
  return { json: answer, text: [`${answer.taken.length} shipments ${done}.`, ...strangers].join('\n') };
}

export async function setFreightAudit(
  context: Context,
  connection: string,
  options: { askCarrier?: string; percent?: number; least?: number },
): Promise<Outcome> {
  const client = await loggedIn(context.options);
  const id = await idOfCode(context, 'connections', connection);
  const answer = await client.post<Static<typeof AuditPolicySet>>(`/api/connections/${id}/freight-audit`, {
    ...(options.askCarrier === undefined ? {} : { askCarrier: options.askCarrier === 'yes' }),
    ...(options.percent === undefined ? {} : { toleranceBasisPoints: Math.round(options.percent * 100) }),
    ...(options.least === undefined ? {} : { toleranceLeastHundredths: Math.round(options.least * 100) }),
  });
  const { askCarrier, toleranceBasisPoints, toleranceLeastHundredths } = answer;
  const asked = askCarrier
    ? 'The carrier is asked for its price once for each consignment.'
    : 'The carrier is not asked.';
  const tolerance = `Differences up to ${toleranceBasisPoints / 100} % or ${(toleranceLeastHundredths / 100).toFixed(2)}, whichever is more, are nobody’s work.`;
  return { json: answer, text: `${asked} ${tolerance}` };
}
