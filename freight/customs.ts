import type { PlanningFault } from './carrier-limits.ts';
import type { CustomsRule } from './customs-rules.ts';
import { minorDigits } from './decimal.ts';

/** A line as customs want it; null is missing. */
export interface DeclaredLine {
  readonly sku: string;
  readonly description: string;
  readonly hsCode: string | null;
  readonly originCountryCode: string | null;
  readonly unitValueMinor: number | null;
  readonly netWeightGrams: number | null;
}

/** What a product lacks for crossing a border. */
export const customsParts = ['hs-code', 'origin', 'description', 'value', 'net-weight'] as const;
export type CustomsPart = (typeof customsParts)[number];

const remedies: Record<CustomsPart, { readonly field: string; readonly needs: string; readonly remedy: string }> = {
  'hs-code': {
    field: 'hsCode',
    needs: 'an HS code of at least 6 digits',
    remedy: 'Enter the HS code at the product, or in the shop where it is read from.',
  },
  origin: {
    field: 'originCountryCode',
    needs: 'its country of origin',
    remedy: 'Enter the country of origin at the product, or in the shop where it is read from.',
  },
  description: {
    field: 'title',
    needs: 'a plain description',
    remedy: 'Give the product a title that says what it is.',
  },
  value: { field: 'price', needs: 'a value above 0', remedy: 'Enter what the goods are worth: customs refuse a 0.' },
  'net-weight': { field: 'weightGrams', needs: 'its net weight', remedy: 'Enter the weight at the product.' },
};

/** Six to twelve digits; dots and spaces between them are common and harmless. */
const isHsCode = (code: string | null): boolean => /^\d{6,12}$/.test((code ?? '').replaceAll(/[. ]/g, ''));

/** Which parts of a line are missing or of no use. */
export function missingParts(line: Omit<DeclaredLine, 'sku'>): CustomsPart[] {
  const isThere: Record<CustomsPart, boolean> = {
    'hs-code': isHsCode(line.hsCode),
    origin: /^[A-Z]{2}$/.test(line.originCountryCode ?? ''),
    description: /\p{L}{2}/u.test(line.description),
    value: line.unitValueMinor !== null && line.unitValueMinor > 0,
    'net-weight': line.netWeightGrams !== null && line.netWeightGrams > 0,
  };
  return customsParts.filter((part) => !isThere[part]);
}

/** What the lines of an order lack for its way across a border, one fault for each line and part. */
export function declarationFaults(lines: readonly DeclaredLine[]): PlanningFault[] {
  return lines.flatMap((line) =>
    missingParts(line).map((part) => {
      const { field, needs, remedy } = remedies[part];
      return { field: `${line.sku} ${field}`, message: `"${line.description}" needs ${needs}`, remedy };
    }),
  );
}

export interface CustomsFinding {
  readonly ruleId: string;
  /** What one recipient gets on one day in one country, in the rule's currency; null: no exchange rate. */
  readonly sumMinor: number | null;
  readonly currency: string;
  readonly regime: 'free' | 'flat-duty' | 'tariff' | 'full-declaration' | 'unknown';
  readonly taxDue: boolean | null;
  /** Sentences for people. */
  readonly explain: readonly string[];
  readonly unconfirmed: string | null;
}

const within = (sum: number, most: number | null): boolean | null => (most === null ? null : sum <= most);

/**
 * What a rule makes of everything that one recipient gets on one day in one country. Judged by the sum, never by a single
 * parcel: no parcel is cheaper because another one carries the rest.
 * @param chapters HS chapters (two digits) of the goods
 */
export function assessCustoms(
  rule: CustomsRule,
  day: { readonly sumMinor: number | null; readonly parcels: number },
  chapters: readonly string[],
): CustomsFinding {
  const { currency, id: ruleId, unconfirmed } = rule;
  const base = { ruleId, currency, unconfirmed, sumMinor: day.sumMinor };
  const { sumMinor } = day;
  if (sumMinor === null) {
    const explain = [`Its value is not known in ${currency}: enter an exchange rate.`];
    return { ...base, regime: 'unknown', taxDue: null, explain };
  }
  const sum = `${(sumMinor / 10 ** minorDigits(currency)).toFixed(minorDigits(currency))} ${currency}`;
  const explain = [
    day.parcels === 1 ? `${sum} for this recipient on this day` : `${sum} in ${day.parcels} orders for this recipient`,
    rule.note,
  ];
  const taxFree = within(sumMinor, rule.vatFreeUpToMinor);
  const taxDue = taxFree === null ? null : !taxFree;
  if (within(sumMinor, rule.dutyFreeUpToMinor) === true) return { ...base, regime: 'free', taxDue, explain };
  if (within(sumMinor, rule.shortDeclarationUpToMinor) === false) {
    return { ...base, regime: 'full-declaration', taxDue, explain: [...explain, 'A full declaration is needed.'] };
  }
  const excepted = chapters.filter((chapter) => rule.exceptChapters.includes(chapter));
  if (rule.flatDutyBasisPoints === null) {
    return { ...base, regime: rule.dutyFreeUpToMinor === null ? 'unknown' : 'tariff', taxDue, explain };
  }
  if (excepted.length === 0) return { ...base, regime: 'flat-duty', taxDue, explain };
  const how = `Not by the flat duty: HS chapter ${[...new Set(excepted)].sort().join(', ')}.`;
  return { ...base, regime: 'tariff', taxDue, explain: [...explain, how] };
}
