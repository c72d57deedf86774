/** Where the carrier has a network: the closed list of its addresses. */
export const carrierCountries = ['SG', 'MY', 'TH', 'ID', 'VN', 'PH', 'MM'] as const;

interface CountryFacts {
  readonly currency: string;
  /** Of the capital: hours of delivery are counted in it. */
  readonly timeZone: string;
  /** Where all clocks show the same time all year; null: several zones (IANA time zone database). */
  readonly offset: string | null;
  readonly postcode: { readonly pattern: RegExp; readonly digits: number; readonly required: boolean } | null;
}

/** Needed and well-formed postcodes as published for SG and MY; TH and PH are UNCONFIRMED and not checked. */
const facts: Readonly<Record<string, CountryFacts>> = {
  SG: { currency: 'SGD', timeZone: 'Asia/Singapore', offset: '+08:00', postcode: digits(6, true) },
  MY: { currency: 'MYR', timeZone: 'Asia/Kuala_Lumpur', offset: '+08:00', postcode: digits(5, true) },
  TH: { currency: 'THB', timeZone: 'Asia/Bangkok', offset: '+07:00', postcode: null },
  ID: { currency: 'IDR', timeZone: 'Asia/Jakarta', offset: null, postcode: digits(5, false) },
  VN: { currency: 'VND', timeZone: 'Asia/Ho_Chi_Minh', offset: '+07:00', postcode: null },
  PH: { currency: 'PHP', timeZone: 'Asia/Manila', offset: '+08:00', postcode: null },
  MM: { currency: 'MMK', timeZone: 'Asia/Yangon', offset: '+06:30', postcode: null },
};
const elsewhere: CountryFacts = { currency: 'USD', timeZone: 'UTC', offset: null, postcode: null };

function digits(count: number, required: boolean): CountryFacts['postcode'] {
  return { pattern: new RegExp(`^\\d{${count}}$`), digits: count, required };
}

/** What is known of a country; of one without a network: nothing. */
export function factsOf(country: string): CountryFacts {
  return facts[country] ?? elsewhere;
}

/** True where the carrier takes an address at all. */
export function isServed(country: string): boolean {
  return carrierCountries.some((code) => code === country);
}
