import type { Quote } from '../connectors/contract/carrier.ts';
import { ConnectorError } from '../connectors/errors.ts';
import type { Tx } from '../db/database.ts';
import { addStatements, auditPolicy, dueAudits, keepOutcome } from '../db/freight-audit.ts';
import { type Reckoned, reckonAudit } from '../db/freight-audit-reckon.ts';
import { reportProblem, resolveProblem } from '../db/problems.ts';
import type { Command, Row } from '../db/steps.ts';
import type { Finding } from '../freight/audit.ts';
import { minorDigits, unscaled } from '../freight/decimal.ts';
import { type FreightStatement, statementOfCharges } from '../freight/statement.ts';
import type { ActivityDeps } from './deps.ts';
import { consignmentShipment } from './shipments.ts';

/** Of one tick: the carrier may be asked for each of them. */
const mostAtOnce = 20;

/**
 * Compares what is due: asks the carrier for its price where the account's policy says so, reckons the card's, and tells
 * a person what differs by more than the tolerance. Twice at one time does nothing new.
 * @returns how many consignments were compared
 */
export async function auditFreight(deps: ActivityDeps, command: Command): Promise<number> {
  const rows = await deps.db.tx('staff', (trx) => dueAudits(trx, mostAtOnce));
  const silent = new Set<string>();
  for (const row of rows) {
    const connectionId = String(row.carrier_connection_id);
    const { askCarrier, tolerance } = await deps.db.tx('staff', (trx) => auditPolicy(trx, connectionId));
    const isAsked = askCarrier && row.quote_asked_at === null && row.state !== 'CANCELLED' && !silent.has(connectionId);
    if (isAsked && !(await askForQuote(deps, row, command.at))) silent.add(connectionId);
    await deps.db.tx('staff', async (trx) => {
      const outcome = await reckonAudit(trx, deps.sealer, row, tolerance);
      await keepOutcome(trx, row.id, outcome, { at: command.at, cardId: outcome.card?.id ?? null });
      await tell(trx, row, outcome, { ...command, commandId: `freight-audit/${row.id}/${+command.at}` });
    });
  }
  return rows.length;
}

/**
 * The carrier's own price, asked once and never again, whatever comes of it: the audit is not worth a second call.
 * @returns false where the account does not answer, so that the others are not asked either
 */
async function askForQuote(deps: ActivityDeps, row: Row, at: Date): Promise<boolean> {
  try {
    const { connector } = await deps.open.carrier(String(row.carrier_connection_id));
    if (!connector.capabilities.rates) return true;
    await deps.db.tx('staff', (trx) =>
      trx('freight_audits').where({ consignment_id: row.id }).update({ quote_asked_at: at }),
    );
    const request = await consignmentShipment(deps, row, `${row.number}-${row.revision}`);
    const { details } = await connector.rates(request);
    const { booked } = row.statements as { booked?: FreightStatement };
    const quoted = quoteOf(details ?? [], booked);
    if (quoted) await deps.db.tx('staff', (trx) => addStatements(trx, row.id, { quote: quoted }));
    return true;
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    deps.log.warn(
      { consignment: row.id, kind: error.kind, why: error.message },
      'the carrier gave no quote to compare',
    );
    return !['Unavailable', 'RateLimited', 'Unauthorized'].includes(error.kind);
  }
}

/** The quote of the service that was booked: the only one, or the one whose name the booking's base price bears. */
function quoteOf(quotes: readonly Quote[], booked: FreightStatement | undefined): FreightStatement | null {
  const base = booked?.lines.find(({ part }) => part === 'base')?.name;
  const own = quotes.length === 1 ? quotes[0] : quotes.find(({ serviceName }) => serviceName === base);
  if (!own) return null;
  const lines = statementOfCharges(own.charges);
  const { amountMinor: totalMinor, currency } = own.total;
  return lines?.currency === currency
    ? { ...lines, totalMinor }
    : { totalMinor, currency, lines: [], billedGrams: null };
}

const money = (minor: number, currency: string): string =>
  `${minor < 0 ? '−' : '+'}${unscaled(Math.abs(minor), minorDigits(currency))} ${currency}`;

/** What many consignments share is one problem of the account; what lies in the goods is one of the consignment. */
function causeKeyOf(row: Row, { cause, code }: Finding, { card, lane }: Reckoned): string {
  const account = `freight-audit/${row.carrier_connection_id}`;
  switch (cause) {
    case 'fuel-week':
    case 'tax':
      return `${account}/${cause}/${card?.id}`;
    case 'zone':
    case 'base-price':
      return `${account}/${cause}/${lane}/${card?.id}`;
    case 'surcharge':
      return `${account}/${cause}/${code}/${card?.id}`;
    default:
      return ownCause(row);
  }
}

const ownCause = (row: Row): string => `consignment/${row.id}/freight-audit`;

async function tell(trx: Tx, row: Row, outcome: Reckoned, command: Command): Promise<void> {
  const [first] = outcome.findings;
  if (outcome.verdict !== 'differs' || !first) {
    await resolveProblem(trx, ownCause(row), command);
    return;
  }
  const currency = outcome.currency ?? '';
  const causeKey = causeKeyOf(row, first, outcome);
  if (causeKey !== ownCause(row)) await resolveProblem(trx, ownCause(row), command);
  await reportProblem(
    trx,
    {
      causeKey,
      kind: 'freight-differs',
      severity: 'warning',
      title: `${row.number}: freight differs by ${money(outcome.differenceMinor ?? 0, currency)} (${first.cause})`,
      detail: outcome.findings
        .map(({ cause, amountMinor, explain }) => `${cause} ${money(amountMinor, currency)}: ${explain}`)
        .join(' '),
      remedy: first.remedy,
      // No brand: what carriers charge us is for our own staff.
      entityKind: 'consignment',
      entityId: row.id,
      connectionId: String(row.carrier_connection_id),
    },
    command,
  );
}
