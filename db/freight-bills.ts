import { type BillFault, readBillCsv } from '../freight/bill-csv.ts';
import type { Tx } from './database.ts';
import { addStatements } from './freight-audit.ts';

export type BillTaking =
  | {
      readonly ok: true;
      readonly rows: number;
      /** Consignments whose bill was taken; they are compared at the next tick. */
      readonly taken: readonly string[];
      /** Waybills that nobody here booked with this account. */
      readonly unknown: readonly string[];
    }
  | { readonly ok: false; readonly rows: number; readonly faults: readonly BillFault[] };

/**
 * Takes a carrier's bill. The same bill again changes nothing; a later one of the same shipment replaces it. With
 * `dryRun` the same is answered and nothing is written.
 */
export async function takeBill(
  trx: Tx,
  input: { readonly csv: string; readonly connectionId: string; readonly dryRun: boolean },
): Promise<BillTaking> {
  const reading = readBillCsv(input.csv);
  if (!reading.ok) return reading;
  const rows: { id: string; number: string; tracking_number: string }[] = await trx('consignments as c')
    .join('freight_audits as a', 'a.consignment_id', 'c.id')
    .where({ 'c.carrier_connection_id': input.connectionId })
    .whereIn(
      'c.tracking_number',
      reading.bills.map(({ waybill }) => waybill),
    )
    .select('c.id', 'c.number', 'c.tracking_number');
  const byWaybill = new Map(rows.map((row) => [row.tracking_number, row]));
  const taken: string[] = [];
  for (const { waybill, statement } of reading.bills) {
    const known = byWaybill.get(waybill);
    if (!known) continue;
    taken.push(known.number);
    if (input.dryRun) continue;
    await addStatements(trx, known.id, { billed: statement });
    await trx('freight_audits').where({ consignment_id: known.id }).update({ due: true });
  }
  const unknown = reading.bills.map(({ waybill }) => waybill).filter((waybill) => !byWaybill.has(waybill));
  return { ok: true, rows: reading.rows, taken, unknown };
}
