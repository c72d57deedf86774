import type { TrackingEvent } from '../connectors/contract/carrier.ts';
import { defaultTolerance, type Finding, type Tolerance } from '../freight/audit.ts';
import { type FreightStatement, type StatedCharge, statementOfCharges } from '../freight/statement.ts';
import type { Tx } from './database.ts';
import type { Command, Row } from './steps.ts';

/** How freight of one account is compared. */
export interface AuditPolicy {
  /** Whether the carrier is asked for its own price, once for each consignment. */
  readonly askCarrier: boolean;
  readonly tolerance: Tolerance;
}

export const defaultAuditPolicy: AuditPolicy = { askCarrier: true, tolerance: defaultTolerance };

/** Prices of one consignment by who states them; all are optional. */
export interface AuditStatements {
  /** By the rate card and what was declared. */
  readonly card?: FreightStatement;
  /** By the rate card and what was measured. */
  readonly measured?: FreightStatement;
  readonly quote?: FreightStatement;
  readonly booked?: FreightStatement;
  readonly billed?: FreightStatement;
}

export type AuditVerdict = 'due' | 'agrees' | 'differs' | 'incomparable' | 'unused';

export interface AuditOutcome {
  readonly verdict: Exclude<AuditVerdict, 'due'>;
  readonly differenceMinor: number | null;
  readonly currency: string | null;
  readonly findings: readonly Finding[];
  readonly note: string | null;
}

/** A parcel's measure: null where it was not taken. */
export type Measure = NonNullable<TrackingEvent['measured']>;

/** Keeps what a carrier said that a booking costs. A booking that was found again states nothing and changes nothing. */
export async function noteBooked(trx: Tx, consignment: Row, charges: readonly StatedCharge[], at: Date): Promise<void> {
  const booked = statementOfCharges(charges);
  const row = {
    consignment_id: consignment.id,
    brand_id: consignment.brand_id as string,
    connection_id: consignment.carrier_connection_id as string,
    revision: Number(consignment.revision),
    statements: JSON.stringify(booked ? { booked } : {}),
    booked_at: at,
  };
  const insert = trx('freight_audits').insert(row).onConflict('consignment_id');
  await (booked
    ? insert.merge({
        revision: row.revision,
        statements: row.statements,
        booked_at: at,
        quote_asked_at: null,
        due: true,
      })
    : insert.ignore());
}

/**
 * Keeps what was measured of a parcel; the same again changes nothing. A consignment that is booked is compared anew.
 * @returns whether it was new
 */
export async function keepMeasure(
  trx: Tx,
  parcel: { readonly id: string; readonly brand_id?: unknown; readonly consignment_id?: unknown },
  measure: Measure,
  source: 'ops' | 'carrier',
  command: Pick<Command, 'actor' | 'at'>,
): Promise<boolean> {
  const taken = {
    weight_grams: measure.weightGrams,
    length_mm: measure.lengthMm,
    width_mm: measure.widthMm,
    height_mm: measure.heightMm,
  };
  const kept = Object.values(taken).filter((value) => value !== null);
  if (kept.length === 0 || kept.some((value) => !Number.isSafeInteger(value) || value <= 0)) return false;
  const inserted = await trx('parcel_measurements')
    .insert({
      parcel_id: parcel.id,
      brand_id: parcel.brand_id as string,
      source,
      ...taken,
      said_by: command.actor,
      seen_at: command.at,
    })
    .onConflict()
    .ignore()
    .returning('id');
  if (inserted.length === 0) return false;
  await trx('freight_audits')
    .where({ consignment_id: parcel.consignment_id as string })
    .update({ due: true });
  return true;
}

/** Keeps what a scan says of a parcel's weight and sides; one that says nothing of them is none of the audit's. */
export async function noteScan(trx: Tx, parcel: Row, { measured }: TrackingEvent, command: Command): Promise<void> {
  if (measured) await keepMeasure(trx, parcel, measured, 'carrier', command);
}

export type Measuring =
  | { readonly ok: true; readonly declared: boolean }
  | { readonly ok: false; readonly why: 'not-found' | 'voided' };

/**
 * A parcel that ops put on the scales. Until it is booked this replaces the estimate and its consignment is priced anew;
 * afterwards it stands beside what was declared.
 */
export async function measureParcel(
  trx: Tx,
  parcelId: string,
  measure: { weightGrams: number; lengthMm: number; widthMm: number; heightMm: number },
  command: Command,
): Promise<Measuring> {
  const parcel = (await trx('parcels').where({ id: parcelId }).forNoKeyUpdate().first()) as Row | undefined;
  if (!parcel) return { ok: false, why: 'not-found' };
  if (parcel.state === 'VOIDED') return { ok: false, why: 'voided' };
  await keepMeasure(trx, parcel, measure, 'ops', command);
  if (parcel.state !== 'PLANNED') return { ok: true, declared: false };
  await trx('parcels').where({ id: parcelId }).update({
    weight_grams: measure.weightGrams,
    length_mm: measure.lengthMm,
    width_mm: measure.widthMm,
    height_mm: measure.heightMm,
    estimated: false,
  });
  await trx('consignments')
    .where({ id: parcel.consignment_id as string })
    .update({ price_due: true });
  return { ok: true, declared: true };
}

/** The newest measures of parcels, each value by itself: the carrier's before ours, because it is what is billed. */
export async function measuresOf(trx: Tx, parcelIds: readonly string[]): Promise<Map<string, Measure>> {
  const rows = await trx('parcel_measurements')
    .whereIn('parcel_id', [...parcelIds])
    .orderByRaw("source = 'carrier', seen_at, id");
  const measures = new Map<string, Measure>();
  for (const row of rows) {
    const before = measures.get(row.parcel_id);
    measures.set(row.parcel_id, {
      weightGrams: row.weight_grams ?? before?.weightGrams ?? null,
      lengthMm: row.length_mm ?? before?.lengthMm ?? null,
      widthMm: row.width_mm ?? before?.widthMm ?? null,
      heightMm: row.height_mm ?? before?.heightMm ?? null,
    });
  }
  return measures;
}

export async function auditPolicy(trx: Tx, connectionId: string): Promise<AuditPolicy> {
  const row = await trx('freight_audit_settings').where({ connection_id: connectionId }).first();
  if (!row) return defaultAuditPolicy;
  return {
    askCarrier: row.ask_carrier,
    tolerance: { basisPoints: row.tolerance_basis_points, leastHundredths: row.tolerance_least_hundredths },
  };
}

/** Sets how an account's freight is compared, and compares what differed before anew. */
export async function setAuditPolicy(
  trx: Tx,
  connectionId: string,
  { askCarrier, tolerance }: AuditPolicy,
  command: Command,
): Promise<void> {
  const row = {
    ask_carrier: askCarrier,
    tolerance_basis_points: tolerance.basisPoints,
    tolerance_least_hundredths: tolerance.leastHundredths,
    changed_by: command.actor,
    changed_at: command.at,
  };
  await trx('freight_audit_settings')
    .insert({ connection_id: connectionId, ...row })
    .onConflict('connection_id')
    .merge(row);
  await trx('freight_audits').where({ connection_id: connectionId, verdict: 'differs' }).update({ due: true });
}

/** Consignments of which something new is known, the oldest first. */
export async function dueAudits(trx: Tx, limit: number): Promise<Row[]> {
  return trx('freight_audits as a')
    .join('consignments as c', 'c.id', 'a.consignment_id')
    .where({ 'a.due': true })
    .orderBy(['a.booked_at', 'c.id'])
    .limit(limit)
    .select('c.*', 'a.quote_asked_at', 'a.statements');
}

/** Adds a statement beside those that are known. */
export async function addStatements(trx: Tx, consignmentId: string, statements: AuditStatements): Promise<void> {
  await trx('freight_audits')
    .where({ consignment_id: consignmentId })
    .update({ statements: trx.raw('statements || ?::jsonb', [JSON.stringify(statements)]) });
}

export async function keepOutcome(
  trx: Tx,
  consignmentId: string,
  outcome: AuditOutcome,
  { at, cardId }: { readonly at: Date; readonly cardId: string | null },
): Promise<void> {
  await trx('freight_audits')
    .where({ consignment_id: consignmentId })
    .update({
      verdict: outcome.verdict,
      difference_minor: outcome.differenceMinor,
      currency: outcome.currency,
      findings: JSON.stringify(outcome.findings),
      note: outcome.note,
      rate_card_id: cardId,
      due: false,
      audited_at: at,
    });
}
