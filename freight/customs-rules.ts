/**
 * What customs ask at a destination, dated and with source. Thresholds are never one number a country: each rule says from when
 * until when it holds, on which value, in which currency, and what it does not cover.
 */
export interface CustomsRule {
  /** Names the rule in explanations; unique. */
  readonly id: string;
  /** ISO 3166-1 alpha-2 of the destination. */
  readonly country: string;
  /** First and last day (YYYY-MM-DD); null `from`: since before the records, null `to`: until it is replaced. */
  readonly from: string | null;
  readonly to: string | null;
  /** What the value is: of the goods alone, or with freight and insurance. */
  readonly basis: 'FOB' | 'CIF';
  readonly currency: string;
  /** Up to this value (minor units of `currency`) no duty is due; 0 = from the first unit; null = not known. */
  readonly dutyFreeUpToMinor: number | null;
  /** The same for VAT, GST or sales tax. */
  readonly vatFreeUpToMinor: number | null;
  /** One duty for all goods but the exceptions; null: the tariff's own rates. Basis points. */
  readonly flatDutyBasisPoints: number | null;
  readonly vatBasisPoints: number | null;
  /** Up to this value the short declaration of couriers will do; above it a full one is needed. Null = no such step. */
  readonly shortDeclarationUpToMinor: number | null;
  /** HS chapters (two digits) that the flat duty does not cover. */
  readonly exceptChapters: readonly string[];
  readonly note: string;
  readonly source: string;
  /** What of it nobody could confirm; null = all of it has a source that was read. */
  readonly unconfirmed: string | null;
}

const defaults = {
  from: null,
  to: null,
  basis: 'CIF',
  dutyFreeUpToMinor: null,
  vatFreeUpToMinor: null,
  flatDutyBasisPoints: null,
  vatBasisPoints: null,
  shortDeclarationUpToMinor: null,
  exceptChapters: [],
  unconfirmed: null,
} as const;

export const customsRules: readonly CustomsRule[] = [
  {
    ...defaults,
    id: 'th-2024-07-05',
    country: 'TH',
    from: '2024-07-05',
    to: '2025-12-31',
    currency: 'THB',
    dutyFreeUpToMinor: 150_000,
    vatFreeUpToMinor: 0,
    vatBasisPoints: 700,
    note: 'No duty up to 1,500 baht; 7 % VAT from the first baht.',
    source: 'dhl.com/discover/en-th, import duty questions; hlbthai.com',
  },
  {
    ...defaults,
    id: 'th-2026-01-01',
    country: 'TH',
    from: '2026-01-01',
    currency: 'THB',
    dutyFreeUpToMinor: 0,
    vatFreeUpToMinor: 0,
    vatBasisPoints: 700,
    note: 'Duty and 7 % VAT from the first baht.',
    source: 'Announcement 219/2568; dhl.com/discover/en-th, import duty questions; regfollower.com',
  },
  {
    ...defaults,
    id: 'id-2025-03-05',
    country: 'ID',
    from: '2025-03-05',
    basis: 'FOB',
    currency: 'USD',
    dutyFreeUpToMinor: 300,
    vatFreeUpToMinor: 0,
    flatDutyBasisPoints: 750,
    vatBasisPoints: 1100,
    shortDeclarationUpToMinor: 150_000,
    // Cosmetics, bags, books, textiles, shoes, steel, bicycles, watches.
    exceptChapters: ['33', '42', '49', '61', '62', '63', '64', '73', '87', '91'],
    note: 'Consignment goods: up to USD 3 VAT only, up to USD 1,500 a flat duty of 7.5 % and 11 % VAT, above it a full declaration. The excepted goods have rates of their own (0, 15 or 25 %).',
    source: 'PMK 96/2023 (posindonesia.co.id, import regulation); PMK 4/2025 (ibai.or.id)',
    unconfirmed: 'Which HS chapters stand for the excepted goods is our reading of their names.',
  },
  {
    ...defaults,
    id: 'sg-2023-01-01',
    country: 'SG',
    from: '2023-01-01',
    currency: 'SGD',
    vatFreeUpToMinor: 40_000,
    vatBasisPoints: 900,
    note: 'Up to SGD 400 by air or post GST is collected at the sale; above it at the import, on CIF.',
    source: 'vatcalc.com',
    unconfirmed: 'The present rate of 9 %.',
  },
  {
    ...defaults,
    id: 'ph',
    country: 'PH',
    basis: 'FOB',
    currency: 'PHP',
    dutyFreeUpToMinor: 1_000_000,
    vatFreeUpToMinor: 1_000_000,
    note: 'Up to PHP 10,000 free of duty and tax.',
    source: 'none that could be read',
    unconfirmed: 'All of it: ask before relying on it.',
  },
  {
    ...defaults,
    id: 'vn-2025-02-18',
    country: 'VN',
    from: '2025-02-18',
    currency: 'VND',
    dutyFreeUpToMinor: 0,
    vatFreeUpToMinor: 0,
    note: 'The exemption up to VND 1 million has ended.',
    source: 'Decision 01/2025 (vneconomy.vn)',
  },
  {
    ...defaults,
    id: 'my',
    country: 'MY',
    currency: 'MYR',
    dutyFreeUpToMinor: 50_000,
    vatFreeUpToMinor: 0,
    vatBasisPoints: 1000,
    note: 'Up to MYR 500 no duty, 10 % sales tax on goods of low value.',
    source: 'none that could be read',
    unconfirmed: 'All of it: ask before relying on it.',
  },
];

/** The rule in force at a destination on a day; null: none is recorded. */
export function customsRuleFor(
  country: string,
  onDate: string,
  rules: readonly CustomsRule[] = customsRules,
): CustomsRule | null {
  const inForce = rules.filter(
    (rule) => rule.country === country && (rule.from ?? '') <= onDate && (rule.to === null || onDate <= rule.to),
  );
  return inForce.sort((a, b) => ((a.from ?? '') < (b.from ?? '') ? 1 : -1))[0] ?? null;
}
