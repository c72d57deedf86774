import type { RateCard } from './card.ts';
import type { FreightPrice } from './quote.ts';

/** What a line of a price is for, whoever states it. */
export type FreightPart = 'base' | 'fuel' | 'remote' | 'surcharge' | 'tax';

export interface StatedLine {
  readonly part: FreightPart;
  readonly code: string;
  readonly name: string;
  readonly amountMinor: number;
}

/** Freight as one side states it: our card, the carrier's quote, its booking, its bill. */
export interface FreightStatement {
  readonly totalMinor: number;
  readonly currency: string;
  readonly lines: readonly StatedLine[];
  /** The weight that is billed; null where the side does not tell. */
  readonly billedGrams: number | null;
}

/** A carrier's charge: `type` as its connector sorted it. */
export interface StatedCharge {
  readonly type: 'base' | 'surcharge' | 'addon' | 'tax';
  readonly code: string;
  readonly name: string;
  readonly amount: { readonly amountMinor: number; readonly currency: string };
}

/** Codes that DHL Express uses; other carriers' lines are known by their names. */
const fuelCodes = ['FF', 'FUEL'];
const remoteCodes = ['OO', 'OB'];

/** What a carrier's line is for, by code and name. */
export function partOf(type: StatedCharge['type'], code: string, name: string): FreightPart {
  if (fuelCodes.includes(code) || /\bfuel\b/i.test(name)) return 'fuel';
  if (remoteCodes.includes(code) || /\bremote\b/i.test(name)) return 'remote';
  if (type === 'tax') return 'tax';
  return type === 'base' ? 'base' : 'surcharge';
}

export function partTotal({ lines }: FreightStatement, part: FreightPart): number {
  return lines.filter((line) => line.part === part).reduce((sum, { amountMinor }) => sum + amountMinor, 0);
}

/** The card's price in the form in which prices are compared. */
export function statementOfCard(card: RateCard, price: FreightPrice): FreightStatement {
  const isRemote = (code: string): boolean =>
    card.surcharges.some((surcharge) => surcharge.code === code && surcharge.when.kind === 'remote');
  return {
    totalMinor: price.totalMinor,
    currency: price.currency,
    billedGrams: price.billedGrams,
    lines: price.lines.map(({ kind, code, amountMinor, how }) => ({
      part: kind === 'surcharge' && isRemote(code) ? 'remote' : kind,
      code,
      name: kind === 'surcharge' ? code : how,
      amountMinor,
    })),
  };
}

/** A carrier's charges; null where there are none, or in several currencies. */
export function statementOfCharges(
  charges: readonly StatedCharge[],
  billedGrams: number | null = null,
): FreightStatement | null {
  const [first] = charges;
  if (!first) return null;
  const { currency } = first.amount;
  if (charges.some(({ amount }) => amount.currency !== currency)) return null;
  const lines = charges
    .filter(({ amount }) => amount.amountMinor !== 0)
    .map(({ type, code, name, amount }) => ({
      part: partOf(type, code, name),
      code,
      name,
      amountMinor: amount.amountMinor,
    }));
  return { totalMinor: lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0), currency, lines, billedGrams };
}

/** A statement in another currency, each line rounded by itself. `rate` is main units of the other for one of this. */
export function inCurrency(
  statement: FreightStatement,
  currency: string,
  rate: number,
  digits: { readonly from: number; readonly to: number },
): FreightStatement {
  if (statement.currency === currency) return statement;
  const convert = (minor: number): number => Math.round((minor * rate * 10 ** digits.to) / 10 ** digits.from);
  const lines = statement.lines.map((line) => ({ ...line, amountMinor: convert(line.amountMinor) }));
  return { ...statement, currency, lines, totalMinor: convert(statement.totalMinor) };
}
