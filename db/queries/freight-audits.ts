import type { Finding } from '../../freight/audit.ts';
import type { FreightStatement } from '../../freight/statement.ts';
import type { Tx } from '../database.ts';
import type { AuditStatements, AuditVerdict } from '../freight-audit.ts';

export interface AuditFilter {
  readonly brandId?: string;
  readonly connectionId?: string;
  readonly verdict?: AuditVerdict;
}

export interface AuditRow {
  readonly consignmentId: string;
  readonly consignment: string;
  readonly brand: string;
  readonly connection: string;
  readonly trackingNumber: string | null;
  readonly verdict: AuditVerdict;
  readonly differenceMinor: number | null;
  readonly currency: string | null;
  readonly card: string | null;
  readonly statements: readonly (Pick<FreightStatement, 'totalMinor' | 'currency' | 'billedGrams'> & {
    readonly by: keyof AuditStatements;
  })[];
  readonly findings: readonly Finding[];
  readonly note: string | null;
  readonly bookedAt: string;
  readonly auditedAt: string | null;
}

const sides: readonly (keyof AuditStatements)[] = ['card', 'measured', 'quote', 'booked', 'billed'];

/** Compared consignments, the newest booking first, at most 500. */
export async function listAudits(trx: Tx, filter: AuditFilter): Promise<AuditRow[]> {
  const query = trx('freight_audits as a')
    .join('consignments as c', 'c.id', 'a.consignment_id')
    .join('brands as b', 'b.id', 'a.brand_id')
    .join('connections as n', 'n.id', 'a.connection_id')
    .leftJoin('rate_cards as r', 'r.id', 'a.rate_card_id')
    .orderBy([
      { column: 'a.booked_at', order: 'desc' },
      { column: 'c.number', order: 'desc' },
    ])
    .limit(500)
    .select(
      'a.*',
      'c.number',
      'c.tracking_number',
      'b.code as brand_code',
      'n.code as connection_code',
      'r.code as card_code',
      'r.revision as card_revision',
    );
  if (filter.brandId !== undefined) query.where({ 'a.brand_id': filter.brandId });
  if (filter.connectionId !== undefined) query.where({ 'a.connection_id': filter.connectionId });
  if (filter.verdict !== undefined) query.where({ 'a.verdict': filter.verdict });
  const rows = await query;
  return rows.map((row) => {
    const statements = row.statements as AuditStatements;
    return {
      consignmentId: row.consignment_id,
      consignment: row.number,
      brand: row.brand_code,
      connection: row.connection_code,
      trackingNumber: row.tracking_number,
      verdict: row.verdict,
      differenceMinor: row.difference_minor === null ? null : Number(row.difference_minor),
      currency: row.currency,
      card: row.card_code === null ? null : `${row.card_code}, version ${row.card_revision}`,
      statements: sides.flatMap((by) => {
        const stated = statements[by];
        return stated
          ? [{ by, totalMinor: stated.totalMinor, currency: stated.currency, billedGrams: stated.billedGrams }]
          : [];
      }),
      findings: row.findings,
      note: row.note,
      bookedAt: row.booked_at.toISOString(),
      auditedAt: row.audited_at?.toISOString() ?? null,
    };
  });
}
